import type { Take } from '../take.ts';
import { compactTime, numberOf, takeNumber, takePosition, takeVital } from './fields.ts';
import { frameText, malformed, type Nothing, onlyProtocol, takeFrames, unknownKind } from './frames.ts';

/** `@G#@,V01,14,<imei>,<imsi>,…` and `@B#@|01|001|<imei>|<imsi>|…`; what follows depends on the kind. */
const HEAD = /^@([A-Z])#@[,|]V?\d\d[,|](\d+)[,|]\d+[,|]\d+[,|]/;
const STATE = /^(?:[^,|]+[,|])?[01][,|](\d+)[,|](?=\d{14}[,|])/;

const TRACK = 6;
const STEPS = 13;
const PULSE = 14;
const POSITION = 1;
const LOGIN = 1;
/** Cells and Wi-Fi networks: no position, but somebody is there. */
const CELLS = ['G43', 'B3'];

/** The frames of PT60 watches and their kin. They are given the time when they report, so theirs is local time. */
export function takePt60Frames(payload: Uint8Array, take: Take): void {
  const frames = frameText(payload)
    .split(/(?=@[A-Z]#@[,|]V?\d\d[,|])/)
    .map((frame) => frame.replace(/@[A-Z]#@\s*$/, '').trim())
    .filter((frame) => frame !== '');
  if (frames.length === 0) take.refuse('malformed-payload', 'an empty frame');
  takeFrames(take, frames, (frame) => takeFrame(frame, take));
}

function takeFrame(frame: string, take: Take): Nothing | undefined {
  const head = HEAD.exec(frame);
  if (!head) return malformed(`not a frame: ${frame.slice(0, 40)}`);
  const [whole, form, number] = head;
  const kind = Number(number);
  const body = frame.slice(whole.length);
  const state = STATE.exec(body);
  const [time = '', ...values] = body.slice(state?.[0].length ?? 0).split(/[,|]/);
  const at = compactTime(take, 'local', time);
  if (form === 'G' && (kind === STEPS || kind === PULSE || kind === TRACK)) {
    if (at === undefined) return malformed(`a frame of the kind ${kind} without its time`);
    takeReport(kind, values, take, at);
    return undefined;
  }
  if (form !== 'B' || kind !== POSITION) {
    if (CELLS.includes(`${form}${kind}`)) return undefined;
    return form === 'G' && kind !== LOGIN
      ? unknownKind(`G${kind}`)
      : onlyProtocol(`a frame of the kind ${form}${kind}`);
  }
  if (at === undefined) return malformed('a position without its time');
  takeNumber(take, 'battery_pct', state?.[1], at);
  // 1: satellites; 2: cells, from which nobody here makes a position.
  const [latitude, longitude] = values;
  if (values.filter((value) => value !== '').at(-1) === '1')
    takePosition(take, numberOf(latitude), numberOf(longitude), at);
  return undefined;
}

function takeReport(kind: number, [first = '', second]: readonly string[], take: Take, at: number): void {
  if (kind === STEPS) takeNumber(take, 'steps_count', first, at);
  else if (kind === TRACK) {
    const [latitude, longitude] = first.split(';');
    takePosition(take, numberOf(latitude), numberOf(longitude), at);
  } else {
    takeVital(take, 'pulse_bpm', first, at);
    takeNumber(take, 'battery_pct', second, at);
  }
}
