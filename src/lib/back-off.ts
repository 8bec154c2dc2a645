/** The pause after so many failures in a row, `failures` from 0: it doubles each time, up to the longest. Milliseconds. */
export const doubled = (failures: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30));

/** Between half and the whole of a pause, so that what failed together does not return together. `random` is 0 to 1. */
export const spread = (pauseMs: number, random: number): number => pauseMs * (0.5 + random / 2);

/** What a server asks for by `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). `now` by its own clock, if known. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
