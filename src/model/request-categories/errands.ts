import { defineRequestCategory } from './define.ts';

/** Shopping, meals, medicine, papers: of use on the day alone. */
export const errands = defineRequestCategory({
  title: { zh: '代办与送餐', en: 'errands and meals' },
  priority: 'P3',
});
