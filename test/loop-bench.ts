import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { Checkpoints, parseShared, recoverCore } from '../src/app/checkpoints.ts';
import { Core } from '../src/app/core.ts';
import { Decoder } from '../src/app/decode.ts';
import { type Committed, Loop } from '../src/app/loop.ts';
import { ManualClock } from '../src/lib/clock.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import type { RuleSet } from '../src/model/rule-set.ts';
import type { RecordStore } from '../src/ports/records.ts';
import type { TelemetryStore } from '../src/ports/telemetry.ts';
import { Registry } from '../src/registry/registry.ts';
import { sqliteRecords } from '../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../src/store/telemetry-sqlite.ts';
import { tempFolder } from './contracts/bed.ts';
import { kinds, models, policy, T0 } from './core.ts';

const logger = pino({ level: 'silent' });

/** A clock that moves only when it is told to, and that may leap, as after the machine has slept. */
class BenchClock extends ManualClock {
  #leptAt = 0;

  leap(ms: number): void {
    this.advance(ms);
    this.#leptAt = this.now();
  }

  leptAt(): number {
    return this.#leptAt;
  }
}

/** A service without its edges: the real loop on real stores, by a clock that the test moves. */
export class LoopBench {
  readonly dir = tempFolder('loop');
  readonly clock = new BenchClock(T0);
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly core: Core;
  readonly loop: Loop;
  readonly checkpoints: Checkpoints;
  /** Messages whose sender was told that they are safe. */
  acknowledged = 0;
  readonly #rules: RuleSet;
  #copies = 0;

  constructor(rules: RuleSet, committed: (batch: Committed) => void = () => {}) {
    this.#rules = rules;
    ({ records: this.records, telemetry: this.telemetry } = storesIn(this.dir));
    this.core = newCore([], rules, T0);
    this.checkpoints = new Checkpoints(this.core, this.records, this.telemetry, logger);
    this.loop = new Loop({
      core: this.core,
      records: this.records,
      decoder: new Decoder(models),
      clock: this.clock,
      logger,
      committed: (batch) => {
        committed(batch);
        void this.telemetry.append(batch.reports, batch.lastSeq);
      },
      between: () => {},
    });
  }

  /** As a service starts that finds nothing: see wiring.ts. */
  async open(put: RegistryEntry[]): Promise<void> {
    await this.records.open();
    await this.telemetry.open();
    await this.checkpoints.complete();
    this.loop.tick(this.clock.now());
    await this.loop.submit({ type: 'registry.apply', put, remove: [] }, 'system');
  }

  async close(): Promise<void> {
    await this.loop.stop();
    await this.telemetry.close();
    await this.records.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  publish(device: string, payload: unknown): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const topic = `shouwang/${device}/telemetry`;
    const message = { receivedAt: this.clock.now(), topic, payload: Buffer.from(text) };
    const done = (): void => void this.acknowledged++;
    if (!this.loop.receive({ message, qos: 1, done })) throw new Error('the inbox is full');
  }

  /** What a second service knows that finds the disk as it is at this instant, as after a `kill -9`. */
  async afterKill(): Promise<{
    core: Core;
    lastSeq: number;
    telemetry: TelemetryStore;
    close(): Promise<void>;
  }> {
    const copy = join(this.dir, `copy-${++this.#copies}`);
    for (const file of ['records.db', 'records.db-wal', 'telemetry.db', 'telemetry.db-wal'])
      cpSync(join(this.dir, file), join(copy, file), { recursive: true });
    const { records, telemetry } = storesIn(copy);
    await records.open();
    const { sealedSeq } = await telemetry.open();
    const { checkpoint } = await records.recover();
    const rules = checkpoint ? parseShared(checkpoint.shared).ruleSet : this.#rules;
    const core = newCore(await records.registry(), rules, this.clock.now());
    const { lastSeq } = await recoverCore(core, records, telemetry, sealedSeq);
    const close = async (): Promise<void> => {
      await telemetry.close();
      await records.close();
    };
    return { core, lastSeq, telemetry, close };
  }
}

function storesIn(dir: string): { records: RecordStore; telemetry: TelemetryStore } {
  return {
    records: sqliteRecords({ file: join(dir, 'records.db') }),
    // Small enough that some of it is sealed and some is not, whenever the kill comes.
    telemetry: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 12, compactBlocks: 2 }),
  };
}

function newCore(entries: readonly RegistryEntry[], ruleSet: RuleSet, knownAt: number): Core {
  const registry = Registry.from(entries);
  return new Core({ models, kinds, registry, ruleSet, policy, channels: new Set(['terminal']), knownAt });
}
