import { ByteReader, hexOf } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { degreesOfMinutes, pairs, takeNumber, takePosition, watchTime } from './fields.ts';
import { frameBytes, malformed, type Nothing, onlyProtocol, takeFrames } from './frames.ts';

const TEXT = 0x2a;
const BINARY = 0x24;
const LONG_ID_BYTES = 42;

/** The status word counts down: a bit that is clear is an alarm. */
const SOS = (1 << 1) | (1 << 18);

/** `*HQ,<id>,V1,<time>,<fix>,<place>,<speed>,<course>,<date>,<status>,…#`; the answer to a command (V4) carries its own words first. */
const PLACE =
  /^\*..,\d*,(?:V4,.*,|V[^,]*,)(?<time>\d{6})?,(?:(?<fix>[ABV])|(?<scheme>\d+))?,(?<lat>[-\d.]*),(?<ns>[NS0]?),(?<lon>[-\d.]*),(?<ew>[EW0]?), *\d*(?:\.\d*)?,(?:\d+(?:\.\d*)?)?,(?:\d+,)??(?<date>\d{6})?(?:,(?<rest>.*))?$/s;
const CELLS = /^\*..,\d*,(?:NBR|V3),(?<time>\d{6}),.*,(?<date>\d{6}),(?<status>[0-9A-Fa-f]{8})/;
const LINK =
  /^\*..,\d*,LINK,(?<time>\d{6}),\d+,\d+,(?<battery>\d+),(?<steps>\d+),\d+,(?<date>\d{6}),(?<status>[0-9A-Fa-f]{8})/;
const VP1 =
  /^\*..,\d*,VP1,[AB],(?<lat>[\d.]+),(?<ns>[NS]),(?<lon>[\d.]+),(?<ew>[EW]),[\d.]+,[\d.]+,(?<date>\d{6})/;
const HEARTBEAT = /^\*..,\d*,HTBT,(\d+)/;

type Groups = Readonly<Record<string, string | undefined>>;

/** The frames of H02 trackers and watches: text between `*` and `#`, or 32 to 45 bytes after a `$`. */
export function takeH02Frames(payload: Uint8Array, take: Take): void {
  const bytes = frameBytes(payload);
  if (bytes[0] === BINARY) {
    takeBinary(bytes, take);
    return;
  }
  if (bytes[0] !== TEXT)
    take.refuse('not-supported', `a frame that begins with ${hexOf(bytes.subarray(0, 1))}`);
  const frames = Buffer.from(bytes)
    .toString('latin1')
    .split('#')
    .map((frame) => frame.trim())
    .filter((frame) => frame !== '');
  takeFrames(take, frames, (frame) => takeText(frame, take));
}

function takeText(frame: string, take: Take): Nothing | undefined {
  const [, , type = ''] = frame.split(',');
  if (type === 'LINK') return takeLink(LINK.exec(frame)?.groups, take);
  if (type === 'NBR' || type === 'V3') return takeCells(CELLS.exec(frame)?.groups, take);
  if (type === 'VP1') return takeVp1(VP1.exec(frame)?.groups, take);
  if (type === 'HTBT') {
    takeNumber(take, 'battery_pct', HEARTBEAT.exec(frame)?.[1]);
    return undefined;
  }
  // Signs of life.
  if (type === 'V0' || type === 'XT' || type === 'BASE') return undefined;
  if (!/^\*..,\d*,/.test(frame)) return malformed(`not a frame: ${frame.slice(0, 40)}`);
  const found = PLACE.exec(frame)?.groups;
  return found ? takePlace(found, take) : onlyProtocol(`a ${type.slice(0, 20)} of the protocol`);
}

/** Date and time stand far from each other, and either may be missing. */
function timeOf({ date, time }: Groups, take: Take): number | undefined {
  const [day, clock] = [pairs(date), pairs(time)];
  return day && clock ? watchTime(take, 'utc', day[2], day[1], day[0], ...clock) : undefined;
}

