import { describe, expect, test } from 'vitest';
import { calendarText } from '../src/lib/icalendar.ts';
import { dateOf, dayOf, daysOf, recurrenceFault } from '../src/lib/recurrence.ts';

const day = (date: string): number => dayOf(date) as number;

describe('days by a recurrence rule', () => {
  test.each([
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2026-03-01', '2026-04-01', ['2026-03-09', '2026-03-23']],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-03-01', '2026-05-01', ['2026-03-27', '2026-04-24']],
    ['FREQ=DAILY;COUNT=3', '2026-01-01', '2026-02-01', ['2026-01-01', '2026-01-02', '2026-01-03']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2026-01-01', '2033-01-01', ['2028-02-29', '2032-02-29']],
  ])('%s', (rule, first, last, expected) => {
    expect(daysOf(rule, day('2026-01-01'), day(first), day(last)).map(dateOf)).toEqual(expected);
  });

  test('are the same however far from their beginning', () => {
    const far = daysOf('FREQ=DAILY;INTERVAL=3', day('2000-01-01'), day('2099-12-01'), day('2099-12-31'));
    expect(far.every((each) => (each - day('2000-01-01')) % 3 === 0)).toBe(true);
    expect(far).toHaveLength(10);
  });

  test.each([
    ['FREQ=DAILY', undefined],
    ['FREQ=HOURLY', 'an RRULE of RFC 5545'],
    ['FREQ=DAILY;BYHOUR=3', 'days only'],
    ['FREQ=WEEKLY;BYDAY=XX', 'Invalid BYDAY'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'no day within ten years'],
    ['every Monday', 'an RRULE of RFC 5545'],
  ])('are refused in words where they are none: %s', (rule, fault) => {
    const found = recurrenceFault(rule);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  test('begin with days that the calendar has', () => {
    expect(dayOf('2026-02-29')).toBeUndefined();
    expect(dayOf('2028-02-29')).toBeDefined();
    expect(dayOf('1970-01-01')).toBe(0);
  });
});

test('a calendar folds its lines at 75 bytes without cutting a character, and escapes what means something', () => {
  const at = Date.parse('2026-03-01T00:00:00Z');
  const summary = `夜班, 周敏; ${'值'.repeat(40)}`;
  const text = calendarText(
    '值班',
    [{ id: 'a', from: at, until: at + 1000, summary, description: 'x\ny' }],
    at,
  );
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const unfolded = text.replaceAll('\r\n ', '');
  expect(unfolded).toContain(`SUMMARY:夜班\\, 周敏\\; ${'值'.repeat(40)}\r\n`);
  expect(unfolded).toContain('DESCRIPTION:x\\ny\r\n');
  expect(unfolded).toContain('DTSTART:20260301T000000Z\r\nDTEND:20260301T000001Z');
});
