import { LIMITS } from '../model/limits.ts';
import type { ClockSource, DeviceEvent, Reading } from '../model/message.ts';
import { type EventName, type FlagName, METRICS, type MetricName } from '../model/metrics.ts';
import type { RejectionReason } from '../model/rejection.ts';
import { BytesMissing } from './byte-reader.ts';
import type { Decode, Decoded, PartialRejection } from './define.ts';
import type { FrameContext } from './frame.ts';
import { zonedInstant } from './local-instant.ts';

/** The furthest instant that a Date can hold, in epoch milliseconds. */
const INSTANT_MAX = 8.64e15;
/** Device clocks that say an instant before this were never set. 2015-01-01. */
const CLOCK_SET_AFTER = Date.UTC(2015, 0, 1);

/** Trackers tell ten-millionths of a degree. */
const POSITION_DECIMALS = 7;
const POSITION: ReadonlySet<MetricName> = new Set(['latitude_deg', 'longitude_deg']);

/**
 * Gathers what a decoder finds in a frame. A value outside of its plausible range is refused by name, not clipped; one
 * that is missing is nothing. Whoever reads a frame says `refuse` (throws) where the frame as a whole is of no use.
 */
export class Take {
  readonly receivedAt: number;
  readonly context: FrameContext;
  /** When it was sent, as far as anybody knows: what has no time of its own was measured then. */
  readonly at: number;
  readonly #readings: Reading[] = [];
  readonly #events: DeviceEvent[] = [];
  readonly #rejections: PartialRejection[] = [];
  /** Who says `at`. */
  readonly #sentBy: ClockSource;
  #ownClock = false;
  #flags: { at: number; raised: FlagName[]; clear: FlagName[] } | undefined;
  #announced: string | undefined;

  constructor(receivedAt: number, context: FrameContext = {}) {
    this.receivedAt = receivedAt;
    this.context = context;
    this.at = context.sentAt ?? receivedAt;
    this.#sentBy = context.sentAt === undefined ? 'received' : 'network';
  }

  /** Nothing was taken so far, but what was refused. */
  get holdsNothing(): boolean {
    return this.#readings.length === 0 && this.#events.length === 0 && this.#flags === undefined;
  }

  get fPort(): number {
    return this.context.fPort ?? 0;
  }

  /** Was nothing found yet: no value, event or flag, and none that was refused? */
  get isEmpty(): boolean {
    return (
      this.#readings.length + this.#events.length + this.#rejections.length === 0 && this.#flags === undefined
    );
  }

