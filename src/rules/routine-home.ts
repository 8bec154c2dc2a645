import { DAY, HOUR, MINUTE } from '../lib/clock.ts';
import { type CounterHistory, newestAt, restartedAt } from '../model/counter-block.ts';
import { baseFlowBefore, baseFlowPerHour } from '../model/counter-history.ts';
import type { Report } from '../model/message.ts';
import {
  DRAW_MILLILITRES,
  emptyWaterBook,
  lastDrawAt,
  rewriteBook,
  type WaterBook,
} from '../model/water-book.ts';
import { type DailyHours, isWithin } from './daily-hours.ts';
import type { DeviceView, RuleContext } from './define.ts';
import {
  gapLimit,
  insideLimit,
  type Limit,
  outsideLimit,
  type SignsAsked,
  unknownOutsideLimit,
} from './gap-limit.ts';
import { doorsOf, isFrontDoor, latest, listen, measuredSince, seesMotion } from './sensor-log.ts';
import { emptySignsBook, hasLeft, noteAllHeard, noteLeft, noteMoved } from './signs-book.ts';
import { EXIT_SLACK_MS, signsOfLife } from './signs-of-life.ts';
import {
  type LearnOptions,
  learnedSince,
  learnGaps,
  learnSigns,
  type Routine,
  type SensorMemory,
  shareDrawn,
  type UsualGaps,
  type UsualSigns,
} from './usual-gaps.ts';
import { isCoarserThan } from './water-meters.ts';

/** What the personal routine knows of a home at an instant: its meters, the gap under way, and how long it may last. */

export interface RoutineParams {
  readonly daysPerFalseAlarm: number;
  readonly historyDays: number;
  readonly capHours: number;
  readonly drawLitres: number;
}
type Context = RuleContext<RoutineParams, Routine>;

/** How a home's last sign of life stands to what is usual. Hours, but for the instants. */
export interface Gap {
  readonly at: number;
  /** Up to when the meters have been read. */
  readonly readTo: number;
  /** The last draw lies between these readings. */
  readonly drawnFrom: number;
  readonly drawnTo: number;
  /** The last draw, or the last movement in the home or opening of its front door if that is later. */
  readonly lifeAt: number;
  /** That was not before this instant: a draw lies between two readings. */
  readonly lifeFrom: number;
  readonly lastSeen: 'draw' | 'movement' | 'door';
  /** From when it counts: the last sign of life, or the return of people who were away. */
  readonly from: number;
  /** After the last sign of life the front door opened: nobody is at home, most likely. */
  readonly left: boolean;
  readonly hours: number;
  /** Counted over all signs of life: every sensor of the home is heard. */
  readonly bySigns: boolean;
  /** … and whoever draws water is seen to move: then it goes on while the meter has not been read. */
  readonly seesDraws: boolean;
}

/** A meter that has said something. */
export interface Meter {
  readonly id: string;
  readonly history: CounterHistory;
  readonly book: WaterBook;
  readonly view: DeviceView;
}

/** It learns from so many days, from the same weeks for some days on end. */
const LEARN_DAYS = 35;
const RELEARN_DAYS = 3;
/** Over so many hours up to the last draw it is told whether people are at home more than usual: two whole days. */
const PRESENT_SPAN_HOURS = 48;
/** A leak that began some days ago is taken for draws unless it is left out; a drip below this cannot be one. */
const FRESH_LEAK_PER_HOUR = DRAW_MILLILITRES;

/** Nobody sets out for the day: who was seen in the hall in these hours went back to bed. */
const NOBODY_GOES_OUT: DailyHours = { from: 23, to: 5 };
/** Where water is drawn. */
const WET_ROOMS = ['bathroom', 'kitchen'] as const;

const isSensor = (device: DeviceView): boolean => seesMotion(device) || isFrontDoor(device);

const isInHall = (device: DeviceView): boolean => seesMotion(device) && device.place === 'hall';

/** Somebody moved after this instant, or opened the front door: whatever else is missing, they are not in need. */
export function seenAfter({ devices, state }: Context, at: number): boolean {
  return signsOfLife(devices).moved > at || (state?.sensors !== undefined && openedAt(state.sensors) > at);
}

/** … or drew water after it, at a meter that has been read further than the others. */
export const drawnAfter = ({ params }: Context, meters: readonly Meter[], at: number): boolean =>
  meters.some(({ history, book }) => {
    const newest = newestAt(history);
    if (newest <= at) return false;
    const draw = lastDrawAt(book, history, newest, leakOf(history, newest), drawOf(params));
    return draw !== undefined && draw.to > at;
  });

