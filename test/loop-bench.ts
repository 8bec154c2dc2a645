import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { Checkpoints, parseShared, recoverCore } from '../src/app/checkpoints.ts';
import { ClockWitness } from '../src/app/clock-witness.ts';
import { Core } from '../src/app/core.ts';
import { Dating } from '../src/app/dating.ts';
import { Decoder } from '../src/app/decode.ts';
import { loadLeftHomes } from '../src/app/left-homes.ts';
import { Loop } from '../src/app/loop.ts';
import type { Committed, LoopOptions } from '../src/app/loop-options.ts';
import { TelemetryFeed } from '../src/app/telemetry-feed.ts';
import { type Leap, ManualClock } from '../src/lib/clock.ts';
import { LeftHomes } from '../src/model/left-home.ts';
import type { NotifyPolicy } from '../src/model/notify-policy.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import type { RuleSet } from '../src/model/rule-set.ts';
import type { RecordStore } from '../src/ports/records.ts';
import type { TelemetryStore } from '../src/ports/telemetry.ts';
import { Registry } from '../src/registry/registry.ts';
import type { RuleKinds } from '../src/rules/compile.ts';
import { sqliteRecords } from '../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../src/store/telemetry-sqlite.ts';
import { tempFolder } from './contracts/bed.ts';
import { envelopes, kinds, models, policy, T0 } from './core.ts';
import { layTables } from './fresh-records.ts';

const logger = pino({ level: 'silent' });

/** A clock that moves only when it is told to, and that may leap, as after the machine has slept. */
class BenchClock extends ManualClock {
  #leap: Leap | undefined;
  /** By how much the machine was set back. */
  machineBehindMs = 0;

  aheadMs(): number {
    return this.machineBehindMs;
  }

  leap(ms: number): void {
    const from = this.now();
    this.advance(ms);
    this.#leap = { from, until: this.now() };
  }

  lastLeap(): Leap | undefined {
    return this.#leap;
  }
}

/** A service without its edges: the real loop on real stores, by a clock that the test moves. */
export class LoopBench {
  readonly dir: string;
  readonly clock: BenchClock;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  core: Core;
  loop: Loop;
  checkpoints: Checkpoints;
  witness!: ClockWitness;
  dating!: Dating;
  /** What a service does about calls for help in what was refused. */
  callsStored: NonNullable<LoopOptions['callsStored']> = () => undefined;
  /** Messages whose sender was told that they are safe. */
  acknowledged = 0;
  /** How long everything takes: what the loop's steady clock goes on by at each look, in milliseconds. */
  msALook = 0;
  /** The pauses between batches: whether somebody waited for the next batch. */
  readonly pausesHurried: boolean[] = [];
  #steadyMs = 0;
  readonly #rules: RuleSet;
  readonly #policy: NotifyPolicy;
  readonly #kinds: RuleKinds;
  readonly #committed: (batch: Committed) => void;
  #copies = 0;

  constructor(
    rules: RuleSet,
    committed: (batch: Committed) => void = () => {},
    life: { dir: string; clock: BenchClock } = { dir: tempFolder('loop'), clock: new BenchClock(T0) },
    ownPolicy: NotifyPolicy = policy,
    ownKinds: RuleKinds = kinds,
  ) {
    this.#policy = ownPolicy;
    this.#kinds = ownKinds;
    this.#rules = rules;
    this.#committed = committed;
    this.dir = life.dir;
    this.clock = life.clock;
    ({ records: this.records, telemetry: this.telemetry } = storesIn(this.dir));
    [this.core, this.checkpoints, this.loop] = this.#parts(newCore(ownKinds, [], rules, T0, ownPolicy));
  }

  /** As a service starts that finds nothing: see wiring.ts. */
  async open(put: RegistryEntry[]): Promise<void> {
    await layTables(join(this.dir, 'records.db'));
    await this.records.open();
    await this.telemetry.open();
    await this.checkpoints.complete();
    this.loop.tick({ listeningSince: this.clock.now() });
    await this.loop.submit({ type: 'registry.apply', put, remove: [] }, 'system');
  }

