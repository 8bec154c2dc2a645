import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { Archiver } from '../../src/store/archive/archiver.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { atLength } from '../runs.ts';
import { tempFolder } from './bed.ts';
import { alertEffect, anAlert, Committer, T0 } from './fixtures.ts';
import { aReport, settle } from './telemetry.ts';

const LONG_AFTER = T0 + 1e9;
const at = (minute: number): number => T0 + minute * MINUTE;
const iso = (minute: number): string => new Date(at(minute)).toISOString();

class Data {
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;

  constructor(dir: string) {
    const files = dataFiles(dir);
    this.records = sqliteRecords({ file: files.records, archived: true });
    this.telemetry = sqliteTelemetry({ file: files.telemetry, archived: true });
  }

  async open(): Promise<this> {
    await this.records.open();
    await this.telemetry.open();
    return this;
  }

  /** One input: a reading in the journal and the telemetry, and an alert about it. */
  async input(seq: number): Promise<void> {
    await new Committer(this.records, seq - 1).commit([alertEffect(anAlert({ id: `a${seq}` }))]);
    const value = { metric: 'water_index_m3', value: seq, at: T0 + seq * HOUR } as const;
    await this.telemetry.append([aReport(seq, 'm1', [value])]);
    await settle(this.telemetry, LONG_AFTER);
  }

  async found(): Promise<{ alerts: number; readings: number[]; lastSeq: number }> {
    const { items } = await this.records.alerts({ paths: [''] }, { limit: 500 });
    const range = { device: 'm1', metric: 'water_index_m3', from: 0, to: LONG_AFTER } as const;
    const readings = (await this.telemetry.range(range)).map(({ value }) => value);
    return { alerts: items.length, readings, lastSeq: (await this.records.recover()).lastSeq };
  }

  async close(): Promise<void> {
    await this.telemetry.close();
    await this.records.close();
  }
}

const upTo = (seq: number) => ({
  alerts: seq,
  readings: Array.from({ length: seq }, (_, i) => i + 1),
  lastSeq: seq,
});

