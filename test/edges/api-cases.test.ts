import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { tokenFor } from './api-service.ts';

const staff = registryEntrySchema.parse({
  noun: 'staff',
  id: 'sun',
  name: '孙伟',
  roles: [{ role: 'committee', node: 'haitang' }],
  channels: [{ channel: 'terminal', address: 'sun' }],
});
const entries = [
  ...community({ h1: [{ id: 'band', model: 'wristband' }] }).map((entry) =>
    entry.noun === 'device' ? { ...entry, enrolledAt: Date.now() - 86_400_000 } : entry,
  ),
  staff,
];
const rules = [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }];

let dir: string;
let service: TestService;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-cases-'));
  service = await testService({ dir, entries, rules });
  const everywhere = { node: '' };
  tokens['zhou'] = await tokenFor(service.service, 'zhou', { role: 'responder', ...everywhere });
  tokens['wu'] = await tokenFor(service.service, 'wu', { role: 'responder', ...everywhere });
  tokens['chen'] = await tokenFor(service.service, 'chen', { role: 'operator', ...everywhere });
  tokens['eve'] = await tokenFor(service.service, 'eve', { role: 'viewer', node: 'elsewhere' });
});
afterAll(async () => {
  await service.stop();
  await rm(dir, { recursive: true, force: true });
});

let keys = 0;
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what is read of an answer is what the test is about
  readonly body: any;
  readonly headers: Headers;
}

