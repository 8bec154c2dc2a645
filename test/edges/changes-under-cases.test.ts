import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { releaseLeftCases } from '../../src/api/releasing.ts';
import { linkToken } from '../../src/app/notice-links.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { linkKeyFile } from '../../src/store/data-files.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { tokenFor } from './api-service.ts';

/** The registry, staff and accounts change while cases are open: over HTTP, as those see it who work on them. */
const staff = (id: string, name: string, node: string) => ({
  noun: 'staff',
  id,
  name,
  phone: `000-${id}`,
  roles: [{ role: 'grid-worker', node }],
  channels: [{ channel: 'terminal', address: id }],
});
const HOMES = [
  'moving',
  'held',
  'over',
  'left',
  'given',
  'dropped',
  'barred',
  'twins',
  'renamed',
  'late',
] as const;
const entries = [
  ...community(Object.fromEntries(HOMES.map((id) => [id, [{ id: `${id}-band`, model: 'wristband' }]]))).map(
    (entry) => (entry.noun === 'device' ? { ...entry, enrolledAt: Date.now() - 86_400_000 } : entry),
  ),
  ...[
    { noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' },
    staff('zhou', 'ZHOU', 'haitang/g1'),
    staff('zhao', 'ZHAO', 'haitang/g1'),
    staff('sun', 'SUN', 'haitang/g2'),
  ].map((entry) => registryEntrySchema.parse(entry)),
];

const responder = { role: 'responder', node: 'haitang' } as const;

let service: TestService;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const priorities = ['P1', 'P2'];
  service = await testService({
    entries,
    rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
    notify: {
      routes: [{ kinds: ['safety'], priorities, roles: ['grid-worker'] }],
      always: [],
      fallback: { channels: ['terminal'] },
    },
  });
  for (const [id, role, node] of [
    ['zhou', 'responder', 'haitang/g1'],
    ['sun', 'responder', 'haitang/g2'],
    ['chen', 'administrator', ''],
  ] as const)
    tokens[id] = await tokenFor(service.service, id, { role, node });
});
afterAll(() => service.stop());

