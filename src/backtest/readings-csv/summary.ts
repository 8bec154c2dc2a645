import type { ReadResult } from './read.ts';
import type { IndexSeries, MeterSummary } from './register-series.ts';

/** What `convert --json` says of a file, whether or not anything was written. */
export function summaryOf(
  { counts, bad }: ReadResult,
  meters: readonly MeterSummary[],
  series: IndexSeries,
  written: boolean,
): Record<string, unknown> {
  const { rows, missing, ambiguous, problems } = counts;
  const { repeated, contradicting, backwards, torrents, holes, wideGaps } = series;
  return {
    written,
    rows,
    meters: meters.length,
    values: sumOf(meters, 'values'),
    readings: sumOf(meters, 'readings'),
    missing,
    ambiguous,
    repeated,
    contradicting,
    backwards,
    torrents,
    holes,
    wideGaps,
    problems,
    firstProblems: bad,
  };
}

export const sumOf = (meters: readonly MeterSummary[], field: 'readings' | 'values'): number =>
  meters.reduce((sum, meter) => sum + meter[field], 0);
