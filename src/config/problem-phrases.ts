import { EXPECTED_INTERVAL_FORM } from '../model/expected-interval.ts';
import { REJECTION_REASONS, type RejectionReason } from '../model/rejection.ts';
import { type Line, spaced } from './problem-lines.ts';

/**
 * Chinese of what schemas and checks say about configuration in words of their own. `test/edges/problem-words-all.test.ts`
 * goes through every schema and finds what is missing here.
 */

/** Words that complete "expected …". */
export const WANTED: Readonly<Record<string, string>> = {
  '32 letters and digits: the integration key of the service': '32 个字母和数字，即服务的集成密钥',
  'SEC and what follows it, from the security settings of the robot': 'SEC 及其后的字符，见机器人的安全设置',
  '16 to 200 letters, digits and signs': '16 至 200 个字母、数字和符号',
  'SMS_ and digits': 'SMS_ 加数字',
  'TTS_ and digits': 'TTS_ 加数字',
  '`whsec_` and base64 of 24 to 64 random bytes': '`whsec_` 加 24 至 64 个随机字节的 base64',
  'a hash that begins with scrypt$ or sha256$': '以 scrypt$ 或 sha256$ 开头的散列值',
  'a letter, then letters, digits, underscores': '字母开头，其后为字母、数字和下划线',
  'a scheme, a colon and an id, as in deveui:70b3d59bd0000001':
    '类型、冒号和编号，如 deveui:70b3d59bd0000001',
  'an address or a range, such as 10.0.0.0/8': '地址或网段，如 10.0.0.0/8',
  'a topic with {device} where its id stands': '含 {device} 的主题，{device} 处为设备编号',
  'a topic to publish to holds no `+` and no `#`': '不含 `+` 和 `#` 的发布主题',
  'a date such as 2026-03-01, or with a time, 2026-03-01T08:00:00+08:00':
    '日期（如 2026-03-01），或带时刻（如 2026-03-01T08:00:00+08:00）',
  'a telephone number, or nothing': '电话号码；没有则留空',
  digits: '数字串',
  'one digit': '一位数字',
  'host and port, such as watches.example:8001': '主机和端口，如 watches.example:8001',
  'letters, digits, dot, underscore and hyphen': '字母、数字、点、下划线和连字符',
  'letters, digits, dot, underscore, colon and hyphen': '字母、数字、点、下划线、冒号和连字符',
  'digits, blanks and hyphens: 0571-8888 1234': '数字、空格和连字符，如 0571-8888 1234',
  'letters, digits, hyphens and underscores': '字母、数字、连字符和下划线',
  'lower case, words joined by hyphens': '小写单词，以连字符相连',
  'the key as OneNET shows it: 43 or 16 characters': 'OneNET 页面上显示的密钥，43 或 16 个字符',
  'the name of an envelope, such as ctwing': '封装格式的名称，如 ctwing',
  'up to 31 lower-case letters, digits and underscores': '至多 31 个小写字母、数字和下划线',
  'up to 40 letters, digits and hyphens': '至多 40 个字母、数字和连字符',
  'up to 64 letters, digits, dots, hyphens and underscores': '至多 64 个字母、数字、点、连字符和下划线',
  'up to 64 letters, digits, dots, underscores, colons and hyphens':
    '至多 64 个字母、数字、点、下划线、冒号和连字符',
  'up to 64 letters, digits, hyphens and underscores': '至多 64 个字母、数字、连字符和下划线',
  [EXPECTED_INTERVAL_FORM]: '不超过 31d 的间隔',
  'at most 64 letters (a to z), digits, dots, hyphens, colons, underscores':
    '至多 64 个字母（a 至 z）、数字、点、连字符、冒号和下划线',
  'letters and signs that can be read': '可读的文字和符号',
  'between 2000 and 2099': '2000 至 2099 年之间的日期',
  'key=value; key=value': '键=值; 键=值',
  'an RRULE of RFC 5545 with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, such as FREQ=WEEKLY;BYDAY=MO,WE':
    'RFC 5545 的 RRULE，含 FREQ=DAILY、WEEKLY、MONTHLY 或 YEARLY，如 FREQ=WEEKLY;BYDAY=MO,WE',
  'sixteen hexadecimal digits': '16 位十六进制数字',
  'fifteen digits': '15 位数字',
  'five to fourteen digits': '5 至 14 位数字',
  'twelve hexadecimal digits': '12 位十六进制数字',
  '0x and sixteen hexadecimal digits': '0x 加 16 位十六进制数字',
  'eight digits': '8 位数字',
  'fourteen digits': '14 位数字',
};

