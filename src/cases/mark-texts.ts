import { shortLocal } from '../lib/local-time.ts';
import type { Priority } from '../model/alert.ts';
import type { CaseSilence } from '../model/case.ts';
import { type RequestCategory, requestCategory } from '../model/request-category.ts';
import { SILENCE_TITLES } from '../model/silence-modes.ts';
import type { Text } from '../model/text.ts';

/** What is said of cases that differ from others: a drill, a request, one of which nobody was to hear. */
const both = (zh: string, en: string): Text => ({ zh, en });

/** Before whatever is said of a drill. */
export const drillText = ({ zh, en }: Text): Text => both(`【演练】${zh}`, `DRILL: ${en}`);
/** Short: an SMS has room for ten characters. */
export const DRILL_TITLE: Text = both('演练，请照实处置', 'a drill: attend to it as if it were real');
export function drillOpenedText(priority: Priority, note: string): Text {
  const said = note === '' ? both('', '') : both(`。${note}`, `. ${note}`);
  return both(`演练开始，按 ${priority} 通知${said.zh}`, `A drill was begun as ${priority}${said.en}`);
}

/** In lists and in an SMS, where there is room for ten characters. */
export function requestTitle(category: RequestCategory): Text {
  const { title } = requestCategory(category);
  return both(`诉求：${title.zh}`, `request: ${title.en}`);
}
export interface RequestFacts {
  readonly category: RequestCategory;
  readonly priority: Priority;
  /** Who asks; empty: they did not say. */
  readonly from: string;
  readonly note: string;
}
export function requestOpenedText({ category, priority, from, note }: RequestFacts): Text {
  const { title } = requestCategory(category);
  const who = from === '' ? both('未留姓名者', 'somebody without a name') : both(from, from);
  return both(
    `${who.zh} 提出诉求（${title.zh}，${priority}）：${note}`,
    `${who.en} asks for something (${title.en}, ${priority}): ${note}`,
  );
}

/** Why nobody was told, or only testers. */
export function silencedText(
  { mode, by, reason, until }: CaseSilence,
  told: Text | undefined,
  timeZone: string,
): Text {
  const title = SILENCE_TITLES[mode];
  const last = shortLocal(until, timeZone);
  const others = told ?? both('未通知任何人', 'nobody was told');
  return both(
    `${title.zh}，至 ${last}（${by}：${reason}）：${others.zh}`,
    `${title.en} until ${last} (${by}: ${reason}): ${others.en}`,
  );
}
export const SILENCE_OVER: Text = both('静音已结束，此前未通知', 'A silence is over: nobody was told before');
