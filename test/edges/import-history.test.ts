import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../src/cli.ts';
import { spoken, textOf } from '../../src/cli-words.ts';
import addImportHistory from '../../src/commands/import-history.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { exportTo } from '../../src/store/exchange/export.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../../src/store/outside/outside-store.ts';
import { localFromOf, setLocalFrom } from '../../src/store/telemetry/local-from.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { aReport } from '../contracts/telemetry.ts';
import { atLength } from '../runs.ts';
import { run } from './command-line.ts';

const AT = Date.parse('2024-05-01T08:00:00+08:00');
let dir: string;
let words: string[];
beforeEach(() => {
  dir = tempFolder('import-history');
  words = [];
  vi.stubEnv('LC_ALL', 'en_GB.UTF-8');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const data = (): string => join(dir, 'data');
/** @returns the exit code */
async function bring(...args: string[]): Promise<number> {
  const { err, error } = await run(addImportHistory, 'import-history', '-d', data(), ...args);
  words.push(...err);
  if (error === undefined) return 0;
  words.push(`error: ${spoken(textOf(error as Error))}`);
  return error instanceof UsageError ? 2 : 1;
}
const said = (): string => words.join('\n');
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}
async function stored(device: string): Promise<{ at: number; value: number }[]> {
  const store = sqliteTelemetry({ file: dataFiles(data()).telemetry });
  await store.open();
  const points = await store.range({ device, metric: 'pulse_bpm', from: 0, to: Number.MAX_SAFE_INTEGER });
  await store.close();
  return points.map(({ at, value }) => ({ at, value }));
}

/** Three files of two readings each. */
async function anExport(at = AT, period = { from: 0, to: Number.MAX_SAFE_INTEGER }): Promise<string> {
  const source = sqliteTelemetry({ file: join(dir, 'source.db') });
  await source.open();
  for (const [i, device] of ['a', 'b', 'c'].entries())
    await source.append([
      aReport(i + 1, device, [
        { metric: 'pulse_bpm', value: 60, at },
        { metric: 'pulse_bpm', value: 61, at: at + 60_000 },
      ]),
    ]);
  const out = join(dir, 'out');
  await exportTo({
    source,
    dir: out,
    format: 'csv',
    period,
    partRows: 1,
  });
  await source.close();
  return out;
}
/** As versions wrote it that did not note how large the files are. */
function withoutBytes(folder: string): void {
  const manifest = join(folder, 'export.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(/,\s*"bytes": \d+/g, ''));
}

test('a folder is taken as a whole or not at all: every part that is missing, cut, short or strange is named', async () => {
  const folder = await anExport();
  for (const name of ['missing', 'cut', 'short', 'all']) cpSync(folder, join(dir, name), { recursive: true });
  const [one, two, three] = ['part-00001.csv.gz', 'part-00002.csv.gz', 'part-00003.csv.gz'] as const;
  rmSync(join(dir, 'missing', three));
  expect(await bring(join(dir, 'missing'))).toBe(1);
  expect(said()).toMatch(/nothing was taken: part-00003\.csv\.gz is missing/);
  withoutBytes(join(dir, 'cut'));
  truncateSync(join(dir, 'cut', two), 60);
  expect(await bring(join(dir, 'cut'))).toBe(1);
  expect(said()).toMatch(/part-00002\.csv\.gz ends early or is damaged/);
  withoutBytes(join(dir, 'short'));
  const shorter = gunzipSync(readFileSync(join(folder, one)))
    .toString()
    .split('\n')
    .slice(0, 2)
    .join('\n');
  writeFileSync(join(dir, 'short', one), gzipSync(`${shorter}\n`));
  expect(await bring(join(dir, 'short'))).toBe(1);
  expect(said()).toMatch(/part-00001\.csv\.gz has 1 of 2 rows/);
  appendFileSync(join(dir, 'all', two), 'more');
  cpSync(join(dir, 'all', one), join(dir, 'all', 'part-00004.csv.gz'));
  rmSync(join(dir, 'all', three));
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  expect(await bring(join(dir, 'all'))).toBe(1);
  expect(words.at(-1)).toMatch(
    /没有导入任何内容：part-00004\.csv\.gz 不在.*；part-00002\.csv\.gz 为 \d+ 字节.*；缺少 part-00003/,
  );
  expect(existsSync(dataFiles(data()).telemetry)).toBe(false);
  vi.stubEnv('LC_ALL', 'en_GB.UTF-8');
  expect(await bring(folder)).toBe(0);
  expect(said()).toMatch(/6 rows are in /);
});

test('a folder without a whole export.json is refused', async () => {
  const folder = await anExport();
  writeFileSync(join(folder, 'export.json'), '{"v":1,');
  expect(await bring(folder)).toBe(1);
  expect(said()).toMatch(/export\.json is damaged/);
  rmSync(join(folder, 'export.json'));
  expect(await bring(folder)).toBe(1);
  expect(said()).toMatch(/it has no export\.json/);
});

test('a compressed file that ends early is named', async () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => `pulse_bpm,device=a value=${i} ${AT + i}000000\n`);
  const cut = file('cut.lp.gz', gzipSync(lines.join('')).subarray(0, 9_000));
  expect(await bring(cut)).toBe(1);
  expect(said()).toContain(`error: ${cut} ends early: copy or export it again`);
});

