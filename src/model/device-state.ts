import {
  type CounterHistory,
  type PackedHistory,
  type PairedHistory,
  packedHistory,
  restoredHistory,
  type StoredHistory,
} from './counter-block.ts';
import type { HeldWord } from './held-word.ts';
import { EVENTS, type EventName, type FlagName, flagsOf } from './metrics.ts';
import type { PressureLog } from './pressure-log.ts';
import {
  type LinedWaterBook,
  type PackedWaterBook,
  packedWaterBook,
  type RingedWaterBook,
  restoredWaterBook,
  type WaterBook,
} from './water-book.ts';

/** Where in its block a device keeps what every report asks for; behind it, from RECENT on, the last messages. */
const HEARD = 0;
const MEASURED = 1;
const KNOWN = 2;
const SENSED = 3;
const RECENT = 4;

/** What few devices have: together, so that the many who have none of it hold one empty place and not six. */
interface Seldom {
  mains: HeldWord | undefined;
  movedAt: number;
  openedAt: number;
  muteSince: number;
  flags: number | undefined;
  flagsAbove: readonly number[] | undefined;
  announced: string | undefined;
  frames: readonly number[] | undefined;
  framesAt: readonly number[] | undefined;
}
const NOTHING_SELDOM: Seldom = {
  mains: undefined,
  movedAt: 0,
  openedAt: 0,
  muteSince: 0,
  flags: undefined,
  flagsAbove: undefined,
  announced: undefined,
  frames: undefined,
  framesAt: undefined,
};

/**
 * What the engine remembers of one device. Its numbers lie in one block: a step on a city costs as much as the places in
 * memory that it touches. As JSON it is a `StoredDeviceState`.
 */
export class DeviceState {
  readonly id: string;
  /** The four instants below, and the last messages of `RecentMessages`. */
  cells: number[];
  /** Cumulative water index, if the device has one. */
  water: CounterHistory | undefined;
  /** What that index said of the last weeks, hour by hour: what rules learn from. */
  waterBook: WaterBook | undefined;
  /** The last blood pressures that it measured. */
  pressures: PressureLog | undefined;
  /** Its words on whether it is worn: 1 or 0, and since when. */
  worn: HeldWord | undefined;
  /** Its words on whether it is being charged. */
  charging: HeldWord | undefined;
  /**
   * Step counter, when it last told of somebody walking, and the times before, oldest first. `movedFrom`: its word before that;
   * where it lies long back they may have walked at any time since then. Absent in states of before, where it does not.
   */
  steps: { value: number; at: number; movedAt: number; movedFrom?: number; walks?: number[] } | undefined;
  #seldom: Seldom | undefined;

  constructor(id: string, knownAt: number) {
    this.id = id;
    this.cells = NOTHING_YET.slice();
    this.cells[KNOWN] = knownAt;
    this.water = undefined;
    this.waterBook = undefined;
    this.pressures = undefined;
    this.worn = undefined;
    this.charging = undefined;
    this.steps = undefined;
    this.#seldom = undefined;
  }

