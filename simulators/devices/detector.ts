import { DAY, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { SimulatedDevice } from '../community.ts';
import type { Household } from '../household.ts';
import type { DeviceReport } from '../report.ts';
import type { Habit } from './habit.ts';
import { SensorLine } from './line.ts';

export interface DetectorEvent {
  readonly at: number;
  readonly event: string;
}

/** A smoke or gas detector: its battery once a day, an alarm at once. */
export class Detector implements Habit {
  nextAt: number;
  readonly #household: Household;
  readonly #random: Random;
  readonly #line: SensorLine;
  readonly #events: readonly DetectorEvent[];
  #nextEvent = 0;
  #heartbeatAt: number;
  #batteryPct: number;

  constructor(options: {
    detector: SimulatedDevice;
    household: Household;
    random: Random;
    start: number;
    /** What it detects, in order of time. */
    events: readonly DetectorEvent[];
  }) {
    this.#household = options.household;
    this.#random = options.random;
    this.#line = new SensorLine(options.detector, options.household);
    this.#events = options.events;
    this.#heartbeatAt = options.start + this.#random.integer(0, DAY / SECOND) * SECOND;
    this.#batteryPct = this.#random.between(60, 100);
    this.nextAt = this.#next();
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.#household.advance(at);
    const happened = this.#events[this.#nextEvent];
    const urgent = happened !== undefined && happened.at <= at;
    if (urgent) this.#nextEvent++;
    else {
      this.#heartbeatAt += DAY;
      this.#batteryPct = Math.max(5, this.#batteryPct - 0.03);
    }
    this.nextAt = this.#next();
    const entry = urgent ? { event: happened.event } : { battery_pct: Math.round(this.#batteryPct) };
    return this.#line.say(at, entry, Math.round(this.#random.between(0.3, 2) * SECOND));
  }

  #next(): number {
    return Math.min(this.#heartbeatAt, this.#events[this.#nextEvent]?.at ?? Number.POSITIVE_INFINITY);
  }
}
