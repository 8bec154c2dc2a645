import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { recordingLine } from '../../simulators/recording.ts';
import addBacktest from '../../src/commands/backtest.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { atLength } from '../runs.ts';

/** Two homes of key people, each with a meter that is read every six hours for forty days. */
const home = (id: string) => ({
  id,
  visitClass: 'key',
  devices: [{ id: `wm-${id}`, model: 'water-meter', enrolledAt: '2026-02-01', expectedInterval: '6h' }],
});
const REGISTRY = {
  communities: [
    {
      id: 'haitang',
      name: '海棠社区',
      timeZone: 'Asia/Shanghai',
      grids: [{ id: 'g1', name: '第一网格', homes: [home('h1'), home('h2')] }],
    },
  ],
};
const RULES = { version: 'visits', rules: [{ id: 'C3', kind: 'visit-overdue' }] };
const DAYS = 40;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-visits-'));
  await mkdir(join(dir, 'config'));
  await writeFile(join(dir, 'registry.yaml'), stringify(REGISTRY));
  await writeFile(join(dir, 'rules.yaml'), stringify(RULES));
  const lines: string[] = [];
  for (let at = T0; at < T0 + DAYS * DAY; at += 6 * HOUR)
    for (const id of ['wm-h1', 'wm-h2']) {
      const payload = { at, water_index_m3: (at - T0) / DAY / 10 };
      lines.push(`${recordingLine(at, `shouwang/${id}/telemetry`, payload)}\n`);
    }
  await writeFile(join(dir, 'rec.ndjson'), lines.join(''));
  await writeFile(
    join(dir, 'visits.csv'),
    `home,at,by,result\n${[1, 10, 20, 30].map((day) => `h1,${new Date(T0 + day * DAY).toISOString()},李网格员,seen\n`).join('')}`,
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(out: string, ...more: string[]): Promise<Error | undefined> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const program = new Command().exitOverride();
  addBacktest(program);
  const [registry, rules] = ['registry.yaml', 'rules.yaml'].map((name) => join(dir, name)) as [
    string,
    string,
  ];
  const what = ['--recording', join(dir, 'rec.ndjson'), '--registry', registry, '--rules', rules];
  const args = ['backtest', ...what, '--out', join(dir, out), '--config', join(dir, 'config'), ...more];
  const failed = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: Error) => error,
  );
  vi.restoreAllMocks();
  return failed;
}
const read = (out: string, name: string): Promise<string> => readFile(join(dir, out, name), 'utf8');
const homesOf = async (out: string): Promise<string[]> =>
  (await read(out, 'alerts.ndjson'))
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { home: string }).home);

test('visits brought along keep the rule still where somebody came, and the home that nobody visited is found', async () => {
  expect(await run('bare')).toBeUndefined();
  expect(await homesOf('bare')).toEqual([]);
  expect(JSON.parse(await read('bare', 'report.json')).rules.C3).toMatchObject({ notRecorded: 'visits' });

  expect(await run('visited', '--visits', join(dir, 'visits.csv'))).toBeUndefined();
  expect(await homesOf('visited')).toEqual(['h2']);
  const report = JSON.parse(await read('visited', 'report.json'));
  expect(report.rules.C3).not.toHaveProperty('notRecorded');
  expect(report.recording.visits).toBe(4);
});

atLength('the same visits give the same bytes in any number of threads', async () => {
  await run('one', '--visits', join(dir, 'visits.csv'), '--threads', '1');
  await run('two', '--visits', join(dir, 'visits.csv'), '--threads', '2');
  for (const name of ['alerts.ndjson', 'cases.ndjson', 'homes.csv', 'report.json'])
    expect(await read('two', name)).toBe(await read('one', name));
});

test('a visit to a home that the registry does not have is refused with its line', async () => {
  const file = join(dir, 'strange.csv');
  await writeFile(file, 'home,at,by,result\nh9,2026-03-02,李网格员,seen\nh1,2026-03-02,李网格员,saw\n');
  const failed = await run('strange', '--visits', file);
  expect(failed?.message).toContain('strange.csv:2 home: there is no home h9');
  expect(failed?.message).toMatch(/strange\.csv:3 result: found "saw"/);
});
