import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockWriter, decodeBlock } from '../../src/store/telemetry/block.ts';
import { ByteReader } from '../../src/store/telemetry/bytes.ts';
import { encodeChunk, INSTANT_MAX, readChunk } from '../../src/store/telemetry/chunk.ts';
import { Columns } from '../../src/store/telemetry/columns.ts';
import type { PointList } from '../../src/store/telemetry/points.ts';
import { runs } from '../runs.ts';
import { T0 } from './fixtures.ts';

const unit = fc.constantFrom(1, 1_000, 60_000, 3_600_000);
const instants = fc.oneof(
  fc
    .tuple(unit, fc.array(fc.integer({ min: -200, max: 2_000_000 }), { minLength: 1, maxLength: 60 }))
    .map(([of, at]) => at.map((n) => n * of)),
  fc.array(fc.integer({ min: -INSTANT_MAX, max: INSTANT_MAX }), { minLength: 1, maxLength: 20 }),
);
const value = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((n) => n / 10_000),
  fc.double(),
  fc.constantFrom(
    0,
    2 ** 49,
    -(2 ** 49),
    2 ** 49 + 2,
    2 ** 53,
    Number.MAX_VALUE,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
);
const points: fc.Arbitrary<PointList> = instants.chain((at) => {
  const sorted = [...new Set(at)].sort((a, b) => a - b);
  const values = fc.oneof(
    fc.array(value, { minLength: sorted.length, maxLength: sorted.length }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: sorted.length, maxLength: sorted.length }),
  );
  // A log turns minus zero into zero before it gets here.
  const one = fc.integer({ min: 0, max: 3 });
  const clocks = fc.oneof(
    one.map((clock) => sorted.map(() => clock)),
    fc.array(one, { minLength: sorted.length, maxLength: sorted.length }),
  );
  return fc.tuple(values, clocks).map(([of, clock]) => ({ at: sorted, value: of.map((v) => v + 0), clock }));
});

describe('a chunk', () => {
  it('gives back exactly what was put in', () => {
    fc.assert(
      fc.property(points, (list) => {
        expect(readChunk(new ByteReader(encodeChunk(list)))).toEqual(list);
      }),
      { numRuns: runs(150) },
    );
  });

  it('says so when it was cut', () => {
    fc.assert(
      fc.property(points, fc.nat(), (list, n) => {
        const bytes = encodeChunk(list);
        const cut = bytes.subarray(0, n % bytes.length);
        expect(() => readChunk(new ByteReader(cut))).toThrow(RangeError);
      }),
    );
  });

  it('costs next to nothing while a tap is closed and the clock is even', () => {
    const at = Array.from({ length: 500 }, (_, i) => T0 + i * 3_600_000);
    expect(encodeChunk({ at, value: at.map(() => 123.456), clock: at.map(() => 2) }).length).toBeLessThan(20);
  });

  it('says whose clock it was at no cost where it was one, and in some bytes where it changed', () => {
    const at = Array.from({ length: 500 }, (_, i) => T0 + i * 3_600_000);
    const bytes = (clock: (i: number) => number) =>
      encodeChunk({ at, value: at.map(() => 123.456), clock: at.map((_, i) => clock(i)) }).length;
    expect(bytes(() => 2)).toBe(bytes(() => 0));
    expect(bytes((i) => (i < 400 ? 2 : 1)) - bytes(() => 0)).toBeLessThan(8);
  });

  it('that was written before clocks were kept is read, and says that it does not know', () => {
    // As the first version of the file wrote them.
    const hours = Buffer.from('0307e08c3c01053c0403', 'hex');
    const at = [0, 1, 2].map((hour) => Date.UTC(2026, 2, 2, hour));
    expect(readChunk(new ByteReader(hours))).toEqual({ at, value: [1.5, 1.6, 1.6], clock: [0, 0, 0] });
    const floats = '033c80e0c1bd9567f12ea29c0103083fd5555555555555172ccccccccccccf08fff999999999999a';
    expect(readChunk(new ByteReader(Buffer.from(floats, 'hex')))).toMatchObject({
      value: [1 / 3, 1.6, -2],
      clock: [0, 0, 0],
    });
  });
});

describe('a block', () => {
  const columns = new Columns();
  it('gives back its series, all or those that are wanted', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.integer({ min: 4_096, max: 8_191 }), points), {
      minLength: 1,
      maxLength: 6,
      selector: ([series]) => series,
    });
    fc.assert(
      fc.property(entries, (all) => {
        const sorted = all.sort(([a], [b]) => a - b).map(([series, list]) => ({ series, points: list }));
        const writer = new BlockWriter();
        writer.begin(T0, 4_096);
        for (const { series, points: list } of sorted) {
          columns.fill(list);
          writer.add(series, columns, 0, columns.length);
        }
        const bytes = writer.end();
        expect(decodeBlock(bytes, 4_096)).toEqual(sorted);
        const wanted = sorted.at(-1)?.series as number;
        expect(decodeBlock(bytes, 4_096, new Set([wanted]))).toEqual(sorted.slice(-1));
      }),
      { numRuns: runs(40) },
    );
  });
});
