import { DAY } from '../lib/clock.ts';
import type { About } from '../model/alert.ts';
import { freshForMs } from '../model/freshness.ts';
import { IdSet } from '../model/id-set.ts';
import { LIMITS } from '../model/limits.ts';
import {
  COUNTED,
  EVENTS,
  idsOf,
  MEASURES,
  METRICS,
  type MetricName,
  OTHER_VITALS,
  PRESSURES,
  SENSES,
  VITALS,
} from '../model/metrics.ts';
import { lastPressureAt } from '../model/pressure-log.ts';
import type { Text } from '../model/text.ts';
import type { CompiledRule, Variant } from './compile.ts';
import type { Learning, Signals, Supply } from './define.ts';
import { dueOf } from './due-dates.ts';
import type { RuleEngine } from './engine.ts';
import { isFaulty, type RuleFault, safely } from './faults.ts';
import {
  armedAt,
  awayBetween,
  hoursBeginAt,
  outageFor,
  tooCoarse,
  tooLittleUsed,
  unusualBetween,
} from './gates.ts';
import { looksAt } from './hearers.ts';
import {
  type Instance,
  type RuleDevice,
  type RuleSubject,
  slotAt,
  variantAt,
  variantFor,
} from './instance.ts';
import { signsOf } from './judged.ts';
import { noClaimAt } from './vital-claim.ts';
import { countsWater } from './water-meters.ts';

/**
 * What a rule does about a home or device at this moment. Only `watching` means that it would find something; every
 * other word says why not. `open`: it has found something. `resolved`: people said so, and it has not ended since.
 * `no-device`: nothing in the home measures what it needs. `exit-unseen`: no sensor hangs where whoever leaves the
 * bathroom would be seen. `not-measuring`: what it needs is heard, and has sent nothing for long that the rule reads. `not-enrolled-yet`:
 * its readings are refused, for the registry says that it is enrolled in the future. `learning`: what is usual here is not known yet. `not-worn`, `charging`: a rule about a body has none to look
 * at. `switched-off`: the rule set says so for this home alone. `too-sparse`: its readings lie too far apart to tell.
 * `failed`: a defect of the rule showed here lately, and it has begun anew.
 * `no-visits`: nobody has said how often the home is to be visited, nor recorded a visit. The rest are the gates, and the answers of coverage.
 */
export const WATCH_STATES = [
  'watching',
  'open',
  'resolved',
  'no-device',
  'never-reported',
  'gateway-silent',
  'device-silent',
  'not-enrolled-yet',
  'not-measuring',
  'failed',
  'not-worn',
  'charging',
  'away',
  'area-outage',
  'not-armed',
  'too-coarse',
  'too-sparse',
  'too-little-use',
  'exit-unseen',
  'outside-hours',
  'learning',
  'no-visits',
  'switched-off',
] as const;
export type WatchState = (typeof WATCH_STATES)[number];

/** One rule over one home or device. Instants are epoch milliseconds. */
export interface RuleWatch {
  readonly rule: string;
  readonly kind: string;
  readonly title: Text;
  readonly about: About;
  /** Absent for a rule about the home as a whole. */
  readonly device?: string;
  readonly state: WatchState;
  /** When the state ends by itself, where that is known; at the earliest, for `learning`. */
  readonly until?: number;
  /** When it last looked: with the newest report of what it reads. Absent: never. */
  readonly evaluatedAt?: number;
  /** When it looks next even if nothing comes. Absent: with the next report. */
  readonly nextDue?: number;
  /** How far it has learned, of a rule that does. */
  readonly learning?: Learning;
  /** What it has learned to be usual here. */
  readonly usual?: Text;
  /** The rule that has found what may blind it: a leak, which looks like somebody who draws water. */
  readonly maskedBy?: string;
  /** How it failed here lately. */
  readonly fault?: Pick<RuleFault, 'since' | 'at' | 'count' | 'error' | 'state'>;
  readonly shadow: boolean;
}

