import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Decoder } from '../src/app/decode.ts';
import { decodeSafely } from '../src/app/decode-safely.ts';
import { JournalWriter } from '../src/app/journal.ts';
import { TelemetryFeed } from '../src/app/telemetry-feed.ts';
import type { DeviceDefinition } from '../src/devices/define.ts';
import { DAY, SECOND } from '../src/lib/clock.ts';
import type { Report } from '../src/model/message.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import type { TelemetryStore } from '../src/ports/telemetry.ts';
import { sqliteTelemetry } from '../src/store/telemetry-sqlite.ts';
import { tempFolder } from './contracts/bed.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';

const things = community({
  h1: [{ id: 'm1', model: 'nb-iot-water', address: 'platform:dev1' }],
  h2: [{ id: 'm2', model: 'water-meter' }],
});
const push = (time: object, totalFlow: number): object => ({
  messageType: 'dataReport',
  deviceId: 'dev1',
  payload: { serviceData: { totalFlow } },
  ...time,
});

const indexOf = async (telemetry: TelemetryStore, device: string): Promise<number[][]> => {
  const points = await telemetry.range({ device, metric: 'water_index_m3', from: 0, to: T0 + DAY });
  return points.map(({ at, value }) => [at - T0, value]);
};

describe('a platform tells its time with a fraction of a millisecond', () => {
  let bench: LoopBench;
  beforeEach(async () => {
    bench = new LoopBench(ruleSetSchema.parse({ version: 'test', rules: [] }));
    await bench.open(things);
  });
  afterEach(() => bench.close());

  test('what it brings is kept, with what others say beside it, and over a restart', async () => {
    const pushed = Buffer.from(JSON.stringify(push({ timestamp: T0 - 1_000.5 }, 12.3)));
    bench.loop.receive({
      message: { receivedAt: T0, topic: 'push/ctwing', payload: pushed },
      qos: 1,
      done: () => undefined,
    });
    bench.publish('m2', { at: T0 - 2 * SECOND, water_index_m3: 4 });
    await bench.loop.drained();
    const next = await bench.afterKill();
    for (const { telemetry } of [bench, next]) {
      expect(await indexOf(telemetry, 'm1')).toEqual([[-1_000, 12.3]]);
      expect(await indexOf(telemetry, 'm2')).toEqual([[-2_000, 4]]);
    }
    await next.close();
  });
});

describe('a decoder', () => {
  const core = coreOf(things, []);
  const read = (topic: string, payload: object): (readonly number[])[] => {
    const found: number[][] = [];
    const message = { topic, payload: Buffer.from(JSON.stringify(payload)), receivedAt: T0 };
    new Decoder(models, envelopes).decode(core, message, ({ report }) => {
      for (const { at, value } of report?.readings ?? []) found.push([at - T0, value]);
    });
    return found;
  };

  test('gives whole milliseconds, whoever tells the time', () => {
    expect(read('push/ctwing', push({ timestamp: T0 - 0.7 }, 1))).toEqual([[-1, 1]]);
    const own = { serviceData: { totalFlow: 2, readTime: (T0 - 1_234.56) / 1000 } };
    expect(read('push/ctwing', { ...push({}, 2), payload: own })).toEqual([[-1_235, 2]]);
    const items = { totalFlow: { value: 3, time: T0 - 0.75 } };
    expect(read('push/aliyun-iot', { deviceName: 'dev1', items })).toEqual([[-1, 3]]);
  });

  test('of somebody else may give anything: what is no instant is refused by name, and a call is of now', () => {
    const known = core.deviceOf('m1');
    if (!known) throw new Error('no such device');
    const strange = {
      model: 'strange',
      decode: () => ({
        ok: true,
        clock: 'device',
        readings: [
          { metric: 'pulse_bpm', value: 60, at: Number.NaN },
          { metric: 'pulse_bpm', value: 61, at: 1e17 },
          { metric: 'pulse_bpm', value: 62, at: T0 - 0.5 },
        ],
        events: [{ event: 'sos', at: Number.NaN }],
        rejections: [],
        flags: { at: T0 + 0.25, raised: ['leak'], clear: [] },
      }),
    } as unknown as DeviceDefinition;
    const message = { topic: 'x', payload: Buffer.from('x'), receivedAt: T0 };
    expect(decodeSafely(known, strange, message)).toMatchObject({
      readings: [{ value: 62, at: T0 }],
      events: [{ event: 'sos', at: T0 }],
      rejections: [
        { reason: 'clock-malformed', detail: 'pulse_bpm at NaN ms' },
        { reason: 'clock-malformed', detail: 'pulse_bpm at 100000000000000000 ms' },
      ],
      flags: { at: T0 },
    });
  });
});

test('a journal of before in which such a time stands does not keep the service from starting', async () => {
  const telemetry = sqliteTelemetry({ file: join(tempFolder('whole-instants'), 'telemetry.db') });
  await telemetry.open();
  const report = (device: string, at: number): Report => ({
    kind: 'report',
    receivedAt: T0,
    device,
    clock: 'network',
    readings: [{ metric: 'water_index_m3', value: 1, at }],
    events: [],
  });
  const writer = new JournalWriter();
  for (const one of [report('m1', T0 - 0.5), report('m2', T0)]) writer.add(one, one);
  const bytes = writer.bytes();
  const feed = new TelemetryFeed(telemetry, pino({ level: 'silent' }));
  feed.catchUp(
    async function* () {
      yield { firstSeq: 1, lastSeq: 2, bytes };
    },
    0,
    2,
  );
  await feed.caughtUp();
  expect(await indexOf(telemetry, 'm1')).toEqual([[0, 1]]);
  expect(await indexOf(telemetry, 'm2')).toEqual([[0, 1]]);
  await telemetry.close();
});