describe('an archive of everything that is committed', () => {
  let root: string;
  let folder: string;
  let data: Data;
  let archiver: Archiver;
  const limits = { ...LIMITS };

  beforeEach(async () => {
    root = tempFolder('archive');
    folder = join(root, 'archive');
    data = await new Data(join(root, 'data')).open();
    archiver = new Archiver(join(root, 'data'), { folder, baseEveryMs: 24 * HOUR, keepMs: 48 * HOUR });
  });
  afterEach(async () => {
    Object.assign(LIMITS, limits);
    await archiver.close(LONG_AFTER);
    await data.close();
    rmSync(root, { recursive: true, force: true });
  });

  const words = (): string[] => {
    const said: string[] = [];
    const spy = vi.spyOn(console, 'error').mockImplementation((line) => said.push(String(line)));
    onTestFinished(() => spy.mockRestore());
    return said;
  };

  async function restored(...args: string[]) {
    const dir = join(root, `restored-${args.join('').replaceAll(/\W/g, '')}`);
    expect(await runCli(['restore', '--from', folder, '--data', dir, ...args])).toBe(0);
    const other = await new Data(dir).open();
    try {
      return await other.found();
    } finally {
      await other.close();
    }
  }

  atLength('gives every instant back that it has a mark of, and says what it leaves out', async () => {
    for (let seq = 1; seq <= 6; seq++) {
      await data.input(seq);
      await archiver.round(at(seq));
    }
    const said = words();
    expect(await restored()).toEqual(upTo(6));
    expect(said.join('\n')).toContain(`lost: whatever was acknowledged after ${iso(6)}`);
    expect(await restored('--until', iso(4))).toEqual(upTo(4));
    expect(said.join('\n')).toContain(`left out: what came after ${iso(4)}; the archive reaches ${iso(6)}`);
    expect(await restored('--until', new Date(at(5) - 1).toISOString())).toEqual(upTo(4));
    expect(await restored('--until', `${iso(4).slice(0, 16)}Z`)).toEqual(upTo(4));
    expect(await runCli(['restore', '--from', folder, '--data', join(root, 'x'), '--until', iso(0)])).toBe(2);
    expect(said.at(-1)).toContain(`the archive begins at ${iso(1)}`);
    expect(readdirSync(root).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  atLength('goes on when the log is carried over into the database and begins anew', async () => {
    Object.assign(LIMITS, { archiveLogBytesCarried: 0 });
    for (let seq = 1; seq <= 6; seq++) {
      await data.input(seq);
      await archiver.round(at(seq));
    }
    const [generation = ''] = readdirSync(folder);
    expect(
      readdirSync(join(folder, generation)).filter((name) => name.endsWith('.wal')).length,
    ).toBeGreaterThan(6);
    words();
    expect(await restored('--until', iso(3))).toEqual(upTo(3));
    expect(await restored()).toEqual(upTo(6));
  });

  atLength('is not carried over while somebody reads an old state, and misses nothing for it', async () => {
    Object.assign(LIMITS, { archiveLogBytesCarried: 0 });
    await data.input(1);
    await archiver.round(at(1));
    const reader = new DatabaseSync(dataFiles(join(root, 'data')).records, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM meta');
    await data.input(2);
    await archiver.round(at(2));
    await data.input(3);
    await archiver.round(at(3));
    reader.close();
    await data.input(4);
    await archiver.round(at(4));
    words();
    expect(await restored('--until', iso(2))).toEqual(upTo(2));
    expect(await restored()).toEqual(upTo(4));
  });

  it('leaves out what a transaction had written when it was rolled back', async () => {
    await data.input(1);
    await archiver.round(at(1));
    const db = new DatabaseSync(dataFiles(join(root, 'data')).records);
    // More than the cache holds: pages of it stand in the log before it ends.
    db.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10; BEGIN');
    const insert = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
    for (let n = 0; n < 500; n++) insert.run(`key ${n}`, 'x'.repeat(1000));
    await archiver.round(at(2));
    db.exec('ROLLBACK');
    db.close();
    await data.input(2);
    await archiver.round(at(3));
    words();
    expect(await restored('--until', iso(2))).toEqual(upTo(1));
    expect(await restored()).toEqual(upTo(2));
  });

  atLength(
    'begins with new bases after the time for it, and drops what is older than it has to keep',
    async () => {
      const days = [0, 1, 2, 3, 4, 5].map((day) => T0 + day * 24 * HOUR);
      for (const [i, day] of days.entries()) {
        await data.input(i + 1);
        await archiver.round(day);
      }
      const kept = readdirSync(folder);
      // Every instant of the last 48 hours: the base before them is needed too.
      expect(kept).toHaveLength(3);
      expect(archiver.status()).toEqual({ reaches: days[5], trouble: undefined, begunAnew: 6 });
      words();
      expect(await restored('--until', new Date(days[3] ?? 0).toISOString())).toEqual(upTo(4));
    },
  );

  it('says what is wrong while it cannot be written, and begins anew when it can', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await data.input(1);
    await archiver.round(at(1));
    expect(archiver.status()).toMatchObject({
      reaches: undefined,
      trouble: expect.stringContaining('not a directory'),
    });
    rmSync(folder);
    await data.input(2);
    await archiver.round(at(2));
    expect(archiver.status()).toEqual({ reaches: at(2), trouble: undefined, begunAnew: 1 });
    words();
    expect(await restored()).toEqual(upTo(2));
  });

  atLength('lets the log go at its limit rather than fill the disk of the data', async () => {
    await data.input(1);
    await archiver.round(at(1));
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    Object.assign(LIMITS, { archiveLogBytesMax: 0 });
    await data.input(2);
    await archiver.round(at(2));
    expect(archiver.status().trouble).toBeDefined();
    const log = `${dataFiles(join(root, 'data')).records}-wal`;
    expect(readFileSync(log)).toHaveLength(0);
    rmSync(folder);
    await archiver.round(at(3));
    words();
    expect(await restored()).toEqual(upTo(2));
  });

  atLength('is not restored from where a segment or a base was changed', async () => {
    for (let seq = 1; seq <= 3; seq++) {
      await data.input(seq);
      await archiver.round(at(seq));
    }
    const [generation = ''] = readdirSync(folder);
    const segment = join(folder, generation, 'records.db.000001.wal');
    const bytes = readFileSync(segment);
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    writeFileSync(segment, bytes);
    const said = words();
    const to = join(root, 'elsewhere');
    expect(await runCli(['restore', '--from', folder, '--data', to])).toBe(1);
    expect(said.at(-1)).toMatch(/records\.db\.000001\.wal is damaged/);
  });

  atLength('takes a mark that a crash cut off for none', async () => {
    await data.input(1);
    await archiver.round(at(1));
    const [generation = ''] = readdirSync(folder);
    appendFileSync(join(folder, generation, 'marks.ndjson'), '{"at":17');
    words();
    expect(await restored()).toEqual(upTo(1));
  });
});
