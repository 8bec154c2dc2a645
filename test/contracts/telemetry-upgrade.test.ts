import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from './bed.ts';
import {
  BAND,
  DAYS,
  GENERATIONS_END,
  GONE,
  METERS,
  readingsOf,
  reportsOf,
  SOS_AT,
} from './stored/telemetry.ts';
import { aReport, settle } from './telemetry.ts';

/** In the first no reading says by whose clock it was taken; in the second everything that is in memory is nowhere else. */
describe.each([1, 2])('a telemetry file of version %i', (before) => {
  const kept = new URL(`./stored/telemetry-${before}.db.gz`, import.meta.url);
  let dir: string;
  let file: string;
  let store: TelemetryStore;
  beforeEach(async () => {
    dir = tempFolder('telemetry-upgrade');
    file = join(dir, 'telemetry.db');
    writeFileSync(file, gunzipSync(readFileSync(kept)));
    store = sqliteTelemetry({ file, sealPoints: 60, stepMs: 0, compactBlocks: 4, chunkPoints: 24 });
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const version = (): unknown => {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return db.prepare('PRAGMA user_version').get()?.['user_version'];
    } finally {
      db.close();
    }
  };
  const all = (device: string, metric: MetricName) =>
    store.range({ device, metric, from: 0, to: Number.MAX_SAFE_INTEGER });
  const left = (device: string) => readingsOf(device).map(({ at, value }) => ({ at, value }));

  it('holds readings in chunks and in blocks, as its program left them', () => {
    const db = new DatabaseSync(file, { readOnly: true });
    const rows = (table: string) => db.prepare(`select count(*) as n from ${table}`).get()?.['n'];
    expect(rows('chunks')).toBeGreaterThan(0);
    expect(rows('blocks')).toBeGreaterThan(0);
    db.close();
    expect(version()).toBe(before);
  });

  it('is read to the last reading and event, and what was removed stays removed', async () => {
    const { sealedSeq } = await store.open();
    // What was only in memory comes again out of the journal, from there on.
    await store.append(reportsOf().filter(({ seq }) => seq > sealedSeq));
    for (const device of METERS.filter((one) => one !== GONE))
      expect((await all(device, 'water_index_m3')).map(({ at, value }) => ({ at, value }))).toEqual(
        left(device),
      );
    expect((await all(BAND, 'pulse_bpm')).map(({ at, value }) => ({ at, value }))).toEqual(left(BAND));
    expect(await all(GONE, 'water_index_m3')).toEqual([]);
    expect(await store.events({ device: BAND, from: 0, to: GENERATIONS_END, limit: 9 })).toEqual([
      { event: 'sos', at: SOS_AT },
    ]);
  });

  it('takes new readings with their clock, beside the old ones as they were', async () => {
    const { sealedSeq } = await store.open();
    const journal = reportsOf().filter(({ seq }) => seq > sealedSeq);
    await store.append(journal);
    const after = { at: GENERATIONS_END + HOUR, value: 9.5 };
    const last = reportsOf().length + 1;
    await store.append([aReport(last, 'm1', [{ metric: 'water_index_m3', ...after }], [], after.at)]);
    await settle(store, after.at + 400 * 24 * HOUR);
    await store.retain({ default: 0 });
    const again = new Set(journal.flatMap(({ report }) => report.readings.map(({ at }) => at)));
    const isKnown = ({ at }: { readonly at: number }) => before > 1 || again.has(at);
    const expected = left('m1').map((one) => (isKnown(one) ? { ...one, clock: 'device' } : one));
    expect(await all('m1', 'water_index_m3')).toEqual([...expected, { ...after, clock: 'device' }]);
    if (before === 1) expect(expected.filter((one) => !('clock' in one)).length).toBeGreaterThan(DAYS * 12);
    // What stands in it now an earlier program would misread, or miss: it is told.
    expect(version()).toBe(3);
  });

  it('is refused by name where it comes from a later program', async () => {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 4');
    db.close();
    await expect(store.open()).rejects.toThrow(
      /a newer version wrote the readings \(version 4 of the file, and this one knows 3\).*install the newer version again/,
    );
  });
});
