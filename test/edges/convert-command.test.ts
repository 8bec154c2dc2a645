import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadRegistry } from '../../src/app/registry-files.ts';
import { UsageError } from '../../src/cli.ts';
import addBacktest from '../../src/commands/backtest.ts';
import addConvert from '../../src/commands/convert.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { models } from '../core.ts';
import { atLength } from '../runs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly summary: Record<string, unknown>;
  readonly err: string[];
  readonly error: unknown;
  /** `device at index`, the times without their date where it is that of the file. */
  readonly readings: string[];
}

let number = 0;
async function convert(csv: string | Buffer, ...args: string[]): Promise<Outcome> {
  const name = join(folder, `${++number}`);
  await writeFile(`${name}.csv`, csv);
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line)),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  const program = new Command().exitOverride();
  addConvert(program);
  const files = ['--out', `${name}.ndjson`, '--registry', `${name}.yaml`, '--json'];
  const error = await program
    .parseAsync(['convert', `${name}.csv`, ...files, ...args], { from: 'user' })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  for (const spy of spies) spy.mockRestore();
  const text = existsSync(`${name}.ndjson`) ? await readFile(`${name}.ndjson`, 'utf8') : '';
  const readings = text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { topic, payload } = JSON.parse(line);
      return `${topic.split('/')[1]} ${payload.at.slice(5, 16)} ${payload.water_index_m3}`;
    });
  return {
    summary: out[0] ? JSON.parse(out[0]) : {},
    err: err.map((line) => line.replace(`${folder}/`, '')),
    error,
    readings,
  };
}

test('an index of many meters in any order becomes one recording in the order of time, and a registry that is valid', async () => {
  const { readings, summary, error } = await convert(
    'meter,ts,index_m3\nb,2026-03-01T02:00:00Z,5.002\nb,2026-03-01T01:00:00Z,5\na,2026-03-01T01:30:00+00:00,7.5\n',
  );
  expect(error).toBeUndefined();
  expect(readings).toEqual(['b 03-01T01:00 5', 'a 03-01T01:30 7.5', 'b 03-01T02:00 5.002']);
  expect(summary).toMatchObject({ rows: 3, meters: 2, readings: 3 });
  const registry = await loadRegistry([join(folder, `${number}.yaml`)], models);
  expect(registry.ok && registry.value.filter(({ noun }) => noun === 'device')).toMatchObject([
    { id: 'b', home: 'b', model: 'water-meter' },
    { id: 'a', home: 'a' },
  ]);
});

test('interval values become an index that begins before the first of them, in the unit that was named', async () => {
  const { readings, error } = await convert(
    'Zähler;Zeit;Liter\nz;01.03.2026 00:00;1.000,5\nz;01.03.2026 00:15;0\nz;01.03.2026 00:30;20\n',
    ...[
      '--columns',
      'device=Zähler,at=Zeit,value=Liter',
      '--time-format',
      'DD.MM.YYYY HH:mm',
      '--decimal',
      ',',
    ],
    ...[
      '--time-zone',
      'Europe/Berlin',
      '--unit',
      'l',
      '--values',
      'interval',
      '--every',
      '15min',
      '--stamp',
      'start',
    ],
  );
  expect(error).toBeUndefined();
  expect(readings).toEqual([
    'z 02-28T23:00 0',
    'z 02-28T23:15 1.0005',
    'z 02-28T23:30 1.0005',
    'z 02-28T23:45 1.0205',
  ]);
  expect(await readFile(join(folder, `${number}.yaml`), 'utf8')).toMatch(/"expectedInterval": "15min"/);
});

test('pulses are weighed, and the registry knows the resolution', async () => {
  const { readings } = await convert(
    'ts,value\n2026-03-01T00:00:00Z,100\n',
    '--device',
    'p',
    '--unit',
    'pulse',
    '--litres-per-pulse',
    '10',
  );
  expect(readings).toEqual(['p 03-01T00:00 1']);
  expect(await readFile(join(folder, `${number}.yaml`), 'utf8')).toContain('"counterResolution": 0.01');
});

