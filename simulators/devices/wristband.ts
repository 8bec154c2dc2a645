import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { SimulatedDevice } from '../community.ts';
import type { Doing, Household } from '../household.ts';
import { bloodPressure, oxygen, restingPulse, skinTemperature } from '../people/vitals.ts';
import type { DeviceReport, Entry } from '../report.ts';
import type { Habit } from './habit.ts';

const TICK = 10 * MINUTE;
const TICKS_AN_HOUR = HOUR / TICK;
/** When the pressure is taken, in hours after getting up. */
const PRESSURE_HOURS = [0.7, 4.2, 9, 13] as const;
/** What a band keeps while it cannot speak: a day. */
const KEPT_MAX = 144;
const CHARGE_PCT_A_MINUTE = 1;

export interface BandEvent {
  readonly at: number;
  readonly event: string;
}

/**
 * A wristband: pulse and steps every ten minutes, oxygen, skin temperature and battery every hour, blood pressure a few
 * times a day at rest, events at once. It is charged in the evening, by some taken off at night, by some forgotten.
 */
export class Wristband implements Habit {
  nextAt: number;
  readonly #band: SimulatedDevice;
  readonly #household: Household;
  readonly #random: Random;
  readonly #events: readonly BandEvent[];
  #nextTick: number;
  #nextEvent = 0;
  #tick = 0;
  /** Undefined until it first looks. */
  #worn: boolean | undefined;
  #charging = false;
  #batteryPct: number;
  #steps: number;
  #dayOfPressure = Number.NaN;
  #pressuresTaken = 0;
  #pressureAt = 0;
  #kept: Entry[] = [];

  constructor(options: {
    band: SimulatedDevice;
    household: Household;
    random: Random;
    start: number;
    /** What incidents make it report, in order of time. */
    events: readonly BandEvent[];
  }) {
    const { band, household, random, start, events } = options;
    this.#band = band;
    this.#household = household;
    this.#random = random;
    this.#events = events;
    const phase = random.integer(0, TICK / SECOND - 1) * SECOND;
    this.#nextTick = Math.ceil((start - phase) / TICK) * TICK + phase;
    this.#batteryPct = random.between(60, 100);
    this.#steps = random.integer(0, 200_000);
    this.nextAt = this.#next();
  }

