import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { SimulatedDevice } from '../community.ts';
import type { Household } from '../household.ts';
import type { DeviceReport } from '../report.ts';
import type { Habit } from './habit.ts';
import { SensorLine } from './line.ts';

const TICK = 10 * MINUTE;
const TICKS_AN_HOUR = HOUR / TICK;
const FRIDGE_PERIOD = 50 * MINUTE;

/** An instant at which the supply goes off or comes back. */
export interface SupplyChange {
  readonly at: number;
  readonly on: boolean;
}

/**
 * An electricity meter: index and power once an hour; a last word when the supply goes, the first when it is back. The
 * refrigerator always runs, the rest while somebody is up.
 */
export class ElectricityMeter implements Habit {
  nextAt: number;
  readonly #household: Household;
  readonly #random: Random;
  readonly #line: SensorLine;
  readonly #changes: readonly SupplyChange[];
  readonly #standbyW: number;
  readonly #phase: number;
  #nextChange = 0;
  #nextTick: number;
  #ticks = 0;
  #kwh: number;
  #on = true;
  #watts = 0;

  constructor(options: {
    meter: SimulatedDevice;
    household: Household;
    random: Random;
    start: number;
    /** In order of time. */
    changes: readonly SupplyChange[];
  }) {
    const { meter, household, random, start, changes } = options;
    this.#household = household;
    this.#random = random;
    this.#changes = changes;
    this.#line = new SensorLine(meter, household);
    this.#standbyW = random.between(25, 90);
    this.#phase = random.between(0, FRIDGE_PERIOD);
    this.#kwh = random.integer(500, 60_000);
    this.#nextTick = start + random.integer(0, TICK / SECOND) * SECOND;
    this.nextAt = this.#next();
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.#household.advance(at);
    const report = at === this.#changes[this.#nextChange]?.at ? this.#change(at) : this.#tick(at);
    this.nextAt = this.#next();
    return report;
  }

  #next(): number {
    return Math.min(this.#nextTick, this.#changes[this.#nextChange]?.at ?? Number.POSITIVE_INFINITY);
  }

  #change(at: number): DeviceReport | undefined {
    this.#on = this.#changes[this.#nextChange++]!.on;
    return this.#say(at, { mains_power_bool: this.#on ? 1 : 0 });
  }

  /** The index moves in small steps, and is told once an hour. Without supply the meter has nothing to speak with. */
  #tick(at: number): DeviceReport | undefined {
    this.#nextTick += TICK;
    this.#ticks++;
    if (!this.#on) return undefined;
    this.#watts = this.#standby(at) + this.#active(at);
    this.#kwh += (this.#watts / 1000) * (TICK / HOUR);
    if (this.#ticks % TICKS_AN_HOUR !== 0) return undefined;
    return this.#say(at, { power_w: Math.round(this.#watts) });
  }

  #standby(at: number): number {
    const cycle = 1 + 0.5 * Math.sin((2 * Math.PI * (at + this.#phase)) / FRIDGE_PERIOD);
    return this.#standbyW * cycle * this.#random.between(0.97, 1.03);
  }

  #active(at: number): number {
    const random = this.#random;
    const { out, asleep, still } = this.#household.doing();
    const [awake, cooks, watts] = [random.chance(0.75), random.chance(0.9), random.between(50, 160)];
    if (out || asleep || still) return 0;
    const kitchen = this.#household.today.draws.some(
      (draw) => draw.room === 'kitchen' && draw.at > at - TICK && draw.at <= at,
    );
    return (awake ? watts : 0) + (kitchen && cooks ? 8 * watts : 0);
  }

  #say(at: number, more: Record<string, number>): DeviceReport | undefined {
    const entry = { energy_index_kwh: Math.floor(this.#kwh * 100) / 100, ...more };
    return this.#line.say(at, entry, Math.round(this.#random.between(0.5, 10) * SECOND));
  }
}
