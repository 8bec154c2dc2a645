import { instantOfLocal, localDay } from '../../lib/local-time.ts';
import { dateOf, dayOf, daysOf, monthOf, yearOf } from '../../lib/recurrence.ts';
import { assert } from '../../lib/result.ts';
import type { WorkCalendar } from '../../model/holidays.ts';
import type { RosterDefinition, ShiftDefinition, Swap } from '../../model/roster.ts';

/** One shift of a roster, as the plan has it. */
export interface PlannedShift {
  readonly shift: ShiftDefinition;
  /** The day on which it begins, since 1970, and as people write it. */
  readonly day: number;
  readonly date: string;
  readonly from: number;
  readonly until: number;
  /** By id, in the order of the rotation; not yet swapped. */
  readonly members: readonly string[];
}

/** Of each shift; those from 2000 on fit into it for as long as anybody looks ahead. */
const YEARS_KEPT_MAX = 120;

/** The days of a shift in one calendar year, and how many there were before it. */
interface Year {
  readonly days: readonly number[];
  readonly before: number;
}

const RULE_YEARS_KEPT_MAX = 10_000;

/** Recurrence rules by the year: hundreds of rosters share a handful of them, and each costs some milliseconds a year. */
export class RuleYears {
  readonly #known = new Map<string, readonly number[]>();

  /** The days since 1970 that a rule gives in a calendar year, when it begins on `start`. */
  daysIn(rule: string, start: number, year: number): readonly number[] {
    const key = `${rule} ${start} ${year}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= RULE_YEARS_KEPT_MAX) this.#known.clear();
    const days = daysOf(rule, start, dayOf(`${year}-01-01`) as number, dayOf(`${year}-12-31`) as number);
    this.#known.set(key, days);
    return days;
  }
}

/**
 * The plan of one roster in one zone: which shift begins when, and whose turn it is. Days come from the recurrence
 * rules, hours from the wall clock of the zone: where one shift ends and the next begins at the same local time, the
 * instants are the same too, whatever the clocks do that night. Years are expanded once, when they are asked for.
 */
export class Rota {
  readonly roster: RosterDefinition;
  readonly timeZone: string;
  readonly #calendar: WorkCalendar;
  readonly #ruleYears: RuleYears;
  readonly #start: number;
  readonly #years = new Map<string, Year>();

  constructor(
    roster: RosterDefinition,
    timeZone: string,
    calendar: WorkCalendar,
    ruleYears: RuleYears = new RuleYears(),
  ) {
    this.roster = roster;
    this.timeZone = timeZone;
    this.#calendar = calendar;
    this.#ruleYears = ruleYears;
    const start = dayOf(roster.starts);
    assert(start !== undefined, 'the schema has checked the first day of the roster');
    this.#start = start;
  }

  /** Shifts that have begun before `until` and end after `from`, in order of their beginnings. */
  between(from: number, until: number): PlannedShift[] {
    const first = localDay(from, this.timeZone) - 1;
    const last = localDay(until, this.timeZone) + 1;
    const found: PlannedShift[] = [];
    for (const shift of this.roster.shifts) {
      for (const day of this.#daysBetween(shift, first - lengthOf(shift), last)) {
        const planned = this.#planned(shift, day);
        if (planned.from < until && planned.until > from) found.push(planned);
      }
    }
    return found.sort((a, b) => a.from - b.from || a.until - b.until);
  }

  /** The shift that begins on this date; undefined where there is none. */
  on(shiftId: string, date: string): PlannedShift | undefined {
    const shift = this.roster.shifts.find(({ id }) => id === shiftId);
    const day = dayOf(date);
    if (!shift || day === undefined) return undefined;
    return this.#daysBetween(shift, day, day).length > 0 ? this.#planned(shift, day) : undefined;
  }

  #planned(shift: ShiftDefinition, day: number): PlannedShift {
    const from = instantOfLocal(day, shift.from, this.timeZone);
    const until = instantOfLocal(day + lengthOf(shift), shift.to, this.timeZone);
    return { shift, day, date: dateOf(day), from, until, members: this.#membersOn(shift, day) };
  }

  #membersOn(shift: ShiftDefinition, day: number): string[] {
    const members = shift.members ?? this.roster.members;
    const turn = this.#turn(shift, day) * shift.together;
    const serving = Array.from(
      { length: shift.together },
      (_, i) => members[(turn + i) % members.length] as string,
    );
    return [...new Set(serving)];
  }

  /** How often the rotation has moved on before this day. */
  #turn(shift: ShiftDefinition, day: number): number {
    switch (shift.change ?? this.roster.change) {
      case 'shift': {
        const { days, before } = this.#yearOf(shift, yearOf(day));
        return before + placeOf(days, day);
      }
      case 'day':
        return day - this.#start;
      case 'week':
        return Math.floor((day - this.#start) / 7);
      case 'month':
        return monthOf(day) - monthOf(this.#start);
    }
  }

  #daysBetween(shift: ShiftDefinition, first: number, last: number): number[] {
    const found: number[] = [];
    for (let year = Math.max(yearOf(first), yearOf(this.#start)); year <= yearOf(last); year++) {
      const { days } = this.#yearOf(shift, year);
      for (let i = placeOf(days, first); i < days.length; i++) {
        const day = days[i] as number;
        if (day > last) break;
        found.push(day);
      }
    }
    return found;
  }

  #yearOf(shift: ShiftDefinition, year: number): Year {
    const key = `${shift.id} ${year}`;
    const known = this.#years.get(key);
    if (known) return known;
    if (this.#years.size >= YEARS_KEPT_MAX * this.roster.shifts.length) this.#years.clear();
    const before = year <= yearOf(this.#start) ? undefined : this.#yearOf(shift, year - 1);
    const made: Year = {
      days: this.#expand(shift, year),
      before: before ? before.before + before.days.length : 0,
    };
    this.#years.set(key, made);
    return made;
  }

  #expand(shift: ShiftDefinition, year: number): readonly number[] {
    const days = this.#ruleYears.daysIn(shift.repeat, this.#start, year);
    if (shift.on === 'any') return days;
    return days.filter((day) => this.#calendar.isWorkday(day) === (shift.on === 'workday'));
  }
}

/** Where in a list in order the first day that is not earlier stands. */
function placeOf(days: readonly number[], day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] as number) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** On which day after its beginning a shift hands over. */
const lengthOf = (shift: ShiftDefinition): number => shift.days ?? (shift.to > shift.from ? 0 : 1);

/** Who serves a shift after all swaps, by id. */
export function serving({ shift, date, members }: PlannedShift, swaps: readonly Swap[]): readonly string[] {
  let people = members;
  for (const swap of swaps) {
    if (swap.shift !== shift.id || swap.date !== date) continue;
    people = people.map((one) => (one === swap.from ? swap.to : one));
  }
  return people;
}
