import { expect, test } from 'vitest';
import { byTrouble, troubleOf, troublesAmong } from '../../src/web/onboarding/device-order.ts';
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
