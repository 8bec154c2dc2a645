import { MINUTE } from '../lib/clock.ts';
import { zoneOffset } from '../lib/local-time.ts';
import { instantsShown, isWallTime } from './instants.ts';

/**
 * Why a time by the wall clock is none on a day on which clocks change: it is skipped, or comes twice. Whoever writes it
 * means something, and would not see that the story plays at another hour.
 */
export function clockChange(time: number | string, timeZone: string): string | undefined {
  if (typeof time === 'number' || !isWallTime(time)) return undefined;
  const shown = instantsShown(time, timeZone);
  if (shown.length === 0) return `does not come on the clocks of ${timeZone}: they are put forward over it`;
  if (shown.length === 1) return undefined;
  const forms = shown.map((at) => withOffset(at, timeZone)).join(' or ');
  return `comes twice on the clocks of ${timeZone}, which are put back then; write ${forms}`;
}

/** `2026-10-25T02:30:00+02:00` */
function withOffset(at: number, timeZone: string): string {
  const minutes = Math.round(zoneOffset(at, timeZone) / MINUTE);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  const local = new Date(at + minutes * MINUTE).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}