test('a text in another encoding than was named is a mistake, and is read where it is named', async () => {
  const csv = Buffer.concat([
    Buffer.from('b1edbac52ccab1bce42cb6c1cafd', 'hex'),
    Buffer.from('\nm,2026-03-01 08:00,1\n'),
  ]);
  const unread = await convert(csv);
  expect(unread.error).toBeInstanceOf(UsageError);
  expect(String(unread.error)).toContain('the text is not utf-8: name it with --encoding');
  const { readings, error } = await convert(csv, '--encoding', 'gb18030');
  expect(error).toBeUndefined();
  expect(readings).toEqual(['m 03-01T00:00 1']);
  expect((await convert(csv, '--encoding', 'gbx')).error).toBeInstanceOf(UsageError);
});

test('a dot is no thousands mark where it does not group by three before a decimal comma', async () => {
  const { err, error } = await convert(
    'ts,value\n2026-03-01T00:00:00Z,123.456\n',
    '--device',
    'm',
    '--decimal',
    ',',
  );
  expect(err[0]).toContain('no-number');
  expect(error).toBeInstanceOf(Error);
});

test('thousands may be marked where the decimal sign shows that they are', async () => {
  const { readings } = await convert('ts,value\n2026-03-01T00:00:00Z,"1,123.45"\n', '--device', 'm');
  expect(readings).toEqual(['m 03-01T00:00 1123.45']);
  const unsaid = await convert('ts,value\n2026-03-01T00:00:00Z,"1,123"\n', '--device', 'm');
  expect(unsaid.err[0]).toContain('no-number');
});

test('more water than a home can draw is told: litres that were read as cubic metres, most likely', async () => {
  const litres = 'ts,index\n2026-03-01T00:00:00Z,123400\n2026-03-01T01:00:00Z,123410\n';
  const wrong = await convert(litres, '--device', 'm');
  expect(wrong.summary).toMatchObject({ torrents: 1 });
  expect(wrong.err.join()).toContain('is --unit right');
  const right = await convert(litres, '--device', 'm', '--unit', 'l');
  expect(right.summary).toMatchObject({ torrents: 0 });
});

describe('the times of a spreadsheet', () => {
  const timesOf = async (format: string, ...times: string[]): Promise<Outcome> =>
    convert(
      ['ts,index', ...times.map((time, index) => `${time},${index}`)].join('\n'),
      ...['--device', 'm', '--time-format', format],
    );

  test('may have one digit for month, day and hour, and twelve hours twice', async () => {
    const chinese = await timesOf('YYYY/M/D H:mm', '2026/3/1 8:00', '2026/3/1 12:00');
    expect(chinese.readings).toEqual(['m 03-01T00:00 0', 'm 03-01T04:00 1']);
    const halves = await timesOf(
      'M/D/YYYY h:mm A',
      '3/1/2026 12:00 AM',
      '3/1/2026 12:30 PM',
      '3/1/2026 8:00 p.m.',
    );
    expect(halves.readings).toEqual(['m 02-28T16:00 0', 'm 03-01T04:30 1', 'm 03-01T12:00 2']);
    expect((await timesOf('M/D/YYYY h:mm A', '3/1/2026 13:00 PM')).err[0]).toContain('no-time');
  });

  test('may be the days since 1900 that are left where a cell has lost its form', async () => {
    const { readings, error } = await timesOf('excel', '46082', '46082.0416666667', '46082.9993055556');
    expect(error).toBeUndefined();
    expect(readings).toEqual(['m 02-28T16:00 0', 'm 02-28T17:00 1', 'm 03-01T15:59 2']);
    expect((await timesOf('excel', '2026-03-01')).err[0]).toContain('no-time');
  });

  test('in a form without a month are refused, and the letters that there are are named', async () => {
    const { error } = await timesOf('YYYY/D H:mm', '2026/1 8:00');
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/has no MM: a pattern is made of YYYY, MM or M, DD or D/);
  });
});

test('what is written never takes the place of what is read, nor of the other file that is written', async () => {
  const csv = 'meter,ts,index\nm,2026-03-01T00:00:00Z,5\n';
  const link = join(folder, 'link.csv');
  for (const option of ['--out', '--registry'])
    for (const isLinked of [false, true]) {
      const source = join(folder, `${number + 1}.csv`);
      if (isLinked) await symlink(source, link);
      const { error } = await convert(csv, option, isLinked ? link : source);
      await rm(link, { force: true });
      expect(error, option).toBeInstanceOf(UsageError);
      expect(String(error)).toContain('is read, and would be overwritten');
      expect(await readFile(source, 'utf8')).toBe(csv);
    }
  const both = join(folder, 'both.ndjson');
  expect(String((await convert(csv, '--out', both, '--registry', both)).error)).toContain(
    'are the same file',
  );
  expect((await convert(csv, '--out', '/dev/null', '--registry', '/dev/null')).error).toBeUndefined();
});

