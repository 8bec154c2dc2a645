import type { DeviceReport } from '../report.ts';

/** How a device behaves: when it wakes next, and what it has to say then. */
export interface Habit {
  /** When it does something next, in epoch milliseconds. */
  readonly nextAt: number;
  /** Does what is due at `nextAt`; undefined when nothing leaves the device. */
  wake(): DeviceReport | undefined;
}
