import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchedHoursReply } from '../../src/api/routes/watched-hours.ts';
import { DAY, HOUR, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, gridWorker, T0 } from '../core.ts';
import { ADMIN, signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

/** Whether the button of h1 is pressed is looked at; of h2 nothing comes; h3 stands elsewhere, and is away. */
const START = T0 + 30 * DAY;
const clock = new ManualClock(START);
let service: TestService;
let cookie: string;

beforeAll(async () => {
  const entries = [
    ...community({ h1: [{ id: 'b1', model: 'wristband' }], h2: [], h3: [{ id: 'b3', model: 'wristband' }] }),
    registryEntrySchema.parse({ noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' }),
    gridWorker('zhou'),
  ].map((entry) =>
    entry.noun === 'home' && entry.id === 'h3' ? { ...entry, parent: 'haitang/g2', name: '=h3' } : entry,
  );
  const rules = [{ id: 'B1', kind: 'event', params: { events: ['sos'] } }];
  service = await testService({ entries, rules, clock });
  cookie = await signIn(service.url);
  for (const device of ['b1', 'b3']) await hears(device);
  const away = { from: START, until: START + 10 * DAY, kind: 'travel', note: '去女儿家' };
  const body = JSON.stringify(away);
  const headers = { cookie, origin: service.url, 'content-type': 'application/json', 'idempotency-key': 'a' };
  const url = `${service.url}/api/v1/homes/h3/away`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  // Four quarters, in each of which the bands are heard.
  for (let quarter = 1; quarter <= 4; quarter++) {
    clock.advance(15 * MINUTE);
    for (const device of ['b1', 'b3']) await hears(device);
    service.look();
    await soon(async () => expect(await looked()).toBe(quarter));
  }
  clock.advance(15 * MINUTE);
});
afterAll(() => service?.stop());

async function hears(device: string): Promise<void> {
  const payload = Buffer.from(JSON.stringify({ battery_pct: 80 }));
  const message = { receivedAt: clock.now(), topic: `shouwang/${device}/telemetry`, payload };
  await new Promise<void>((done) => {
    service.loop.receive({ message, qos: 1, done });
  });
}
/** Quarters that are written down. */
async function looked(): Promise<number> {
  const rows = await service.service.records.metaUnder('watched.');
  const runs = rows
    .filter(({ key }) => key.endsWith('.looks'))
    .flatMap(({ value }) => JSON.parse(value).runs);
  return runs.reduce((sum: number, [from, to]: [number, number]) => sum + to - from, 0);
}
const ask = (path: string) => fetch(`${service.url}/api/v1${path}`, { headers: { cookie } });
const period = `from=${START + 15 * MINUTE}&to=${START + 15 * MINUTE + HOUR}`;
async function hours(query = ''): Promise<WatchedHoursReply> {
  return (await (await ask(`/watched-hours?${period}${query}`)).json()) as WatchedHoursReply;
}

test('an hour of three homes, of which one was blind and one away', async () => {
  const { total, homes, more, recordedFrom } = await hours();
  expect(total).toMatchObject({
    homes: 3,
    share: 0.5,
    hours: { watched: 1, blind: 1, untold: 0, unarmed: 0, away: 1, unattended: 0, unknown: 0 },
  });
  expect(homes.map(({ home, places }) => [home, ...places.map(({ name }) => name)])).toEqual([
    ['h2', '海棠社区', '第一网格', '1号楼', '1单元'],
  ]);
  expect([more, recordedFrom]).toEqual([0, START + 15 * MINUTE]);
});

test('of one area its homes alone, and of a period that cannot be none', async () => {
  expect((await hours('&path=haitang/g2')).total).toMatchObject({ homes: 1, hours: { away: 1, blind: 0 } });
  expect((await hours('&path=haitang/g9')).total).toMatchObject({ homes: 0 });
  const wrong = [`from=${START}&to=${START}`, `from=${START}&to=${START + 401 * DAY}`];
  for (const query of wrong) {
    const answer = await ask(`/watched-hours?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'PERIOD_TOO_LONG' }]);
    expect((await ask(`/watched-hours.csv?${query}`)).status).toBe(422);
  }
});

test('as a table, after a row of the sum', async () => {
  const answer = await ask(`/watched-hours.csv?${period}`);
  expect(answer.headers.get('content-disposition')).toContain('watched-hours-2026-03-31-2026-03-31.csv');
  const rows: string[][] = parse(await answer.text(), { bom: true });
  expect(rows.slice(1)).toEqual([
    ['合计', '', '50.0', '1', '1', '0', '0', '1', '0', '0', '1'],
    ['海棠社区 第一网格 1号楼 1单元 h2', 'h2', '0.0', '0', '1', '0', '0', '0', '0', '0', '1'],
  ]);
  expect(rows[0]?.slice(0, 4)).toEqual(['住户', '编号', '看护率（%）', '看护（小时）']);
});

test('whoever sees one grid learns of no other', async () => {
  const body = JSON.stringify({
    id: 'wu',
    name: '吴',
    password: ADMIN.password,
    roles: [{ role: 'viewer', node: 'haitang/g2' }],
  });
  const headers = { cookie, origin: service.url, 'content-type': 'application/json', 'idempotency-key': 'u' };
  const made = await fetch(`${service.url}/api/v1/users`, { method: 'POST', headers, body });
  expect([made.status, await made.text()]).toMatchObject([201, expect.anything()]);
  const signed = await fetch(`${service.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'wu', password: ADMIN.password }),
  });
  const theirs = (signed.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const url = `${service.url}/api/v1/watched-hours?${period}`;
  const { total, homes } = (await (
    await fetch(url, { headers: { cookie: theirs } })
  ).json()) as WatchedHoursReply;
  expect([total.homes, homes]).toEqual([1, []]);
});
