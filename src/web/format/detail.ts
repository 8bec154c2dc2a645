import { chineseOfDetail } from '../../model/refusal-words.ts';
import { locale, t } from '../text/translate.ts';
import { dayTime, duration, fullTime } from './time.ts';

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/** What a refusal says beside its reason, in the language of its reader, with instants as the clocks there show them. */
export function refusalDetail(detail: string, now: number, zone: string): string {
  const words = locale.value === 'zh' ? chineseOfDetail(detail) : detail;
  return words.replace(INSTANT, (text) => dayAndTime(Date.parse(text), now, zone) ?? text);
}

/** A lying clock may name any year: that of another than ours is what is wrong with it, so it is left as it came. */
function dayAndTime(at: number, now: number, zone: string): string | undefined {
  const years = Math.abs(at - now) / (365 * 86_400_000);
  return years < 1 ? dayTime(at, now, zone) : undefined;
}

/** A Date reaches no further. */
const DATE_MS_MAX = 8.64e15;

/** What a device's clock said, and by how much that is off. */
export function clockWords({ said, offMs }: { said: number; offMs: number }, zone: string): string {
  const time = Math.abs(said) <= DATE_MS_MAX ? fullTime(said, zone) : `${said} ms`;
  return t(offMs > 0 ? 'onboard.clockFast' : 'onboard.clockSlow', { time, off: duration(offMs) });
}

/** The same of a refusal for the clock, which has it in its detail; undefined of any other. */
export function refusedClock(
  { reason, detail = '', at }: { reason: string; detail?: string; at: number },
  zone: string,
): string | undefined {
  if (reason !== 'clock-future' && reason !== 'clock-past') return undefined;
  const [, text, ms] = /^\w+ at (?:(\S+Z)|(-?\d+) ms)(?:,|$)/.exec(detail) ?? [];
  const said = text === undefined ? Number(ms) : Date.parse(text);
  const offMs = said - at;
  // Refused some time before it was written down, by a service that was busy: by then it may look like the contrary.
  const isSo = reason === 'clock-future' ? offMs > 0 : offMs < 0;
  return isSo ? clockWords({ said, offMs }, zone) : undefined;
}