function takePlace(found: Groups, take: Take): Nothing | undefined {
  const { fix, scheme, lat = '', ns, lon = '', ew, rest = '' } = found;
  const status = /(?:^|,)([0-9A-Fa-f]{8})(?:,|$)/.exec(rest)?.[1];
  if (lat === '' && status === undefined) return onlyProtocol('neither a place nor a status');
  // A number in the place of the fix is a coding scheme: there is one.
  const isFixed = fix === 'A' || scheme !== undefined;
  if (!isFixed && !raisesSos(status)) return undefined;
  const at = timeOf(found, take) ?? take.at;
  if (isFixed) takePosition(take, degreesOfMinutes(lat, ns), degreesOfMinutes(lon, ew), at);
  takeAlarms(status, take, at);
  return undefined;
}

function takeCells(found: Groups | undefined, take: Take): Nothing | undefined {
  if (!found) return malformed('cells without time and status');
  // Cells are no position; the time matters for an alarm only.
  if (raisesSos(found['status'])) take.event('sos', timeOf(found, take) ?? take.at);
  return undefined;
}

function takeLink(found: Groups | undefined, take: Take): Nothing | undefined {
  if (!found) return malformed('a LINK without battery and status');
  const at = timeOf(found, take) ?? take.at;
  takeNumber(take, 'battery_pct', found['battery'], at);
  takeNumber(take, 'steps_count', found['steps'], at);
  takeAlarms(found['status'], take, at);
  return undefined;
}

/** It tells the day alone: today is now, another day its beginning. */
function takeVp1(found: Groups | undefined, take: Take): Nothing | undefined {
  const day = pairs(found?.['date']);
  if (!found || !day) return undefined;
  const midnight = Date.UTC(2000 + day[2], day[1] - 1, day[0]);
  const isToday = take.at >= midnight && take.at < midnight + 86_400_000;
  const at = isToday ? take.at : watchTime(take, 'utc', day[2], day[1], day[0]);
  const { lat = '', ns, lon = '', ew } = found;
  takePosition(take, degreesOfMinutes(lat, ns), degreesOfMinutes(lon, ew), at);
  return undefined;
}

const raisesSos = (word: string | undefined): boolean =>
  word !== undefined && (~Number.parseInt(word, 16) & SOS) !== 0;

function takeAlarms(word: string | undefined, take: Take, at: number): void {
  if (raisesSos(word)) take.event('sos', at);
}

/** `$`, id, time and date, place with the battery between latitude and longitude, speed and course, status. */
function takeBinary(bytes: Uint8Array, take: Take): void {
  const frame = new ByteReader(bytes, 1);
  frame.skip(bytes.length === LONG_ID_BYTES ? 8 : 5);
  const [hour, minute, second, day, month, year] = pairsOf(frame.take(6), take);
  const latitude = digitsOf(frame.take(4));
  const battery = frame.u8();
  const longitude = digitsOf(frame.take(5));
  frame.skip(3);
  const status = hexOf(frame.take(4));
  const at = watchTime(take, 'utc', year, month, day, hour, minute, second);
  const flags = Number.parseInt(longitude.at(-1) ?? '0', 16);
  if ((flags & 0x02) !== 0)
    takePosition(
      take,
      degreesOfMinutes(latitude, (flags & 0x04) === 0 ? 'S' : 'N'),
      degreesOfMinutes(longitude.slice(0, -1), (flags & 0x08) === 0 ? 'W' : 'E'),
      at,
    );
  take.reading('battery_pct', batteryOf(battery), at);
  takeAlarms(status, take, at);
  // Without a fix, a level and an alarm it still is there.
  if (take.holdsNothing) take.spoke();
}

/** A level of six, or per cent; 0 and what lies above: not told. */
function batteryOf(value: number): number | undefined {
  if (value === 0 || value > 100) return undefined;
  if (value <= 3) return (value - 1) * 10;
  return value <= 6 ? (value - 1) * 20 : value;
}

const digitsOf = (bytes: Uint8Array): string => hexOf(bytes);

function pairsOf(bytes: Uint8Array, take: Take): readonly [number, number, number, number, number, number] {
  const text = hexOf(bytes);
  const numbers = /^\d+$/.test(text) ? (text.match(/../g) ?? []).map(Number) : [];
  const [a, b, c, d, e, f] = numbers;
  if (
    a === undefined ||
    b === undefined ||
    c === undefined ||
    d === undefined ||
    e === undefined ||
    f === undefined
  )
    return take.refuse('malformed-payload', `a time of ${text}`);
  return [a, b, c, d, e, f];
}
