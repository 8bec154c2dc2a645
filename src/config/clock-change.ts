import { offsetTime } from '../lib/offset-time.ts';
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
  const forms = shown.map((at) => offsetTime(at, timeZone)).join(' or ');
  return `comes twice on the clocks of ${timeZone}, which are put back then; write ${forms}`;
}
