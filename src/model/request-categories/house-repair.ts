import { DAY } from '../../lib/clock.ts';
import { defineRequestCategory } from './define.ts';

/** A tap, a lamp, a lock. What floods or smells of gas is help, no repair. */
export const houseRepair = defineRequestCategory({
  title: { zh: '房屋维修', en: 'house repair' },
  priority: 'P4',
  resolve: 5 * DAY,
});
