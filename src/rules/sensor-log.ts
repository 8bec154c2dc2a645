import { MINUTE } from '../lib/clock.ts';
import { instantsOf, packedInstants } from '../lib/packed-text.ts';
import type { Report } from '../model/message.ts';
import type { DeviceView } from './define.ts';

/**
 * What rules about doors, motion and supply remember: plain data, a few numbers a sensor. A sensor that speaks only when
 * something happens says two things: what happened, and (by its heartbeat) that nothing else did.
 */

/** Spans in which a sensor was heard often enough to be believed: from, to, from, to, ascending; packed. */
export type Heard = string;

/** Spans kept: enough for late data to close the gaps of the last days. */
const SPANS_MAX = 6;

/** How long a sensor may say nothing before silence is no news any more: two heartbeats and half an hour. */
export const patienceOf = ({ intervalMs }: DeviceView): number => 2 * intervalMs + 30 * MINUTE;

/** The sensor spoke at this instant; the order in which it is told does not matter. */
export function noteHeard(known: Heard, at: number, patience: number): Heard {
  const heard = instantsOf(known);
  let i = 0;
  while (i < heard.length && (heard[i + 1] as number) + patience < at) i += 2;
  if (i === heard.length) heard.push(at, at);
  else if ((heard[i] as number) - patience > at) heard.splice(i, 0, at, at);
  else {
    heard[i] = Math.min(heard[i] as number, at);
    heard[i + 1] = Math.max(heard[i + 1] as number, at);
    const next = heard[i + 2];
    if (next !== undefined && next - patience <= (heard[i + 1] as number)) heard.splice(i + 1, 2);
  }
  if (heard.length > 2 * SPANS_MAX) heard.splice(0, 2);
  return packedInstants(heard);
}

/** Since when it has been heard without a gap up to now; undefined: it is silent, and makes no claim. */
export function heardSince(known: Heard | undefined, now: number, patience: number): number | undefined {
  if (!known) return undefined;
  const heard = instantsOf(known);
  return now - (heard.at(-1) as number) > patience ? undefined : heard.at(-2);
}

/**
 * The last words of a switch (a door, the mains), and what follows from those that are not kept any more: a text of three
 * parts. What it said, a digit a word; when, packed; and the view before those words: its value and three instants, packed.
 */
export type SwitchLog = string;

/** As it was kept before. */
export interface SwitchWords {
  /** Instant, value, instant, value, ascending; repeats of a value (heartbeats) among them. */
  words: number[];
  /** As of the words that were dropped. */
  before?: SwitchView;
}

const PART = ';';

function wordsOf(log: SwitchLog | SwitchWords | undefined): SwitchWords {
  if (!log) return { words: [] };
  if (typeof log !== 'string') return log;
  const [said = '', when = '', dropped = ''] = log.split(PART);
  const words = instantsOf(when).flatMap((at, i) => [at, Number(said[i])]);
  if (dropped === '') return { words };
  const [since = 0, changed = 0, rose = 0] = instantsOf(dropped.slice(1));
  return { words, before: { value: Number(dropped[0]), since, changed, rose } };
}

/** Joined, and not added up: a text that is added up is kept in pieces until somebody reads it. */
function logOf({ words, before }: SwitchWords): SwitchLog {
  const said = words.filter((_, i) => i % 2 === 1).join('');
  const parts = [said, packedInstants(words.filter((_, i) => i % 2 === 0))];
  if (before) parts.push(before.value + packedInstants([before.since, before.changed, before.rose]));
  return parts.join(PART);
}

/** What a switch shows after its last word. Instants are 0 where they are not known. */
export interface SwitchView {
  readonly value: number;
  /** Since when it has had this value. */
  readonly since: number;
  /** When it last changed, either way. */
  readonly changed: number;
  /** When it last went from 0 to 1: a door that opened. */
  readonly rose: number;
}

/** Words kept in full: among them, the order in which they arrive does not matter. */
const WORDS_MAX = 8;

/** With one word more. A switch is on or off. */
export function noteWord(known: SwitchLog | SwitchWords | undefined, at: number, said: number): SwitchLog {
  const log = wordsOf(known);
  const value = said === 0 ? 0 : 1;
  const { words } = log;
  let i = words.length;
  while (i > 0 && (words[i - 2] as number) > at) i -= 2;
  for (let j = i; j > 0 && words[j - 2] === at; j -= 2) if (words[j - 1] === value) return logOf(log);
  if (i === 0 && log.before) {
    // Older than what is kept in full: that it opened still counts.
    if (value === 1 && at > log.before.rose) log.before = { ...log.before, rose: at, changed: at };
    return logOf(log);
  }
  words.splice(i, 0, at, value);
  while (words.length > 2 * WORDS_MAX) {
    const [first, dropped] = words.splice(0, 2) as [number, number];
    log.before = after(log.before, first, dropped);
  }
  return logOf(log);
}

/** Undefined while it has said nothing. */
export function viewOf(log: SwitchLog | SwitchWords | undefined): SwitchView | undefined {
  const { words, before } = wordsOf(log);
  let view = before;
  for (let i = 0; i < words.length; i += 2) view = after(view, words[i] as number, words[i + 1] as number);
  return view;
}

/** No sensor holds on to a movement for longer. */
const HOLD_MAX_MS = 15 * MINUTE;

