import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { atLength } from '../runs.ts';
import { type Ask, apiFor, asking, NOW, type TestService, testService, tokenFor } from './api-service.ts';

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let responder: Ask;
let viewer: Ask;
let stranger: Ask;
const DAY = 86_400_000;

const person = (id: string, name: string, node = 'haitang') =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    phone: '000-0000-0001',
    roles: [{ role: 'grid-worker', node }],
    channels: [{ channel: 'robot', address: id }],
  });

beforeEach(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  const put = [person('zhou', '周敏'), person('li', '李雷')];
  await service.submit({ type: 'registry.apply', put, remove: [] }, 'system');
  responder = asking(app, await tokenFor(service, 'responder', { role: 'responder', node: 'haitang' }));
  viewer = asking(app, await tokenFor(service, 'viewer', { role: 'responder', node: 'haitang/g1' }));
  stranger = asking(app, await tokenFor(service, 'stranger', { role: 'responder', node: 'yulan' }));
});
afterEach(async () => {
  await close();
  await service.close();
});

const namesOf = (shift: { pieces: { posts: { person?: { name: string } }[] }[] }): string[] =>
  shift.pieces.flatMap(({ posts }) => posts.map((post) => post.person?.name ?? '—'));

test('rosters say who is on duty now, with the telephone', async () => {
  const { status, body } = await viewer('GET', '/rosters');
  expect(status).toBe(200);
  expect(body.items).toMatchObject([{ id: 'duty', name: '海棠值班', called: [{ phone: '000-0000-0001' }] }]);
  expect((await stranger('GET', '/rosters')).body.items).toEqual([]);
  expect((await stranger('GET', '/rosters/duty')).status).toBe(404);
});

test('shifts of a period are asked for by instants or by time, and not for years', async () => {
  const { body } = await viewer('GET', `/rosters/duty/shifts?from=${NOW}&to=${NOW + 2 * DAY}`);
  expect(body.items.flatMap(namesOf)).toEqual(expect.arrayContaining(['周敏', '李雷']));
  const from = encodeURIComponent(new Date(NOW).toISOString());
  const to = encodeURIComponent(new Date(NOW + 2 * DAY).toISOString());
  expect((await viewer('GET', `/rosters/duty/shifts?from=${from}&to=${to}`)).body).toEqual(body);
  const long = await viewer('GET', `/rosters/duty/shifts?from=0&to=${NOW}`);
  expect([long.status, long.body.code]).toEqual([422, 'PERIOD_TOO_LONG']);
  expect((await viewer('GET', '/rosters/duty/shifts?from=now&to=then')).status).toBe(400);
});

test('a swap is in force at once and may be taken back', async () => {
  const [shift] = (await viewer('GET', `/rosters/duty/shifts?from=${NOW}&to=${NOW + 1}`)).body.items;
  const [{ id: from }] = shift.rotation;
  const to = from === 'zhou' ? 'li' : 'zhou';
  const replacement = { shift: 'all', date: shift.date, from, to };
  const swapped = await responder('POST', '/rosters/duty/swaps', { replacements: [replacement] });
  expect(swapped.status).toBe(200);
  expect(swapped.body.roster.called).toMatchObject([{ id: to }]);
  const again = await responder('POST', '/rosters/duty/swaps', { replacements: [replacement] });
  expect([again.status, again.body.code]).toEqual([409, 'NOT_ON_SHIFT']);
  const undone = await responder('POST', '/rosters/duty/swaps/undo', { shift: 'all', date: shift.date });
  expect(undone.body.roster.called).toMatchObject([{ id: from }]);
});

test('what a leave would do is said before it is registered: whose hours, who is left, and by which role', async () => {
  const before = (await viewer('GET', '/rosters/duty')).body.roster;
  const [{ id: staff }] = before.called;
  const asked = `/rosters/duty/leave?staff=${staff}&from=${NOW}&until=${NOW + DAY}`;
  const { body } = await responder('GET', asked);
  const [{ from, until }] = before.shifts;
  expect(body.posts[0]).toEqual({
    roster: 'duty',
    rosterName: '海棠值班',
    shiftName: '全天',
    from: Math.max(from, NOW),
    until,
    called: [],
  });
  expect(body.roles).toEqual([{ title: { zh: '网格员', en: 'grid worker' }, place: '海棠社区' }]);
  expect((await viewer('GET', '/rosters/duty')).body.roster).toEqual(before);
  expect((await stranger('GET', asked)).status).toBe(404);
  expect((await responder('GET', asked.replace(staff, 'nobody'))).body.code).toBe('STAFF_NOT_FOUND');
});

