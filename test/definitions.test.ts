import { describe, expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { step } from '../src/app/pipeline.ts';
import { restarted } from '../src/backtest/run.ts';
import { HOUR } from '../src/lib/clock.ts';
import type { Alert } from '../src/model/alert.ts';
import type { Report } from '../src/model/message.ts';
import { EVENT_NAMES, EVENTS, METRIC_NAMES, METRICS, type MetricName } from '../src/model/metrics.ts';
import type { ExampleInput, RuleExample } from '../src/rules/define.ts';
import { community, coreOf, kinds, models, policy, T0 } from './core.ts';

describe('every device model', () => {
  for (const definition of models.all()) {
    describe(definition.model, () => {
      test('has examples, a refusal among them, and texts in both languages', () => {
        expect(definition.examples.some(({ expect }) => 'rejection' in expect)).toBe(true);
        expect(definition.examples.some(({ expect }) => 'readings' in expect)).toBe(true);
        for (const text of [definition.title, definition.summary]) {
          expect(text.zh).toMatch(/\p{Script=Han}/u);
          expect(text.en).toMatch(/[a-z]/);
        }
      });
      for (const example of definition.examples) {
        test(example.name, () => {
          const text =
            typeof example.payload === 'string' ? example.payload : JSON.stringify(example.payload);
          const receivedAt = Date.parse(example.receivedAt);
          const decoded = definition.decode(Buffer.from(text), receivedAt);
          if ('rejection' in example.expect) {
            expect(decoded).toMatchObject({ ok: false, reason: example.expect.rejection });
            return;
          }
          const { readings, events = [], rejections = [] } = example.expect;
          expect(decoded).toMatchObject({
            ok: true,
            readings: readings.map(({ metric, value, at }) => ({ metric, value, at: Date.parse(at) })),
            events: events.map(({ event, at }) => ({ event, at: Date.parse(at) })),
            rejections: rejections.map((reason) => ({ reason })),
          });
        });
      }
    });
  }
});

describe('every rule kind', () => {
  for (const kind of kinds.values()) {
    describe(kind.kind, () => {
      test('has an example that must not fire, and texts in both languages', () => {
        expect(kind.examples.some(({ expect }) => expect.length === 0)).toBe(true);
        expect(kind.examples.some(({ expect }) => expect.length > 0)).toBe(true);
        for (const text of [kind.title, kind.summary]) {
          expect(text.zh).toMatch(/\p{Script=Han}/u);
          expect(text.en).toMatch(/[a-z]/);
        }
      });
      for (const example of kind.examples) {
        test(example.name, () => expect(play(kind.kind, example, false)).toEqual(wanted(example)));
        test(`${example.name} (restarted after every step)`, () => {
          expect(play(kind.kind, example, true)).toEqual(wanted(example));
        });
      }
    });
  }
});

describe('the vocabulary', () => {
  test('gives every metric and event an id of its own below 31, so that a mask holds them all', () => {
    for (const ids of [
      METRIC_NAMES.map((name) => METRICS[name].id),
      EVENT_NAMES.map((name) => EVENTS[name].id),
    ]) {
      expect(new Set(ids).size).toBe(ids.length);
      expect(Math.max(...ids)).toBeLessThan(31);
    }
  });
  test('ends the name of every metric in its unit', () => {
    const units = ['m3', 'pct', 'mmhg', 'bpm', 'c', 'count', 'bool', 'deg', 'h', 'dbm'];
    for (const name of METRIC_NAMES) expect(units).toContain(name.split('_').at(-1));
  });
});

function play(kind: string, example: RuleExample, restartAlways: boolean): unknown[] {
  const model = example.model ?? 'water-meter';
  const entries = community({ h1: [{ id: 'd1', model }] });
  let core: Core = coreOf(entries, [{ id: 'R', kind, params: example.params ?? {} }]);
  const alerts = new Map<string, Alert>();
  const run = (input: Parameters<typeof step>[1]): void => {
    for (const effect of step(core, input).effects)
      if (effect.type === 'alert') alerts.set(effect.alert.id, effect.alert);
    if (!restartAlways) return;
    const { registry, ruleSet } = core;
    core = restarted(core, { models, kinds, registry, ruleSet, policy, channels: new Set(['terminal']) });
  };
  run({ kind: 'tick', receivedAt: T0, listeningSince: T0 });
  const reports = example.inputs.flatMap(reportsOf).sort((a, b) => a.receivedAt - b.receivedAt);
  for (const report of reports) run(report);
  run({ kind: 'tick', receivedAt: T0 + example.until * HOUR });
  return [...alerts.values()].map((alert, index) => shape(alert, example.expect[index]));
}

/** Only what the example speaks of is compared. */
function shape(alert: Alert, expected: RuleExample['expect'][number] | undefined): unknown {
  const hours = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : round((at - T0) / HOUR);
  const all = {
    raised: hours(alert.raisedAt),
    since: hours(alert.since),
    cleared: hours(alert.clearedAt),
    reason: alert.clearReason,
    priority: alert.priority,
    count: alert.count,
  };
  const keys = new Set(['raised', 'cleared', ...Object.keys(expected ?? {})]);
  return Object.fromEntries(
    Object.entries(all).filter(([key, value]) => keys.has(key) && value !== undefined),
  );
}

const wanted = (example: RuleExample): unknown[] => example.expect.map((expected) => ({ ...expected }));

const round = (value: number): number => Number(value.toFixed(4));

function reportsOf(input: ExampleInput): Report[] {
  const { at, every, until = at + 0.000001, values = {}, step: grow = {}, event } = input;
  const reports: Report[] = [];
  for (
    let index = 0, hour = at;
    hour < until - 1e-9;
    index++, hour = at + index * (every ?? Number.POSITIVE_INFINITY)
  ) {
    const measured = Math.round(T0 + hour * HOUR);
    reports.push({
      kind: 'report',
      receivedAt: Math.round(T0 + (input.receivedAt ?? hour) * HOUR),
      device: 'd1',
      clock: 'device',
      readings: Object.entries(values).map(([metric, value]) => ({
        metric: metric as MetricName,
        value: Number((value + index * (grow[metric as MetricName] ?? 0)).toFixed(6)),
        at: measured,
      })),
      events: event ? [{ event, at: measured }] : [],
    });
  }
  return reports;
}
