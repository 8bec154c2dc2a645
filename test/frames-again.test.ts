import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../src/lib/clock.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { community, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';

const METER = '1000000000000001';
const BUTTON = '1000000000000002';
const CLOCKS = ['h2', 'h3', 'h4'];

const things = community({
  h1: [
    { id: 'meter', model: 'axioma-qalcosonic-w1', address: `deveui:${METER}` },
    { id: 'button', model: 'browan-tbpb100', address: `deveui:${BUTTON}` },
  ],
  ...Object.fromEntries(CLOCKS.map((home) => [home, [{ id: `${home}-b`, model: 'wristband' }]])),
});

/** What a network server hands on of one frame. */
interface Uplink {
  readonly eui: string;
  readonly fCnt: number;
  readonly hex: string;
  readonly session?: string;
  /** When the network says it came: now, unless it is handed on later. */
  readonly time?: number;
}

let bench: LoopBench;
beforeEach(async () => {
  bench = new LoopBench(
    ruleSetSchema.parse({
      version: 'test',
      rules: [{ id: 'E1', kind: 'event', params: { events: ['sos'] }, priority: 'P1', about: 'person' }],
    }),
  );
  await bench.open(things);
});
afterEach(() => bench.close());

async function uplink(
  { eui, fCnt, hex, session, time = bench.clock.now() }: Uplink,
  to = bench,
): Promise<void> {
  const payload = {
    deviceInfo: { devEui: eui },
    ...(session === undefined ? {} : { devAddr: session }),
    time: new Date(time).toISOString(),
    fCnt,
    fPort: eui === METER ? 100 : 147,
    data: Buffer.from(hex, 'hex').toString('base64'),
  };
  const topic = `application/a1/device/${eui}/event/up`;
  to.loop.receive({
    message: { receivedAt: bench.clock.now(), topic, payload: Buffer.from(JSON.stringify(payload)) },
    qos: 1,
    done: () => undefined,
  });
  await to.loop.drained();
}

const PRESSED = '010b38';
const HEARTBEAT = '000b38';

async function calls(of = bench): Promise<number> {
  const { items } = await of.records.alerts({ paths: [''] }, { limit: 50 });
  return items.filter(({ home }) => home === 'h1').reduce((sum, alert) => sum + alert.version, 0);
}

describe('a frame with the number of one before', () => {
  test('comes twice over two ways: it is one press', async () => {
    await uplink({ eui: BUTTON, fCnt: 7, hex: PRESSED, session: '20000001' });
    bench.clock.advance(20 * SECOND);
    await uplink({ eui: BUTTON, fCnt: 7, hex: PRESSED, session: '20000001' });
    expect(await calls()).toBe(1);
  });

  test('is handed on hours later, with the time at which the network had it: it is one press', async () => {
    const time = bench.clock.now();
    await uplink({ eui: BUTTON, fCnt: 7, hex: PRESSED, session: '20000001', time });
    bench.clock.advance(5 * HOUR);
    await uplink({ eui: BUTTON, fCnt: 7, hex: PRESSED, session: '20000001', time });
    expect(await calls()).toBe(1);
  });

  test('a button counts from the beginning after its battery was changed: who presses it then is heard', async () => {
    for (const fCnt of [0, 1, 2]) {
      await uplink({ eui: BUTTON, fCnt, hex: HEARTBEAT });
      bench.clock.advance(HOUR);
    }
    bench.clock.advance(DAY);
    await uplink({ eui: BUTTON, fCnt: 0, hex: HEARTBEAT });
    bench.clock.advance(MINUTE);
    await uplink({ eui: BUTTON, fCnt: 1, hex: PRESSED });
    expect(await calls()).toBe(1);
  });

  test('is told from it after a restart as well', async () => {
    await uplink({ eui: BUTTON, fCnt: 1, hex: PRESSED, session: '20000001' });
    await bench.checkpoints.complete();
    const next = await bench.afterKill();
    await uplink({ eui: BUTTON, fCnt: 1, hex: PRESSED, session: '20000001' }, next);
    expect(await calls(next)).toBe(1);
    bench.clock.advance(HOUR);
    await uplink({ eui: BUTTON, fCnt: 1, hex: PRESSED, session: '20000001' }, next);
    expect(await calls(next)).toBe(2);
    await next.close();
  });

  test('was refused because our clock was slow: its readings are taken when that is known', async () => {
    const ahead = 8 * HOUR;
    const at = Math.round((bench.clock.now() + ahead) / 1000);
    const bytes = Buffer.alloc(9);
    bytes.writeUInt32LE(at, 0);
    bytes.writeUInt32LE(103_720, 5);
    await uplink({ eui: METER, fCnt: 3, hex: bytes.toString('hex'), session: '20000002' });
    for (const home of CLOCKS) {
      bench.clock.advance(MINUTE);
      bench.publish(`${home}-b`, { at: bench.clock.now() + ahead, pulse_bpm: 70 });
      await bench.loop.drained();
      bench.dating.look();
      bench.loop.receiveAgain();
      await bench.loop.drained();
    }
    const points = await bench.telemetry.range({
      device: 'meter',
      metric: 'water_index_m3',
      from: 0,
      to: T0 + DAY,
    });
    expect(points.map(({ value }) => value)).toEqual([103.72]);
  });
});