  async close(): Promise<void> {
    await this.loop.stop();
    await this.telemetry.close();
    await this.records.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** @param client the connection that it comes over, where that matters */
  publish(device: string, payload: unknown, client?: string): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const topic = `shouwang/${device}/telemetry`;
    const from = client === undefined ? {} : { client };
    const message = { receivedAt: this.clock.now(), topic, payload: Buffer.from(text), ...from };
    const done = (): void => void this.acknowledged++;
    if (!this.loop.receive({ message, qos: 1, done })) throw new Error('the inbox is full');
  }

  /** A second service that finds the disk as it is at this instant, as after a `kill -9`, and goes on from there. */
  async afterKill(): Promise<LoopBench> {
    const dir = join(this.dir, `life-${++this.#copies}`);
    for (const file of ['records.db', 'records.db-wal', 'telemetry.db', 'telemetry.db-wal'])
      cpSync(join(this.dir, file), join(dir, file), { recursive: true });
    const life = { dir, clock: this.clock };
    const next = new LoopBench(this.#rules, this.#committed, life, this.#policy, this.#kinds);
    await next.#recover();
    return next;
  }

  async #recover(): Promise<void> {
    await this.records.open();
    const { sealedSeq } = await this.telemetry.open();
    const { checkpoint } = await this.records.recover();
    const shared = checkpoint && parseShared(checkpoint.shared);
    const rules = shared?.ruleSet ?? this.#rules;
    const entries = await this.records.registry();
    const now = this.clock.now();
    const left = await loadLeftHomes(this.records, now);
    const retired = shared?.retiredRules;
    const core = newCore(this.#kinds, entries, rules, now, this.#policy, retired, true, left);
    const { lastSeq } = await recoverCore(core, this.records);
    const feed = new TelemetryFeed(this.telemetry, logger);
    feed.catchUp((await this.records.recover()).journal, sealedSeq, lastSeq);
    await feed.caughtUp();
    [this.core, this.checkpoints, this.loop] = this.#parts(core);
  }

  #parts(core: Core): [Core, Checkpoints, Loop] {
    const { records, telemetry, clock } = this;
    this.witness = new ClockWitness(clock);
    this.dating = new Dating(this.witness, clock);
    const loop = new Loop({
      core,
      dating: this.dating,
      records,
      decoder: new Decoder(models, envelopes),
      clock,
      logger,
      committed: (batch) => {
        this.#committed(batch);
        this.witness.committed(batch);
        void telemetry.append(batch.reports, batch.lastSeq);
      },
      callsStored: (effects) => this.callsStored(effects),
      between: (hurried) => void this.pausesHurried.push(hurried),
      steadyNow: () => {
        this.#steadyMs += this.msALook;
        return clock.now() + this.#steadyMs;
      },
    });
    // However slow the machine is, what is looked at here is how much is done, not how fast.
    const checkpoints = new Checkpoints(core, records, telemetry, logger, () => 0);
    return [core, checkpoints, loop];
  }
}

function storesIn(dir: string): { records: RecordStore; telemetry: TelemetryStore } {
  return {
    records: sqliteRecords({ file: join(dir, 'records.db') }),
    // Small enough that some of it is sealed and some is not, whenever the kill comes.
    telemetry: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 12, compactBlocks: 2 }),
  };
}

function newCore(
  ownKinds: RuleKinds,
  entries: readonly RegistryEntry[],
  ruleSet: RuleSet,
  knownAt: number,
  policy: NotifyPolicy,
  retiredRules: Core['retiredRules'] = [],
  unfiled = false,
  leftHomes = new LeftHomes(),
): Core {
  const registry = Registry.from(entries);
  const channels = new Set(['terminal']);
  const options = { models, kinds: ownKinds, registry, ruleSet, retiredRules, policy, channels };
  // Of our own kinds no test goes on where one has failed.
  return new Core({ ...options, knownAt, unfiled, leftHomes, containsFaults: ownKinds !== kinds });
}
