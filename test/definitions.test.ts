import { describe, expect, test } from 'vitest';
import type { Decoded, DeviceExample } from '../src/devices/define.ts';
import type { Frame } from '../src/devices/frame.ts';
import { isEvent, isMetric, METRIC_NAMES } from '../src/model/metrics.ts';
import { unitWord } from '../src/model/unit-words.ts';
import { vocabularyFaults } from '../src/model/vocabulary-faults.ts';
import { envelopes, kinds, models } from './core.ts';
import { faultOf, unknownNames } from './device-faults.ts';
import { leftOpen } from './filled-in.ts';
import { alertsOf, wanted } from './rule-examples.ts';
import { atLength, restartsAfter } from './runs.ts';

describe('every device model', () => {
  for (const definition of models.all()) {
    describe(definition.model, () => {
      test('has examples, a refusal among them, and texts in both languages', () => {
        expect(definition.examples.some(({ expect }) => 'rejection' in expect)).toBe(true);
        expect(definition.examples.some(({ expect }) => 'readings' in expect)).toBe(true);
        const { title, summary } = definition;
        expect(leftOpen({ title, summary }), 'texts that are left to fill in').toEqual([]);
        const known = (name: string) => isMetric(name) || isEvent(name);
        expect(unknownNames(definition, known), 'names that src/model/metrics.ts does not have').toEqual([]);
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
          expect(faultOf(decoded, definition)).toBeUndefined();
          expect(shownDecoded(decoded, example.expect)).toEqual(wantedOf(example.expect));
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
        expect(leftOpen({ title, summary, connect }), 'texts that are left to fill in').toEqual([]);
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
          expect(opened.unread?.map(({ refusal }) => refusal.reason)).toEqual(example.expect.unread);
        });
      }
    });
  }
});

/** What a decoder made of an example, in the words of the example; a refusal with its detail where none was expected. */
function shownDecoded(decoded: Decoded, expected: DeviceExample['expect']): object {
  if (!decoded.ok)
    return 'rejection' in expected
      ? { rejection: decoded.reason }
      : { rejection: decoded.reason, detail: decoded.detail };
  const { readings, events, rejections, flags } = decoded;
  return {
    readings: readings.map(({ metric, value, at }) => ({ metric, value, at: isoOf(at) })),
    events: events.map(({ event, at }) => ({ event, at: isoOf(at) })),
    rejections: rejections.map(({ reason }) => reason),
    ...('flags' in expected ? { flags: flags?.raised } : {}),
  };
}

function wantedOf(expected: DeviceExample['expect']): object {
  if ('rejection' in expected) return expected;
  const { readings, events = [], rejections = [], flags } = expected;
  return {
    readings: readings.map(({ at, ...rest }) => ({ ...rest, at: isoOf(Date.parse(at)) })),
    events: events.map(({ at, ...rest }) => ({ ...rest, at: isoOf(Date.parse(at)) })),
    rejections,
    ...(flags ? { flags } : {}),
  };
}

const isoOf = (at: number): string => new Date(at).toISOString();

/** A frame as examples write it down. */
function shownFrame({ address, payload, sentAt, timeSaid: _, ...rest }: Frame): object {
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
        const { title, summary } = kind;
        expect(leftOpen({ title, summary }), 'texts that are left to fill in').toEqual([]);
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
  test('gives every metric and event an id of its own that there is room for', () => {
    expect(vocabularyFaults()).toEqual([]);
  });
  test('is refused with an id of another word, or one that there is no room for, and says which is free', () => {
    const events = { fall: { id: 1 }, wander: { id: 3 }, co_alarm: { id: 1 }, bed_exit: { id: 256 } };
    expect(vocabularyFaults({}, events)).toEqual([
      'src/model/event-words.ts: co_alarm has the id 1 of fall',
      'src/model/event-words.ts: bed_exit has the id 256, which is no whole number from 1 to 255',
      'src/model/event-words.ts: the next free id is 4',
    ]);
    expect(vocabularyFaults({ co2_ppm: { id: 255 }, weight_kg: { id: 0 } }, {}).at(-1)).toMatch(
      /metric-words\.ts: free, if no version ever had them: 1, 2, .*254$/,
    );
  });
  test('has a word for every unit that people read: no code of a machine', () => {
    const codes = METRIC_NAMES.filter((name) => /[{}[\]]|\w\.\w|m3/.test(unitWord(name)));
    expect(codes, 'metrics whose unit has no word in src/model/unit-words.ts').toEqual([]);
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
