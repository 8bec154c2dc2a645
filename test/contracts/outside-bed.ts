import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE } from '../../src/lib/clock.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import type { OutsideStore } from '../../src/store/outside/outside-store.ts';
import { OutsideTelemetry, type OutsideTelemetryOptions } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { type StoreBed, tempFolder } from './bed.ts';

/** A server with any number of databases on it. */
export interface OutsideServer {
  store(database: string): OutsideStore;
  /** A new database with what is in another one; an empty one if that is undefined. */
  prepare(database: string, from: string | undefined): Promise<void>;
}

export const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const ROOM = { spoolBytesMax: 2 ** 30, nearBytesMax: 2 ** 40, diskFreeBytesMin: 0 };
const small = { sealPoints: 20, stepMs: 0, compactBlocks: 2, chunkPoints: 8, sealAgeMs: 10 * MINUTE };

/** Carries everything out whenever it is maintained, so that reads go to the server. */
class CarriedOut extends OutsideTelemetry {
  readonly #prepare: () => Promise<void>;
  constructor(options: OutsideTelemetryOptions, prepare: () => Promise<void>) {
    super(options);
    this.#prepare = prepare;
  }
  override async open(): Promise<{ sealedSeq: number }> {
    await this.#prepare();
    const answer = await super.open();
    // A retention that the crash interrupted shows what it is about to drop, until it is carried out.
    await this.carriedOut();
    return answer;
  }
  override async maintain(now: number): Promise<{ sealedSeq: number; hasMore: boolean }> {
    const answer = await super.maintain(now);
    await this.carriedOut();
    return answer;
  }
  override async removeDevice(device: string): Promise<void> {
    await super.removeDevice(device);
    await this.carriedOut();
  }
}

/** A bed for the store that has another one outside. `keepMs`: how much stays here; below zero: nothing does. */
export function outsideBed(server: () => OutsideServer, keepMs: number): StoreBed<TelemetryStore> {
  const root = tempFolder('outside');
  let count = 0;
  const names = `t${process.pid}_${Math.random().toString(36).slice(2)}_`;
  const bed = (dir: string, from: string | undefined): StoreBed<TelemetryStore> => {
    mkdirSync(join(dir, 'backup'), { recursive: true });
    const database = `${names}${++count}`;
    let isPrepared = false;
    return {
      store() {
        const options: OutsideTelemetryOptions = {
          near: sqliteTelemetry({ file: join(dir, 'store.db'), ...small }),
          outside: server().store(database),
          spoolDir: join(dir, 'spool'),
          keepMs,
          ...ROOM,
          purgeEveryMs: 0,
          logger: QUIET,
        };
        return new CarriedOut(options, async () => {
          if (!isPrepared) await server().prepare(database, from);
          isPrepared = true;
        });
      },
      afterCrash() {
        const copy = join(root, `${++count}`);
        cpSync(dir, copy, { recursive: true });
        return bed(copy, database);
      },
      backupFile: join(dir, 'backup', 'store.db'),
      restored: () => bed(join(dir, 'backup'), database),
      dispose: () => rmSync(root, { recursive: true, force: true }),
    };
  };
  return bed(join(root, '0'), undefined);
}
