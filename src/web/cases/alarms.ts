import type { NumberedCase } from '../../ports/records.ts';

/**
 * A P1 that somebody has to look at now, whatever page they are on: nobody has it, or something else was found in one that
 * somebody has, or whoever has it is late.
 */
export interface Alarm {
  readonly of: NumberedCase;
  readonly why: 'untaken' | 'again' | 'overdue';
  /** When the last further finding was heard. */
  readonly at?: number;
}

/** How long a further finding is pointed out to those who have not looked at its case. */
const AGAIN_MS = 15 * 60_000;

/** The newest first of what nobody has, and of what was found again; of what is late the latest first. */
export function alarmsOf(
  untaken: Iterable<NumberedCase>,
  taken: Iterable<NumberedCase>,
  again: ReadonlyMap<string, number>,
  now: number,
): readonly Alarm[] {
  const isHeardAgain = ({ id }: NumberedCase): boolean =>
    now - (again.get(id) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS;
  const had = [...taken];
  return [
    ...[...untaken]
      .filter(({ priority }) => priority === 'P1')
      .sort((a, b) => b.dueAt - a.dueAt || b.number - a.number)
      .map((of): Alarm => ({ of, why: 'untaken' })),
    ...had
      .filter(isHeardAgain)
      .sort((a, b) => (again.get(b.id) ?? 0) - (again.get(a.id) ?? 0))
      .map((of): Alarm => ({ of, why: 'again', at: again.get(of.id) ?? 0 })),
    ...overdueOf(
      had.filter((one) => !isHeardAgain(one)),
      now,
    ).map((of): Alarm => ({ of, why: 'overdue' })),
  ];
}

export const overdueOf = (taken: Iterable<NumberedCase>, now: number): readonly NumberedCase[] =>
  [...taken].filter(({ dueAt }) => dueAt < now).sort((a, b) => a.dueAt - b.dueAt);

/** What tells one alarm from another: each is sounded once, and who calls twice is heard twice. */
export const alarmKey = ({ of, why, at = 0 }: Alarm): string => `${of.id} ${why} ${at}`;

/** What calls for a sound: where people are not told of a case, neither is the room. */
export const isAudible = ({ of }: Alarm): boolean => of.silenced === undefined;
