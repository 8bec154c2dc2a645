import { DAY, HOUR, MINUTE } from '../../../src/lib/clock.ts';
import type { EventName, MetricName } from '../../../src/model/metrics.ts';
import type { SequencedReport } from '../../../src/ports/telemetry.ts';
import { T0 } from '../fixtures.ts';

/** What is in a telemetry file that an earlier version left: see make-telemetry.ts. */

export const DAYS = 3;
export const GENERATIONS_END = T0 + DAYS * DAY;
export const METERS = ['m1', 'm2', 'm3'] as const;
export const BAND = 'b1';
/** Was removed then, with all that it had said. */
export const GONE = 'm3';
export const GONE_AT = T0 + 2 * DAY;

interface Told {
  readonly metric: MetricName;
  readonly at: number;
  readonly value: number;
}

/** An index of each hour, and at night the tap is closed. */
export function readingsOf(device: string): Told[] {
  if (device === BAND)
    return Array.from({ length: DAYS * 48 }, (_, i) => ({
      metric: 'pulse_bpm' as const,
      at: T0 + i * 30 * MINUTE + (i % 5) * 1_000,
      value: 64 + ((i * 7) % 23) + (i % 11 === 0 ? 1 / 3 : 0),
    }));
  const hours = (device === GONE ? GONE_AT - T0 : DAYS * DAY) / HOUR;
  const start = METERS.indexOf(device as (typeof METERS)[number]) * 100;
  return Array.from({ length: hours }, (_, hour) => ({
    metric: 'water_index_m3' as const,
    at: T0 + hour * HOUR + start * 1_000,
    value: (start * 1_000 + hour * 7 - (hour % 24 < 6 ? hour % 6 : 0)) / 1_000,
  }));
}

export const SOS_AT = T0 + DAY + 90_000;

interface Came {
  readonly device: string;
  readonly receivedAt: number;
  readonly readings: readonly Told[];
  readonly events: readonly { readonly event: EventName; readonly at: number }[];
}

/** In the order in which they came. */
export function reportsOf(): SequencedReport[] {
  const told = [...METERS, BAND].flatMap((device) =>
    readingsOf(device).map((one): Came => ({ device, receivedAt: one.at, readings: [one], events: [] })),
  );
  const sos = {
    device: BAND,
    receivedAt: SOS_AT,
    readings: [],
    events: [{ event: 'sos', at: SOS_AT }],
  } as const;
  return [...told, sos]
    .sort((a, b) => a.receivedAt - b.receivedAt)
    .map((came, i) => ({ seq: i + 1, report: { kind: 'report', clock: 'device', ...came } }));
}
