import { sleep, until } from './figure.ts';
import { type Heard, Listener, monotonicMs } from './listener.ts';
import { bandOf, homeOf } from './names.ts';
import { hasProc, mainThreadSeconds } from './process.ts';
import type { Publishers } from './publishers.ts';
import { oddMs } from './readings.ts';
import type { Site } from './site.ts';

const ARRIVES_WITHIN_MS = 60_000;

/** Publishes what must raise an alert, each time for another home, and takes the time until the stream says so. */
export class AlertWatch {
  readonly #load: Publishers;
  readonly #homes: number;
  readonly #first: number;
  readonly #sentAt = new Map<string, { at: number; cpu: number }>();
  readonly #cpu: () => number;
  readonly #strange: string[] = [];
  #times: number[] = [];
  #worked: number[] = [];
  #listener: Listener | undefined;
  #next = 0;

  private constructor(load: Publishers, homes: number, first: number, cpu: () => number) {
    this.#cpu = cpu;
    this.#load = load;
    this.#homes = homes;
    this.#first = first;
  }

  /** @param first number of the first of these homes */
  static async open(site: Site, load: Publishers, homes: number, first = 0): Promise<AlertWatch> {
    const watch = new AlertWatch(load, homes, first, () => (hasProc ? mainThreadSeconds(site.pid) : 0));
    const { streamUrl, authorization } = site;
    watch.#listener = await Listener.open({ streamUrl, authorization }, (heard) => watch.#hear(heard));
    return watch;
  }

  /** SOS after SOS, evenly in time. */
  async calls(count: number, everyMs: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.#expect(this.#anotherHome(), { event: 'sos' });
      await sleep(everyMs);
    }
  }

  /** High blood pressure twice, a second apart: the second reading is the one that counts. */
  async crises(count: number, everyMs: number): Promise<void> {
    const high = { systolic_mmhg: 195, diastolic_mmhg: 100, pulse_bpm: 88 };
    const begun: number[] = [];
    const ahead = Math.ceil(1000 / everyMs);
    for (let i = 0; i < count + ahead; i++) {
      if (i < count) {
        const home = this.#anotherHome();
        this.#say(home, high);
        begun.push(home);
      }
      if (i >= ahead) this.#expect(begun[i - ahead]!, high);
      await sleep(everyMs);
    }
  }

  /** Milliseconds until each of the alerts since the last call was on the stream. @throws when one is missing. */
  async times(): Promise<number[]> {
    await until('every alert is on the stream', () => this.#sentAt.size === 0, ARRIVES_WITHIN_MS);
    if (this.#strange.length > 0)
      throw new Error(`alerts that were not asked for: ${this.#strange.slice(0, 5)}`);
    const times = this.#times;
    this.#times = [];
    return times;
  }

  /**
   * Milliseconds that the thread of the service worked in each of these times: what a call waits where nobody else
   * wants the processors, but for the disk. Counted in ticks of ten. Forgets them.
   */
  worked(): number[] {
    const worked = this.#worked;
    this.#worked = [];
    return worked;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #expect(home: number, values: object): void {
    this.#sentAt.set(homeOf(home), { cpu: this.#cpu(), at: monotonicMs() });
    this.#say(home, values);
  }

  #say(home: number, values: object): void {
    const payload = JSON.stringify({ at: new Date(oddMs(Date.now())).toISOString(), ...values });
    this.#load.sendFor(home, `shouwang/${bandOf(home)}/telemetry`, payload);
  }

  /** Spread over all homes, none twice. */
  #anotherHome(): number {
    return this.#first + ((this.#next++ * 7_919) % this.#homes);
  }

  #hear(heard: Heard): void {
    if (heard.kind !== 'alert' || heard.change !== 'raised') return;
    const { home, at } = heard;
    const sent = this.#sentAt.get(home);
    if (sent === undefined) this.#strange.push(home);
    else {
      this.#times.push(at - sent.at);
      this.#worked.push((this.#cpu() - sent.cpu) * 1_000);
    }
    this.#sentAt.delete(home);
  }
}
