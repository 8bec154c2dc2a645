interface Told {
  readonly at: number;
  readonly value: number;
}

/**
 * Between which readings something was so that people were told of: from, to and the first value, and so on, in the order in
 * which they were told. Some devices bring all that they have kept each time they are connected, and nobody is told of it each time.
 */
export type ToldSpans = readonly number[];

const SPAN = 3;
const SPANS_MAX = 8;

/** Of one reading alone its value has to be the same as well: a clock may stand still. */
export function isTold(spans: ToldSpans | undefined, { at, value }: Told): boolean {
  if (!spans) return false;
  for (let i = 0; i < spans.length; i += SPAN) {
    const [from, to, first] = spans.slice(i, i + SPAN) as [number, number, number];
    if (from === to ? at === from && value === first : at >= from && at <= to) return true;
  }
  return false;
}

/** The last reading of the last of them; 0: there is none. */
export const toldLast = (spans: ToldSpans = []): number => spans.at(1 - SPAN) ?? 0;

export const withTold = (spans: ToldSpans = [], readings: readonly Told[]): ToldSpans => {
  const [first, last] = [readings[0], readings.at(-1)];
  return first && last ? [...fewer(spans, last.at), first.at, last.at, first.value] : spans;
};

/**
 * Room for one more: the two of the longest ago become one, for what was before them is no news any more. One that was merely
 * forgotten would be told again, and make the next be forgotten. Of a clock that stands still none is longer ago.
 */
function fewer(spans: ToldSpans, now: number): ToldSpans {
  if (spans.length < SPAN * SPANS_MAX) return spans;
  const sorted: ToldSpans[] = [];
  for (let i = 0; i < spans.length; i += SPAN) sorted.push(spans.slice(i, i + SPAN));
  sorted.sort(([a = 0], [b = 0]) => a - b);
  const [oldest = [], next = [], ...others] = sorted;
  const [from = 0, to = 0, first = 0] = oldest;
  const [, until = 0] = next;
  const joined = until < now ? [from, Math.max(to, until), first] : next;
  return [joined, ...others].flat();
}

/** The last of them goes on; or a first one begins, in what a version before had told. */
export function toldUntil(spans: ToldSpans | undefined, reading: Told): ToldSpans {
  if (!spans || spans.length === 0) return withTold(spans, [reading]);
  const [from, to, first] = spans.slice(-SPAN) as [number, number, number];
  const { at } = reading;
  return [...spans.slice(0, -SPAN), Math.min(from, at), Math.max(to, at), first];
}
