import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { milderLimit } from '../../src/app/milder-limit.ts';
import { writeOverride } from '../../src/config/rule-overrides.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { wilson } from '../../src/lib/wilson.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Outcome } from '../../src/model/case.ts';
import type { Service } from '../../src/ports/service.ts';
import { atLength } from '../runs.ts';
import { Story } from '../scenarios/story.ts';
import { type Ask, apiFor, asking, type TestService, testService, tokenFor } from './api-service.ts';

/** The API over a real core in virtual time, whose effects are committed into real records. */
const setting = {
  homes: { h1: ['meter', 'band'], h2: ['meter'] },
  rules: [
    { id: 'W3', kind: 'no-draw', params: { gapHours: 20 } },
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
  ],
  channels: ['robot'],
  entries: [
    {
      noun: 'staff',
      id: 'zhou',
      name: '周敏',
      roles: [{ role: 'grid-worker', node: 'haitang' }],
      channels: [{ channel: 'robot', address: 'zhou' }],
    },
  ],
} as const;

let story: Story;
let kept: TestService;
let close: () => Promise<void>;
let operator: Ask;
let elsewhere: Ask;
let asked: (role: 'viewer' | 'responder' | 'operator') => Promise<Ask>;
let overridden: Parameters<Service['overrideRule']>[0] | undefined;

beforeEach(async () => {
  story = new Story(setting);
  kept = await testService();
  overridden = undefined;
  // All that the story did by itself is committed as it happens.
  const input = story.input.bind(story);
  const waiting: Parameters<TestService['commit']>[0][] = [];
  story.input = (one) => {
    const effects = input(one);
    waiting.push(...effects);
    return effects;
  };
  const flush = () => kept.commit(...waiting.splice(0).filter(({ type }) => type !== 'reply'));
  const service: TestService = {
    ...kept,
    registry: story.core.registry,
    clock: Object.assign(kept.clock, { now: () => story.now }),
    submit: async (command, by) => {
      const id = `c${waiting.length}-${story.core.seq}`;
      const effects = story.input({ kind: 'command', receivedAt: story.now, id, by, command });
      await flush();
      const reply = effects.find((effect) => effect.type === 'reply');
      if (reply?.type !== 'reply') throw new Error('no answer');
      return reply.reply;
    },
    silences: () => story.core.service.silences,
    placeOf: (home) => story.core.registry.place(home),
    milderLimit: (home, rule, alerts) => milderLimit(story.core, home, rule, alerts),
    overrideRule: async (override) => {
      overridden = override;
      return { ok: true, version: 'next', content: '3f9a2c1b', change: 'same-version' };
    },
  };
  committed = flush;
  const { app, close: end } = await apiFor(service);
  close = end;
  operator = asking(app, await tokenFor(service, 'operator', { role: 'operator', node: 'haitang' }));
  asked = async (role) => asking(app, await tokenFor(service, role, { role, node: 'haitang' }));
  elsewhere = asking(app, await tokenFor(service, 'elsewhere', { role: 'operator', node: 'yulan' }));
});
let committed: () => Promise<unknown>;

afterEach(async () => {
  await close();
  await kept.close();
});

test('a silence is made, seen by whom it concerns, and ended; what it held back is counted', async () => {
  story.until('10:00');
  const body = { home: 'h1', until: story.now + HOUR, reason: '换水表', includesP1: '与老人演示按钮' };
  const made = await operator('POST', '/silences', body);
  expect(made.status).toBe(201);
  story.home('h1').band.presses();
  await committed();
  const { body: list } = await operator('GET', '/silences');
  expect(list.items).toMatchObject([{ home: 'h1', by: 'OPERATOR', reason: '换水表', active: true, held: 2 }]);
  expect((await operator('GET', '/cases')).body.items[0].silenced).toMatchObject({ reason: '换水表' });
  expect((await elsewhere('GET', '/silences')).body.items).toEqual([]);
  const { id } = made.body.silence;
  expect((await elsewhere('POST', `/silences/${id}/end`)).status).toBe(404);
  expect((await operator('POST', `/silences/${id}/end`)).body.silence).toMatchObject({ active: false });
  // A rule or a channel everywhere is the affair of who answers for everywhere.
  expect(
    (await operator('POST', '/silences', { rule: 'W3', until: body.until, reason: '换水表' })).status,
  ).toBe(403);
  expect(
    (await operator('POST', '/silences', { home: 'h9', until: body.until, reason: '换水表' })).status,
  ).toBe(404);
});

