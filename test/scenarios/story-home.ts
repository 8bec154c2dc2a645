import { HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import type { Story } from './story.ts';

/** Litres that somebody who is well uses, by hour of the day. */
const DAY_RHYTHM: Readonly<Record<number, number>> = { 6: 9, 7: 14, 11: 8, 12: 10, 17: 9, 18: 12, 21: 10 };

/** A home of a story, and what hangs and is worn there. */
export class HomeInStory {
  readonly id: string;
  readonly meter: Meter;
  readonly band: Band;
  readonly cuff: Wearable;
  readonly thermometer: Wearable;

  constructor(story: Story, id: string, hasMeter: boolean, gateway: string | undefined) {
    this.id = id;
    this.meter = new Meter(story, `${id}-meter`, hasMeter, gateway);
    this.band = new Band(story, `${id}-band`);
    this.cuff = new Wearable(story, `${id}-cuff`);
    this.thermometer = new Wearable(story, `${id}-thermometer`);
  }
}

class Meter {
  readonly id: string;
  readonly #story: Story;
  #gateway: string | undefined;
  #alive: boolean;
  #use: 'daily' | 'none' = 'daily';
  #dripLitres = 0;
  /** What it measured while it reached nobody, to be sent later. */
  #kept: object[] | undefined;
  #behindMs = 0;
  /** The register, in litres. */
  litres = 123_000;

  constructor(story: Story, id: string, alive: boolean, gateway: string | undefined) {
    this.#story = story;
    this.id = id;
    this.#alive = alive;
    this.#gateway = gateway;
  }

  /** Somebody lives here as people do. This is how each home begins. */
  lives(): this {
    this.#use = 'daily';
    return this;
  }

  /** Nobody draws water any more; the meter goes on reporting. */
  standsStill(): this {
    this.#use = 'none';
    return this;
  }

  drips(litresPerHour: number): this {
    this.#dripLitres = litresPerHour;
    return this;
  }

  dies(): this {
    this.#alive = false;
    return this;
  }

  revives(): this {
    this.#alive = true;
    return this;
  }

  /** Hangs behind another gateway from now on, or speaks for itself. */
  goesThrough(gateway: string | undefined): this {
    this.#gateway = gateway;
    return this;
  }

  /** Goes on measuring, and keeps it to be sent later. */
  keeps(): this {
    this.#kept ??= [];
    return this;
  }

  /** Sends what it kept: all at once, or one by one in another order. */
  sendsKept(unordered = false): this {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    if (unordered) for (const one of turned(kept)) this.says(one);
    else if (kept.length > 0) this.says(kept);
    return this;
  }

  /** Its clock is behind by so much. */
  clockIsBehind(ms: number): this {
    this.#behindMs = ms;
    return this;
  }

  /** Water flows, reported or not. */
  hourly(): void {
    const hour = Math.floor(((this.#story.now - T0) / HOUR) % 24);
    this.litres += this.#dripLitres + (this.#use === 'daily' ? (DAY_RHYTHM[hour] ?? 0) : 0);
    if (this.#alive) this.reports();
  }

  /** Reports the register as it is, as measured `at` (now, if absent). */
  reports(at: number = this.#story.now - this.#behindMs): void {
    const reading = { at, water_index_m3: this.litres / 1000 };
    if (this.#kept) this.#kept.push(reading);
    else this.says(reading);
  }

  says(payload: unknown): void {
    if (this.#story.reaches(this.#gateway)) this.#story.publish(this.id, payload);
  }
}

/** The second half before the first: in no order, and the newest not last. */
const turned = <T>(list: readonly T[]): T[] => [
  ...list.slice(list.length >> 1),
  ...list.slice(0, list.length >> 1),
];

/** What somebody wears, or uses to measure. */
class Wearable {
  readonly id: string;
  readonly #story: Story;

  constructor(story: Story, id: string) {
    this.#story = story;
    this.id = id;
  }

  get now(): number {
    return this.#story.now;
  }

  measures(systolic: number, diastolic: number, at: number = this.now): void {
    this.says({ at, systolic_mmhg: systolic, diastolic_mmhg: diastolic });
  }

  says(payload: unknown): void {
    this.#story.publish(this.id, payload);
  }
}

class Band extends Wearable {
  presses(at: number = this.now): void {
    this.says({ at, event: 'sos' });
  }

  falls(at: number = this.now): void {
    this.says({ at, event: 'fall' });
  }

  removes(at: number = this.now): void {
    this.says({ at, event: 'removed' });
  }

  cancels(at: number = this.now): void {
    this.says({ at, event: 'fall_cancelled' });
  }
}
