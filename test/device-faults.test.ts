import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDeviceModels } from '../src/app/definitions.ts';
import type { Decoded } from '../src/devices/define.ts';
import { models } from './core.ts';
import { faultOf, unknownNames } from './device-faults.ts';

const meter = models.get('water-meter')!;
const AT = Date.parse('2026-03-01T00:00:00Z');
const told = (readings: Extract<Decoded, { ok: true }>['readings'], event?: 'leak' | 'fall'): Decoded => ({
  ok: true,
  clock: 'device',
  readings,
  events: event ? [{ event, at: AT }] : [],
  rejections: [],
});

test('a decoder may tell what its model says, within the range of each metric', () => {
  expect(faultOf(told([{ metric: 'battery_pct', value: 80, at: AT }], 'leak'), meter)).toBeUndefined();
});

test.each([
  ['a metric that its model does not name', told([{ metric: 'pulse_bpm', value: 70, at: AT }]), 'pulse_bpm'],
  ['an event that its model does not name', told([], 'fall'), 'fall'],
  ['a value that cannot be', told([{ metric: 'battery_pct', value: 101, at: AT }]), 'within 0 to 100'],
  ['an instant that is none', told([{ metric: 'battery_pct', value: 1, at: Number.NaN }]), 'measured at NaN'],
])('%s is a fault that says so', (_, decoded, said) => {
  expect(faultOf(decoded, meter)).toContain(said);
});

test('names that the vocabulary does not have are told, though nobody asks the type checker', () => {
  const known = (name: string) => name !== 'presence_bool';
  const names = ['presence_bool', 'battery_pct'] as unknown as typeof meter.metrics;
  expect(unknownNames({ metrics: names, events: [] }, known)).toEqual(['presence_bool']);
});

test('a meter whose water no rule would see is not loaded, and its file is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-models-'));
  try {
    const parts = "metrics: ['water_index_m3'], events: [], counters: {}, decode() {}";
    await writeFile(
      join(folder, 'acme-dry.ts'),
      `const model = { model: 'acme-dry', ${parts} };\nexport { model as default };\n`,
    );
    await expect(loadDeviceModels(folder)).rejects.toThrow(/acme-dry\.ts .* "counters"/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
