import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { HOUR } from '../../src/lib/clock.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { backupTo, restoreFrom } from '../../src/store/backup.ts';
import { dataFiles, linkKeyFile } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { atLength } from '../runs.ts';
import { tempFolder } from './bed.ts';
import { alertEffect, anAlert, Committer, T0 } from './fixtures.ts';
import { aReport, settle } from './telemetry.ts';

const LONG_AFTER = T0 + 1e9;

interface Open {
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly sealedSeq: number;
  close(): Promise<void>;
}

async function openData(dir: string): Promise<Open> {
  const files = dataFiles(dir);
  const records = sqliteRecords({ file: files.records });
  const telemetry = sqliteTelemetry({ file: files.telemetry });
  await records.open();
  const { sealedSeq } = await telemetry.open();
  return {
    records,
    telemetry,
    sealedSeq,
    async close() {
      await telemetry.close();
      await records.close();
    },
  };
}

/** One input: a reading in the journal and the telemetry, and an alert about it. */
async function input(open: Open, seq: number): Promise<void> {
  await new Committer(open.records, seq - 1).commit([alertEffect(anAlert({ id: `a${seq}` }))]);
  await open.telemetry.append([
    aReport(seq, 'm1', [{ metric: 'water_index_m3', value: seq, at: T0 + seq * HOUR }]),
  ]);
}

const valuesOf = async ({ telemetry }: Open) =>
  (await telemetry.range({ device: 'm1', metric: 'water_index_m3', from: 0, to: LONG_AFTER })).map(
    ({ value }) => value,
  );

describe('a backup of the data', () => {
  let root: string;
  let data: string;
  let out: string;
  let open: Open;
  beforeEach(async () => {
    root = tempFolder('backup');
    data = join(root, 'data');
    out = join(root, 'out');
    open = await openData(data);
    for (let seq = 1; seq <= 5; seq++) await input(open, seq);
    await settle(open.telemetry, LONG_AFTER);
  });
  afterEach(async () => {
    await open.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('of a running service is restored elsewhere, whole and of one instant', async () => {
    const manifest = await backupTo(out, open, T0);
    await input(open, 6);
    expect(manifest).toMatchObject({ at: T0, lastSeq: 5 });
    expect(JSON.parse(readFileSync(join(out, 'backup.json'), 'utf8'))).toEqual(manifest);
    expect(readdirSync(out).sort()).toEqual(['backup.json', 'records.db', 'telemetry.db']);
    await expect(backupTo(out, open, T0)).rejects.toThrow(/not empty/);
    const elsewhere = join(root, 'elsewhere');
    expect(await restoreFrom(out, elsewhere)).toEqual(manifest);
    const restored = await openData(elsewhere);
    expect(restored.sealedSeq).toBe(5);
    expect((await restored.records.recover()).lastSeq).toBe(5);
    expect(await valuesOf(restored)).toEqual([1, 2, 3, 4, 5]);
    await input(restored, 6);
    expect(await restored.records.alert('a6')).toBeDefined();
    await restored.close();
  });

  it('never says that the telemetry is further than the records, whatever came while it was made', async () => {
    // The service takes and seals input 6 exactly between the two copies.
    const records = {
      ...open.records,
      backup: async (file: string) => {
        await open.records.backup(file);
        await input(open, 6);
        await settle(open.telemetry, LONG_AFTER);
      },
    } as RecordStore;
    await backupTo(out, { records, telemetry: open.telemetry }, T0);
    expect((await open.telemetry.stats()).sealedSeq).toBe(6);
    const elsewhere = join(root, 'elsewhere');
    await restoreFrom(out, elsewhere);
    const restored = await openData(elsewhere);
    expect(restored.sealedSeq).toBe(5);
    await restored.close();
  });

  it('is not restored over data without being told so, and then replaces all of it', async () => {
    writeFileSync(linkKeyFile(data), 'key');
    await backupTo(out, open, T0);
    expect(readdirSync(out)).toEqual(['backup.json', 'records.db', 'telemetry.db']);
    await input(open, 6);
    await open.close();
    await expect(restoreFrom(out, data)).rejects.toThrow(/--force/);
    open = await openData(data);
    expect(await valuesOf(open)).toHaveLength(5);
    expect(await open.records.alert('a6')).toBeDefined();
    await open.close();
    await restoreFrom(out, data, { force: true });
    // Links that were withdrawn since must not open anything again: their key goes.
    expect(readdirSync(data).filter((name) => !name.endsWith('.lock'))).toEqual([
      'records.db',
      'telemetry.db',
    ]);
    open = await openData(data);
    expect(await open.records.alert('a6')).toBeUndefined();
    expect(await open.records.alert('a5')).toBeDefined();
  });

  it('is not restored under a running service', async () => {
    await backupTo(out, open, T0);
    await expect(restoreFrom(out, data, { force: true })).rejects.toThrow(StoreLocked);
    expect(await valuesOf(open)).toHaveLength(5);
  });

  it('is not restored when it is incomplete or was changed', async () => {
    const elsewhere = join(root, 'elsewhere');
    await expect(restoreFrom(root, elsewhere)).rejects.toThrow(/no complete backup/);
    await backupTo(out, open, T0);
    const file = join(out, 'telemetry.db');
    const bytes = readFileSync(file);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] as number) ^ 1;
    writeFileSync(file, bytes);
    await expect(restoreFrom(out, elsewhere)).rejects.toThrow(/checksum/);
    rmSync(file);
    await expect(restoreFrom(out, elsewhere)).rejects.toThrow(/missing/);
    writeFileSync(join(out, 'backup.json'), '{"format":2}');
    await expect(restoreFrom(out, elsewhere)).rejects.toThrow(/manifest/);
    expect(existsSync(join(elsewhere, 'records.db'))).toBe(false);
  });

  it('that was damaged while it was made is refused', async () => {
    const telemetry = {
      ...open.telemetry,
      backup: async (file: string) => {
        await open.telemetry.backup(file);
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 8_192, 3 * 8_192);
        writeFileSync(file, bytes);
      },
    } as TelemetryStore;
    await expect(backupTo(out, { records: open.records, telemetry }, T0)).rejects.toThrow(
      /damaged: .*telemetry/,
    );
    expect(existsSync(join(out, 'backup.json'))).toBe(false);
  });

  it('that failed half way leaves nothing behind that would be in the way of the next', async () => {
    await open.telemetry.close();
    await expect(backupTo(out, open)).rejects.toThrow();
    expect(readdirSync(out)).toEqual([]);
    await open.telemetry.open();
    expect(await backupTo(out, open)).toMatchObject({ lastSeq: 5 });
  });

  atLength('is made and restored from the command line', async () => {
    await open.close();
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const words = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    expect(await runCli(['backup', '--out', out, '--data', data, '--json'])).toBe(0);
    expect(JSON.parse(String(printed.mock.calls[0]?.[0]))).toMatchObject({ lastSeq: 5 });
    expect(words.mock.calls.flat().join()).toMatch(/up to input 5/);
    expect(await runCli(['backup', '--out', join(root, 'x'), '--data', join(root, 'nothing')])).toBe(2);
    expect(await runCli(['restore', '--from', out, '--data', data])).toBe(1);
    expect(await runCli(['restore', '--from', out, '--data', data, '--force'])).toBe(0);
    open = await openData(data);
    expect(await valuesOf(open)).toEqual([1, 2, 3, 4, 5]);
  });
});
