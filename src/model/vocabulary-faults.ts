import { EVENTS } from './event-words.ts';
import { ID_MAX } from './id-set.ts';
import { METRICS } from './metric-words.ts';

type Words = Readonly<Record<string, { readonly id: number }>>;

/**
 * What is wrong with the ids of metrics and events, in sentences that say which are free. They are what is written to disk:
 * two words with one id would be read as one of them, and an id without room as another.
 */
export const vocabularyFaults = (metrics: Words = METRICS, events: Words = EVENTS): string[] => [
  ...faultsOf('src/model/metric-words.ts', metrics),
  ...faultsOf('src/model/event-words.ts', events),
];

function faultsOf(file: string, words: Words): string[] {
  const nameOf = new Map<number, string>();
  const faults: string[] = [];
  for (const [name, { id }] of Object.entries(words)) {
    const other = nameOf.get(id);
    if (!Number.isInteger(id) || id < 1 || id > ID_MAX)
      faults.push(`${file}: ${name} has the id ${id}, which is no whole number from 1 to ${ID_MAX}`);
    else if (other !== undefined) faults.push(`${file}: ${name} has the id ${id} of ${other}`);
    nameOf.set(id, other ?? name);
  }
  if (faults.length === 0) return faults;
  return [...faults, `${file}: ${freeAfter(nameOf)}`];
}

/** One that a word had once may stand in what is stored: those above all are sure to be free. */
function freeAfter(taken: ReadonlyMap<number, string>): string {
  const ids = Array.from({ length: ID_MAX }, (_, i) => i + 1);
  const next = (ids.findLast((id) => taken.has(id)) ?? 0) + 1;
  if (next <= ID_MAX) return `the next free id is ${next}`;
  return `free, if no version ever had them: ${ids.filter((id) => !taken.has(id)).join(', ') || 'none'}`;
}
