import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport, settle } from '../contracts/telemetry.ts';
import { Influx1Writes } from '../stand-ins/influx1-writes.ts';

let dir: string;
let server: Influx1Writes;
beforeEach(async () => {
  dir = tempFolder('near-refuses');
  server = new Influx1Writes();
  await server.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('readings that the local store could not write down at once reach the store outside all the same', async () => {
  const file = join(dir, 'telemetry.db');
  const clock = new ManualClock(T0);
  const store = outsideTelemetry({
    near: sqliteTelemetry({ file, sealPoints: 1, hardPoints: 4, stepMs: 0 }),
    outside: influx1({ url: server.url, database: 'shouwang' }),
    spoolDir: join(dir, 'spool'),
    keepMs: HOUR,
    ...ROOM,
    logger: QUIET,
    timers: new ManualTimers(clock),
    now: () => clock.now(),
  });
  await store.open();
  const hour = (seq: number) =>
    aReport(seq, 'm1', [{ metric: 'water_index_m3', value: seq, at: T0 + seq * HOUR }]);
  // The disk is full: what is to be written is refused.
  const disk = new DatabaseSync(file);
  disk.exec(
    "create trigger full before insert on blocks begin select raise(abort, 'database or disk is full'); end",
  );
  await expect(store.append([1, 2, 3, 4, 5, 6].map(hour))).rejects.toThrow(/full/);
  disk.exec('drop trigger full');
  disk.close();
  await store.append([hour(7)]);
  await settle(store, T0);
  await store.carriedOut();
  const values = [...server.points].map(([, fields]) => Number(/value=(\d+)/.exec(fields)?.[1]));
  expect(values.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await store.close();
});