test('what is odd is told with its meters and times, on the clock of the file', async () => {
  const rows = [
    ['b', '2026-03-01 00:00', 5],
    ['b', '2026-03-01 01:00', 4],
    ['b', '2026-03-01 02:00', 3],
    ['a', '2026-03-01 00:00', 5],
    ['a', '2026-03-01 01:00', 50],
    ['a', '2026-03-01 01:00', 51],
  ];
  const { err } = await convert(`meter,ts,index\n${rows.join('\n')}\n`);
  expect(err).toContain(
    'note: 2 steps backwards of an index: exchange, roll-over or mistake (b 2026-03-01 01:00)',
  );
  expect(err.join('\n')).toMatch(/note: 1 step of more than 5 m³ an hour.* \(a 2026-03-01 01:00\)/);
  expect(err.join('\n')).toMatch(/note: 1 row of the same time with another value.* \(a 2026-03-01 01:00\)/);
});

describe('rows of a register that are not there', () => {
  const hours = (...which: number[]): string =>
    `meter,ts,index\n${which.map((hour) => `m,2026-03-01 ${String(hour).padStart(2, '0')}:00,${hour}\n`).join('')}`;

  test('are told where its rows usually come closer together, with the longest time without any', async () => {
    const { err, summary } = await convert(hours(0, 1, 2, 5, 6, 7, 15));
    expect(summary).toMatchObject({ wideGaps: 2, holes: 0 });
    expect(err.join('\n')).toMatch(
      /note: 2 rows far behind the one before: the register tells what was used in all.* \(m 2026-03-01 07:00 – 2026-03-01 15:00\)/,
    );
    expect((await convert(hours(0, 1, 2, 3))).err.join()).not.toContain('far behind');
  });

  test('are told where an interval is shorter, if that is said', async () => {
    const { summary } = await convert(hours(0, 2, 4, 6), '--every', '1h');
    expect(summary).toMatchObject({ wideGaps: 3 });
    expect((await convert(hours(0, 2, 4, 6))).summary).toMatchObject({ wideGaps: 0 });
  });
});

describe('when clocks change', () => {
  const berlin = ['--time-zone', 'Europe/Berlin', '--device', 'm'];

  test('the hour that comes twice is told apart by the order of the rows, and counted', async () => {
    const { readings, summary, err } = await convert(
      'ts,index\n2025-10-26 01:00,1\n2025-10-26 02:00,2\n2025-10-26 02:00,3\n2025-10-26 03:00,4\n',
      ...berlin,
    );
    expect(readings.map((line) => line.slice(8, 13))).toEqual(['23:00', '00:00', '01:00', '02:00']);
    expect(summary).toMatchObject({ ambiguous: 2, repeated: 0 });
    expect(err).toContain('note: 2 local times that come twice, told apart by their order');
  });

  test('the hour that comes twice is told apart as well where the newest rows come first', async () => {
    const rows = ['2025-10-26 03:00,6', '2025-10-26 02:30,5', '2025-10-26 02:00,4'];
    const before = ['2025-10-26 02:30,3', '2025-10-26 02:00,2', '2025-10-26 01:30,1'];
    const newest = ['2025-10-26 04:00,7', ...rows, ...before];
    const { readings, summary } = await convert(`ts,index\n${newest.join('\n')}\n`, ...berlin);
    expect(readings.map((line) => line.slice(8))).toEqual([
      '23:30 1',
      '00:00 2',
      '00:30 3',
      '01:00 4',
      '01:30 5',
      '02:00 6',
      '03:00 7',
    ]);
    expect(summary).toMatchObject({ ambiguous: 4, repeated: 0, contradicting: 0, backwards: 0 });
  });

  test('what a reader should know is said in Chinese in a Chinese terminal, down to a row that is wrong', async () => {
    vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
    onTestFinished(() => void vi.unstubAllEnvs());
    const csv = 'ts,index\n2025-10-26 01:00,1\n2025-10-26 02:00,2\n2025-10-26 02:00,x\n';
    const { err } = await convert(csv, ...berlin, '--skip-bad');
    expect(err.join('\n')).toContain('no-number：数值不是数字（--decimal、--missing）；写的是 “x”');
    expect(err).toContain('提示：略去的行（数值不是数字（--decimal、--missing））：1');
    expect(err.at(-1)).toBe('1 个水表，2 条读数');
  });

  test('a time that never was is a mistake with its line', async () => {
    const { err, error } = await convert('ts,index\n2026-03-29 01:00,1\n2026-03-29 02:30,2\n', ...berlin);
    expect(err[0]).toMatch(/^\d+\.csv:3 time-does-not-exist: .*; found "2026-03-29 02:30"$/);
    expect(String(error)).toMatch(/nothing was written: 1 of 2 rows/);
  });
});

