import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { examine } from '../../src/app/doctor/examine.ts';
import { lateSpots } from '../../src/app/late-spots.ts';
import { UsageError } from '../../src/cli.ts';
import addCheck from '../../src/commands/check.ts';
import addRoster from '../../src/commands/roster.ts';
import { checkedParts } from '../../src/commands/start.ts';
import { DAY } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { atLength } from '../runs.ts';
import { testService } from '../service.ts';
import { run } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-roster-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The configuration that comes with the service, with changes in one file. */
async function changed(name: string, file: string, ...changes: [string, string][]): Promise<string> {
  const dir = join(folder, name);
  await cp('config', dir, { recursive: true });
  let text = await readFile(join(dir, file), 'utf8');
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  await writeFile(join(dir, file), text);
  return dir;
}

const PERIOD = ['--from', '2026-10-08T00:00:00+08:00', '--to', '2026-10-11T00:00:00+08:00'];

describe('roster', () => {
  test('says who serves in a period, by the files where no service runs: a working Saturday is a working day', async () => {
    const phone: [string, string] = [
      'phone: 000-0000-3002',
      'channels: [{ channel: terminal }]\n    phone: 000-0000-3002',
    ];
    const dir = await changed('reachable', 'registry.yaml', phone);
    const { out, err, error } = await run(addRoster, 'roster', '--config', dir, '--data', folder, ...PERIOD);
    expect(error).toBeUndefined();
    expect(err).toEqual([expect.stringContaining('without leave and swaps')]);
    // Sun Wei has the week from 5 October; Saturday the 10th is worked for the National Day.
    expect(out).toContain('10-08 08:00 – 10-08 18:00  白班  孙伟 000-0000-3002');
    expect(out).toContain('10-10 08:00 – 10-10 18:00  白班  孙伟 000-0000-3002  国庆节调休上班');
    expect(out).toContain('夜班  NOBODY 无人 (居委会值班');
    expect(out).toContain('GAP 空缺 haitang-duty');
  });

  atLength('answers programs in JSON and calendars in iCalendar', async () => {
    const json = await run(addRoster, 'roster', '--data', folder, '--json', ...PERIOD);
    const { rosters, gaps } = JSON.parse(json.out);
    expect(rosters[0]).toMatchObject({ id: 'haitang-duty', timeZone: 'Asia/Shanghai' });
    expect(gaps.length).toBeGreaterThan(0);
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    await run(addRoster, 'roster', 'haitang-duty', '--data', folder, '--ics', ...PERIOD);
    write.mockRestore();
    const ics = written.join('');
    expect(ics).toContain('UID:haitang-duty.workday.2026-10-10.0@shouwang\r\n');
    expect(ics).toContain('DTSTART:20261010T000000Z\r\nDTEND:20261010T100000Z\r\n');
  });

  test('ends with an error where gaps were asked for and there are some', async () => {
    vi.setSystemTime('2026-04-01T10:00:00+08:00');
    const { error } = await run(addRoster, 'roster', '--data', folder, '--gaps');
    vi.useRealTimers();
    expect(error).toMatchObject({ message: '1 found in advance' });
  });

  test.each([[['nobody-knows']], [['--from', 'soon']], [['--days', '0']], [['--days', '500']]])(
    'refuses %j with a usage error',
    async (args) => {
      const { error } = await run(addRoster, 'roster', ...args, '--data', folder);
      expect(error).toBeInstanceOf(UsageError);
    },
  );

  atLength('asks the service that runs, which knows of leave', async () => {
    const zhou = { noun: 'staff', id: 'zhou', name: '周敏', channels: [{ channel: 'terminal' }] };
    const node = {
      noun: 'node',
      path: 'haitang',
      level: 'community',
      name: '海棠',
      timeZone: 'Asia/Shanghai',
    };
    const service = await testService({
      entries: [node, zhou].map((entry) => registryEntrySchema.parse(entry)),
      rosters: {
        rosters: [
          {
            id: 'duty',
            name: '值班',
            node: 'haitang',
            starts: '2026-01-01',
            members: ['zhou'],
            shifts: [{ id: 'all', name: '全天', from: '00:00', to: '00:00' }],
          },
        ],
      },
    });
    try {
      const now = service.service.clock.now();
      const leave = {
        type: 'roster.leave',
        staff: 'zhou',
        from: now - DAY,
        until: now + DAY,
        note: '',
      } as const;
      expect(await service.service.submit(leave, '周敏')).toEqual({ ok: true });
      const { out, err } = await run(addRoster, 'roster', '--config', service.dir, '--days', '1');
      expect(err).toEqual([]);
      expect(out).toContain('now 现在: NOBODY 无人');
      expect(out).toContain('who is on duty is on leave');
      expect(service.service.rosters.report.gaps).toMatchObject([{ reason: 'on-leave' }]);
    } finally {
      await service.stop();
    }
  });
});

