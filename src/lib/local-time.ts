const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** The wall clock of a zone at an instant. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** @param timeZone IANA name. @throws RangeError for an unknown zone. */
export function localTime(at: number, timeZone: string): LocalTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `03-01 08:05`: what people need of an instant that lies in the last days. */
export function shortLocal(at: number, timeZone: string): string {
  const local = new Date(at + zoneOffset(at, timeZone));
  const date = `${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`;
  return `${date} ${shortTime(at, timeZone)}`;
}

/** `08:05`. */
export function shortTime(at: number, timeZone: string): string {
  const local = new Date(at + zoneOffset(at, timeZone));
  return `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No zone changes its clocks within a quarter of an hour that began at a whole quarter (IANA, since 1972). */
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_QUARTERS = DAY_MS / QUARTER_MS;
/** So many quarters of an hour are remembered of a zone: six weeks. Must be a power of two. */
const PLACES = 1 << 12;

/** What is known of a zone: each quarter of an hour has one place, and the offset that held in it stands beside it. */
interface KnownZone {
  readonly timeZone: string;
  readonly quarters: Float64Array;
  readonly offsets: Int32Array;
}

const zones = new Map<string, KnownZone>();
/** Most questions are about the zone that was just asked for. */
let latest: KnownZone | undefined;

function zoneOf(timeZone: string): KnownZone {
  let zone = zones.get(timeZone);
  if (!zone) {
    zone = { timeZone, quarters: new Float64Array(PLACES).fill(Number.NaN), offsets: new Int32Array(PLACES) };
    zones.set(timeZone, zone);
  }
  latest = zone;
  return zone;
}

/** How far the wall clock of a zone is ahead of UTC, in milliseconds. Remembered: asking Intl costs some microseconds. */
export function zoneOffset(at: number, timeZone: string): number {
  const zone = latest?.timeZone === timeZone ? latest : zoneOf(timeZone);
  const quarter = Math.floor(at / QUARTER_MS);
  const place = quarter & (PLACES - 1);
  if (zone.quarters[place] === quarter) return zone.offsets[place] as number;
  return learnOffset(zone, quarter);
}

/**
 * Asks for the offset of a quarter of an hour and, where it is the same at the begin and the end of its UTC day, remembers
 * it for all of that day: no zone puts its clocks forward and back within one.
 */
function learnOffset({ timeZone, quarters, offsets }: KnownZone, quarter: number): number {
  const first = quarter - (quarter % DAY_QUARTERS);
  const offset = askedOffset(quarter * QUARTER_MS, timeZone);
  const isSteady =
    askedOffset(first * QUARTER_MS, timeZone) === offset &&
    askedOffset((first + DAY_QUARTERS) * QUARTER_MS, timeZone) === offset;
  for (
    let each = isSteady ? first : quarter;
    each < (isSteady ? first + DAY_QUARTERS : quarter + 1);
    each++
  ) {
    quarters[each & (PLACES - 1)] = each;
    offsets[each & (PLACES - 1)] = offset;
  }
  return offset;
}

function askedOffset(start: number, timeZone: string): number {
  const { year, month, day, hour, minute } = localTime(start, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute) - start;
}

/** Days since 1970 by the wall clock of a zone. */
export const localDay = (at: number, timeZone: string): number =>
  Math.floor((at + zoneOffset(at, timeZone)) / DAY_MS);

/** Minutes since local midnight, with their fraction: 0 to 1440. */
export function localMinute(at: number, timeZone: string): number {
  const local = at + zoneOffset(at, timeZone);
  return (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS;
}

/**
 * The instant at which the wall clock of a zone shows a minute of a local day (as `localDay` counts). Where clocks are
 * put forward over it, the first instant after the gap; where it comes twice, the first.
 */
export function instantOfLocal(day: number, minute: number, timeZone: string): number {
  const wall = day * DAY_MS + minute * MINUTE_MS;
  // Offsets before and after any change that may be near: the right one gives back the wall time that was asked for.
  const early = wall - zoneOffset(wall - DAY_MS, timeZone);
  if (early + zoneOffset(early, timeZone) === wall) return early;
  const late = wall - zoneOffset(wall + DAY_MS, timeZone);
  if (late + zoneOffset(late, timeZone) === wall) return late;
  // Within the gap: the clock jumps at the later of the two.
  return firstAfterGap(Math.min(early, late), wall, timeZone);
}

function firstAfterGap(from: number, wall: number, timeZone: string): number {
  let at = Math.floor(from / QUARTER_MS) * QUARTER_MS;
  while (at + zoneOffset(at, timeZone) < wall) at += QUARTER_MS;
  return at;
}

export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}
