import { DAY, HOUR } from '../../lib/clock.ts';
import { CASE_ACTIONS } from '../case-action.ts';
import type { CaseTargets } from '../case-targets.ts';
import { defineCaseKind } from './define.ts';

/** Half a day to take it: what is entered in the evening is told in the morning. */
const SOON: CaseTargets = { acknowledge: 12 * HOUR, resolve: DAY, callBack: DAY };

/**
 * What a resident asks for: a repair, an errand, somebody's company. Each is a case of its own, told by day, and somebody
 * else asks afterwards how it went, however small it was. It is graver than P3 never: that is help.
 */
export const request = defineCaseKind({
  title: { zh: '诉求', en: 'Request' },
  abouts: [],
  actions: CASE_ACTIONS,
  contact: [],
  told: ['grid-worker', 'building-steward'],
  asked: true,
  targets: {
    P1: SOON,
    P2: SOON,
    P3: SOON,
    P4: { acknowledge: DAY, resolve: 3 * DAY, callBack: DAY },
  },
});
