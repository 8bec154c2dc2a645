import type { SimulatedDevice } from '../community.ts';
import type { Household } from '../household.ts';
import type { DeviceReport, Entry } from '../report.ts';

/** What a small sensor keeps while its gateway is dead. */
const KEPT_MAX = 100;

/** How a sensor speaks: at once, and through its gateway once that is alive again. */
export class SensorLine {
  readonly #device: SimulatedDevice;
  readonly #household: Household;
  #kept: Entry[] = [];

  constructor(device: SimulatedDevice, household: Household) {
    this.#device = device;
    this.#household = household;
  }

  say(at: number, entry: Omit<Entry, 'at'>, delayMs: number): DeviceReport | undefined {
    this.#kept.push({ at, ...entry } as Entry);
    if (this.#device.gateway !== undefined && this.#household.disturbance.gatewayDead) {
      if (this.#kept.length > KEPT_MAX) this.#kept.shift();
      return undefined;
    }
    const entries = this.#kept;
    this.#kept = [];
    return { at: at + delayMs, device: this.#device, entries };
  }
}
