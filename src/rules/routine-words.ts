import { shortLocal } from '../lib/local-time.ts';
import type { Text } from '../model/text.ts';
import type { Limit } from './gap-limit.ts';
import type { Gap } from './routine-home.ts';
import { gapAtHour, isLearned, type Routine, type UsualGaps } from './usual-gaps.ts';

/** What the personal routine tells people: how long, since what, and what is usual here. */

/** What it is called where more than water is known. */
export const NO_SIGN: Text = { zh: '异于平常地没有动静', en: 'No sign of life for longer than usual here' };

export const tenths = (hours: number): number => Number(hours.toFixed(1));

export function routineText(gap: Gap, limit: Limit, capHours: number, timeZone: string): Text {
  const [hours, usual, most] = [gap.hours, limit.usual, limit.hours].map(tenths);
  const [zhLast, enLast] = lastText(gap, timeZone);
  const [zhWhat, enWhat] = gap.bySigns ? ['没有任何动静', 'No sign of life'] : ['没有用水', 'No water'];
  const zhWithout = gap.bySigns ? '没有动静' : '不用水';
  if (limit.hours >= capHours)
    return {
      zh: `已 ${hours} 小时${zhWhat}（${zhLast}）。${gap.left ? '之后可能已外出' : '这户作息不规律'}，最长等到 ${most} 小时`,
      en: `${enWhat} for ${hours} h (${enLast}). ${gap.left ? 'They may have gone out after it' : 'This home has no firm routine at this time'}: ${most} h is the longest wait`,
    };
  return {
    zh: `已 ${hours} 小时${zhWhat}（${zhLast}）。这户这个时间通常最长约 ${usual} 小时${zhWithout}，超过 ${most} 小时即告警`,
    en: `${enWhat} for ${hours} h (${enLast}). At this time this home usually goes at most about ${usual} h without, and ${most} h is the limit`,
  };
}

/** The last draw, what other sensors saw after it, and how far the meter is read. */
function lastText({ drawnTo, lastSeen, lifeAt, readTo }: Gap, timeZone: string): readonly [string, string] {
  const [drawn, seen, read] = [drawnTo, lifeAt, readTo].map((at) => shortLocal(at, timeZone));
  const [zhSeen, enSeen] = {
    draw: ['', ''],
    movement: [`，最近一次活动 ${seen}`, `, last movement ${seen}`],
    door: [`，最近一次开门 ${seen}`, `, front door last opened ${seen}`],
  }[lastSeen] as [string, string];
  return [`上次用水 ${drawn}${zhSeen}，读数至 ${read}`, `last draw ${drawn}${enSeen}, read until ${read}`];
}

/** From ten to eight in the evening most people are up; before, what is usual is still that of the night. */
const BY_DAY = { from: 10, to: 20 } as const;

/** What was learned of this home, for whoever looks at it: how long it goes without a sign of life by day, and in a night. */
export function usualText(routine: Routine | undefined, now: number): Text | undefined {
  if (!routine?.usual || !isLearned(routine, now)) return undefined;
  const inside = routine.usualSigns?.inside;
  const [byDay, most] = longestOf(inside ?? routine.usual);
  if (most === undefined) return undefined;
  const [zh, en] = inside
    ? ['没有任何动静（用水、活动、开门）', 'without any sign of life (water, movement, front door)']
    : ['不用水', 'without water'];
  return {
    zh: `这户平常最长${byDay === undefined ? '' : `白天约 ${byDay} 小时、`}夜里约 ${most} 小时${zh}`,
    en: `This home usually goes at most about ${byDay === undefined ? '' : `${byDay} h by day and `}${most} h in a night ${en}`,
  };
}

/** In hours, by day and at any time; undefined where too little is known. */
function longestOf(usual: UsualGaps): (number | undefined)[] {
  const known = (gaps: readonly number[]): number | undefined => {
    const most = Math.max(...gaps);
    return most < 0 ? undefined : Math.max(1, Math.round(most / 10));
  };
  const atHour = Array.from({ length: 24 }, (_, hour) => gapAtHour(usual, hour));
  return [known(atHour.slice(BY_DAY.from, BY_DAY.to)), known(atHour)];
}
