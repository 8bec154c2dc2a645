import type { Priority } from './alert.ts';
import { certificateText } from './certificate-text.ts';
import { GATE_TITLES, type Gate } from './gates.ts';
import { OUTSIDE_TROUBLES, type OutsideTrouble } from './outside-store.ts';
import { PUSH_REFUSED } from './push-refused.ts';
import { RULE_FAILED } from './rule-failed.ts';
import type { Text } from './text.ts';

/**
 * What can be wrong with the watching itself. A closed list: each is a technical alert about the service as a whole, one
 * for all homes that it concerns, counted like every alert under its name.
 */
export const SERVICE_FINDING_NAMES = [
  'broker-away',
  'client-id-shared',
  'session-lost',
  'push-refused',
  'evaluation-behind',
  'clock-set-back',
  'clock-slow',
  'clock-fast',
  'unattended',
  'model-missing',
  'timers-missing',
  'timers-stuck',
  'rule-failed',
  'roster-gap',
  'roster-empty',
  'roster-faulty',
  'trial-ending',
  'calls-silenced',
  'alerts-silenced',
  'cases-forgotten',
  'channel-down',
  'channel-failing',
  'channel-unproven',
  'call-without-rule',
  'unjudged',
  'nobody-to-tell',
  'readings-waiting',
  'readings-given-up',
  'disk-low',
  'certificate-ends',
] as const;
export type ServiceFindingName = (typeof SERVICE_FINDING_NAMES)[number];

/** Named figures of a finding: how late, how many, which homes. */
export type ServiceFindingValues = Readonly<Record<string, number | string>>;

export interface ServiceFindingDefinition {
  readonly priority: Priority;
  readonly title: Text;
  /** What stands in notices and lists, where the figures have to be in it. */
  readonly titleOf?: (values: ServiceFindingValues) => Text;
  /** The page of the console on which it is put right. */
  readonly page?: string;
  /** One sentence with the figures in it. */
  readonly text: (values: ServiceFindingValues) => Text;
}

