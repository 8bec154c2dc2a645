import { DAY } from '../../lib/clock.ts';
import { defineRequestCategory } from './define.ts';

/** Something or somebody was not as it should be: it is answered within five days (12345 hotlines). */
export const complaint = defineRequestCategory({
  title: { zh: '投诉', en: 'complaint' },
  priority: 'P4',
  resolve: 5 * DAY,
});
