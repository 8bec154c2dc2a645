import { DAY, HOUR, MINUTE, SECOND } from './clock.ts';

export const DURATION_FORMS = 'a duration such as 30s, 15min, 1h or 1d';

const UNITS: Readonly<Record<string, number>> = { s: SECOND, min: MINUTE, m: MINUTE, h: HOUR, d: DAY };

/** Milliseconds of `30s`, `15min`, `1.5h`, `1d`; undefined if it is no duration longer than nothing. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*(s|min|m|h|d)$/.exec(text.trim());
  const ms = parts && Math.round(Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 0));
  return ms ? ms : undefined;
}
