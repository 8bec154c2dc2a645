import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { CASE_ACTIONS } from '../case-action.ts';
import { defineCaseKind } from './define.ts';

/**
 * What concerns the person: their open safety alerts together.
 *
 * Targets. P1: 97.5 % of calls are answered within 60 s, and a responder is on site within 45 min (UK TSA); the person is
 * telephoned at once; an emergency is reported back within 2 h (Beijing 12345). P2: five minutes, the person and their
 * contacts called within 15 min, a visit within 2 h. P3: a call within 4 h, a visit within the day. P4: three days.
 * Call-back by another person within 24 h. Where no standard names a figure it is ours: see docs/decisions/0021.
 */
export const safety = defineCaseKind({
  title: { zh: '安全', en: 'Safety' },
  abouts: ['person', 'home'],
  actions: CASE_ACTIONS,
  contact: ['P1', 'P2'],
  targets: {
    P1: { acknowledge: MINUTE, contact: 5 * MINUTE, onSite: 45 * MINUTE, resolve: 2 * HOUR, callBack: DAY },
    P2: {
      acknowledge: 5 * MINUTE,
      contact: 15 * MINUTE,
      onSite: 2 * HOUR,
      resolve: 4 * HOUR,
      callBack: DAY,
    },
    P3: { acknowledge: 4 * HOUR, contact: 4 * HOUR, resolve: DAY, callBack: DAY },
    P4: { acknowledge: DAY, resolve: 3 * DAY },
  },
});
