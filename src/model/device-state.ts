import type { CounterHistory } from './counter-history.ts';
import type { WaterBook } from './water-book.ts';

/** What the engine remembers of one device. Plain data: it is stored and restored as JSON. */
export interface DeviceState {
  readonly id: string;
  /** Arrival of the last report of which something was taken, by our clock; 0: it never reported. */
  heardAt: number;
  /** Newest event time of what was taken; 0: nothing yet. */
  measuredAt: number;
  /** When the registry made it known to the engine: silence before that is nobody's fault. */
  knownAt: number;
  /** The last messages, to tell a repeat from a correction: a ring of event time, metrics and sum, after its next place. */
  recent: number[];
  /** Cumulative water index, if the device has one. */
  water?: CounterHistory;
  /** What that index said of the last weeks, hour by hour: what rules learn from. */
  waterBook?: WaterBook;
  /** Last word on whether it is worn: 1 or 0, and when. */
  worn?: { value: number; at: number };
}

export function newDeviceState(id: string, knownAt: number): DeviceState {
  return { id, heardAt: 0, measuredAt: 0, knownAt, recent: [] };
}