/** Takes what a door or motion sensor said. */
export function noteSensors(context: Context, report: Report): void {
  const { device, devices } = context;
  if (!device || !isSensor(device)) return;
  context.state ??= { day: -1, usual: undefined };
  context.state.sensors ??= { moved: 0, book: emptySignsBook(), logs: [] };
  const memory = context.state.sensors;
  const opened = openedAt(memory);
  listen(memory, device, report, devices);
  // Where no contact hangs on the front door, who was last seen in the hall may have gone out by it.
  const atExit = isInHall(device) && !devices.some(isFrontDoor);
  for (const { metric, value, at } of report.readings) {
    if (metric !== 'motion_bool' || value !== 1) continue;
    if (atExit && at >= memory.moved) noteLeft(memory.book, at);
    else noteMoved(memory.book, at);
    memory.moved = Math.max(memory.moved, at);
  }
  const opens = openedAt(memory);
  if (opens > opened && opens >= memory.moved - EXIT_SLACK_MS) noteLeft(memory.book, opens);
  else if (opens > opened) noteMoved(memory.book, opens);
}

/** When the front door last opened; a door that stands open says so again and again, and that is no sign. */
const openedAt = (memory: SensorMemory): number => latest(doorsOf(memory).map(({ rose }) => rose));

/** Since when all door and motion sensors of the home have been heard; undefined where one is silent, or there is none. */
function sensorsHeardSince({ state, devices, now }: Context): number | undefined {
  const memory = state?.sensors;
  // Most homes have a meter alone: nothing is looked for then.
  if (!memory) return undefined;
  const sensors = devices.filter(isSensor);
  if (sensors.length === 0) return undefined;
  return measuredSince(0, memory, sensors, now);
}

/** All water meters of the home; undefined if one of them has not spoken yet, or counts in steps larger than a draw. */
export function metersOf(context: Context): Meter[] | undefined {
  const meters: Meter[] = [];
  const draw = drawOf(context.params);
  if (draw === DRAW_MILLILITRES && context.state?.bookLitres !== undefined) forgetOwnBooks(context.state);
  for (const view of context.waterMeters) {
    const { water, waterBook, id } = view.state;
    if (!water || !waterBook || isCoarserThan(view, context.params.drawLitres)) return undefined;
    const book = draw === DRAW_MILLILITRES ? waterBook : ownBook(context, id, water, draw);
    meters.push({ id, history: water, book, view });
  }
  return meters.length > 0 ? meters : undefined;
}

const drawOf = ({ drawLitres }: RoutineParams): number => 1000 * drawLitres;

/** The home's own day-book of a meter, in which less than this is no draw. It begins when the amount is set. */
function ownBook(context: Context, id: string, history: CounterHistory, draw: number): WaterBook {
  const state = context.state ?? { day: -1, usual: undefined };
  context.state = state;
  if (state.bookLitres !== context.params.drawLitres) {
    state.bookLitres = context.params.drawLitres;
    state.books = {};
    state.day = -1;
  }
  state.books ??= {};
  const book = state.books[id] ?? emptyWaterBook();
  state.books[id] = book;
  rewriteBook(book, history, draw);
  return book;
}

/** A litre is a draw again, as in the day-books of the meters: learned anew from these. */
function forgetOwnBooks(state: Routine): void {
  delete state.books;
  delete state.bookLitres;
  state.day = -1;
}

/** Up to when all meters have been read; undefined where that is so long ago that it says nothing about now. */
export function readUntil({ now }: Context, meters: readonly Meter[]): number | undefined {
  let at = Number.POSITIVE_INFINITY;
  for (const { history, view } of meters) {
    const newest = newestAt(history);
    if (now - newest > staleAfter(view)) return undefined;
    at = Math.min(at, newest);
  }
  return at;
}

/** Data older than this says nothing about now. */
const staleAfter = ({ intervalMs }: DeviceView): number => 2 * intervalMs + 30 * MINUTE;

