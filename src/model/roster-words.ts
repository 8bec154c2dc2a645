import type { Text } from './text.ts';

/** Why nobody can be called. A closed list, the gravest first. */
export const GAP_REASONS = {
  'nobody-planned': { zh: '无人排班', en: 'nobody is on the roster' },
  'on-leave': { zh: '值班人员休假且无人替班', en: 'who is on duty is on leave, and nobody stands in' },
  'person-unknown': { zh: '值班人员不在登记信息中', en: 'who is on duty is not in the registry' },
  'no-channel': { zh: '值班人员没有可用的通知渠道', en: 'who is on duty has no channel that works' },
} as const satisfies Record<string, Text>;
export type GapReason = keyof typeof GAP_REASONS;

/** What is wrong beside gaps: told in advance as well. */
export const ROSTER_FAULTS = {
  'place-unknown': { zh: '值班表所在的节点不存在', en: 'the place of the roster is not in the registry' },
  'post-empty': {
    zh: '其中一人无法通知且无人替班，同班其他人仍可通知',
    en: 'of those who serve together this one cannot be told, and nobody stands in',
  },
  'policy-place-unknown': {
    zh: '通知策略指定的节点不存在，该行不会生效',
    en: 'a line of the policy is for a place that is not in the registry: it never applies',
  },
  'policy-person-unknown': {
    zh: '通知策略指定的人员不在登记信息中',
    en: 'a person whom the policy names is not in the registry',
  },
  'year-unknown': {
    zh: '没有该年的节假日数据，暂按普通星期计算',
    en: 'no holidays are known for this year: the plain week is taken for now',
  },
} as const satisfies Record<string, Text>;
export type RosterFaultName = keyof typeof ROSTER_FAULTS;
