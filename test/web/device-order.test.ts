import { expect, test } from 'vitest';
import { byTrouble, inOrder, troubleOf, troublesAmong } from '../../src/web/onboarding/device-order.ts';
import type { HomeDevice } from '../../src/web/state/answers.ts';

const NOW = 1000;
const device = (id: string, status: Partial<HomeDevice['status']>, more = {}): HomeDevice =>
  ({
    device: { id, enrolledAt: 1, disabled: false, ...more },
    status: { device: id, silent: false, last: {}, ...status },
  }) as unknown as HomeDevice;

/** @param known whether its secret is known to have been right from there */
const refused = (known: boolean) =>
  ({ at: 980, since: 950, count: 7, why: 'wrong-secret', from: '192.0.2.1', known }) as const;

const DEVICES = [
  device('a-fine', { heardAt: 900 }),
  device('b-silent', { heardAt: 300, silent: true }),
  device('c-never', {}, { enrolledAt: 500 }),
  device('d-never', { silent: true }, { enrolledAt: 600 }),
  device('e-silent-longer', { heardAt: 200, silent: true }),
  device('f-mute', { heardAt: 990, silent: true, mute: true }),
  device('g-untaken', { heardAt: 400, silent: true, untaken: { at: 950, count: 3, reason: 'clock-past' } }),
  device('h-refused', { heardAt: 400, silent: true, refused: refused(false) }),
  device('i-disabled', {}, { disabled: true }),
  device('j-not-yet', {}, { enrolledAt: 2000 }),
  device('k-heard-since', { heardAt: 990, refused: refused(true) }),
];

test('what needs somebody stands first, and says why', () => {
  const inOrder = [...DEVICES].sort(byTrouble(NOW)).map((one) => [one.device.id, troubleOf(one, NOW)]);
  expect(inOrder).toEqual([
    ['h-refused', 'refused'],
    ['g-untaken', 'untaken'],
    ['d-never', 'never'],
    ['c-never', 'never'],
    ['e-silent-longer', 'silent'],
    ['b-silent', 'silent'],
    ['f-mute', 'mute'],
    ['a-fine', undefined],
    ['i-disabled', undefined],
    ['j-not-yet', undefined],
    ['k-heard-since', undefined],
  ]);
});

test('somebody who only knows the name of a device makes no trouble of one that is heard', () => {
  const heard = (known: boolean) => device('heard', { heardAt: 900, refused: refused(known) });
  expect(troubleOf(heard(false), NOW)).toBeUndefined();
  expect(troubleOf(heard(true), NOW)).toBe('refused');
  expect(troubleOf(device('new', { refused: refused(false) }), NOW)).toBe('refused');
});

test('a device whose gateway is refused needs somebody at the gateway, and not at its battery', () => {
  const behind = { ...refused(false), gateway: 'gw' };
  expect(troubleOf(device('silent', { heardAt: 900, silent: true, gatewayRefused: behind }), NOW)).toBe(
    'gateway-refused',
  );
  expect(troubleOf(device('new', { gatewayRefused: behind }), NOW)).toBe('gateway-refused');
  expect(troubleOf(device('heard', { heardAt: 900, gatewayRefused: behind }), NOW)).toBeUndefined();
});

test('how many need somebody is said by kind', () => {
  expect(troublesAmong(DEVICES, NOW)).toEqual([
    { trouble: 'refused', count: 1 },
    { trouble: 'untaken', count: 1 },
    { trouble: 'never', count: 2 },
    { trouble: 'silent', count: 2 },
    { trouble: 'mute', count: 1 },
  ]);
  expect(troublesAmong([DEVICES[0] as HomeDevice], NOW)).toEqual([]);
});

const HOUR = 3_600_000;
const LATER = 1000 * HOUR;
const hung = (id: string, status: Partial<HomeDevice['status']>, enrolledAt: number, room = id) => ({
  ...device(id, status, { enrolledAt }),
  places: [],
  homeName: room,
});
const idsOf = (of: readonly HomeDevice[]) => of.map((one) => one.device.id);

test('what was just hung stands before all that never reported, the newest first', () => {
  const old = Array.from({ length: 30 }, (_, n) => hung(`old-${n}`, { silent: true }, n));
  const mine = [
    hung('b-yesterday', { heardAt: LATER - HOUR }, LATER - 20 * HOUR),
    hung('a-just-now', {}, LATER),
    hung('tomorrow', {}, LATER + 12 * HOUR),
  ];
  const { fresh, others } = inOrder([...old, ...mine], 'use', LATER);
  expect(idsOf(fresh)).toEqual(['a-just-now', 'b-yesterday']);
  expect(idsOf(others).slice(0, 2)).toEqual(['old-0', 'old-1']);
  expect(others.length).toBe(31);
});

test('where a whole list was imported today, those that speak by now stand first, and trouble is not hidden by the rest', () => {
  const list = Array.from({ length: 40 }, (_, n) => hung(`list-${n}`, {}, LATER - 10 * HOUR));
  const spoken = hung('z-hung', { heardAt: LATER - 1000 }, LATER - 10 * HOUR);
  const refusedOne = hung('refused', { refused: { ...refused(true), at: LATER } }, 1);
  const { fresh, others } = inOrder([...list, refusedOne, spoken], 'use', LATER);
  expect(fresh.length).toBe(20);
  expect(idsOf(fresh)[0]).toBe('z-hung');
  expect(idsOf(others)[0]).toBe('refused');
});

test('devices stand by when they were last heard, or by building and room as people count', () => {
  const some = [
    hung('a', { heardAt: 5 }, 1, '1002'),
    hung('b', { heardAt: 9 }, 1, '201'),
    hung('c', {}, 1, '1001'),
  ];
  expect(idsOf(inOrder(some, 'heard', LATER).others)).toEqual(['b', 'a', 'c']);
  expect(idsOf(inOrder(some, 'place', LATER).others)).toEqual(['b', 'c', 'a']);
});
