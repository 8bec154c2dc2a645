import { HOUR } from '../src/lib/clock.ts';
import type { Random } from '../src/lib/random.ts';
import type { Calendar } from './calendar.ts';
import type { SimulatedHome } from './community.ts';
import type { Disturbance } from './incident.ts';
import type { PersonDay, Span } from './people/day.ts';
import { Life } from './people/life.ts';
import { type Absence, Moves } from './people/moves.ts';
import { makePerson, type Person } from './people/person.ts';

/** Something that disturbs this home for a while. */
export interface Happening extends Span {
  readonly disturbance: Disturbance;
}

/** What the resident does at an instant. */
export interface Doing {
  readonly out: boolean;
  readonly asleep: boolean;
  readonly still: boolean;
}

const AS_USUAL: Disturbance = {};

/** One home: who lives in it, what disturbs it, and how much water has run. It is asked in order of time. */
export class Household {
  readonly home: SimulatedHome;
  readonly person: Person;
  readonly #random: Random;
  readonly #calendar: Calendar;
  readonly #happenings: readonly Happening[];
  readonly #resident: Life;
  #guests: Life[] = [];
  #now: number;
  #litres = 0;
  #disturbance = AS_USUAL;
  /** Until when the present disturbance holds. */
  #holdsUntil: number;

  constructor(options: {
    home: SimulatedHome;
    random: Random;
    calendar: Calendar;
    start: number;
    /** In order of their beginning. */
    happenings: readonly Happening[];
  }) {
    this.home = options.home;
    this.#random = options.random;
    this.#calendar = options.calendar;
    this.#happenings = options.happenings;
    this.#now = options.start;
    this.person = makePerson(options.random.fork('person'));
    this.#resident = new Life(this.person, options.random.fork('life'), options.calendar, options.start);
    this.#holdsUntil = options.start;
    this.#change(options.start);
  }

  /** All the water that ran since the start, in litres. */
  get litres(): number {
    return this.#litres;
  }

  get disturbance(): Disturbance {
    return this.#disturbance;
  }

  get today(): PersonDay {
    return this.#resident.today;
  }

  /** Lives until this instant. */
  advance(instant: number): void {
    while (this.#holdsUntil <= instant) {
      this.#run(this.#holdsUntil);
      this.#change(this.#holdsUntil);
    }
    this.#run(instant);
  }

  /** What the resident does at the instant that `advance` has reached. */
  doing(): Doing {
    const { liesStill, nobodyHome } = this.#disturbance;
    const day = this.#resident.today;
    const asleep = this.#now >= day.sleepFrom;
    if (liesStill) return { out: false, asleep, still: true };
    const out = nobodyHome === true || isWithin(day.outs, this.#now);
    return { out, asleep, still: false };
  }

  /** Is there anybody in the home who moves, at the instant that `advance` has reached? */
  get anybodyMoves(): boolean {
    const { liesStill, nobodyHome } = this.#disturbance;
    return !liesStill && !nobodyHome;
  }

  /** Where the resident moves from `start` on, for one sensor that looks. */
  moves(start: number): Moves {
    return new Moves({
      person: this.person,
      life: this.#random.fork('life'),
      random: this.#random.fork('moves'),
      calendar: this.#calendar,
      start,
      absences: this.#happenings.flatMap(({ from, to, disturbance }): Absence[] => {
        if (disturbance.liesStill) return [{ from, to, what: 'still' }];
        return disturbance.nobodyHome ? [{ from, to, what: 'out' }] : [];
      }),
    });
  }

  /** Water runs until this instant under the present disturbance. */
  #run(instant: number): void {
    if (instant <= this.#now) return;
    const { usesNoWater, leakLitresAnHour } = this.#disturbance;
    const used = this.#resident.litresUntil(instant);
    if (!usesNoWater) this.#litres += used;
    for (const guest of this.#guests) this.#litres += guest.litresUntil(instant);
    if (leakLitresAnHour) this.#litres += (leakLitresAnHour * (instant - this.#now)) / HOUR;
    this.#now = instant;
  }

  /** Finds out what disturbs the home from this instant on. */
  #change(instant: number): void {
    let merged = AS_USUAL;
    let until = Number.POSITIVE_INFINITY;
    for (const { from, to, disturbance } of this.#happenings) {
      if (from > instant) {
        until = Math.min(until, from);
        break;
      }
      if (to <= instant) continue;
      until = Math.min(until, to);
      merged = merged === AS_USUAL ? disturbance : { ...merged, ...disturbance };
    }
    this.#disturbance = merged;
    this.#holdsUntil = until;
    this.#receive(merged.guests ?? 0, instant);
  }

  #receive(count: number, instant: number): void {
    if (count === this.#guests.length) return;
    this.#guests = [];
    for (let i = 0; i < count; i++) {
      const random = this.#random.fork(`guest/${i}/${instant}`);
      this.#guests.push(new Life(makePerson(random.fork('person')), random, this.#calendar, instant));
    }
  }
}

function isWithin(spans: readonly Span[], instant: number): boolean {
  for (const { from, to } of spans) if (instant >= from && instant < to) return true;
  return false;
}
