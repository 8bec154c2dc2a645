import { DAY, HOUR, MINUTE } from '../lib/clock.ts';
import { zoneOffset } from '../lib/local-time.ts';
import type { Reading, Report } from '../model/message.ts';
import { type Counting, idsOf, MEASURES, METRICS, type MetricName, SENSES } from '../model/metrics.ts';
import { HomeHours, type HomeHoursData } from './home-hours.ts';

interface Watched {
  readonly id: string;
  readonly intervalMs: number;
  readonly metrics: readonly MetricName[];
  readonly counting?: Counting | undefined;
  readonly subject: { readonly id: string };
}

/** What was seen of one device. */
export interface SeenDevice {
  readonly home: WatchedHome;
  readonly firstAt: number;
  /** The numbers below, in one block: as fields each would lie in a place of its own in memory, and wait for it. */
  readonly cells: number[];
}

/** Longest time between two readings that counts as heard; the newest reading; for how long it was heard. */
const [PATIENCE, NEWEST, MEASURED] = [0, 1, 2];
/** The last reading of the water index: when, and its value in m³. */
const [WATER_AT, WATER_INDEX] = [3, 4];
/** Which metrics count as measuring, as bits, and the newest reading of these; 0: none was. */
const [COUNTS, MEASURED_AT] = [5, 6];
const NOTHING_YET: readonly number[] = [0, 0, 0, Number.NaN, 0, 0, 0];

/** What was seen of one home. Instants are event time. */
export interface WatchedHome {
  readonly id: string;
  readonly timeZone: string;
  /** First and last reading of any of its devices; the last is known in the end. */
  from: number;
  to: number;
  /** Sums over its devices: for how long each was heard, and for how long each should have been. */
  measuredMs: number;
  watchedMs: number;
  /** The same of each of them, in the end. */
  devices: readonly HeardDevice[];
  hours: HomeHours | undefined;
}

/** For how long a device was heard, of the time between its first reading and its last. */
export interface HeardDevice {
  readonly id: string;
  readonly measuredMs: number;
  readonly watchedMs: number;
}

/** See `Coverage.data`. */
export interface CoverageData {
  readonly to: number;
  readonly homes: readonly (Omit<WatchedHome, 'hours'> & { readonly hours: HomeHoursData | undefined })[];
}

/** An index that runs more than this much between two readings was exchanged or is broken: no use to draw. */
const LITRES_MAX = 50_000;

/** How long each home was watched, and for which share of that time its devices said something. Event time. */
export class Coverage {
  readonly #devices = new Map<string, SeenDevice>();
  readonly #homes = new Map<string, WatchedHome>();
  readonly #timeZoneOf: (home: string) => string;
  readonly #isPictured: (home: string) => boolean;
  #to = Number.POSITIVE_INFINITY;
  #finished = false;

  /** @param isPictured is the use of water in this home kept hour by hour? */
  constructor(timeZoneOf: (home: string) => string, isPictured: (home: string) => boolean = () => true) {
    this.#timeZoneOf = timeZoneOf;
    this.#isPictured = isPictured;
  }

  /** What several runs have seen, each of other homes, until the same instant. */
  static joined(parts: readonly CoverageData[]): Coverage {
    const joined = new Coverage(() => 'UTC');
    joined.#finished = true;
    for (const { to, homes } of parts) {
      joined.#to = to;
      for (const { hours, ...home } of homes)
        joined.#homes.set(home.id, { ...home, hours: hours && HomeHours.from(hours) });
    }
    return joined;
  }

