import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertLoadReply } from '../../src/api/alert-load/schema.ts';
import { casesOf } from '../../src/api/ledger.ts';
import { DAY, HOUR, ManualClock, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Outcome } from '../../src/model/case.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, gridWorker, T0 } from '../core.ts';
import { letPass, signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

/**
 * What is counted is of people, unless it says otherwise: the service tells technicians of itself as well.
 *
 * Six hours of fourteen homes. In the second hour twelve press the button, one every 40 s. In the third and fourth the pulse of h13
 * goes up and down. In the fifth somebody is found in need in h14, of which nothing was known, and in h1, which had pressed; and
 * somebody telephones from h2 of the other grid, where nothing had been raised.
 */
const START = T0 + 30 * DAY;
const END = START + 6 * HOUR;
const clock = new ManualClock(START);
let service: TestService;
let cookie: string;
let looks = 0;

const HOMES = Array.from({ length: 15 }, (_, i) => `h${i + 1}`);
const OF_G2 = ['h13', 'h14', 'h15'];
const RULES = [
  { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } },
  {
    id: 'H1',
    kind: 'reading-limit',
    priority: 'P2',
    params: {
      limits: [{ metric: 'pulse_bpm', above: 121, clear: 110 }],
      confirm: { count: 1, of: 1 },
      clearCount: 1,
    },
  },
];

