import type { CaseEntry } from '../model/case.ts';
import type { Effect } from '../model/effect.ts';
import type { CaseNews } from '../notify/define.ts';

/** Lines of the time line by which a case comes into somebody's hands, or out of everybody's. */
const NEWS: ReadonlySet<CaseEntry['type']> = new Set([
  'acknowledged',
  'taken-over',
  'resolved',
  'struck-off',
]);

/** What those who were told of a case should hear of this commit; undefined: it changes nothing for them. */
export function caseNewsOf(effect: Effect): { readonly case: string; readonly news: CaseNews } | undefined {
  if (effect.type !== 'case') return undefined;
  const { case: current, entries } = effect;
  const line = entries.findLast(({ type, step }) => NEWS.has(type) || step === 'on-the-way');
  if (!line) return undefined;
  const { by, at } = line;
  return { case: current.id, news: { status: current.status, by, at, text: textOf(line) } };
}

/** What was found is not for a group: of a resolved case it is said that it is, and by whom. */
function textOf({ type, by, text }: CaseEntry): CaseNews['text'] {
  if (type === 'resolved') return { zh: `${by} 已处置`, en: `${by} has resolved it` };
  return type === 'step' ? { zh: `${by} 已接手，正在赶去`, en: `${by} has it and is on the way` } : text;
}