test('rows with mistakes are told with their lines and reasons; nothing is written unless they may be left out', async () => {
  const csv =
    'meter,ts,value\nm,2026-03-01T00:00:00Z,1\n,2026-03-01T01:00:00Z,1\nm,soon,1\nm,2026-03-01T02:00:00Z,x\nm m,2026-03-01T02:00:00Z,1\nm,2026-03-01T03:00:00Z,-1\nm,2026-03-01T04:00:00Z,NA\n';
  const strict = await convert(csv);
  expect(strict.err.slice(0, 5).map((line) => line.replace(/^\d+\.csv/, '').split(': ')[0])).toEqual([
    ':3 no-device',
    ':4 no-time',
    ':5 no-number',
    ':6 bad-device',
    ':7 negative',
  ]);
  expect(String(strict.error)).toMatch(/nothing was written: 5 of 7 rows have mistakes/);
  // A program that asked for JSON reads there what is wrong.
  expect(strict.summary).toMatchObject({
    written: false,
    rows: 7,
    problems: { 'no-time': 1, 'no-number': 1 },
  });
  expect((strict.summary['firstProblems'] as { line: number }[])[1]).toMatchObject({
    line: 4,
    problem: 'no-time',
    found: 'soon',
  });
  expect(strict.readings).toEqual([]);
  const lenient = await convert(csv, '--skip-bad');
  expect(lenient.error).toBeUndefined();
  expect(lenient.readings).toEqual(['m 03-01T00:00 1']);
  expect(lenient.summary).toMatchObject({ missing: 1, problems: { 'no-number': 1, negative: 1 } });
});