  wake(): DeviceReport | undefined {
    const at = this.nextAt;
    this.#household.advance(at);
    const event = this.#events[this.#nextEvent];
    const urgent = event !== undefined && event.at <= at;
    if (urgent) {
      this.#nextEvent++;
      this.#keepEvent(event);
    } else {
      this.#nextTick += TICK;
      this.#measure(at);
      this.#tick++;
    }
    this.nextAt = this.#next();
    if (!this.#reachable()) return undefined;
    const entries = this.#kept;
    this.#kept = [];
    const delay = urgent ? this.#random.between(0.4, 2) : this.#random.between(0.5, 4);
    return { at: at + Math.round(delay * SECOND), device: this.#band, entries };
  }

  #next(): number {
    return Math.min(this.#nextTick, this.#events[this.#nextEvent]?.at ?? Number.POSITIVE_INFINITY);
  }

  /** A band without a modem of its own speaks only within its gateway's reach, which ends at the front door. */
  #reachable(): boolean {
    if (this.#band.gateway === undefined) return true;
    return !this.#household.disturbance.gatewayDead && !this.#household.doing().out;
  }

  #keep(entry: Entry): void {
    this.#kept.push(entry);
    if (this.#kept.length > KEPT_MAX) this.#kept.shift();
  }

  /** An event says where the person is. */
  #keepEvent({ at, event }: BandEvent): void {
    const { latitude, longitude } = this.#household.home;
    this.#keep({ at, event, latitude_deg: latitude, longitude_deg: longitude });
  }

  #measure(at: number): void {
    const doing = this.#household.doing();
    this.#charge(at);
    const worn = this.#isWorn(doing);
    const entry: Entry = { at, worn_bool: worn ? 1 : 0 };
    if (worn) this.#vitals(entry, at, doing);
    entry['steps_count'] = Math.round(this.#steps);
    if (this.#tick % TICKS_AN_HOUR === 0) entry['battery_pct'] = Math.round(this.#batteryPct);
    if (this.#worn && !worn) this.#keep({ at, event: 'removed' });
    this.#worn = worn;
    this.#keep(entry);
  }

  #charge(at: number): void {
    const { chargesBelowPct, drainPctAnHour } = this.#household.person.band;
    const { bandWorn } = this.#household.disturbance;
    if (this.#charging) {
      this.#batteryPct = Math.min(100, this.#batteryPct + (CHARGE_PCT_A_MINUTE * TICK) / MINUTE);
      if (this.#batteryPct >= 100 || bandWorn === true) this.#charging = false;
      return;
    }
    this.#batteryPct = Math.max(1, this.#batteryPct - drainPctAnHour / TICKS_AN_HOUR);
    const { sleepFrom } = this.#household.today;
    const evening = at >= sleepFrom - 3 * HOUR && at < sleepFrom;
    const wanted = this.#batteryPct < 12 || (evening && this.#batteryPct < chargesBelowPct);
    this.#charging = wanted && bandWorn === undefined && !this.#household.doing().still;
  }

  #isWorn(doing: Doing): boolean {
    const { bandWorn } = this.#household.disturbance;
    if (bandWorn !== undefined) return bandWorn;
    if (doing.still && this.#worn !== undefined) return this.#worn;
    if (this.#charging || this.#household.today.bandForgotten) return false;
    return this.#household.person.band.wearsAtNight || !doing.asleep;
  }

  #vitals(entry: Entry, at: number, doing: Doing): void {
    const { body } = this.#household.person;
    const crisis = this.#household.disturbance.bloodPressure;
    const pulse = crisis
      ? Math.round(crisis.pulse + this.#random.normal(0, 3))
      : restingPulse(body, doing, this.#random);
    entry['pulse_bpm'] = pulse;
    this.#walk(doing);
    if (this.#tick % TICKS_AN_HOUR === 0) {
      entry['spo2_pct'] = oxygen(body, doing, this.#random);
      entry['skin_temperature_c'] = skinTemperature(body, doing, this.#random);
    }
    if (!this.#takesPressure(at, doing)) return;
    const { systolic, diastolic } = crisis
      ? this.#crisisPressure(crisis)
      : bloodPressure(body, this.#household.today, at, this.#random);
    entry['systolic_mmhg'] = systolic;
    entry['diastolic_mmhg'] = diastolic;
    this.#pressureAt = at;
  }

  #crisisPressure({ systolic, diastolic }: { systolic: number; diastolic: number }): {
    systolic: number;
    diastolic: number;
  } {
    return {
      systolic: Math.max(185, Math.round(systolic + this.#random.normal(0, 4))),
      diastolic: Math.max(115, Math.round(diastolic + this.#random.normal(0, 2.5))),
    };
  }

  #walk(doing: Doing): void {
    if (doing.still || doing.asleep) return;
    const pace = (this.#household.person.body.stepsAnHour * this.#household.today.briskness) / TICKS_AN_HOUR;
    this.#steps += this.#random.exponential(doing.out ? pace * 5 : pace);
  }

  /** A few times a day, sitting; every few minutes when the person feels that something is wrong. */
  #takesPressure(at: number, doing: Doing): boolean {
    const crisis = this.#household.disturbance.bloodPressure;
    if (crisis) return at - this.#pressureAt >= crisis.everyMs;
    const { from } = this.#household.today;
    if (from !== this.#dayOfPressure) {
      this.#dayOfPressure = from;
      this.#pressuresTaken = 0;
    }
    const due = PRESSURE_HOURS[this.#pressuresTaken];
    if (due === undefined || doing.out || doing.asleep || at < from + due * HOUR) return false;
    // Measurements that were missed while out are not made up for one after the other.
    while (at >= from + (PRESSURE_HOURS[this.#pressuresTaken] ?? Number.POSITIVE_INFINITY) * HOUR)
      this.#pressuresTaken++;
    return true;
  }
}
