import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { Sender } from '../../src/store/outside/sender.ts';
import { SetAside } from '../../src/store/outside/set-aside.ts';
import { Spool } from '../../src/store/outside/spool.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { QUIET } from '../contracts/outside-bed.ts';
import { Influx1Writes } from '../stand-ins/influx1-writes.ts';

/** Turns of the queue of promises: more than there are between the last look into the spool and the end of a round. */
const TURNS = 12;

test('what comes while the sender is about to rest is sent, however close it is', async () => {
  const server = new Influx1Writes();
  await server.start();
  const dir = tempFolder('sender');
  const spool = new Spool(join(dir, 'spool'), 2 ** 20);
  spool.open();
  const near = sqliteTelemetry({ file: join(dir, 'telemetry.db') });
  await near.open();
  const clock = new ManualClock(T0);
  const sender = new Sender({
    spool,
    outside: influx1({ url: server.url, database: 'shouwang' }),
    near,
    setAside: new SetAside(join(dir, 'set-aside.ndjson')),
    timers: new ManualTimers(clock),
    now: () => clock.now(),
    random: Math.random,
    logger: QUIET,
  });
  for (let turns = 0; turns < TURNS; turns++) {
    sender.wake();
    for (let turn = 0; turn < turns; turn++) await undefined;
    const at = T0 + turns;
    spool.addLines(
      { text: `pulse_bpm,device=x value=1 ${at}\n`, points: 1, minAt: at, maxAt: at },
      turns + 1,
    );
    spool.flush();
    spool.sync();
    sender.wake();
    await sender.settled();
    expect(spool.waiting().points, `${turns} turns later`).toBe(0);
  }
  await sender.stop();
  await near.close();
  await server.stop();
});
