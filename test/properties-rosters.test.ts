import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { gapsOf } from '../src/cases/duty/gaps.ts';
import { Duty, Rosters } from '../src/cases/duty/on-duty.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { dateOf, dayOf } from '../src/lib/recurrence.ts';
import { type Holidays, workCalendar } from '../src/model/holidays.ts';
import { registryEntrySchema, type Staff } from '../src/model/registry.ts';
import { type DutyBook, type RosterDefinition, rostersSchema } from '../src/model/roster.ts';
import { runs } from './runs.ts';

const STAFF = ['a', 'b', 'c', 'd', 'e'];
/** `e` is in no registry, `d` has no channel that works. */
const staffMember = (id: string): Staff | undefined =>
  id === 'e'
    ? undefined
    : (registryEntrySchema.parse({
        noun: 'staff',
        id,
        name: id,
        channels: [{ channel: id === 'd' ? 'broken' : 'robot' }],
      }) as Staff);
const KNOWN = new Map(STAFF.map((id) => [id, staffMember(id)]));
const CONFIGURED = new Set(['robot']);
const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
const HOLIDAYS: Holidays = {
  source: 'a test',
  years: [2025, 2026],
  off: ['2026-03-03', '2026-03-04', '2026-10-01'].map((date) => ({ date, name: { zh: '假', en: 'off' } })),
  work: ['2026-03-07', '2026-03-29', '2026-10-25'].map((date) => ({ date, name: { zh: '班', en: 'work' } })),
};

/** The rules that the oracle understands: what each says of a day, counted from the first. */
const RULES: readonly [rule: string, holds: (day: number, start: number) => boolean][] = [
  ['FREQ=DAILY', () => true],
  ['FREQ=DAILY;INTERVAL=3', (day, start) => (day - start) % 3 === 0],
  ['FREQ=WEEKLY;BYDAY=MO,WE,SA', (day) => [1, 3, 6].includes(weekday(day))],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU',
    (day, start) => [2, 7].includes(weekday(day)) && (monday(day) - monday(start)) % 14 === 0,
  ],
  ['FREQ=MONTHLY;BYMONTHDAY=1,15,-1', (day) => /-(01|15)$/.test(dateOf(day)) || /-01$/.test(dateOf(day + 1))],
];
/** Each answer is worked out once: the same days are asked for again and again. */
function remembered<A extends (string | number)[], T>(work: (...of: A) => T): (...of: A) => T {
  const known = new Map<string, T>();
  return (...of) => {
    const key = of.join();
    const value = known.get(key) ?? work(...of);
    known.set(key, value);
    return value;
  };
}
const weekday = remembered((day: number): number => Temporal.PlainDate.from(dateOf(day)).dayOfWeek);
const monday = (day: number): number => day - weekday(day) + 1;

/** What the wall clock of a zone shows, as if it were UTC. */
const shown = remembered((at: number, zone: string): number => {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  return wall.toZonedDateTime('UTC').epochMilliseconds;
});

/** The first instant at which the wall clock of a zone has reached this time of a day, by looking at each quarter of an hour. */
const reached = remembered((day: number, minute: number, zone: string): number => {
  const wanted = day * DAY + minute * MINUTE;
  for (let at = wanted - 15 * HOUR; ; at += 15 * MINUTE) if (shown(at, zone) >= wanted) return at;
});

function isWorkday(day: number): boolean {
  const date = dateOf(day);
  if (HOLIDAYS.work.some((each) => each.date === date)) return true;
  return weekday(day) <= 5 && !HOLIDAYS.off.some((each) => each.date === date);
}

/** Who is called at an instant, worked out from the very first day on, one day after the other. */
function oracle(roster: RosterDefinition, book: DutyBook, at: number, zone: string): string[] {
  const start = dayOf(roster.starts) as number;
  const planned: string[] = [];
  for (const shift of roster.shifts) {
    const [, holds] = RULES.find(([rule]) => rule === shift.repeat) as (typeof RULES)[number];
    let turns = 0;
    for (let day = start; day * DAY < at + 2 * DAY; day++) {
      if (!holds(day, start) || (shift.on !== 'any' && isWorkday(day) !== (shift.on === 'workday'))) continue;
      const ends = day + (shift.days ?? (shift.to > shift.from ? 0 : 1));
      const months = (of: number): number =>
        Number(dateOf(of).slice(0, 4)) * 12 + Number(dateOf(of).slice(5, 7));
      const turn = {
        shift: turns++,
        day: day - start,
        week: Math.floor((day - start) / 7),
        month: months(day) - months(start),
      }[shift.change ?? roster.change];
      if (day < Math.floor(at / DAY) - 40) continue;
      if (!(reached(day, shift.from, zone) <= at && at < reached(ends, shift.to, zone))) continue;
      const members = shift.members ?? roster.members;
      let people = members
        .slice(0, shift.together)
        .map((_, i) => members[(turn * shift.together + i) % members.length] as string);
      people = [...new Set(people)];
      for (const swap of book.swaps)
        if (swap.shift === shift.id && swap.date === dateOf(day))
          people = people.map((one) => (one === swap.from ? swap.to : one));
      planned.push(...people);
    }
  }
  const can = (id: string): boolean =>
    id !== 'd' &&
    id !== 'e' &&
    !book.leave.some(({ staff, from, until }) => staff === id && from <= at && at < until);
  const called = planned.filter(can);
  for (const _ of planned.filter((id) => !can(id))) {
    const next = roster.substitutes.find((id) => can(id) && !planned.includes(id) && !called.includes(id));
    if (next !== undefined) called.push(next);
  }
  return [...new Set(called)].sort();
}

