import { MINUTE } from '../../src/lib/clock.ts';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import { REQUEST_CATEGORIES, type RequestCategory } from '../../src/model/request-category.ts';
import type { Text } from '../../src/model/text.ts';
import { type Calendar, localCalendar } from '../calendar.ts';
import type { Community, SimulatedHome } from '../community.ts';
import { looksAfter, type StaffPerson } from './people.ts';
import { ASKED, VISITED } from './words.ts';

/** What happens without a case: a resident telephones the committee and asks for something, or a grid worker makes a round. */
export type Errand = {
  readonly at: number;
  readonly home: string;
  readonly by: string;
  readonly note: Text;
} & (
  | { readonly what: 'request'; readonly category: RequestCategory; readonly fromFamily: boolean }
  | { readonly what: 'visit' }
);

/** So many homes ask for something on a day. */
const REQUESTS_A_HOME_A_DAY = 1 / 30;
/** One home of so many is on the round of its grid worker: the others are looked after by their devices. */
const ON_THE_ROUND = 5;
const VISITS_A_DAY = 2;
const FAMILY_SHARE = 0.25;

/** What comes up on each day of a community, from the seed and the number of the day alone. */
export class Errands {
  readonly #homes: readonly SimulatedHome[];
  readonly #people: readonly StaffPerson[];
  readonly #seed: number | string;
  readonly #calendar: Calendar;

  constructor({ homes }: Pick<Community, 'homes'>, people: readonly StaffPerson[], seed: number | string) {
    this.#homes = homes;
    this.#people = people;
    this.#seed = seed;
    this.#calendar = localCalendar(homes[0]?.timeZone ?? 'Asia/Shanghai');
  }

  /** What comes up after one instant, and until another, in order. */
  between(after: number, until: number): Errand[] {
    const found: Errand[] = [];
    for (let day = this.#calendar.dayOf(after); day <= this.#calendar.dayOf(until); day++)
      found.push(...this.#requests(day), ...this.#visits(day));
    return found.filter(({ at }) => at > after && at <= until).sort((a, b) => a.at - b.at);
  }

  #requests(day: number): Errand[] {
    const random = seededRandom(`${this.#seed}/requests/${day}`);
    const asking = this.#homes.filter(() => random.chance(REQUESTS_A_HOME_A_DAY));
    return asking.flatMap((home) => {
      const category = random.pick(REQUEST_CATEGORIES);
      const [at, note] = [this.#at(day, 8 * 60 + 15, 17 * 60, random), random.pick(ASKED[category])];
      const fromFamily = random.chance(FAMILY_SHARE);
      const clerks = this.#people.filter((each) => each.role === 'committee' && looksAfter(each, home.path));
      if (clerks.length === 0) return [];
      const by = random.pick(clerks).id;
      return [{ what: 'request', at, home: home.id, by, category, fromFamily, note }] as const;
    });
  }

  #visits(day: number): Errand[] {
    return this.#people
      .filter(({ role }) => role === 'grid-worker')
      .flatMap((person) => {
        const random = seededRandom(`${this.#seed}/round/${person.id}/${day}`);
        const round = this.#homes.filter(({ path }) => looksAfter(person, path));
        const theirs = round.filter((_, i) => i % ON_THE_ROUND === 0);
        return theirs.length === 0
          ? []
          : Array.from({ length: VISITS_A_DAY }, (_, i) => {
              const home = theirs[(day * VISITS_A_DAY + i) % theirs.length]!;
              const at = this.#at(day, 9 * 60, 16 * 60, random);
              return { what: 'visit', at, home: home.id, by: person.id, note: random.pick(VISITED) } as const;
            });
      });
  }

  #at(day: number, from: number, to: number, random: Random): number {
    return Math.round(this.#calendar.at(day, from) + random.between(0, to - from) * MINUTE);
  }
}
