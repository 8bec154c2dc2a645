import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchedHours } from '../src/api/watched-hours.ts';
import { WatchRecord } from '../src/app/watch-record.ts';
import { type Clock, DAY, HOUR, ManualClock, MINUTE } from '../src/lib/clock.ts';
import type { HomeState } from '../src/model/watch-record.ts';
import type { RecordStore } from '../src/ports/records.ts';
import { sqliteRecords } from '../src/store/records-sqlite.ts';
import { layTables } from './fresh-records.ts';

const START = Date.parse('2026-03-02T00:00:00+08:00');
const QUARTER = 15 * MINUTE;

let dir: string;
let records: RecordStore;
let clock: ManualClock;
/** How each home is found from now on. */
let homes: Map<string, HomeState>;
let isListening: boolean;
let record: WatchRecord;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-watched-'));
  await layTables(join(dir, 'records.db'));
  records = sqliteRecords({ file: join(dir, 'records.db') });
  await records.open();
  clock = new ManualClock(START - QUARTER);
  homes = new Map([
    ['h1', 'watched'],
    ['h2', 'watched'],
  ]);
  isListening = true;
  starts();
});
afterEach(async () => {
  await record.ends();
  await records.close();
  await rm(dir, { recursive: true });
});

/** A run of the service begins, whatever became of the one before. */
function starts(of: Pick<RecordStore, 'meta' | 'saveMeta'> = records, by: Clock = clock): void {
  record = new WatchRecord({
    records: of,
    clock: by,
    homes: () => [...homes.keys()].map((id) => ({ id })),
    stateOf: (home) => homes.get(home),
    isListening: () => isListening,
    isReady: () => true,
    logger: pino({ level: 'silent' }),
  });
}
/** Time passes, and the service looks in each quarter of it. */
async function lives(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += QUARTER) {
    clock.advance(QUARTER);
    record.look();
    await record.idle();
  }
}
const of = (from: number, to: number) =>
  watchedHours(records, { from, to, now: clock.now() + QUARTER, counts: () => true });

test('a home from which nothing came is not watched for as long as that, and the worst stands first', async () => {
  await lives(2 * HOUR);
  homes.set('h2', 'blind');
  await lives(3 * HOUR);
  homes.set('h1', 'untold');
  await lives(HOUR);
  homes.set('h1', 'watched').set('h2', 'watched');
  await lives(4 * HOUR);
  const { total, homes: worst } = await of(START, START + 10 * HOUR);
  expect(worst.map(({ home, hours }) => [home, hours.watched, hours.blind, hours.untold])).toEqual([
    ['h2', 6, 4, 0],
    ['h1', 9, 0, 1],
  ]);
  expect(total).toMatchObject({ homes: 2, share: 15 / 20, blindLong: 0, longestBlind: 4 });
});

test('while the service is stopped nobody is watched, whatever was so before and after', async () => {
  await lives(2 * HOUR);
  await record.ends();
  clock.advance(6 * HOUR);
  starts();
  await lives(2 * HOUR);
  const { total, homes: worst } = await of(START, START + 10 * HOUR);
  expect(total.hours).toMatchObject({ watched: 2 * 4, unattended: 2 * 6, unknown: 0 });
  expect(total.share).toBe(8 / 20);
  // None of them is worse than another.
  expect(worst).toEqual([]);
});

test('while the service hears nothing nobody is watched', async () => {
  await lives(HOUR);
  isListening = false;
  await lives(HOUR);
  isListening = true;
  await lives(HOUR);
  expect((await of(START, START + 3 * HOUR)).total.hours).toMatchObject({ watched: 4, unattended: 2 });
});

test('a restart of some minutes takes nothing away', async () => {
  await lives(HOUR);
  await record.ends();
  clock.advance(3 * MINUTE);
  starts();
  clock.advance(12 * MINUTE);
  record.look();
  await record.idle();
  expect((await of(START, START + HOUR + QUARTER)).total).toMatchObject({ share: 1, homes: 2 });
});

