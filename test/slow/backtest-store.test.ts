import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recordingLine } from '../../simulators/recording.ts';
import { UsageError } from '../../src/cli.ts';
import addBacktest from '../../src/commands/backtest.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { Report } from '../../src/model/message.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { settle } from '../contracts/telemetry.ts';
import { T0 } from '../core.ts';

/** The same three weeks twice: as a recording, and as readings in a telemetry store. */
const REGISTRY = [
  'community,grid,building,unit,home,device,model,enrolled_at',
  'haitang,g1,b1,u1,h1,meter,water-meter,2026-03-01T00:00:00+08:00',
  'haitang,g1,b1,u1,h1,band,wristband,2026-03-01T00:00:00+08:00',
].join('\n');
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backtest-store-'));
  const reports: Report[] = [];
  const lines: string[] = [];
  const say = (device: string, at: number, readings: Record<string, number>, event?: 'sos'): void => {
    reports.push({
      kind: 'report',
      receivedAt: at,
      device,
      clock: 'device',
      readings: Object.entries(readings).map(([metric, value]) => ({
        metric,
        value,
        at,
      })) as Report['readings'],
      events: event ? [{ event, at }] : [],
    });
    lines.push(
      recordingLine(at, `shouwang/${device}/telemetry`, { at, ...readings, ...(event ? { event } : {}) }),
    );
  };
  let litres = 1000;
  for (let hour = 1; hour < 21 * 24; hour++) {
    const at = T0 + hour * HOUR;
    if (hour < 18 * 24 && hour % 24 > 6) litres += 5;
    say('meter', at, { water_index_m3: litres / 1000 });
    if (hour === 100) say('band', at, {}, 'sos');
    if (hour > 200 && hour < 204) say('band', at, { systolic_mmhg: 190, diastolic_mmhg: 100 });
  }
  const store = sqliteTelemetry({ file: join(dir, 'telemetry.db') });
  await store.open();
  await store.append(reports.map((report, index) => ({ seq: index + 1, report })));
  expect(await settle(store, T0 + 40 * DAY)).toBe(reports.length);
  await store.close();
  await writeFile(join(dir, 'rec.ndjson'), lines.map((line) => `${line}\n`).join(''));
  await writeFile(join(dir, 'registry.csv'), REGISTRY);
});
afterAll(() => rm(dir, { recursive: true }));

async function run(out: string, ...source: string[]): Promise<unknown> {
  const program = new Command().exitOverride();
  addBacktest(program);
  const silent = [
    vi.spyOn(console, 'error').mockImplementation(() => undefined),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  const common = [
    '--registry',
    join(dir, 'registry.csv'),
    '--rules',
    'config/rules.yaml',
    '--out',
    join(dir, out),
  ];
  const error = await program.parseAsync(['backtest', ...source, ...common], { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  for (const spy of silent) spy.mockRestore();
  return error;
}
const alerts = (out: string): Promise<string> => readFile(join(dir, out, 'alerts.ndjson'), 'utf8');
const stored = (from: string, to: string): string[] => [
  '--store',
  join(dir, 'telemetry.db'),
  '--from',
  from,
  '--to',
  to,
];

test('stored readings raise what their recording raises', async () => {
  expect(await run('recorded', '--recording', join(dir, 'rec.ndjson'))).toBeUndefined();
  expect(await run('stored', ...stored('2026-03-01', '2026-03-22'))).toBeUndefined();
  const found = await alerts('stored');
  for (const rule of ['B1', 'V1', 'W1']) expect(found).toContain(`"rule":"${rule}"`);
  expect(found).toBe(await alerts('recorded'));
});

test('only what lies within the period is looked at', async () => {
  expect(await run('part', ...stored('2026-03-02', '2026-03-08'))).toBeUndefined();
  const found = await alerts('part');
  expect(found).toContain('"rule":"B1"');
  expect(found).not.toContain('"rule":"V1"');
});

test('a period that is none, or two sources at once, is a mistake of whoever asks', async () => {
  expect(await run('none', ...stored('2026-03-08', '2026-03-02'))).toBeInstanceOf(UsageError);
  expect(await run('none', ...stored('yesterday', '2026-03-02'))).toBeInstanceOf(UsageError);
  expect(await run('none')).toBeInstanceOf(UsageError);
  expect(String(await run('none', '--store', join(dir, 'telemetry.db')))).toContain(
    '--store wants a period: --from 2026-01-01',
  );
  const both = ['--recording', join(dir, 'rec.ndjson'), ...stored('2026-03-01', '2026-03-02')];
  expect(await run('none', ...both)).toBeInstanceOf(UsageError);
});