export const SERVICE_FINDINGS: Readonly<Record<ServiceFindingName, ServiceFindingDefinition>> = {
  'broker-away': {
    priority: 'P2',
    title: { zh: '外部消息服务断开，收不到任何读数', en: 'The outside broker is away: no reading arrives' },
    text: ({ minutes }) => ({
      zh: `已有 ${minutes} 分钟收不到任何设备的消息：所有住户暂无看护。各设备不再逐一告警`,
      en: `For ${minutes} minutes no device has been heard: nobody is watched over. Devices are not alerted one by one`,
    }),
  },
  'client-id-shared': {
    priority: 'P2',
    title: {
      zh: '另有程序使用本服务的客户端号，消息被分走',
      en: 'Another program uses our client id and takes our messages',
    },
    text: () => ({
      zh: '外部消息服务一再让本服务接入又将其断开：多半另有程序用同一客户端号（mqtt.external.clientId）连接。其间的消息，包括紧急呼叫，可能已被它收走。请停用该程序或更换客户端号，并查看此期间有无呼叫',
      en: 'The outside broker lets us in and puts us out again: most likely another program connects under our client id (mqtt.external.clientId). What was published meanwhile, calls for help too, may have gone to it. Stop it or change the id, and ask whether anybody called',
    }),
  },
  'session-lost': {
    priority: 'P2',
    title: {
      zh: '外部消息服务丢弃了留给本服务的消息',
      en: 'The outside broker threw away what waited for us',
    },
    text: ({ from, until }) => ({
      zh: `${from} 至 ${until} 之间的消息可能已丢失，包括紧急呼叫：设备以为已送达。请询问这段时间是否有人呼救，并检查外部消息服务（会话是否保存、有无程序用本服务的客户端号 mqtt.external.clientId 连接）`,
      en: `What was published from ${from} to ${until} may be lost, calls for help too: devices believe that it arrived. Ask whether anybody called then, and look at the broker: does it keep sessions, does anything else connect under our client id (mqtt.external.clientId)`,
    }),
  },
  'push-refused': PUSH_REFUSED,
  'evaluation-behind': {
    priority: 'P2',
    title: { zh: '规则计算滞后', en: 'Rules are evaluated late' },
    text: ({ seconds }) => ({
      zh: `规则计算落后 ${seconds} 秒：告警会迟到。请检查机器负载与磁盘`,
      en: `The rules are ${seconds} s behind: alerts come late. Look at the load and the disk of the machine`,
    }),
  },
  'clock-set-back': {
    priority: 'P2',
    title: { zh: '机器时钟被调回', en: 'The clock of the machine was set back' },
    text: ({ seconds, days }) => ({
      zh: days
        ? `机器时钟比最后一次计算早 ${days} 天：服务按自己的时间继续，告警与通知上的时间、值班都可能不准。请校准机器时间`
        : `机器时钟比最后一次计算早 ${seconds} 秒：在追上之前只按一半速度计时，失联、用水过少与各项时限都会迟到`,
      en: days
        ? `The clock stands ${days} days before the last evaluation: the service goes on by its own time, and the times that people are told, and duty, may be wrong. Set the clock of the machine`
        : `The clock stands ${seconds} s before the last evaluation: until it has caught up time passes at half speed, and silence, low use and all time limits come late`,
    }),
  },
  'clock-slow': {
    priority: 'P2',
    title: { zh: '本机时钟可能慢了', en: 'Our clock seems to be slow' },
    text: (values) => ({
      zh: `${values['count']} 台设备的时间都比本机快约 ${values['byZh']}：多半是本机时钟慢了。这些设备的读数暂按到达时间计，看护照常；但告警与通知上的时间、值班、夜间与各项按钟点的规则都不准，较早的报文可能已被拒收。请立即校准本机时间（NTP）；若本机时间无误，则请校正这些设备（例如把当地时间当作 UTC 上报）`,
      en: `The clocks of ${values['count']} devices are ahead of ours by about ${values['byEn']}: most likely ours is slow. What they measure is dated by its arrival meanwhile, and watched; but the times that people are told, duty, nights and all rules by the hour are wrong, and some of what came before may have been refused. Set the clock of this machine now (NTP); if it is right, mend those of the devices (local time that is sent as UTC, for one)`,
    }),
  },
  'clock-fast': {
    priority: 'P2',
    title: { zh: '本机时钟可能快了', en: 'Our clock seems to be fast' },
    text: (values) => ({
      zh: `${values['count']} 台设备的时间都比本机慢约 ${values['byZh']}，而此前与本机一致：多半是本机时钟快了。这些设备的读数暂按到达时间计，看护照常；但告警与通知上的时间、值班、夜间与各项按钟点的规则都不准。请立即校准本机时间（NTP）`,
      en: `The clocks of ${values['count']} devices are behind ours by about ${values['byEn']}, and agreed with it before: most likely ours is fast. What they measure is dated by its arrival meanwhile, and watched; but the times that people are told, duty, nights and all rules by the hour are wrong. Set the clock of this machine now (NTP)`,
    }),
  },
  unattended: {
    priority: 'P3',
    title: { zh: '有一段时间无人看护', en: 'Nobody was watched for a while' },
    titleOf: ({ from, until }) => ({
      zh: `${from} 至 ${until} 无人看护`,
      en: `Nobody was watched from ${from} to ${until}`,
    }),
    page: '/watch',
    text: (values) => ({
      zh: `服务在 ${values['from']} 至 ${values['until']}（${values['forZh']}）之间没有运行，或本机时钟在此刻被调快：其间没有人看护住户，也没有通知。设备补报的读数会照常判断；没有补报的紧急呼叫、跌倒无人知晓。请查明原因，并联系独居老人所在的网格，询问其间有无情况`,
      en: `The service did not run from ${values['from']} to ${values['until']} (${values['forEn']}), or the clock of the machine was set forward: nobody was watched then, and nobody told. What devices kept is judged as it comes; a call for help or a fall that none of them kept is known to nobody. Find out why, and ask those who look after people at risk whether anything happened`,
    }),
  },
  'model-missing': {
    priority: 'P2',
    title: {
      zh: '部分设备的型号不存在，报文无法识别',
      en: 'Devices are enrolled with models that are not there',
    },
    page: '/devices',
    text: ({ count, models }) => ({
      zh: `已登记 ${count} 台设备的型号在本服务中不存在（${models}）：其读数与呼救一概无法识别，只有明文呼救会通知。请恢复配置中的 models 文件夹并重启服务`,
      en: `${count} enrolled devices have models that this installation does not have (${models}): nothing that they send can be read, and only calls in plain words are told. Bring the folder models of the configuration back and start again`,
    }),
  },
  'timers-missing': {
    priority: 'P3',
    title: { zh: '有规则定时丢失', en: 'Timers of rules were missing' },
    text: ({ count, homes }) => ({
      zh: `${count} 处的规则定时丢失，已补上，期间可能漏报：${homes}。请报告此缺陷`,
      en: `Timers of ${count} were missing and run again; something may have been found late: ${homes}. Please report this defect`,
    }),
  },
  'timers-stuck': {
    priority: 'P2',
    title: {
      zh: '有规则反复触发，已限为每分钟一次',
      en: 'A rule fires without end, and is held to once a minute',
    },
    page: '/watch',
    text: ({ count, homes, rules }) => ({
      zh: `${count} 处的规则定时触发后仍停在原处（规则 ${rules}），已限为每分钟一次：${homes}。该规则在这些住户可能不起作用，其余照常。请停用该规则，并报告此缺陷`,
      en: `What is due of ${count} stays due though it has fired (rules: ${rules}), and has its turn once a minute: ${homes}. There that rule may find nothing; all else goes on. Switch the rule off, and please report this defect`,
    }),
  },
  'rule-failed': RULE_FAILED,
  'roster-gap': {
    priority: 'P3',
    title: { zh: '值班表有空缺', en: 'A roster has gaps' },
    titleOf: ({ roster, from }) => ({
      zh: `值班空缺：「${roster}」${from} 起`,
      en: `A gap in the roster "${roster}" from ${from}`,
    }),
    page: '/duty',
    text: (values) => ({
      zh: `值班表「${values['roster']}」${values['from']} 至 ${values['until']} 无人可通知：${values['reasonZh']}${named(values, '（', '）')}。共 ${values['count']} 处空缺，请补排`,
      en: `Nobody on the roster "${values['roster']}" could be called from ${values['from']} to ${values['until']}: ${values['reasonEn']}${named(values, ' (', ')')}. ${values['count']} gaps in all; please fill them`,
    }),
  },
  'roster-empty': {
    priority: 'P2',
    title: { zh: '此刻无人值班', en: 'Nobody is on duty at this moment' },
    titleOf: ({ roster, until }) => ({
      zh: `此刻无人值班：「${roster}」，至 ${until}`,
      en: `Nobody is on duty: roster "${roster}", until ${until}`,
    }),
    page: '/duty',
    text: (values) => ({
      zh: `值班表「${values['roster']}」自 ${values['from']} 至 ${values['until']} 无人可通知：${values['reasonZh']}${named(values, '（', '）')}。期间的通知改发替班人员与其他角色`,
      en: `Nobody on the roster "${values['roster']}" can be called from ${values['from']} to ${values['until']}: ${values['reasonEn']}${named(values, ' (', ')')}. Until then calls go to the substitutes and other roles`,
    }),
  },
  'roster-faulty': {
    priority: 'P3',
    page: '/duty',
    title: { zh: '值班表或通知策略有误', en: 'A roster or the policy names what is not there' },
    text: ({ where, what, reasonZh, reasonEn, count }) => ({
      zh: `${where}（${what}）：${reasonZh}。共 ${count} 处`,
      en: `${where} (${what}): ${reasonEn}. ${count} in all`,
    }),
  },
  'trial-ending': {
    priority: 'P3',
    title: { zh: '试运行即将结束', en: 'The trial of a site is about to end' },
    text: ({ node, until, by, reason }) => ({
      zh: `${node} 的试运行将于 ${until} 结束（${by}：${reason}），此后按通知策略通知所有人。请确认人员、渠道与规则已就绪，或重新登记`,
      en: `The trial of ${node} ends at ${until} (${by}: ${reason}); from then on people are told by the policy. See that people, channels and rules are ready, or register it anew`,
    }),
  },
  'calls-silenced': {
    priority: 'P2',
    title: { zh: '有人静音，呼救也不通知任何人', en: 'Calls for help are silenced' },
    titleOf: ({ whereZh, whereEn }) => ({
      zh: `有人静音，呼救也不通知任何人：${whereZh}`,
      en: `Calls for help are silenced: ${whereEn}`,
    }),
    text: (values) =>
      silencedText(values, both('P1 与呼救也不通知任何人', 'not even a P1 or a call for help is told')),
  },
  'alerts-silenced': {
    priority: 'P3',
    title: { zh: '有人静音，有的告警不通知任何人', en: 'Alerts are silenced' },
    titleOf: ({ whereZh, whereEn }) => ({
      zh: `有人静音：${whereZh}`,
      en: `Alerts are silenced: ${whereEn}`,
    }),
    text: (values) =>
      silencedText(
        values,
        both('P1 与呼救以外的告警不通知任何人', 'nobody is told of alerts, but of P1 and calls for help'),
      ),
  },
  'cases-forgotten': {
    priority: 'P2',
    title: { zh: '有事项被遗忘', en: 'Cases were forgotten' },
    text: ({ count, cases }) => ({
      zh: `${count} 个事项的下一步已逾期或缺失，可能无人会再被通知：${cases}。请立即人工查看，并报告此缺陷`,
      en: `The next step of ${count} cases was overdue or missing, and nobody may be called about them: ${cases}. Look at them now, and please report this defect`,
    }),
  },
  'channel-down': {
    priority: 'P2',
    title: { zh: '通知渠道不可用', en: 'A channel reaches nobody' },
    text: ({ channels, detail }) => ({
      zh: `通知渠道 ${channels} 不可用，经此渠道通知不到人（${detail}）。请检查配置，并在通知页测试`,
      en: `Nobody is reached over ${channels} (${detail}). Look at its configuration and test it on the page of notices`,
    }),
  },
  'channel-failing': {
    priority: 'P2',
    title: {
      zh: '通知渠道连不上或持续出错',
      en: 'The provider of a channel cannot be reached, or gives errors only',
    },
    text: ({ channels, detail }) => ({
      zh: `通知渠道 ${channels} 持续失败，经此渠道的通知都在等待（${detail}）。请检查网络与服务商，发送成功后自动结束`,
      en: `Nothing but failures over ${channels}: what goes over it waits (${detail}). Look at the network and the provider; this ends with the first notice that is taken`,
    }),
  },
  'channel-unproven': {
    priority: 'P3',
    title: { zh: '通知渠道久未证实可用', en: 'A channel has not been proven for long' },
    text: ({ channels, detail }) => ({
      zh: `通知渠道 ${channels} 已超过 ${detail} 天没有成功发送：是否仍可用，无人知道。请在通知页测试`,
      en: `Nothing has gone over ${channels} for more than ${detail} days: nobody knows whether it works. Test it on the page of notices`,
    }),
  },
  'call-without-rule': {
    priority: 'P2',
    title: { zh: '有呼救没有规则处理', en: 'Calls for help that no rule takes' },
    titleOf: ({ callZh, callEn, rule }) =>
      rule === undefined
        ? { zh: `“${callZh}”没有规则处理`, en: `No rule takes ${callEn}` }
        : { zh: `“${callZh}”被规则 ${rule} 扣下`, en: `Rule ${rule} keeps ${callEn} back` },
    text: callWithoutRuleText,
  },
  unjudged: {
    priority: 'P3',
    title: { zh: '有设备的读数没有规则判断', en: 'What devices say is judged by no rule' },
    titleOf: ({ whatZh, whatEn }) => ({ zh: `没有规则发现：${whatZh}`, en: `No rule finds ${whatEn}` }),
    page: '/watch',
    text: ({ whatZh, whatEn }) => ({
      zh: `这些住户有相应的设备，而没有启用的规则发现：${whatZh}。老人因此需要帮助时，不会按规则通知任何人。请在规则文件中启用相应规则（试运行的规则与片区、单户例外不计在内）`,
      en: `Homes have devices for it, and no enabled rule finds ${whatEn}: if somebody is in need, no rule tells anybody. Enable such rules in the rule file (rules in shadow, sites on trial and exceptions for single homes are not counted)`,
    }),
  },
  'nobody-to-tell': {
    priority: 'P2',
    title: { zh: '有住户出事时无人可通知', en: 'There are homes of which nobody can be told' },
    titleOf: ({ count, placesZh, placesEn }) => ({
      zh: `${count} 户出事时无人可通知：${placesZh}`,
      en: `Nobody can be told of ${count} homes: ${placesEn}`,
    }),
    page: '/watch',
    text: ({ count, placesZh, placesEn }) => ({
      zh: `${count} 户若有人求助，通知策略的任何一步都找不到能通知的人，只会到屏幕、程序与后备渠道：${placesZh}。请登记负责这些节点的工作人员或住户的联系人，并填写渠道`,
      en: `If somebody calls for help in these ${count} homes, no step of the policy finds a person who can be told, only screens, programs and the fallback: ${placesEn}. Register staff for these nodes, or contacts of the homes, with a channel`,
    }),
  },
  'readings-waiting': {
    priority: 'P3',
    title: { zh: '外部数据库不接收读数', en: 'The outside store takes no readings' },
    text: ({ minutes, waiting, trouble }) => {
      const { zh, en } = OUTSIDE_TROUBLES[trouble as OutsideTrouble];
      return {
        zh: `${zh}，已有 ${minutes} 分钟：${waiting} 条读数在本机等待，看护不受影响`,
        en: `${en}, for ${minutes} minutes: ${waiting} readings wait on this machine, and the watching goes on`,
      };
    },
  },
  'readings-given-up': {
    priority: 'P2',
    title: { zh: '本机空间不足，放弃了最早的读数', en: 'The oldest readings were given up for lack of room' },
    text: ({ count }) => ({
      zh: `外部数据库长时间不可用，本机已满：${count} 条读数不再保存（看护不受影响）`,
      en: `The outside store was away until this machine was full: ${count} readings are not kept any more (the watching goes on)`,
    }),
  },
  'disk-low': {
    priority: 'P2',
    title: { zh: '数据盘将满', en: 'The disk of the data is nearly full' },
    text: ({ free, total }) => ({
      zh: `数据盘只剩 ${free}（共 ${total}）：写满之后不再确认任何报文，无人看护。请清理或扩容，或缩短 retention`,
      en: `${free} of ${total} are free on the disk of the data: once it is full nothing is acknowledged, and nobody is watched. Free or add space, or shorten \`retention\``,
    }),
  },
  'certificate-ends': {
    priority: 'P3',
    title: { zh: '证书即将到期', en: 'A certificate is about to expire' },
    text: certificateText,
  },
};