/** How long nobody had given a sign of life by this instant; undefined if no draw is known at all. */
export function gapAt(context: Context, meters: readonly Meter[], at: number): Gap | undefined {
  let drawnFrom = 0;
  let drawnTo = 0;
  for (const { history, book } of meters) {
    const draw = lastDrawAt(book, history, at, leakOf(history, at), drawOf(context.params));
    if (!draw || draw.to <= drawnTo) continue;
    drawnFrom = draw.from;
    drawnTo = draw.to;
  }
  if (drawnTo === 0) return undefined;
  const heard = sensorsHeardSince(context);
  const memory = heard === undefined ? undefined : context.state?.sensors;
  const signs = signsOfLife(context.devices);
  const moved = signs.moved <= at ? signs.moved : 0;
  const opened = memory && openedAt(memory) <= at ? openedAt(memory) : 0;
  const seesDraws = memory !== undefined && (heard as number) <= drawnFrom && seesAllDraws(context.devices);
  // Whoever moves is not in need, however long no water is drawn; what sensors said after this instant is of later. A draw
  // lies somewhere between two readings: where who draws is seen to move, at the latest when they were last seen.
  const lifeAt = Math.max(seesDraws && moved >= drawnFrom ? 0 : drawnTo, moved, opened);
  // A sensor that was silent meanwhile may have missed somebody.
  const bySigns = memory !== undefined && (heard as number) <= lifeAt;
  // Where both lie between the same two readings, they may have drawn water before they went.
  if (bySigns && opened >= drawnFrom && opened >= moved - EXIT_SLACK_MS && opened > 0)
    noteLeft(memory.book, lifeAt - 1);
  const from = Math.max(lifeAt, context.presentSince, knownSince(meters, at));
  return {
    at,
    readTo: readToAll(meters, at),
    drawnFrom,
    drawnTo,
    lifeAt,
    lifeFrom: Math.max(drawnFrom, moved, opened),
    lastSeen: lifeAt > Math.max(moved, opened) ? 'draw' : lifeAt === moved ? 'movement' : 'door',
    from,
    left: bySigns
      ? hasLeft(memory.book, Math.floor((lifeAt - 1) / HOUR))
      : signs.left > drawnTo && signs.left <= at,
    hours: (at - from) / HOUR,
    bySigns,
    seesDraws,
  };
}

/** What was drawn before a register began anew nobody knows: the gap is measured from there on. 0: none did. */
function knownSince(meters: readonly Meter[], at: number): number {
  let since = 0;
  for (const { history } of meters) {
    const anew = restartedAt(history);
    if (anew > since && anew <= at) since = anew;
  }
  return since;
}

function readToAll(meters: readonly Meter[], at: number): number {
  let readTo = at;
  for (const { history } of meters) readTo = Math.min(readTo, newestAt(history));
  return readTo;
}

const seesAllDraws = (devices: readonly DeviceView[]): boolean =>
  WET_ROOMS.every((room) => devices.some((device) => seesMotion(device) && device.place === room));

/** The first instant between these at which the gap is too long, if nobody gives a sign until then. */
export function dueWithin(
  context: Context,
  meters: readonly Meter[],
  gap: Gap,
  from: number,
  until: number,
): number | undefined {
  // What is usual changes on the hour.
  for (let at = from; at <= until; at = (Math.floor(at / HOUR) + 1) * HOUR) {
    const limit = limitOf(context, meters, gap, at);
    if (!limit) continue;
    const due = Math.max(at, gap.from + limit.hours * HOUR);
    if (due <= until && Math.floor(due / HOUR) === Math.floor(at / HOUR)) return due;
  }
  return undefined;
}

/** What leaks, in millilitres an hour: what ran for two weeks, and what began lately if it would pass for draws. */
function leakOf(history: CounterHistory, at: number): number {
  const settled = baseFlowBefore(history, Math.floor((at - 1) / DAY));
  const lately = baseFlowPerHour(history);
  return lately >= FRESH_LEAK_PER_HOUR ? Math.max(settled, lately) : settled;
}

/** All sensors of the home are heard, as its meters are: what they do not say did not happen. */
export function noteHeard(context: Context, at: number): void {
  const memory = context.state?.sensors;
  if (memory && sensorsHeardSince(context) !== undefined) noteAllHeard(memory.book, at - 1);
}

