import {
  AWAY_LINES_MAX,
  type AwayChange,
  type AwayLine,
  type AwayPeriod,
  type Home,
  type RegistryEntry,
} from '../model/registry.ts';
import type { Core } from './core.ts';

interface PeriodChange {
  readonly change: AwayChange;
  /** As it is now; one that ended or was taken back, as it was before. */
  readonly period: AwayPeriod;
}

/** What differs between the periods of a home before and after. One that was moved counts as registered anew. */
export function awayChanges(
  before: readonly AwayPeriod[] = [],
  after: readonly AwayPeriod[] = [],
  now: number,
): PeriodChange[] {
  const ends = before.flatMap((was): PeriodChange[] => {
    const is = after.find(({ from }) => from === was.from);
    if (was.until <= now || (is && (is.until > now || isSame(is, was)))) return [];
    return [{ change: is ? 'ended' : 'taken-back', period: was }];
  });
  const begins = after.filter(
    (is) => !before.some((was) => isSame(is, was)) && !ends.some(({ period: { from } }) => from === is.from),
  );
  return [...ends, ...begins.map((period) => ({ change: 'registered', period }) as const)];
}

export const isSame = (a: AwayPeriod, b: AwayPeriod): boolean =>
  a.from === b.from && a.until === b.until && a.kind === b.kind && a.note === b.note;

/** The entry of a home with its history of absences: who changed what. Nobody who puts a home writes that himself. */
export function withAwayLog(core: Core, entry: RegistryEntry, by: string): RegistryEntry {
  const before = entry.noun === 'home' ? core.registry.home(entry.id) : undefined;
  if (entry.noun !== 'home' || !before) return entry;
  const lines = awayChanges(before.away, entry.away, core.now).map(
    ({ change, period: { kind, from, until } }): AwayLine => ({
      at: core.now,
      by,
      change,
      kind,
      from,
      until,
    }),
  );
  const log = [...(before.awayLog ?? []), ...lines].slice(-AWAY_LINES_MAX);
  const { awayLog: _, ...rest } = entry;
  return log.length > 0 ? { ...rest, awayLog: log } : (rest satisfies Home);
}