const KINDS_OF_EXAMPLE: Readonly<Record<string, string>> = {
  'a time of day': '一天中的时刻',
  'a day of the calendar': '日历上的日期',
  'a duration': '时长',
  'an address': '地址',
  'an IANA time zone': 'IANA 时区',
  'five fields of a cron schedule': '五个字段的 cron 时间表',
};

/** `a time of day such as 07:30`, and whatever else is shown by an example. */
export const WANTED_LIKE: readonly Line[] = [
  [
    /^(a time of day|a day of the calendar|a duration|an address|an IANA time zone|five fields of a cron schedule),? such as (.*?)(, without the password)?$/,
    (kind = '', example = '', bare = '') =>
      `${KINDS_OF_EXAMPLE[kind]}，如 ${example.replace(/, | or /g, '、')}${bare && '，不含密码'}`,
  ],
];

/** Whole sentences, of schemas and of what is checked beside them. */
export const SENTENCES: Readonly<Record<string, string>> = {
  'categories: of requests alone, with kinds: [request]': 'categories 只用于诉求，须写 kinds: [request]',
  'at least a minute: whoever is paged must be able to answer': '至少一分钟：须让被呼叫的人来得及应答',
  'is nested too deeply to be read': '层层嵌套过深，无法读取',
  'repeats itself by aliases (*name) more than a file needs: write out what is meant':
    '别名（*名称）重复引用过多：请直接写出内容',
  'takes too long to read: split the file': '读取耗时过长：请拆分文件',
  'takes too much memory to read: split the file': '读取所需内存过多：请拆分文件',
  'clearPct must be above belowPct': 'clearPct 须大于 belowPct',
  'each step must come later than the one before': '每一步须晚于前一步',
  'this step calls nobody: name roles, rosters, people or channels, or leave it out':
    '这一步不通知任何人：请写 roles、rosters、people 或 channels，或删去这一步',
  'a key must be text: what stands before the colon is a list, or keys with values':
    '键须是文字：冒号之前写的是列表或键和值',
  'from and to are the same: leave hours out instead': 'from 与 to 相同：如不限时段，请删去 hours',
  'give a limit for systolic, diastolic, or both': '请为收缩压、舒张压或两者写明限值',
  'give either a rule or a plan': 'rule 和 plan 须写且只写一个',
  'give either above or below': 'above 和 below 须写且只写一个',
  'in turn: at least 15 s, or nobody could answer before the next one is called':
    '依次呼叫：至少 15 秒，否则来不及应答就呼叫了下一位',
  'lies below belowLitres: the alert would end while it holds': '低于 belowLitres：情况未变，告警却会结束',
  'must not be the key that acknowledges': '不能与表示接手的按键相同',
  'needed for all events that have none of their own': '须写明：没有单独模板的事件都用它',
  'needed where a key acknowledges (`acknowledged`)': '以按键接手（`acknowledged`）时须写明',
  'the day must begin before it ends': '一天的开始须早于结束',
  'until must come after from': 'until 须晚于 from',
  'what a plan changes stands in the plan; give a second entry for a rule of its own':
    '方案的改动写在方案中；对单条规则的改动请另写一条',
  'what is filled in is {path}, {home}, {case}, {priority}, {recipient} and {address}':
    '可填入的有 {path}、{home}、{case}、{priority}、{recipient} 和 {address}',
  'days only: the times of a shift stand in its from and to': '只写日期：班次的时间写在 from 和 to 中',
  'it names no day within ten years': '十年内没有一天符合',
  'a registry file ends in .yaml or .csv': '登记文件须以 .yaml 或 .csv 结尾',
  'neither readings nor events: nothing would be taken': '既没有 readings 也没有 events：什么都不会读取',
  'a JSON payload needs path, and no bytes': 'JSON 报文须写 path，不写 bytes',
  'a payload of bytes needs bytes, and no path': '字节报文须写 bytes，不写 path',
  'receivedAt is not RFC 3339': 'receivedAt 不符合 RFC 3339',
  'stands twice in the same change': '在同一次改动中出现了两次',
  'no setting has this name; `shouwang check --explain` lists them':
    '没有这个名称的设置；`shouwang check --explain` 列出全部设置',
  'a quote opens here and is never closed; double it where it is meant as such':
    '此处的引号没有结束；若引号本身是内容，请写两个',
};