/** Until when a motion sensor saw movement: its "none" ends it, unless that is but a heartbeat long after. */
export function seenUntil(log: SwitchLog | undefined): number {
  const { words, before } = wordsOf(log);
  let ended = 0;
  for (let i = words.length - 2; i >= 0; i -= 2) {
    const at = words[i] as number;
    if (words[i + 1] === 1) return ended > 0 && ended - at <= HOLD_MAX_MS ? ended : at;
    ended = at;
  }
  if (!before) return 0;
  // Hours of heartbeats later the movement itself is not kept any more: when it rose and ended still is.
  const [from, until] =
    before.value === 1 ? [before.since, ended] : [before.rose || before.changed, before.changed];
  return until > from && until - from <= HOLD_MAX_MS ? until : from;
}

function after(view: SwitchView | undefined, at: number, value: number): SwitchView {
  // The first word of all tells how it stands, not that it moved.
  if (!view) return { value, since: at, changed: 0, rose: 0 };
  if (view.value === value) return view;
  return { value, since: at, changed: at, rose: value === 1 ? at : view.rose };
}

/** What a rule about a home remembers of one of its sensors. */
export interface SensorLog {
  readonly id: string;
  heard: Heard;
  /** Of a door contact. */
  door?: SwitchLog | undefined;
  /** Of a motion sensor, for a rule that asks how long it saw somebody. */
  motion?: SwitchLog | undefined;
}

/** … and of all of them. A list: each id as a name of its own would cost more than what is kept under it. */
export interface SensorState {
  logs: SensorLog[];
}

/** As it was kept before, by the ids of sensors. */
interface SensorStateById {
  heard?: Readonly<Record<string, readonly number[]>>;
  doors?: Readonly<Record<string, SwitchWords>>;
  motion?: Readonly<Record<string, SwitchWords>>;
}

function logsOf(state: SensorState): SensorLog[] {
  const before = state as SensorStateById;
  const { heard, doors = {}, motion = {} } = before;
  if (!heard) return state.logs;
  state.logs = Object.entries(heard).map(([id, spans]) => ({
    id,
    heard: packedInstants(spans),
    ...(doors[id] ? { door: logOf(doors[id]) } : {}),
    ...(motion[id] ? { motion: logOf(motion[id]) } : {}),
  }));
  delete before.heard;
  delete before.doors;
  delete before.motion;
  return state.logs;
}

/** What is remembered of one sensor. */
export const sensorLog = (state: SensorState, id: string): SensorLog | undefined =>
  logsOf(state).find((log) => log.id === id);

/** Takes what a sensor of the home said: that it is heard, and how its door stands. Forgets those that have left. */
export function listen(
  state: SensorState,
  device: DeviceView,
  report: Report,
  devices: readonly DeviceView[],
): SensorLog {
  const { id } = device.state;
  const known = sensorLog(state, id);
  const log: SensorLog = known ?? { id, heard: '', door: undefined };
  for (const { metric, value, at } of report.readings) {
    log.heard = noteHeard(log.heard, at, patienceOf(device));
    if (metric === 'door_open_bool') log.door = noteWord(log.door, at, value);
  }
  // A list that grows by itself takes room for many.
  if (!known) state.logs = state.logs.concat(log);
  const isHere = (one: SensorLog): boolean => devices.some((each) => each.state.id === one.id);
  if (!state.logs.every(isHere)) state.logs = state.logs.filter(isHere);
  return log;
}

/** How the doors stand that have said so. */
export const doorsOf = (state: SensorState): SwitchView[] =>
  logsOf(state).flatMap(({ door }) => viewOf(door) ?? []);

/** When a sensor that is remembered was last heard; 0: never. */
export const lastHeard = (state: SensorState, id: string): number =>
  instantsOf(sensorLog(state, id)?.heard ?? '').at(-1) ?? 0;

/**
 * Since when nothing can have happened unheard, and not before `since`: all these sensors must have been heard without
 * a gap. Undefined where one of them is silent now: no claim.
 */
export function measuredSince(
  since: number,
  state: SensorState,
  sensors: readonly DeviceView[],
  now: number,
): number | undefined {
  let from = since;
  for (const device of sensors) {
    const one = heardSince(sensorLog(state, device.state.id)?.heard, now, patienceOf(device));
    if (one === undefined) return undefined;
    from = Math.max(from, one);
  }
  return from;
}

/** One of them has said nothing for so long, or of so long ago, that it proves nothing about now. */
export const anySilent = (sensors: readonly DeviceView[], now: number): boolean =>
  sensors.some(
    (device) => now - Math.min(device.state.heardAt, device.state.measuredAt) > patienceOf(device),
  );

/** The front door, as far as the registry tells: a contact without a place is one. */
export const isFrontDoor = ({ metrics, place }: DeviceView): boolean =>
  metrics.includes('door_open_bool') && (place === undefined || place === 'entrance');

export const seesMotion = ({ metrics }: DeviceView): boolean => metrics.includes('motion_bool');

/** What a rule keeps of each sensor, without those that have left the home. */
export function onlyOf<T>(kept: Record<string, T>, devices: readonly DeviceView[]): Record<string, T> {
  const ids = Object.keys(kept);
  if (ids.every((id) => devices.some(({ state }) => state.id === id))) return kept;
  return Object.fromEntries(
    Object.entries(kept).filter(([id]) => devices.some(({ state }) => state.id === id)),
  );
}

/** The latest of the instants; 0 if there is none. */
export const latest = (instants: readonly number[]): number => instants.reduce((a, b) => Math.max(a, b), 0);
