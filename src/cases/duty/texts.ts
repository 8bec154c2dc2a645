import type { Text } from '../../model/text.ts';

/** The sentences of rosters in time lines. */

export const ROSTER_EMPTY = (name: string): Text => ({
  zh: `值班表「${name}」此时无人可通知，改由他人`,
  en: `Nobody on the roster "${name}" can be called at this time, so others are`,
});

export const ROSTER_GONE: Text = {
  zh: '此步骤的值班表已不存在，改由他人',
  en: 'The roster of this step is no more, so others are told',
};

/** Those who are told after all may be the same people in another role: it must not read as if nobody had been told. */
export const OTHERS_INSTEAD: Text = {
  zh: '规则此处所列的人员无人在任或没有可用渠道，另行通知其他人员和后备渠道',
  en: 'Nobody holds the roles that the rule names here, or none of them has a channel, so others and the fallback are told',
};

export const NEXT_STEP_NOW: Text = {
  zh: '应先通知的人均无法通知，提前执行下一步',
  en: 'None of those who should be told first can be reached, so the next step is taken at once',
};