/** Every rule that is on for this home, with what it does at this moment, in the order of the rule set. */
export function watchesOf(engine: RuleEngine, subject: RuleSubject, now: number): readonly RuleWatch[] {
  const found: RuleWatch[] = [];
  const signals = new Map<string, Signals>();
  const masks = new Map<Supply, string>();
  engine.rules.rules.forEach((rule, index) => {
    if (rule.kind.scope === 'area') return;
    const holders = rule.kind.scope === 'home' ? [undefined] : subject.devices;
    let watched = false;
    for (const device of holders) {
      const variant = variantAt(rule, subject, device ?? subject, index);
      if (!variant || (device && !serves(rule, variant, device))) continue;
      watched = true;
      const open = slotAt((device ?? subject).slots, index)?.open;
      const masked = open && safely(() => rule.kind.masks?.(open.draft.evidence), undefined);
      if (masked) masks.set(masked, rule.id);
      if (rule.kind.restsOn) signals.set(rule.id, rule.kind.restsOn(variant.params));
      const place = { rule, index, variant, device };
      found.push(safely(() => watchOf(engine, subject, place, now), failedAt(place)));
    }
    // A rule that watches nothing here is said as well: silence would look like being looked after.
    const here = watched ? undefined : variantFor(rule, subject.home);
    if (here) found.push({ ...wordsOf(rule, here), state: 'no-device' });
    else if (!watched && rule.base) found.push({ ...wordsOf(rule, rule.base), state: 'switched-off' });
  });
  const judged = signals.size === 0 ? found : found.map((each) => withSignals(each, signals, found));
  return withMasks(engine, judged, masks);
}

/** Marks the rules that look for a home without use, while something that may blind them is open. */
function withMasks(
  { rules: { rules } }: RuleEngine,
  watches: readonly RuleWatch[],
  masks: ReadonlyMap<Supply, string>,
): readonly RuleWatch[] {
  if (masks.size === 0) return watches;
  const supplyOf = new Map(rules.map(({ id, kind }) => [id, kind.supply]));
  return watches.map((watch) => {
    const supply = supplyOf.get(watch.rule);
    const maskedBy = supply && masks.get(supply);
    return maskedBy && watch.state !== 'no-device' ? { ...watch, maskedBy } : watch;
  });
}

/** They find something, have found it, or will at other hours. */
const SPEAKS: ReadonlySet<WatchState> = new Set(['watching', 'open', 'outside-hours']);

const hasDevice = (state: WatchState): boolean => state !== 'no-device' && state !== 'switched-off';

/** A rule over other rules would find nothing where too few of them could: the first that could not says why. */
function withSignals(
  watch: RuleWatch,
  signals: ReadonlyMap<string, Signals>,
  all: readonly RuleWatch[],
): RuleWatch {
  const needed = signals.get(watch.rule);
  if (!needed || watch.state !== 'watching') return watch;
  const states = needed.lists.map((rules) => bestOf(all.filter(({ rule }) => rules.includes(rule))));
  const dumb = states.filter((state) => !SPEAKS.has(state));
  if (states.length - dumb.length >= needed.atLeast) return watch;
  return { ...watch, state: dumb.find(hasDevice) ?? 'no-device' };
}

/** Of several rules that count once: one that speaks, else one that has a device at least. */
function bestOf(watches: readonly RuleWatch[]): WatchState {
  const states = watches.map(({ state }) => state);
  return states.find((state) => SPEAKS.has(state)) ?? states.find(hasDevice) ?? 'no-device';
}

interface Place {
  readonly rule: CompiledRule;
  readonly index: number;
  readonly variant: Variant;
  readonly device: RuleDevice | undefined;
}

/** What it is called where no home has it otherwise. */
export const titleOf = (rule: CompiledRule | undefined): Text | undefined =>
  rule && (rule.base ? wordsOf(rule, rule.base).title : rule.kind.title);

const wordsOf = ({ id, kind, shadow }: CompiledRule, { params }: Variant) => ({
  rule: id,
  kind: kind.kind,
  title: kind.titleFor?.(params) ?? kind.title,
  about: kind.aboutFor?.(params) ?? kind.about,
  shadow,
});

/** Nobody may look at a home with a defect in it that ends the service. */
const failedAt = ({ rule, variant, device }: Place): RuleWatch => ({
  ...wordsOf(rule, variant),
  ...(device ? { device: device.id } : {}),
  state: 'failed',
});

