import { ladderDue } from '../cases/ladder.ts';
import { MINUTE, SECOND } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import type { AlertDraft } from '../rules/instance.ts';
import { awayQuestionDue } from './away-due.ts';
import { callTestDue } from './call-test-due.ts';
import type { Core } from './core.ts';
import type { Subject } from './subject.ts';

/**
 * What was due of a subject has fired again and again and stayed due: a defect of a rule. It has its turn once a minute,
 * until it moves on. Part of the stored state, so that a replay does the same.
 */
export interface PutOff {
  readonly since: number;
  readonly until: number;
  /** It is the ladder of its cases that stays. Otherwise their steps come in time all the same. */
  readonly ladder: boolean;
}

interface Stay {
  readonly from: number;
  times: number;
}

const HOMES_NAMED_MAX = 5;

/** What is due sooner than this after it has fired has not moved on. */
export const MOVED_ON_MS = SECOND;

/**
 * The net under all due-dates: one that does not move on would fire for ever at one instant, and the service would stand
 * still for all homes. See docs/decisions/0104.
 */
export class PutOffs {
  /** Who was due still after it had fired in this step, and how often. By step: states are stored between two. */
  readonly #staying = new Map<Subject, Stay>();
  /** Who is put off now, as far as it has fired since the start. */
  readonly #subjects = new Set<Subject>();
  /** How often something was put off, since the start. */
  count = 0;

  /** A step lets time pass. */
  begin(): void {
    // To clear a Map makes a new table, also of an empty one.
    if (this.#staying.size > 0) this.#staying.clear();
  }

  /** It has fired, and is due still: as often as that may be by chance it fires again, then it is put off. */
  stays(core: Core, subject: Subject, now: number, before: PutOff | undefined): void {
    if (!before && this.#timesAt(subject, now) <= LIMITS.firedAtOnceMax) return;
    const ladder = ladderOf(subject) < now + MOVED_ON_MS;
    subject.putOff = { since: before?.since ?? now, until: now + PUT_OFF_MS, ladder };
    this.#subjects.add(subject);
    this.count++;
    core.fileAnew(subject, core.dueOf(subject));
  }

  #timesAt(subject: Subject, now: number): number {
    const stay = this.#staying.get(subject);
    if (stay && now < stay.from + MOVED_ON_MS) return ++stay.times;
    this.#staying.set(subject, { from: now, times: 1 });
    return 1;
  }

  movesOn(subject: Subject): void {
    this.#subjects.delete(subject);
  }

  /** Some of those that are put off and due still, and how many there are. Who is not due any more is forgotten. */
  still(core: Core): { readonly some: readonly Subject[]; readonly count: number } {
    const some: Subject[] = [];
    for (const subject of this.#subjects) {
      if (some.length === HOMES_NAMED_MAX) break;
      if (isStill(core, subject)) some.push(subject);
      else this.#subjects.delete(subject);
    }
    return { some, count: this.#subjects.size };
  }
}

export const PUT_OFF_MS = MINUTE;

const isStill = (core: Core, subject: Subject): boolean =>
  core.subject(subject.id) === subject &&
  subject.putOff !== undefined &&
  Math.min(ownDueOf(core, subject), ladderOf(subject)) <= core.now;

/** The next thing that has to be done about it beside its cases, as if nothing were put off. */
export const ownDueOf = ({ engine }: Core, subject: Subject): number =>
  Math.min(engine.nextDue(subject), awayQuestionDue(subject), callTestDue(subject));

/** When its cases have their next step. */
export const ladderOf = ({ book }: Subject): number => (book ? ladderDue(book) : Number.POSITIVE_INFINITY);

/** When somebody is due who is put off. What stays due waits; the steps of its cases do not wait for it. */
export const dueWhilePutOff = ({ until, ladder: all }: PutOff, due: number, ladder: number): number =>
  all ? Math.max(Math.min(due, ladder), until) : Math.min(Math.max(due, until), ladder);

/** What technicians are told: where timers are put off, and by which rules. */
export function putOffFact(
  core: Core,
  open: AlertDraft | undefined,
  startedAt: number,
  now: number,
): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
  const { some, count } = core.putOffs.still(core);
  // After a start it is known again when each of them has had its turn.
  if (count === 0)
    return open && now - startedAt < 2 * PUT_OFF_MS
      ? { since: open.since, values: open.evidence.values as ServiceFindingValues }
      : undefined;
  const rules = new Set(some.flatMap((subject) => core.engine.dueRules(subject, core.now)));
  const since = Math.min(...some.map(({ putOff }) => putOff?.since ?? now));
  const homes = some.map(({ id }) => id).join(', ');
  return { since, values: { count, homes, rules: [...rules].sort().join(', ') || '—' } };
}
