import { zoneOffset } from './local-time.ts';

const MINUTE_MS = 60_000;

/** An instant as clocks of this zone show it, with their offset: `2026-10-25T02:30:00+02:00`. Whoever reads it back has the same instant. */
export function offsetTime(at: number, timeZone: string): string {
  const minutes = Math.round(zoneOffset(at, timeZone) / MINUTE_MS);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  const local = new Date(at + minutes * MINUTE_MS).toISOString().replace(/(\.000)?Z$/, '');
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}
