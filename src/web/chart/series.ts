import type { ClockSource } from '../../model/message.ts';
import type { Bucket, Point } from '../../ports/telemetry.ts';

/** Numbers for the chart, from what the API answers. A time without data is never drawn as a value. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Line {
  /** Epoch milliseconds. */
  readonly at: number[];
  readonly value: (number | null)[];
}

/** Litres in each hour; null where no reading fell into the hour. */
export function hourlyLitres(buckets: readonly Bucket[], from: number, to: number): Line {
  const known = new Map(buckets.map((one) => [one.from, one.increase]));
  const line: Line = { at: [], value: [] };
  for (let at = from; at < to; at += HOUR) {
    const increase = known.get(at);
    line.at.push(at);
    line.value.push(increase === undefined ? null : increase * 1000);
  }
  return line;
}

/**
 * Litres in the 24 hours up to the end of each hour; null where the hour itself has no reading, or less than a day of
 * history lies before it. A counter holds what was used during a gap, so a gap inside the day does not falsify the sum.
 */
export function dailyLitres(hours: Line): Line {
  const line: Line = { at: [], value: [] };
  const first = hours.value.findIndex((value) => value !== null);
  hours.at.forEach((at, index) => {
    line.at.push(at + HOUR);
    const whole = first >= 0 && index - first >= 23 && hours.value[index] !== null;
    const day = hours.value.slice(Math.max(0, index - 23), index + 1);
    line.value.push(whole ? day.reduce<number>((sum, value) => sum + (value ?? 0), 0) : null);
  });
  return line;
}

/** Points with a null in each gap, so that no line bridges a time of which nothing is known. */
export function withGaps(points: readonly Point[], least: number): Line {
  const longest = gapAbove(points, least);
  const line: Line = { at: [], value: [] };
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before && point.at - before.at > longest) {
      line.at.push(before.at + 1);
      line.value.push(null);
    }
    line.at.push(point.at);
    line.value.push(point.value);
  });
  return line;
}

/** Whose clocks stand behind the instants of these points, each once; none where it was not kept. */
export const clocksOf = (points: readonly Point[]): ClockSource[] => [
  ...new Set(points.flatMap(({ clock }) => clock ?? [])),
];

/** Several lines over one axis of time. */
export function joined(lines: readonly Line[]): { at: number[]; values: (number | null | undefined)[][] } {
  const at = [...new Set(lines.flatMap((line) => line.at))].sort((a, b) => a - b);
  const values = lines.map((line) => {
    const known = new Map(line.at.map((when, index) => [when, line.value[index]]));
    // `undefined` is "this line has nothing at this instant", `null` is "here begins a gap".
    return at.map((when) => known.get(when));
  });
  return { at, values };
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Times without data between `from` and `to`, longer than an ordinary interval. */
export function gapsOf(times: readonly number[], from: number, to: number, longest: number): Span[] {
  const edges = [from, ...times.filter((at) => at >= from && at <= to), to];
  return edges.flatMap((at, index) => {
    const next = edges[index + 1];
    return next !== undefined && next - at > longest ? [{ from: at, to: next }] : [];
  });
}

/** Three ordinary intervals, and not less than `least`: anything longer is a gap. */
export function gapAbove(points: readonly { readonly at: number }[], least: number): number {
  const steps = points
    .slice(1)
    .map((point, index) => point.at - (points[index]?.at ?? point.at))
    .sort((a, b) => a - b);
  return Math.max(3 * (steps[Math.floor(steps.length / 2)] ?? 0), least);
}

/** The hours of a line that hold no reading, as spans. */
export function emptyHours(hours: Line): Span[] {
  const spans: { from: number; to: number }[] = [];
  hours.at.forEach((at, index) => {
    if (hours.value[index] !== null) return;
    const last = spans.at(-1);
    if (last && last.to === at) last.to = at + HOUR;
    else spans.push({ from: at, to: at + HOUR });
  });
  return spans;
}
