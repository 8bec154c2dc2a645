/**
 * Between which readings something was so that people were told of: from, to, from, to, in the order in which they were
 * told. Some devices bring all that they have kept each time they are connected, and nobody is told of it each time.
 */
export type ToldSpans = readonly number[];

const SPANS_MAX = 8;

export function isTold(spans: ToldSpans | undefined, at: number): boolean {
  if (!spans) return false;
  for (let i = 0; i < spans.length; i += 2)
    if (at >= (spans[i] as number) && at <= (spans[i + 1] as number)) return true;
  return false;
}

export const withTold = (spans: ToldSpans = [], from: number, to: number): ToldSpans =>
  [...spans, from, to].slice(-2 * SPANS_MAX);

/** The last of them goes on; or a first one begins, in what a version before had told. */
export function toldUntil(spans: ToldSpans | undefined, at: number): ToldSpans {
  if (!spans || spans.length === 0) return [at, at];
  const [from, to] = spans.slice(-2) as [number, number];
  return [...spans.slice(0, -2), Math.min(from, at), Math.max(to, at)];
}
