import type { EventName, MetricName } from './metrics.ts';

/** A message as it came: bytes under a topic, with the instant of its arrival. */
export interface Message {
  readonly receivedAt: number;
  readonly topic: string;
  /** Its topic, where whoever brings the message remembers the topics that it met. */
  readonly remembered?: RememberedTopic;
  readonly payload: Uint8Array;
  /** Where the payload lies, if it is a part of much that was read at once: to cut it out costs more than to read it. */
  readonly within?: PayloadPlace | undefined;
  /** The model whose words it speaks, where whoever brings it can tell that from the bytes better than the registry. */
  readonly model?: string;
  /** The MQTT client that published it; undefined in recordings. */
  readonly client?: string;
  /** An outside broker had kept it for whoever subscribes: it was said at some time before. */
  readonly retained?: boolean;
}

/**
 * A topic that whoever brings messages met before, and what the service found out about it: a fleet publishes under the same
 * ones all day, and to look one up by its text waits for memory several times over.
 */
export interface RememberedTopic {
  readonly text: string;
  /** What the service found out: its own to read. Undefined where it has to be found out. */
  meaning: unknown;
  /** The revision of the registry as of which `meaning` holds. */
  asOf: number;
}

/** From `from` until `to`, excluded. */
export interface PayloadPlace {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** One measured value. `at` is when it was measured, in epoch milliseconds. */
export interface Reading {
  readonly metric: MetricName;
  readonly value: number;
  readonly at: number;
  /** Whose clock says `at`, where that is not the clock of its report: a history beside a value of now. */
  readonly clock?: ClockSource;
}

/** Something a device says has happened. `phase` is in the name (`leak`, `leak_cleared`). */
export interface DeviceEvent {
  readonly event: EventName;
  readonly at: number;
}

/**
 * Whose clock stands behind `at`: the device's own; that of its gateway or network, where the device gave none; our own
 * at arrival, where nobody did.
 */
export type ClockSource = 'device' | 'network' | 'received';

/** In the order of the numbers under which they are stored, from 1 on; 0 says that it is not known. Never reordered. */
export const CLOCK_SOURCES: readonly ClockSource[] = ['received', 'device', 'network'];

/** What one message of one device said, decoded: the input of the step. Entries are in the order of the message. */
export interface Report {
  readonly kind: 'report';
  readonly receivedAt: number;
  readonly device: string;
  readonly clock: ClockSource;
  readonly readings: readonly Reading[];
  readonly events: readonly DeviceEvent[];
  /** The same frame that comes over two ways has the same number: a hash of session, counter and port. */
  readonly frame?: number;
  /** What the device says of itself, for the messages to come: see `DeviceState.announced`. */
  readonly announced?: string;
  /** A broker had kept it: it proves nothing of now. */
  readonly retained?: boolean;
  /** So much was added to what its device says, because our clock is not the clock of the devices. */
  readonly shiftedMs?: number;
}