test('a silence says why in more than a letter', async () => {
  const body = { home: 'h1', until: story.now + HOUR, reason: '换水表', includesP1: '与老人演示按钮' };
  expect((await operator('POST', '/silences', { ...body, reason: 'x' })).status).toBe(400);
  expect((await operator('POST', '/silences', { ...body, includesP1: 'x' })).status).toBe(400);
});

test('a drill is opened, goes its way, tells who answered when, and is counted nowhere', async () => {
  story.until('10:00');
  const begun = await operator('POST', '/homes/h1/drill', { priority: 'P1' });
  expect(begun.body.case).toMatchObject({ kind: 'drill', priority: 'P1', status: 'open' });
  const { id } = begun.body.case;
  story.after(40_000);
  story.acknowledge(id, '周敏');
  story.after(MINUTE);
  story.resolve(id, 'true-need', '周敏', '周敏');
  story.callBack(id, 'satisfied', '吴强');
  await committed();
  const { body: report } = await operator('GET', `/cases/${id}/drill`);
  expect(report).toMatchObject({ over: true, told: [{ name: '周敏', channel: 'robot' }, {}] });
  const ways = report.told.map(({ name, channel }: Record<string, string>) => `${name} ${channel}`);
  expect(ways).toEqual([...new Set(ways)]);
  expect(report.told[0].notices).toBeGreaterThan(0);
  expect(
    report.steps.map(({ what, by, afterMs }: { what: string; by: string; afterMs: number }) => [
      what,
      by,
      afterMs,
    ]),
  ).toEqual([
    ['taken', '周敏', 40_000],
    ['reached', '周敏', 100_000],
    ['resolved', '周敏', 100_000],
    ['called-back', '吴强', 100_000],
  ]);
  const period = `from=0&to=${story.now + DAY}`;
  expect((await operator('GET', `/ledger?${period}`)).body.cases).toBe(0);
  expect((await operator('GET', `/ledger?${period}&kind=drill`)).body.cases).toBe(1);
  expect((await operator('GET', `/precision?${period}`)).body).toMatchObject({ cases: 0, rules: [] });
  expect((await elsewhere('POST', '/homes/h1/drill', { priority: 'P1' })).status).toBe(404);
});

test('help that somebody asks for is entered by whoever handles cases there, once, and stands in the ledger', async () => {
  story.until('10:00');
  const responder = await asked('responder');
  const body = { priority: 'P1', from: '女儿李芳', note: '摔倒了，起不来' };
  const entered = await responder('POST', '/homes/h1/help', body);
  expect(entered.status).toBe(201);
  expect(entered.body.case).toMatchObject({ kind: 'safety', priority: 'P1', status: 'open', home: 'h1' });
  await committed();
  const [alert] = (await responder('GET', '/alerts?home=h1')).body.items;
  expect(alert).toMatchObject({ rule: 'asked-by-people', case: entered.body.case.id });
  expect((await responder('POST', '/homes/h1/help', { note: ' ' })).status).toBe(400);
  expect((await responder('POST', '/homes/h1/help', { note: '要水', priority: 'P4' })).status).toBe(400);
  expect((await elsewhere('POST', '/homes/h1/help', body)).status).toBe(404);
  const period = `from=0&to=${story.now + DAY}`;
  expect((await operator('GET', `/ledger?${period}`)).body.byPriority).toMatchObject({ P1: 1 });
  // The first case is opened again when a second one waits for its call-back: what is asked then joins the first.
  const first = entered.body.case.id;
  story.resolve(first, 'true-need', '周敏');
  await committed();
  const second = (await responder('POST', '/homes/h1/help', { note: '头晕' })).body.case.id;
  expect(second).not.toBe(first);
  expect((await operator('GET', `/precision?${period}`)).body.rules).toMatchObject([
    { rule: 'asked-by-people', title: { zh: '来电来人求助' } },
  ]);
  story.resolve(second, 'true-need', '周敏');
  story.callBack(first, 'not-satisfied', '吴强', '还是起不来');
  await committed();
  expect((await responder('POST', '/homes/h1/help', { note: '又摔了' })).body.case.id).toBe(first);
});

