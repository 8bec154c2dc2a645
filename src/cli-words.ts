import { type Argument, type Command, Help, type HelpConfiguration, type Option } from 'commander';
import { WORKBOOK } from './model/list-text.ts';
import { DAMAGED, isDamaged, SYSTEM_WORDS } from './model/system-words.ts';
import { type Locale, localeOf, type Text, TextError } from './model/text.ts';

/** The language that commands speak. Data on standard output is the same in every language: programs read it. */
export const locale = (): Locale => localeOf(process.env);

export const spoken = (text: Text): string => text[locale()];

/** What a command says beside its data. */
export const tell = (text: Text): void => console.error(spoken(text));

/** What its reader should know of an answer that is given all the same. */
export const note = ({ zh, en }: Text): void => tell({ zh: `提示：${zh}`, en: `note: ${en}` });

export const warn = ({ zh, en }: Text): void => tell({ zh: `警告：${zh}`, en: `warning: ${en}` });

/** How far a simulation or a replay has come, on its own clock. */
export const atMinute = (at: number): Text => {
  const minute = `${new Date(at).toISOString().slice(0, 16)}Z`;
  return { zh: `到 ${minute}`, en: `at ${minute}` };
};

// What progress counts.

export const ROWS: Text = { zh: '行', en: 'rows' };
export const READINGS: Text = { zh: '条读数', en: 'readings' };
export const MESSAGES: Text = { zh: '条报文', en: 'messages' };
export const ACKNOWLEDGED: Text = { zh: '条报文已确认', en: 'messages acknowledged' };

/** Chinese of what commands say of themselves in English, by the English. */
export type Dictionary = ReadonlyMap<string, string>;

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Options:': '选项：',
  'Arguments:': '参数：',
  'Commands:': '命令：',
};

/** Help in the language of the terminal. */
export function helpIn(language: Locale, chinese: Dictionary): HelpConfiguration {
  if (language === 'en') return {};
  const zh = (english: string): string => chinese.get(english) ?? english;
  const plain = new Help();
  return {
    styleTitle: (title) => TITLES[title] ?? title,
    styleUsage: (usage) => usage.replaceAll('[options]', '[选项]').replaceAll('[command]', '[命令]'),
    commandDescription: (command: Command) => zh(plain.commandDescription(command)),
    subcommandDescription: (command: Command) => zh(plain.subcommandDescription(command)),
    optionDescription: (option: Option) => zh(option.description) + extrasOf(plain.optionDescription(option)),
    argumentDescription: (argument: Argument) =>
      zh(argument.description) + extrasOf(plain.argumentDescription(argument)),
    displayWidth,
  };
}

/** Columns of a terminal: a Chinese character takes two. */
export const displayWidth = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (sign > '\u2e7f' ? 2 : 1), 0);

/** `(choices: "a", "b", default: "a")` behind a description. */
function extrasOf(described: string): string {
  const extras = /\(((?:choices|default): .*)\)$/s.exec(described)?.[1];
  if (extras === undefined) return '';
  return `（${extras.replace('choices: ', '可选：').replace(', default: ', '，默认：').replace('default: ', '默认：')}）`;
}

/** What commander finds wrong with a command line. */
const MISUSES: readonly (readonly [RegExp, string])[] = [
  [/^error: missing required argument '(.*)'/, '错误：缺少参数 “$1”'],
  [/^error: option '(.*)' argument missing/, '错误：选项 “$1” 缺少取值'],
  [/^error: required option '(.*)' not specified/, '错误：缺少必需的选项 “$1”'],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\./,
    '错误：选项 “$1” 的取值 “$2” 无效，可选：$3',
  ],
  [/^error: unknown option '(.*)'/, '错误：没有选项 “$1”'],
  [/^error: unknown command '(.*)'/, '错误：没有命令 “$1”'],
  [/^error: too many arguments(?: for '(.*)')?\..*/, '错误：参数过多'],
  [/\(Did you mean (.*)\?\)/, '（是否想用 $1？）'],
  [/\(Did you mean one of (.*)\?\)/, '（是否想用其中之一：$1？）'],
];

export const misuseIn = (language: Locale, words: string): string =>
  language === 'en'
    ? words
    : MISUSES.reduce((text, [english, chinese]) => text.replace(english, chinese), words);

interface SystemError extends Error {
  readonly code?: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/** What a disk says of bytes that it does not take. */
const DISK_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** An error in the words of its reader: expected ones have them, those of the system get them, bugs stay as they are. */
export function textOf(error: Error): Text {
  if (error instanceof TextError) return error.text;
  if (isDamaged(error)) return DAMAGED;
  const { code = '', path, hostname, address = hostname, port } = error as SystemError;
  // With the path, which is what has to be put right.
  const words = SYSTEM_WORDS[code];
  const where = path ?? [address, port].filter((part) => part !== undefined).join(':');
  // A file that is open has no path any more.
  if (words && DISK_CODES.has(code) && where === '')
    return { zh: `${words.zh}（${code}）`, en: `${words.en} (${code})` };
  if (!words || where === '') return { zh: error.message, en: error.message };
  return { zh: `${where}：${words.zh}（${code}）`, en: `${where}: ${words.en} (${code})` };
}

// What more than one command says.

/** @param folder the data folder in which one was looked for */
export const noService = (folder: string): Text => ({
  zh: `${folder} 上没有服务在运行：请启动（\`shouwang start\`），用 --data 指定其文件夹，或用 --url 和 --token 指定一个`,
  en: `no service runs on ${folder}: start one (\`shouwang start\`), name its folder with --data, or one elsewhere with --url and --token`,
});

export const noFile = (file: string): Text => ({
  zh: `没有文件 “${file}”`,
  en: `there is no file "${file}"`,
});

/** Of a file that is refused by its name already. */
export function workbook(file: string): Text {
  const name = file.split(/[/\\]/).at(-1);
  return { zh: `${name}：${WORKBOOK.zh}`, en: `${name}: ${WORKBOOK.en}` };
}

export const noTimeZone = (name: string): Text => ({
  zh: `--time-zone：“${name}” 不是 IANA 时区`,
  en: `--time-zone: "${name}" is no IANA time zone`,
});

export const noInstant = (option: string, text: string): Text => ({
  zh: `${option}：“${text}” 不是 2026-03-01T08:00:00+08:00 形式的时刻`,
  en: `${option}: "${text}" is no instant such as 2026-03-01T08:00:00+08:00`,
});

export const andMore = (count: number): Text => ({ zh: `……还有 ${count} 处`, en: `… and ${count} more` });
