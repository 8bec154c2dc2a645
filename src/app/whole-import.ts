import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Command, CommandReply } from '../model/command.ts';
import { asByNow, type EntryFields, fieldsOver } from '../model/entry-fields.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { ImportProgress, RegistryImport, StoppedImport } from '../ports/import-door.ts';
import type { RecordStore } from '../ports/records.ts';
import { absencesIn, awayTooLong } from './away.ts';
import type { Core } from './core.ts';
import { entriesNow, isLong, type Piece, piecesOf } from './import-pieces.ts';
import type { Loop } from './loop.ts';
import { untilDone } from './until-done.ts';

export interface WholeImportOptions {
  readonly core: Core;
  readonly loop: Pick<Loop, 'submit'>;
  readonly records: Pick<RecordStore, 'meta' | 'saveMeta' | 'removeMeta'>;
  readonly logger: Logger;
}

/** Under this key of `meta` stands what import is under way; without it the pieces beside it are those of none. */
const PLAN = 'import.plan';
/** What is known of one that stopped half way: the list has to be taken over once more, and whoever sent it may not have heard. */
const STOPPED = 'import.stopped';
const pieceKey = (index: number): string => `import.piece.${String(index).padStart(5, '0')}`;

interface Plan {
  readonly by: string;
  readonly pieces: number;
  readonly entries: number;
}

/**
 * Takes a registry file over, all of it or nothing, without anybody in need waiting for it. What is large is stored first,
 * piece by piece; from the instant at which the plan of it is stored it will be taken over, also when the process is killed
 * and starts again. Then each piece is an input of its own, with readings in between. See docs/decisions/0109.
 *
 * Meanwhile nobody else changes the registry: what is taken over last was checked beside what stood there first.
 */
export class WholeImport {
  readonly #options: WholeImportOptions;
  /** Changes of others that are under way. */
  readonly #others = new Set<Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();
  #running: { done: number; readonly of: number } | undefined;
  #stopped: StoppedImport | undefined;
  #stopping = false;

  constructor(options: WholeImportOptions) {
    this.#options = options;
  }

  get progress(): ImportProgress | undefined {
    return this.#running && { ...this.#running };
  }

  /** The last one that was asked for, if it stopped half way. */
  get stopped(): StoppedImport | undefined {
    return this.#stopped;
  }

  /** Resolves when no import is under way. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** The next start goes on with what is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled();
  }

  /** A command of somebody; a change of the registry is refused while a large import is under way. */
  submit(command: Command, by: string): Promise<CommandReply> {
    const { loop } = this.#options;
    if (command.type !== 'registry.apply') return loop.submit(command, by);
    if (this.#running)
      return Promise.resolve({
        ok: false,
        failure: { code: 'REGISTRY_IMPORTING', details: { ...this.#running } },
      });
    const submitted = loop.submit(command, by);
    this.#others.add(submitted);
    const over = (): unknown => this.#others.delete(submitted);
    submitted.then(over, over);
    return submitted;
  }

  /** One after the other. */
  apply(what: RegistryImport, by: string): Promise<CommandReply> {
    return this.#inTurn(async () => {
      const reply = await this.#apply(what, by);
      if (reply.ok) await this.#forgetStopped();
      return reply;
    });
  }

  /** Goes on with what a process that was killed had begun; resolves when nobody else changes the registry any more. */
  async resume(): Promise<void> {
    const { records, logger } = this.#options;
    const stopped = await records.meta(STOPPED);
    if (stopped !== undefined) this.#stopped = JSON.parse(stopped) as StoppedImport;
    const stored = await records.meta(PLAN);
    const plan = stored === undefined ? undefined : (JSON.parse(stored) as Plan);
    if (plan) this.#running = { done: 0, of: plan.entries };
    const goingOn = this.#inTurn(async () =>
      plan ? this.#goOn(plan) : this.#clear(await this.#storedPieces()),
    );
    goingOn.catch((error: unknown) => {
      logger.error(
        { err: error },
        'an import that was under way does not go on: it will with the next start',
      );
    });
  }

