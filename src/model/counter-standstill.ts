import {
  COUNT,
  type CounterHistory,
  FROM,
  forgetFlow,
  newestAt,
  placeOf,
  RESTARTED,
  timeOf,
  totalOf,
} from './counter-block.ts';
import { append, type CounterRules, type CounterVerdict, takeCounter } from './counter-history.ts';

/*
 * A meter that speaks of its index only when that changes says by everything else it sends that nothing has passed. Such
 * points of a history were not said: an index that comes later, of before them, takes their place.
 */

/**
 * The meter is heard at this instant, and its index is what it last was: also one that could not be true by itself, and
 * that the meter stays with. `nothing`: that says nothing new.
 */
export function standsStill(
  history: CounterHistory,
  at: number,
  rules: CounterRules,
): 'still' | 'believed' | 'nothing' {
  const { cells, held } = history;
  const newest = newestAt(history);
  if (cells[COUNT] === 0 || at <= newest) return 'nothing';
  if (held) {
    const verdict = takeIndex(history, at, held.raw, rules);
    // It is taken as well where that much can have passed by now.
    if (verdict.kind !== 'restarted' && verdict.kind !== 'taken') return 'nothing';
    history.saidAt = held.at;
    return 'believed';
  }
  history.saidAt ??= newest;
  append(history, at, totalOf(cells, (cells[COUNT] as number) - 1));
  return 'still';
}

/** Takes what the meter says: see `takeCounter`. */
export function takeIndex(
  history: CounterHistory,
  at: number,
  raw: number,
  rules: CounterRules,
): CounterVerdict {
  const { saidAt } = history;
  if (saidAt === undefined || at <= saidAt) return takeCounter(history, at, raw, rules);
  const wasConcluded = at <= newestAt(history);
  if (wasConcluded) forgetFrom(history, at, saidAt);
  const verdict = takeCounter(history, at, raw, rules);
  if (verdict.kind !== 'held') history.saidAt = undefined;
  return wasConcluded && verdict.kind === 'taken' ? { kind: 'late' } : verdict;
}

/** Forgets the points from this instant on that were not said. A dense stream is thinned: one may stand for what was. */
function forgetFrom(history: CounterHistory, at: number, saidAt: number): void {
  const { cells } = history;
  for (let last = (cells[COUNT] as number) - 1; last > 0 && timeOf(cells, last) >= at; last--) {
    if (timeOf(cells, last - 1) < saidAt) {
      cells[placeOf(cells, last)] = saidAt;
      break;
    }
    cells[COUNT] = last;
  }
  // Of an index that was believed for being kept, the count began anew when it was said.
  for (const cell of [FROM, RESTARTED]) if ((cells[cell] as number) > saidAt) cells[cell] = saidAt;
  forgetFlow(history);
}
