import { DAY, HOUR } from '../lib/clock.ts';
import { instantOfLocal, localDay, localMinute } from '../lib/local-time.ts';
import { isAbsence } from '../model/away-kinds.ts';
import type { Gate } from '../model/gates.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Arming, Hours } from '../model/rule-set.ts';
import { BOOK_DAYS, litresOfDay, type WaterBook } from '../model/water-book.ts';
import type { AreaOutage, DeviceView, Finding, Supply } from './define.ts';

/** What the rule set says of when a rule may speak; prepared once. */
export interface Gates {
  /** Keeps still while nobody is expected to be at home. */
  readonly away: boolean;
  readonly arming: Arming | undefined;
  /** Minutes since local midnight. */
  readonly hours: { readonly from: number; readonly to: number } | undefined;
}

export const NO_GATES: Gates = { away: false, arming: undefined, hours: undefined };

/** A gate that is closed, and when it opens by itself; 0: that depends on what comes. */
export interface ClosedGate {
  readonly gate: Gate;
  readonly opensAt: number;
}

interface GatedRule {
  readonly gates: Gates;
  readonly kind: { readonly supply?: Supply; readonly inactivity?: boolean };
}

/**
 * The gate that keeps a finding of a rule back in this home; undefined where none does.
 * @param concerned the devices that it is about
 * @param now by our clock
 */
export function closedGate(
  { gates, kind: { supply, inactivity } }: GatedRule,
  { away: periods, timeZone }: { readonly away: readonly AwayPeriod[]; readonly timeZone: string },
  concerned: readonly DeviceView[],
  { from, at }: Pick<Finding, 'from' | 'at'>,
  now: number,
): ClosedGate | undefined {
  const { away, arming, hours } = gates;
  // What is missing may have been missed because nobody was there; a device that died meanwhile is dead when they are back.
  const present = inactivity ? Math.min(from ?? at, at) : now;
  if (away && periods.length > 0 && awayBetween(periods, present, now)) return { gate: 'away', opensAt: 0 };
  if (supply && outageFor(supply, concerned, from ?? at, now)) return { gate: 'area-outage', opensAt: 0 };
  if (arming && !isArmed(arming, concerned, now)) return { gate: 'not-armed', opensAt: 0 };
  const opensAt = hours && hoursBeginAt(hours, now, timeZone);
  return opensAt === undefined ? undefined : { gate: 'outside-hours', opensAt };
}

const MINUTES_A_DAY = 24 * 60;

/**
 * Does at each moment at least one of these rules speak? Of those that have nothing but hours it is enough that they
 * share the day; any other gate may be closed for weeks.
 */
export function isAlwaysOpen(
  takers: readonly { readonly rule: { readonly gates: Gates } }[],
  { metrics }: Pick<DeviceView, 'metrics'>,
): boolean {
  const countsWater = metrics.includes('water_index_m3');
  const free = takers.filter(
    ({ rule: { gates } }) => !gates.away && !(gates.arming && (countsWater || gates.arming.days > 0)),
  );
  for (let minute = 0; minute < MINUTES_A_DAY; minute++)
    if (!free.some(({ rule: { gates } }) => !gates.hours || holdsIn(gates.hours, minute))) return false;
  return true;
}

/** @param minute of the local day */
const holdsIn = ({ from, to }: { from: number; to: number }, minute: number): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

/** One device that is trusted is enough: a rule about a home may rest on several. */
const isArmed = (arming: Arming, concerned: readonly DeviceView[], now: number): boolean =>
  concerned.some(
    ({ enrolledAt, counter, state, metrics }) =>
      armedAt(arming, enrolledAt) <= now &&
      !tooCoarse(arming, counter?.resolution) &&
      !tooLittleUsed(arming, state.waterBook, metrics.includes('water_index_m3')),
  );

/** @param hours as the rule set writes them, `07:30`. */
export function minutesOf({ from, to }: Hours): { from: number; to: number } {
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { from: minutes(from), to: minutes(to) };
}

/** When the hours begin the next time; undefined while they last. */
export function hoursBeginAt(
  { from, to }: { from: number; to: number },
  now: number,
  timeZone: string,
): number | undefined {
  const minute = localMinute(now, timeZone);
  if (holdsIn({ from, to }, minute)) return undefined;
  const today = localDay(now, timeZone);
  const begin = instantOfLocal(today, from, timeZone);
  return begin > now ? begin : instantOfLocal(today + 1, from, timeZone);
}

/** The absence that is under way between the two instants. */
export function awayBetween(away: readonly AwayPeriod[], from: number, to: number): AwayPeriod | undefined {
  for (const period of away) if (period.from <= to && period.until > from && isAbsence(period)) return period;
  return undefined;
}

/** Was the home lived in otherwise than usual between the two instants: were they away, or guests there? */
export const unusualBetween = (away: readonly AwayPeriod[], from: number, to: number): boolean =>
  away.some((period) => period.from <= to && period.until > from);

/** Were guests there between the two instants? */
export const guestsBetween = (away: readonly AwayPeriod[], from: number, to: number): boolean =>
  away.some((period) => period.from <= to && period.until > from && !isAbsence(period));

/** When the last absence before `now` ended; 0 if there was none. */
export function lastReturn(away: readonly AwayPeriod[], now: number): number {
  let last = 0;
  for (const period of away)
    if (period.until <= now && period.until > last && isAbsence(period)) last = period.until;
  return last;
}

/** When a device is trusted: some days after it was enrolled. */
export const armedAt = (arming: Arming, enrolledAt: number): number => enrolledAt + arming.days * DAY;

/** Counting noise must not make a meter of exactly the coarsest step too coarse. */
export const tooCoarse = (arming: Arming, resolutionM3: number | undefined): boolean =>
  arming.coarsestLitres !== undefined &&
  resolutionM3 !== undefined &&
  resolutionM3 * 1000 > arming.coarsestLitres + 1e-6;

/**
 * How much of what a finding rests on may lie before the outage began: who was without water long before the others is a
 * finding of its own.
 */
const BEFORE_OUTAGE_MS = 6 * HOUR;

/** The outage of its building that a finding about these devices has to wait for. */
export function outageFor(
  supply: Supply | undefined,
  devices: readonly DeviceView[],
  from: number,
  now: number,
): AreaOutage | undefined {
  if (supply === undefined) return undefined;
  for (const device of devices) {
    const outage = device.area?.outages[supply];
    if (!outage || now >= outage.until || from < outage.from - BEFORE_OUTAGE_MS) continue;
    if (isUnder(device, outage.unit)) return outage;
  }
  return undefined;
}

function isUnder(device: DeviceView, unit: string): boolean {
  const { area } = device;
  if (area?.path === unit) return true;
  for (const member of area?.members() ?? []) if (member.device === device) return member.unit === unit;
  return false;
}

/** A day on which at least so much was used is one of use. */
const USE_LITRES = 10;

/** Has the home used too little water so far for "little water" to say anything? A device without water: no. */
export function tooLittleUsed(
  { useDays }: Arming,
  book: WaterBook | undefined,
  countsWater: boolean,
): boolean {
  if (useDays === undefined || !countsWater) return false;
  if (!book) return true;
  let days = 0;
  for (let day = book.newest; day > book.newest - BOOK_DAYS && day >= 0; day--)
    if ((litresOfDay(book, day) ?? 0) >= USE_LITRES && ++days >= useDays) return false;
  return true;
}