  /** Static, for private accessors put a mark of their own into each object. */
  static #some(state: DeviceState): Seldom {
    state.#seldom ??= { ...NOTHING_SELDOM };
    return state.#seldom;
  }

  /** Its words on whether its supply is on. */
  get mains(): HeldWord | undefined {
    return this.#seldom?.mains;
  }
  set mains(word: HeldWord | undefined) {
    DeviceState.#some(this).mains = word;
  }

  /** When it last saw somebody move; 0: never. */
  get movedAt(): number {
    return this.#seldom?.movedAt ?? 0;
  }
  set movedAt(at: number) {
    DeviceState.#some(this).movedAt = at;
  }

  /** When its door last opened; 0: never. */
  get openedAt(): number {
    return this.#seldom?.openedAt ?? 0;
  }
  set openedAt(at: number) {
    DeviceState.#some(this).openedAt = at;
  }

  /** Since when it has been heard and has not counted, by our clock; 0: it counts, or nobody can say that it should. */
  get muteSince(): number {
    return this.#seldom?.muteSince ?? 0;
  }
  set muteSince(since: number) {
    if (this.#seldom || since > 0) DeviceState.#some(this).muteSince = since;
  }

  /** Bits of its status word that stand, by the id of their event up to FLAG_BITS_MAX; a device without one has none. */
  get flags(): number | undefined {
    return this.#seldom?.flags;
  }
  set flags(flags: number | undefined) {
    DeviceState.#some(this).flags = flags;
  }

  /** The ids of those that stand above; absent where none does. */
  get flagsAbove(): readonly number[] | undefined {
    return this.#seldom?.flagsAbove;
  }
  set flagsAbove(ids: readonly number[] | undefined) {
    DeviceState.#some(this).flagsAbove = ids;
  }

  /** What it said of itself, and its later messages lean on: names and units behind short numbers. As its decoder wrote it. */
  get announced(): string | undefined {
    return this.#seldom?.announced;
  }
  set announced(text: string | undefined) {
    DeviceState.#some(this).announced = text;
  }

  /** Numbers of its last frames, where its network gives them one: the same frame comes over two ways. */
  get frames(): readonly number[] | undefined {
    return this.#seldom?.frames;
  }
  set frames(frames: readonly number[] | undefined) {
    DeviceState.#some(this).frames = frames;
  }

  /** When each of these was measured, or else came; absent in states of before. */
  get framesAt(): readonly number[] | undefined {
    return this.#seldom?.framesAt;
  }
  set framesAt(at: readonly number[] | undefined) {
    DeviceState.#some(this).framesAt = at;
  }

  /** Arrival of the last report of which something was taken, by our clock; 0: it never reported. */
  get heardAt(): number {
    return this.cells[HEARD] as number;
  }
  set heardAt(at: number) {
    this.cells[HEARD] = at;
  }

  /** Newest event time of what was taken; 0: nothing yet. */
  get measuredAt(): number {
    return this.cells[MEASURED] as number;
  }
  set measuredAt(at: number) {
    this.cells[MEASURED] = at;
  }

  /** When the registry made it known to the engine: silence before that is nobody's fault. */
  get knownAt(): number {
    return this.cells[KNOWN] as number;
  }
  set knownAt(at: number) {
    this.cells[KNOWN] = at;
  }

  /** Arrival of the last report of which what it is there to measure was taken (see MEASURES), by our clock; 0: never. */
  get sensedAt(): number {
    return this.cells[SENSED] as number;
  }
  set sensedAt(at: number) {
    this.cells[SENSED] = at;
  }

  toJSON(): StoredDeviceState {
    const { id, cells, water, waterBook, pressures, worn, charging, steps } = this;
    const { heardAt, measuredAt, knownAt, sensedAt, movedAt, openedAt, muteSince } = this;
    const { mains, flags, flagsAbove, announced, frames, framesAt } = this;
    return {
      id,
      ...(pressures ? { pressures } : {}),
      ...(worn ? { worn } : {}),
      ...(charging ? { charging } : {}),
      ...(steps ? { steps } : {}),
      heardAt,
      measuredAt,
      knownAt,
      sensedAt,
      recent: cells.slice(RECENT),
      ...(mains ? { mains } : {}),
      ...(flags === undefined ? {} : { flags }),
      ...(flagsAbove ? { flagsAbove } : {}),
      ...(announced === undefined ? {} : { announced }),
      ...(frames ? { frames } : {}),
      ...(framesAt ? { framesAt } : {}),
      ...(movedAt > 0 ? { movedAt } : {}),
      ...(openedAt > 0 ? { openedAt } : {}),
      ...(muteSince > 0 ? { muteSince } : {}),
      ...(water ? { water: packedHistory(water) } : {}),
      ...(waterBook ? { waterBook: packedWaterBook(waterBook) } : {}),
    };
  }

  /** Forgets what it holds and takes what was stored. */
  restore(stored: StoredDeviceState): void {
    const { mains, flags, flagsAbove, announced, frames, framesAt } = stored;
    const { movedAt, openedAt, muteSince, water, waterBook } = stored;
    this.cells = NOTHING_YET.concat(stored.recent);
    this.heardAt = stored.heardAt;
    this.measuredAt = stored.measuredAt;
    this.knownAt = stored.knownAt;
    // Of a state of before nobody knows: what has measured once is believed, and has its patience anew.
    this.sensedAt = stored.sensedAt ?? (water || stored.pressures ? stored.heardAt : 0);
    this.water = water && restoredHistory(water);
    this.waterBook = waterBook && restoredWaterBook(waterBook);
    this.pressures = stored.pressures;
    this.worn = stored.worn;
    this.charging = stored.charging;
    this.steps = stored.steps;
    this.#seldom = undefined;
    if (mains) this.mains = mains;
    if (flags !== undefined) this.flags = flags;
    if (flagsAbove) this.flagsAbove = flagsAbove;
    if (announced !== undefined) this.announced = announced;
    if (frames) this.frames = frames;
    if (framesAt) this.framesAt = framesAt;
    if (movedAt) this.movedAt = movedAt;
    if (openedAt) this.openedAt = openedAt;
    if (muteSince) this.muteSince = muteSince;
  }
}

