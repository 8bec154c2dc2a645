import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { Checkpoints, parseShared, recoverCore, touchedRows } from '../../src/app/checkpoints.ts';
import type { Core } from '../../src/app/core.ts';
import { JournalWriter } from '../../src/app/journal.ts';
import { storeSubject } from '../../src/app/subject.ts';
import type { Effect, Input, StepResult } from '../../src/model/effect.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import { Registry } from '../../src/registry/registry.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { layTables } from '../fresh-records.ts';
import { type Story, timeText } from './story.ts';

const logger = pino({ level: 'silent' });

/**
 * What the service of a story would have on its disk: a commit after each happening, and states of homes that are stored piecemeal.
 * Wherever it is cut off, it is to know again all that it knew.
 */
export class LifeDisk {
  readonly #story: Story;
  readonly #dir = tempFolder('life');
  readonly #records: RecordStore = sqliteRecords({ file: join(this.#dir, 'records.db') });
  readonly #telemetry = sqliteTelemetry({ file: join(this.#dir, 'telemetry.db') });
  readonly #journal = new JournalWriter();
  #effects: Effect[] = [];
  readonly #touched = new Set<string>();
  readonly #around = new Set<string>();
  #core: Core;
  #checkpoints: Checkpoints;
  #firstSeq = 1;
  #steadyMs = 0;

  private constructor(story: Story) {
    this.#story = story;
    this.#core = story.core;
    this.#checkpoints = this.#checkpointsOf(this.#core);
  }

  /** With all that is known by now. */
  static async of(story: Story): Promise<LifeDisk> {
    const disk = new LifeDisk(story);
    await layTables(join(disk.#dir, 'records.db'));
    await disk.#records.open();
    await disk.#telemetry.open();
    for (const entry of story.core.registry.entries()) disk.#effects.push({ type: 'registry-put', entry });
    for (let seq = 1; seq <= story.core.seq; seq++)
      disk.#journal.add({ kind: 'tick', receivedAt: story.now }, undefined);
    await disk.#commit();
    await disk.#storeAll();
    story.watches((input, result) => disk.#takes(input, result));
    return disk;
  }

  /** Something has happened. `pick` says how much is stored of what changed, and whether the power goes. */
  async follows(pick: number): Promise<void> {
    await this.#commit();
    if (this.#core !== this.#story.core) await this.#storeAll();
    else if (pick % 5 === 0) await this.#checkpoints.complete();
    else if (pick % 5 < 3) {
      this.#steadyMs += 20_000;
      await this.#checkpoints.work(this.#steadyMs);
    }
    if (pick % 3 === 0) await this.isRemembered();
  }

  /** @throws where a service that begins from this disk would not know what was known. */
  async isRemembered(): Promise<void> {
    await this.#commit();
    const [story, records] = [this.#story, this.#records];
    const { checkpoint } = await records.recover();
    const { ruleSet, retiredRules = [] } = parseShared(checkpoint?.shared ?? '');
    const registry = Registry.from(await records.registry());
    const core = story.coreWith({ registry, ruleSet, retiredRules, knownAt: story.now, unfiled: true });
    await recoverCore(core, records);
    const [is, was] = [knowledgeOf(core), knowledgeOf(story.core)];
    for (const [of, known] of was)
      if (is.get(of) !== known)
        throw new Error(
          `${of} is known otherwise after a restart at ${timeText(story.now)}\n${known}\n${is.get(of)}`,
        );
  }

  async close(): Promise<void> {
    await this.#telemetry.close();
    await this.#records.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #takes(input: Input, result: StepResult): void {
    this.#journal.addStep(input, result);
    this.#effects.push(...result.effects);
    for (const subject of result.touched) this.#touched.add(subject);
    for (const home of result.around) this.#around.add(home);
  }

  async #commit(): Promise<void> {
    const { core } = this.#story;
    const subjects = touchedRows(core, { touched: this.#touched, around: this.#around });
    if (core.seq < this.#firstSeq) return;
    const batch = {
      firstSeq: this.#firstSeq,
      lastSeq: core.seq,
      effects: this.#effects,
      subjects,
      at: core.now,
    };
    await this.#records.commit({ ...batch, journal: this.#journal.bytes() });
    this.#journal.reset();
    this.#effects = [];
    this.#touched.clear();
    this.#around.clear();
    this.#firstSeq = core.seq + 1;
  }

  async #storeAll(): Promise<void> {
    const { core } = this.#story;
    this.#core = core;
    this.#checkpoints = this.#checkpointsOf(core);
    for (const subject of core.subjects.values()) core.markChanged(subject);
    await this.#checkpoints.complete();
  }

  #checkpointsOf(core: Core): Checkpoints {
    // However slow the machine is, what is looked at here is what is done, not how fast.
    return new Checkpoints(core, this.#records, this.#telemetry, logger, () => 0);
  }
}

/** When the rules of an area look next is what its devices say when they look, and finds the same: see properties-recovery. */
const LOOKS_AT_HOMES = 'M3/area-silence';
/** Nor is compared whether it still holds the silence of a building that has come back, which it asks at its looks. */
const AREA_SILENCE = 'silent';

/** A home that is stored later than the service counts nothing twice: what it held back in between is not counted at all. */
const HELD_MESSAGES = 'held';

/** By the name of what is known: all that decides what will be done, as text. */
function knowledgeOf(core: Core): Map<string, string> {
  const known = new Map<string, string>();
  for (const subject of [...core.subjects.values(), ...core.groups.values()]) {
    const isLeftOut = (key: string): boolean =>
      (subject.area !== undefined && (key === LOOKS_AT_HOMES || key === AREA_SILENCE)) ||
      (subject === core.service && key === HELD_MESSAGES);
    const stored = storeSubject(subject, core.rules);
    const state = JSON.parse(stored, (key, value: unknown) =>
      isLeftOut(key) ? undefined : value,
    ) as unknown;
    known.set(subject.id, JSON.stringify(state));
    if (!subject.area) known.set(`${subject.id} due`, String(core.engine.nextDue(subject)));
    known.set(`${subject.id} filed`, String(subject.filedDue <= core.engine.nextDue(subject)));
  }
  known.set('retired', JSON.stringify([...core.retired].sort()));
  known.set('rules', JSON.stringify(core.ruleSet));
  known.set('listening', `${core.engine.listeningSince} ${core.engine.deafSince}`);
  known.set('absence', JSON.stringify(core.absence));
  return known;
}