  async #goOn(plan: Plan): Promise<void> {
    const { logger } = this.#options;
    logger.warn({ entries: plan.entries, by: plan.by }, 'an import that was under way goes on');
    try {
      const reply = await this.#run(plan, true);
      if (reply.ok) await this.#forgetStopped();
      else logger.error({ failure: reply.failure }, 'an import that was under way is not finished');
    } finally {
      this.#running = undefined;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #apply({ remove, revision, ...what }: RegistryImport, by: string): Promise<CommandReply> {
    const { core, loop } = this.#options;
    const asOne = (): Promise<CommandReply> => {
      const put = asByNow(core.registry, what.put, what.about);
      const about = fieldsOver(core.registry, put);
      // What people change while this waits for its turn, and it does not speak of, stays.
      return loop.submit({ type: 'registry.apply', put: [...put], about, remove: [...remove] }, by);
    };
    if (!isLong(what.put) || remove.length > 0) return asOne();
    this.#running = { done: 0, of: what.put.length };
    let begun = false;
    try {
      await Promise.allSettled([...this.#others]);
      const put = asByNow(core.registry, what.put, what.about);
      if (core.registry.revision !== revision && !this.#fits(put)) return await asOne();
      // What the registry has nothing against and a step refuses all the same: that would be in the middle of the list.
      if (awayTooLong([...absencesIn(core, put).values()].flat(), core.now)) return await asOne();
      const pieces = piecesOf(core.registry, put);
      // Places that change with what hangs on them may fit together only with all the rest.
      if (!this.#fits(entriesNow(core.registry, pieces[0] ?? []))) return await asOne();
      const plan = { by, pieces: pieces.length, entries: put.length };
      await this.#store(plan, pieces);
      begun = true;
      return await this.#run(plan);
    } catch (error) {
      if (this.#stopping)
        return { ok: false, failure: { code: begun ? 'REGISTRY_IMPORT_WAITS' : 'NOT_READY' } };
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Whether this may be made as it is; the refusal itself is the step's. */
  #fits(put: readonly RegistryEntry[]): boolean {
    const { registry, models } = this.#options.core;
    const isModel = (model: string): boolean => models.get(model) !== undefined;
    return registry.check(put, [], isModel, models.settingsFault) === undefined;
  }

  /** The plan last: only with it is it an import. */
  async #store(plan: Plan, pieces: readonly Piece[]): Promise<void> {
    const { records } = this.#options;
    // Of one that could not all be stored: who lives where does not stay behind a list that is shorter.
    await this.#clear(await this.#storedPieces());
    for (const [index, piece] of pieces.entries()) {
      await records.saveMeta(pieceKey(index), JSON.stringify(piece));
      await pause();
    }
    await this.#patiently(() => records.saveMeta(PLAN, JSON.stringify(plan)));
  }

  /** What has begun is finished, also where the records are away for a while. */
  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return untilDone(work, (error) => {
      if (this.#stopping) throw error;
      this.#options.logger.warn({ why: error.message }, 'an import waits');
    });
  }

  /** @param resumed of what an earlier process took over nobody can tell any more whether it is nothing. */
  async #run(plan: Plan, resumed = false): Promise<CommandReply> {
    const { core, records } = this.#options;
    this.#running = { done: 0, of: plan.entries };
    let taken = 0;
    for (let index = 0; index < plan.pieces; index++) {
      const piece = JSON.parse((await this.#patiently(() => records.meta(pieceKey(index)))) ?? '[]') as Piece;
      const put = entriesNow(core.registry, piece);
      // Beside what they were made of: people go on in the pause, and while no input is taken.
      const about = fieldsOver(core.registry, put);
      await pause();
      const reply: CommandReply = put.length === 0 ? { ok: true } : await this.#put(put, about, plan.by);
      if (!reply.ok) return this.#refused(plan, reply, taken > 0 || resumed);
      taken += put.length;
      this.#running.done += piece.length;
    }
    await this.#forget(plan);
    return { ok: true };
  }

  /** One piece is refused: with the first of them that is all of it, later it is half a list. */
  async #refused(plan: Plan, reply: CommandReply & { ok: false }, isHalf: boolean): Promise<CommandReply> {
    const { core, logger, records } = this.#options;
    const { failure: reason } = reply;
    const far = { done: 0, ...this.#running, of: plan.entries };
    if (isHalf) {
      this.#stopped = { ...far, at: core.now, by: plan.by, reason };
      // Before the plan is forgotten: a process that is killed in between stops once more, and says so.
      await this.#patiently(() => records.saveMeta(STOPPED, JSON.stringify(this.#stopped)));
    }
    await this.#forget(plan);
    if (!isHalf) return reply;
    logger.error({ ...far, failure: reason }, 'an import stopped half way');
    return { ok: false, failure: { code: 'REGISTRY_IMPORT_STOPPED', details: { ...far, reason } } };
  }

  async #forgetStopped(): Promise<void> {
    if (!this.#stopped) return;
    this.#stopped = undefined;
    await this.#patiently(() => this.#options.records.removeMeta(STOPPED));
  }

  /** Also where the inbox is full: what is in it comes first. */
  #put(put: RegistryEntry[], about: EntryFields[], by: string): Promise<CommandReply> {
    return this.#patiently(async () => {
      const command: Command = { type: 'registry.apply', put, about, remove: [] };
      const reply = await this.#options.loop.submit(command, by);
      if (!reply.ok && reply.failure.code === 'NOT_READY') throw new Error('no input is taken at the moment');
      return reply;
    });
  }

  async #forget({ pieces }: Plan): Promise<void> {
    await this.#patiently(() => this.#options.records.removeMeta(PLAN));
    await this.#clear(pieces);
  }

  /** From the end, so that those that are left are always the first. */
  async #clear(pieces: number): Promise<void> {
    for (let index = pieces - 1; index >= 0; index--) {
      await this.#patiently(() => this.#options.records.removeMeta(pieceKey(index)));
      await pause();
    }
  }

  async #storedPieces(): Promise<number> {
    let count = 0;
    while ((await this.#options.records.meta(pieceKey(count))) !== undefined) count++;
    return count;
  }
}
