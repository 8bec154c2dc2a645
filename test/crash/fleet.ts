import { HOUR } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import { BEHIND_GATEWAY, CHATTY_METERS, GATEWAY, HOMES } from './community.ts';
import { DeviceClient, type Sent } from './device-client.ts';

/** Which homes have which fate, by number. Nobody has two, so that what must be found can be counted exactly. */
const inRange = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const FATES = {
  /** Meters that stop reporting for good. */
  silent: inRange(1, 10),
  /** A day of hourly values without use, at once. */
  lowWater: inRange(25, 44),
  sos: inRange(1, 30),
  fall: inRange(31, 45),
  /** They fall, and say within the window that all is well. */
  cancelledFall: inRange(46, 60),
  crisis: inRange(61, 80),
} as const;

const LOAD_MS = 400;
const CHATTER_MS = 700;
const FALL_PAUSE_MS = 6_000;

interface SentReading {
  readonly at: number;
  readonly value: number;
  readonly sent: Sent;
}

/** 200 clients, what they sent, and what therefore must be known: an account that owes nothing to the service. */
export class Fleet {
  readonly #random: Random;
  readonly #clients = new Map<string, DeviceClient>();
  readonly #load: NodeJS.Timeout[] = [];
  readonly #chatter: NodeJS.Timeout[] = [];
  readonly #lastAt = new Map<string, number>();
  readonly #fell = new Map<number, number>();
  readonly #planned = new Set<NodeJS.Timeout>();
  /** By device: the steady readings. */
  readonly readings = new Map<string, SentReading[]>();
  readonly metricOf = (device: string): MetricName => (device.startsWith('b') ? 'pulse_bpm' : 'battery_pct');
  readonly sos = new Map<number, Sent[]>();
  readonly falls = new Map<number, Sent[]>();
  readonly crises = new Map<number, { since: number; sent: readonly Sent[] }>();
  readonly lowWater = new Map<number, Sent>();
  readonly cancelled = new Set<number>();
  /** Meters, and the gateway under its own id, that fell silent, and when. */
  readonly silentSince = new Map<string, number>();

  constructor(mqttPort: number, random: Random) {
    this.#random = random;
    const open = (id: string): void => {
      this.#clients.set(id, new DeviceClient(id, mqttPort, random.fork(id)));
    };
    open(GATEWAY);
    for (let n = 1; n <= HOMES; n++) {
      open(`b${n}`);
      if (!BEHIND_GATEWAY.includes(n)) open(`m${n}`);
      this.#repeat(`b${n}`, LOAD_MS, this.#load);
      if (n <= CHATTY_METERS) this.#repeat(`m${n}`, CHATTER_MS, this.#chatter);
      else this.#repeat(`m${n}`, LOAD_MS, this.#load);
    }
  }

  get clients(): number {
    return this.#clients.size;
  }

