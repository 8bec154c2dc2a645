import type { Text } from './text.ts';

/**
 * What can keep a finding back. A closed list: each has a counter and is shown with the home. `away`: nobody is expected
 * to be at home. `not-armed`: enrolled too short a time, a meter too coarse, or too little use. `outside-hours`: the rule speaks at
 * other hours; what still holds when they begin is raised then. `area-outage`: the water or power of the whole building is off. `resolved`: people said so, and it has not ended since.
 * `failed`: no gate, but a defect of the rule, where it would have told of a call for help.
 */
export const GATES = ['away', 'not-armed', 'outside-hours', 'area-outage', 'resolved', 'failed'] as const;
export type Gate = (typeof GATES)[number];

/** Why a rule keeps still, in a clause. */
export const GATE_TITLES: Readonly<Record<Gate, Text>> = {
  away: { zh: '住户登记外出', en: 'the home is away' },
  'not-armed': { zh: '设备登记未满天数，尚未启用', en: 'its arming has not ended' },
  'outside-hours': { zh: '不在该规则的时段内', en: 'outside its hours' },
  'area-outage': { zh: '整栋停水或停电', en: 'the supply of the building is off' },
  resolved: { zh: '已处置，尚未结束', en: 'it was resolved' },
  failed: { zh: '规则在此运行出错', en: 'it failed here' },
};
