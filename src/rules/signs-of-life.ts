import { DAY, MINUTE } from '../lib/clock.ts';
import { baseFlowBefore } from '../model/counter-history.ts';
import { lastDrawAt } from '../model/water-book.ts';
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

/** When water was last drawn in the home, as far as its meters tell: at the end of the reading that showed it; 0: never. */
export function drawnAt(devices: readonly DeviceView[], now: number): number {
  let last = 0;
  for (const { state } of devices) {
    const { water, waterBook } = state;
    if (!water || !waterBook) continue;
    const draw = lastDrawAt(waterBook, water, now, baseFlowBefore(water, Math.floor((now - 1) / DAY)));
    if (draw && draw.to > last) last = draw.to;
  }
  return last;
}
