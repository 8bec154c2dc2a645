import type { Logger } from 'pino';
import type { Command } from '../model/command.ts';
import type { Absence } from '../model/effect.ts';
import type { RecordStore, SubjectRow } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import type { Batch } from './batch.ts';
import type { Core } from './core.ts';
import type { JournalEntry } from './journal.ts';
import { readJournal } from './journal.ts';
import { step } from './pipeline.ts';
import { Outcome } from './settle.ts';
import { endStrangers } from './stranger-call.ts';
import {
  restoreNumbering,
  restoreSubject,
  type Subject,
  storeNumbering,
  storeSubject,
  subjectRow,
} from './subject.ts';
import { seenWithGroups } from './touched.ts';

/** What homes share, as of the input at which a checkpoint begins. */
export interface SharedState {
  readonly v: 1;
  readonly now: number;
  readonly listeningSince: number;
  /** Absent in states of before, and where it is not known. */
  readonly deafSince?: number;
  /** Absent where all that was due had fired. */
  readonly behindSince?: number;
  /** Absent in states of before, and where the service was never away. */
  readonly absence?: Absence;
  /** Calls that no rule tells of; absent where there are none. */
  readonly callsWithoutRule?: Core['callsWithoutRule'];
  readonly ruleSet: Core['ruleSet'];
  /** Absent in states of before, and where there are none. */
  readonly retiredRules?: Core['retiredRules'];
  readonly gateways: Readonly<Record<string, string>>;
}

/** A round through all homes that changed, on its way. */
interface Round {
  readonly seq: number;
  readonly shared: string;
  readonly waiting: Subject[];
  /** How many there were, and when it began. */
  readonly length: number;
  readonly startedAt: number;
}

/** So many are sorted in some milliseconds. */
const SORTED_MAX = 5_000;
/** Homes stored in one go, with a sync of the disk: what came meanwhile waits for it. */
const SLICE_HOMES_MIN = 25;
const SLICE_HOMES_MAX = 500;
/**
 * A slice takes up no further home when it has taken so long. While V8 marks a large heap, each 64 KB that are allocated
 * may cost 5 ms of marking on this thread: a slice of 250 homes then took 0.4 s, and calls for help waited.
 */
const SLICE_MS = 3;
/**
 * A round takes this long at most, however many homes have changed, and the next does not begin before: a restart
 * replays the last one to two.
 */
const ROUND_MS = 20_000;
const TICK_MS = 25;
/** How often the telemetry store is asked to write. */
const SEAL_IDLE_MS = 1_000;
/** While there is more to write: some eighth of the time, in small pieces. */
const SEAL_MS = 16;

/**
 * Stores the state of homes piecemeal, a slice at a time, while the service runs. A restart loads each home as of its
 * own input and replays the journal from where the last whole round began: see docs/decisions/0003.
 */
export class Checkpoints {
  readonly #core: Core;
  readonly #records: RecordStore;
  readonly #telemetry: TelemetryStore;
  readonly #logger: Logger;
  readonly #steady: () => number;
  #round: Round | undefined;
  #trimming: Promise<void> | undefined;
  #sealedSeq = 0;
  #nextAt = 0;
  #roundAt = 0;
  #sealAt = 0;
  completedSeq = 0;
  /** Why the store of readings cannot write what it holds; undefined while all is well. */
  telemetryTrouble: string | undefined;

  /** @param steady milliseconds of a steady clock, by which the work on a slice is bounded */
  constructor(
    core: Core,
    records: RecordStore,
    telemetry: TelemetryStore,
    logger: Logger,
    steady = (): number => performance.now(),
  ) {
    this.#core = core;
    this.#records = records;
    this.#telemetry = telemetry;
    this.#logger = logger;
    this.#steady = steady;
  }

  /** Whether there is anything to be done now: what is asked after each batch. */
  isDue(wallNow: number): boolean {
    return wallNow >= this.#sealAt || wallNow >= this.#nextAt;
  }