beforeAll(async () => {
  const bands = Object.fromEntries(HOMES.map((home) => [home, [{ id: `${home}-band`, model: 'wristband' }]]));
  const entries = [
    ...community(bands),
    registryEntrySchema.parse({ noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' }),
    registryEntrySchema.parse({ noun: 'node', path: 'haitang/g3', level: 'grid', name: '还没有住户的网格' }),
    gridWorker('zhou', 'haitang', '周敏'),
  ].map((entry) =>
    entry.noun === 'home' && OF_G2.includes(entry.id) ? { ...entry, parent: 'haitang/g2' } : entry,
  );
  service = await testService({ entries, rules: RULES, clock });
  cookie = await signIn(service.url);
  await theFirstHours();
  await theFifthHour();
  await until(END);
});
afterAll(() => service?.stop());

async function theFirstHours(): Promise<void> {
  for (const [i, home] of HOMES.slice(0, 12).entries()) {
    await until(START + HOUR + i * 40 * SECOND);
    await says(home, { event: 'sos' });
  }
  await until(START + HOUR + 480 * SECOND);
  // For the first that is eight minutes, for the last 40 s.
  for (const home of ['h1', 'h12']) await acts({ type: 'case.acknowledge', case: `${home}.c1` });
  for (const [at, pulse] of [
    [2 * HOUR, 130],
    [2 * HOUR + 20 * SECOND, 100],
    [2 * HOUR + 40 * SECOND, 130],
    [2 * HOUR + 30 * MINUTE, 100],
    [3 * HOUR, 130],
    [3 * HOUR + 10 * MINUTE, 100],
  ] as const) {
    await until(START + at);
    await says('h13', { pulse_bpm: pulse });
  }
}

async function theFifthHour(): Promise<void> {
  await until(START + 4 * HOUR);
  await asks('h14', { found: true });
  await asks('h1', { found: true });
  await asks('h15', {});
  for (const home of ['h14', 'h15']) await acts({ type: 'case.acknowledge', case: `${home}.c1` });
  for (const home of ['h1', 'h14', 'h15']) await resolves(home, 'true-emergency');
  await resolves('h12', 'pressed-by-mistake');
}

/** Time passes, and the service looks in each quarter of it. */
async function until(at: number): Promise<void> {
  while (clock.now() < at) {
    const next = Math.min(at, (Math.floor(clock.now() / (15 * MINUTE)) + 1) * 15 * MINUTE);
    await letPass(service, clock, next - clock.now());
    if (next % (15 * MINUTE) !== 0) continue;
    looks++;
    await soon(async () => expect(await looked()).toBe(looks));
  }
}
async function looked(): Promise<number> {
  const rows = await service.service.records.metaUnder('watched.');
  const runs = rows
    .filter(({ key }) => key.endsWith('.looks'))
    .flatMap(({ value }) => JSON.parse(value).runs);
  return runs.reduce((sum: number, [from, to]: [number, number]) => sum + to - from, 0);
}
async function says(home: string, payload: object): Promise<void> {
  const message = {
    receivedAt: clock.now(),
    topic: `shouwang/${home}-band/telemetry`,
    payload: Buffer.from(JSON.stringify({ at: clock.now(), ...payload })),
  };
  await new Promise<void>((done) => {
    service.loop.receive({ message, qos: 1, done });
  });
}
type Command = Parameters<TestService['service']['submit']>[0];
async function acts(command: Command): Promise<void> {
  expect(await service.service.submit(command, '周敏')).toMatchObject({ ok: true });
}
const resolves = (home: string, outcome: Outcome) =>
  acts({
    ...{ type: 'case.resolve', case: `${home}.c1`, outcome, note: '' },
    ...{ contactMadeBy: '周敏', contact: 'seen' },
  });
async function asks(home: string, more: { found?: boolean }): Promise<void> {
  const headers = {
    ...{ cookie, origin: service.url },
    ...{ 'content-type': 'application/json', 'idempotency-key': `help-${home}` },
  };
  const body = JSON.stringify({ priority: 'P1', from: '邻居', note: '倒在门口', ...more });
  const url = `${service.url}/api/v1/homes/${home}/help`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(201);
}

const ask = (path: string) => fetch(`${service.url}/api/v1${path}`, { headers: { cookie } });
const PERIOD = `from=${START}&to=${END}`;
async function load(query = '', about = 'people'): Promise<AlertLoadReply> {
  const answer = await ask(`/alert-load?${PERIOD}&about=${about}${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as AlertLoadReply;
}

test('alerts of an hour at the desk of a community, and how long it was in flood', async () => {
  const { hours, alerts, calls, byPriority, homes, total, desks } = await load();
  expect([hours, alerts, calls, homes]).toEqual([6, 18, 15, 15]);
  expect(byPriority).toEqual({ P1: 15, P2: 3, P3: 0, P4: 0 });
  // By the hour 0, 12, 2, 1, 3, 0. In flood from the tenth press (360 s) until 600 s after the third of twelve (680 s).
  const figures = {
    alerts: 18,
    perHour: { mean: 3, p95: 12, max: 12, maxAt: START + HOUR, overAcceptable: 1 / 6, overMax: 0 },
    flood: { share: 320 / (6 * 3600), count: 1, longestMs: 320 * SECOND },
  };
  expect(total).toEqual({ desks: 1, above: 0, ...figures });
  expect(desks).toMatchObject([{ path: 'haitang', homes: 15, partial: false, ...figures }]);
});

test('of a desk in each grid that has homes, the one in flood first', async () => {
  const { total, desks } = await load('&desk=grid');
  // Of twelve hours of the two desks 12, 1; 2, 1, 2: the others had none.
  expect(total).toMatchObject({ desks: 2, alerts: 18, perHour: { mean: 18 / 12, p95: 12 } });
  expect(desks.map(({ path, homes, alerts, perHour }) => [path, homes, alerts, perHour?.p95])).toEqual([
    ['haitang/g1', 12, 13, 12],
    ['haitang/g2', 3, 5, 2],
  ]);
  const ofOne = await load('&path=haitang/g2');
  expect([ofOne.homes, ofOne.alerts, ofOne.desks[0]?.partial]).toEqual([3, 5, true]);
});

test('a source that goes up and down within a minute chatters, and three times in a day it repeats', async () => {
  const { sources } = await load();
  expect(sources).toMatchObject({ sources: 16, chattering: 1, repeating: 1 });
  expect(sources.restless).toMatchObject([
    { home: 'h13', rule: 'H1', alerts: 3, chatters: true, repeats: true },
  ]);
  expect(sources.top[0]).toMatchObject({ home: 'h13', alerts: 3 });
  expect([sources.top.length, sources.topShare]).toEqual([10, 12 / 18]);
});

test('what ended before anybody took it is told by rule, with how late it was raised', async () => {
  const { rules, alone } = await load();
  const of = (rule: string) => rules.find((one) => one.rule === rule);
  expect(of('H1')).toMatchObject({ alerts: 3, alone: { n: 3, of: 3 }, delay: { n: 3, p50Ms: 0, p90Ms: 0 } });
  // Two were taken; ten stand and nobody has them.
  expect(of('B1')).toMatchObject({ alerts: 12, alone: { n: 0, of: 2 } });
  expect(alone.n).toBe(3);
  expect(of('H1')?.perHomeMonth).toBeCloseTo(3 / (15 * (6 / 720)), 9);
});

test('who was found in need and of whom nothing had been raised was missed; who had pressed was not', async () => {
  const { needs } = await load();
  expect(needs).toMatchObject({
    ...{ confirmed: 3, byDevice: 1, byWord: 1, missed: 1, foundRaised: 1, share: 1 / 3 },
    ...{ known: 4, unregisteredAway: 0, moreFound: 0 },
  });
  expect(needs.found.map(({ home, raisedBefore, outcome }) => [home, raisedBefore, outcome])).toEqual([
    ['h14', false, 'true-emergency'],
    ['h1', true, 'true-emergency'],
  ]);
});

test('how soon cases were taken is told by role, and what nobody took apart', async () => {
  const { answers, overdue } = await load();
  // Of zhou: h1 after eight minutes, h12 after 40 s, h14 and h15 at once. Ten buttons and the pulse waited in vain.
  expect(answers).toMatchObject([
    { by: 'grid-worker', cases: 4, owed: 4, within: 3, took: { n: 4, p50Ms: 0, p90Ms: 480 * SECOND } },
    { by: 'nobody', cases: 11, owed: 11, within: 0, took: { n: 0 } },
  ]);
  expect(overdue).toMatchObject([{ name: '', overdue: 11, open: 11 }]);
});

test('what has stood for longer than a day is told as of now', async () => {
  expect((await load()).stale).toEqual({ raised: 0, now: 0, urgentNow: 0, oldest: [] });
});

test('of people and of things apart or together, and of a period that cannot be none', async () => {
  const [people, things, all] = [await load(), await load('', 'things'), await load('', 'all')];
  expect(things).toMatchObject({ needs: { confirmed: 0, found: [] }, calls: 0 });
  expect(things.answers.filter(({ by }) => by !== 'nobody')).toEqual([]);
  expect([people.alerts, all.alerts]).toEqual([18, 18 + things.alerts]);
  for (const query of [`from=${START}&to=${START}`, `from=${START}&to=${START + 401 * DAY}`]) {
    const answer = await ask(`/alert-load?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'PERIOD_TOO_LONG' }]);
    expect((await ask(`/alert-load.csv?${query}`)).status).toBe(422);
  }
});