  /** As it can be handed to another thread; after `finish`. */
  data(): CoverageData {
    const homes = Array.from(this.#homes.values(), (home) => ({ ...home, hours: home.hours?.data() }));
    return { to: this.#to, homes };
  }

  /** @param seen what this gave back for the device before, if it is at hand */
  take(device: Watched, report: Report, seen?: SeenDevice): SeenDevice | undefined {
    let known = seen ?? this.#devices.get(report.device);
    const { readings } = report;
    for (let i = 0; i < readings.length; i++) {
      const { at, metric, value } = readings[i] as Reading;
      if (!known) {
        known = this.#start(device, at);
        this.#devices.set(device.id, known);
      }
      noteHeard(known.cells, at, metric);
      if (metric === 'water_index_m3') this.#water(known, at, value);
    }
    return known;
  }

  #start(device: Watched, at: number): SeenDevice {
    const id = device.subject.id;
    let home = this.#homes.get(id);
    if (!home) {
      const timeZone = this.#timeZoneOf(id);
      home = { id, timeZone, from: at, to: at, measuredMs: 0, watchedMs: 0, devices: [], hours: undefined };
      this.#homes.set(id, home);
    }
    home.from = Math.min(home.from, at);
    const patienceMs = 2 * device.intervalMs + 30 * MINUTE;
    const cells = NOTHING_YET.slice();
    cells[PATIENCE] = patienceMs;
    cells[NEWEST] = at;
    cells[COUNTS] = measuresOf(device);
    return { home, firstAt: at, cells };
  }

  #water({ home, cells }: SeenDevice, at: number, index: number): void {
    const waterAt = cells[WATER_AT] as number;
    const waterIndex = cells[WATER_INDEX] as number;
    if (at <= waterAt) return;
    cells[WATER_AT] = at;
    cells[WATER_INDEX] = index;
    const litres = 1000 * (index - waterIndex);
    if (!(at - waterAt <= (cells[PATIENCE] as number)) || litres < 0 || litres > LITRES_MAX) return;
    if (!home.hours && !this.#isPictured(home.id)) return;
    const from = waterAt + zoneOffset(waterAt, home.timeZone);
    home.hours ??= new HomeHours(from);
    home.hours.add(from, from + (at - waterAt), litres);
  }

  finish(to: number): void {
    this.#to = to;
    if (this.#finished) return;
    this.#finished = true;
    for (const [id, { home, firstAt, cells }] of this.#devices) {
      const newestAt = cells[NEWEST] as number;
      const heard = { id, measuredMs: cells[MEASURED] as number, watchedMs: newestAt - firstAt };
      home.to = Math.max(home.to, newestAt);
      home.measuredMs += heard.measuredMs;
      home.watchedMs += heard.watchedMs;
      home.devices = [...home.devices, heard];
    }
  }

  /** The home whose name comes first, of those of which something was heard. */
  get first(): WatchedHome | undefined {
    const id = [...this.#homes.keys()].reduce((least, each) => (each < least ? each : least), '\u{ffff}');
    return this.#homes.get(id);
  }

  home(id: string): WatchedHome | undefined {
    return this.#homes.get(id);
  }

  /** Days from the first reading of a home to its last. */
  daysOf({ from, to }: WatchedHome): number {
    return Math.max(0, Math.min(to, this.#to) - from) / DAY;
  }

  /** Home-days from the first reading of each home to its last. */
  get homeDays(): number {
    let total = 0;
    for (const home of this.#homes.values()) total += Math.max(0, Math.min(home.to, this.#to) - home.from);
    return total / (24 * HOUR);
  }

  get homes(): number {
    return this.#homes.size;
  }

  /** Share of the time between each device's first and last reading for which it was heard. */
  get measuredShare(): number {
    return shareOf([...this.#homes.values()]);
  }

  /** The same of these devices alone. */
  measuredShareOf(isAsked: (device: string) => boolean): number {
    const asked = [...this.#homes.values()].flatMap(({ devices }) => devices.filter(({ id }) => isAsked(id)));
    return shareOf(asked);
  }
}

function shareOf(heard: readonly Pick<HeardDevice, 'measuredMs' | 'watchedMs'>[]): number {
  let [measured, watched] = [0, 0];
  for (const { measuredMs, watchedMs } of heard) {
    measured += measuredMs;
    watched += watchedMs;
  }
  return watched === 0 ? 0 : measured / watched;
}

function noteHeard(cells: number[], at: number, metric: MetricName): void {
  if (at > (cells[NEWEST] as number)) cells[NEWEST] = at;
  const before = cells[MEASURED_AT] as number;
  // Asked first: nearly all values of a message are of one instant, and what a metric is has to be looked up.
  if (at <= before) return;
  if (((BIT_OF[METRICS[metric].id] ?? OTHERS) & (cells[COUNTS] as number)) === 0) return;
  if (before > 0)
    cells[MEASURED] = (cells[MEASURED] as number) + Math.min(at - before, cells[PATIENCE] as number);
  cells[MEASURED_AT] = at;
}

/** By id, the bit of what measures. All the rest have one together: it counts, or does not, as a whole. */
const BIT_OF: readonly (number | undefined)[] = bitsById();
const OTHERS = 1 << 30;
const ALL = -1;

function bitsById(): (number | undefined)[] {
  const bits: (number | undefined)[] = [];
  MEASURES.ids.forEach((id, place) => {
    bits[id] = 1 << place;
  });
  return bits;
}

/** A meter or a band that sends no more than its battery measures nothing. Of what waits for something to happen that is all it says. */
function measuresOf({ metrics, counting }: Watched): number {
  const all = idsOf(metrics);
  const measures = all.and(MEASURES);
  if (counting === 'on-change' || measures.size === 0 || all.meets(SENSES)) return ALL;
  return measures.ids.reduce((bits, id) => bits | (BIT_OF[id] ?? OTHERS), 0);
}
