import type { Take } from '../take.ts';
import { compactTime, numberOf, takeNumber, takePosition } from './fields.ts';
import { frameText, malformed, type Nothing, onlyProtocol, takeFrames, unknownKind } from './frames.ts';

/** `YX<imei>|V1.0|1|{F01#94,1,100,0,31000,90}`; over TCP between a start, a length and an end. */
const FRAME = /[A-Z]{2}\d+\|[vV]\d+\.\d+\|\d+\|\{F(\d+)(?:#([^}]*))?\}/g;

/** The frames of YX wristbands. They are given the time when they log in, so theirs is local time. */
export function takeYxFrames(payload: Uint8Array, take: Take): void {
  const frames = [...frameText(payload).matchAll(FRAME)];
  if (frames.length === 0) take.refuse('malformed-payload', 'no frame between braces');
  takeFrames(take, frames, ([, kind, data = '']) => takeFrame(Number(kind), data, take));
}

function takeFrame(kind: number, data: string, take: Take): Nothing | undefined {
  switch (kind) {
    case 1:
      takeNumber(take, 'battery_pct', data.split(',')[0]);
      return undefined;
    case 2:
      for (const place of data.split('|'))
        if (!takeFix(place, take)) return malformed('a place without its time');
      return undefined;
    case 3:
    case 4:
      // Cells and Wi-Fi networks are no position.
      return undefined;
    case 64:
    case 90:
    case 91:
      return onlyProtocol(`F${kind} of the protocol`);
    default:
      return unknownKind(`F${kind}`);
  }
}

/** Longitude first, latitude, time to the minute, speed. */
function takeFix(place: string, take: Take): boolean {
  const [longitude, latitude, time = ''] = place.split(',');
  const at = compactTime(take, 'local', time);
  if (at === undefined) return false;
  takePosition(take, numberOf(latitude), numberOf(longitude), at);
  return true;
}
