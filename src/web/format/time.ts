import { languageTag, locale, t } from '../text/translate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long, in the two largest units: "12 min", "3 h 5 min", "2 d 4 h". Never below one second. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  if (length < MINUTE) return t('time.seconds', { n: Math.max(1, Math.floor(length / 1000)) });
  if (length < HOUR) return t('time.minutes', { n: Math.floor(length / MINUTE) });
  if (length < DAY) {
    const h = Math.floor(length / HOUR);
    const m = Math.floor((length % HOUR) / MINUTE);
    return m === 0 ? t('time.hours', { h }) : t('time.hoursMinutes', { h, m });
  }
  const d = Math.floor(length / DAY);
  const h = Math.floor((length % DAY) / HOUR);
  return h === 0 || d > 9 ? t('time.days', { d }) : t('time.daysHours', { d, h });
}

/** How long in the largest unit alone, where more would be noise: "3 h". */
export function roughly(ms: number): string {
  const length = Math.abs(ms);
  if (length < HOUR) return duration(length);
  return length < DAY
    ? t('time.hours', { h: Math.floor(length / HOUR) })
    : t('time.days', { d: Math.floor(length / DAY) });
}

/** Below an hour with seconds, because they count then: "4 min 9 s". Never "22:48", which is a time of day. */
export function countdown(ms: number): string {
  const length = Math.abs(ms);
  if (length >= HOUR) return duration(length);
  if (length < MINUTE) return t('time.seconds', { n: Math.floor(length / 1000) });
  const [m, s] = [Math.floor(length / MINUTE), Math.floor((length % MINUTE) / 1000)];
  return t('time.minutesSeconds', { m, s });
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, shape: keyof typeof SHAPES): Intl.DateTimeFormat {
  const id = `${locale.value}/${zone}/${shape}`;
  const known = formats.get(id);
  if (known) return known;
  const made = new Intl.DateTimeFormat(languageTag(locale.value), { timeZone: zone, ...SHAPES[shape] });
  formats.set(id, made);
  return made;
}

const SHAPES = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { month: 'short', day: 'numeric' },
  long: {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
  exact: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  field: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** What a field for date and time shows of an instant, by the clock of the home: "2026-03-01T08:05". */
export function inputTime(at: number, zone: string): string {
  const parts = Object.fromEntries(
    format(zone, 'field')
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`;
}

/** The instant that such a field means; undefined while it is empty. */
export function instantOf(text: string, zone: string): number | undefined {
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return undefined;
  const aheadAt = (at: number): number => Date.parse(`${inputTime(at, zone)}Z`) - at;
  // The second look is for the hours around a change of clocks.
  return wall - aheadAt(wall - aheadAt(wall));
}

/** "08:05" */
export const clockTime = (at: number, zone: string): string => format(zone, 'time').format(at);

/** "08:05:12": for whoever waits for it. */
export const exactTime = (at: number, zone: string): string => format(zone, 'exact').format(at);

/** "11月3日", "3 Nov" */
export const monthAndDay = (at: number, zone: string): string => format(zone, 'date').format(at);

/** With year and seconds, for the title of a shorter form. */
export const fullTime = (at: number, zone: string): string => format(zone, 'long').format(at);

/** The time alone when it is today, "yesterday 22:10", else with the date. */
export function dayTime(at: number, now: number, zone: string): string {
  const time = clockTime(at, zone);
  const day = format(zone, 'day');
  if (day.format(at) === day.format(now)) return time;
  if (day.format(at) === day.format(now - DAY)) return t('time.yesterday', { time });
  return `${monthAndDay(at, zone)} ${time}`;
}

/** What a `datetime-local` field holds for an instant, on the clocks of a zone: `2026-03-01T08:00`. */
export const wallInput = (at: number, zone: string): string =>
  new Date(at + offsetOf(at, zone)).toISOString().slice(0, 16);

/** The instant that such a field means. Where the clock comes twice, the first. */
export function instantOfWall(text: string, zone: string): number {
  const wall = Date.parse(`${text}Z`);
  return wall - offsetOf(wall - offsetOf(wall - DAY, zone), zone);
}

/** Milliseconds by which the wall clock of a zone is ahead of UTC. */
function offsetOf(at: number, zone: string): number {
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** 中国标准时间, "China Standard Time": what people call the clocks of a zone; its id where the browser knows no name. */
export function zoneName(zone: string, at: number): string {
  const shape = { timeZone: zone, timeZoneName: 'long' } as const;
  const parts = new Intl.DateTimeFormat(languageTag(locale.value), shape).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}
