import type { CounterHistory } from './counter-history.ts';
import type { HeldWord } from './held-word.ts';

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
  /** Its words on whether it is worn: 1 or 0, and since when. */
  worn?: HeldWord;
  /** Its words on whether it is being charged. */
  charging?: HeldWord;
  /** Step counter, and when it last told of somebody walking. */
  steps?: { value: number; at: number; movedAt: number };
}

export function newDeviceState(id: string, knownAt: number): DeviceState {
  return { id, heardAt: 0, measuredAt: 0, knownAt, recent: [] };
}