atLength('leave without a substitute leaves nobody, and the gap is said', async () => {
  const before = (await viewer('GET', '/rosters/duty')).body.roster;
  const [{ id: staff }] = before.called;
  const leave = { staff, from: NOW - 1, until: NOW + DAY, note: '发烧' };
  const { body } = await responder('POST', '/rosters/duty/leave', leave);
  expect(body.roster.called).toEqual([]);
  expect(body.roster.gaps[0]).toMatchObject({ from: NOW, reason: 'on-leave', planned: [staff] });
  const back = await responder('POST', '/rosters/duty/return', { staff, from: NOW - 1 });
  expect(back.body.roster.called).toMatchObject([{ id: staff }]);
  const other = await responder('POST', '/rosters/duty/leave', { ...leave, staff: 'somebody' });
  expect([other.status, other.body.code]).toEqual([404, 'STAFF_NOT_FOUND']);
});

test('an account that is called like a member of staff above it may not put them on leave', async () => {
  const fake = asking(app, await tokenFor(service, 'fake', { role: 'responder', node: 'haitang/g1' }));
  const user = await service.records.user('fake');
  if (user) await service.records.saveUser({ ...user, name: '李雷' });
  const leave = { staff: 'li', from: NOW + DAY, until: NOW + 80 * DAY };
  expect((await fake('POST', '/rosters/duty/leave', leave)).status).toBe(403);
});

atLength(
  'somebody registers and ends their own leave, and of nobody else, though they answer for a part alone',
  async () => {
    const node = 'haitang/g1';
    const roles = [{ role: 'responder', node }] as const;
    const account = {
      id: 'zhou',
      name: '周敏',
      passwordHash: 'scrypt$none',
      roles,
      locale: 'zh',
      disabled: false,
    } as const;
    const zhou = asking(app, await tokenFor(service, 'zhou', ...roles));
    await service.records.saveUser({ ...account, createdAt: NOW });
    // Who stands where their account does not reach is not known by a name that anybody may give to an account.
    expect((await zhou('GET', '/rosters/duty')).body.me).toBeUndefined();
    await service.submit(
      { type: 'registry.apply', put: [person('zhou', '周敏', node)], remove: [] },
      'system',
    );
    expect((await zhou('GET', '/rosters/duty')).body.me).toBe('zhou');
    const leave = { staff: 'zhou', from: NOW + DAY, until: NOW + 3 * DAY, note: '探亲' };
    const { status, body } = await zhou('POST', '/rosters/duty/leave', leave);
    expect(status).toBe(200);
    expect(body.roster.leave).toMatchObject([{ staff: 'zhou', by: '周敏' }]);
    expect((await zhou('POST', '/rosters/duty/leave', { ...leave, staff: 'li' })).status).toBe(403);
    expect((await zhou('POST', '/rosters/duty/return', { staff: 'zhou', from: leave.from })).status).toBe(
      200,
    );
    const other = { ...person('zhou-2', '周敏') };
    await service.submit({ type: 'registry.apply', put: [other], remove: [] }, 'system');
    // Nobody can say which of the two they are.
    expect((await zhou('GET', '/rosters/duty')).body.me).toBeUndefined();
  },
);

atLength('a leave that opens a gap says so at once, also beyond what is looked ahead', async () => {
  const from = NOW + 40 * DAY;
  const [shift] = (await viewer('GET', `/rosters/duty/shifts?from=${from}&to=${from + 1}`)).body.items;
  const [{ id: staff }] = shift.rotation;
  const leave = { staff, from, until: from + DAY };
  const { body } = await responder('POST', '/rosters/duty/leave', leave);
  expect(body.roster.gaps).toEqual([]);
  expect(body.opens).toMatchObject([{ roster: 'duty', reason: 'on-leave', planned: [staff] }]);
  // Registered again, it opens nothing that was not open.
  expect((await responder('POST', '/rosters/duty/leave', leave)).body.opens).toEqual([]);
});

atLength(
  'whoever sees a roster may leave words for the next; only who answers for its place may change it',
  async () => {
    const { body } = await viewer('POST', '/rosters/duty/notes', { text: '501 今天出院' });
    expect(body.roster.notes).toMatchObject([{ text: '501 今天出院', by: 'VIEWER' }]);
    const leave = { staff: 'zhou', from: NOW, until: NOW + DAY };
    expect((await viewer('POST', '/rosters/duty/leave', leave)).status).toBe(403);
    expect((await stranger('POST', '/rosters/duty/notes', { text: '…' })).status).toBe(404);
  },
);
