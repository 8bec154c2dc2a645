import { DAY } from '../lib/clock.ts';
import type { ClockSource, DeviceEvent, Reading, Report } from '../model/message.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';

/** A device of the registry, with what its model measures. */
export interface StoredDevice {
  readonly id: string;
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
}

export interface StoredPeriod {
  readonly store: TelemetryStore;
  readonly devices: readonly StoredDevice[];
  /** Epoch milliseconds, `to` excluded. */
  readonly from: number;
  readonly to: number;
}

/** So much time is in memory at once; the store reads a series week by week about as fast as all of it. */
const WINDOW_MS = 7 * DAY;
const EVENTS_MAX = 100_000;

/**
 * What the telemetry store holds of a period, as reports in the order of time. When a reading arrived is not stored: each
 * comes as if it had arrived when it was measured, and readings of one device and instant come together.
 */
export async function* storedReports({ store, devices, from, to }: StoredPeriod): AsyncGenerator<Report[]> {
  for (let begin = from; begin < to; begin += WINDOW_MS) {
    const window = { from: begin, to: Math.min(begin + WINDOW_MS, to) };
    const reports: Report[] = [];
    for (const device of devices) reports.push(...(await reportsOf(store, device, window)));
    yield reports.sort((a, b) => a.receivedAt - b.receivedAt || (a.device < b.device ? -1 : 1));
  }
}

async function reportsOf(
  store: TelemetryStore,
  { id, metrics, events }: StoredDevice,
  window: { readonly from: number; readonly to: number },
): Promise<Report[]> {
  const byInstant = new Map<number, { clock: ClockSource; readings: Reading[]; events: DeviceEvent[] }>();
  const at = (instant: number) => {
    // What was stored before clocks were kept came from a device that knew the time, as nearly all do.
    const here = byInstant.get(instant) ?? { clock: 'device', readings: [], events: [] };
    byInstant.set(instant, here);
    return here;
  };
  for (const metric of metrics)
    for (const point of await store.range({ device: id, metric, ...window })) {
      const here = at(point.at);
      here.clock = point.clock ?? here.clock;
      here.readings.push({ metric, value: point.value, at: point.at });
    }
  if (events.length > 0)
    for (const one of await store.events({ device: id, ...window, limit: EVENTS_MAX }))
      at(one.at).events.push(one);
  return [...byInstant].map(([receivedAt, said]) => ({
    kind: 'report',
    receivedAt,
    device: id,
    ...said,
  }));
}