const LEVEL_WORDS: Readonly<Record<string, string>> = {
  'sub-district': '街道',
  community: '社区',
  grid: '网格',
  building: '楼栋',
  unit: '单元',
};
const level = (name = ''): string => LEVEL_WORDS[name] ?? name;
const NOUN_WORDS: Readonly<Record<string, string>> = {
  node: '节点',
  home: '住户',
  resident: '老人',
  contact: '联系人',
  device: '设备',
  gateway: '网关',
  staff: '工作人员',
};
export const noun = (name = ''): string => NOUN_WORDS[name] ?? name;

const zhOfReason = (reason: string): string => REJECTION_REASONS[reason as RejectionReason]?.zh ?? reason;

/** Rules and what names them, the registry, rosters, and device models of the operator. */
export const LINES: readonly Line[] = [
  [/^(".*") stands twice$/, (id) => `${id} 出现了两次`],
  [/^no plan (".*") in this set$/, (plan) => `规则集中没有方案 ${plan}`],
  [/^home (".*") is not in the registry files$/, (home) => `登记文件中没有住户 ${home}`],
  [
    /^home (".*") is not known here: there are no registry files to look it up in$/,
    (home) => `无从核对住户 ${home}：没有登记文件`,
  ],
  [/^no envelope (".*"); did you mean (.*)\?$/, (name, close) => `没有封装格式 ${name}；是否想写 ${close}？`],
  [/^no envelope (".*")$/, (name) => `没有封装格式 ${name}`],
  [/^does not hold (.*)$/, (form = '') => `其中不是${spaced(WANTED[form] ?? form)}`],
  [/^no setting has this name; did you mean (.*)\?$/, (close) => `没有这个名称的设置；是否想写 ${close}？`],
  [/^there is another roster (".*")$/, (id) => `另有一个值班表 ${id}`],
  [/^there is another shift (".*")$/, (id) => `另有一个班次 ${id}`],
  [
    /^only (\d+) take turns: so many cannot serve at the same time$/,
    (people) => `轮值的只有 ${people} 人：不够同时值班`,
  ],
  [
    /^there is no gateway (".*"); did you mean (".*")\?$/,
    (id, close) => `没有网关 ${id}；是否想写 ${close}？`,
  ],
  [
    /^only (\d+) devices? names? it; did you mean (".*")\?$/,
    (count, close) => `只有 ${count} 台设备写了它；是否想写 ${close}？`,
  ],
  [/^there is no channel (".*") in the channels file$/, (id) => `渠道文件中没有渠道 ${id}`],
  [/^there is a model (".*") already$/, (model) => `已有设备型号 ${model}`],
  [
    /^there is no device model (".*"); did you mean (".*")\?$/,
    (model, close) => `没有设备型号 ${model}；是否想写 ${close}？`,
  ],
  [
    /^there is no device model (.*); there are (.*)$/s,
    (model, known) => `没有设备型号 ${model}；可用：${known}`,
  ],
  [/^there is no device model (.*)$/, (model) => `没有设备型号 ${model}`],
  [
    /^there is no (node|home|resident|contact|device|gateway|staff) (".*")$/,
    (what, key) => `没有${noun(what)} ${key}`,
  ],
  [/^(\S+) (".*") still belongs to it$/, (what, key) => `${noun(what)} ${key} 仍属于它`],
  [
    /^(\S+) (".*") stands here again; first in line (\d+)$/,
    (what, key, line) => `${noun(what)} ${key} 重复出现；首次在第 ${line} 行`,
  ],
  [
    /^gateway (".*") has the id of the (\S+) in line (\d+)$/,
    (key, what, line) => `网关 ${key} 与第 ${line} 行的${noun(what)}编号相同`,
  ],
  [/^gateway (".*") has devices in several communities$/, (key) => `网关 ${key} 的设备分属多个社区`],
  [/^an? (\S+) has this id already$/, (what) => `已有${noun(what)}使用这个编号`],
  [/^an? (\S+) has the same path already$/, (what) => `已有${noun(what)}使用这个路径`],
  [/^the device (\S+) has this address already$/, (other) => `设备 ${other} 已使用这个地址`],
  [
    /^the device (\S+) of the same change has this address as well$/,
    (other) => `同一次改动中的设备 ${other} 也使用这个地址`,
  ],
  [
    /^(".*") in the path is not made of letters, digits and \. _ : - alone$/,
    (part) => `路径中的 ${part} 只能含字母、数字和 . _ : -`,
  ],
  [/^(".*") is not an IANA time zone$/, (zone) => `${zone} 不是 IANA 时区`],
  [
    /^a (\S+) cannot stand at the top: begin with a community$/,
    (what) => `${level(what)}不能作为最上级：请从社区写起`,
  ],
  [/^a (\S+) cannot stand below a (\S+)$/, (low, high) => `${level(low)}不能在${level(high)}之下`],
  [
    /^its resident (\S+) lives in another home, (\S+)$/,
    (person, home) => `佩戴者 ${person} 住在另一户 ${home}`,
  ],
  [/^devices of the model (\S+) have no settings$/, (model) => `型号 ${model} 的设备没有 settings`],
  [
    /^(\S+): is no scheme of addresses; there are (.*)$/,
    (scheme, known) => `没有地址类型 ${scheme}；可用：${known}`,
  ],
  [/^(\S+): wants (.*)$/, (scheme, form = '') => `${scheme} 之后应为${spaced(WANTED[form] ?? form)}`],
  [
    /^is missing, here or on what it stands in; expected (.*)$/,
    (form = '') => `此处及其上级都没有写明；应为${spaced(WANTED[form] ?? form)}`,
  ],
  [/^(\S+) is not told in (\S+)$/, (metric, unit) => `${metric} 没有单位 ${unit}`],
  [
    /^is refused: ([a-z-]+), (.*)$/s,
    (reason = '', detail) => `被拒收：${zhOfReason(reason)}（${reason}：\`${detail}\`）`,
  ],
  [/^is taken, and not refused as (\S+)$/, (reason) => `被接收，没有以 ${reason} 拒收`],
  [
    /^(\S+) is (.*), not (\S+)$/,
    (metric, found, wanted) => `${metric} 为 ${found === 'not there' ? '空' : found}，而非 ${wanted}`,
  ],
  [/^does not say (.*)$/, (events) => `没有给出 ${events}`],
];