const quarter = fc
  .integer({ min: 0, max: 95 })
  .map((n) => `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`);
const someOf = (max: number) => fc.uniqueArray(fc.constantFrom(...STAFF), { minLength: 1, maxLength: max });
const shiftOf = fc.record(
  {
    repeat: fc.constantFrom(...RULES.map(([rule]) => rule)),
    on: fc.constantFrom('any', 'workday', 'day-off'),
    from: quarter,
    to: quarter,
    days: fc.integer({ min: 1, max: 8 }),
    members: someOf(3),
    change: fc.constantFrom('shift', 'day', 'week', 'month'),
  },
  { requiredKeys: ['repeat', 'on', 'from', 'to'] },
);
const rosterOf = fc.record({
  starts: fc.integer({ min: 0, max: 200 }).map((n) => dateOf((dayOf('2025-08-01') as number) + n)),
  members: someOf(4),
  change: fc.constantFrom('shift', 'day', 'week', 'month'),
  substitutes: someOf(2),
  coverage: fc.constantFrom('always', 'shifts'),
  shifts: fc.array(shiftOf, { minLength: 1, maxLength: 3 }),
});

/** Instants about the days on which clocks change, holidays begin and months end. */
const instantOf = fc
  .tuple(
    fc.constantFrom('2026-03-01', '2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25', '2026-12-31'),
    fc.integer({ min: -4 * 96, max: 4 * 96 }),
    fc.integer({ min: 0, max: 14 }),
  )
  .map(([date, quarters, minutes]) => Date.parse(date) + quarters * 15 * MINUTE + minutes * MINUTE);
const leaveOf = fc
  .tuple(fc.constantFrom(...STAFF), instantOf, fc.integer({ min: 1, max: 200 }))
  .map(([staff, from, hours]) => {
    return { staff, from, until: from + hours * HOUR, note: '', by: '', at: 0 };
  });
const swapOf = fc.tuple(
  fc.integer({ min: 0, max: 2 }),
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom(...STAFF),
  fc.constantFrom(...STAFF),
);

test('who is on duty is what anybody would work out by hand, day after day, in every zone', () => {
  fc.assert(
    fc.property(
      rosterOf,
      fc.constantFrom(...ZONES),
      instantOf,
      fc.array(leaveOf, { maxLength: 3 }),
      fc.array(swapOf, { maxLength: 3 }),
      fc.constantFrom('as it is', 'at a hand-over', 'just before one'),
      (made, timeZone, chosen, leave, swapped, where) => {
        const shifts = made.shifts.map((shift, i) => ({ id: `s${i}`, name: `s${i}`, ...shift }));
        const file = rostersSchema.parse({ rosters: [{ ...made, id: 'r', name: 'r', node: 'n', shifts }] });
        const [roster] = file.rosters as [RosterDefinition];
        const registry = { staffMember: (id: string) => KNOWN.get(id), timeZone: () => timeZone };
        const rosters = new Rosters(file, workCalendar(HOLIDAYS));
        const [near] = rosters.planOf(roster, registry).between(chosen, chosen + 9 * DAY);
        const edge =
          near && where !== 'as it is'
            ? Math.floor(chosen / MINUTE) % 2 === 0
              ? near.from
              : near.until
            : chosen;
        const at = where === 'just before one' ? edge - 1 : edge;
        const swaps = swapped.map(([shift, days, from, to]) => {
          return {
            roster: 'r',
            shift: `s${shift}`,
            date: dateOf(Math.floor(at / DAY) + days),
            from,
            to,
            by: '',
            at: 0,
          };
        });
        const book: DutyBook = { swaps, leave, notes: [] };
        const duty = new Duty(rosters, () => book);
        const { people, posts } = duty.onDuty(roster, at, registry, CONFIGURED);
        expect(people.map(({ id }) => id).sort()).toEqual(oracle(roster, book, at, timeZone));
        // Nobody is called at an instant only where that was said in advance, and nowhere else.
        const gaps = gapsOf(duty, roster, { from: at - 3 * DAY, until: at + 3 * DAY }, registry, CONFIGURED);
        const isMeant = roster.coverage === 'shifts' && posts.length === 0;
        const isSaid = gaps.some(({ from, until }) => from <= at && at < until);
        expect(isSaid).toBe(people.length === 0 && !isMeant);
      },
    ),
    { numRuns: runs(1, 500) },
  );
});
