import { DAY } from '../lib/clock.ts';
import { LIMITS } from './limits.ts';

/** Where a device was that is in no registry any more. What it measured there says nothing of the home in which it is enrolled next. */
export interface LeftHome {
  /** Empty where the home went with it: whoever lives there next is somebody else. */
  readonly home: string;
  /** When it left, by our clock. */
  readonly at: number;
  /** Since when it had been there, where it was in another before. */
  readonly since?: number;
}

/** In `meta` of the records, one key a device, from the commit that removes it. */
export const LEFT_HOMES = 'device.left.';
export const leftHomeKey = (device: string): string => LEFT_HOMES + device;

/** On a shelf for so long, it brings nothing any more of the home before: see `beforeEnrolmentMsMax`. */
const KEPT_MS = 90 * DAY;

/** Of the devices that left the newest, so many and for so long. Those that left first come first. */
export class LeftHomes {
  readonly #homes: Map<string, LeftHome>;

  /** @param homes as they were noted, in any order */
  constructor(homes: Iterable<readonly [device: string, left: LeftHome]> = []) {
    this.#homes = new Map([...homes].sort(([, a], [, b]) => a.at - b.at));
  }

  of(device: string): LeftHome | undefined {
    return this.#homes.get(device);
  }

  note(device: string, left: LeftHome): void {
    this.#homes.delete(device);
    this.#homes.set(device, left);
    this.#cut(left.at);
  }

  /** It is enrolled, and its entry says since when. */
  forget(device: string): void {
    this.#homes.delete(device);
  }

  /** Forgets what is too much or too old. The devices that were forgotten. */
  #cut(now: number): string[] {
    const gone: string[] = [];
    for (const [device, { at }] of this.#homes) {
      if (this.#homes.size <= LIMITS.leftHomesMax && now - at < KEPT_MS) break;
      this.#homes.delete(device);
      gone.push(device);
    }
    return gone;
  }

  /** Of what stands in the records: the devices of which it is not kept any more. */
  overAt(now: number): readonly string[] {
    return this.#cut(now);
  }
}

/** Of which device a key of `meta` tells where it was. */
export const deviceOfLeft = (key: string): string => key.slice(LEFT_HOMES.length);

export const leftHomesIn = (rows: readonly { readonly key: string; readonly value: string }[]): LeftHomes =>
  new LeftHomes(rows.map(({ key, value }) => [deviceOfLeft(key), JSON.parse(value) as LeftHome] as const));
