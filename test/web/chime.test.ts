import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';
import { type Around, browserAround, settled, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly startAlarms: () => () => void;
  readonly startArrivals: () => () => void;
  readonly startRinging: () => () => void;
  readonly startStream: () => () => void;
  readonly startUntaken: () => () => void;
  readonly switchChimeOn: () => Promise<void>;
  readonly switchChimeOff: () => void;
  readonly overdueP1: { readonly value: readonly NumberedCase[] };
  readonly startChime: () => void;
  readonly startSession: () => void;
  readonly sessionState: { value: string };
  readonly user: { value: object | undefined };
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/state/${name}.ts`);
const names = ['alarms', 'arrivals', 'chime', 'session', 'stream', 'untaken'];
const parts = Object.assign({}, ...(await Promise.all(names.map(moduleOf)))) as Parts;

const TONES = 6;
const DEAF_TONES = 2;
let tones = 0;
/** The loudspeaker: it counts what it is told to sound. */
class Loudspeaker {
  readonly state = 'running';
  readonly currentTime = 0;
  readonly destination = {};
  resume = () => Promise.resolve();
  close = () => Promise.resolve();
  createGain = () => {
    const gain = { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };
    return { gain, connect: () => undefined };
  };
  createOscillator = () => {
    tones += 1;
    const connect = (to: object) => to;
    return { frequency: { value: 0 }, connect, start: () => undefined, stop: () => undefined };
  };
}
const rungSince = (): number => {
  const rung = tones / TONES;
  tones = 0;
  return rung;
};

let around: Around;
const stops: (() => void)[] = [];
beforeEach(async () => {
  around = browserAround();
  vi.stubGlobal('AudioContext', Loudspeaker);
  Object.assign(around.window, { AudioContext: Loudspeaker });
  parts.user.value = { id: 'wang', roles: [{ role: 'responder', node: 'haitang' }] };
  const { startAlarms, startArrivals, startRinging, startStream, startUntaken } = parts;
  for (const start of [startArrivals, startUntaken, startAlarms, startRinging, startStream])
    stops.push(start());
  await parts.switchChimeOn();
  TestStream.newest().open();
  while (around.asked('/cases?').length > 0) await around.answer('/cases?', { items: [] });
  await settled();
  rungSince();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  parts.switchChimeOff();
  parts.user.value = undefined;
  parts.sessionState.value = 'unknown';
  await around.end();
});

const p1 = (version: number, status: string) => ({
  ...{ id: 'c1', version, status, number: 1, priority: 'P1', kind: 'safety', path: 'haitang', home: 'h1' },
  ...{ dueAt: Date.now() + 3_600_000, openedAt: Date.now(), alerts: [], title: { zh: '', en: '' } },
});
let id = 0;
const tell = (change: string, version: number, status: string) => {
  id += 1;
  TestStream.newest().tell('case', id, { change, case: p1(version, status), entries: [] });
};
const raise = () => {
  id += 1;
  const alert = { id: `a${id}`, case: 'c1', priority: 'P1', title: { zh: '', en: '' } };
  TestStream.newest().tell('alert', id, { change: 'raised', alert });
};

test('a P1 that nobody takes is heard at once and every minute, also where the clock of the browser is set back', async () => {
  tell('opened', 1, 'open');
  expect(rungSince()).toBe(1);
  await vi.advanceTimersByTimeAsync(65_000);
  expect(rungSince()).toBe(1);
  vi.setSystemTime(Date.now() - 8 * 3_600_000);
  await vi.advanceTimersByTimeAsync(65_000);
  expect(rungSince()).toBe(1);
});

test('who calls for help again in a case that somebody has is heard again, however soon', async () => {
  tell('opened', 1, 'open');
  tell('updated', 2, 'acknowledged');
  rungSince();
  raise();
  tell('updated', 3, 'acknowledged');
  expect(rungSince()).toBe(1);
  await vi.advanceTimersByTimeAsync(30_000);
  raise();
  tell('updated', 4, 'acknowledged');
  expect(rungSince()).toBe(1);
});

test('a browser whose clock is set asks for that of the service, and what is overdue is so again', async () => {
  parts.startSession();
  const session = () => ({
    user: { ...parts.user.value, locale: 'zh' },
    service: { now: Date.UTC(2026, 2, 1, 19, 0), speed: 1, version: 'test' },
  });
  await around.answer('/session', session());
  await vi.advanceTimersByTimeAsync(30_000);
  expect(around.asked('/session')).toEqual([]);
  vi.setSystemTime(Date.now() - 8 * 3_600_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(around.asked('/session')).toHaveLength(1);
});

const fallenSince = (): number => {
  const rung = tones / DEAF_TONES;
  tones = 0;
  return rung;
};

test('a room in which nobody is signed in any more hears that, and again, but seldom', async () => {
  parts.startChime();
  parts.sessionState.value = 'expired';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fallenSince()).toBe(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fallenSince()).toBe(1);
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(fallenSince()).toBe(1);
});

test('a room whose connection is away hears that once it is no mere weak signal', async () => {
  parts.startChime();
  parts.sessionState.value = 'signed-in';
  around.window.dispatchEvent(new Event('offline'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fallenSince()).toBe(0);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(fallenSince()).toBe(1);
});
