import { type CaseKind, definitionOf } from '../../model/case-kind.ts';
import { type JudgedRound, roundsOf } from '../../model/case-rounds.ts';
import { LIMITS } from '../../model/limits.ts';
import { covers } from '../../model/paths.ts';
import { STAFF_ROLES, type Staff, type StaffRole } from '../../model/registry.ts';
import type { CaseFilter, NumberedCase, RecordStore } from '../../ports/records.ts';
import { casesOf, isWithin } from '../ledger.ts';
import { type Took, tookOf } from './rules.ts';

/** `other`: whoever took it is of no role that reaches the case, or not among the staff. `nobody`: it was taken by none. */
export const ANSWERERS = [...STAFF_ROLES, 'other', 'nobody'] as const;
export type Answerer = (typeof ANSWERERS)[number];

/** How soon cases were taken, by what whoever had them is there. */
export interface AnswerFigures {
  readonly by: Answerer;
  /** Rounds of cases; of `nobody` those whose time to be taken is over. */
  readonly cases: number;
  readonly owed: number;
  readonly within: number;
  readonly took: Took;
}

/** Who of the staff somebody is, as far as a name tells. */
export class StaffByName {
  readonly #ids = new Map<string, Staff>();
  /** Undefined: two bear it. */
  readonly #names = new Map<string, Staff | undefined>();

  constructor(staff: Iterable<Staff>) {
    for (const one of staff) {
      this.#ids.set(one.id, one);
      this.#names.set(one.name, this.#names.has(one.name) ? undefined : one);
    }
  }

  /** The first of their roles that reaches this place. */
  roleOf(staff: string | undefined, name: string | undefined, path: string): StaffRole | 'other' {
    const one = (staff === undefined ? undefined : this.#ids.get(staff)) ?? this.#names.get(name ?? '');
    return one?.roles.find(({ node }) => covers(node, path))?.role ?? 'other';
  }
}

export class Answers {
  readonly #staff: StaffByName;
  readonly #now: number;
  readonly #of = new Map<Answerer, { cases: number; owed: number; within: number; took: number[] }>();

  constructor(staff: StaffByName, now: number) {
    this.#staff = staff;
    this.#now = now;
  }

  /** Requests have days, and their own figures in the ledger. */
  count(one: NumberedCase): void {
    if (definitionOf(one.kind).asked) return;
    const rounds = roundsOf(one);
    for (const [i, round] of rounds.entries()) this.#count(one, round, i === rounds.length - 1);
  }

  #count(one: NumberedCase, round: JudgedRound, isLast: boolean): void {
    const within = isWithin(round, 'acknowledge', this.#now);
    const { takenAt, takenBy, from } = round;
    if (takenAt === undefined && within !== false) return;
    const staff = isLast ? one.acknowledgedByStaff : undefined;
    const by = takenAt === undefined ? 'nobody' : this.#staff.roleOf(staff, takenBy, one.path);
    const of = this.#of.get(by) ?? { cases: 0, owed: 0, within: 0, took: [] };
    this.#of.set(by, of);
    of.cases++;
    if (within !== undefined) of.owed++;
    if (within) of.within++;
    if (takenAt !== undefined) of.took.push(Math.max(0, takenAt - from));
  }

  figures(): AnswerFigures[] {
    return ANSWERERS.flatMap((by) => {
      const of = this.#of.get(by);
      return of ? [{ by, ...of, took: tookOf(of.took) }] : [];
    });
  }
}

/** Whoever has cases at this moment that are overdue, so that they can be asked whether they need help. */
export interface OverdueFigures {
  /** Empty: nobody has them. */
  readonly name: string;
  readonly role?: StaffRole | 'other';
  readonly overdue: number;
  /** All that they have and is not done. */
  readonly open: number;
  /** What has been due for longest. */
  readonly dueSince: number;
}

/** @param counts whether cases of this kind do */
export async function overdueNow(
  records: Pick<RecordStore, 'cases'>,
  { paths, staff, now }: Pick<CaseFilter, 'paths'> & { readonly staff: StaffByName; readonly now: number },
  counts: (kind: CaseKind) => boolean,
): Promise<OverdueFigures[]> {
  const people = new Map<string, { -readonly [K in keyof OverdueFigures]: OverdueFigures[K] }>();
  const filter = { paths, status: ['open', 'acknowledged'] as const };
  for await (const one of casesOf(records, filter, LIMITS.alertLoadMax)) {
    if (!counts(one.kind)) continue;
    const isTaken = one.status === 'acknowledged';
    const name = isTaken ? (one.acknowledgedBy ?? '') : '';
    const role = staff.roleOf(one.acknowledgedByStaff, name, one.path);
    const key = isTaken ? (one.acknowledgedByAccount ?? one.acknowledgedByStaff ?? name) : '';
    const of = people.get(key) ?? {
      name,
      ...(name === '' ? {} : { role }),
      overdue: 0,
      open: 0,
      dueSince: now,
    };
    people.set(key, of);
    of.open++;
    if (one.dueAt >= now) continue;
    of.overdue++;
    of.dueSince = Math.min(of.dueSince, one.dueAt);
  }
  return [...people.values()]
    .filter(({ overdue }) => overdue > 0)
    .sort((a, b) => b.overdue - a.overdue || a.dueSince - b.dueSince);
}
