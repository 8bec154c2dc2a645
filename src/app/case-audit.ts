import type { Logger } from 'pino';
import { type OpenCase, openCase } from '../cases/case-book.ts';
import { MINUTE, SECOND } from '../lib/clock.ts';
import { caseSubjectId } from '../model/case.ts';
import type { NumberedCase, RecordStore } from '../ports/records.ts';
import type { Core } from './core.ts';
import { contextOf } from './settle.ts';
import type { Subject } from './subject.ts';

/** Cases that one piece of work looks at: some milliseconds. */
const SLICE_CASES = 200;
/** Between two pieces, and between two rounds, in milliseconds of the wall: 10,000 cases in half a minute. */
const PAUSE_MS = 500;
const REST_MS = 30 * SECOND;
/** What was due so long ago should have been done: a busy loop is a few seconds late, not minutes. */
const OVERDUE_MS = 5 * MINUTE;
const TOLD_MAX = 20;

/**
 * Goes through all cases that the records say are not over, again and again, and asks of each: does the core know it,
 * and is its next step in the future, with a timer that will come? A case of which that is not so has been forgotten by
 * us, and nobody would be called any more. It is filed again, told in the log and on /readyz, counted, and raised as a
 * finding about the service.
 */
export class CaseAudit {
  readonly #core: Core;
  readonly #records: Pick<RecordStore, 'cases'>;
  readonly #logger: Logger;
  #cursor: string | undefined;
  #nextAt = 0;
  #found: string[] = [];
  /** Rounds that have been completed, and cases that were found forgotten, since the start. */
  readonly counts = { rounds: 0, forgotten: 0 };
  /** Cases that were forgotten in the last whole round. */
  lastFound: readonly string[] = [];

  constructor(core: Core, records: Pick<RecordStore, 'cases'>, logger: Logger) {
    this.#core = core;
    this.#records = records;
    this.#logger = logger;
  }

  isDue(wallNow: number): boolean {
    return wallNow >= this.#nextAt;
  }

  /** A bounded piece of work between two batches, when memory and records say the same. `wallNow` of any steady clock. */
  async work(wallNow: number): Promise<void> {
    if (!this.isDue(wallNow)) return;
    this.#nextAt = wallNow + PAUSE_MS;
    // What is due already is being worked off: nothing can be said before that.
    if (this.#core.behind) return;
    const { items, next } = await this.#records.cases(
      { paths: [''], status: ['open', 'acknowledged', 'resolved'], order: 'newest' },
      { limit: SLICE_CASES, ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }) },
    );
    for (const one of items) this.#look(one);
    this.#cursor = next;
    if (next !== undefined) return;
    this.#finishRound();
    this.#nextAt = wallNow + REST_MS;
  }

  #look({ id }: NumberedCase): void {
    const subject = this.#core.subject(caseSubjectId(id) ?? '');
    if (subject?.asleep) {
      subject.wake();
      this.#core.file(subject);
    }
    const open = subject?.book && openCase(subject.book, id);
    if (subject && open && this.#hasNextStep(subject, open)) return;
    this.#found.push(id);
    this.counts.forgotten++;
    if (subject) this.#core.file(subject);
  }

  #hasNextStep(subject: Subject, { case: one, ladder }: OpenCase): boolean {
    const { now } = this.#core;
    if (ladder) return ladder.nextAt > now - OVERDUE_MS && subject.filedDue <= ladder.nextAt;
    // By policy nobody is called about such a case: it stands in the list, and that is its next step.
    return one.status !== 'resolved' && contextOf(this.#core, subject).escalation(one) === undefined;
  }

  #finishRound(): void {
    if (this.#found.length > 0)
      this.#logger.error(
        { cases: this.#found.slice(0, TOLD_MAX), count: this.#found.length },
        'the next step of cases was overdue or missing',
      );
    this.lastFound = this.#found;
    this.#found = [];
    this.counts.rounds++;
  }
}
