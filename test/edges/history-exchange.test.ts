import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { CLOCK_SOURCES } from '../../src/model/message.ts';
import { METRIC_NAMES } from '../../src/model/metrics.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { ExportRefused, exportTo } from '../../src/store/exchange/export.ts';
import { importFrom } from '../../src/store/exchange/import.ts';
import type { Format } from '../../src/store/exchange/part.ts';
import { eventLine, parseLine, pointLine } from '../../src/store/outside/lines.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../../src/store/outside/outside-store.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { aReport } from '../contracts/telemetry.ts';
import { someOf } from '../runs.ts';

const ALL = { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX };

describe('a history in files', () => {
  let dir: string;
  let store: TelemetryStore;
  beforeEach(async () => {
    dir = tempFolder('exchange');
    store = await filled('one.db');
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function filled(name: string): Promise<TelemetryStore> {
    const made = sqliteTelemetry({
      file: join(dir, name),
      sealPoints: 500,
      chunkPoints: 64,
      compactBlocks: 2,
    });
    await made.open();
    for (let hour = 1; hour <= 300; hour++) {
      await made.append(
        ['m1', 'b,1=x y', 'm"2'].map((device, i) =>
          aReport(
            hour * 3 + i,
            device,
            [
              { metric: 'water_index_m3', value: hour / 7, at: T0 + hour * HOUR },
              { metric: 'pulse_bpm', value: 60 + (hour % 30), at: T0 + hour * HOUR + 1 },
            ],
            hour % 50 === 0 ? [{ event: 'sos', at: T0 + hour * HOUR }] : [],
          ),
        ),
      );
      await made.maintain(T0);
    }
    return made;
  }
  const out = (name: string): string => join(dir, name);
  const exported = (name: string, format: Format, over: Partial<Parameters<typeof exportTo>[0]> = {}) =>
    exportTo({ source: store, dir: out(name), format, period: ALL, partRows: 700, ...over });
  const filesIn = (name: string): string[] =>
    readdirSync(out(name))
      .filter((file) => file.startsWith('part-'))
      .sort()
      .map((file) => join(out(name), file));
  const textOf = (name: string): string =>
    filesIn(name)
      .map((file) => gunzipSync(readFileSync(file)).toString())
      .join('');

  it.each(someOf(['line-protocol', 'csv'], 2))(
    'is the same after it has been brought into another store: %s',
    async (format) => {
      const manifest = await exported('first', format);
      expect(manifest).toMatchObject({ rows: 3 * 606, parts: [{ rows: 1212 }, { rows: 606 }] });
      const other = sqliteTelemetry({ file: join(dir, 'two.db') });
      const { sealedSeq } = await other.open();
      const files = filesIn('first');
      const request = {
        files,
        store: other,
        sealedSeq,
        checkpoint: join(dir, 'note.json'),
        precision: 'ns' as const,
        timeZone: 'Asia/Shanghai',
      };
      const imported = await importFrom(request);
      expect(imported).toMatchObject({ rows: 3 * 606, skipped: 0 });
      expect(imported.period).toEqual({ from: T0 + HOUR, to: T0 + 300 * HOUR + 2 });
      // Twice is once.
      await importFrom(request);
      await other.retain({ default: 0 });
      expect(await other.stats()).toMatchObject({ points: 3 * 600, hotPoints: 0, sealedSeq: 0 });
      await exported('second', format, { source: other });
      await other.close();
      expect(textOf('second')).toBe(textOf('first'));
    },
  );

  it('can be read by others as Parquet', async () => {
    await exported('first', 'parquet', { partRows: 1e6 });
    const [file = ''] = filesIn('first');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    expect(rows).toHaveLength(3 * 606);
    expect(rows[0]).toEqual({
      device: 'b,1=x y',
      kind: 'reading',
      name: 'water_index_m3',
      at: new Date(T0 + HOUR),
      value: 1 / 7,
      clock: 'device',
    });
    expect(rows.find(({ kind }) => kind === 'event')).toMatchObject({ name: 'sos', value: null });
  });

  it('goes on behind the last whole file when it was cut off', async () => {
    let calls = 0;
    const broken = {
      devices: (after: string, limit: number) => store.devices(after, limit),
      history(device: string, period: typeof ALL) {
        if (++calls === 3) throw new Error('cut off');
        return store.history(device, period);
      },
    };
    await expect(exported('first', 'csv', { source: broken, partRows: 1 })).rejects.toThrow('cut off');
    const before = filesIn('first');
    expect(before).toHaveLength(2);
    await exported('first', 'csv', { partRows: 1 });
    expect(calls).toBe(3);
    await exported('whole', 'csv', { partRows: 1 });
    expect(textOf('first')).toBe(textOf('whole'));
    await expect(exported('whole', 'csv')).rejects.toThrow(ExportRefused);
  });

  it('goes on where the last note was made when an import was cut off', async () => {
    await exported('first', 'line-protocol');
    const other = sqliteTelemetry({ file: join(dir, 'two.db') });
    await other.open();
    const seen: number[] = [];
    const request = {
      files: filesIn('first'),
      store: other,
      sealedSeq: 0,
      checkpoint: join(dir, 'note.json'),
      precision: 'ns' as const,
      timeZone: 'Asia/Shanghai',
      rowsPerNote: 1,
      onProgress: (rows: number) => seen.push(rows),
    };
    const append = other.append.bind(other);
    let calls = 0;
    other.append = async (reports) => {
      if (++calls === 2) throw new Error('cut off');
      return append(reports);
    };
    await expect(importFrom({ ...request, files: [...request.files] })).rejects.toThrow('cut off');
    other.append = append;
    expect(await importFrom(request)).toMatchObject({ rows: 3 * 606 });
    expect((await other.stats()).points).toBe(3 * 600);
    await other.close();
  });

  it('leaves out what is none of ours, counts it and says where the first of it is', async () => {
    const file = join(dir, 'strange.lp');
    writeFileSync(
      file,
      `# a remark\n${pointLine('m9', 'pulse_bpm', { at: T0, value: 61 }, 'ns')}cpu,host=a load=1 1\nnonsense\n`,
    );
    const imported = await importFrom({
      files: [file],
      store,
      sealedSeq: 0,
      checkpoint: join(dir, 'note.json'),
      precision: 'ns',
      timeZone: 'Asia/Shanghai',
    });
    expect(imported).toMatchObject({
      rows: 1,
      skipped: 2,
      refused: { 'other-shape': { count: 2, first: `${file}:3: cpu,host=a load=1 1` } },
    });
  });

  it('can be cut down to a period and to metrics', async () => {
    const period = { from: T0 + 10 * HOUR, to: T0 + 12 * HOUR };
    const manifest = await exported('first', 'csv', { period, metrics: ['pulse_bpm'] });
    expect(manifest.rows).toBe(3 * 2);
  });
});

describe('line protocol', () => {
  const device = fc.string({ minLength: 1, maxLength: 20 }).filter((id) => !/[\n\r]|\\/.test(id));
  const at = fc.integer({ min: OUTSIDE_INSTANT_MIN, max: OUTSIDE_INSTANT_MAX });

  it('gives back every reading and event exactly', () => {
    fc.assert(
      fc.property(
        device,
        fc.constantFrom(...METRIC_NAMES),
        at,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom('ms' as const, 'ns' as const),
        fc.constantFrom(...CLOCK_SOURCES),
        (id, metric, instant, value, precision, clock) => {
          const line = pointLine(id, metric, { at: instant, value, clock }, precision).trimEnd();
          expect(parseLine(line, precision)).toEqual({
            device: id,
            metric,
            at: instant,
            value: value + 0,
            clock,
          });
          expect(parseLine(eventLine(id, 'sos', instant, precision).trimEnd(), precision)).toEqual({
            device: id,
            event: 'sos',
            at: instant,
          });
        },
      ),
    );
  });
});
