import { HOUR, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { SimulatedDevice } from '../community.ts';
import type { Household } from '../household.ts';
import type { Moves } from '../people/moves.ts';
import type { DeviceReport } from '../report.ts';
import type { Habit } from './habit.ts';
import { SensorLine } from './line.ts';

const HEARTBEAT = 4 * HOUR;

/** A contact on the front door: says when it opens and closes, and is heard every four hours when it does not. */
export class DoorContact implements Habit {
  nextAt: number;
  readonly #household: Household;
  readonly #moves: Moves;
  readonly #random: Random;
  readonly #line: SensorLine;
  #heartbeatAt: number;
  #open = 0;
  #batteryPct: number;

  constructor(options: { door: SimulatedDevice; household: Household; random: Random; start: number }) {
    this.#household = options.household;
    this.#random = options.random;
    this.#line = new SensorLine(options.door, options.household);
    this.#moves = options.household.moves(options.start);
    this.#heartbeatAt = options.start + this.#random.integer(0, HEARTBEAT / SECOND) * SECOND;
    this.#batteryPct = this.#random.between(60, 100);
    this.nextAt = this.#next();
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.#household.advance(at);
    const report = at === this.#moves.peek().at ? this.#moved(at) : this.#heartbeat(at);
    this.nextAt = this.#next();
    return report;
  }

  #moved(at: number): DeviceReport | undefined {
    const { door, anyway } = this.#moves.take();
    // A door that somebody has opened falls shut whatever happens then.
    if (!anyway && !this.#household.anybodyMoves && !(door === 'closed' && this.#open === 1))
      return undefined;
    this.#open = door === 'open' ? 1 : 0;
    return this.#say(at, {});
  }

  #heartbeat(at: number): DeviceReport | undefined {
    this.#batteryPct = Math.max(5, this.#batteryPct - 0.003);
    return this.#say(at, { battery_pct: Math.round(this.#batteryPct) });
  }

  #say(at: number, more: Record<string, number>): DeviceReport | undefined {
    this.#heartbeatAt = at + HEARTBEAT;
    const delay = Math.round(this.#random.between(0.3, 2) * SECOND);
    return this.#line.say(at, { door_open_bool: this.#open, ...more }, delay);
  }

  #next(): number {
    while (this.#moves.peek().door === undefined) this.#moves.take();
    return Math.min(this.#moves.peek().at, this.#heartbeatAt);
  }
}