/** A device's state as plain data. */
export interface StoredDeviceState {
  readonly id: string;
  readonly heardAt: number;
  readonly measuredAt: number;
  readonly knownAt: number;
  /** Absent in states of before. */
  readonly sensedAt?: number;
  readonly muteSince?: number;
  /** The last messages, to tell a repeat from a correction: a ring of event time, metrics and sum, after its next place. */
  readonly recent: readonly number[];
  readonly water?: StoredHistory | PackedHistory | PairedHistory;
  readonly waterBook?: PackedWaterBook | LinedWaterBook | RingedWaterBook | undefined;
  /** Absent in states of before, in which each rule that judges them kept its own. */
  readonly pressures?: PressureLog | undefined;
  readonly worn?: HeldWord | undefined;
  readonly charging?: HeldWord | undefined;
  readonly mains?: HeldWord | undefined;
  readonly movedAt?: number;
  readonly openedAt?: number;
  readonly steps?:
    | { value: number; at: number; movedAt: number; movedFrom?: number; walks?: number[] }
    | undefined;
  readonly flags?: number | undefined;
  readonly flagsAbove?: readonly number[] | undefined;
  readonly announced?: string | undefined;
  readonly frames?: readonly number[] | undefined;
  readonly framesAt?: readonly number[] | undefined;
}

/** Cut from a list that holds a fraction, or the numbers would lie in boxes of their own. */
const NOTHING_YET: readonly number[] = [0.5, 0.5, 0.5, 0.5].fill(0);

/** One number has bits for so many; what stands of the ids above is rare, and is written down by itself. */
const FLAG_BITS_MAX = 30;

/** Does this bit of its status word stand? */
export function isFlagged({ flags = 0, flagsAbove = NO_FLAGS }: DeviceState, flag: FlagName): boolean {
  const { id } = EVENTS[flag];
  return id > FLAG_BITS_MAX ? flagsAbove.includes(id) : (flags & (1 << id)) !== 0;
}

const NO_FLAGS: readonly number[] = [];

/** Remembers what an event says of the bit that it is, or clears. */
export function noteFlag(state: DeviceState, event: EventName): void {
  const said = flagsOf(event);
  if (!said) return;
  for (const flag of said.flags) {
    const { id } = EVENTS[flag];
    if (id > FLAG_BITS_MAX) noteFlagAbove(state, id, said.raised);
    else if (said.raised) state.flags = (state.flags ?? 0) | (1 << id);
    else if (state.flags !== undefined) state.flags &= ~(1 << id);
  }
}

