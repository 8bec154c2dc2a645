import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { recordingLine } from '../../simulators/recording.ts';
import addBacktest from '../../src/commands/backtest.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { settle } from '../contracts/telemetry.ts';
import { T0 } from '../core.ts';
import { atLength } from '../runs.ts';

/** T0 is midnight in Shanghai. */
const BY_NIGHT = T0 + 26 * HOUR;
const BY_DAY = T0 + 58 * HOUR;

const person = (id: string) => ({
  id,
  name: id,
  roles: [{ role: 'grid-worker', node: 'haitang' }],
  channels: [{ channel: 'robot', address: id }],
});
const REGISTRY = {
  communities: [
    {
      id: 'haitang',
      name: '海棠社区',
      timeZone: 'Asia/Shanghai',
      grids: [
        {
          id: 'g1',
          name: '第一网格',
          homes: [{ id: 'h1', devices: [{ id: 'band', model: 'wristband', enrolledAt: '2026-02-01' }] }],
        },
      ],
    },
  ],
  staff: [person('zhou'), person('li')],
};
const NOTIFY = {
  routes: [{ kinds: ['safety'], priorities: ['P1'], rosters: ['duty'] }],
  fallback: { channels: ['terminal'] },
};
const shift = (id: string, from: string, to: string, who: string) => ({
  id,
  name: id,
  from,
  to,
  members: [who],
});
const ROSTERS = {
  holidays: 'none',
  rosters: [
    {
      id: 'duty',
      name: '值班',
      node: 'haitang',
      starts: '2026-01-01',
      members: ['zhou'],
      shifts: [shift('day', '08:00', '20:00', 'zhou'), shift('night', '20:00', '08:00', 'li')],
    },
  ],
};
const RULES = {
  version: 'test',
  rules: [{ id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } }],
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backtest-rosters-'));
  const write = (name: string, content: object) => writeFile(join(dir, name), stringify(content));
  for (const config of ['with', 'without']) {
    await mkdir(join(dir, config));
    await write(`${config}/notify.yaml`, NOTIFY);
  }
  await write('with/rosters.yaml', ROSTERS);
  await write('registry.yaml', REGISTRY);
  await write('rules.yaml', RULES);
  for (const [name, at] of [
    ['night', BY_NIGHT],
    ['day', BY_DAY],
  ] as const) {
    const line = recordingLine(at, 'shouwang/band/telemetry', { at, event: 'sos' });
    await writeFile(join(dir, `${name}.ndjson`), `${line}\n`);
  }
  const store = sqliteTelemetry({ file: join(dir, 'telemetry.db') });
  await store.open();
  const reports = [BY_NIGHT, BY_DAY].map((at, index) => ({
    seq: index + 1,
    report: {
      kind: 'report',
      receivedAt: at,
      device: 'band',
      clock: 'device',
      readings: [{ metric: 'battery_pct', value: 80, at }],
      events: [{ event: 'sos', at }],
    } as const,
  }));
  await store.append(reports);
  await settle(store, T0 + 40 * DAY);
  await store.close();
});
afterAll(() => rm(dir, { recursive: true }));

/** Whom the report says to have been told, and what was said beside it. */
async function told(config: string, ...of: string[]) {
  const program = new Command().exitOverride();
  addBacktest(program);
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const quiet = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const files = ['--registry', join(dir, 'registry.yaml'), '--rules', join(dir, 'rules.yaml')];
  const out = join(dir, 'out');
  await program.parseAsync(['backtest', ...of, ...files, '--config', join(dir, config), '--out', out], {
    from: 'user',
  });
  const notes = said.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith('note'));
  for (const spy of [said, quiet]) spy.mockRestore();
  const { notices } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
  return { people: notices.people.map(({ id }: { id: string }) => id), byRole: notices.byRole, notes };
}
const recorded = (name: string): string[] => ['--recording', join(dir, `${name}.ndjson`)];

describe('a backtest with rosters', () => {
  test('sends the alert of the night to the night shift, and that of the day to the day shift', async () => {
    expect(await told('with', ...recorded('night'))).toEqual({
      people: ['li'],
      byRole: { 'on-duty': 1 },
      notes: [],
    });
    expect((await told('with', ...recorded('day'))).people).toEqual(['zhou']);
  });

  atLength('does the same in several threads', async () => {
    expect((await told('with', ...recorded('night'), '--threads', '2')).people).toEqual(['li']);
  });

  test('does the same with stored readings', async () => {
    const period = ['--from', '2026-03-01', '--to', '2026-03-06'];
    expect((await told('with', '--store', join(dir, 'telemetry.db'), ...period)).people.sort()).toEqual([
      'li',
      'zhou',
    ]);
  });

  test('says so where a line names a roster that the configuration does not have', async () => {
    const { people, byRole, notes } = await told('without', ...recorded('night'));
    // Nobody on it is known: everybody with a role above the home is told instead.
    expect([people.sort(), byRole['on-duty']]).toEqual([['li', 'zhou'], undefined]);
    expect(notes).toEqual([expect.stringContaining('has no roster duty')]);
  });
});
