import { MINUTE } from '../lib/clock.ts';
import type { DeviceView } from './define.ts';
import { isFrontDoor } from './sensor-log.ts';

/** What sensors other than the water meter last said of whoever lives here. Event times; 0: nothing, or no such sensor. */
export interface SignsOfLife {
  /** Somebody moved in the home. */
  readonly moved: number;
  /** The front door opened, and nobody has moved in the home since: they have most likely gone out. */
  readonly left: number;
}

/** After the door has moved, so much movement still belongs to going out: clocks differ. */
export const EXIT_SLACK_MS = MINUTE;

export function signsOfLife(devices: readonly DeviceView[]): SignsOfLife {
  let moved = 0;
  let opened = 0;
  for (const device of devices) {
    const { movedAt, openedAt } = device.state;
    if (movedAt > moved) moved = movedAt;
    if (openedAt > opened && isFrontDoor(device)) opened = openedAt;
  }
  // Without a motion sensor nobody would see who came home through that door.
  return { moved, left: moved > 0 && opened >= moved - EXIT_SLACK_MS ? opened : 0 };
}
