import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localTime, shortTime } from '../src/lib/local-time.ts';
import { offsetTime } from '../src/lib/offset-time.ts';

const ZONES = ['UTC', 'Asia/Shanghai', 'Europe/Madrid', 'Asia/Kathmandu', 'America/St_Johns'];

test('the hour that a notice shows is that of the calendar that Intl keeps', () => {
  const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2035, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), instant, (timeZone, at) => {
      const { hour, minute } = localTime(at, timeZone);
      const two = (n: number) => String(n).padStart(2, '0');
      expect(shortTime(at, timeZone)).toBe(`${two(hour)}:${two(minute)}`);
    }),
  );
});

test('an instant with its offset is read back as the same instant, in any zone', () => {
  for (const [zone, written] of [
    ['Asia/Shanghai', '2026-03-01T08:00:00.123+08:00'],
    ['America/St_Johns', '2026-02-28T20:30:00.123-03:30'],
    ['Asia/Kathmandu', '2026-03-01T05:45:00.123+05:45'],
  ] as const) {
    const at = Date.parse('2026-03-01T00:00:00.123Z');
    expect(offsetTime(at, zone)).toBe(written);
    expect(Date.parse(written)).toBe(at);
  }
  expect(offsetTime(Date.parse('2026-07-01T00:00:00Z'), 'Europe/Berlin')).toBe('2026-07-01T02:00:00+02:00');
});
