import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TelemetryFeed } from '../src/app/telemetry-feed.ts';
import { DAY, MINUTE } from '../src/lib/clock.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { RecordsAway, type Recovery } from '../src/ports/records.ts';
import type { TelemetryStore } from '../src/ports/telemetry.ts';
import { sqliteTelemetry } from '../src/store/telemetry-sqlite.ts';
import { community, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';

/** After a start the readings that only the journal holds are handed to a telemetry store that knows nothing of them. */
let bench: LoopBench;
let journal: Recovery['journal'];
let store: TelemetryStore;
beforeEach(async () => {
  bench = new LoopBench(ruleSetSchema.parse({ version: 'test', rules: [] }));
  await bench.open(community({ h1: [{ id: 'm1', model: 'water-meter' }] }));
  for (let i = 1; i <= 5; i++) {
    bench.publish('m1', { at: T0 - (6 - i) * MINUTE, water_index_m3: 10 + i / 1000 });
    await bench.loop.drained();
  }
  ({ journal } = await bench.records.recover());
  store = sqliteTelemetry({ file: `${bench.dir}/empty.db` });
  await store.open();
  vi.useFakeTimers({ toFake: ['setTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  await bench.close();
});

const indexes = async (): Promise<number[]> =>
  (await store.range({ device: 'm1', metric: 'water_index_m3', from: 0, to: T0 + DAY })).map(({ value }) =>
    Math.round((value - 10) * 1000),
  );

/** The journal of records that go away after so many rows, each time they are asked, as often as said. */
function away(times: number, rowsEach: number): Recovery['journal'] {
  return async function* (after) {
    const isAway = times-- > 0;
    let rows = 0;
    for await (const row of journal(after)) {
      if (isAway && rows++ === rowsEach) throw new RecordsAway('PostgreSQL is away: gone');
      yield row;
    }
  };
}

function feedOn(telemetry: TelemetryStore): { feed: TelemetryFeed; said: string[] } {
  const said: string[] = [];
  const write = (line: string): void => {
    said.push((JSON.parse(line) as { msg: string }).msg);
  };
  return { feed: new TelemetryFeed(telemetry, pino({}, { write })), said };
}

test('records that go away while they are read are waited for, and the readings are handed over once', async () => {
  const { feed, said } = feedOn(store);
  feed.catchUp(away(2, 2), 0, bench.core.seq);
  const caughtUp = feed.caughtUp();
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(2_000);
    return (await indexes()).length === 5;
  });
  await caughtUp;
  expect(await indexes()).toEqual([1, 2, 3, 4, 5]);
  expect(said).toEqual(Array(2).fill('readings of before the start wait until the records are there again'));
});

test('whoever stops meanwhile does not wait for them', async () => {
  const { feed } = feedOn(store);
  feed.catchUp(away(Number.POSITIVE_INFINITY, 2), 0, bench.core.seq);
  await vi.waitUntil(async () => (await indexes()).length > 0);
  const stopped = feed.stop();
  await vi.advanceTimersByTimeAsync(2_000);
  await stopped;
});

test('a store that cannot write what it has taken does not end the service', async () => {
  const refusing: TelemetryStore = {
    ...feedOn(store).feed.reads(),
    append: async (reports, lastSeq) => {
      await store.append(reports, lastSeq);
      throw new Error('database or disk is full');
    },
  };
  const { feed, said } = feedOn(refusing);
  feed.catchUp(journal, 0, bench.core.seq);
  await feed.caughtUp();
  expect(await indexes()).toEqual([1, 2, 3, 4, 5]);
  expect(said).toEqual(['readings could not be handed to the telemetry store']);
});
