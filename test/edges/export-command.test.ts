import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { setLocalFrom } from '../../src/store/telemetry/local-from.ts';
import { tempFolder } from '../contracts/bed.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { testService } from '../service.ts';

let dir: string;
let words: ReturnType<typeof vi.spyOn>;
beforeEach(async () => {
  dir = tempFolder('export');
  words = vi.spyOn(console, 'error').mockImplementation(() => {});
  const service = await testService({ dir, entries: community({ h1: [{ id: 'wb1', model: 'wristband' }] }) });
  const issued = await service.service.issueSecret({ noun: 'device', id: 'wb1' }, 'system');
  const client = await connectAsync(service.mqttUrl, {
    clientId: 'wb1',
    username: 'wb1',
    password: (issued as { secret: string }).secret,
  });
  for (const pulse of [70, 71, 72]) {
    const payload = JSON.stringify({ at: Date.now() - (80 - pulse) * 1_000, pulse_bpm: pulse });
    await client.publishAsync('shouwang/wb1/telemetry', payload, { qos: 1 });
  }
  await client.endAsync(true);
  await service.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const rowsOf = async (name: string, ...args: string[]): Promise<number> => {
  const out = join(dir, name);
  expect(await runCli(['export', '--format', 'csv', '--out', out, ...args])).toBe(0);
  return (JSON.parse(readFileSync(join(out, 'export.json'), 'utf8')) as { rows: number }).rows;
};
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

test('readings that stand in the journal alone are in an export of the data folder', async () => {
  expect(await rowsOf('csv', '--config', dir, '--data', join(dir, 'data'))).toBe(3);
  expect(await rowsOf('again', '--config', dir)).toBe(3);
});

atLength('an export of a backup has them too, and leaves the backup as it was', async () => {
  const backup = join(dir, 'backup');
  const files = ['records.db', 'telemetry.db'].map((name) => join(backup, name));
  vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(await runCli(['backup', '--out', backup, '--config', dir])).toBe(0);
  const before = files.map(sha256);
  expect(await rowsOf('csv', '--store', join(backup, 'telemetry.db'))).toBe(3);
  expect(files.map(sha256)).toEqual(before);
  expect(words.mock.calls.flat().join()).not.toMatch(/may be missing/);
});

atLength('where the journal is not beside the readings, the export says what may be missing', async () => {
  rmSync(join(dir, 'data/records.db'));
  await rowsOf('csv', '--store', join(dir, 'data/telemetry.db'));
  expect(words.mock.calls.flat().join()).toMatch(/no records\.db beside .*newest readings may be missing/);
});

atLength(
  'an export of a store whose older readings are outside says so, and its manifest from when on it knows',
  async () => {
    const file = join(dir, 'data/telemetry.db');
    setLocalFrom(file, 1_000);
    const knownFrom = async (name: string, ...args: string[]): Promise<unknown> => {
      await rowsOf(name, ...args);
      return JSON.parse(readFileSync(join(dir, name, 'export.json'), 'utf8')).knownFrom;
    };
    expect(await knownFrom('csv', '--config', dir)).toBe(1_000);
    expect(await knownFrom('again', '--store', file)).toBe(1_000);
    const told = words.mock.calls
      .flat()
      .filter((line: string) => /readings of before 1970.* are with a store outside/.test(line));
    expect(told).toHaveLength(2);
    expect(await knownFrom('later', '--config', dir, '--from', '2026-01-01T00:00:00Z')).toBe(
      Date.UTC(2026, 0, 1),
    );
  },
);

test('a period that ends before it begins, and rows of a file that are none, are refused', async () => {
  const refused = async (...args: string[]) => {
    const out = join(dir, 'never');
    expect(await runCli(['export', '--format', 'csv', '--out', out, '--config', dir, ...args])).toBe(2);
    expect(existsSync(out)).toBe(false);
    return words.mock.calls.at(-1)?.[0];
  };
  const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] as const;
  expect(await refused('--from', late, '--to', early)).toMatch(/the period ends before it begins/);
  expect(await refused('--from', late, '--to', late)).toMatch(/the period ends before it begins/);
  for (const rows of ['1e3', '0', '1.5', 'many'])
    expect(await refused('--part-rows', rows)).toMatch(/--part-rows/);
});