test('what a resident asks for is entered by whoever handles cases there, each a case, once, and stands in the ledger', async () => {
  story.until('10:00');
  const responder = await asked('responder');
  const body = { category: 'house-repair', from: '王秀英', note: '水龙头滴水' };
  const once = { 'idempotency-key': 'one-press' };
  const entered = await responder('POST', '/homes/h1/requests', body, once);
  expect(entered.status).toBe(201);
  expect(entered.body.case).toMatchObject({
    kind: 'request',
    category: 'house-repair',
    priority: 'P4',
    home: 'h1',
  });
  const meals = { category: 'errands', note: '送餐' };
  const second = await responder('POST', '/homes/h1/requests', meals);
  expect(second.body.case).toMatchObject({ priority: 'P3', category: 'errands' });
  expect(second.body.case.id).not.toBe(entered.body.case.id);
  const again = await responder('POST', '/homes/h1/requests', body, once);
  expect(again.body.case.id).toBe(entered.body.case.id);
  expect((await responder('GET', '/cases?kind=request')).body.items).toHaveLength(2);
  for (const wrong of [
    { ...meals, note: ' ' },
    { ...meals, category: 'x' },
    { ...meals, priority: 'P1' },
  ])
    expect((await responder('POST', '/homes/h1/requests', wrong)).status).toBe(400);
  expect((await elsewhere('POST', '/homes/h1/requests', meals)).status).toBe(404);
  const viewer = await asked('viewer');
  expect((await viewer('POST', '/homes/h1/requests', meals)).status).toBe(403);
  const period = `from=0&to=${story.now + DAY}`;
  expect((await operator('GET', `/ledger?${period}`)).body).toMatchObject({
    byKind: { request: 2, safety: 0 },
    byCategory: { 'house-repair': 1, errands: 1, complaint: 0 },
  });
});

/** A day on which nobody draws until the evening, of which people find this. */
async function quietDay(hours: number, outcome: Outcome): Promise<void> {
  story.home('h1').meter.standsStill();
  story.after(hours * HOUR);
  const id = story.openCase('h1');
  story.home('h1').meter.lives();
  story.after(26 * HOUR);
  expect(id).toBeDefined();
  if (id === undefined) return;
  story.acknowledge(id);
  story.resolve(id, outcome);
  await committed();
}

test('what the service found by itself, and a rule that is gone, stand among the rules in words', async () => {
  story.until('10:00');
  story.home('h1').band.presses();
  await committed();
  const [alert] = (await operator('GET', '/alerts?home=h1')).body.items;
  story.resolve(alert.case, 'true-need', '周敏');
  await committed();
  const titleOf = async (of: Partial<Alert>) => {
    const { case: one } = (await operator('GET', `/cases/${alert.case}`)).body;
    const other = { ...alert, ...of, id: `${alert.id}.${of.rule}` };
    await kept.commit(
      { type: 'alert', change: 'raised', alert: other },
      {
        type: 'case',
        change: 'updated',
        case: { ...one, alerts: [other.id], version: one.version + 1 },
        entries: [],
      },
    );
    const { body } = await operator('GET', `/precision?from=0&to=${story.now + DAY}`);
    return body.rules[0].title.zh;
  };
  const said = { zh: '没有规则发现：跌倒（12 户）', en: 'No rule finds: falls (12 homes)' };
  const ofService = await titleOf({ rule: 'unjudged', ruleKind: 'service', title: said });
  expect(ofService).toMatch(/规则/);
  expect(ofService).not.toMatch(/\d/);
  const gone = { zh: '久坐不动', en: 'Sat for long' };
  expect(await titleOf({ rule: 'Z9', ruleKind: 'sat-for-long', title: gone })).toBe(gone.zh);
});

