import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, gridWorker, T0 } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { weeksOfWater } from '../weeks-of-water.ts';

let service: TestService;
let cookie: string;
const NOW = Date.now();

beforeAll(async () => {
  const homes = {
    h1: [{ id: 'wm-h1', model: 'water-meter', gateway: 'gw1' }],
    h2: [
      { id: 'wm-h2', model: 'water-meter' },
      { id: 'wb-h2', model: 'wristband' },
    ],
    h3: [],
    h4: [{ id: 'wb-h4', model: 'wristband' }],
    h5: [{ id: 'wm-h5', model: 'water-meter' }],
  };
  const entries = [...community(homes, ['gw1']), gridWorker('zhou')].map((entry) =>
    entry.noun === 'device' ? registryEntrySchema.parse({ ...entry, enrolledAt: NOW - 60 * DAY }) : entry,
  );
  const rules = [
    { id: 'W1', kind: 'low-consumption', params: {} },
    { id: 'B1', kind: 'event', params: { events: ['sos'] } },
    { id: 'M1', kind: 'silence', params: {} },
    { id: 'W0', kind: 'personal-routine', params: { historyDays: 14 } },
    { id: 'M2-leak', kind: 'event', params: { events: ['leak'], about: 'home' } },
  ];
  const overrides = [
    { home: 'h2', rule: 'W1', params: { belowLitres: 5 }, author: '周敏', reason: '养鱼' },
    { home: 'h5', rule: 'W1', enabled: false, author: '周敏', reason: '住院' },
  ];
  service = await testService({ entries, rules, overrides });
  cookie = await signIn(service.url);
  for (const [device, reading] of [
    ...weeksOfWater(NOW).map((day) => ['wm-h2', day] as const),
    ['wm-h2', { water_index_m3: 12 }],
    ['wb-h2', { battery_pct: 80 }],
    ['wb-h4', { battery_pct: 80 }],
    ['wm-h5', { water_index_m3: 12 }],
  ] as const) {
    const payload = Buffer.from(JSON.stringify(reading));
    const message = { receivedAt: Date.now(), topic: `shouwang/${device}/telemetry`, payload };
    await new Promise<void>((done) => {
      service.loop.receive({ message, qos: 1, done });
    });
  }
});
afterAll(() => service?.stop());

let key = 0;
async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: {
      cookie,
      origin: service.url,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': `watch-${++key}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}
interface Watched {
  readonly home: { readonly id: string };
  readonly level: string;
  readonly reasons: readonly { readonly state: string; readonly rules: readonly string[] }[];
}
const watched = async (query = ''): Promise<string[]> => {
  const { body } = await ask('GET', `/watch${query}`);
  return (body as { items: Watched[] }).items.map(
    ({ home, level, reasons }) => `${home.id} ${level}: ${reasons.map(({ state }) => state).join(' ')}`,
  );
};

test('homes that are not fully watched are listed with the reason; a smoke detector that nobody has is none', async () => {
  expect(await watched()).toEqual([
    'h1 unwatched: never-reported',
    'h2 partly: no-rule',
    'h3 unwatched: no-device',
    'h4 partly: no-rule',
    'h5 unwatched: switched-off',
  ]);
  // No rule in this set judges the blood pressure of their bands.
  expect(await watched('?level=partly')).toEqual(['h2 partly: no-rule', 'h4 partly: no-rule']);
  expect(await watched('?path=haitang/g9')).toEqual([]);
  expect((await ask('GET', '/watch?level=asleep')).status).toBe(400);
});

test('the homes behind a gateway are listed alone: whom it leaves unwatched when it is dead', async () => {
  expect(await watched('?gateway=gw1')).toEqual(['h1 unwatched: never-reported']);
  expect(await watched('?gateway=gw1&level=partly')).toEqual([]);
  expect(await watched('?gateway=gw9')).toEqual([]);
});

test('a home that is away is listed as that, until it is back', async () => {
  const from = Date.now();
  const period = { from, until: from + 7 * DAY, kind: 'travel', note: '去女儿家' };
  expect((await ask('POST', '/homes/h2/away', period)).status).toBe(200);
  expect(await watched('?level=away')).toEqual(['h2 away: no-rule away']);
  const { body } = await ask('POST', '/homes/h2/back', { from });
  expect(body).toMatchObject({ home: { id: 'h2' } });
  expect(await watched('?level=away')).toEqual([]);
  expect(await ask('POST', '/homes/h2/back', { from })).toMatchObject({
    status: 404,
    body: { code: 'AWAY_NOT_FOUND' },
  });
  expect(await ask('POST', '/homes/h9/away', period)).toMatchObject({ body: { code: 'HOME_NOT_FOUND' } });
  const past = { ...period, from: T0, until: T0 + DAY };
  expect(await ask('POST', '/homes/h2/away', past)).toMatchObject({
    status: 422,
    body: { code: 'AWAY_OVER' },
  });
});

test('what each rule does about a home comes with what the rule is called', async () => {
  const { body } = await ask('GET', '/homes/h2/watch');
  expect(body).toMatchObject({
    items: [
      {
        rule: 'W1',
        state: 'watching',
        title: { zh: '24 小时用水过少' },
        own: [{ author: '周敏', reason: '养鱼' }],
      },
      { rule: 'B1', device: 'wb-h2', state: 'watching' },
      { rule: 'M1', device: 'wb-h2', state: 'watching' },
      { rule: 'M1', device: 'wm-h2', state: 'watching' },
      {
        rule: 'W0',
        state: 'watching',
        usual: {
          zh: '这户平常最长白天约 5 小时、夜里约 5 小时不用水',
          en: 'This home usually goes at most about 5 h by day and 5 h in a night without water',
        },
      },
      { rule: 'M2-leak', device: 'wm-h2', state: 'watching' },
    ],
  });
});

test('a rule that is switched off in one home says by whom and why', async () => {
  const { body } = await ask('GET', '/homes/h5/watch');
  expect((body as { items: unknown[] }).items[0]).toMatchObject({
    rule: 'W1',
    state: 'switched-off',
    own: [{ author: '周敏', reason: '住院' }],
  });
});