  get connected(): number {
    return [...this.#clients.values()].filter((client) => client.connected).length;
  }

  get pending(): number {
    return [...this.#clients.values()].reduce((sum, client) => sum + client.pending, 0);
  }

  /** Draws what will happen within the next so many milliseconds. */
  plan(round: number, rounds: number, durationMs: number): void {
    const some = (homes: readonly number[], share: number): number[] =>
      homes.filter(() => this.#random.chance(share));
    const once = 1.5 / rounds;
    for (const n of some(FATES.sos, 0.25)) this.#later(durationMs, () => this.#press(n));
    for (const n of some([...FATES.fall, ...FATES.cancelledFall], 0.3))
      this.#later(durationMs, () => this.#fall(n));
    for (const n of some(FATES.crisis, once)) this.#later(durationMs, () => this.#crisis(n));
    for (const n of some(FATES.lowWater, once)) this.#later(durationMs, () => this.#standStill(n));
    for (const n of some(FATES.silent, once)) this.#later(durationMs, () => this.#fallSilent(`m${n}`));
    if (round === Math.ceil(rounds * 0.8)) this.#later(durationMs, () => this.#fallSilent(GATEWAY));
  }

  /** Ends the load. Meters whose silence would be found within seconds go on, so that nothing new is raised. */
  quiet(): void {
    for (const timer of this.#load.splice(0)) clearInterval(timer);
  }

  close(): void {
    this.quiet();
    for (const timer of this.#chatter) clearInterval(timer);
    for (const timer of this.#planned) clearTimeout(timer);
    for (const client of this.#clients.values()) client.close();
  }

  #later(withinMs: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#planned.delete(timer);
        act();
      },
      this.#random.between(0, withinMs),
    );
    this.#planned.add(timer);
  }

  #repeat(device: string, everyMs: number, timers: NodeJS.Timeout[]): void {
    this.#later(everyMs, () => timers.push(setInterval(() => this.#measure(device), everyMs)));
  }

  #measure(device: string): void {
    if (this.silentSince.has(device) || (this.silentSince.has(GATEWAY) && this.#speaker(device) === GATEWAY))
      return;
    const list = this.readings.get(device) ?? [];
    this.readings.set(device, list);
    const [at, value] = [this.#instant(device), 60 + (list.length % 40)];
    const index = this.#counts(device) ? { water_index_m3: 3 + list.length / 10_000 } : {};
    list.push({ at, value, sent: this.#publish(device, { at, [this.metricOf(device)]: value, ...index }) });
  }

  /** A meter that is missed within seconds must count: one that sends its battery alone is missed as well. */
  #counts(device: string): boolean {
    return device.startsWith('m') && Number(device.slice(1)) <= CHATTY_METERS;
  }

  #press(n: number): void {
    const at = this.#instant(`b${n}`);
    append(this.sos, n, this.#publish(`b${n}`, { at, event: 'sos' }));
  }

  #fall(n: number): void {
    const now = Date.now();
    if (now - (this.#fell.get(n) ?? 0) < FALL_PAUSE_MS) return;
    this.#fell.set(n, now);
    const fallen = this.#publish(`b${n}`, { at: this.#instant(`b${n}`), event: 'fall' });
    if (!(FATES.cancelledFall as readonly number[]).includes(n)) {
      append(this.falls, n, fallen);
      return;
    }
    this.cancelled.add(n);
    this.#later(1_200, () => this.#publish(`b${n}`, { at: this.#instant(`b${n}`), event: 'fall_cancelled' }));
  }

  #crisis(n: number): void {
    if (this.crises.has(n)) return;
    const [since, again] = [this.#instant(`b${n}`), this.#instant(`b${n}`)];
    const sent = [since, again].map((at) =>
      this.#publish(`b${n}`, { at, systolic_mmhg: 196, diastolic_mmhg: 99 }),
    );
    this.crises.set(n, { since, sent });
  }

  #standStill(n: number): void {
    if (this.lowWater.has(n)) return;
    const now = this.#instant(`m${n}`);
    const batch = Array.from({ length: 26 }, (_, i) => ({ at: now - (25 - i) * HOUR, water_index_m3: 12.5 }));
    this.lowWater.set(n, this.#publish(`m${n}`, batch));
  }

  #fallSilent(id: string): void {
    if (!this.silentSince.has(id)) this.silentSince.set(id, Date.now());
  }

  #publish(device: string, payload: unknown): Sent {
    const client = this.#clients.get(this.#speaker(device));
    if (!client) throw new Error(`no client speaks for ${device}`);
    return client.publish(device, payload);
  }

  #speaker(device: string): string {
    return BEHIND_GATEWAY.some((n) => device === `m${n}`) ? GATEWAY : device;
  }

  /** Each instant of a device once, so that "exactly once" can be counted. */
  #instant(device: string): number {
    const at = Math.max(Date.now(), (this.#lastAt.get(device) ?? 0) + 1);
    this.#lastAt.set(device, at);
    return at;
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
