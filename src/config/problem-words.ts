import { PLACES } from '../model/device-places.ts';
import { ERRORS } from '../model/errors.ts';
import { GAP_REASONS, ROSTER_FAULTS } from '../model/roster-words.ts';
import type { Locale } from '../model/text.ts';
import { VISIT_CLASS_TITLES, VISIT_RESULT_TITLES } from '../model/visit-words.ts';
import { firstOf, type Line, spaced } from './problem-lines.ts';
import { LINES, noun, SENTENCES, TABLE_LINES, WANTED, WANTED_LIKE } from './problem-phrases.ts';
import { RULES_TEST_WORDS } from './rules-test-words.ts';
import { yamlIn } from './yaml-words.ts';

/**
 * Mistakes in configuration files in Chinese, made of what `schema-words.ts` and its neighbours say in English: programs and
 * the log get that. What no line here knows stays as it is; what the file itself says is never translated.
 */
export const messageIn = (language: Locale, message: string): string =>
  language === 'en' ? message : (chineseOf(message) ?? message);

/** `device "wm-1" 表号`: the entry that is meant, for a person; a place in a file (`rules[3].params`) is the same in every language. */
export const pathIn = (language: Locale, path: string): string =>
  language === 'en'
    ? path
    : path.replace(/^(node|home|resident|contact|device|gateway|staff)(?= ")/, (what) => noun(what));

const chineseOf = (message: string): string | undefined =>
  foundIn(message) ??
  sentenceIn(message) ??
  firstOf(LIBRARY, message) ??
  withChoices(message) ??
  behindPlace(message);

const sentenceIn = (message: string): string | undefined =>
  SENTENCES[message] ??
  TOLD_IN_BOTH.get(message) ??
  firstOf(MESSAGES, message) ??
  firstOf(RULES_TEST_WORDS, message) ??
  firstOf(LINES, message) ??
  bareWanted(message) ??
  firstOf(TABLE_LINES, message);

/** What the model says in both languages, by the English. */
const TOLD_IN_BOTH: ReadonlyMap<string, string> = new Map(
  [ERRORS, GAP_REASONS, ROSTER_FAULTS].flatMap((words) =>
    Object.values(words).map(({ zh, en }) => [en, zh] as const),
  ),
);

const wantedIn = (words: string): string | undefined => WANTED[words] ?? firstOf(WANTED_LIKE, words);

/** A check of the schema's author may say no more than what is allowed. */
function bareWanted(message: string): string | undefined {
  const wanted = wantedIn(message);
  return wanted && `应为${spaced(wanted)}`;
}

/** `room: found "1", expected …`, `home "h1" name: …`: the place stands before what is said of it. */
function behindPlace(message: string): string | undefined {
  const [, place, rest = ''] = /^(.+?): (.*)$/s.exec(message) ?? [];
  const chinese = place && chineseOf(rest);
  return chinese && `${place}：${chinese}`;
}

/** What there is instead, behind what is wrong. */
function withChoices(message: string): string | undefined {
  const [, wrong, known] = /^(.*); there are (.*)$/s.exec(message) ?? [];
  const chinese = wrong && chineseOf(wrong);
  return chinese && `${chinese}；可用：${known}`;
}

/** `found "abc", expected a number between 1 and 72 (h); did you mean "abd"?` */
function foundIn(message: string): string | undefined {
  const hint = /; did you mean ("[^"]*")\?$/.exec(message);
  const body = hint ? message.slice(0, hint.index) : message;
  const parts = /^(?:(is missing)|found ("(?:[^"\\]|\\.)*"|[^,]*)), expected (.*)$/s.exec(body);
  if (!parts) return undefined;
  const [, missing, found = '', expected = ''] = parts;
  const start = missing ? '缺失' : `写的是${spaced(SHOWN[found] ?? found)}`;
  return `${start}，应为${spaced(expectedIn(expected))}${hint ? `；是否想写 ${hint[1]}？` : ''}`;
}

const SHOWN: Readonly<Record<string, string>> = {
  nothing: '空',
  'a list': '列表',
  'an empty list': '空列表',
  'keys with values': '键和值',
  'a secret': '一个密钥',
};

/** Of alternatives each for itself; a list of words is one alternative, whatever stands in it. */
const expectedIn = (words: string): string =>
  (wantedIn(words) === undefined ? words.split(', or ') : [words])
    .map((each) => {
      const [, plain = each, unit = ''] = /^(.*?)( \((?!URL)[^()]*\))?$/s.exec(each) ?? [];
      const chinese = wantedIn(plain) ?? firstOf(EXPECTED, plain);
      return chinese === undefined
        ? each
        : `${chinese}${unit.replace(/^ \((.*)\)$/, (_all, of: string) => `（${UNIT_WORDS[of] ?? of}）`)}`;
    })
    .reduce((text, each) => `${text}，或${spaced(each)}`);

/** Those that are words and no signs. */
const UNIT_WORDS: Readonly<Record<string, string>> = {
  days: '天',
  bytes: '字节',
  events: '条事件',
  messages: '条报文',
  connections: '个连接',
  characters: '个字符',
  'L a day': 'L/天',
  '× standby': '× 待机功率',
};

/** Values that a table may have by their titles as well. */
const TITLED: ReadonlyMap<string, string> = new Map(
  [VISIT_RESULT_TITLES, VISIT_CLASS_TITLES, PLACES].map((titles) => [
    Object.keys(titles).join(', '),
    Object.entries(titles)
      .map(([value, { zh }]) => `${zh}（${value}）`)
      .join('、'),
  ]),
);

const numberIn = (whole: string): string => (whole === 'whole ' ? '整数' : '数字');
const textIn = (kind: string): string => (kind === 'text' ? '文字' : '网址（URL）');
const NUMBER = 'a (whole )?number';
const TEXT = '(text|an address \\(URL\\))';

const EXPECTED: readonly Line[] = [
  [
    new RegExp(`^${NUMBER} between (\\S+) and (\\S+)$`),
    (whole, low, high) => `${low} 至 ${high} 之间的${numberIn(whole ?? '')}`,
  ],
  [new RegExp(`^${NUMBER}$`), (whole) => numberIn(whole ?? '')],
  [new RegExp(`^${NUMBER} (.*)$`), (whole, limits) => `${limitsIn(limits ?? '')}的${numberIn(whole ?? '')}`],
  [
    new RegExp(`^${TEXT} of (\\d+) to (\\d+) characters$`),
    (kind, low, high) => `${low} 至 ${high} 个字符的${textIn(kind ?? '')}`,
  ],
  [
    new RegExp(`^${TEXT} of at most (\\d+) characters$`),
    (kind, high) => `至多 ${high} 个字符的${textIn(kind ?? '')}`,
  ],
  [
    new RegExp(`^${TEXT} of at least (\\d+) characters$`),
    (kind, low) => `至少 ${low} 个字符的${textIn(kind ?? '')}`,
  ],
  [new RegExp(`^${TEXT} that is not empty$`), (kind) => `不为空的${textIn(kind ?? '')}`],
  [new RegExp(`^${TEXT}$`), (kind) => textIn(kind ?? '')],
  [/^true or false$/, () => 'true 或 false'],
  [/^one of (.*)$/s, (values = '') => `以下之一：${TITLED.get(values) ?? values}`],
  [/^a date such as (\S+)$/, (day) => `日期（如 ${day}）`],
  [/^with a time, (\S+)$/, (time) => `带时刻（如 ${time}）`],
  [/^a date of (\d+) or later$/, (year) => `${year} 年及以后的日期`],
  [/^letters and signs that can be read$/, () => '可读的文字和符号'],
  [/^a list$/, () => '列表'],
  [/^a list that is not empty$/, () => '不为空的列表'],
  [/^a list of at least (\d+)$/, (least) => `至少 ${least} 项的列表`],
  [/^keys with values$/, () => '键和值'],
  [/^a value$/, () => '一个值'],
  [/^another value$/, () => '其他值'],
  [/^("(?:[^"\\]|\\.)*")$/, (value) => value ?? ''],
];

const limitsIn = (limits: string): string => {
  const chinese = limits
    .split(' and ')
    .map((limit) =>
      limit
        .replace('of at least', '不小于')
        .replace('of at most', '不大于')
        .replace('above', '大于')
        .replace('below', '小于'),
    );
  return `${chinese.join('、')} `;
};

/** What the library that checks says where we have no words of our own, as of the parameters of a rule. */
const LIBRARY: readonly Line[] = [
  [
    /^Invalid input: expected ([^,]*)(?:, received (.*))?$/s,
    (wanted = '', got = '') => `${got && `写的是${spaced(typeIn(got))}，`}应为${spaced(typeIn(wanted))}`,
  ],
  [
    /^Too (small|big): expected (number|int|string|array|record|object) to (?:be|have) ([<>]=?)(\S+)(?: (characters|items|keys))?$/,
    (_side, type, sign, limit, unit) =>
      `应为${limitIn(sign ?? '', limit ?? '', typeIn(type ?? ''), unit ?? '')}`,
  ],
  [/^Invalid option: expected one of (.*)$/s, (values) => `应为以下之一：${values?.replaceAll('|', '、')}`],
  [/^Unrecognized keys?: (.*)$/s, (keys) => `没有这个键：${keys}`],
  [/^Invalid number: must be a multiple of (\S+)$/, (step) => `应为 ${step} 的整数倍`],
  [/^Invalid (?:string|URL|ISO \S+|email address).*$/s, () => '格式不对'],
  [/^Invalid key in .*$/s, () => '键的写法不对'],
  [/^Invalid (?:input|value.*)$/s, () => '写法不对'],
];

const TYPES: Readonly<Record<string, string>> = {
  number: '数字',
  int: '整数',
  string: '文字',
  boolean: 'true 或 false',
  array: '列表',
  record: '键和值',
  object: '键和值',
  null: '空',
  undefined: '空',
  NaN: '空',
};
const typeIn = (name: string): string => TYPES[name] ?? name;

const SIGNS: Readonly<Record<string, string>> = { '>=': '不小于', '>': '大于', '<=': '不大于', '<': '小于' };
const UNITS: Readonly<Record<string, string>> = { characters: '个字符', items: '项', keys: '个键' };
const limitIn = (sign: string, limit: string, type: string, unit: string): string =>
  unit === ''
    ? `${SIGNS[sign]} ${limit} 的${type}`
    : `${sign.startsWith('>') ? '至少' : '至多'} ${limit} ${UNITS[unit]}的${type}`;

const MESSAGES: readonly Line[] = [
  [
    /^nobody can be called from (.*?) to (.*?): ([^(,]*(?:, and [^(,]*)?)( \(.*?\))?(?:, and (\d+) more gaps? for that reason)?$/,
    (from, until, why = '', who = '', more = '') =>
      `${from} 至 ${until} 无人可通知：${TOLD_IN_BOTH.get(why) ?? why}${who.replace(/^ \((.*)\)$/, '（$1）')}${more && `；因同样原因另有 ${more} 处空缺`}`,
  ],
  [/^unknown key; did you mean (".*")\?$/, (key) => `没有这个键；是否想写 ${key}？`],
  [/^unknown key; allowed here: (.*)$/, (keys) => `没有这个键；此处可用：${keys}`],
  [/^this key stands here twice$/, () => '这个键写了两次'],
  [/^not valid YAML: (.*)$/s, (words = '') => `不是有效的 YAML：${yamlIn(words)}`],
  [/^there is no such file$/, () => '没有这个文件'],
  [/^there is no such folder$/, () => '没有这个文件夹'],
  [/^there is no file (.*)$/, (file) => `没有文件 ${file}`],
  [/^cannot be read \((.*)\)$/, (code) => `无法读取（${code}）`],
  [/^(.*) cannot be read$/, (file) => `无法读取 ${file}`],
  [/^(.*) cannot be read or is empty$/, (file) => `${file} 无法读取或为空`],
  [/^stands beside (\S+); one of them is enough$/, (other) => `与 ${other} 同时出现；写一个即可`],
  [/^certFile and keyFile belong together$/, () => 'certFile 与 keyFile 须同时写明'],
  [/^found (\S+), which is already (.*)$/, (port, first) => `写的是 ${port}，已用于 ${first}`],
  [
    /^found "external", but mqtt\.external does not say where that broker is$/,
    () => '写的是 "external"，但 mqtt.external 没有写明代理在哪里',
  ],
  [
    /^found ("[^"]*"), but (store\.\S+) does not say where that server is$/,
    (found, section) => `写的是 ${found}，但 ${section} 没有写明服务器在哪里`,
  ],
  [/^says neither token nor tokenFile$/, () => '既没有 token 也没有 tokenFile'],
  [/^holds less than (\d+) characters$/, (least) => `不足 ${least} 个字符`],
  [
    /^no rule kind (".*"); did you mean (".*")\?$/,
    (kind, close) => `没有规则种类 ${kind}；是否想写 ${close}？`,
  ],
  [/^no rule kind (".*"); there are (.*)$/, (kind, known) => `没有规则种类 ${kind}；可用：${known}`],
  [
    /^(".*") is no time; write /s,
    (time) => `${time} 不是时间；请写自开始起的小时数（30、"30h"、"1d 6h"）或当地时间（2026-03-02 06:00）`,
  ],
  [
    /^(".*") does not come on the clocks of (\S+): they are put forward over it$/,
    (time, zone) => `${zone} 的钟面上没有 ${time}：时钟在此拨快`,
  ],
  [
    /^(".*") comes twice on the clocks of (\S+), which are put back then; write (\S+) or (\S+)$/,
    (time, zone, first, second) =>
      `${zone} 的钟面上 ${time} 出现两次（时钟在此拨慢）；请写 ${first} 或 ${second}`,
  ],
  [/^has (\d+) fields?, the first line has (\d+)$/, (has, first) => `有 ${has} 个字段，首行有 ${first} 个`],
  [
    /^unknown column (".*"); did you mean (".*")\?$/,
    (column, close) => `没有 ${column} 这一列；是否想写 ${close}？`,
  ],
  [/^unknown column (".*"); known are (.*)$/, (column, known) => `没有 ${column} 这一列；可用：${known}`],
  [/^the column (\S+) stands twice$/, (column) => `${column} 这一列出现了两次`],
  [/^the first line must name the columns; (.*) missing$/, (missing) => `首行须写明各列；缺少 ${missing}`],
  [
    /^the file is empty; its first line names the columns: (.*)$/,
    (all) => `文件为空；首行须写明各列：${all}`,
  ],
  [
    /^is more than keyDays: homes at high risk are visited at least as often$/,
    () => '大于 keyDays：高风险住户的走访不应少于重点住户',
  ],
  [
    /^is more than otherDays: key homes are visited at least as often$/,
    () => '大于 otherDays：重点住户的走访不应少于一般住户',
  ],
  [/^there is no home (.*)$/, (home) => `没有住户 ${home}`],
  [/^no visit stands below the first line$/, () => '首行之下没有走访'],
  [
    /^a quote opens here and is never closed; double it where it is meant as such$/,
    () => '此处的引号没有结束；引号本身请写两个',
  ],
  [/^no rule (".*") in this set$/, (rule) => `规则集中没有规则 ${rule}`],
  [/^a second channel (.*)$/, (id) => `渠道 ${id} 出现了两次`],
  [/^no channel (".*") in channels\.yaml$/, (id) => `channels.yaml 中没有渠道 ${id}`],
  [/^no roster (".*") in rosters\.yaml$/, (id) => `rosters.yaml 中没有值班表 ${id}`],
  [
    /^only the resident is asked before: others come within 5 minutes of a P1 or P2$/,
    () => '此前只询问了住户本人：P1 和 P2 须在 5 分钟内通知其他人',
  ],
  [
    /^every line for (.*) names places: add one without nodes, or a case elsewhere waits in silence$/,
    (what) => `${what} 的每一行都限定了地点：请加一行不含 nodes 的，否则别处的事项无人知晓`,
  ],
  [
    /^has to go: it copies files only, and records on a server are archived by the server's own means$/,
    () => '请删去这一节：归档只复制文件，记录在服务器上时，由服务器自己归档',
  ],
  [
    /^no rule (?:stands in it|in it is enabled): nobody would be watched over$/,
    () => '其中没有启用的规则：无人受到看护',
  ],
  [
    /^no member of staff and no contact has a channel: every P1 and P2 goes to the fallback alone$/,
    () => '工作人员和联系人都没有通知渠道：所有 P1 和 P2 只发往备用渠道',
  ],
];
