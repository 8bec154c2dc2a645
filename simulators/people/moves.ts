import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { Calendar } from '../calendar.ts';
import type { Room } from '../sensors.ts';
import { type Draw, type PersonDay, personDay, type Span } from './day.ts';
import type { Person } from './person.ts';

/** Somebody moves in a room, or the front door moves. */
export interface Move {
  readonly at: number;
  readonly room?: Room;
  readonly door?: 'open' | 'closed';
  /** Happens although an incident has begun: the way home, the way out. */
  readonly anyway?: true;
}

/** What an incident changes about who is in. */
export interface Absence extends Span {
  /** `out`: nobody is in; `still`: somebody lies in the home. */
  readonly what: 'out' | 'still';
}

/** Draws of one visit lie closer together than this. */
const VISIT_MS = 8 * MINUTE;
const DOOR_OPEN_MS = 8 * SECOND;

/** Where a person moves, day after day, in order of time. It follows the same days as the water that they draw. */
export class Moves {
  readonly #person: Person;
  readonly #life: Random;
  readonly #random: Random;
  readonly #calendar: Calendar;
  readonly #absences: readonly Absence[];
  /** How likely somebody is at the door on a day on which the person does not go out: a parcel, the rubbish. */
  readonly #doorChance: number;
  #number: number;
  #day: readonly Move[] = [];
  #next = 0;

  constructor(options: {
    person: Person;
    /** The stream of the person's days. */
    life: Random;
    /** A stream of its own. */
    random: Random;
    calendar: Calendar;
    start: number;
    absences: readonly Absence[];
  }) {
    this.#person = options.person;
    this.#life = options.life;
    this.#random = options.random;
    this.#calendar = options.calendar;
    this.#absences = options.absences;
    this.#doorChance = options.random.fork('door').between(0.35, 0.85);
    this.#number = options.calendar.dayOf(options.start) - 2;
    while (this.peek().at < options.start) this.take();
  }

  peek(): Move {
    while (this.#next >= this.#day.length) {
      this.#day = this.#movesOf(++this.#number);
      this.#next = 0;
    }
    return this.#day[this.#next]!;
  }

  take(): Move {
    const move = this.peek();
    this.#next++;
    return move;
  }

  #movesOf(number: number): Move[] {
    const day = personDay(this.#person, this.#life, this.#calendar, number);
    const random = this.#random.fork(`day/${number}`);
    const moves = new DayMoves(day, random);
    moves.rooms(this.#person);
    moves.door(this.#doorChance);
    for (const absence of this.#absences) moves.absence(absence);
    return moves.inOrder();
  }
}

/** Collects the moves of one day. */
class DayMoves {
  readonly #day: PersonDay;
  readonly #random: Random;
  readonly #moves: Move[] = [];

  constructor(day: PersonDay, random: Random) {
    this.#day = day;
    this.#random = random;
  }

  inOrder(): Move[] {
    return this.#moves.sort((a, b) => a.at - b.at);
  }

  #move(at: number, room: Room): void {
    const { outs } = this.#day;
    // Who is on the way out or has just come in is not in a room as well.
    if (outs.some(({ from, to }) => at >= from - 20 * SECOND && at < to + 30 * SECOND)) return;
    this.#moves.push({ at: Math.round(at), room });
  }

  rooms(person: Person): void {
    const { from, sleepFrom, briskness, draws } = this.#day;
    const random = this.#random;
    const visits = [...visitsTo('bathroom', draws), ...visitsTo('kitchen', draws)];
    const inVisit = (at: number): boolean => visits.some((visit) => at >= visit.from && at < visit.to);
    const nap = from + random.between(6, 7.5) * HOUR;
    const napEnds = random.chance(person.napChance) ? nap + random.between(40, 90) * MINUTE : nap;
    for (const { room, ...visit } of visits) this.#visit(visit, room);
    this.#move(from, 'hall');
    this.#move(sleepFrom, 'hall');
    for (let at = from; at < sleepFrom; at += MINUTE + random.exponential((8 * MINUTE) / briskness)) {
      if (inVisit(at) || (at >= nap && at < napEnds)) continue;
      this.#move(at, random.chance(0.9) ? 'living-room' : 'hall');
    }
  }

  /** The bathroom lies off the hall: whoever goes in or comes out passes it. */
  #visit({ from, to }: Span, room: Room): void {
    const random = this.#random;
    const enters = from - random.between(20, 60) * SECOND;
    const stays = random.chance(0.12) && room === 'bathroom' ? random.between(4, 18) * MINUTE : 0;
    const leaves = to + random.between(40, 150) * SECOND + stays;
    for (let at = enters; at < leaves; at += random.between(30, 90) * SECOND) this.#move(at, room);
    if (room !== 'bathroom') return;
    this.#move(enters - 6 * SECOND, 'hall');
    this.#move(leaves + 6 * SECOND, 'hall');
  }

  door(chance: number): void {
    const { from, outs } = this.#day;
    for (const out of outs) {
      this.#add(out.from - 12 * SECOND, { room: 'hall' });
      this.#opens(out.from);
      this.#comesHome(out.to);
    }
    if (outs.length > 0 || !this.#random.chance(chance)) return;
    const at = from + this.#random.between(2, 11) * HOUR;
    this.#add(at - 10 * SECOND, { room: 'hall' });
    this.#opens(at);
    this.#add(at + 40 * SECOND, { room: 'hall' });
  }

  /** The way out when nobody will be in; the way home where the person lies in the home though they were out. */
  absence({ from, to, what }: Absence): void {
    const isOut = (at: number): boolean => this.#day.outs.some((out) => at >= out.from && at < out.to);
    if (this.#isToday(from)) {
      if (what === 'out' && !isOut(from)) this.#opens(from, true);
      if (what === 'still' && isOut(from)) this.#comesHome(from, true);
    }
    if (this.#isToday(to) && !isOut(to)) this.#comesHome(to);
  }

  #isToday(at: number): boolean {
    return at >= this.#day.from && at < this.#day.to;
  }

  #comesHome(at: number, anyway = false): void {
    this.#opens(at, anyway);
    this.#add(at + 90 * SECOND, { room: 'hall', ...(anyway ? { anyway } : {}) });
  }

  #opens(at: number, anyway = false): void {
    const more = anyway ? ({ anyway } as const) : {};
    this.#add(at, { door: 'open', ...more });
    this.#add(at + DOOR_OPEN_MS, { door: 'closed', ...more });
  }

  #add(at: number, move: Omit<Move, 'at'>): void {
    this.#moves.push({ at: Math.round(at), ...move });
  }
}

/** Draws of one room that belong together, as visits. */
function visitsTo(room: 'bathroom' | 'kitchen', draws: readonly Draw[]): (Span & { room: Room })[] {
  const visits: { from: number; to: number; room: Room }[] = [];
  for (const { at, room: where } of draws) {
    if (where !== room) continue;
    const visit = visits.at(-1);
    if (visit && at - visit.to < VISIT_MS) visit.to = at;
    else visits.push({ from: at, to: at, room });
  }
  return visits;
}
