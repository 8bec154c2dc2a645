import { HOUR, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { SimulatedMeter } from '../community.ts';
import type { Household } from '../household.ts';
import type { DeviceReport, Entry } from '../report.ts';
import type { Habit } from './habit.ts';

/** Water that has not stood still for so many hours sets the leak flag, as in meters that are sold. */
const LEAK_FLAG_HOURS = 24;
/** A steady flow above this sets the burst flag: a twentieth of what a DN15 meter is made for. */
const BURST_LITRES_AN_HOUR = 125;
const READINGS_A_DAY = 24;
/** What a meter keeps when its upload fails: two days. */
const KEPT_MAX = 2 * READINGS_A_DAY;

/** A smart water meter: it reads its register once an hour at its own minute, and reports at once or once a day. */
export class WaterMeter implements Habit {
  nextAt: number;
  readonly #meter: SimulatedMeter;
  readonly #household: Household;
  readonly #random: Random;
  /** The hour of the day in which it uploads; undefined: it reports every hour. */
  readonly #uploadHour: number | undefined;
  readonly #registerAtStart: number;
  readonly #start: number;
  #batteryPct: number;
  #kept: Entry[] = [];
  #litresBefore = 0;
  #hoursMoving = 0;
  #leakFlag = false;
  #burstFlag = false;

  constructor(options: {
    meter: SimulatedMeter;
    household: Household;
    random: Random;
    start: number;
    uploadDaily: boolean;
  }) {
    const { meter, household, random, start, uploadDaily } = options;
    this.#meter = meter;
    this.#household = household;
    this.#random = random;
    this.#start = start;
    const phase = random.integer(0, 3599) * SECOND;
    this.nextAt = Math.ceil((start - phase) / HOUR) * HOUR + phase;
    this.#uploadHour = uploadDaily ? random.integer(0, READINGS_A_DAY - 1) : undefined;
    this.#registerAtStart = random.integer(15_000, 900_000);
    this.#batteryPct = random.between(55, 100);
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.nextAt += HOUR;
    this.#household.advance(at);
    const { meterDead, gatewayDead } = this.#household.disturbance;
    this.#batteryPct = Math.max(5, this.#batteryPct - 0.0012);
    if (meterDead) return undefined;
    this.#read(at);
    const hour = Math.floor((at - this.#start) / HOUR);
    if (this.#uploadHour !== undefined && hour % READINGS_A_DAY !== this.#uploadHour) return undefined;
    const unreachable = gatewayDead && this.#meter.gateway !== undefined;
    if (unreachable) {
      if (this.#uploadHour === undefined) this.#kept = [];
      return undefined;
    }
    const entries = this.#kept;
    this.#kept = [];
    return { at: at + this.#delay(), device: this.#meter, entries };
  }

  /** Freezes the register, and looks at how the water moved in the hour before. */
  #read(at: number): void {
    const litres = this.#household.litres;
    const used = litres - this.#litresBefore;
    this.#litresBefore = litres;
    const { resolutionLitres } = this.#meter;
    const steps = Math.floor((this.#registerAtStart + litres) / resolutionLitres + 1e-6);
    const entry: Entry = { at, water_index_m3: Math.round(steps * resolutionLitres * 10) / 10_000 };
    if (Math.floor((at - this.#start) / HOUR) % READINGS_A_DAY === 0)
      entry['battery_pct'] = Math.round(this.#batteryPct);
    this.#kept.push(entry);
    this.#flags(at, used);
    if (this.#kept.length > KEPT_MAX) this.#kept.splice(0, this.#kept.length - KEPT_MAX);
  }

  #flags(at: number, used: number): void {
    this.#hoursMoving = used > 0.05 ? this.#hoursMoving + 1 : 0;
    const leaks = this.#leakFlag ? this.#hoursMoving > 0 : this.#hoursMoving >= LEAK_FLAG_HOURS;
    if (leaks !== this.#leakFlag) this.#kept.push({ at, event: leaks ? 'leak' : 'leak_cleared' });
    this.#leakFlag = leaks;
    const steady = this.#household.disturbance.leakLitresAnHour ?? 0;
    const bursts = steady >= BURST_LITRES_AN_HOUR && used >= BURST_LITRES_AN_HOUR / 2;
    if (bursts !== this.#burstFlag) this.#kept.push({ at, event: bursts ? 'burst' : 'burst_cleared' });
    this.#burstFlag = bursts;
  }

  /** A narrow-band modem takes its time to find the network; a gateway in the house hears at once. */
  #delay(): number {
    return Math.round(this.#random.between(1, this.#meter.gateway ? 5 : 40) * SECOND);
  }
}