describe('check', () => {
  const told = async (dir: string): Promise<string[]> => {
    const { err } = await run(addCheck, 'check', '--config', dir);
    return err.map((line) => line.replace(`${dir}/`, '').replace(/:\d+:\d+ /, ' '));
  };

  const mistakes = async (dir: string): Promise<string[]> =>
    (await told(dir)).filter((line) => !/^(warning|note): /.test(line));

  test.each([
    [
      'repeat',
      'on: workday,',
      'repeat: "FREQ=HOURLY",',
      /rosters.yaml rosters\[0\].shifts\[0\].repeat: .*RRULE of RFC 5545/,
    ],
    ['time', 'from: "08:00"', 'from: "8"', /rosters.yaml rosters\[0\].shifts\[0\].from: /],
    [
      'twice',
      'id: night',
      'id: workday',
      /rosters.yaml rosters\[0\].shifts\[2\].id: there is another shift "workday"/,
    ],
    [
      'many',
      'name: 夜班',
      'name: 夜班, together: 2',
      /rosters.yaml rosters\[0\].shifts\[2\].together: only 1 take turns/,
    ],
    ['holidays', 'holidays-cn', 'holidays-xx', /holidays-xx.yaml there is no such file/],
  ])('tells a mistake in a roster with its place: %s', async (name, from, to, problem) => {
    const dir = await changed(name, 'rosters.yaml', [from, to]);
    expect(await mistakes(dir)).toEqual([expect.stringMatching(problem)]);
  });

  atLength('does not let a resident be asked alone for half an hour', async () => {
    const dir = await changed(
      'asked',
      'notify.yaml',
      ['roles: [grid-worker, building-steward, committee, sub-district-duty, contact]', 'roles: [resident]'],
      ['after: 1min', 'after: 150s'],
      ['after: 3min', 'after: 30min'],
      ['after: 6min', 'after: 40min'],
    );
    expect(await told(dir)).toContainEqual(expect.stringMatching(/^config is in order|in order/));
    await writeFile(
      join(dir, 'notify.yaml'),
      (await readFile(join(dir, 'notify.yaml'), 'utf8')).replace('after: 150s', 'after: 20min'),
    );
    expect(await mistakes(dir)).toEqual([
      'notify.yaml escalation[0].steps[0].after: only the resident is asked before: others come within 5 minutes of a P1 or P2',
    ]);
  });

  test('tells a roster that nobody has written, and places that leave others out', async () => {
    const dir = await changed(
      'policy',
      'notify.yaml',
      ['roles: [grid-worker, building-steward, committee, sub-district-duty, contact]', 'rosters: [nights]'],
      ['priorities: [P2]\n    steps', 'priorities: [P2]\n    nodes: [haitang]\n    steps'],
    );
    expect(await mistakes(dir)).toEqual([
      'notify.yaml routes[0].rosters[0]: no roster "nights" in rosters.yaml',
      'notify.yaml escalation[1].nodes: every line for safety P2 names places: add one without nodes, or a case elsewhere waits in silence',
    ]);
  });

  test('refuses a step of the escalation that calls nobody, at its line: the last one would be repeated for ever', async () => {
    const dir = await changed(
      'nobody',
      'notify.yaml',
      ['- { after: 6min, roles: [grid-worker, committee, sub-district-duty, contact] }', '- { after: 6min }'],
      ['- { after: 8h, roles: [committee, sub-district-duty] }', '- { after: 8h, roles: [] }'],
    );
    const words = 'this step calls nobody: name roles, rosters, people or channels, or leave it out';
    expect(await mistakes(dir)).toEqual([
      `notify.yaml escalation[0].steps[2]: ${words}`,
      `notify.yaml escalation[2].steps[1]: ${words}`,
    ]);
    // It did no harm to others until now: a service that started with it yesterday starts, and says so.
    const { policy } = await checkedParts(dir, {}, {});
    expect(lateSpots(policy)).toEqual([
      {
        zh: expect.stringMatching(/^escalation\[0\]\.steps\[2\] 不通知任何人/),
        en: expect.stringMatching(/^escalation\[0\]\.steps\[2\] calls nobody/),
      },
      expect.objectContaining({ en: expect.stringMatching(/^escalation\[2\]\.steps\[1\] calls nobody/) }),
    ]);
    const found = await examine({
      config: dir,
      data: join(dir, 'data'),
      ntp: '127.0.0.1:1',
      version: '1',
      env: {},
      now: () => Date.UTC(2026, 9, 8),
    });
    expect(found).toContainEqual(
      expect.objectContaining({
        check: 'blind-spots',
        result: 'warning',
        found: expect.objectContaining({
          en: expect.stringContaining('escalation[0].steps[2] calls nobody'),
        }),
      }),
    );
  });
});
