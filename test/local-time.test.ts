import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localTime, shortTime } from '../src/lib/local-time.ts';

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
