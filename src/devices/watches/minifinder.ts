import type { Take } from '../take.ts';
import { numberOf, takeNumber, takePosition, watchTime } from './fields.ts';
import { frameText, malformed, type Nothing, onlyProtocol, takeFrames, unknownKind } from './frames.ts';

const FIX =
  /^(?<day>\d+)\/(?<month>\d+)\/(?<year>\d+),(?<hour>\d+):(?<minute>\d+):(?<second>\d+),(?<lat>-?\d+\.\d+),(?<lon>-?\d+\.\d+),/;
const STATE = /^\d+(?:\.\d*)?,\d+(?:\.\d*)?,(?<flags>[0-9A-Fa-f]+),-?\d+(?:\.\d*)?,(?<battery>\d+),/;

const FIXED = 0x3;
const FAULT = 1 << 2;
const SOS = 1 << 6;
const FALL = 1 << 8;
const LOW_BATTERY = 1 << 12;
const CHARGING = 1 << 22;

/** The frames of MiniFinder pendants: `!D,15/04/17,13:58:53,51.483067,-0.452548,60,180,140001,28.7,47,4,13,0`. */
export function takeMiniFinderFrames(payload: Uint8Array, take: Take): void {
  const frames = frameText(payload)
    .split(/[;\r\n]+/)
    .map((frame) => frame.trim())
    .filter((frame) => frame !== '');
  if (frames.length === 0) take.refuse('malformed-payload', 'an empty frame');
  takeFrames(take, frames, (frame) => {
    const [, type, rest] = /^!(\w),(.*)$/s.exec(frame) ?? [];
    if (type === undefined || rest === undefined) return malformed(`not a frame: ${frame.slice(0, 40)}`);
    return takeFrame(type, rest, take);
  });
}

function takeFrame(type: string, rest: string, take: Take): Nothing | undefined {
  switch (type) {
    case '1':
      return onlyProtocol('a login');
    case '3':
      return onlyProtocol('an answer to a command');
    case '5': {
      const [, , charge] = rest.split(',');
      takeNumber(take, 'battery_pct', charge);
      return undefined;
    }
    case 'A':
    case 'B':
    case 'C':
    case 'D':
      return takeFix(type, rest, take);
    default:
      return unknownKind(type);
  }
}

/** A: where it is. B was kept while it had no network, C and D are as of now; these three tell how it is as well. */
function takeFix(type: string, rest: string, take: Take): Nothing | undefined {
  const fix = FIX.exec(rest);
  const state = STATE.exec(rest.slice(fix?.[0].length ?? 0))?.groups;
  if (!fix?.groups || (type !== 'A' && !state))
    return malformed(`a frame of the kind ${type} without its fields`);
  const part = (name: string): number => Number(fix.groups?.[name]);
  const at = watchTime(
    take,
    'utc',
    part('year'),
    part('month'),
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  const flags = state ? Number.parseInt(state['flags'] ?? '', 16) : FIXED;
  const isSet = (bits: number): boolean => (flags & bits) !== 0;
  if (isSet(FIXED)) takePosition(take, numberOf(fix.groups['lat']), numberOf(fix.groups['lon']), at);
  if (!state) return undefined;
  takeNumber(take, 'battery_pct', state['battery'], at);
  take.reading('charging_bool', isSet(CHARGING), at);
  if (isSet(SOS)) take.event('sos', at);
  if (isSet(FALL)) take.event('fall', at);
  take.flag('low_battery', isSet(LOW_BATTERY), at);
  take.flag('fault', isSet(FAULT), at);
  return undefined;
}