test('a time counts what --precision says, nanoseconds if nothing: one of another unit is refused, with the unit that fits', async () => {
  const lines = [
    `pulse_bpm,device=a value=1 ${AT}`,
    `pulse_bpm,device=a value=2 ${AT + 1_000}`,
    `pulse_bpm,device=a value=3 ${AT / 1_000}`,
    `pulse_bpm,device=a value=4 ${AT + 2}400000`,
    `pulse_bpm,device=a value=5 ${AT + 3}600000`,
  ];
  const mixed = file('mixed.lp', lines.join('\n'));
  expect(await bring(mixed)).toBe(0);
  expect(said()).toMatch(/3 lines were not taken:/);
  expect(said()).toMatch(
    /3 time-implausible: .*\(--precision ms would fit\); the first: .*mixed\.lp:1: pulse_bpm,device=a value=1/,
  );
  expect(await stored('a')).toEqual([
    { at: AT + 2, value: 4 },
    { at: AT + 4, value: 5 },
  ]);
});

test.each(['s', 'ms', 'us', 'ns'])('a time in %s is the same instant', async (unit) => {
  const time = { s: AT / 1_000, ms: AT, us: `${AT}000`, ns: `${AT}000000` }[unit];
  const own = file('own.lp', `pulse_bpm,device=a value=1 ${time}\n`);
  expect(await bring(own, '--precision', unit)).toBe(0);
  expect(await stored('a')).toEqual([{ at: AT, value: 1 }]);
});

test('an instant more than a day ahead cannot be true', async () => {
  const ahead = new Date(Date.now() + 2 * 86_400_000).toISOString();
  expect(await bring(file('x.csv', `device,kind,name,at,value\na,reading,pulse_bpm,${ahead},60\n`))).toBe(1);
  expect(said()).toMatch(/1 time-implausible/);
});

test('an export of ours is taken as it is, whatever its clock said and whatever is said of precision', async () => {
  const ahead = Date.now() + 30 * 86_400_000;
  expect(await bring(await anExport(ahead), '--precision', 's')).toBe(0);
  expect(await stored('a')).toHaveLength(2);
});

test('lines that are not taken are counted by reason, each with its first; where no line was taken the exit code is 1', async () => {
  const strange = file(
    'strange.csv',
    [
      'device,kind,name,at,value',
      `,reading,pulse_bpm,${AT},60`,
      'a,measurement,pulse_bpm,2024-05-01T00:00:00Z,60',
      'a,reading,mood,2024-05-01T00:00:00Z,60',
      'a,event,earthquake,2024-05-01T00:00:00Z,',
      'a,reading,pulse_bpm,2024-05-01T00:00:00Z,many',
      'a,reading,pulse_bpm,yesterday,60',
      'a,reading,pulse_bpm,2024-05-01T00:00:00Z',
      'a,reading,mood,2024-05-01T00:00:00Z,61',
    ].join('\n'),
  );
  expect(await bring(strange, '--json')).toBe(1);
  expect(said()).toMatch(/8 lines were not taken:/);
  expect(said()).toMatch(
    /2 unknown-metric: There is no such metric; the first: .*strange\.csv:4: a,reading,mood/,
  );
  for (const reason of [
    'no-device',
    'unknown-kind',
    'unknown-event',
    'not-a-number',
    'time-malformed',
    'other-shape',
  ])
    expect(said()).toMatch(new RegExp(`^ {2}1 ${reason}: `, 'm'));
  expect(words.at(-1)).toBe('error: not one line was taken');
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  expect(await bring(strange)).toBe(1);
  expect(said()).toMatch(/2 行 unknown-metric：没有这个指标；第一行：/);
});

