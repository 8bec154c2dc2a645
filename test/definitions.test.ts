import { describe, expect, test } from 'vitest';
import type { Frame } from '../src/devices/frame.ts';
import { EVENT_NAMES, EVENTS, METRIC_NAMES, METRICS } from '../src/model/metrics.ts';
import { envelopes, kinds, models } from './core.ts';
import { alertsOf, wanted } from './rule-examples.ts';
import { atLength, restartsAfter } from './runs.ts';

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
          const { settings, fPort, timeZone, topic, announced } = example;
          const receivedAt = Date.parse(example.receivedAt);
          const decoded = definition.decode(bytesOf(example), receivedAt, {
            ...(settings ? { settings } : {}),
            ...(fPort === undefined ? {} : { fPort }),
            ...(timeZone === undefined ? {} : { timeZone }),
            ...(topic === undefined ? {} : { topic }),
            ...(announced === undefined ? {} : { announced }),
          });
          if ('rejection' in example.expect) {
            expect(decoded).toMatchObject({ ok: false, reason: example.expect.rejection });
            return;
          }
          const { readings, events = [], rejections = [], flags } = example.expect;
          expect(decoded).toMatchObject({
            ok: true,
            readings: readings.map(({ metric, value, at }) => ({ metric, value, at: Date.parse(at) })),
            events: events.map(({ event, at }) => ({ event, at: Date.parse(at) })),
            rejections: rejections.map((reason) => ({ reason })),
            ...(flags ? { flags: { raised: flags } } : {}),
          });
        });
      }
    });
  }
});

describe('every envelope', () => {
  for (const { envelope, title, summary, connect, examples, open } of envelopes.all()) {
    describe(envelope, () => {
      test('has examples, one without a reading among them, and texts in both languages', () => {
        expect(examples.some(({ expect }) => 'rejection' in expect)).toBe(true);
        // What only announces never opens.
        if (envelope !== 'home-assistant')
          expect(examples.some(({ expect }) => 'frames' in expect)).toBe(true);
        for (const text of [title, summary, connect]) {
          expect(text.zh).toMatch(/\p{Script=Han}/u);
          expect(text.en).toMatch(/[a-z]/);
        }
      });
      for (const example of examples) {
        test(example.name, () => {
          const { topic, client } = example;
          expect(envelopes.ofTopic(topic)?.envelope).toBe(envelope);
          const opened = open({
            topic,
            payload: bytesOf(example),
            receivedAt: Date.parse(example.receivedAt),
            client,
          });
          if ('rejection' in example.expect) {
            expect(opened).toMatchObject({ ok: false, error: { reason: example.expect.rejection } });
            return;
          }
          expect(opened).toMatchObject({ ok: true });
          if (!opened.ok) return;
          expect(opened.value.map(shownFrame)).toMatchObject(example.expect.frames);
        });
      }
    });
  }
});

/** A frame as examples write it down. */
function shownFrame({ address, payload, sentAt, ...rest }: Frame): object {
  const text = Buffer.from(payload).toString('utf8');
  return {
    ...rest,
    address: `${address.scheme}:${address.id}`,
    payload: /^[{[]/.test(text) ? JSON.parse(text) : Buffer.from(payload).toString('hex'),
    ...(sentAt === undefined ? {} : { sentAt: new Date(sentAt).toISOString() }),
  };
}

function bytesOf({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array {
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

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
        atLength(example.name, () => expect(alertsOf(kind, example)).toEqual(wanted(example)));
        test(`${example.name} (restarted again and again)`, () => {
          expect(alertsOf(kind, example, restartsAfter)).toEqual(wanted(example));
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
    const units = [
      'm3',
      'pct',
      'mmhg',
      'bpm',
      'c',
      'count',
      'bool',
      'deg',
      'h',
      'dbm',
      'min',
      'kwh',
      'w',
      'v',
    ];
    for (const name of METRIC_NAMES) expect(units).toContain(name.split('_').at(-1));
  });
});