function noteFlagAbove(state: DeviceState, id: number, raised: boolean): void {
  const { flagsAbove = NO_FLAGS } = state;
  if (flagsAbove.includes(id) === raised) return;
  const after = raised ? [...flagsAbove, id] : flagsAbove.filter((other) => other !== id);
  state.flagsAbove = after.length > 0 ? after : undefined;
}

/** When the frame of this number was that was taken before; undefined: there was none, or it was forgotten. 0: nobody knows. */
export function frameTakenAt({ frames = [], framesAt = [] }: DeviceState, frame: number): number | undefined {
  const place = frames.lastIndexOf(frame);
  if (place < 0) return undefined;
  // Lists of before are longer: what has an instant stands at their end.
  return framesAt[place - (frames.length - framesAt.length)] ?? 0;
}

/** Remembers that a frame was taken, in place of the oldest of `most`. */
export function rememberFrame(state: DeviceState, frame: number, at: number, most: number): void {
  state.frames = [...(state.frames ?? []).slice(-(most - 1)), frame];
  state.framesAt = [...(state.framesAt ?? []).slice(-(most - 1)), at];
}

/** A message in the ring: event time (see Glance in admit.ts), metrics, sum. Before it stands which is replaced next. */
const MESSAGE = 3;

/** Was one of the last messages the same? Where its clock stood still, only within `stoppedClockMs` of arrival. */
export function isRemembered(
  { cells }: DeviceState,
  key: number,
  metrics: number,
  sum: number,
  stoppedClockMs: number,
): boolean {
  for (let i = RECENT + 1; i < cells.length; i += MESSAGE) {
    if (cells[i + 1] !== metrics || cells[i + 2] !== sum) continue;
    const before = cells[i] as number;
    // A clock that stands still says the same of every press of a button: the network repeats within minutes only.
    if (before === key || (before < 0 && before - key <= stoppedClockMs)) return true;
  }
  return false;
}

/** Did one of its last messages measure this (id up to 30) within so long before? Of what is told by a hash nobody knows. */
export const measuredBefore = ({ cells }: DeviceState, id: number, at: number, withinMs: number): boolean =>
  cells.some((cell, i) => {
    if (i <= RECENT || (i - RECENT - 1) % MESSAGE !== 0 || cell >= at || at - cell >= withinMs) return false;
    const kind = cells[i + 1] as number;
    return kind > 0 && ((kind % 2 ** 31) & (1 << id)) > 0;
  });

/** What comes again is no repeat of these any more. */
export function forgetMessages({ cells }: DeviceState, which: (key: number) => boolean): void {
  for (let i = RECENT + 1; i < cells.length; i += MESSAGE)
    if (which(cells[i] as number)) cells[i + 1] = NO_MESSAGE;
}

/** A kind that no message has. */
const NO_MESSAGE = -1;

/** A message and what stands before the ring; see NOTHING_YET. */
const BLANK_MESSAGE: readonly number[] = [0.5, 0.5, 0.5, 0.5].fill(0);

/** When the message was that is replaced next; 0: there is none. */
export const nextMessage = (cells: readonly number[]): number =>
  cells.length > RECENT ? (cells[RECENT + 1 + (cells[RECENT] as number) * MESSAGE] ?? 0) : 0;

/** Remembers a message in place of the oldest of `most`. */
export function rememberMessage(
  state: DeviceState,
  key: number,
  metrics: number,
  sum: number,
  most: number,
): void {
  const slot = state.cells[RECENT] ?? 0;
  const place = RECENT + 1 + slot * MESSAGE;
  // A list that grew by itself would take room for all of them at once.
  const missing = place + MESSAGE - state.cells.length;
  if (missing > 0) state.cells = state.cells.concat(BLANK_MESSAGE.slice(0, missing));
  const { cells } = state;
  cells[place] = key;
  cells[place + 1] = metrics;
  cells[place + 2] = sum;
  cells[RECENT] = (slot + 1) % most;
}