test('of a time that nobody wrote down there are alerts, and no figures of an hour', async () => {
  const answer = await ask(`/alert-load?about=people&from=${START - 2 * DAY}&to=${START - DAY}`);
  const { hours, total } = (await answer.json()) as AlertLoadReply;
  expect([hours, total]).toEqual([0, { desks: 1, above: 0, alerts: 0 }]);
});

test('where there are more than are counted, the newest are, and the hours from there on', async () => {
  const max = LIMITS.alertLoadMax;
  Object.assign(LIMITS, { alertLoadMax: 5 });
  try {
    // The three of the fifth hour, that of the fourth, and the later one of the third.
    const { alerts, countedFrom, hours, total } = await load();
    expect([alerts, countedFrom, hours]).toEqual([5, START + 2 * HOUR + 40 * SECOND, 3]);
    expect(total.perHour).toMatchObject({ mean: 4 / 3, max: 3 });
  } finally {
    Object.assign(LIMITS, { alertLoadMax: max });
  }
});

test('as a table, a figure a row, with the mark beside it', async () => {
  const answer = await ask(`/alert-load.csv?${PERIOD}&about=people`);
  expect(answer.headers.get('content-disposition')).toContain('alert-load-2026-03-31-2026-03-31.csv');
  const rows: string[][] = parse(await answer.text(), { bom: true });
  expect(rows[0]).toEqual(['指标', '对象', '数值', '单位', '参考值']);
  expect(rows).toContainEqual(['每小时告警（平均）', '合计', '3', '条', '6 以内可接受，最多 12']);
  expect(rows).toContainEqual(['告警洪峰时间占比', '合计', '1.481', '%', '小于 1']);
  expect(rows).toContainEqual(['系统漏掉的：被发现时已需要帮助，之前没有告警', '合计', '1', '件', '0']);
  expect(rows).toContainEqual(['按时接手', '网格员', '3', '件', '']);
  expect(rows.some(([figure, of]) => figure === '系统漏掉' && of?.includes('h14'))).toBe(true);
});

test('between two pages of many alerts and cases others have their turn', async () => {
  const { pageLengthMax } = LIMITS;
  const { records } = service.service;
  const within = { paths: ['haitang'], openedFrom: START, openedTo: END };
  Object.assign(LIMITS, { pageLengthMax: 2 });
  try {
    let turns = 0;
    let isCounting = true;
    const turn = (): void => {
      turns++;
      if (isCounting) setImmediate(turn);
    };
    setImmediate(turn);
    let cases = 0;
    for await (const _ of casesOf(records, within)) cases++;
    isCounting = false;
    expect(cases).toBeGreaterThan(12);
    expect(turns).toBeGreaterThan(cases / 2 - 2);
  } finally {
    Object.assign(LIMITS, { pageLengthMax });
  }
});