test('a mistake that all rows have does not hide another', async () => {
  const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`;
  const rows = Array.from({ length: 9 }, (_, hour) => `m/1,${at(hour)},1\n`).join('');
  const { err, error } = await convert(`meter,ts,value\n${rows}m,soon,1\n`);
  expect(err.filter((line) => line.includes(' bad-device: '))).toHaveLength(5);
  expect(err.some((line) => line.includes(' no-time: '))).toBe(true);
  expect(String(error)).toContain('10 of 10 rows have mistakes: bad-device 9, no-time 1 (');
});

test('a compressed export that breaks off is named, with the line until which it can be read', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `m,${START + i * HOUR},${Math.sin(i) + i}\n`);
  const packed = gzipSync(`meter,ts,value\n${rows.join('')}`);
  const file = join(folder, 'cut.csv.gz');
  await writeFile(file, packed.subarray(0, packed.length >> 1));
  const program = new Command().exitOverride();
  addConvert(program);
  const asked = ['convert', file, '--time-format', 'epoch-ms', '--dry-run'];
  await expect(program.parseAsync(asked, { from: 'user' })).rejects.toThrow(
    /cut\.csv\.gz: cannot be read on after line \d+: unexpected end of file/,
  );
});

describe('the homes of an export', () => {
  const csv = [
    'meter,ts,value,home',
    'a,2026-03-01T00:00:00Z,1,海棠苑 3-501',
    'b,2026-03-01T00:00:00Z,1,h2',
    'c,2026-03-01T00:00:00Z,1,海棠苑 3-501',
    'h2,2026-03-01T00:00:00Z,1,海棠苑 3-502',
  ].join('\n');
  const homesIn = async (...args: string[]) => {
    const { err } = await convert(csv, ...args);
    const registry = await loadRegistry([join(folder, `${number}.yaml`)], models);
    if (!registry.ok) throw new Error(JSON.stringify(registry.error));
    const of = (id: string) =>
      registry.value.find((entry) => entry.noun === 'device' && entry.id === id) as { home: string };
    const homes = registry.value.filter(({ noun }) => noun === 'home');
    return { err, homes, homeOf: (id: string) => of(id).home };
  };

  test('may be called as people call them: the registry is valid, and says how they are to be named', async () => {
    const { err, homes, homeOf } = await homesIn();
    expect(homes).toMatchObject([
      { id: 'a', name: '海棠苑 3-501' },
      { id: 'h2', name: 'h2' },
      { id: 'h2-home', name: '海棠苑 3-502' },
    ]);
    expect([homeOf('a'), homeOf('c'), homeOf('b'), homeOf('h2')]).toEqual(['a', 'a', 'h2', 'h2-home']);
    expect(err.join('\n')).toContain('2 homes have names that no registry takes for an id (海棠苑 3-501, ');
  });

  test('are neighbours only where somebody says so: rules about buildings would put their alerts aside', async () => {
    const parents = ({ homes }: { homes: readonly unknown[] }) =>
      new Set((homes as { parent: string }[]).map(({ parent }) => parent)).size;
    expect(parents(await homesIn())).toBe(3);
    expect(parents(await homesIn('--place', 'c/g/b/u'))).toBe(1);
  });
});

atLength('rows that stand twice count once, and a contradiction is counted', async () => {
  const row = (value: number): string => `m,2026-03-01T00:00:00Z,${value}\n`;
  const { summary, readings } = await convert(`meter,ts,value\n${row(1)}${row(1)}${row(2)}`);
  expect(readings).toEqual(['m 03-01T00:00 1']);
  expect(summary).toMatchObject({ repeated: 1, contradicting: 1 });
});

test('a dry run writes nothing; a header that nobody understands says which columns there are', async () => {
  const dry = await convert('meter,ts,value\nm,2026-03-01T00:00:00Z,1\n', '--dry-run');
  expect(dry.error).toBeUndefined();
  expect(dry.readings).toEqual([]);
  const { error } = await convert('a,b\n1,2\n');
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toMatch(/which column is device, which is at, which is value\? .* there are a, b/);
});

describe('where the values of intervals are missing', () => {
  const head = 'meter,ts,litres\n';
  const row = (hour: number, litres: number | '', day = '01'): string =>
    `m,2026-03-${day}T${String(hour).padStart(2, '0')}:00:00Z,${litres}\n`;
  const litres = ['--columns', 'value=litres', '--unit', 'l', '--values', 'interval'];

  test('the index begins anew after the gap, with the beginning of the interval that is known again', async () => {
    const csv = head + row(1, 2000) + row(2, 30) + row(3, '') + row(4, '') + row(5, 7) + row(6, 8);
    const { readings, summary, err } = await convert(csv, ...litres, '--every', '1h');
    expect(readings).toEqual([
      'm 03-01T00:00 0',
      'm 03-01T01:00 2',
      'm 03-01T02:00 2.03',
      'm 03-01T04:00 0',
      'm 03-01T05:00 0.007',
      'm 03-01T06:00 0.015',
    ]);
    expect(summary).toMatchObject({ missing: 2, holes: 1, values: 4, readings: 6, backwards: 0 });
    expect(err.join('\n')).toContain('note: 1 gap in which nobody knows what was used');
    expect(err.at(-1)).toBe('6 readings of 1 meter, from 4 values of intervals');
  });

  test('rows that are not there at all are such a gap too; and a row that was left out', async () => {
    const absent = head + row(1, 2000) + row(5, 7);
    const { readings } = await convert(absent, ...litres, '--every', '1h');
    expect(readings.slice(-2)).toEqual(['m 03-01T04:00 0', 'm 03-01T05:00 0.007']);
    const wrong = head + row(1, 2000) + row(2, 3).replace(',3', ',x') + row(3, 7);
    expect((await convert(wrong, ...litres, '--skip-bad')).readings.slice(-2)).toEqual([
      'm 03-01T02:00 0',
      'm 03-01T03:00 0.007',
    ]);
    const unsaid = await convert(head + row(1, 2) + row(2, 2) + row(3, 2) + row(9, 7), ...litres);
    expect(unsaid.err.join('\n')).toContain('note: 1 row far behind the one before: without --every');
  });

  test('the beginning arrives when it is known, and a register that shows nothing yet jumps, as it cannot fall', async () => {
    const csv = head + row(1, 0) + row(2, '') + row(3, 7);
    const { readings } = await convert(csv, ...litres, '--every', '1h');
    expect(readings.slice(-2)).toEqual(['m 03-01T02:00 50000', 'm 03-01T03:00 50000.007']);
    const lines = (await readFile(join(folder, `${number}.ndjson`), 'utf8')).trim().split('\n');
    expect(lines.slice(-2).map((line) => JSON.parse(line).receivedAt)).toEqual(
      Array(2).fill('2026-03-01T03:00:01.000Z'),
    );
  });

  test('a value beside a missing one of the same time stands, whichever comes first', async () => {
    for (const rows of [row(2, '') + row(2, 5), row(2, 5) + row(2, '')]) {
      const { readings, summary } = await convert(head + row(1, 1) + rows + row(3, 6), ...litres);
      expect(readings).toEqual(['m 03-01T01:00 0.001', 'm 03-01T02:00 0.006', 'm 03-01T03:00 0.012']);
      expect(summary).toMatchObject({ holes: 0 });
    }
  });

  test('an index says what was used while its readings were missing: it counts on', async () => {
    const csv =
      'meter,ts,index\nm,2026-03-01T00:00:00Z,5\nm,2026-03-01T01:00:00Z,\nm,2026-03-01T02:00:00Z,5.1\n';
    const { readings, summary, err } = await convert(csv);
    expect(readings).toEqual(['m 03-01T00:00 5', 'm 03-01T02:00 5.1']);
    expect(summary).toMatchObject({ missing: 1, holes: 0 });
    expect(err).toContain(`note: 1 missing value (${number}.csv:3)`);
  });
});

test('a time zone that a registry in CSV cannot hold is told', async () => {
  const csv = 'meter,ts,index\nm,2026-03-01 01:00,5\n';
  const file = join(folder, 'zone.csv');
  const { err, error } = await convert(csv, '--time-zone', 'Europe/Berlin', '--registry', file);
  expect(error).toBeUndefined();
  expect(err.join('\n')).toContain('warning: zone.csv cannot hold the time zone Europe/Berlin');
  expect((await convert(csv, '--registry', file)).err.join('\n')).not.toContain('time zone');
  expect((await convert(csv, '--time-zone', 'Europe/Berlin')).err.join('\n')).not.toContain('cannot hold');
});

const START = Date.parse('2026-01-01T00:00:00Z');
const [GAP_FROM, GAP_TO, DAYS] = [START + 24 * DAY, START + 26 * DAY, 29];

/** Eight litres in each hour from 7 to 22, read at its end; nobody knows what was used in the gap. */
function intervals(): string {
  const rows = ['meter,ts,litres'];
  for (let at = START; at < START + DAYS * DAY; at += HOUR) {
    const hour = (at / HOUR) % 24;
    const litres = at >= GAP_FROM && at < GAP_TO ? '' : hour >= 7 && hour < 22 ? 8 : 0;
    rows.push(`m1,${new Date(at + HOUR).toISOString()},${litres}`);
  }
  return `${rows.join('\n')}\n`;
}

atLength(
  'an export with two days of missing intervals raises nobody: they are no time without water',
  async () => {
    const values = ['--columns', 'value=litres', '--unit', 'l', '--values', 'interval', '--every', '1h'];
    expect((await convert(intervals(), ...values, '--time-zone', 'UTC')).error).toBeUndefined();
    const [name, out] = [join(folder, `${number}`), join(folder, 'out')];
    const silent = [
      vi.spyOn(console, 'error').mockImplementation(() => undefined),
      vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
    ];
    const program = new Command().exitOverride();
    addBacktest(program);
    const files = [
      '--recording',
      `${name}.ndjson`,
      '--registry',
      `${name}.yaml`,
      '--rules',
      'config/rules.yaml',
    ];
    await program.parseAsync(['backtest', ...files, '--out', out], { from: 'user' });
    for (const spy of silent) spy.mockRestore();
    const alerts = (await readFile(join(out, 'alerts.ndjson'), 'utf8')).split('\n').filter(Boolean);
    // The meter was silent, and its register began anew: both are told, and neither says anything of a person.
    expect(alerts.map((line) => JSON.parse(line)).map(({ rule, about }) => [rule, about])).toEqual([
      ['M1', 'device'],
      ['M2-restart', 'device'],
    ]);
  },
);
