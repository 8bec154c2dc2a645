import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { CLOCK_SOURCES, type ClockSource } from '../../src/model/message.ts';
import { EVENTS, type EventName, type MetricName } from '../../src/model/metrics.ts';
import type { Bucket, Point, SequencedReport, TelemetryStore } from '../../src/ports/telemetry.ts';
import type { StoreBed } from './bed.ts';
import { T0 } from './fixtures.ts';
import { aReport, type TelemetryExam } from './telemetry.ts';

const DEVICES = ['m1', 'm2', 'b1'];
const WANTED: MetricName[] = ['water_index_m3', 'pulse_bpm'];
const END = T0 + 1e9;

/** Everything that may happen to the store, in any order. */
type Step =
  | { readonly do: 'append'; readonly reports: readonly Sent[] }
  | { readonly do: 'maintain'; readonly times: number; readonly minutes: number }
  | { readonly do: 'reopen' | 'crash'; readonly again: number }
  | { readonly do: 'remove'; readonly device: string }
  | { readonly do: 'retain'; readonly minute: number };

interface Sent {
  readonly device: string;
  readonly metric: MetricName;
  /** Minutes after the beginning: some come late, some twice. */
  readonly minutes: readonly number[];
  readonly value: number;
  readonly clock: ClockSource;
  readonly event: EventName | undefined;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  device: fc.constantFrom(...DEVICES),
  metric: fc.constantFrom(...WANTED),
  minutes: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }),
  value: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 300, noNaN: true })),
  clock: fc.constantFrom(...CLOCK_SOURCES),
  event: fc.option(fc.constantFrom('sos' as const, 'fall' as const), { nil: undefined, freq: 8 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), reports: fc.array(sent, { maxLength: 4 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('maintain' as const),
      times: fc.integer({ min: 1, max: 5 }),
      minutes: fc.constantFrom(0, 1, 30),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'crash' as const), again: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), device: fc.constantFrom(...DEVICES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('retain' as const), minute: fc.integer({ min: 0, max: 60 }) }),
  },
);

/** What the store should hold, as simply as it can be said. */
class Model {
  readonly points = new Map<string, Map<number, Pick<Point, 'value' | 'clock'>>>();
  readonly events = new Map<string, Set<string>>();
  readonly journal: SequencedReport[] = [];
  /** A removal may only be undone by what came after it, so the journal is then not replayed from before. */
  removed = false;

  take({ device, metric, minutes, value, clock, event }: Sent): SequencedReport {
    const series = this.series(device, metric);
    const readings = minutes.map((minute, i) => ({ metric, at: T0 + minute * MINUTE, value: value + i }));
    for (const { at, value: now } of readings) series.set(at, { value: now, clock });
    const events = event ? [{ event, at: T0 + MINUTE }] : [];
    for (const { at, event: name } of events) this.eventsOf(device).add(`${EVENTS[name].id} ${name} ${at}`);
    const said = aReport(this.journal.length + 1, device, readings, events);
    const report = { ...said, report: { ...said.report, clock } };
    this.journal.push(report);
    return report;
  }

  series(device: string, metric: MetricName): Map<number, Pick<Point, 'value' | 'clock'>> {
    const key = `${device} ${metric}`;
    const found = this.points.get(key) ?? new Map<number, Pick<Point, 'value' | 'clock'>>();
    this.points.set(key, found);
    return found;
  }

  eventsOf(device: string): Set<string> {
    const found = this.events.get(device) ?? new Set<string>();
    this.events.set(device, found);
    return found;
  }

  sorted(device: string, metric: MetricName): Point[] {
    const points = [...this.series(device, metric)].map(([at, point]) => ({ at, ...point }));
    return points.sort((a, b) => a.at - b.at);
  }

  remove(device: string): void {
    for (const metric of WANTED) this.series(device, metric).clear();
    this.eventsOf(device).clear();
    this.removed = true;
  }

  /** How many points are older than this; they go. */
  retain(before: number): number {
    let dropped = 0;
    for (const series of this.points.values())
      for (const at of [...series.keys()]) if (at < before && series.delete(at)) dropped++;
    for (const events of this.events.values())
      for (const event of [...events]) if (Number(event.split(' ')[2]) < before) events.delete(event);
    this.removed = true;
    return dropped;
  }