let keys = 0;
async function ask(who: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      ...(method === 'POST' ? { 'idempotency-key': `k${++keys}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: what is read of an answer is what the test is about
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as any };
}

/** Somebody of this home calls for help: their case, as soon as there is one. */
async function press(home: (typeof HOMES)[number]): Promise<string> {
  const device = `${home}-band`;
  const { clock } = service.service;
  const payload = Buffer.from(JSON.stringify({ at: clock.now(), event: 'sos' }));
  const topic = `shouwang/${device}/telemetry`;
  await service.service.deliver({ receivedAt: clock.now(), topic, payload, client: device });
  return soon(async () => {
    const { items } = (await ask('chen', 'GET', `/cases?home=${home}&status=open`)).body;
    expect(items).toHaveLength(1);
    return items[0].id as string;
  });
}

/** What an account is told over the stream from now on. */
async function streamOf(
  who: string,
  after?: number,
): Promise<{ readonly heard: () => string; stop(): void }> {
  let text = '';
  const headers = { authorization: `Bearer ${tokens[who]}` };
  const from = after === undefined ? '' : `?after=${after}`;
  const request = get(`${service.url}/api/v1/stream${from}`, { headers }, (response) => {
    response.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    response.on('error', () => {});
  });
  request.on('error', () => {});
  await soon(async () => expect(text).toContain(after === undefined ? 'event: hello' : 'retry:'));
  return { heard: () => text, stop: () => request.destroy() };
}

describe('a home that moves to another grid while its case is open', () => {
  test('is not taken from whoever has its case: they go on with it to its end', async () => {
    const id = await press('held');
    expect((await ask('zhou', 'POST', `/cases/${id}/acknowledge`, {})).status).toBe(200);
    const moved = { noun: 'home', id: 'held', parent: 'haitang/g2', name: '505' };
    expect((await ask('chen', 'PUT', '/registry/home/held', moved)).status).toBe(200);
    const { status, body } = await ask('zhou', 'GET', `/cases/${id}`);
    expect([status, body.case.path, body.home?.home.name]).toEqual([200, 'haitang/g2/held', '505']);
    const lists = ['mine=true', 'status=acknowledged', 'path=haitang/g2', 'path=haitang/g1', 'status=open'];
    const listed = lists.map(
      async (query) => (await ask('zhou', 'GET', `/cases?${query}`)).body.items.length,
    );
    expect(await Promise.all(listed)).toEqual([1, 1, 1, 0, 0]);
    const stream = await streamOf('zhou');
    expect((await ask('zhou', 'POST', `/cases/${id}/notes`, { text: '在门口' })).status).toBe(200);
    await soon(async () => expect(stream.heard()).toContain('在门口'));
    stream.stop();
    const outcome = { outcome: 'true-need', note: '', contact: 'seen', contactMadeBy: 'zhou' };
    expect((await ask('zhou', 'POST', `/cases/${id}/resolve`, outcome)).status).toBe(200);
    expect((await ask('zhou', 'GET', `/cases/${id}`)).status).toBe(404);
    expect((await ask('zhou', 'GET', '/cases?mine=true')).body.items).toEqual([]);
  });

  test('tells whoever has it, live and afterwards, when others take it over, and then no more', async () => {
    const id = await press('over');
    expect((await ask('zhou', 'POST', `/cases/${id}/acknowledge`, {})).status).toBe(200);
    const moved = { noun: 'home', id: 'over', parent: 'haitang/g2', name: '506' };
    expect((await ask('chen', 'PUT', '/registry/home/over', moved)).status).toBe(200);
    const [live, sun] = [await streamOf('zhou'), await streamOf('sun')];
    expect((await ask('sun', 'POST', `/cases/${id}/acknowledge`, { takeOver: true })).status).toBe(200);
    expect((await ask('sun', 'POST', `/cases/${id}/notes`, { text: '到了' })).status).toBe(200);
    await soon(async () => expect(sun.heard()).toContain('到了'));
    const late = await streamOf('zhou', Number(/id: (\d+)/.exec(live.heard())?.[1]));
    for (const { heard } of [live, late]) {
      await soon(async () => expect(heard()).toContain('"acknowledgedBy":"SUN"'));
      expect(heard()).not.toContain('到了');
    }
    for (const stream of [live, late, sun]) stream.stop();
    expect((await ask('zhou', 'GET', `/cases/${id}`)).status).toBe(404);
    const outcome = { outcome: 'true-need', note: '', contact: 'seen', contactMadeBy: 'SUN' };
    expect((await ask('sun', 'POST', `/cases/${id}/resolve`, outcome)).status).toBe(200);
  });

  test('takes the right to the case along, and says so to either grid', async () => {
    const id = await press('moving');
    expect((await ask('zhou', 'GET', `/cases/${id}`)).status).toBe(200);
    expect((await ask('sun', 'GET', `/cases/${id}`)).status).toBe(404);
    const [ofZhou, ofSun] = [await streamOf('zhou'), await streamOf('sun')];
    const moved = { noun: 'home', id: 'moving', parent: 'haitang/g2', name: '404' };
    expect((await ask('chen', 'PUT', '/registry/home/moving', moved)).status).toBe(200);

    expect((await ask('zhou', 'GET', `/cases/${id}`)).status).toBe(404);
    expect((await ask('zhou', 'GET', '/cases?status=open')).body.items).toEqual([]);
    const { body } = await ask('sun', 'GET', `/cases/${id}`);
    expect(body.case).toMatchObject({
      path: 'haitang/g2/moving',
      title: { zh: '第二网格404 王秀英：紧急呼叫' },
    });
    // What went out before, and what stands open, is theirs to read as well.
    expect(body.notices.length).toBeGreaterThan(1);
    expect(body.home.openAlerts).toMatchObject([{ case: id, path: 'haitang/g2/moving' }]);
    expect((await ask('sun', 'GET', '/alerts?open=true')).body.items).toMatchObject([{ case: id }]);
    expect((await ask('chen', 'GET', '/cases?path=haitang/g1')).body.items).toEqual([]);

    await soon(async () => {
      expect(ofZhou.heard()).toContain('event: registry\ndata: {"noun":"home","key":"moving"}');
      expect(ofSun.heard()).toMatch(/event: registry\ndata: \{"entry":\{"noun":"home","id":"moving"/);
      expect(ofSun.heard()).toMatch(/event: case\ndata: \{"change":"updated","case":\{"id":"moving\.c1"/);
    });
    expect(ofZhou.heard()).not.toContain('event: case');
    ofZhou.stop();
    ofSun.stop();

    expect((await ask('sun', 'POST', `/cases/${id}/acknowledge`, {})).status).toBe(200);
    const said = { outcome: 'true-need', note: '', contactMadeBy: 'SUN', contact: 'seen' };
    expect((await ask('sun', 'POST', `/cases/${id}/resolve`, said)).status).toBe(200);
  });
});

/** The page behind the link of the first notice of this case to somebody, after pressing a button of it if one is named. */
async function linkOf(who: string, id: string, press?: string): Promise<{ status: number; text: string }> {
  const { items } = (await ask('chen', 'GET', `/notices?case=${id}`)).body;
  const notice = items.findLast(({ recipient }: { recipient: { id: string } }) => recipient.id === who);
  const secret = await readFile(linkKeyFile(join(service.dir, 'data')), 'utf8');
  const path = `${service.url}/n/${linkToken(secret, notice)}${press ? `/${press}` : ''}`;
  const response = await fetch(path, { method: press === undefined ? 'GET' : 'POST' });
  return { status: response.status, text: await response.text() };
}

describe('the link of a notice', () => {
  test('takes no case for somebody who is no longer staff, and says whom to tell', async () => {
    const id = await press('left');
    expect((await linkOf('zhao', id)).text).toContain('我来接手');
    expect((await ask('chen', 'DELETE', '/registry/staff/zhao')).status).toBe(204);
    const looked = await linkOf('zhao', id);
    expect(looked.text).not.toContain('我来接手');
    expect(looked.text).toContain('您已不是这户的负责人员，未接手。请立即告知：ZHOU 000-zhou');
    for (const button of ['', 'on-the-way', 'cannot-come'])
      expect(await linkOf('zhao', id, button)).toMatchObject({ status: 409 });
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case.status).toBe('open');
    expect((await linkOf('zhou', id, '')).status).toBe(200);
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case).toMatchObject({ acknowledgedBy: 'ZHOU' });
  });

  test('goes by where the home is now: it shows the right door to those who may come, and takes it for them alone', async () => {
    const id = await press('given');
    const moved = { noun: 'home', id: 'given', parent: 'haitang/g2', name: '505' };
    expect((await ask('chen', 'PUT', '/registry/home/given', moved)).status).toBe(200);
    const old = await linkOf('zhou', id);
    expect(old.text).toContain('请立即告知：SUN 000-sun');
    expect(old.text).not.toContain('第二网格505');
    // The console would say that there is no such case.
    expect(old.text).not.toContain('/cases/');
    expect((await linkOf('zhou', id, 'on-the-way')).status).toBe(409);
    const back = { ...moved, parent: 'haitang/g1/b1/u1' };
    expect((await ask('chen', 'PUT', '/registry/home/given', back)).status).toBe(200);
    expect((await linkOf('zhou', id)).text).toContain('<h1>1号楼1单元505 王老人：紧急呼叫</h1>');
    expect((await linkOf('zhou', id, 'on-the-way')).status).toBe(200);
  });
});

describe('somebody who has a case', () => {
  test('and is removed from the staff leaves it to nobody: it is told, and called anew', async () => {
    const wang = staff('wang', 'WANG', 'haitang/g1');
    expect((await ask('chen', 'PUT', '/registry/staff/wang', wang)).status).toBe(200);
    const id = await press('dropped');
    expect((await linkOf('wang', id, '')).status).toBe(200);
    const { status, body } = await ask('chen', 'DELETE', '/registry/staff/wang');
    expect({ status, body }).toMatchObject({ status: 200, body: { released: [{ id }] } });
    const detail = (await ask('chen', 'GET', `/cases/${id}`)).body;
    expect(detail.case).toMatchObject({ status: 'open', priority: 'P1' });
    expect(detail.case.acknowledgedBy).toBeUndefined();
    const said = '接手人 WANG 的账号或人员登记已删除，重新通知';
    expect(detail.entries.map(({ text }: { text: { zh: string } }) => text.zh)).toContain(said);
    const [last] = detail.notices;
    expect(last).toMatchObject({ recipient: { id: 'zhou' }, content: { event: 'case-escalated' } });
    expect(last.content.body.zh).toContain(said);
  });

  test('and loses their account leaves it as well, but not where another is called alike', async () => {
    tokens['li'] = await tokenFor(service.service, 'li', { role: 'responder', node: 'haitang' });
    const id = await press('barred');
    expect((await ask('li', 'POST', `/cases/${id}/acknowledge`, {})).status).toBe(200);
    const twin = { id: 'li2', name: 'LI', password: 'long enough 2026', roles: [] };
    expect((await ask('chen', 'POST', '/users', twin)).status).toBe(201);
    expect((await ask('chen', 'DELETE', '/users/li2')).status).toBe(204);
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case.acknowledgedBy).toBe('LI');
    const { status, body } = await ask('chen', 'DELETE', '/users/li');
    expect({ status, body }).toMatchObject({ status: 200, body: { released: [{ id }] } });
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case.status).toBe('open');
  });
});

describe('whoever has a case', () => {
  const take = async (who: string, home: (typeof HOMES)[number]): Promise<string> => {
    const id = await press(home);
    expect((await ask(who, 'POST', `/cases/${id}/acknowledge`, {})).status).toBe(200);
    return id;
  };
  const mine = async (who: string): Promise<string[]> =>
    (await ask(who, 'GET', '/cases?mine=true')).body.items.map(({ id }: { id: string }) => id);

  test('is not their namesake: neither list, nor whom to ask, nor who is barred mixes up the two', async () => {
    for (const id of ['wu', 'wu2']) tokens[id] = await tokenFor(service.service, id, responder);
    const wu = { name: 'WU', roles: [responder], locale: 'zh' };
    expect((await ask('chen', 'PUT', '/users/wu2', wu)).status).toBe(200);
    const id = await take('wu', 'twins');
    expect([await mine('wu'), await mine('wu2')]).toEqual([[id], []]);
    expect((await ask('wu2', 'GET', '/cases?owner=WU')).body.items).toHaveLength(1);
    const { items } = (await ask('chen', 'GET', `/cases/${id}/assignees`)).body;
    expect(items.filter(({ name }: { name: string }) => name === 'WU')).toMatchObject([
      { kind: 'user', id: 'wu', namesake: true },
      { kind: 'user', id: 'wu2', namesake: true },
    ]);
    expect((await ask('wu', 'POST', `/cases/${id}/assign`, { to: { kind: 'user', id: 'wu2' } })).status).toBe(
      200,
    );
    expect(await mine('wu2')).toEqual([id]);

    expect((await ask('chen', 'PUT', '/users/wu2', { ...wu, disabled: true })).body.released).toBeUndefined();
    const barred = await ask('chen', 'PUT', '/users/wu', { ...wu, disabled: true });
    expect(barred.body).toMatchObject({ disabled: true, released: [{ id }] });
    const detail = (await ask('chen', 'GET', `/cases/${id}`)).body;
    expect(detail.case).toMatchObject({ status: 'open' });
    expect(Object.keys(detail.case)).not.toContain('acknowledgedByAccount');
    const said = '接手人 WU 的账号已停用或不再有处置权限，重新通知';
    expect(detail.entries.map(({ text }: { text: { zh: string } }) => text.zh)).toContain(said);
    expect(detail.notices[0]).toMatchObject({ content: { event: 'case-escalated' } });
  });

  test('and was removed while the service did not run is missed at its next start', async () => {
    tokens['ma'] = await tokenFor(service.service, 'ma', responder);
    const id = await take('ma', 'late');
    await service.service.records.removeUser('ma');
    const [given, again] = [await releaseLeftCases(service.service), await releaseLeftCases(service.service)];
    expect([given, again]).toMatchObject([[{ id }], []]);
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case.status).toBe('open');
  });

  test('has it also under another name, and leaves it with the right to act', async () => {
    tokens['lin'] = await tokenFor(service.service, 'lin', responder);
    const lin = staff('lin', 'LIN', 'haitang/g1');
    expect((await ask('chen', 'PUT', '/registry/staff/lin', lin)).status).toBe(200);
    const id = await press('renamed');
    expect((await linkOf('lin', id, '')).status).toBe(200);
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case).toMatchObject({
      acknowledgedByStaff: 'lin',
      acknowledgedByAccount: 'lin',
    });
    const married = { name: 'LIN XIA', roles: [responder], locale: 'zh' };
    expect((await ask('chen', 'PUT', '/users/lin', married)).body.released).toBeUndefined();
    expect((await ask('chen', 'PUT', '/registry/staff/lin', { ...lin, name: 'LIN XIA' })).status).toBe(200);
    expect(await mine('lin')).toEqual([id]);
    expect((await linkOf('lin', id, 'on-the-way')).status).toBe(200);
    const { entries } = (await ask('chen', 'GET', `/cases/${id}`)).body;
    expect(entries.at(-1)).toMatchObject({ by: 'LIN XIA', step: 'on-the-way' });

    const viewer = { ...married, roles: [{ role: 'viewer', node: 'haitang' }] };
    expect((await ask('chen', 'PUT', '/users/lin', viewer)).body.released).toMatchObject([{ id }]);
    expect((await ask('chen', 'GET', `/cases/${id}`)).body.case.status).toBe('open');
    expect((await linkOf('lin', id, '')).status).toBe(200);
    expect((await ask('chen', 'DELETE', '/registry/staff/lin')).body.released).toMatchObject([{ id }]);
  });
});
test('a device that is switched off was heard all the same', async () => {
  const { items } = (await ask('chen', 'GET', '/registry/device')).body;
  const band = items.find(({ id }: { id: string }) => id === 'moving-band');
  const before = (await ask('chen', 'GET', '/devices/moving-band')).body.status.heardAt;
  expect(before).toBeGreaterThan(0);
  const off = await ask('chen', 'PUT', '/registry/device/moving-band', { ...band, disabled: true });
  expect(off.status).toBe(200);
  expect((await ask('chen', 'GET', '/devices/moving-band')).body.status.heardAt).toBe(before);
});