async function ask(who: string, method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'accept-language': 'en',
      ...(method === 'POST' ? { 'idempotency-key': key ?? `k${++keys}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
}
const get = (who: string, path: string) => ask(who, 'GET', path);
const post = (who: string, path: string, body: unknown, key?: string) => ask(who, 'POST', path, body, key);

let pressed = 0;
/** A new case: somebody presses the button. */
async function press(): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ at: Date.now() + ++pressed, event: 'sos' }));
  const topic = 'shouwang/band/telemetry';
  await service.service.deliver({ receivedAt: service.service.clock.now(), topic, payload, client: 'band' });
  return soon(async () => {
    const { items } = (await get('chen', '/cases?status=open')).body;
    expect(items).toHaveLength(1);
    return items[0].id as string;
  });
}

const OUTCOME = { outcome: 'true-need', contactMadeBy: 'ZHOU', contact: 'seen' };
const code = ({ body }: Answer): string => body.code;

describe('a case over HTTP', () => {
  test('goes from the press to the ledger, through the hands of two people', async () => {
    const id = await press();
    expect((await post('zhou', `/cases/${id}/acknowledge`, {})).body.case).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'ZHOU',
    });
    const second = await post('wu', `/cases/${id}/acknowledge`, {});
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      code: 'CASE_ALREADY_ACKNOWLEDGED',
      details: { acknowledgedBy: 'ZHOU', by: 'ZHOU' },
    });
    expect((await post('zhou', `/cases/${id}/steps`, { step: 'on-site' })).status).toBe(200);
    expect(code(await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' }))).toBe(
      'CASE_NOT_RESOLVED',
    );
    const unsaid = { outcome: 'true-need', contactMadeBy: 'ZHOU' };
    expect(code(await post('zhou', `/cases/${id}/resolve`, unsaid))).toBe('CASE_CONTACT_REQUIRED');
    expect((await post('zhou', `/cases/${id}/resolve`, OUTCOME)).body.case).toMatchObject({
      status: 'resolved',
      contact: 'seen',
    });
    expect((await get('chen', '/status')).body).toMatchObject({ awaitingCallBack: 1, openCases: { P1: 0 } });
    expect((await get('wu', '/cases?status=resolved')).body.items).toHaveLength(1);
    expect(code(await post('zhou', `/cases/${id}/call-back`, { result: 'satisfied' }))).toBe(
      'CASE_CALL_BACK_BY_RESOLVER',
    );
    expect(code(await post('wu', `/cases/${id}/strike-off`, { reason: '搬走' }))).toBe('NOT_ALLOWED');
    expect((await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' })).body.case.status).toBe(
      'struck-off',
    );
    expect(code(await post('wu', `/cases/${id}/notes`, { text: '补充' }))).toBe('CASE_STRUCK_OFF');
  });

  test('is given to somebody who may take it, and to nobody else', async () => {
    const id = await press();
    const { items } = (await get('zhou', `/cases/${id}/assignees`)).body;
    expect(items).toEqual([
      { kind: 'staff', id: 'sun', name: '孙伟', roles: ['committee'], reachable: true },
      ...['admin', 'chen', 'wu', 'zhou'].map((one) => expect.objectContaining({ kind: 'user', id: one })),
    ]);
    expect(items.filter(({ roles }: { roles: string[] }) => roles.length === 0)).toEqual([]);
    expect(code(await post('zhou', `/cases/${id}/assign`, { to: { kind: 'user', id: 'eve' } }))).toBe(
      'CASE_ASSIGNEE_UNKNOWN',
    );
    expect(
      (await post('zhou', `/cases/${id}/assign`, { to: { kind: 'user', id: 'wu' } })).body.case,
    ).toMatchObject({
      acknowledgedBy: 'ZHOU',
      assignedTo: 'WU',
    });
    // It stands among the cases of both.
    expect((await get('wu', '/cases?status=acknowledged&owner=WU')).body.items).toMatchObject([{ id }]);
    expect((await get('wu', '/cases?status=acknowledged&owner=ZHOU')).body.items).toMatchObject([{ id }]);
    expect((await post('wu', `/cases/${id}/acknowledge`, {})).body.case.acknowledgedBy).toBe('WU');
    await post('wu', `/cases/${id}/resolve`, { ...OUTCOME, contactMadeBy: 'WU' });
    expect((await post('chen', `/cases/${id}/strike-off`, { reason: '已搬离' })).body.case.status).toBe(
      'struck-off',
    );
  });

  test('keeps a photo for those who may see it, and takes nothing else for one', async () => {
    const id = await press();
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    const photo = {
      mediaType: 'image/jpeg',
      data: jpeg.toString('base64'),
      note: '门口',
      latitude: 39.9,
      longitude: 116.4,
    };
    const key = 'photo-1';
    const first = await post('zhou', `/cases/${id}/photos`, photo, key);
    expect(first.body.case).toMatchObject({ photos: 1 });
    expect((await post('zhou', `/cases/${id}/photos`, photo, key)).body.case).toMatchObject({ photos: 1 });
    const { entries: lines } = (await get('wu', `/cases/${id}`)).body;
    const line = lines.at(-1);
    expect(line).toMatchObject({
      type: 'photo',
      by: 'ZHOU',
      text: { en: 'Photo (at 39.90000, 116.40000). 门口' },
    });
    const shown = await fetch(`${service.url}/api/v1/cases/${id}/photos/${line.photo}`, {
      headers: { authorization: `Bearer ${tokens['wu']}` },
    });
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
    expect(shown.headers.get('cache-control')).toContain('no-store');
    expect(Buffer.from(await shown.arrayBuffer()).equals(jpeg)).toBe(true);
    expect((await get('eve', `/cases/${id}/photos/${line.photo}`)).status).toBe(404);
    const stranger = await fetch(`${service.url}/api/v1/cases/${id}/photos/${line.photo}`);
    expect(stranger.status).toBe(401);
    const page = { ...photo, data: Buffer.from('<script>').toString('base64') };
    expect(code(await post('zhou', `/cases/${id}/photos`, page))).toBe('PHOTO_INVALID');
    const large = Buffer.concat([jpeg, Buffer.alloc(LIMITS.photoBytesMax)]).toString('base64');
    expect(['PHOTO_INVALID', 'PAYLOAD_TOO_LARGE']).toContain(
      code(await post('zhou', `/cases/${id}/photos`, { ...photo, data: large })),
    );
    for (const nowhere of [{ latitude: 39.9 }, { longitude: 116.4 }, { latitude: 99, longitude: 116.4 }]) {
      const asked = { step: 'on-site', ...nowhere };
      expect(code(await post('zhou', `/cases/${id}/steps`, asked))).toBe('POSITION_INVALID');
      expect(code(await post('zhou', `/cases/${id}/photos`, { ...photo, longitude: undefined }))).toBe(
        'POSITION_INVALID',
      );
    }
    await post('zhou', `/cases/${id}/resolve`, OUTCOME);
    expect(code(await post('wu', `/cases/${id}/call-back`, { result: 'not-satisfied' }))).toBe(
      'CASE_CALL_BACK_UNSAID',
    );
    const forged = { result: 'not-satisfied', unsaid: true };
    expect(code(await post('wu', `/cases/${id}/call-back`, forged))).toBe('REQUEST_INVALID');
    expect(
      (await post('wu', `/cases/${id}/call-back`, { result: 'not-satisfied', note: '还在疼' })).body.case,
    ).toMatchObject({ status: 'open', reopened: 1 });
    await post('zhou', `/cases/${id}/resolve`, OUTCOME);
    expect((await post('wu', `/cases/${id}/reopen`, { reason: '再看一次' })).body.case).toMatchObject({
      reopened: 2,
    });
    await post('zhou', `/cases/${id}/resolve`, OUTCOME);
    await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' });
  });

  test('is changed once by a request that is sent again after its answer was lost', async () => {
    const id = await press();
    const note = { text: '敲门无人应' };
    await post('zhou', `/cases/${id}/notes`, note, 'lost');
    // As if the process had ended before it kept the answer: only the core remembers the key.
    const { records } = service.service;
    await records.retain(
      {
        alertsMs: 1e15,
        casesMs: 1e15,
        photosMs: 1e15,
        visitsMs: 1e15,
        rejectionsKept: 9,
        eventsKept: 999,
        rejectionsMs: 1e15,
        eventsMs: 1e15,
        idempotencyMs: -1e12,
      },
      service.service.clock.now(),
    );
    expect(
      (await post('zhou', `/cases/${id}/notes`, note, 'lost')).headers.get('idempotent-replayed'),
    ).toBeNull();
    const notes = (await records.caseEntries(id)).filter(({ type }) => type === 'note');
    expect(notes).toHaveLength(1);
    // Another account may have chosen the same key.
    await post('wu', `/cases/${id}/notes`, note, 'lost');
    expect((await records.caseEntries(id)).filter(({ type }) => type === 'note')).toHaveLength(2);
    await post('zhou', `/cases/${id}/resolve`, OUTCOME, 'resolved');
    await service.stop();
    service = await testService({ dir, entries, rules });
    expect((await post('zhou', `/cases/${id}/resolve`, OUTCOME, 'resolved')).body.case.status).toBe(
      'resolved',
    );
    expect((await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' })).body.case.status).toBe(
      'struck-off',
    );
  });

  test('stands in the ledger with what was found and how long it took', async () => {
    const period = `from=0&to=${Date.now() + 1e6}`;
    const { body } = await get('chen', `/ledger?${period}`);
    expect(body).toMatchObject({
      cases: 4,
      truncated: false,
      byStatus: { open: 0, acknowledged: 0, resolved: 0, 'struck-off': 4 },
      byPriority: { P1: 4, P2: 0 },
      byKind: { safety: 4, technical: 0 },
      byOutcome: { 'true-need': 4, away: 0 },
      reopened: 1,
    });
    // Four cases; one of them was reopened twice, and had to be taken again each time.
    expect(body.targets.P1.acknowledge).toMatchObject({ owed: 6, within: 6 });
    expect(body.targets.P1.resolve.p90Ms).toBeGreaterThanOrEqual(body.targets.P1.resolve.p50Ms);
    expect((await get('eve', `/ledger?${period}`)).body.cases).toBe(0);
    const { body: csv, headers } = await get('chen', `/ledger.csv?${period}`);
    expect(headers.get('content-type')).toContain('text/csv');
    // Two months are two files.
    expect(headers.get('content-disposition')).toMatch(/"ledger-(\d{4}-\d\d-\d\d)-(\d{4}-\d\d-\d\d)\.csv"$/);
    const rows = (csv as string).trim().split('\r\n');
    // Two of the four were reopened, one of them twice; each round is a row of its own.
    expect(rows).toHaveLength(7);
    expect(rows[0]).toContain('number,kind,category,priority,status,case');
    expect(rows[1]).toContain('True need');
    expect((await get('chen', '/ledger?from=0')).status).toBe(400);
  });
});

describe('where somebody is who calls for help', () => {
  const says = (payload: object): Promise<unknown> =>
    service.service.deliver({
      receivedAt: service.service.clock.now(),
      topic: 'shouwang/band/telemetry',
      payload: Buffer.from(JSON.stringify(payload)),
      client: 'band',
    });
  const positions = async (id: string): Promise<unknown> =>
    (await get('chen', `/cases/${id}`)).body.positions;

  test('is said with the case while it is open, and to nobody afterwards', async () => {
    const at = Date.now();
    await says({ at: at - 90 * 60_000, latitude_deg: 31.1, longitude_deg: 121.1 });
    const id = await press();
    await soon(async () =>
      expect(await positions(id)).toEqual([
        { device: 'band', at: at - 90 * 60_000, latitude_deg: 31.1, longitude_deg: 121.1 },
      ]),
    );
    await says({ at, latitude_deg: 31.2304, longitude_deg: 121.4737 });
    // Half a position, of which the other half was not taken.
    await says({ at: at + 1, latitude_deg: 31.3 });
    const here = [{ device: 'band', at, latitude_deg: 31.2304, longitude_deg: 121.4737 }];
    await soon(async () => expect(await positions(id)).toEqual(here));
    expect((await get('eve', `/cases/${id}`)).status).toBe(404);
    expect(JSON.stringify((await get('chen', '/cases')).body)).not.toContain('31.2304');
    await post('zhou', `/cases/${id}/acknowledge`, {});
    expect(await positions(id)).toEqual(here);
    expect((await post('zhou', `/cases/${id}/resolve`, OUTCOME)).status).toBe(200);
    expect(await positions(id)).toBeUndefined();
  });
});

describe('a case in the hands of one of two namesakes', () => {
  test('tells two people of one name apart by their accounts, which nobody can say for himself', async () => {
    const records = service.service.records;
    const user = await records.user('wu');
    if (!user) throw new Error('there is no wu');
    await records.saveUser({ ...user, name: 'ZHOU' });
    const id = await press();
    expect((await post('zhou', `/cases/${id}/acknowledge`, {})).body.case).toMatchObject({
      acknowledgedBy: 'ZHOU',
      acknowledgedByAccount: 'zhou',
    });
    const second = await post('wu', `/cases/${id}/acknowledge`, {});
    expect([second.status, code(second)]).toEqual([409, 'CASE_ALREADY_ACKNOWLEDGED']);
    expect(second.body.details).toMatchObject({ acknowledgedBy: 'ZHOU', acknowledgedByAccount: 'zhou' });
    expect((await post('wu', `/cases/${id}/acknowledge`, { account: 'zhou' })).status).toBe(400);
    expect((await post('zhou', `/cases/${id}/resolve`, OUTCOME)).status).toBe(200);
    expect((await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' })).status).toBe(200);
    await records.saveUser(user);
  });
});

test('the lines of a time line before one of them are given', async () => {
  const id = await press();
  await post('zhou', `/cases/${id}/notes`, { text: '敲门无人应' });
  const { entries } = (await get('zhou', `/cases/${id}`)).body as { entries: { n: number }[] };
  const last = entries.at(-1)?.n ?? 0;
  expect(last).toBeGreaterThan(3);
  const before = await get('zhou', `/cases/${id}/entries?before=${last}&limit=2`);
  expect(before).toMatchObject({ status: 200, body: { items: entries.slice(-3, -1) } });
  expect(await get('zhou', '/cases/x.c9/entries?before=2')).toMatchObject({ status: 404 });
  await post('zhou', `/cases/${id}/resolve`, OUTCOME);
  await post('wu', `/cases/${id}/call-back`, { result: 'satisfied' });
});
