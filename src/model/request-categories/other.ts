import { defineRequestCategory } from './define.ts';

/** What no category is there for: whoever enters it says what it is. */
export const other = defineRequestCategory({
  title: { zh: '其他', en: 'something else' },
  priority: 'P4',
});