/** What stands in a table of homes. */
export const TABLE_LINES: readonly Line[] = [
  [
    /^the file is empty; its first line names the columns: (.*)$/s,
    (known) => `文件是空的；首行应为列名：${known}`,
  ],
  [/^no row stands below the first line$/, () => '首行之下没有任何一行：没有可导入的内容'],
  [/^nothing stands in the file$/, () => '文件中没有任何登记：没有可导入的内容'],
  [/^the first line must name the columns; (.*) missing$/, (columns) => `首行应为列名；缺少 ${columns}`],
  [
    /^found (".*"), but the room (".*") stands without an id in line (\d+)$/,
    (id, room, line) =>
      `写的是 ${id}，但第 ${line} 行的房号 ${room} 没有写编号；同一户请每行都写编号，或都不写`,
  ],
  [
    /^other people are registered in this room, home (".*?"): .*$/,
    (home) =>
      `这个房号（住户 ${home}）登记的是别人：换了人住，请先删除原来的老人；是同住的人，请在“住户编号”列写明 ${home}`,
  ],
  [
    /^several homes have this room: (.*); write the id of the one that is meant$/,
    (homes) => `有几户都是这个房号：${homes}；请在“住户编号”列写明是哪一户`,
  ],
  [
    /^several places are called (".*") here: (.*); write the last part of the path of the one that is meant$/,
    (name, paths) => `这里有几处都叫 ${name}：${paths}；请改写其路径的最后一段，写明是哪一处`,
  ],
  [
    /^a place called (".*") stands here already, as (.*): write that id if it is the same, or give this one another name$/,
    (name, paths) => `这里已有叫 ${name} 的地方（${paths}）：若是同一处，请写它的编号；否则请另起名称`,
  ],
  [
    /^home (".*?"), which was made for this place and room, has another place or room by now: .*$/,
    (home) => `按这个位置和房号生成的住户 ${home}，现在登记在别的位置或房号：请改正名单，或写明住户编号`,
  ],
  [
    /^the columns (.+) and (.+) mean the same; keep one of them$/,
    (one, other) => `${one} 与 ${other} 是同一列：请只保留一列`,
  ],
  [
    /^(".*") stands above the columns: delete this line, the first line must name the columns$/,
    (found) => `${found} 写在列名上面：请删去这一行，首行应为列名`,
  ],
  [
    /^the column (\d+) has no heading, but holds (".*") in line (\d+): give it one, or delete it$/,
    (column, found, line) => `第 ${column} 列没有列名，但第 ${line} 行写有 ${found}：请补上列名，或删去该列`,
  ],
  [
    /^has (\d+) fields, the first line has (\d+)$/,
    (found, wanted) => `有 ${found} 个字段，而首行有 ${wanted} 个`,
  ],
  [/^(.+) is missing$/, (column) => `缺少${spaced(column ?? '')}`],
  [
    /^found (".*"), which is more than a day ahead: until then nobody would miss it, and what it measures a week before and earlier would be refused$/,
    (found) => `为 ${found}，比现在晚一天以上：在此之前设备失联不会告警，早于该时间一周以上的读数不采纳`,
  ],
  [
    /^(".*") and (".*") in line (\d+) would both be (\S+)$/,
    (one, other, line, path) => `${one} 与第 ${line} 行的 ${other} 都会成为 ${path}`,
  ],
  [/^(\S+) is a (\S+) in line (\d+)$/, (path, what, line) => `${path} 在第 ${line} 行是${level(what)}`],
  [
    /^home (".*") is in (\S+) here and in (\S+) in line (\d+)$/,
    (home, here, there, line) => `住户 ${home} 此处在 ${here}，第 ${line} 行在 ${there}`,
  ],
  [
    /^found (".*"), but (resident|contact) (".*") has (none|".*") in line (\d+)$/,
    (said, what, name, before, line) =>
      `填写的是 ${said}，但${noun(what)} ${name} 在第 ${line} 行${before === 'none' ? '未填写' : `为 ${before}`}`,
  ],
  [
    /^found (.*), but home (".*") has (.*) in line (\d+)$/,
    (found, home, first, line) => `写的是 ${found}，而第 ${line} 行住户 ${home} 写的是 ${first}`,
  ],
  [
    /^found (".*"), which a spreadsheet has rounded: format its column as text and enter the number anew$/,
    (found) => `为 ${found}，号码已被表格软件取整、尾数丢失：请把该列设为“文本”格式，重新填写号码`,
  ],
  [
    /^found (".*"), which is an error of the spreadsheet: enter what is meant$/,
    (found) => `为 ${found}，这是表格软件的公式错误：请填写实际内容`,
  ],
  [
    /^found (".*"), which a spreadsheet has made of a number such as 3-2: format its column as text and enter it anew$/,
    (found) => `为 ${found}，是表格软件把 3-2 之类的编号改成了日期：请把该列设为“文本”格式，重新填写`,
  ],
  [
    /^found (".*"), but (resident|contact) is empty$/,
    (found, whose) => `为 ${found}，但未填写${whose === 'resident' ? '老人姓名' : '联系人'}：不知是谁的号码`,
  ],
  [
    /^found (".*"), which is the address of a device: its column is device_address$/,
    (found) => `写的是 ${found}，这是设备地址，应写在“设备地址”（device_address）列`,
  ],
];
