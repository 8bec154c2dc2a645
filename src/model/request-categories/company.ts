import { DAY } from '../../lib/clock.ts';
import { defineRequestCategory } from './define.ts';

/** Somebody to talk to, to walk with. */
export const company = defineRequestCategory({
  title: { zh: '陪伴', en: 'company' },
  priority: 'P4',
  resolve: 7 * DAY,
});
