import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import addImportVisits from '../../src/commands/import-visits.ts';
import { DAY, HOUR, ManualClock } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { letPass, signIn, type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';
import { run } from './command-line.ts';

/** Two grids, so that somebody may see one home and not the other. */
const entries = [
  ...community({ h1: [{ id: 'warm', model: 'thermometer' }] }),
  ...[
    { noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' },
    { noun: 'home', id: 'h2', parent: 'haitang/g2', name: '402' },
  ].map((entry) => registryEntrySchema.parse(entry)),
].map((entry) =>
  entry.noun === 'home' && entry.id === 'h1' ? { ...entry, visitClass: 'high' as const } : entry,
);

const rules = [{ id: 'C3', kind: 'visit-overdue' }];
let clock = new ManualClock(T0);
let dir = '';
let running: TestService;
let cookie = '';
let keys = 0;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-visits-'));
  clock = new ManualClock(T0);
  running = await testService({ dir, clock, entries, rules });
  cookie = await signIn(running.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await running.stop();
  await rm(dir, { recursive: true, force: true });
});

type Answer = { readonly status: number; readonly body: ReturnType<typeof JSON.parse> };
async function ask(method: string, path: string, body?: unknown, by?: string): Promise<Answer> {
  const response = await fetch(`${running.url}/api/v1${path}`, {
    method,
    headers: {
      ...(by === undefined ? { cookie, 'sec-fetch-site': 'same-origin' } : { authorization: `Bearer ${by}` }),
      'content-type': 'application/json',
      'idempotency-key': `key-${++keys}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
/** Of homes: on a machine that takes its time the service also says of itself that it has nobody to tell. */
const openAlerts = async () =>
  (await ask('GET', '/alerts?open=true')).body.items.filter(({ home }: { home: string }) => home !== '');
const restart = async () => {
  await running.stop();
  running = await testService({ dir, clock, rules });
  cookie = await signIn(running.url);
};
const visitsOf = async (home: string) => (await ask('GET', `/visits?home=${home}`)).body.items;

describe('a visit', () => {
  test('that is overdue is a P4 case; recorded over the API it ends the alert, also after a restart', async () => {
    await letPass(running, clock, 7 * DAY + HOUR);
    const [alert] = await openAlerts();
    expect(alert).toMatchObject({ rule: 'C3', home: 'h1', priority: 'P4', about: 'home' });
    await restart();
    expect(await openAlerts()).toHaveLength(1);
    const recorded = await ask('POST', '/homes/h1/visits', { result: 'seen', note: '精神不错' });
    expect(recorded.status).toBe(201);
    expect(recorded.body.visit).toMatchObject({
      kind: 'visit',
      home: 'h1',
      at: clock.now(),
      by: '管理员',
      result: 'seen',
      note: '精神不错',
      source: 'console',
    });
    expect(await openAlerts()).toEqual([]);
    const { body: case_ } = await ask('GET', `/cases/${alert.case}`);
    expect(case_.case).toMatchObject({ status: 'open', priority: 'P4' });
    const said = { outcome: 'other', note: '已走访' };
    const resolved = await ask('POST', `/cases/${alert.case}/resolve`, said);
    expect(resolved.body.case).toMatchObject({ status: 'struck-off' });
    await restart();
    await letPass(running, clock, 6 * DAY);
    expect(await openAlerts()).toEqual([]);
    await letPass(running, clock, 2 * DAY);
    expect(await openAlerts()).toHaveLength(1);
    expect(await visitsOf('h1')).toHaveLength(1);
  });

  atLength('that was made while a case was handled is in the log, with the case', async () => {
    await letPass(running, clock, 7 * DAY + HOUR);
    const [{ case: id }] = await openAlerts();
    const said = { outcome: 'true-need', contact: 'seen', contactMadeBy: '吴刚' };
    expect((await ask('POST', `/cases/${id}/resolve`, said)).status).toBe(200);
    expect(await visitsOf('h1')).toMatchObject([{ by: '吴刚', result: 'seen', source: 'case', case: id }]);
    await letPass(running, clock, 6 * DAY);
    expect(await openAlerts()).toEqual([]);
  });

  test('is recorded once, refused by name where it cannot be, and seen by whoever may see the home', async () => {
    const at = clock.now() - HOUR;
    const visit = { at, by: '志愿者', result: 'not-met' };
    expect((await ask('POST', '/homes/h1/visits', visit)).status).toBe(201);
    expect((await ask('POST', '/homes/h1/visits', visit)).status).toBe(201);
    const other = await ask('POST', '/homes/h1/visits', { ...visit, result: 'seen' });
    expect([other.status, other.body.code]).toEqual([409, 'VISIT_RECORDED']);
    const ahead = await ask('POST', '/homes/h1/visits', { at: clock.now() + DAY, result: 'seen' });
    expect([ahead.status, ahead.body.code]).toEqual([422, 'VISIT_AHEAD']);
    const local = await ask('POST', '/homes/h1/visits', { at: '2026-02-20T10:00', result: 'seen' });
    expect(local.body.issues).toMatchObject([
      { pointer: '/at', message: expect.stringContaining('带时区的时刻') },
    ]);
    expect((await ask('POST', '/homes/h9/visits', { result: 'seen' })).body.code).toBe('HOME_NOT_FOUND');
    expect((await ask('POST', '/homes/h1/visits', { result: 'waved' })).status).toBe(400);
    const there = await tokenFor(running.service, 'zhou', { role: 'responder', node: 'haitang/g2' });
    const reads = await tokenFor(running.service, 'li', { role: 'viewer', node: 'haitang' });
    expect((await ask('POST', '/homes/h1/visits', { result: 'seen' }, there)).status).toBe(404);
    expect((await ask('POST', '/homes/h2/visits', { result: 'seen' }, reads)).status).toBe(403);
    const recorded = await ask('POST', '/homes/h2/visits', { result: 'seen' }, there);
    expect(recorded.body.visit).toMatchObject({ source: 'api', by: 'ZHOU' });
    const seen = async (by: string) =>
      (await ask('GET', '/visits', undefined, by)).body.items.map(({ home }: { home: string }) => home);
    expect(await seen(there)).toEqual(['h2']);
    expect(await seen(reads)).toEqual(['h2', 'h1']);
    const page = await ask('GET', '/visits?limit=1');
    expect(page.body.items).toHaveLength(1);
    expect((await ask('GET', `/visits?limit=1&cursor=${page.body.next}`)).body.items[0].home).toBe('h1');
  });

  atLength(
    'is wanted as often as an operator says for the home, and no more where nobody says so',
    async () => {
      const worker = await tokenFor(running.service, 'zhou', { role: 'responder', node: 'haitang' });
      expect((await ask('POST', '/homes/h2/visit-class', { visitClass: 'key' }, worker)).status).toBe(403);
      const told = await ask('POST', '/homes/h2/visit-class', { visitClass: 'key' });
      expect(told.body.home).toMatchObject({ id: 'h2', visitClass: 'key' });
      expect((await ask('POST', '/homes/h9/visit-class', { visitClass: 'key' })).status).toBe(404);
      expect((await ask('POST', '/homes/h2/visit-class', { visitClass: 'often' })).status).toBe(400);
      const back = await ask('POST', '/homes/h1/visit-class', { visitClass: null });
      expect(back.body.home).not.toHaveProperty('visitClass');
      await letPass(running, clock, 31 * DAY);
      expect((await openAlerts()).map(({ home }: { home: string }) => home)).toEqual(['h2']);
    },
  );

  atLength('that was recorded by mistake is taken back, and the one before counts again', async () => {
    const earlier = clock.now();
    await ask('POST', '/homes/h1/visits', { result: 'seen' });
    await letPass(running, clock, 6 * DAY);
    const { visit } = (await ask('POST', '/homes/h1/visits', { result: 'seen' })).body;
    const mistake = { at: visit.at, by: visit.by, reason: '应为 402 室' };
    expect((await ask('POST', '/homes/h1/visits/withdraw', { ...mistake, at: 1 })).body.code).toBe(
      'VISIT_NOT_FOUND',
    );
    const gone = await ask('POST', '/homes/h1/visits/withdraw', mistake);
    expect(gone.body.visit.withdrawn).toMatchObject({ by: '管理员', reason: '应为 402 室' });
    await letPass(running, clock, DAY + HOUR);
    expect(await openAlerts()).toMatchObject([{ home: 'h1', since: earlier + 7 * DAY }]);
    await restart();
    // The same visitor at the same instant, but not met: a line of its own.
    const corrected = await ask('POST', '/homes/h1/visits', {
      at: visit.at,
      by: visit.by,
      result: 'not-met',
    });
    expect(corrected.body.visit).toMatchObject({ at: visit.at + 1, result: 'not-met' });
    expect(await visitsOf('h1')).toHaveLength(3);
    expect(await openAlerts()).toHaveLength(1);
  });

  atLength('that was recorded for another home by mistake answers no change there', async () => {
    await ask('POST', '/homes/h2/changes', { change: 'discharge' });
    await letPass(running, clock, HOUR);
    await ask('POST', '/homes/h2/changes', { change: 'fall' });
    await letPass(running, clock, HOUR);
    const { visit } = (await ask('POST', '/homes/h2/visits', { result: 'seen' })).body;
    await letPass(running, clock, DAY);
    expect(await openAlerts()).toEqual([]);
    const { at, by } = visit;
    await ask('POST', '/homes/h2/visits/withdraw', { at, by, reason: '应为 401 室' });
    const [alert] = await openAlerts();
    expect(alert.evidence.text.en).toMatch(/of discharge from hospital at .* and of a fall at /);
    await restart();
    expect(await openAlerts()).toMatchObject([{ id: alert.id }]);
  });

  atLength('is wanted within a day of a major change', async () => {
    const told = await ask('POST', '/homes/h2/changes', { change: 'discharge', note: '髋部手术' });
    expect(told.body.change).toMatchObject({ kind: 'change', change: 'discharge', by: '管理员' });
    await letPass(running, clock, DAY + HOUR);
    expect((await openAlerts()).map(({ home }: { home: string }) => home)).toEqual(['h2']);
    await ask('POST', '/homes/h2/visits', { result: 'spoken' });
    expect(await openAlerts()).toEqual([]);
    expect(await visitsOf('h2')).toHaveLength(2);
  });

  test('that is told once more, and was at home after all, ends the absence that went on', async () => {
    const from = clock.now();
    await ask('POST', '/homes/h1/away', { from, until: from + 9 * DAY, kind: 'hospital' });
    await letPass(running, clock, DAY);
    const visit = { at: clock.now(), by: '周敏', result: 'seen' } as const;
    const ends = () => running.service.registry.home('h1')?.away?.map(({ until }) => until);
    await letPass(running, clock, HOUR);
    expect((await ask('POST', '/homes/h1/visits', { ...visit, elsewhere: true })).status).toBe(201);
    expect(ends()).toEqual([from + 9 * DAY]);
    expect((await ask('POST', '/homes/h1/visits', { ...visit, elsewhere: false })).status).toBe(201);
    expect(ends()).toEqual([visit.at]);
    expect(await visitsOf('h1')).toHaveLength(1);
  });

  atLength('goes with its home, when that leaves the registry', async () => {
    await ask('POST', '/homes/h2/visits', { result: 'seen' });
    const response = await fetch(`${running.url}/api/v1/registry/home/h2`, {
      method: 'DELETE',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect(response.status).toBe(204);
    expect((await ask('GET', '/visits')).body.items).toEqual([]);
  });
});

describe('visits that were logged elsewhere', () => {
  const take = async (lines: readonly string[], ...more: string[]) => {
    const file = join(dir, 'visits.csv');
    await writeFile(file, lines.join('\n'));
    const { err, error, out } = await run(
      addImportVisits,
      'import-visits',
      file,
      '--data',
      join(dir, 'data'),
      ...more,
    );
    return { out, error, err: err.map((line) => line.replace(`${dir}/`, '')) };
  };
  const LOG = [
    '住户,走访时间,走访人,结果,备注',
    'h1,2026-02-27 10:00,周敏,见到本人,血压正常',
    'h2,2026-02-28,周敏,未见到,',
  ];

  test('are taken over after a dry run, and twice changes nothing', async () => {
    const dry = await take(LOG, '--dry-run');
    expect(dry.error).toBeUndefined();
    expect(dry.err).toEqual(['2 visits are new, 0 are there already', 'dry run: nothing was changed']);
    expect((await ask('GET', '/visits')).body.items).toEqual([]);
    expect((await take(LOG)).err).toEqual(['2 visits are new, 0 are there already', 'done']);
    const items = (await ask('GET', '/visits')).body.items;
    expect(items).toMatchObject([
      { home: 'h2', at: Date.parse('2026-02-28T00:00:00+08:00'), result: 'not-met', source: 'import' },
      { home: 'h1', at: Date.parse('2026-02-27T10:00:00+08:00'), result: 'seen', note: '血压正常' },
    ]);
    expect((await take(LOG)).err).toEqual(['0 visits are new, 2 are there already', 'nothing to change']);
    expect((await ask('GET', '/visits')).body.items).toEqual(items);
    await letPass(running, clock, 6 * DAY);
    expect((await openAlerts())[0]).toMatchObject({ since: Date.parse('2026-03-06T10:00:00+08:00') });
  });

  atLength('leave as a table, and come into another installation as they were', async () => {
    await take([...LOG, 'h1,2026-02-26 09:00,周敏,通话,"=1+1, ""好"""']);
    const table = async (query: string, language = 'zh') => {
      const headers = { cookie, 'accept-language': language };
      const response = await fetch(`${running.url}/api/v1/visits.csv?${query}`, { headers });
      // Not `text()`: that would take the mark off by which spreadsheets know the encoding.
      return Buffer.from(await response.arrayBuffer()).toString();
    };
    const all = await table(`from=0&to=${clock.now()}`);
    expect(all.split('\r\n').slice(0, 2)).toEqual([
      '\uFEFF住户,走访时间,走访人,结果,情况',
      'h2,2026-02-28T00:00:00+08:00,周敏,未见到,',
    ]);
    const english = await table(`from=0&to=${clock.now()}`, 'en');
    expect(english.split('\r\n').slice(0, 2)).toEqual([
      '\uFEFFhome,at,by,result,note',
      'h2,2026-02-28T00:00:00+08:00,周敏,not met,',
    ]);
    for (const written of [all, english])
      expect((await take([written])).err).toEqual([
        '0 visits are new, 3 are there already',
        'nothing to change',
      ]);
    expect((await table('from=0&to=1', 'en')).trim()).toBe('\uFEFFhome,at,by,result,note'.trim());
    expect((await ask('GET', '/visits.csv?from=2&to=1')).body.code).toBe('PERIOD_TOO_LONG');
  });

  atLength('stand by the clocks of a zone: an hour that these skip or show twice is a mistake', async () => {
    const { err } = await take(
      [
        'home,at,by,result',
        'h1,2025-03-30T02:30,周敏,seen',
        'h1,2025-10-26 02:30,周敏,seen',
        'h1,2025-10-26T02:30:00+02:00,周敏,seen',
        'h1,1926-02-27,周敏,seen',
      ],
      '--time-zone',
      'Europe/Berlin',
    );
    expect(err).toEqual([
      'visits.csv:2 at: "2025-03-30T02:30" does not come on the clocks of Europe/Berlin: they are put forward over it',
      'visits.csv:3 at: "2025-10-26 02:30" comes twice on the clocks of Europe/Berlin, which are put back then; write 2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00',
      'visits.csv:5 at: found "1926-02-27", expected a date of 1970 or later',
    ]);
  });

  atLength(
    'are told with all their mistakes at once, those of form and those that the service alone can see',
    async () => {
      const lines = [
        'home,at,by,result',
        'h9,2026-02-27 10:00,周敏,seen',
        'h1,yesterday,周敏,seen',
        'h1,2026-03-09 10:00,周敏,seen',
        'h1',
        'h1,2026-02-27 10:00,周敏,seen',
      ];
      const { err, error } = await take(lines);
      expect(err.map((line) => line.slice(0, 12))).toEqual(
        [2, 3, 4, 5].map((n) => `visits.csv:${n}`.padEnd(12)),
      );
      expect(error).toMatchObject({ message: 'nothing was taken over: 4 mistakes' });
      expect((await ask('GET', '/visits')).body.items).toEqual([]);
      const alone = await take(lines, '--url', 'http://127.0.0.1:1', '--token', 'none');
      expect(alone.err[0]).toMatch(/^note: the service could not look at the other lines: /);
      expect(alone.err).toHaveLength(3);
    },
  );

  atLength('are refused in the language of whoever takes them over', async () => {
    vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
    const lines = [
      'home,at,by,result',
      'h1,昨天,周敏,seen',
      'h1',
      'h9,2026-02-27,周敏,seen',
      'h1,1926-02-27,周敏,seen',
    ];
    const { err, error } = await take(lines);
    expect(err).toEqual([
      'visits.csv:2 at: 写的是 "昨天"，应为日期（如 2026-03-01），或带时刻（如 2026-03-01T08:00:00+08:00）',
      'visits.csv:3 有 1 个字段，首行有 4 个',
      expect.stringMatching(/^visits\.csv:4 .*\p{Script=Han}.*h9$/u),
      'visits.csv:5 at: 写的是 "1926-02-27"，应为 1970 年及以后的日期',
    ]);
    expect(error).toMatchObject({ text: { zh: '什么也没有导入：4 处错误' } });
    const header = await take(['home,when,by,result', 'h1,2026-02-27,周敏,seen']);
    expect(header.err).toEqual([
      'visits.csv:1 没有 "when" 这一列；可用：home 住户, at 时间, by 走访人, result 结果, note 备注',
      'visits.csv:1 首行须写明各列；缺少 at 时间',
    ]);
    expect((await take(['home,at,by,result'])).err).toEqual(['visits.csv:1 首行之下没有走访']);
    const one = ['home,at,by,result', 'h1,2026-02-27,周敏,seen'];
    expect((await take(one)).err).toEqual(['新增 1 条走访，已有 0 条', '完成']);
    vi.unstubAllEnvs();
    expect((await take(one)).err[0]).toBe('0 visits are new, 1 is there already');
  });

  atLength('are all refused for one wrong line, and every wrong line is told', async () => {
    const { err, error } = await take([
      'home,at,by,result',
      'h1,2026-02-27 10:00,周敏,seen',
      'h1,yesterday,周敏,seen',
      'h1,2026-02-27 11:00,,seen',
      'h1,2026-02-27 12:00,周敏,waved',
      'h1,2026-02-27',
    ]);
    expect(err).toEqual([
      expect.stringMatching(/^visits\.csv:3 at: found "yesterday", expected a date/),
      expect.stringMatching(/^visits\.csv:4 by: /),
      expect.stringMatching(/^visits\.csv:5 result: found "waved", expected one of seen, spoken, not-met/),
      expect.stringMatching(/^visits\.csv:6 has 2 fields, the first line has 4$/),
    ]);
    expect(error).toMatchObject({ message: 'nothing was taken over: 4 mistakes' });
    const known = await take([
      'home,at,by,result',
      'h1,2026-02-27 10:00,周敏,seen',
      'h9,2026-02-27 10:00,周敏,seen',
      'h1,2026-03-09 10:00,周敏,seen',
      'h1,2020-03-09 10:00,周敏,seen',
      'h1,2026-02-27 10:00,周敏,not-met',
    ]);
    expect(known.err).toEqual([
      expect.stringMatching(/^visits\.csv:3 .*h9$/),
      expect.stringMatching(/^visits\.csv:4 /),
      expect.stringMatching(/^visits\.csv:5 /),
      expect.stringMatching(/^visits\.csv:6 .*seen$/),
    ]);
    expect((await ask('GET', '/visits')).body.items).toEqual([]);
    const header = await take(['home,when,by,result', 'h1,2026-02-27,周敏,seen']);
    expect(header.err[0]).toMatch(/^visits\.csv:1 unknown column "when"/);
  });
});
