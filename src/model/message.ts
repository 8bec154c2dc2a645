import type { EventName, MetricName } from './metrics.ts';

/** A message as it came: bytes under a topic, with the instant of its arrival. */
export interface Message {
  readonly receivedAt: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The payload as text, where whoever brings the message has it already. */
  readonly text?: string | undefined;
  /** The MQTT client that published it; undefined in recordings. */
  readonly client?: string;
}

/** One measured value. `at` is when it was measured, in epoch milliseconds. */
export interface Reading {
  readonly metric: MetricName;
  readonly value: number;
  readonly at: number;
}

/** Something a device says has happened. `phase` is in the name (`leak`, `leak_cleared`). */
export interface DeviceEvent {
  readonly event: EventName;
  readonly at: number;
}

/** Whose clock stands behind `at`: the device's own, or our own at arrival, when the device gave none. */
export type ClockSource = 'device' | 'received';

/** What one message of one device said, decoded: the input of the step. Entries are in the order of the message. */
export interface Report {
  readonly kind: 'report';
  readonly receivedAt: number;
  readonly device: string;
  readonly clock: ClockSource;
  readonly readings: readonly Reading[];
  readonly events: readonly DeviceEvent[];
}
