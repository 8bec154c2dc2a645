import { describe, expect, test } from 'vitest';
import { EVENT_NAMES, EVENTS, METRIC_NAMES, METRICS } from '../src/model/metrics.ts';
import { kinds, models } from './core.ts';
import { alertsOf, wanted } from './rule-examples.ts';

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
        test(example.name, () => expect(alertsOf(kind, example)).toEqual(wanted(example)));
        test(`${example.name} (restarted after every step)`, () => {
          expect(alertsOf(kind, example, { restartAlways: true })).toEqual(wanted(example));
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
    const units = ['m3', 'pct', 'mmhg', 'bpm', 'c', 'count', 'bool', 'deg', 'h', 'dbm', 'min', 'kwh', 'w'];
    for (const name of METRIC_NAMES) expect(units).toContain(name.split('_').at(-1));
  });
});
