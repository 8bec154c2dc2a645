import { shortLocal } from '../lib/local-time.ts';
import type { Absence } from '../model/effect.ts';
import type { Text } from '../model/text.ts';

/** What time lines say of what was due while the service was away. */
const both = (zh: string, en: string): Text => ({ zh, en });

export function absenceText({ from, until }: Absence, missed: Text, timeZone: string): Text {
  const [first, last] = [shortLocal(from, timeZone), shortLocal(until, timeZone)];
  return both(
    `服务在 ${first} 至 ${last} 期间中断：${missed.zh}，现合并通知一次`,
    `The service was away from ${first} to ${last}: ${missed.en}; who would have been called is told once, now`,
  );
}

/**
 * @param first number of the first step that was missed, from 1; more than `last` where only repeats were
 * @param repeats were calls of the last step again among them?
 */
export function missedStepsText(first: number, last: number, repeats: boolean): Text {
  if (first > last) return both('重复通知未能进行', 'repeated calls were missed');
  const [zh, en] =
    first === last
      ? [`第 ${first} 级通知`, `step ${first}`]
      : [`第 ${first} 至 ${last} 级通知`, `steps ${first} to ${last}`];
  const isOne = first === last && !repeats;
  const [again, more] = repeats ? ['及其后的重复通知', ' and the repeats after that'] : ['', ''];
  return both(`${zh}${again}未能进行`, `${en}${more} ${isOne ? 'was' : 'were'} missed`);
}
export const MISSED_TURNS: Text = both('按顺序的通知未能进行', 'calls in turn were missed');
export const MISSED_ALERT: Text = both('其间的告警未能通知', 'an alert of that time could not be told');
export const MISSED_QUESTION: Text = both('未能按时再次询问', 'it was not asked again in time');
export function missedTargetText(steps: Text | undefined): Text {
  const also = steps ? both(`，${steps.zh}`, `, and ${steps.en}`) : both('', '');
  return both(
    `接手人的时限已过而未能提醒${also.zh}`,
    `a time of whoever has it passed and nobody was told${also.en}`,
  );
}
