import { MINUTE } from '../lib/clock.ts';
import type { Report } from '../model/message.ts';
import type { DeviceView } from './define.ts';

/**
 * What rules about doors, motion and supply remember: plain data, a few numbers a sensor. A sensor that speaks only when
 * something happens says two things: what happened, and (by its heartbeat) that nothing else did.
 */

/** Spans in which a sensor was heard often enough to be believed: from, to, from, to, ascending. */
export type Heard = number[];

/** Spans kept: enough for late data to close the gaps of the last days. */
const SPANS_MAX = 6;

/** How long a sensor may say nothing before silence is no news any more: two heartbeats and half an hour. */
export const patienceOf = ({ intervalMs }: DeviceView): number => 2 * intervalMs + 30 * MINUTE;

/** The sensor spoke at this instant; the order in which it is told does not matter. */
export function noteHeard(heard: Heard, at: number, patience: number): void {
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
}

/** Since when it has been heard without a gap up to now; undefined: it is silent, and makes no claim. */
export function heardSince(heard: Heard | undefined, now: number, patience: number): number | undefined {
  if (!heard || heard.length === 0) return undefined;
  return now - (heard[heard.length - 1] as number) > patience ? undefined : heard[heard.length - 2];
}

/** The last words of a switch (a door, the mains), and what follows from those that are not kept any more. */
export interface SwitchLog {
  /** Instant, value, instant, value, ascending; repeats of a value (heartbeats) among them. */
  words: number[];
  /** As of the words that were dropped. */
  before?: SwitchView;
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

export function noteWord(log: SwitchLog, at: number, value: number): void {
  const { words } = log;
  let i = words.length;
  while (i > 0 && (words[i - 2] as number) > at) i -= 2;
  for (let j = i; j > 0 && words[j - 2] === at; j -= 2) if (words[j - 1] === value) return;
  if (i === 0 && log.before) {
    // Older than what is kept in full: that it opened still counts.
    if (value === 1 && at > log.before.rose) log.before = { ...log.before, rose: at, changed: at };
    return;
  }
  words.splice(i, 0, at, value);
  while (words.length > 2 * WORDS_MAX) {
    const [first, said] = words.splice(0, 2) as [number, number];
    log.before = after(log.before, first, said);
  }
}

/** Undefined while it has said nothing. */
export function viewOf(log: SwitchLog | undefined): SwitchView | undefined {
  let view = log?.before;
  const words = log?.words ?? [];
  for (let i = 0; i < words.length; i += 2) view = after(view, words[i] as number, words[i + 1] as number);
  return view;
}

function after(view: SwitchView | undefined, at: number, value: number): SwitchView {
  // The first word of all tells how it stands, not that it moved.
  if (!view) return { value, since: at, changed: 0, rose: 0 };
  if (view.value === value) return view;
  return { value, since: at, changed: at, rose: value === 1 ? at : view.rose };
}

/** What a rule about a home remembers of each of its sensors. */
export interface SensorState {
  heard: Record<string, Heard>;
  doors: Record<string, SwitchLog>;
}

/** Takes what a sensor of the home said: that it is heard, and how its door stands. Forgets those that have left. */
export function listen(
  state: SensorState,
  device: DeviceView,
  report: Report,
  devices: readonly DeviceView[],
): void {
  const { id } = device.state;
  const heard = state.heard[id] ?? [];
  const door = state.doors[id] ?? { words: [] };
  for (const { metric, value, at } of report.readings) {
    noteHeard(heard, at, patienceOf(device));
    if (metric === 'door_open_bool') noteWord(door, at, value);
  }
  state.heard[id] = heard;
  if (door.words.length > 0) state.doors[id] = door;
  state.heard = onlyOf(state.heard, devices);
  state.doors = onlyOf(state.doors, devices);
}

/** How the doors stand that have said so. */
export const doorsOf = ({ doors }: SensorState): SwitchView[] =>
  Object.values(doors).flatMap((log) => viewOf(log) ?? []);

/**
 * Since when nothing can have happened unheard, and not before `since`: all these sensors must have been heard without
 * a gap. Undefined where one of them is silent now: no claim.
 */
export function measuredSince(
  since: number,
  { heard }: SensorState,
  sensors: readonly DeviceView[],
  now: number,
): number | undefined {
  let from = since;
  for (const device of sensors) {
    const one = heardSince(heard[device.state.id], now, patienceOf(device));
    if (one === undefined) return undefined;
    from = Math.max(from, one);
  }
  return from;
}

/** One of them has said nothing for so long that it proves nothing about now. */
export const anySilent = (sensors: readonly DeviceView[], now: number): boolean =>
  sensors.some((device) => now - device.state.heardAt > patienceOf(device));

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
