import type { Random } from '../../src/lib/random.ts';
import type { Calendar } from '../calendar.ts';
import { type PersonDay, personDay } from './day.ts';
import type { Person } from './person.ts';

/** One person's days, one after the other; only the present one is in memory. */
export class Life {
  readonly person: Person;
  readonly #random: Random;
  readonly #calendar: Calendar;
  #number: number;
  #day: PersonDay;
  /** The next draw of the present day that has not been taken. */
  #next = 0;

  /** Begins at `start`: what was drawn before is not counted. */
  constructor(person: Person, random: Random, calendar: Calendar, start: number) {
    this.person = person;
    this.#random = random;
    this.#calendar = calendar;
    this.#number = calendar.dayOf(start) - 1;
    this.#day = personDay(person, random, calendar, this.#number);
    this.litresUntil(start);
  }

  /** The day that the last call of `litresUntil` has reached. */
  get today(): PersonDay {
    return this.#day;
  }

  /** What was drawn since the last call and up to (not including) this instant, in litres. */
  litresUntil(instant: number): number {
    let litres = 0;
    for (;;) {
      const { draws, to } = this.#day;
      for (; this.#next < draws.length && draws[this.#next]!.at < instant; this.#next++)
        litres += draws[this.#next]!.litres;
      if (instant < to) return litres;
      this.#day = personDay(this.person, this.#random, this.#calendar, ++this.#number);
      this.#next = 0;
    }
  }
}