  /** A bounded piece of work, between two batches. `wallNow` in milliseconds of any steady clock. */
  async work(wallNow: number): Promise<void> {
    await this.#seal(wallNow);
    if (wallNow < this.#nextAt) return;
    this.#nextAt = wallNow + TICK_MS;
    try {
      if (this.#round) await this.#slice(this.#round, sliceOf(this.#round, wallNow));
      else if (wallNow >= this.#roundAt) {
        this.#roundAt = wallNow + ROUND_MS;
        this.#begin(wallNow);
      }
    } catch (error) {
      this.#logger.error({ err: error }, 'a checkpoint could not be stored; it will be tried again');
      for (const subject of this.#round?.waiting ?? []) this.#core.changed.push(subject);
      this.#round = undefined;
    }
  }

  /** Lets the telemetry store write what it holds in memory, some milliseconds at a time. */
  async #seal(wallNow: number): Promise<void> {
    if (wallNow < this.#sealAt) return;
    this.#sealAt = wallNow + SEAL_IDLE_MS;
    try {
      const { sealedSeq, hasMore } = await this.#telemetry.maintain(this.#core.now);
      this.#sealedSeq = sealedSeq;
      if (hasMore) this.#sealAt = wallNow + SEAL_MS;
      this.telemetryTrouble = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (this.telemetryTrouble !== message)
        this.#logger.error(
          { err: error },
          'the telemetry store could not write; its readings stay in the journal',
        );
      this.telemetryTrouble = message;
    }
  }

  /** A whole round at once: before a stop, so that the next start has nothing to replay. */
  async complete(): Promise<void> {
    while (this.#round) await this.#slice(this.#round, SLICE_HOMES_MAX);
    await this.#trimming;
    this.#begin();
    while (this.#round) await this.#slice(this.#round, SLICE_HOMES_MAX);
    await this.#trimming;
  }

  #begin(startedAt = 0): void {
    const { seq } = this.#core;
    if (seq === this.completedSeq && seq > 0) return;
    const waiting = takeChanged(this.#core);
    const { length } = waiting;
    this.#round = { seq, shared: JSON.stringify(sharedOf(this.#core)), waiting, length, startedAt };
  }

  async #slice(round: Round, most: number): Promise<void> {
    const { seq, rules } = this.#core;
    const subjects: Subject[] = [];
    const rows: SubjectRow[] = [];
    const until = this.#steady() + SLICE_MS;
    while (subjects.length < most && this.#steady() < until) {
      const subject = round.waiting.pop();
      if (!subject) break;
      const isHome = this.#core.subjects.get(subject.id) === subject;
      if (subject.dirty && isHome) {
        subjects.push(subject);
        rows.push(subjectRow(subject, seq, rules));
      } else subject.dirty = false;
    }
    try {
      if (rows.length > 0) await this.#records.saveSubjects(rows);
    } catch (error) {
      round.waiting.push(...subjects);
      throw error;
    }
    for (const subject of subjects) {
      subject.savedSeq = seq;
      subject.dirty = false;
    }
    if (round.waiting.length > 0) return;
    await this.#records.completeCheckpoint({ seq: round.seq, shared: round.shared });
    this.completedSeq = round.seq;
    this.#round = undefined;
    this.#trim(Math.min(round.seq, this.#sealedSeq));
  }

  /** Drops what no restart needs any more. Nobody waits for that: 20 s of a city are half a second of work in many pieces. */
  #trim(seq: number): void {
    // What is left by a round that comes too early goes with the next.
    this.#trimming ??= this.#records
      .trimJournal(seq)
      .catch((error: unknown) => {
        this.#logger.error(
          { err: error },
          'the journal could not be trimmed; the next checkpoint tries again',
        );
      })
      .finally(() => {
        this.#trimming = undefined;
      });
  }
}

/** So many that the round ends in time, also where there is less time between batches than there should be. */
function sliceOf({ length, waiting, startedAt }: Round, wallNow: number): number {
  const dueByNow = (length * (wallNow - startedAt)) / ROUND_MS - (length - waiting.length);
  return Math.min(Math.max(SLICE_HOMES_MIN, Math.ceil(dueByNow)), SLICE_HOMES_MAX);
}

/**
 * What has changed, in the order in which the records keep it: states that lie on one page are written together, at half
 * the cost. Where much has changed, going through all homes in the order in which a start read them is faster than
 * sorting, and as good.
 */
function takeChanged(core: Core): Subject[] {
  const { changed } = core;
  core.changed = [];
  if (changed.length <= SORTED_MAX) return changed.sort((a, b) => (a.id < b.id ? -1 : 1));
  const ordered: Subject[] = changed.filter(({ home }) => home === '');
  for (const subject of core.subjects.values()) if (subject.dirty) ordered.push(subject);
  return ordered;
}

function sharedOf(core: Core): SharedState {
  const gateways: Record<string, string> = {};
  for (const [id, subject] of core.groups) gateways[id] = storeSubject(subject, core.rules);
  const { now, ruleSet, retiredRules } = core;
  const { listeningSince, deafSince } = core.engine;
  const deaf = deafSince === undefined ? {} : { deafSince };
  const behind = core.behind ? { behindSince: core.behindSince } : {};
  const away = core.absence ? { absence: core.absence } : {};
  const calls = core.callsWithoutRule.length > 0 ? { callsWithoutRule: core.callsWithoutRule } : {};
  return {
    v: 1,
    now,
    listeningSince,
    ...deaf,
    ...behind,
    ...away,
    ...calls,
    ruleSet,
    retiredRules,
    gateways,
  };
}

/** What a replay did. */
export interface Recovered {
  readonly inputs: number;
  /** Homes; not gateways and areas. */
  readonly homes: number;
  readonly lastSeq: number;
}

/** The shared state of a checkpoint. @throws if it was written by a later version. */
export function parseShared(json: string): SharedState {
  const shared = JSON.parse(json) as SharedState;
  if (shared.v !== 1) throw new Error(`the stored state has the unknown version ${String(shared.v)}`);
  return shared;
}

/**
 * Brings a fresh core to where the last one was: stored states, then the journal after them. Effects of the replay are
 * dropped, because they stand in the records already; each home skips what its stored state has seen.
 */
export async function recoverCore(core: Core, records: RecordStore): Promise<Recovered> {
  const recovery = await records.recover();
  const { checkpoint } = recovery;
  if (checkpoint) {
    const shared = parseShared(checkpoint.shared);
    core.now = shared.now;
    core.engine.listeningSince = shared.listeningSince;
    core.engine.deafSince = shared.deafSince;
    core.behind = shared.behindSince !== undefined;
    core.behindSince = shared.behindSince ?? 0;
    core.absence = shared.absence;
    core.callsWithoutRule.push(...(shared.callsWithoutRule ?? []));
    for (const [id, json] of Object.entries(shared.gateways)) restore(core, id, json, checkpoint.seq);
  }
  core.recovering = true;
  let homes = 0;
  for await (const rows of recovery.subjects) {
    for (const row of rows) if (restoreLater(core, row) && core.subjects.has(row.subject)) homes++;
  }
  seenWithGroups(core);
  core.unfiled = false;
  for (const subject of [...core.subjects.values(), ...core.groups.values()])
    if (!subject.asleep) core.file(subject);
  core.seq = checkpoint?.seq ?? 0;
  let inputs = 0;
  for await (const { firstSeq, bytes } of recovery.journal(core.seq)) {
    inputs += replayBatch(core, firstSeq, readJournal(bytes));
  }
  core.seq = recovery.lastSeq;
  core.recovering = false;
  // Whatever is still kept aside belonged to rules that are not in force any more, and whose alerts were closed then.
  for (const subject of [...core.subjects.values(), ...core.groups.values()]) subject.orphans = undefined;
  return { inputs, homes, lastSeq: recovery.lastSeq };
}

/** The state of a home is read when it is asked for: 100,000 at once would take seconds. */
function restoreLater(core: Core, row: SubjectRow): boolean {
  const { subject: id, seq, due } = row;
  const subject = core.subjects.get(id);
  // A gateway, or who left the registry, or a state of a version that did not store when it is due.
  if (!subject || due === undefined) return row.state !== undefined && restore(core, id, row.state, seq);
  subject.sleep(row, core);
  subject.savedSeq = seq;
  core.fileNoLaterThan(subject, due);
  return true;
}

function restore(core: Core, id: string, json: string, seq: number): boolean {
  const subject = core.subject(id);
  if (!subject) {
    core.retired.set(id, restoreNumbering(json));
    return false;
  }
  if (seq < subject.savedSeq) return false;
  restoreSubject(subject, json, core.rules);
  core.engine.faults.look(subject, core.rules, core.now);
  subject.savedSeq = seq;
  return true;
}

/** What a command puts into the registry is stored with it, and is not put there again by a replay. */
const REGISTRY_COMMANDS: ReadonlySet<Command['type']> = new Set<Command['type']>([
  'registry.apply',
  'registry.secret',
  'device.exchange',
  'home.away',
  'home.back',
  'home.visit-class',
]);

function replayBatch(core: Core, firstSeq: number, entries: Iterable<JournalEntry>): number {
  let inputs = 0;
  let seq = firstSeq - 1;
  for (const { input } of entries) {
    seq++;
    if (seq <= core.seq) continue;
    inputs++;
    core.seq = seq - 1;
    // The registry was loaded as it is now, and whom a change concerned was stored in the same commit.
    const command = input.kind === 'command' ? input.command : undefined;
    const registryChange = command && REGISTRY_COMMANDS.has(command.type);
    step(core, registryChange ? { kind: 'tick', receivedAt: input.receivedAt } : input);
    // Who called before they were enrolled stands with gateways and the service, which are not stored with that commit.
    if (command?.type === 'registry.apply') endStrangers(core, command.put, new Outcome());
  }
  return inputs;
}

/** The states that are stored with a commit itself, because the registry below them, or next to them, changed. */
export function touchedRows(
  core: Core,
  { touched, around }: Pick<Batch, 'touched' | 'around'>,
): SubjectRow[] {
  const all = new Set(touched);
  for (const home of around) if (core.subjects.get(home)?.dirty) all.add(home);
  return Array.from(all, (id) => {
    const subject = core.subject(id);
    if (!subject) {
      const numbering = core.retired.get(id);
      return { subject: id, seq: core.seq, state: numbering && storeNumbering(numbering) };
    }
    subject.savedSeq = core.seq;
    subject.dirty = false;
    return subjectRow(subject, core.seq, core.rules);
  });
}
