import type { Logger } from 'pino';
import { caseSubjectId } from '../model/case.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Core } from './core.ts';
import type { Subject } from './subject.ts';

/** Homes that one piece of work wakes: some milliseconds. */
const SLICE_HOMES = 400;
/** Between two pieces, in milliseconds of the wall: a sixth of the time at most, 100,000 homes in some fifteen seconds. */
const PAUSE_MS = 50;
const CASES_PER_PAGE = 500;

/**
 * What a start leaves for later, done piece by piece while the service runs: it reads who lives where and whom to call,
 * and the states of all homes that nobody asked for yet, so that their due-dates follow from the present code and definitions of devices, and compares
 * the cases that are open in the state with those in the records. A difference is a defect of ours: it is told.
 */
export class Waking {
  readonly #core: Core;
  readonly #records: Pick<RecordStore, 'cases' | 'case'>;
  readonly #logger: Logger;
  readonly #sleeping: Iterator<Subject>;
  /** Cases that the records say are open, as far as they have been read. */
  readonly #stored = new Set<string>();
  /** Open in the state, not among those that were read, and not asked for yet. */
  readonly #unseen: string[] = [];
  readonly #missing: string[] = [];
  readonly #extra: string[] = [];
  #cursor: string | undefined;
  #phase: 'records' | 'homes' | 'done' = 'records';
  #nextAt = 0;

  constructor(core: Core, records: Pick<RecordStore, 'cases' | 'case'>, logger: Logger) {
    this.#core = core;
    this.#records = records;
    this.#logger = logger;
    this.#sleeping = [...core.groups.values(), ...core.subjects.values()].values();
  }

  isDue(wallNow: number): boolean {
    return this.#phase !== 'done' && wallNow >= this.#nextAt;
  }

  /** A bounded piece of work between two batches, when memory and records say the same. */
  async work(wallNow: number): Promise<void> {
    if (!this.isDue(wallNow)) return;
    this.#nextAt = wallNow + PAUSE_MS;
    if (this.#core.registry.readOn()) return;
    if (this.#phase === 'records') await this.#compareCases();
    else await this.#wakeHomes();
  }

  async #compareCases(): Promise<void> {
    const page = await this.#records.cases(
      { paths: [''], status: ['open', 'acknowledged', 'resolved'] },
      { limit: CASES_PER_PAGE, ...(this.#cursor ? { cursor: this.#cursor } : {}) },
    );
    for (const { id } of page.items) {
      this.#stored.add(id);
      const subject = this.#core.subject(caseSubjectId(id) ?? '');
      if (!subject || !openCases(subject).includes(id)) this.#missing.push(id);
    }
    this.#cursor = page.next;
    if (this.#cursor === undefined) this.#phase = 'homes';
  }

  async #wakeHomes(): Promise<void> {
    const core = this.#core;
    await this.#findCases();
    for (let woken = 0; woken < SLICE_HOMES; ) {
      const next = this.#sleeping.next();
      if (next.done) return this.#tell();
      const subject = next.value;
      if (core.subject(subject.id) !== subject) continue;
      if (subject.asleep) {
        subject.wake();
        core.file(subject);
        woken++;
      }
      this.#unseen.push(...openCases(subject).filter((id) => !this.#stored.has(id)));
      await this.#findCases();
    }
  }

  /** Those stay in the list of which the records cannot say anything now: they are asked again. */
  async #findCases(): Promise<void> {
    for (let id = this.#unseen[0]; id !== undefined; id = this.#unseen[0]) {
      const found = await this.#records.case(id);
      if (!found || found.status === 'struck-off') this.#extra.push(id);
      this.#unseen.shift();
    }
  }

  #tell(): void {
    this.#phase = 'done';
    const [missing, extra] = [this.#missing, this.#extra];
    if (missing.length + extra.length > 0)
      this.#logger.error({ missing, extra }, 'open cases differ between state and records');
  }
}

const openCases = ({ book }: Subject): string[] => (book?.cases ?? []).map((open) => open.case.id);