  buckets(device: string, metric: MetricName, from: number, stepMs: number): Bucket[] {
    const points = this.sorted(device, metric);
    const found: Bucket[] = [];
    for (let begin = from; begin < END && begin <= (points.at(-1)?.at ?? 0); begin += stepMs) {
      const inside = points.filter(({ at }) => at >= begin && at < begin + stepMs);
      if (inside.length === 0) continue;
      const values = inside.map(({ value }) => value);
      const before = points.filter(({ at }) => at < begin).at(-1);
      const chain = [...(before ? [before.value] : []), ...values];
      found.push({
        from: begin,
        count: values.length,
        first: values[0] as number,
        last: values.at(-1) as number,
        min: Math.min(...values),
        max: Math.max(...values),
        mean: values.reduce((a, b) => a + b) / values.length,
        increase: chain
          .slice(1)
          .reduce((sum, value, i) => sum + Math.max(0, value - (chain[i] as number)), 0),
      });
    }
    return found;
  }
}

export function historyContract(exam: () => TelemetryExam, histories: number): void {
  describe('any history', () => {
    it('of late, repeated and corrected readings, sealing, crashes, removals and retention reads like a simple list', async () => {
      const { bed } = exam();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) =>
          play(bed.afterCrash(), steps),
        ),
        { numRuns: histories },
      );
    });
  });
}

async function play(first: StoreBed<TelemetryStore>, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  let bed = first;
  let store = bed.store();
  let now = T0;
  await store.open();
  try {
    for (const one of steps) {
      if (one.do === 'append') await store.append(one.reports.map((report) => model.take(report)));
      else if (one.do === 'maintain') {
        now += one.minutes * MINUTE;
        for (let i = 0; i < one.times; i++) await store.maintain(now);
      } else if (one.do === 'remove') {
        await store.removeDevice(one.device);
        model.remove(one.device);
      } else if (one.do === 'retain') {
        const before = T0 + one.minute * MINUTE;
        expect(await store.retain({ default: before })).toBe(model.retain(before));
      } else {
        if (one.do === 'crash') bed = bed.afterCrash();
        await store.close();
        store = bed.store();
        const { sealedSeq } = await store.open();
        const from = model.removed ? sealedSeq : Math.max(0, sealedSeq - one.again);
        await store.append(model.journal.slice(from));
      }
      await compare(store, model);
    }
  } finally {
    await store.close();
  }
}

async function compare(store: TelemetryStore, model: Model): Promise<void> {
  const last = await store.last(DEVICES, WANTED);
  for (const device of DEVICES) {
    for (const metric of WANTED) {
      const points = model.sorted(device, metric);
      expect(await store.range({ device, metric, from: 0, to: END })).toEqual(points);
      const from = T0 + 17 * MINUTE;
      const to = T0 + 43 * MINUTE;
      expect(await store.range({ device, metric, from, to, limit: 5 })).toEqual(
        points.filter(({ at }) => at >= from && at < to).slice(0, 5),
      );
      expect(await store.downsample({ device, metric, from, to: END, stepMs: 7 * MINUTE })).toEqual(
        close(model.buckets(device, metric, from, 7 * MINUTE)),
      );
      const newest = points.at(-1);
      expect(last.find((point) => point.device === device && point.metric === metric)).toEqual(
        newest && { device, metric, ...newest },
      );
    }
    const events = await store.events({ device, from: 0, to: END, limit: 100 });
    expect(events.map(({ at, event }) => `${EVENTS[event].id} ${event} ${at}`)).toEqual(
      [...model.eventsOf(device)].sort(),
    );
  }
}

/** Sums may be added up in another order, and a store rounds them to six digits: the sixth may be another. */
const close = (buckets: readonly Bucket[]) =>
  buckets.map((bucket) => ({
    ...bucket,
    mean: expect.closeTo(bucket.mean, 5) as number,
    increase: expect.closeTo(bucket.increase, 5) as number,
  }));
