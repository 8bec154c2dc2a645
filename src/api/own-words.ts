import type { Text } from '../model/text.ts';

/** What schemas of requests say by themselves of a form, in both languages. A test finds what stands in none of these. */
const FORMS: Readonly<Record<string, string>> = {
  'letters, digits, dot, underscore, colon and hyphen': '只能包含字母、数字、点、下划线、冒号和连字符',
  'letters, digits, dot, underscore and hyphen': '只能包含字母、数字、点、下划线和连字符',
  'letters and signs that can be read': '只能包含可读的文字和符号',
  'a scheme, a colon and an id, as in deveui:70b3d59bd0000001':
    '应为类型、冒号和编号，如 deveui:70b3d59bd0000001',
  'up to 200 visible ASCII characters': '至多 200 个可见 ASCII 字符（不含空格）',
  'up to 64 lower-case letters, digits, dots, hyphens and underscores':
    '至多 64 个小写字母、数字、点、连字符和下划线',
  'bytes in hex': '应为十六进制字节',
  'digits, blanks and hyphens: 0571-8888 1234': '只能包含数字、空格和连字符，如 0571-8888 1234',
  'a day that there is, as 2026-03-01': '应为存在的日期，如 2026-03-01',
  'until must come after from': 'until 应晚于 from',
};

/** `watch: wants five to fourteen digits` */
const WANTED: Readonly<Record<string, string>> = {
  'sixteen hexadecimal digits': '16 位十六进制数',
  'fifteen digits': '15 位数字',
  'five to fourteen digits': '5 至 14 位数字',
  'twelve hexadecimal digits': '12 位十六进制数',
  '0x and sixteen hexadecimal digits': '0x 加 16 位十六进制数',
  'eight digits': '8 位数字',
  'fourteen digits': '14 位数字',
};

export function ownWords(message: string): Text | undefined {
  if (message === '') return undefined;
  return { zh: FORMS[message] ?? ofAddress(message) ?? message, en: message };
}

function ofAddress(message: string): string | undefined {
  const [, scheme, known] = /^([^:]*): is no scheme of addresses; there are (.*)$/.exec(message) ?? [];
  if (known !== undefined) return `没有地址类型 ${scheme}；可用：${known}`;
  const [, of, form] = /^([^:]*): wants (.*)$/.exec(message) ?? [];
  return form === undefined ? undefined : `${of} 之后应为${WANTED[form] ?? form}`;
}
