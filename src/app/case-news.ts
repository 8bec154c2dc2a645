import { shortLocal } from '../lib/local-time.ts';
import type { Case, CaseEntry } from '../model/case.ts';
import type { CaseNews } from '../model/notice.ts';

/** Lines of the time line by which a case comes into somebody's hands, or out of everybody's. */
const NEWS: ReadonlySet<CaseEntry['type']> = new Set([
  'acknowledged',
  'taken-over',
  'resolved',
  'struck-off',
]);

/** What those who were told of a case should hear of this change; undefined: it changes nothing for them. */
export function caseNewsOf(
  { status }: Pick<Case, 'status'>,
  entries: readonly CaseEntry[],
  timeZone: string,
): CaseNews | undefined {
  const line = entries.findLast(({ type, step }) => NEWS.has(type) || step === 'on-the-way');
  if (!line) return undefined;
  const { by, at } = line;
  return { what: whatOf(line, entries), status, by, at, when: shortLocal(at, timeZone), text: textOf(line) };
}

/** Whoever sets out has taken what nobody had. */
function whatOf({ type }: CaseEntry, entries: readonly CaseEntry[]): CaseNews['what'] {
  if (type === 'resolved') return type;
  // What needs no call-back is struck off by its outcome.
  if (type === 'struck-off') return entries.some((one) => one.type === 'resolved') ? 'resolved' : type;
  const takes = entries.some((one) => one.type === 'acknowledged' || one.type === 'taken-over');
  return takes ? 'taken' : 'on-the-way';
}

/** What was found is not for a group: of a resolved case it is said that it is, and by whom. */
function textOf({ type, by, text }: CaseEntry): CaseNews['text'] {
  if (type === 'resolved') return { zh: `${by} 已处置`, en: `${by} has resolved it` };
  return type === 'step' ? { zh: `${by} 已接手，正在赶去`, en: `${by} has it and is on the way` } : text;
}
