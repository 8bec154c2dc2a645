import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nativeDecoder } from '../src/devices/native.ts';
import { plainReader } from '../src/devices/native-plain.ts';
import { overwrittenIn } from '../src/lib/repeated-keys.ts';
import { runs } from './runs.ts';

const metrics = ['water_index_m3', 'battery_pct', 'signal_dbm', 'worn_bool'] as const;
const native = nativeDecoder({ metrics, events: ['sos'] });
const decode = (payload: string, receivedAt: number): unknown => native(Buffer.from(payload), receivedAt);
const reader = plainReader(metrics);
const plain = (payload: string, receivedAt: number): unknown => {
  const bytes = Buffer.from(payload);
  return reader(bytes, 0, bytes.length, receivedAt);
};
const NOW = Date.parse('2026-03-01T00:00:00Z');
/** A blank in front is no plain payload any more: it goes the long way, through JSON. */
const theLongWay = (payload: string): unknown => decode(` ${payload}`, NOW);

describe('a payload in one pass', () => {
  test('gives what parsing it as JSON gives', () => {
    const value = fc.oneof(
      fc.integer({ min: -200, max: 200_000 }).map((n) => String(n / 1000)),
      fc.integer({ min: -130, max: 120 }).map(String),
      fc.double({ noNaN: true }).map((n) => JSON.stringify(n)),
      fc.constantFrom(
        '0',
        '-0',
        '07',
        '-',
        '1.',
        '.5',
        '1e1',
        '0.10',
        'true',
        'null',
        '"1"',
        '12345678901234567',
      ),
    );
    const field = fc.oneof(
      fc.tuple(fc.constantFrom(...metrics, 'nonsense', 'event', 'water\\u005findex_m3'), value),
      fc.tuple(
        fc.constant('at'),
        fc.constantFrom(
          '"2026-02-28T23:59:59Z"',
          '"2026-03-01T07:59:59.5+08:00"',
          '"2026-03-01 07:59:59+08:00"',
          '"2026-02-30T00:00:00Z"',
          '"2026-02-28T23:59:59"',
          '"\\u0032026-02-28T23:59:59Z"',
          '1772323200000',
          'null',
        ),
      ),
    );
    const tail = fc.constantFrom('}', '}', '}', '', '},', ',}', '}}', ' }', '   }', ' ', ' ,}', '\t}');
    const behind = fc.constantFrom('', '', ' ', '  ');
    fc.assert(
      fc.property(fc.array(field, { maxLength: 4 }), behind, tail, (fields, blanks, end) => {
        const payload = `{${fields.map(([key, text]) => `"${key}":${text}${blanks}`).join(',')}${end}`;
        const here = decode(payload, NOW) as { reason?: string };
        // What lies around it belongs to others.
        const [before, after] = ['{"battery_pct":7},', ',"battery_pct":5}'];
        const bytes = Buffer.from(before + payload + after);
        const place = { bytes, from: before.length, to: bytes.length - after.length };
        expect(native.within?.(place, NOW)).toEqual(here);
        const there = theLongWay(payload) as { reason?: string };
        // Where it is no JSON, the place at which that shows differs by the blank.
        if (there.reason === 'malformed-json') expect(here.reason).toBe('malformed-json');
        else expect(here).toEqual(there);
      }),
      { numRuns: runs(100) },
    );
  });

  test('takes what nearly all meters and bands send', () => {
    expect(
      plain('{"at":"2026-03-01T07:59:59+08:00","water_index_m3":123.456,"battery_pct":88}', NOW),
    ).toEqual({
      ok: true,
      clock: 'device',
      readings: [
        { metric: 'water_index_m3', value: 123.456, at: NOW - 1000 },
        { metric: 'battery_pct', value: 88, at: NOW - 1000 },
      ],
      events: [],
      rejections: [],
    });
  });

  test('takes blanks behind a value, as firmware prints that fills fields of fixed width', () => {
    expect(plain('{"battery_pct":7  ,"signal_dbm":-87      }', NOW)).toMatchObject({
      readings: [
        { metric: 'battery_pct', value: 7 },
        { metric: 'signal_dbm', value: -87 },
      ],
    });
  });

  test('takes nothing else', () => {
    for (const payload of [
      '',
      '{}',
      '[]',
      '[{"battery_pct":1}]',
      '{"battery_pct":1,"battery_pct":2}',
      '{"event":"sos"}',
    ])
      expect(plain(payload, NOW)).toBeUndefined();
  });
});

describe('a key that stands twice in one object', () => {
  const read = (payload: string) => native(Buffer.from(payload), NOW);

  test('loses no event, and says which value was lost', () => {
    const twice = [
      '{"event":"sos","event":"sos"}',
      ' {"event" : "sos" ,"event"\t: "sos"}',
      '{"battery_pct":7,"battery_pct":7}',
    ];
    for (const payload of twice) expect(read(payload)).toMatchObject({ ok: true, rejections: [] });
    expect(read('{"water_index_m3":12.5,"water_index_m3":13.5}')).toMatchObject({
      readings: [{ value: 13.5 }],
      rejections: [{ reason: 'key-repeated', detail: 'water_index_m3: 12.5; the last is taken' }],
    });
    expect(read('[{"battery_pct":7},{"at":1772323200000,"event":"sos","\\u0065vent":null}]')).toMatchObject({
      events: [{ event: 'sos', at: 1_772_323_200_000 }],
      rejections: [{ reason: 'key-repeated' }, { reason: 'unknown-event' }],
    });
  });

  test('is not seen in what is nested, nor in texts', () => {
    for (const payload of [
      '{"event":"sos","x":{"event":"a","event":"b"}}',
      '{"event":"sos","x":"\\"event\\":"}',
      '[{"event":"sos"},{"event":"sos"},[{"event":1}]]',
    ])
      expect(JSON.stringify(read(payload))).not.toContain('key-repeated');
  });

  test('is found for whatever JSON says, as often as it stands there', () => {
    const value = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.constantFrom('"a\\"b:"', '[{}]', '{"k":1,"k":2}', '"\\\\"'),
    );
    const fields = fc.array(fc.tuple(fc.constantFrom('k', 'l', 'm'), value), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 4 }), fc.boolean(), (objects, isList) => {
        const written = (isList ? objects : [objects[0] ?? []]).map(
          (one) => `{${one.map(([key, text]) => `"${key}": ${text}`).join(' , ')}}`,
        );
        const text = isList ? `[ ${written.join(',')} ]` : (written[0] ?? '');
        const expected = (isList ? objects : [objects[0] ?? []]).flatMap((one, entry) =>
          one.flatMap(([key, said], i) => {
            const again = one.slice(i + 1).some(([other]) => other === key);
            return again ? [{ entry, key, value: JSON.parse(said) as unknown }] : [];
          }),
        );
        const inOrder = (all: readonly { entry: number; key: string }[]) =>
          all.map((one) => JSON.stringify(one)).sort();
        expect(inOrder(overwrittenIn(text))).toEqual(inOrder(expected));
      }),
      { numRuns: runs(200, 4_000) },
    );
  });
});

test('a call for help beside a value that is nested without end is taken', () => {
  const endless = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(native(Buffer.from(`{"event":"sos","battery_pct":${endless}}`), NOW)).toMatchObject({
    ok: true,
    events: [{ event: 'sos' }],
    rejections: [{ reason: 'not-a-number', detail: 'battery_pct: nested too deeply to be shown' }],
  });
});