/** The longest gap that passes for usual, or undefined while too little is known. */
export function limitOf(
  context: Context,
  meters: readonly Meter[],
  gap: Gap,
  at = gap.at,
): Limit | undefined {
  const { params: set, timeZone } = context;
  const { usual, usualSigns } = learned(context, meters, at);
  const asked = { at, from: gap.from, timeZone, ...set };
  const { devices } = context;
  const seesDoor = devices.some(isFrontDoor);
  const seesExit = devices.some(seesMotion) && (seesDoor || devices.some(isInHall));
  // Door and movement together leave no doubt that nobody is in.
  const isOut = gap.left && (!gap.bySigns || (seesDoor && seesExit));
  if (gap.bySigns && !isOut) {
    const maySetOut = seesDoor || !isWithin(gap.from, NOBODY_GOES_OUT, timeZone);
    const bySigns = signsLimit(usualSigns, gap.left, maySetOut, { ...asked, seesExit });
    if (bySigns) return bySigns;
  }
  if (!usual) return undefined;
  if (isOut) return { hours: set.capHours, usual: set.capHours };
  const byWater = gapLimit(usual, { ...asked, livelier: livelierThan(usual, meters, gap) });
  return gap.left ? unknownOutsideLimit(byWater) : byWater;
}

function signsLimit(
  usual: UsualSigns | undefined,
  left: boolean,
  maySetOut: boolean,
  asked: SignsAsked,
): Limit | undefined {
  if (!usual) return undefined;
  if (!left) return insideLimit(usual.inside, asked);
  return maySetOut ? outsideLimit(usual.outside, asked) : insideLimit(usual.outside, asked);
}

/** How much livelier than usual the home was up to its last draw: 1 at twice the use or more, -1 without any. */
function livelierThan({ lively }: UsualGaps, meters: readonly Meter[], { drawnTo }: Gap): number {
  if (lively === 0) return 0;
  const until = Math.ceil(drawnTo / HOUR);
  const books = meters.map(({ book }) => book);
  return Math.min(1, shareDrawn(books, until - PRESENT_SPAN_HOURS, until) / lively - 1);
}

/**
 * Learns when it is time, though no gap asks for it: in a home where nobody is ever still for long, what is usual is to be
 * told as well. What late data made doubtful waits until somebody asks.
 */
export function keepLearned(context: Context, meters: readonly Meter[], at: number): void {
  const { state } = context;
  if (state?.usual === undefined || state.day >= 0) learned(context, meters, at);
}

const NOTHING_LEARNED: Readonly<Routine> = { day: -1, usual: undefined };

/**
 * What was usual up to some days ago: a day that is fixed beforehand, so that it makes no difference when anybody asks.
 * Homes learn on different days.
 */
function learned(context: Context, meters: readonly Meter[], at: number): Readonly<Routine> {
  const today = Math.floor((at - 1) / DAY);
  const phase = Math.floor((meters[0] as Meter).view.enrolledAt / DAY) % RELEARN_DAYS;
  const day = today - ((today + phase) % RELEARN_DAYS);
  const known = context.state;
  if (known?.day === day) return known;
  const books = meters.map(({ book }) => book);
  const sinceRead = learnedSince(books);
  // In its first weeks a home has nothing to remember: to look at its day-book again costs less than what would say so.
  if (!known && isTooNew(context, day, sinceRead)) return NOTHING_LEARNED;
  const signs = known?.sensors?.book;
  const usual = learnedFrom(context, day, sinceRead, (options) => learnGaps(books, options));
  const usualSigns =
    signs && signs.since > 0
      ? learnedFrom(context, day, Math.max(sinceRead, signs.since), (options) =>
          learnSigns(books, signs, options),
        )
      : undefined;
  const { usualSigns: _, ...others } = known ?? {};
  const state = { ...others, day, usual, ...(usualSigns ? { usualSigns } : {}) };
  context.state = state;
  return state;
}

/** Is less known than the rule wants before it speaks? `since` in hours, `day` in days since 1970. */
const isTooNew = ({ params }: Context, day: number, since: number): boolean =>
  (day - params.historyDays) * 24 < since;

/** What `learn` makes of the weeks before that day; undefined while there are too few of them since `since`. */
function learnedFrom<T>(
  context: Context,
  day: number,
  since: number,
  learn: (options: LearnOptions) => T | undefined,
): T | undefined {
  const { params: set, timeZone } = context;
  if (isTooNew(context, day, since)) return undefined;
  return learn({
    from: Math.max(since, (day - LEARN_DAYS) * 24),
    until: day * 24,
    timeZone,
    rank: Math.max(1, Math.round(LEARN_DAYS / set.daysPerFalseAlarm)),
    wasUnusual: (from, to) => context.wasUnusual(from, to),
  });
}