function watchOf(engine: RuleEngine, subject: RuleSubject, place: Place, now: number): RuleWatch {
  const { rule, index, variant, device } = place;
  const read = device ? [device] : subject.devices.filter((each) => serves(rule, variant, each));
  const instance = slotAt((device ?? subject).slots, index);
  const evaluatedAt = Math.max(0, ...read.map(({ state }) => state.heardAt));
  const watched = rule.kind.homeDeadline ? subject : device;
  const due = dueOf(rule.kind, variant, instance, watched, engine.listeningSince);
  const usual = rule.kind.usual?.(instance?.state, now);
  return {
    ...wordsOf(rule, variant),
    ...(device ? { device: device.id } : {}),
    ...stateOf(place, subject, read, instance, now),
    ...(evaluatedAt > 0 ? { evaluatedAt } : {}),
    ...(Number.isFinite(due) ? { nextDue: due } : {}),
    ...(usual ? { usual } : {}),
    ...(isFaulty(instance?.fault, now) ? { fault: shownOf(instance.fault) } : {}),
  };
}

const shownOf = ({ since, at, count, error, state }: RuleFault): NonNullable<RuleWatch['fault']> => ({
  since,
  at,
  count,
  error,
  ...(state === undefined ? {} : { state }),
});

function stateOf(
  { rule, variant, device }: Place,
  subject: RuleSubject,
  read: readonly RuleDevice[],
  instance: Instance | undefined,
  now: number,
): Pick<RuleWatch, 'state' | 'until' | 'learning'> {
  if (instance?.open) return { state: 'open' };
  if (instance && instance.latchedUntil > now) return { state: 'resolved', until: instance.latchedUntil };
  if (isFaulty(instance?.fault, now)) return { state: 'failed' };
  // A dead man's switch and a rule over other rules need no fresh data: they watch what is not there.
  const { homeDeadline, onFindings } = rule.kind;
  const needsData = !homeDeadline && !onFindings && !signsOf(rule.kind, variant.params).includes('silence');
  const lack = rule.kind.lacks?.({ devices: subject.devices, device, now, home: subject }, variant.params);
  // What does not hang there says nothing, heard or not.
  if (lack === 'no-device' || lack === 'exit-unseen') return { state: lack };
  const blind = needsData
    ? (blindness(read, now, variant.metrics) ?? darkMeter(rule, device, read, now))
    : undefined;
  if (blind) return { state: blind };
  if (lack) return { state: lack };
  const offBody = rule.kind.vitals ? offTheBody(read, now) : undefined;
  if (offBody) return { state: offBody };
  const gate = gateOf(rule, subject, read, now);
  if (gate) return gate;
  const learning = rule.kind.learning?.(learningHome(subject, read, now, variant.params), instance?.state);
  return learning ? { state: 'learning', learning, ...endOf(learning, now) } : { state: 'watching' };
}

const learningHome = (
  { away, timeZone }: RuleSubject,
  read: readonly RuleDevice[],
  now: number,
  params: unknown,
) => ({
  now,
  params,
  timeZone,
  devices: read,
  waterMeters: read.filter(countsWater),
  wasUnusual: (from: number, to: number) => unusualBetween(away, from, to),
});

/** Days are those of UTC; where enough of them are known and it still learns, nobody can say when it will be through. */
function endOf({ known, needed }: Learning, now: number): { until?: number } {
  return known < needed ? { until: (Math.floor(now / DAY) + needed - known) * DAY } : {};
}

/** @param metrics what is read of the devices; none: only what happens */
export function blindness(
  devices: readonly RuleDevice[],
  now: number,
  metrics: IdSet,
): WatchState | undefined {
  const read = devices.filter((device) => !isForElse(device, metrics));
  if (read.length === 0) return 'no-device';
  // Its calls for help are heard all the same.
  if (metrics.size > 0 && read.every((device) => isEnrolledLater(device, now))) return 'not-enrolled-yet';
  if (read.every(({ state }) => state.heardAt === 0)) return 'never-reported';
  const heard = read.filter(({ state, intervalMs }) => now - state.heardAt <= freshForMs(intervalMs));
  if (heard.some((device) => !isMute(device, now, metrics))) return undefined;
  if (heard.length > 0) return 'not-measuring';
  return read.every(({ gateway }) => gateway?.silent) ? 'gateway-silent' : 'device-silent';
}

/** A rule about a home without water waits for each of its meters: it may be drawn at the one that says nothing. */
function darkMeter(
  { kind: { supply } }: CompiledRule,
  device: RuleDevice | undefined,
  read: readonly RuleDevice[],
  now: number,
): WatchState | undefined {
  if (supply !== 'water' || device) return undefined;
  for (const meter of read) {
    const dark = countsWater(meter) ? blindness([meter], now, WATER) : undefined;
    if (dark) return dark;
  }
  return undefined;
}

