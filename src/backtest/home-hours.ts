import { DAY, HOUR } from '../lib/clock.ts';

/** Litres in one hour as one byte: 0 is "not measured", 1 nothing, then steps of a fifth of a power of two. */
const UNMEASURED = 0;
const NOTHING = 1;

/** 255 stands for some 10^14 litres: nothing that a pipe carries is cut off. */
export function encodeLitres(litres: number): number {
  if (!(litres > 0)) return NOTHING;
  return Math.max(2, Math.min(255, Math.round(2 + 5 * Math.log2(1 + litres))));
}

export function decodeLitres(code: number): number | undefined {
  if (code === UNMEASURED) return undefined;
  return code === NOTHING ? 0 : 2 ** ((code - 2) / 5) - 1;
}

/** See `HomeHours.data`. */
export interface HomeHoursData {
  readonly firstDay: number;
  readonly days: number;
  readonly cells: Uint8Array<ArrayBuffer>;
}

/**
 * How much water one home used in each hour of the wall clock, and in which hours nobody can tell: one byte an hour, so
 * that 1,000 homes take 9 MB a year.
 */
export class HomeHours {
  /** Midnight of the first day, in milliseconds of the wall clock. */
  readonly firstDay: number;
  #cells = new Uint8Array(24 * 32);
  #days = 0;
  /** The hour that is being filled, and its litres so far. They are written down when the next one begins. */
  #hour = -1;
  #litres = 0;

  /** @param wallMs an instant of the first day, as milliseconds of the wall clock */
  constructor(wallMs: number) {
    this.firstDay = Math.floor(wallMs / DAY) * DAY;
  }

  get days(): number {
    return this.#days;
  }

  static from({ firstDay, days, cells }: HomeHoursData): HomeHours {
    const hours = new HomeHours(firstDay);
    hours.#cells = cells;
    hours.#days = days;
    return hours;
  }

  /** As it can be handed to another thread. */
  data(): HomeHoursData {
    this.#note();
    return { firstDay: this.firstDay, days: this.#days, cells: this.#cells.slice(0, 24 * this.#days) };
  }

  /** Litres in the hour of a day, both counted from 0; undefined where it was not measured. */
  litres(day: number, hour: number): number | undefined {
    this.#note();
    return decodeLitres(this.#cells[day * 24 + hour] ?? UNMEASURED);
  }

  /** What was used between two readings, spread evenly over the hours between them. Both as the wall clock shows. */
  add(fromMs: number, toMs: number, litres: number): void {
    const span = toMs - fromMs;
    if (span <= 0) return;
    for (let at = fromMs; at < toMs; ) {
      const end = Math.min(toMs, (Math.floor(at / HOUR) + 1) * HOUR);
      this.#put(Math.floor((at - this.firstDay) / HOUR), (litres * (end - at)) / span);
      at = end;
    }
  }

  #put(hour: number, litres: number): void {
    if (hour < 0) return;
    if (hour !== this.#hour) {
      this.#note();
      this.#litres = decodeLitres(this.#cell(hour)) ?? 0;
      this.#hour = hour;
    }
    this.#litres += litres;
  }

  #note(): void {
    if (this.#hour >= 0) this.#cells[this.#hour] = encodeLitres(this.#litres);
  }

  #cell(hour: number): number {
    const days = Math.floor(hour / 24) + 1;
    if (days > this.#days) this.#days = days;
    if (hour >= this.#cells.length) {
      const larger = new Uint8Array(Math.max(days * 24, this.#cells.length * 2));
      larger.set(this.#cells);
      this.#cells = larger;
    }
    return this.#cells[hour] ?? UNMEASURED;
  }
}
