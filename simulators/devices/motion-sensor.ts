import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { Household } from '../household.ts';
import type { Moves } from '../people/moves.ts';
import type { DeviceReport } from '../report.ts';
import type { SimulatedMotionSensor } from '../sensors.ts';
import type { Habit } from './habit.ts';
import { SensorLine } from './line.ts';

/** So long after the last movement it says that there is none. */
const HOLD = 90 * SECOND;
/** While movement goes on it says so again after this. */
const AGAIN = 2 * MINUTE;
const HEARTBEAT = HOUR;

/** A motion sensor on the ceiling of one room: sees who moves there, and is heard once an hour when nobody does. */
export class MotionSensor implements Habit {
  nextAt: number;
  readonly #sensor: SimulatedMotionSensor;
  readonly #household: Household;
  readonly #moves: Moves;
  readonly #random: Random;
  readonly #line: SensorLine;
  #heartbeatAt: number;
  #movedAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;
  #active = false;
  #batteryPct: number;

  constructor(options: {
    sensor: SimulatedMotionSensor;
    household: Household;
    random: Random;
    start: number;
  }) {
    this.#sensor = options.sensor;
    this.#household = options.household;
    this.#random = options.random;
    this.#line = new SensorLine(options.sensor, options.household);
    this.#moves = options.household.moves(options.start);
    this.#heartbeatAt = options.start + this.#random.integer(0, HEARTBEAT / SECOND) * SECOND;
    this.#batteryPct = this.#random.between(60, 100);
    this.nextAt = this.#next();
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.#household.advance(at);
    const value = this.#look(at);
    const due = value === undefined && at >= this.#heartbeatAt;
    const report =
      value !== undefined || due ? this.#say(at, value ?? (this.#active ? 1 : 0), due) : undefined;
    this.nextAt = this.#next();
    return report;
  }

  /** What it has to say about movement at this instant; undefined: nothing new. */
  #look(at: number): 0 | 1 | undefined {
    let seen = false;
    while (this.#moves.peek().at <= at) {
      const { room, anyway } = this.#moves.take();
      if (room === this.#sensor.place && (anyway || this.#household.anybodyMoves)) seen = true;
    }
    if (seen) {
      this.#movedAt = at;
      if (this.#active && at - this.#saidAt < AGAIN) return undefined;
      this.#active = true;
      return 1;
    }
    if (!this.#active || at < this.#movedAt + HOLD) return undefined;
    this.#active = false;
    return 0;
  }

  #say(at: number, value: 0 | 1, withBattery: boolean): DeviceReport | undefined {
    this.#saidAt = at;
    this.#heartbeatAt = at + HEARTBEAT;
    this.#batteryPct = Math.max(5, this.#batteryPct - 0.001);
    const battery = withBattery ? { battery_pct: Math.round(this.#batteryPct) } : {};
    const delay = Math.round(this.#random.between(0.3, 2) * SECOND);
    return this.#line.say(at, { motion_bool: value, ...battery }, delay);
  }

  #next(): number {
    const off = this.#active ? this.#movedAt + HOLD : Number.POSITIVE_INFINITY;
    return Math.min(this.#nextMove(), off, this.#heartbeatAt);
  }

  /** Passes over what happens in other rooms. */
  #nextMove(): number {
    while (this.#moves.peek().room !== this.#sensor.place) this.#moves.take();
    return this.#moves.peek().at;
  }
}
