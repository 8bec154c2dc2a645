import type { z } from 'zod';
import type { ClockSource, DeviceEvent, PayloadPlace, Reading } from '../model/message.ts';
import type { Counting, EventName, FlagName, MetricName } from '../model/metrics.ts';
import type { DeviceSettings } from '../model/registry.ts';
import type { RejectionReason } from '../model/rejection.ts';
import type { Text } from '../model/text.ts';
import type { FrameContext } from './frame.ts';

/** A value of a message that was not taken, beside others that were. */
export interface PartialRejection {
  readonly reason: RejectionReason;
  readonly detail: string;
}

/**
 * The bits of a status word: an alarm that stands for weeks is said in every message of these weeks, and happened once.
 * Each of them has a twin that ends in `_cleared`; that of `general_alarm` is `alarm_cleared`.
 */
export interface FlagWord {
  readonly at: number;
  readonly raised: readonly FlagName[];
  readonly clear: readonly FlagName[];
}

/** What a decoder makes of a payload: what it says, or why nothing of it was taken. */
export type Decoded =
  | {
      readonly ok: true;
      readonly clock: ClockSource;
      readonly readings: readonly Reading[];
      readonly events: readonly DeviceEvent[];
      readonly rejections: readonly PartialRejection[];
      /** What a status word says now; only what changed against its last word becomes an event. */
      readonly flags?: FlagWord;
      /** What the device says of itself, to be given back with each later message of it: `FrameContext.announced`. */
      readonly announced?: string;
    }
  | { readonly ok: false; readonly reason: RejectionReason; readonly detail: string };

/**
 * Makes readings of a payload; with `within` also where it lies in something larger, and need not be cut out.
 * `context` is what the way of the message knows of it beside its bytes: port, settings of the device, time zone.
 */
export interface Decode {
  (payload: Uint8Array, receivedAt: number, context?: FrameContext): Decoded;
  readonly within?: (place: PayloadPlace, receivedAt: number) => Decoded;
}

/** Cuffless devices estimate: what they say asks for a measurement with a cuff (ESH, doi 10.1097/HJH.0000000000003224). */
export type BloodPressureWorth = 'hint' | 'measured';

/** How a counter of this model behaves. */
export interface CounterTraits {
  /** The value at which the register starts again from zero. */
  readonly max: number;
  /** Smallest step, in the metric's unit. */
  readonly resolution: number;
}

/**
 * One device model is one file in `devices/`: topics, payload schema, decoder, capabilities, interval, texts, and
 * examples that one test plays, refusals included. Decoders are pure: the only instant they know is `receivedAt`.
 */
export interface DeviceDefinition {
  /** Stable name, as in the registry's `model`. */
  readonly model: string;
  readonly title: Text;
  readonly summary: Text;
  /** Who makes it; absent for what speaks our own format. */
  readonly maker?: string;
  /** How it is connected, for the page in the catalogue; absent where its topics say it all. */
  readonly connect?: Text;
  /** What is known to go wrong with it. */
  readonly faults?: readonly Text[];
  /** Public documents that the decoder was written after. */
  readonly sources?: readonly string[];
  /**
   * MQTT topics, with `{device}` where the device's id stands: `shouwang/{device}/telemetry`. What comes in an envelope
   * (a network server, a platform) is told by its address and needs none.
   */
  readonly topics: readonly string[];
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
  /** How often it reports when all is well. */
  readonly expectedIntervalMs: number;
  /** Added to 1.5 times the interval before a device counts as silent. */
  readonly silenceGraceMs: number;
  readonly counters: Partial<Record<MetricName, CounterTraits>>;
  /** Follows from its metrics where absent: see `countingOf`. */
  readonly counting?: Counting;
  /** What its blood pressure is worth: that of a band without a cuff is a hint, that of a validated cuff a measurement. */
  readonly bloodPressure?: BloodPressureWorth;
  /** What an installation must or may say of one device of this model: the weight of a pulse, a key. */
  readonly settings?: z.ZodObject;
  /** The shape of one entry, where that is text; the page in the catalogue and the check on each reading come from it. */
  readonly payload?: z.ZodType;
  readonly decode: Decode;
  readonly examples: readonly DeviceExample[];
}

/** `payload` is JSON or text, `hex` stands for bytes. Instants are ISO 8601. */
export interface DeviceExample {
  readonly name: string;
  readonly payload?: unknown;
  readonly hex?: string;
  /** LoRaWAN port. */
  readonly fPort?: number;
  readonly settings?: DeviceSettings;
  readonly timeZone?: string;
  readonly topic?: string;
  /** What the device said of itself before. */
  readonly announced?: string;
  /** Where a captured payload comes from. */
  readonly source?: string;
  readonly receivedAt: string;
  readonly expect:
    | {
        readonly readings: readonly {
          readonly metric: MetricName;
          readonly value: number;
          readonly at: string;
        }[];
        readonly events?: readonly { readonly event: EventName; readonly at: string }[];
        /** Bits of the status word that are set; all others that the model knows are clear. */
        readonly flags?: readonly FlagName[];
        readonly rejections?: readonly RejectionReason[];
      }
    | { readonly rejection: RejectionReason };
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineDevice(definition: DeviceDefinition): DeviceDefinition {
  return definition;
}

/** What else a device may hang in a home for. */
const OTHER_SENSES: readonly MetricName[] = ['door_open_bool', 'motion_bool', 'water_leak_bool'];

/** Undefined: it counts neither water nor energy. */
export function countingOf({ counting, metrics }: DeviceDefinition): Counting | undefined {
  if (counting) return counting;
  if (metrics.includes('water_index_m3'))
    return OTHER_SENSES.some((sense) => metrics.includes(sense)) ? 'once-counted' : 'always';
  return metrics.includes('energy_index_kwh') ? 'once-counted' : undefined;
}
