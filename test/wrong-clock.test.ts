import { afterEach, expect, test } from 'vitest';
import { Capture } from '../src/app/onboarding.ts';
import { wrongClock } from '../src/app/wrong-clock.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { DeviceEvent, Reading, Report } from '../src/model/message.ts';
import { refusedClock } from '../src/web/format/detail.ts';
import { locale } from '../src/web/text/translate.ts';
import { T0 } from './core.ts';

const reading = (at: number): Reading => ({ metric: 'water_index_m3', value: 1, at });
const sos = (at: number): DeviceEvent => ({ event: 'sos', at });
const report = (readings: Reading[], events: DeviceEvent[] = [], more: Partial<Report> = {}): Report => ({
  kind: 'report',
  receivedAt: T0,
  device: 'd',
  clock: 'device',
  readings,
  events,
  ...more,
});
const future = [{ reason: 'clock-future' as const, detail: '' }];

afterEach(() => {
  locale.value = 'zh';
});

test('what a clock said that was not believed is told, with how far it is off', () => {
  expect(wrongClock(report([reading(T0 + 3 * HOUR)]), future, undefined)).toEqual({
    said: T0 + 3 * HOUR,
    offMs: 3 * HOUR,
    isCorrected: false,
  });
  const pressed = report([], [sos(T0 - 400 * 24 * HOUR)]);
  expect(wrongClock(pressed, [], report([], [sos(T0)]))).toEqual({
    said: T0 - 400 * 24 * HOUR,
    offMs: -400 * 24 * HOUR,
    isCorrected: true,
  });
  const slow = report([reading(T0 - HOUR)]);
  expect(wrongClock(slow, [], report([reading(T0)], [], { shiftedMs: HOUR }))).toMatchObject({
    offMs: -HOUR,
    isCorrected: true,
  });
});

test('of a clock that was believed nothing is said, nor of a value that was refused for something else', () => {
  const right = report([reading(T0 - MINUTE)], [sos(T0 - MINUTE)]);
  expect(wrongClock(right, [], right)).toBeUndefined();
  expect(wrongClock(right, [{ reason: 'duplicate', detail: '' }], undefined)).toBeUndefined();
});

test('a message that somebody looks at shows a press of 2099 at its arrival, and what the clock said', () => {
  const capture = new Capture();
  capture.watch('d', T0 + HOUR, T0);
  const said = Date.parse('2099-01-01T00:00:00Z');
  const message = { receivedAt: T0, topic: 'shouwang/d/telemetry', payload: Buffer.from('{}') };
  const decoded = { device: 'd', report: report([], [sos(said)]), refusals: [] };
  capture.note(message, decoded, [], report([], [sos(T0)]));
  expect(capture.of('d')?.messages).toMatchObject([
    { clock: 'received', events: [sos(T0)], wrongClock: { said, offMs: said - T0, isCorrected: true } },
  ]);
});

test('a refusal for the clock says how far that is off, in both languages', () => {
  const words = (detail: string, reason = 'clock-future') =>
    refusedClock({ reason, detail, at: T0 }, 'Asia/Shanghai');
  const at = new Date(T0 + 2 * HOUR).toISOString();
  expect(words(`water_index_m3 at ${at}`)).toMatch(/设备时钟为 .*2:00.*，快了 2 小时/);
  expect(words(`water_index_m3 at ${new Date(T0 - 3 * HOUR).toISOString()}`, 'clock-past')).toMatch(
    /慢了 3 小时/,
  );
  expect(words('water_index_m3 at 9000000000000000 ms')).toContain('9000000000000000 ms');
  locale.value = 'en';
  expect(words(`water_index_m3 at ${at}`)).toMatch(/The clock of the device says .*, 2 h ahead/);
  expect(words('anything else')).toBeUndefined();
  expect(words(`water_index_m3 at ${at}`, 'duplicate')).toBeUndefined();
  // Written down so late that by then its clock was not ahead any more: the words would deny the reason above them.
  expect(words(`water_index_m3 at ${new Date(T0 - HOUR).toISOString()}`, 'clock-future')).toBeUndefined();
});