atLength(
  'precision says how little a few cases tell, and a rule that cries wolf gets a proposal',
  async () => {
    story.until('day 4 07:00');
    await quietDay(24, 'asleep');
    await quietDay(25, 'away');
    expect((await operator('GET', '/precision/proposals')).body.items).toEqual([]);
    await quietDay(26, 'asleep');
    const { body } = await operator('GET', `/precision?from=0&to=${story.now}`);
    expect(body.people).toMatchObject({ cases: 3, true: 0, false: 3 });
    const [rule] = body.rules;
    expect(rule).toMatchObject({
      rule: 'W3',
      title: { zh: '久未用水', en: 'No draw for long' },
      cases: 3,
      true: 0,
      false: 3,
      unknown: 0,
      byOutcome: { asleep: 2, away: 1 },
      share: 0,
      low: 0,
    });
    // Three of three wrong, and still more than half of all might be right.
    expect(rule.high).toBeCloseTo(0.56, 2);
    expect(body.homes).toMatchObject([
      { home: 'h1', false: 3, place: { zh: expect.stringContaining('h1') } },
    ]);
    const { body: proposed } = await operator('GET', '/precision/proposals');
    const [proposal] = proposed.items;
    expect(proposal).toMatchObject({
      home: 'h1',
      rule: 'W3',
      limit: { param: 'gapHours', from: 20, unit: 'h' },
    });
    expect(proposal.limit.to).toBe(Math.floor(Math.max(...proposal.limit.measured)) + 1);
    expect(proposal.cases).toHaveLength(3);
    // It changes nothing by itself.
    expect(overridden).toBeUndefined();
    const accepted = { home: 'h1', rule: 'W3', param: 'gapHours', to: proposal.limit.to, reason: '作息较晚' };
    const gone = await operator('POST', '/precision/proposals/accept', { ...accepted, to: 60 });
    expect([gone.status, gone.body.code]).toEqual([409, 'PROPOSAL_GONE']);
    expect((await operator('POST', '/precision/proposals/accept', accepted)).body).toEqual({
      version: 'next',
    });
    expect(overridden).toEqual({
      home: 'h1',
      rule: 'W3',
      params: { gapHours: proposal.limit.to },
      author: 'OPERATOR',
      reason: '作息较晚',
    });
  },
);

atLength('where no limit can be proposed it is said why, by name', async () => {
  story.until('10:00');
  for (let i = 0; i < 3; i++) {
    story.home('h1').band.presses();
    const id = story.openCase('h1') ?? '';
    story.acknowledge(id);
    story.resolve(id, 'wrong-data');
    story.after(13 * HOUR);
  }
  await committed();
  const { body } = await operator('GET', '/precision/proposals');
  expect(body.items).toMatchObject([{ home: 'h1', rule: 'B1', why: 'no-limit' }]);
  expect(body.items[0].limit).toBeUndefined();
});

atLength(
  'an SOS that was pressed by mistake counts as a false one, and stands in the ledger as what it was',
  async () => {
    story.until('10:00');
    for (const outcome of ['pressed-by-mistake', 'true-need', 'pressed-by-mistake'] as const) {
      story.home('h1').band.presses();
      const id = story.openCase('h1') ?? '';
      story.acknowledge(id);
      story.resolve(id, outcome);
      story.after(13 * HOUR);
    }
    await committed();
    const period = `from=0&to=${story.now}`;
    const { body } = await operator('GET', `/precision?${period}`);
    const byOutcome = { 'pressed-by-mistake': 2, 'true-need': 1 };
    expect(body.rules).toMatchObject([{ rule: 'B1', cases: 3, true: 1, false: 2, unknown: 0, byOutcome }]);
    // Each case once, whatever found it.
    expect(body.people).toMatchObject({ cases: 3, true: 1, false: 2, unknown: 0, byOutcome });
    expect((await operator('GET', `/ledger?${period}`)).body.byOutcome).toMatchObject(byOutcome);
    expect((await operator('GET', `/ledger.csv?${period}`)).body).toContain('误按或误触');
  },
);

