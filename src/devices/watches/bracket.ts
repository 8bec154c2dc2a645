import type { Take } from '../take.ts';
import { hemisphere, numberOf, pairs, takeNumber, takePosition, takeVital, watchTime } from './fields.ts';
import { frameText, malformed, type Nothing, onlyProtocol, takeFrames, unknownKind } from './frames.ts';

/**
 * `[3G*8800000015*000D*LK,50,100,100]`: maker, device, length of the content in hex, content. Some makers put a running
 * number before the length.
 */
const FRAME = /^\[\w{2}\*[^*\]]+\*(?:[^*\]]+\*)?([0-9A-Fa-f]{4})\*(.*)\]$/s;
const HEAD = /^\[\w{2}\*[^*\]]{1,32}\*(?:[0-9A-Fa-f]{1,8}\*)?([0-9A-Fa-f]{4})\*/;

/** Whoever makes the watch, these carry nothing that it measured. */
const PROTOCOL =
  /^(INIT|TKQ2?|TK|JXTKR?|img|rcapture|CONFIG|ICCID|RYIMEI|APPCONTACTTEL|VERNO|TS|LGZONE|UPLOAD|SOS\d?|FIND|CR|RESET|POWEROFF|FACTORY|MONITOR|CALL|LZ|IP|FLOWER|REMIND|SILENCETIME\d?|PHBX?|PHL|MESSAGE|REMOVE|LOWBAT|SOSSMS|PEDO|WALKTIME|SLEEPTIME|hrtstart|bodytemp2?|BTTIMESET|CENTER|PW|APN|ANY|WHITELIST\d?|profile|DEVREFUSEPHONESWITCH|GSMANT|bt|wifi|WIFISET|WIFISEARCH|WIFIDEL|WIFICUR)$/i;

/** Bits of the status word: the low half says how things are, the high half what happened. */
const STATE_LOW_BATTERY = 1 << 0;
const SOS = 1 << 16;
const LOW_BATTERY = 1 << 17;
const REMOVED = 1 << 20;
const FALL = (1 << 21) | (1 << 22);

/** What a status word says of the battery, and when: of several frames in one message the newest word counts. */
interface BatteryWord {
  readonly at: number;
  readonly low: boolean;
}

/** The frames of `[3G*`, `[SG*`, `[ZJ*`, `[CS*` watches (SeTracker, Beesure and their kin). */
export function takeBracketFrames(payload: Uint8Array, take: Take): void {
  const frames = splitFrames(frameText(payload));
  if (frames.length === 0) take.refuse('malformed-payload', 'no frame between brackets');
  let battery: BatteryWord | undefined;
  takeFrames(take, frames, (frame) => {
    const content = FRAME.exec(frame)?.[2];
    if (content === undefined) return malformed(`not a frame: ${frame.slice(0, 60)}`);
    return takeContent(content.split(','), take, (word) => {
      if (!battery || word.at >= battery.at) battery = word;
    });
  });
  if (battery) take.flag('low_battery', battery.low, battery.at);
}

/**
 * A frame ends with its bracket. The length that it gives is wrong in a third of what is seen, so it only helps where a
 * bracket does stand at the place that it says: names of Wi-Fi networks may hold brackets too.
 */
function splitFrames(text: string): readonly string[] {
  const frames: string[] = [];
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at)) {
    const head = HEAD.exec(text.slice(at, at + 64));
    const told = head ? at + head[0].length + Number.parseInt(head[1] as string, 16) : -1;
    const end = text[told] === ']' ? told : text.indexOf(']', at);
    frames.push(end < 0 ? text.slice(at) : text.slice(at, end + 1));
    if (end < 0) break;
    at = end + 1;
  }
  return frames;
}

function takeContent(
  fields: readonly string[],
  take: Take,
  battery: (word: BatteryWord) => void,
): Nothing | undefined {
  const [type = '', first, second, third] = fields;
  if (/^(UD|AL|WT)/.test(type)) return takeStatus(fields, take, battery);
  switch (type.toLowerCase()) {
    case 'lk':
      // The short form keeps the connection alive and says nothing.
      if (fields.length < 4) return undefined;
      takeNumber(take, 'steps_count', first);
      takeNumber(take, 'battery_pct', third);
      return undefined;
    case 'heart':
    case 'pulse':
      takeVital(take, 'pulse_bpm', first);
      return undefined;
    case 'blood':
    case 'bphrt':
      takeVital(take, 'systolic_mmhg', first);
      takeVital(take, 'diastolic_mmhg', second);
      takeVital(take, 'pulse_bpm', third);
      return undefined;
    case 'oxygen':
      takeVital(take, 'spo2_pct', second ?? first);
      return undefined;
    case 'temp':
      takeVital(take, 'body_temperature_c', first);
      return undefined;
    case 'btemp2':
      // The flag says whether it measured a body; without it the number is that of the room.
      if ((numberOf(first) ?? 0) > 0) takeVital(take, 'body_temperature_c', second);
      return undefined;
    default:
      return PROTOCOL.test(type) ? onlyProtocol(`a ${type.slice(0, 20)} of the protocol`) : unknownKind(type);
  }
}

/** Date, time, fix, place, speed, course, altitude, satellites, signal, battery, steps, tumbles, status; cells and Wi-Fi. */
function takeStatus(
  fields: readonly string[],
  take: Take,
  battery: (word: BatteryWord) => void,
): Nothing | undefined {
  const [type = '', date, time, fix, latitude, ns, longitude, ew] = fields;
  const [charge, steps, , word] = fields.slice(13, 17);
  const [day, clock] = [pairs(date), pairs(time)];
  if (!day || !clock || word === undefined || !/^[0-9A-Fa-f]{1,8}$/.test(word)) {
    // An alarm that cannot be read is an alarm.
    if (type.startsWith('AL') && fields.length > 1) take.event('general_alarm');
    return malformed(`${type.slice(0, 20)} without date, time and status`);
  }
  const at = watchTime(take, 'utc', day[2], day[1], day[0], ...clock);
  // Without a fix the place is the last one, or none.
  if (fix === 'A')
    takePosition(take, hemisphere(numberOf(latitude), ns), hemisphere(numberOf(longitude), ew), at);
  takeNumber(take, 'battery_pct', charge, at);
  takeNumber(take, 'steps_count', steps, at);
  const status = Number.parseInt(word, 16);
  const isSet = (bits: number): boolean => (status & bits) !== 0;
  const isLow = isSet(STATE_LOW_BATTERY | LOW_BATTERY);
  if (isSet(SOS)) take.event('sos', at);
  if (isSet(FALL)) take.event('fall', at);
  if (isSet(REMOVED)) take.event('removed', at);
  // An alarm that does not say which, or one that we have no name for, such as a fence.
  if (type.startsWith('AL') && !isLow && !isSet(SOS | FALL | REMOVED)) take.event('general_alarm', at);
  battery({ at, low: isLow });
  return undefined;
}
