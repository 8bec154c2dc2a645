import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { tempFolder } from '../contracts/bed.ts';
import { community } from '../core.ts';
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

test('an export of a backup has them too, and leaves the backup as it was', async () => {
  const backup = join(dir, 'backup');
  const files = ['records.db', 'telemetry.db'].map((name) => join(backup, name));
  vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(await runCli(['backup', '--out', backup, '--config', dir])).toBe(0);
  const before = files.map(sha256);
  expect(await rowsOf('csv', '--store', join(backup, 'telemetry.db'))).toBe(3);
  expect(files.map(sha256)).toEqual(before);
  expect(words.mock.calls.flat().join()).not.toMatch(/may be missing/);
});

test('where the journal is not beside the readings, the export says what may be missing', async () => {
  rmSync(join(dir, 'data/records.db'));
  await rowsOf('csv', '--store', join(dir, 'data/telemetry.db'));
  expect(words.mock.calls.flat().join()).toMatch(/no records\.db beside .*newest readings may be missing/);
});
