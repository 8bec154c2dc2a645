import { CASE_ACTIONS } from '../case-action.ts';
import { defineCaseKind } from './define.ts';
import { safety } from './safety.ts';

/**
 * A drill: goes the way of a safety case, with the same people, times and steps, and is marked wherever it is read. No
 * alert ever joins it, and it stands in no statistics.
 */
export const drill = defineCaseKind({
  title: { zh: '演练', en: 'Drill' },
  abouts: [],
  actions: CASE_ACTIONS,
  contact: safety.contact,
  likeKind: 'safety',
  uncounted: true,
  targets: safety.targets,
});
