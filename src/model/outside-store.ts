import type { Text } from './text.ts';

/** What can keep an outside store from taking readings. They wait in the spool meanwhile. */
export const OUTSIDE_TROUBLES = {
  away: { zh: '外部数据库无法连接', en: 'The store does not answer' },
  slow: { zh: '外部数据库响应超时', en: 'The store takes too long' },
  busy: { zh: '外部数据库要求稍后再试', en: 'The store asks to be left alone for a while' },
  'disk-full': {
    zh: '外部数据库的磁盘已满：请腾出空间（InfluxDB 1.x 须再重启，否则仍拒绝写入）',
    en: 'The disk of the store is full: make room (InfluxDB 1.x has to be restarted after it, or goes on refusing)',
  },
  failing: { zh: '外部数据库内部错误', en: 'The store fails' },
  'not-authorized': { zh: '外部数据库拒绝了账号或令牌', en: 'The store refuses the account or token' },
  'no-database': { zh: '外部数据库中没有该库，且无法创建', en: 'The database or bucket does not exist' },
  'write-only': {
    zh: '对方只接收写入，不像 InfluxDB 那样回答查询（如 VictoriaMetrics）：写入的读数将无法查看，请换用 InfluxDB',
    en: 'The server takes what is written and does not answer questions as an InfluxDB does (VictoriaMetrics?): no reading would be seen again. Use an InfluxDB',
  },
  'spool-failing': { zh: '待发缓存无法写盘', en: 'The spool on this machine cannot be written' },
} as const satisfies Record<string, Text>;
export type OutsideTrouble = keyof typeof OUTSIDE_TROUBLES;

/** Why a single reading was set aside: sent again it would be refused again. */
export const SET_ASIDE_REASONS = {
  'field-type-conflict': {
    zh: '字段类型与库中已有的不同',
    en: 'The field has another type in the store than ours',
  },
  'beyond-retention-policy': {
    zh: '早于外部数据库自身的保留期',
    en: "Older than the store's own retention period",
  },
  unparsable: { zh: '外部数据库无法解析该行', en: 'The store cannot read the line' },
  'too-large': { zh: '单行超过外部数据库允许的大小', en: 'One line is larger than the store takes' },
  'refused-otherwise': { zh: '外部数据库以其他理由拒绝', en: 'Refused for another reason' },
} as const satisfies Record<string, Text>;
export type SetAsideReason = keyof typeof SET_ASIDE_REASONS;

/** Why readings were given up before the store had them: the oldest first. */
export const GIVEN_UP_REASONS = {
  'local-store-full': {
    zh: '本机暂存已满，放弃最早的读数',
    en: 'The store on this machine was full: the oldest readings went first',
  },
  'disk-full': {
    zh: '本机磁盘将满，放弃最早的读数',
    en: 'The disk of this machine was nearly full: the oldest readings went first',
  },
} as const satisfies Record<string, Text>;
export type GivenUpReason = keyof typeof GIVEN_UP_REASONS;
