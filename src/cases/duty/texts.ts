import type { Text } from '../../model/text.ts';

/** The sentences of rosters in time lines. */

export const ROSTER_EMPTY = (name: string): Text => ({
  zh: `值班表「${name}」此时无人可通知，改由他人`,
  en: `Nobody on the roster "${name}" can be called at this time, so others are`,
});

export const NEXT_STEP_NOW: Text = {
  zh: '应先通知的人均无法通知，提前执行下一步',
  en: 'None of those who should be told first can be reached, so the next step is taken at once',
};