test('what cannot be stored counts as not watched, and is never made up', async () => {
  await lives(HOUR);
  await record.ends();
  const refuses = {
    meta: (key: string) => records.meta(key),
    saveMeta: () => Promise.reject(new Error('no room on the disk')),
  };
  starts(refuses);
  await lives(HOUR);
  starts();
  await lives(HOUR);
  expect((await of(START, START + 3 * HOUR)).total.hours).toMatchObject({ watched: 4, unattended: 2 });
});

test('the time before anything was written down is unknown, and in no share', async () => {
  await lives(2 * HOUR);
  const { recordedFrom, total } = await of(START - 3 * HOUR, START + 2 * HOUR);
  expect(recordedFrom).toBe(START);
  expect(total.hours).toMatchObject({ watched: 4, unknown: 6, unattended: 0 });
  expect(total.share).toBe(1);
  const before = await of(START - 30 * DAY, START - 2 * DAY);
  expect(before.recordedFrom).toBeUndefined();
  expect(before.total).toMatchObject({ homes: 0 });
  expect(before.total.share).toBeUndefined();
});

test('a home is counted from when it was there, and time away counts for nobody', async () => {
  await lives(2 * HOUR);
  homes.set('h3', 'away');
  await lives(2 * HOUR);
  const { total } = await of(START, START + 4 * HOUR);
  expect(total.hours).toMatchObject({ watched: 8, away: 2, unattended: 0, unknown: 0 });
  expect(total).toMatchObject({ homes: 3, share: 1 });
});

test('a home that was blind for more than a day and an hour is counted, also over the end of a month and a stop', async () => {
  clock.set(Date.parse('2026-03-31T00:00Z') - QUARTER);
  starts();
  await lives(HOUR);
  homes.set('h2', 'blind');
  await lives(23 * HOUR);
  await record.ends();
  // April has begun for the clocks of the records.
  clock.advance(5 * HOUR);
  starts();
  await lives(2 * HOUR);
  const from = Date.parse('2026-03-31T00:00Z');
  const short = await of(from, clock.now() + QUARTER);
  expect(short.total).toMatchObject({ blindLong: 0, longestBlind: 25 });
  await lives(QUARTER);
  const long = await of(from, clock.now() + QUARTER);
  expect(long.total).toMatchObject({ blindLong: 1, longestBlind: 25.25 });
  expect(long.total.hours).toMatchObject({ unattended: 10 });
  // Of April alone the hours of its beginning, in which nobody looked, are known to be such.
  const april = await of(Date.parse('2026-04-01T00:00Z'), clock.now() + QUARTER);
  expect(april.total.hours).toMatchObject({ unattended: 10, unknown: 0, blind: 2.25, watched: 2.25 });
});

test('under a clock that runs fast no quarter is missed for that; a machine that slept has missed them', async () => {
  const looksEachHour = async (): Promise<void> => {
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(HOUR);
      record.look();
      await record.idle();
    }
  };
  await record.ends();
  starts(records, { speed: 2_400, now: () => clock.now() });
  await looksEachHour();
  const first = START + 45 * MINUTE;
  expect((await of(first, first + 2.25 * HOUR)).total.hours).toMatchObject({ watched: 4.5, unattended: 0 });
  await record.ends();
  starts();
  await looksEachHour();
  const second = first + 2.25 * HOUR;
  expect((await of(second, second + 3 * HOUR)).total.hours).toMatchObject({ watched: 1.5, unattended: 4.5 });
});

test('a clock that was set back writes nothing twice', async () => {
  await lives(4 * HOUR);
  await record.ends();
  homes.set('h1', 'blind');
  clock = new ManualClock(START + HOUR - QUARTER);
  starts();
  await lives(4 * HOUR);
  const { total } = await of(START, START + 5 * HOUR);
  expect(total.hours).toMatchObject({ watched: 9, blind: 1, unattended: 0 });
});

test('of a month that is not over, what is still to come counts for nothing', async () => {
  await lives(2 * HOUR);
  const { until, total } = await of(START, START + 30 * DAY);
  expect(until).toBe(clock.now() + QUARTER);
  expect(total.hours).toMatchObject({ watched: 4, unattended: 0, unknown: 0 });
});