atLength(
  'an SOS after which somebody was taken to hospital was true; a day without water that was spent there was not',
  async () => {
    story.until('10:00');
    story.home('h1').band.presses();
    const id = story.openCase('h1') ?? '';
    story.acknowledge(id);
    story.resolve(id, 'hospital');
    story.until('day 4 07:00');
    await quietDay(24, 'hospital');
    const { body } = await operator('GET', `/precision?from=0&to=${story.now}`);
    expect(body.rules).toMatchObject([
      { rule: 'W3', true: 0, false: 1 },
      { rule: 'B1', true: 1, false: 0 },
    ]);
  },
);

atLength('where it was true once in four nothing is proposed for it that would have missed it', async () => {
  story.until('day 4 07:00');
  await quietDay(24, 'true-need');
  await quietDay(24, 'true-need');
  await quietDay(25, 'asleep');
  await quietDay(26, 'asleep');
  expect((await operator('GET', '/precision/proposals')).body.items).toEqual([]);
});

test('the question after an absence is answered over HTTP', async () => {
  story.until('day 2 10:00');
  const body = { from: story.now, until: story.now + DAY, kind: 'hospital' };
  expect((await operator('POST', '/homes/h2/away-answer', { answer: 'back' })).body.code).toBe(
    'AWAY_NOT_ASKED',
  );
  expect((await operator('POST', '/homes/h2/away', body)).status).toBe(200);
  story.home('h2').meter.standsStill();
  story.until('day 3 10:01');
  const answered = await operator('POST', '/homes/h2/away-answer', { answer: 'extend', days: 2 });
  expect(answered.body.home.away).toMatchObject([
    { kind: 'hospital', until: story.now + 2 * DAY, by: 'OPERATOR' },
  ]);
});

test('an absence beyond 90 days takes an operator, and says why', async () => {
  story.until('day 2 10:00');
  const body = { from: story.now, until: story.now + 200 * DAY, kind: 'moved', note: '子女接走，长住杭州' };
  const responder = await asked('responder');
  expect((await responder('POST', '/homes/h2/away', body)).body.code).toBe('AWAY_TOO_LONG');
  const { note: _, ...silent } = body;
  expect((await operator('POST', '/homes/h2/away', silent)).body.code).toBe('AWAY_TOO_LONG');
  expect((await operator('POST', '/homes/h2/away', body)).status).toBe(200);
  const short = { from: story.now, until: story.now + 90 * DAY, kind: 'moved' };
  expect((await responder('POST', '/homes/h1/away', short)).status).toBe(200);
  expect((await operator('GET', '/cases?kind=care')).body.items).toMatchObject([
    { home: 'h2', title: { zh: expect.stringContaining('工作人员登记了外出') } },
    { home: 'h1' },
  ]);
});

test('an override is written behind what stands in the file, comments and all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-rules-'));
  const file = join(folder, 'rules.yaml');
  const text = '# 规则\nversion: v1\nrules:\n  - id: W3 # 无用水\n    kind: no-draw\n';
  await writeFile(file, text);
  const override = { home: 'h1', rule: 'W3', params: { gapHours: 20 }, author: '周敏', reason: '作息较晚' };
  expect(await writeOverride(file, override)).toBeUndefined();
  expect(await writeOverride(file, { ...override, home: 'h2' })).toBeUndefined();
  const after = await readFile(file, 'utf8');
  expect(after.startsWith(text)).toBe(true);
  expect(after.match(/home: h[12]/g)).toEqual(['home: h1', 'home: h2']);
  expect(await writeOverride(join(folder, 'none.yaml'), override)).toMatchObject({
    code: 'RULES_NOT_WRITABLE',
  });
  await rm(folder, { recursive: true });
});

test('the interval of Wilson is the one of the books', () => {
  expect(wilson(0, 0)).toBeUndefined();
  // Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263, 15 of 148.
  expect(wilson(81, 263)?.low).toBeCloseTo(0.2553, 4);
  expect(wilson(81, 263)?.high).toBeCloseTo(0.3662, 4);
  expect(wilson(15, 148)?.low).toBeCloseTo(0.0624, 4);
  expect(wilson(15, 148)?.high).toBeCloseTo(0.1605, 4);
});