/** It could count water, never has, and need not: it was heard, and hangs there for something else. */
const isForElse = ({ metrics: measured, state, counting }: RuleDevice, metrics: IdSet): boolean =>
  readOf(measured, metrics).equals(WATER) && !state.water && counting !== 'always' && state.heardAt > 0;

/** What it measures now would be refused. */
const isEnrolledLater = ({ enrolledAt }: RuleDevice, now: number): boolean =>
  enrolledAt - LIMITS.beforeEnrolmentMsMax > now;

/** A body is measured a few times a day, by many bands only when somebody asks. */
const VITALS_STALE_MS = DAY;

/** Is there something that it should measure, and of which nothing has come for long? */
export const isMuteInPart = (device: RuleDevice, now: number): boolean =>
  [COUNTED, PRESSURES, OTHER_VITALS, PASSERS].some((part) => isMute(device, now, part));

/** Nothing new of what a rule reads of it has come for long. What comes only when something happens is never missed. */
function isMute(
  { metrics: measured, state, counting, intervalMs }: RuleDevice,
  now: number,
  metrics: IdSet,
): boolean {
  if (metrics === IdSet.all) return false;
  const read = readOf(measured, metrics);
  const wanted = read.and(MEASURES);
  // What its clock dates long ago says nothing of now: no rule believes that nothing happened since.
  if (read.meets(PASSERS)) return state.muteSince > 0 && now - state.measuredAt > freshForMs(intervalMs);
  if (wanted.size === 0 || read.meets(SENSES)) return false;
  // A counter of pulses without a weight counts, and its water is not known.
  if (wanted.equals(WATER) && !state.water) return true;
  if (counting === 'on-change') return false;
  const usual = freshForMs(intervalMs);
  const isOfBody = wanted.meets(VITALS);
  const last = wanted.isWithin(PRESSURES) ? lastPressureAt(state.pressures) : state.sensedAt;
  return now - last > (isOfBody ? Math.max(usual, VITALS_STALE_MS) : usual);
}

const WATER = idsOf(['water_index_m3']);
const PASSERS = idsOf(['motion_bool', 'door_open_bool']);

function readOf(measured: readonly MetricName[], metrics: IdSet): IdSet {
  let read = IdSet.none;
  for (const name of measured) {
    const { id } = METRICS[name];
    if (metrics.has(id)) read = read.with(id);
  }
  return read;
}

/** All that could tell of the body are off it. */
function offTheBody(read: readonly RuleDevice[], now: number): 'not-worn' | 'charging' | undefined {
  const why = read.map(({ state }) => noClaimAt(state, now));
  return why.includes(undefined) ? undefined : why[0];
}

function gateOf(
  { gates, kind }: CompiledRule,
  { away, timeZone }: RuleSubject,
  read: readonly RuleDevice[],
  now: number,
): { state: WatchState; until?: number } | undefined {
  const period = gates.away ? awayBetween(away, now, now) : undefined;
  if (period) return { state: 'away', until: period.until };
  const outage = outageFor(kind.supply, read, now, now);
  if (outage) return { state: 'area-outage', until: outage.until };
  const { arming, hours } = gates;
  if (arming && read.length > 0) {
    const fine = read.filter(({ counter }) => !tooCoarse(arming, counter?.resolution));
    if (fine.length === 0) return { state: 'too-coarse' };
    const until = Math.min(...fine.map(({ enrolledAt }) => armedAt(arming, enrolledAt)));
    if (until > now) return { state: 'not-armed', until };
    const isIdle = ({ state, metrics }: RuleDevice): boolean =>
      tooLittleUsed(arming, state.waterBook, metrics.includes('water_index_m3'));
    if (fine.every((device) => armedAt(arming, device.enrolledAt) > now || isIdle(device)))
      return { state: 'too-little-use' };
  }
  const until = hours && hoursBeginAt(hours, now, timeZone);
  return until === undefined ? undefined : { state: 'outside-hours', until };
}

/** Can the rule find anything by this device? */
function serves({ kind }: CompiledRule, { params, metrics, events }: Variant, device: RuleDevice): boolean {
  if (!looksAt(kind, device, params)) return false;
  if (kind.needs) return kind.needs.some((name) => device.metrics.includes(name));
  return (
    metrics === IdSet.all ||
    device.metrics.some((name) => metrics.has(METRICS[name].id)) ||
    device.events.some((name) => events.has(EVENTS[name].id))
  );
}
