import type { Take } from '../take.ts';
import {
  compactTime,
  degreesOfMinutes,
  pairs,
  takeNumber,
  takePosition,
  takeVital,
  watchTime,
} from './fields.ts';
import { frameText, malformed, type Nothing, onlyProtocol, takeFrames, unknownKind } from './frames.ts';

/** Date, fix, place, speed, time, course; signal, satellites, battery, three states; network, cell; what kind of alarm. */
const PLACE =
  /^(?<date>\d{6})(?<fix>[AV])(?<lat>\d{4}\.\d+)(?<ns>[NS])(?<lon>\d{5}\.\d+)(?<ew>[EW])\d{3}\.\d(?<time>\d{6})[\d.]{6}\d{6}(?<battery>\d{3})\d\w{4}\d*,\d+,\d+,\w+,\w+(?:,(?<alarm>\d\d)(?=,|$))?/;
/** Signal, satellites, battery, three states; in the long form switches, and whether it hangs on its charger. */
const HEARTBEAT = /^\d{6}(?<battery>\d{3})\d\d{2}\d{2}(?:\d{3}\d\d{3}\d\d{4}\d(?<power>\d)\d)?/;
/** A watch answers a command with the command's own number. */
const ANSWER = /^,\d{6}(,|$)/;

const ALARMS = { '01': 'sos', '02': 'low_battery', '03': 'removed', '05': 'fall', '06': 'fall' } as const;

/** The frames of IWAP and TRVAP watches, each up to its `#`. */
export function takeIwapFrames(payload: Uint8Array, take: Take): void {
  const frames = frameText(payload)
    .split('#')
    .map((frame) => frame.trim())
    .filter((frame) => frame !== '');
  if (frames.length === 0) take.refuse('malformed-payload', 'an empty frame');
  takeFrames(take, frames, (frame) => {
    const [, type, rest] = /^(?:TRV|[A-Z]{2})([A-Z]P\w\w)(.*)$/s.exec(frame) ?? [];
    if (type === undefined || rest === undefined) return malformed(`not a frame: ${frame.slice(0, 40)}`);
    return takeFrame(type, rest, take);
  });
}

function takeFrame(type: string, rest: string, take: Take): Nothing | undefined {
  const fields = rest.split(',').slice(1);
  const [first, second, third, fourth, , sixth] = fields;
  switch (type) {
    case 'AP01':
    case 'AP10':
    case 'YP03':
    case 'YP14':
      return takePlace(type, rest, take);
    case 'AP02':
      // Cells and Wi-Fi networks are no position.
      return undefined;
    case 'AP03':
    case 'CP01':
      return takeHeartbeat(first ?? '', second, take);
    case 'AP49':
      takeVital(take, 'pulse_bpm', first);
      return undefined;
    case 'APHT':
    case 'APHP':
      takeVital(take, 'pulse_bpm', first);
      takeVital(take, 'systolic_mmhg', second);
      takeVital(take, 'diastolic_mmhg', third);
      if (type === 'APHT') return undefined;
      takeVital(take, 'spo2_pct', fourth);
      takeVital(take, 'body_temperature_c', sixth);
      return undefined;
    case 'AP50':
      takeVital(take, 'body_temperature_c', first);
      // An empty watch sends nothing: 0 stands where it does not tell.
      takeVital(take, 'battery_pct', second);
      return undefined;
    case 'APJK':
      return takeMeasured(fields, take);
    default:
      if (type === 'AP00' || type.startsWith('BP') || ANSWER.test(rest))
        return onlyProtocol(`a ${type} of the protocol`);
      return unknownKind(type);
  }
}

function takePlace(type: string, rest: string, take: Take): Nothing | undefined {
  const found = PLACE.exec(rest)?.groups;
  const [day, clock] = [pairs(found?.['date']), pairs(found?.['time'])];
  if (!found || !day || !clock) {
    // An alarm that cannot be read is an alarm.
    if (type === 'AP10') takeAlarm(rest.split(',')[5], take, take.at);
    return malformed(`a ${type} without date and place`);
  }
  const at = watchTime(take, 'utc', ...day, ...clock);
  if (found['fix'] === 'A')
    takePosition(
      take,
      degreesOfMinutes(found['lat'] ?? '', found['ns']),
      degreesOfMinutes(found['lon'] ?? '', found['ew']),
      at,
    );
  takeNumber(take, 'battery_pct', found['battery'], at);
  if (type === 'AP10' || found['alarm'] !== undefined) takeAlarm(found['alarm'], take, at);
  return undefined;
}

/** 00: none. One that is not told, or that nobody has written down, is a general alarm. */
function takeAlarm(code: string | undefined, take: Take, at: number): void {
  const event = ALARMS[code as keyof typeof ALARMS];
  if (event) take.event(event, at);
  else if (code !== '00') take.event('general_alarm', at);
}

function takeHeartbeat(status: string, steps: string | undefined, take: Take): Nothing | undefined {
  const found = HEARTBEAT.exec(status)?.groups;
  if (!found) return malformed('a heartbeat without its status');
  takeNumber(take, 'battery_pct', found['battery']);
  takeNumber(take, 'steps_count', steps);
  const { power } = found;
  // 0: it does not say.
  if (power === '1' || power === '2') take.reading('charging_bool', power === '1');
  return undefined;
}

/** Time, kind, value: 1 pressure, 2 pulse, 3 temperature, 4 oxygen. Pressure comes as two numbers, in either order. */
function takeMeasured([time = '', kind, value = '']: readonly string[], take: Take): Nothing | undefined {
  const at = compactTime(take, 'local', time) ?? take.at;
  if (kind === '1') {
    const [low, high] = value.split('|').sort((a, b) => Number(a) - Number(b));
    takeVital(take, 'systolic_mmhg', high, at);
    takeVital(take, 'diastolic_mmhg', low, at);
  } else if (kind === '2') takeVital(take, 'pulse_bpm', value, at);
  else if (kind === '3') takeVital(take, 'body_temperature_c', value, at);
  else if (kind === '4') takeVital(take, 'spo2_pct', value, at);
  else return unknownKind(`APJK,${kind}`);
  return undefined;
}
