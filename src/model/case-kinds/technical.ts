import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { CASE_ACTIONS } from '../case-action.ts';
import { defineCaseKind } from './define.ts';

/**
 * What concerns devices, gateways, areas and the service itself. Whether a device works again its readings show: nobody
 * is called back. Supplies are attended to within 2 h and reported back within the day (Beijing 12345), upkeep within
 * three days.
 */
export const technical = defineCaseKind({
  title: { zh: '设备', en: 'Technical' },
  abouts: ['device', 'area'],
  actions: CASE_ACTIONS,
  contact: [],
  targets: {
    P1: { acknowledge: MINUTE, resolve: 2 * HOUR },
    P2: { acknowledge: 5 * MINUTE, resolve: 4 * HOUR },
    P3: { acknowledge: 4 * HOUR, resolve: DAY },
    P4: { acknowledge: DAY, resolve: 3 * DAY },
  },
});