const both = (zh: string, en: string): Text => ({ zh, en });

function silencedText(
  { whereZh, whereEn, by, reason, until, count }: ServiceFindingValues,
  what: Text,
): Text {
  const more = Number(count) > 1;
  return {
    zh: `${by} 静音了 ${whereZh}，至 ${until}：${what.zh}（原因：${reason}）。${more ? `这样的静音现有 ${count} 项。` : ''}如不该如此，请向其核实，并在「静音与试运行」中立即结束`,
    en: `${by} has silenced ${whereEn} until ${until}: ${what.en} (${reason}). ${more ? `There are ${count} such silences now. ` : ''}If it should not be so, ask them, and end it under "Silences and trials"`,
  };
}

function callWithoutRuleText({ callZh, callEn, device, rule, gate }: ServiceFindingValues): Text {
  if (rule === undefined)
    return {
      zh: `设备 ${device} 报来“${callZh}”，而规则集中没有启用的规则处理它。每个呼救的住户都已有一个 P2 事项；请在规则文件中启用相应规则，使其恢复应有的级别`,
      en: `Device ${device} says ${callEn}, and no enabled rule of the set takes it. Each home that calls has a P2 case of its own; enable such a rule in the rule file, so that calls have their own priority again`,
    };
  const { zh, en } = GATE_TITLES[gate as Gate];
  return {
    zh: `设备 ${device} 报来“${callZh}”，而规则 ${rule} 此刻不告警（${zh}）。每个呼救的住户都已有一个 P2 事项；请在规则文件中去掉该规则的这一限制，或由另一条规则处理`,
    en: `Device ${device} says ${callEn}, and rule ${rule} raises nothing now (${en}). Each home that calls has a P2 case of its own; take this limit from the rule in the rule file, or let another rule take such calls`,
  };
}

/** Who should be on duty, where somebody should. */
const named = ({ planned }: ServiceFindingValues, before: string, after: string): string =>
  planned === undefined || planned === '' ? '' : `${before}${planned}${after}`;

/** The subject that stands for the service as a whole. No id of a home, device or gateway may hold a tilde. */
export const SERVICE_SUBJECT = 'service~';

/**
 * Where in the tree stands what concerns the watching itself, and so every home: beside the nodes below the one at the
 * top, `haitang/service~`; where there is none at the top, or more than one, `service~`.
 */
export function servicePath(nodes: Iterable<{ readonly path: string }>): string {
  let top: string | undefined;
  for (const { path } of nodes) {
    if (path.includes('/')) continue;
    if (top !== undefined) return SERVICE_SUBJECT;
    top = path;
  }
  return top === undefined ? SERVICE_SUBJECT : `${top}/${SERVICE_SUBJECT}`;
}

export const isServicePath = (path: string): boolean =>
  path === SERVICE_SUBJECT || path.endsWith(`/${SERVICE_SUBJECT}`);

export const SERVICE_PLACE: Text = { zh: '守望服务', en: 'Shouwang service' };