test('what is no text is refused without being shown as it is', async () => {
  expect(await bring(file('strange.bin', Uint8Array.of(27, 91, 50, 74, 0, 255, 10)))).toBe(1);
  expect(said()).toMatch(/1 not-text/);
  expect(said()).not.toContain('\u001b');
});

test('compression is told by the content, a mark of byte order is passed over, and columns stand in any order', async () => {
  const csv =
    '\ufeffvalue,Name,device,at,kind,remark\r\n60,pulse_bpm,"a,1",2024-05-01T08:00:00+08:00,reading,x\r\n';
  expect(await bring(file('packed.txt', gzipSync(csv)))).toBe(0);
  expect(said()).toMatch(/^1 row is in /);
  expect(await bring(file('plain.csv.gz', csv.replace('60', '61')))).toBe(0);
  expect(await stored('a,1')).toEqual([{ at: AT, value: 61 }]);
});

test('a first line that lacks a column is refused with its name', async () => {
  expect(await bring(file('x.csv', `device,kind,name,value\na,reading,pulse_bpm,60\n`))).toBe(1);
  expect(said()).toMatch(/the first line of .*x\.csv does not name the column at/);
});

test('times without an offset are those of --time-zone, Shanghai if nothing is said, whatever the machine has', async () => {
  vi.stubEnv('TZ', 'America/New_York');
  const csv = file(
    'local.csv',
    'device,kind,name,at,value\na,reading,pulse_bpm,2024-05-01 08:00,60\na,reading,pulse_bpm,2024/5/1 8:00:30.5,61\n',
  );
  expect(await bring(csv)).toBe(0);
  expect((await stored('a')).map(({ at }) => at)).toEqual([AT, AT + 30_500]);
  expect(await bring(csv, '--time-zone', 'Europe/Berlin')).toBe(0);
  expect((await stored('a')).map(({ at }) => at)).toContain(Date.parse('2024-05-01T06:00:00Z'));
  expect(await bring(csv, '--time-zone', 'Europe/Shanghai')).toBe(2);
});

const ALL = { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX };
/** What came before this instant is with a store outside alone. */
async function leftOutside(localFrom: number): Promise<void> {
  const near = sqliteTelemetry({ file: dataFiles(data()).telemetry });
  await near.open();
  await near.close();
  setLocalFrom(dataFiles(data()).telemetry, localFrom);
}
const localFrom = (): number | undefined => localFromOf(dataFiles(data()).telemetry);

atLength(
  'a whole export of all that was outside ends the warning that it is not here; anything less does not',
  async () => {
    await leftOutside(AT + 1_000);
    const folder = await anExport(AT, ALL);
    const manifest = JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'));
    const others: object[] = [
      // Of one metric; of a time that ends before; of a source that lacked it itself; of a version that knew no better.
      { metrics: ['pulse_bpm'] },
      { to: AT },
      { knownFrom: AT + 1_000 },
      { knownFrom: undefined },
    ];
    for (const other of others) {
      writeFileSync(join(folder, 'export.json'), JSON.stringify({ ...manifest, ...other }));
      expect(await bring(folder)).toBe(0);
      expect(localFrom(), JSON.stringify(other)).toBe(AT + 1_000);
    }
    writeFileSync(join(folder, 'export.json'), JSON.stringify({ ...manifest, knownFrom: AT - 1_000 }));
    expect(await bring(folder)).toBe(0);
    expect(localFrom()).toBe(AT - 1_000);
    writeFileSync(join(folder, 'export.json'), JSON.stringify(manifest));
    expect(await bring(folder)).toBe(0);
    expect(localFrom()).toBeUndefined();
    expect(said()).toMatch(/what a store outside had is all here again/);
  },
);

test('whoever needs no readings of the store outside any more gives them up, without files', async () => {
  await leftOutside(AT);
  expect(await bring()).toBe(2);
  const influx1 = { url: 'http://127.0.0.1:9', database: 'x' };
  const named = file('service.yaml', JSON.stringify({ store: { telemetry: 'influx1', influx1 } }));
  expect(await bring('--give-up-outside', '-c', dir)).toBe(2);
  expect(words.at(-1)).toMatch(/service\.yaml still names the store outside/);
  expect(localFrom()).toBe(AT);
  rmSync(named);
  expect(await bring('--give-up-outside', '-c', dir)).toBe(0);
  expect(words.at(-1)).toBe(
    'readings of before 2024-05-01T00:00:00.000Z that a store outside has are expected no more',
  );
  expect(localFrom()).toBeUndefined();
});