  /**
   * A measured value, in the metric's own unit.
   *
   * @param value undefined, null or NaN: the device has no value here
   * @param at epoch milliseconds, as given by `deviceTime` or derived from it
   */
  reading(metric: MetricName, value: number | boolean | null | undefined, at = this.at): void {
    if (value === undefined || value === null || Number.isNaN(value)) return;
    const { min, max, decimals } = METRICS[metric];
    // Arithmetic on litres, halves and tenths leaves a tail that nobody measured.
    const digits = POSITION.has(metric) ? POSITION_DECIMALS : Math.max(decimals, 6);
    const number = Number(Number(value).toFixed(digits));
    if (number < min || number > max)
      this.#rejections.push({
        reason: 'out-of-range',
        detail: `${metric}: ${number} is not within ${min} to ${max}`,
      });
    else this.#readings.push({ metric, value: number, at });
  }

  event(event: EventName, at = this.at): void {
    this.#events.push({ event, at });
  }

  /** One bit of the status word of this very message; undefined: it says nothing of it. */
  flag(name: FlagName, raised: boolean | undefined, at = this.at): void {
    if (raised === undefined) return;
    this.#flags ??= { at, raised: [], clear: [] };
    const { raised: set, clear } = this.#flags;
    // Two bits of a word may mean the same to us: one that is set decides.
    if (raised && !set.includes(name)) set.push(name);
    if (!raised && !clear.includes(name)) clear.push(name);
  }

  /** It said something that was understood, and measured nothing: no reading, but a device that is not silent. */
  spoke(): void {
    if (this.#rejections.length === 0) this.#flags ??= { at: this.at, raised: [], clear: [] };
  }

  /**
   * What the device says of itself, and later messages lean on. It is kept with the state of the device: over restarts,
   * and as long as nothing else is announced.
   */
  announce(text: string): void {
    if (text.length <= LIMITS.announcedCharsMax) this.#announced = text;
    else this.reject('too-large', `${text.length} characters of self-description`);
  }

  /** A value that is not taken, beside others that are. */
  reject(reason: RejectionReason, detail: string): void {
    this.#rejections.push({ reason, detail });
  }

  /**
   * The instant that the device says, if its clock can be believed to have been set: after 2015. Whether it lies in the
   * future is judged for all devices alike, later. Otherwise the time of sending, and a named rejection beside it.
   *
   * @param setAfter where a clock that was never set is known by more than its year
   */
  deviceTime(epochMs: number | undefined, setAfter = CLOCK_SET_AFTER): number {
    if (epochMs !== undefined && epochMs >= setAfter && epochMs <= INSTANT_MAX) {
      this.#ownClock = true;
      return epochMs;
    }
    if (epochMs !== undefined) this.reject('clock-malformed', `the device clock was not set: ${epochMs} ms`);
    return this.at;
  }

  /** The instant that a document says: somebody wrote it down, so it is meant, also where it lies in another century. */
  writtenTime(epochMs: number): number {
    this.#ownClock = true;
    return epochMs;
  }

  /** The same as `deviceTime` for local time without a zone, as meters and watches tell it: that of the community. `month` from 1. */
  localTime(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
    const zone = this.context.timeZone ?? 'UTC';
    return this.deviceTime(zonedInstant(zone, year, month, day, hour, minute, second));
  }

  /** The whole frame is of no use. */
  refuse(reason: RejectionReason, detail: string): never {
    throw new FrameRefused(reason, detail);
  }

  done(): Decoded {
    const [readings, events, rejections, flags] = [
      this.#readings,
      this.#events,
      this.#rejections,
      this.#flags,
    ];
    const announced = this.#announced;
    if (this.holdsNothing && announced === undefined) {
      const first = rejections.find(({ reason }) => reason !== 'clock-malformed') ?? rejections[0];
      return first
        ? { ok: false, reason: first.reason, detail: rejections.map(({ detail }) => detail).join('; ') }
        : { ok: false, reason: 'empty-message', detail: 'no metric and no event' };
    }
    return {
      ok: true,
      clock: this.#ownClock ? 'device' : this.#sentBy,
      readings: this.#ownClock ? withClocks(readings, this.at, this.#sentBy) : readings,
      events,
      rejections,
      ...(flags
        ? { flags: { ...flags, clear: flags.clear.filter((name) => !flags.raised.includes(name)) } }
        : {}),
      ...(announced === undefined ? {} : { announced }),
    };
  }
}

/** What has no time of its own, beside what has: the device's clock does not stand behind it. */
export function withClocks(
  readings: readonly Reading[],
  sentAt: number,
  sentBy: ClockSource,
): readonly Reading[] {
  if (!readings.some(({ at }) => at === sentAt)) return readings;
  if (readings.every(({ at }) => at === sentAt)) return readings;
  return readings.map((one) => (one.at === sentAt ? { ...one, clock: sentBy } : one));
}

/** Ends the reading of a frame: nothing of it is taken. Never leaves `decoderOf`. */
class FrameRefused extends Error {
  readonly reason: RejectionReason;
  constructor(reason: RejectionReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** A decoder from a function that reads a frame into a `Take`. A frame that ends too early is refused by name. */
export function decoderOf(read: (payload: Uint8Array, take: Take) => void): Decode {
  return (payload, receivedAt, context) => {
    const take = new Take(receivedAt, context);
    try {
      read(payload, take);
    } catch (error) {
      if (error instanceof FrameRefused) return { ok: false, reason: error.reason, detail: error.message };
      if (error instanceof BytesMissing)
        return { ok: false, reason: 'malformed-payload', detail: error.message };
      throw error;
    }
    return take.done();
  };
}
