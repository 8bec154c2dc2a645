import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encode } from '../../src/api/stream-text.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import {
  type Ask,
  apiFor,
  asking,
  NOW,
  opening,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

const DOOR = '门禁码 1234#，钥匙在楼栋长处';
const ILLNESS = '糖尿病，注射胰岛素';
const NUMBERS = /13900000001|13900000002|wx-son/;
const HOME: RegistryEntry = {
  noun: 'home',
  id: 'h1',
  parent: 'haitang/g1',
  name: '301',
  address: '海棠路 1 号',
  entryNote: DOOR,
};
const WANG: RegistryEntry = {
  noun: 'resident',
  id: 'r1',
  home: 'h1',
  name: '王秀英',
  phone: '13900000001',
  livesAlone: true,
  medicalNote: ILLNESS,
};
const SON: RegistryEntry = {
  noun: 'contact',
  id: 'k1',
  home: 'h1',
  name: '王小明',
  relation: '儿子',
  phone: '13900000002',
  order: 1,
  channels: [{ channel: 'robot', address: 'wx-son' }],
};
const TOLD: Notice = {
  id: 'h1.c1.case-opened.contact:k1.robot',
  case: 'h1.c1',
  alert: 'h1.a1',
  home: 'h1',
  path: 'haitang/g1/h1',
  recipient: { kind: 'contact', id: 'k1', name: '王小明', role: 'contact' },
  channel: 'robot',
  address: 'wx-son',
  content: {
    event: 'case-opened',
    title: { zh: '301 王老人：跌倒', en: '301: a fall' },
    body: { zh: '请接手', en: 'Please take it' },
    priority: 'P1',
  },
  createdAt: NOW,
  state: 'queued',
  attempts: 0,
};
/** Whatever answers with something of a home. */
const PATHS = [
  '/homes',
  '/homes/h1',
  '/watch',
  '/cases/h1.c1',
  '/registry/home',
  '/registry/home/h1',
  '/registry/resident',
  '/registry/resident/r1',
  '/registry/contact',
  '/registry/contact/k1',
  '/notices',
  `/notices/${encodeURIComponent(TOLD.id)}`,
];

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
const as: Record<string, Ask> = {};
const ask = (who: string): Ask => as[who] as Ask;

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  for (const [id, ...roles] of [
    ['reads', { role: 'viewer', node: '' }],
    ['goes', { role: 'responder', node: 'haitang/g1' }],
    ['beside', { role: 'viewer', node: 'haitang' }, { role: 'operator', node: 'haitang/g2' }],
    ['root', { role: 'administrator', node: '' }],
  ] as const)
    as[id] = asking(app, await tokenFor(service, id, ...roles));
  for (const entry of [HOME, WANG, SON])
    await ask('root')('PUT', `/registry/${entry.noun}/${(entry as { id: string }).id}`, entry);
  await service.commit(...opening('h1'), { type: 'notice', notice: TOLD });
});
afterAll(async () => {
  await close();
  await service.close();
});

test('how one gets in, what ails a person and what number they have are told to those who may go there, and to nobody who only reads', async () => {
  const told = async (who: string, path: string) => {
    const { status, body } = await ask(who)('GET', path);
    const text = JSON.stringify(body);
    const number = NUMBERS.test(text);
    return { status, door: text.includes(DOOR), illness: text.includes(ILLNESS), number };
  };
  for (const path of PATHS) {
    for (const who of ['reads', 'beside'])
      expect([who, path, await told(who, path)]).toEqual([
        who,
        path,
        { status: 200, door: false, illness: false, number: false },
      ]);
    const known = await told('goes', path);
    expect([path, known.door || known.illness || known.number]).toEqual([path, true]);
  }
});

test('whoever reads is told that there is such a note, and all else of the home', async () => {
  const { body } = await ask('reads')('GET', '/homes/h1');
  expect(body).toMatchObject({
    home: { address: '海棠路 1 号' },
    residents: [{ name: '王秀英' }],
    withheld: ['entryNote', 'medicalNote', 'phone'],
  });
  expect((await ask('goes')('GET', '/homes/h1')).body.withheld).toBeUndefined();
  expect((await ask('reads')('GET', '/homes/h2')).body.withheld).toBeUndefined();
});

test('nobody finds out a number that they are not shown by asking for homes with these digits', async () => {
  const homes = async (who: string) =>
    ((await ask(who)('GET', '/homes?q=13900000002')).body as { items: unknown[] }).items.length;
  const devices = async (who: string) =>
    ((await ask(who)('GET', '/devices?q=0000002')).body as { items: unknown[] }).items.length;
  expect([await homes('reads'), await homes('goes')]).toEqual([0, 1]);
  expect([await devices('reads'), await devices('goes')]).toEqual([0, 1]);
});

test('nor by listening to the stream', async () => {
  const events = await service.records.events(0, [''], 999);
  const heard = (sees: boolean) => events.map((event) => encode(event, { seesNotes: () => sees })).join('');
  expect(heard(true)).toMatch(NUMBERS);
  expect(heard(false)).not.toMatch(NUMBERS);
  expect(heard(false)).toContain('王小明');
  expect(heard(false)).not.toContain(ILLNESS);
});

test('whom to call in an emergency everybody may see: staff, and the community', async () => {
  const staff = { noun: 'staff', id: 's9', name: '周敏', phone: '13900000009', channels: [] };
  const roles = [{ role: 'grid-worker', node: 'haitang/g1' }];
  await ask('root')('PUT', '/registry/staff/s9', { ...staff, roles });
  expect((await ask('reads')('GET', '/registry/staff/s9')).body).toMatchObject({
    entry: { phone: '13900000009' },
  });
});

test('a tag of what is not shown gives nobody a way to try what it says', async () => {
  const tagOf = async () =>
    ((await ask('reads')('GET', '/registry/home')).body as { etags: string[] }).etags[0];
  const before = await tagOf();
  await ask('root')('PUT', '/registry/home/h1', { ...HOME, entryNote: '门禁码 9999#' });
  expect(await tagOf()).toBe(before);
  await ask('root')('PUT', '/registry/home/h1', HOME);
});

test('whoever was asked to take a case sees how to get in, wherever their rights are', async () => {
  const found = await service.records.case('h1.c1');
  if (!found) throw new Error('no case');
  const { number: _, ...before } = found;
  const taken = {
    ...before,
    version: before.version + 1,
    status: 'acknowledged',
    acknowledgedBy: 'READS',
    acknowledgedByAccount: 'reads',
  } as const;
  await service.commit({ type: 'case', change: 'updated', case: taken, entries: [] } as Effect);
  const { body } = await ask('reads')('GET', '/cases/h1.c1');
  expect(body.home).toMatchObject({ home: { entryNote: DOOR }, residents: [{ medicalNote: ILLNESS }] });
  expect(JSON.stringify((await ask('reads')('GET', '/homes/h1')).body)).not.toContain(DOOR);
});
