import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts';

const missing = whyNoMosquitto();
if (missing) console.warn(`skipped: ${missing}`);

const ACCOUNTS = { shouwang: 'the-service', band: 'the-band', reader: 'the-reader' };

describe.skipIf(missing !== undefined)('the whole service on an outside mosquitto', () => {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function start(): Promise<{ mosquitto: Mosquitto; service: TestService }> {
    const mosquitto = await Mosquitto.start(ACCOUNTS);
    ends.push(() => mosquitto.stop());
    const external = {
      url: mosquitto.url,
      username: 'shouwang',
      password: ACCOUNTS.shouwang,
      clientId: 'shouwang',
    };
    const service = await testService({
      entries: community({ h1: [{ id: 'wb1', model: 'wristband' }] }),
      service: { mqtt: { mode: 'external', external } },
    });
    ends.push(() => service.stop());
    return { mosquitto, service };
  }

  const client = async (mosquitto: Mosquitto, username: 'band' | 'reader') => {
    const connected = await connectAsync(mosquitto.url, {
      username,
      password: ACCOUNTS[username],
      clientId: username,
    });
    ends.push(() => connected.endAsync(true));
    return connected;
  };

  test('an SOS becomes an alert in the records and under the topic for other programs', async () => {
    const { mosquitto, service } = await start();
    const reader = await client(mosquitto, 'reader');
    await reader.subscribeAsync('shouwang/alerts/#', { qos: 1 });
    const heard = new Promise<{ topic: string; alert: { rule: string; home: string; change: string } }>(
      (resolve) => {
        reader.once('message', (topic, payload) => resolve({ topic, alert: JSON.parse(payload.toString()) }));
      },
    );
    const band = await client(mosquitto, 'band');
    await band.publishAsync('shouwang/wb1/telemetry', '{"event":"sos"}', { qos: 1 });
    const { topic, alert } = await heard;
    expect(topic).toBe('shouwang/alerts/haitang/g1');
    expect(alert).toMatchObject({ rule: 'B1', home: 'h1', change: 'raised' });
    const { items } = await service.service.records.cases({ paths: [''] }, { limit: 10 });
    expect(items).toMatchObject([{ home: 'h1', priority: 'P1', status: 'open' }]);
  });

  test('what a device may not say is refused by name, and the next reading is taken', async () => {
    const { mosquitto, service } = await start();
    const band = await client(mosquitto, 'band');
    for (const payload of ['{"pulse_bpm":', '{"pulse_bpm":900}', '{"pulse_bpm":71}']) {
      await band.publishAsync('shouwang/wb1/telemetry', payload, { qos: 1 });
    }
    await band.publishAsync('shouwang/nobody/telemetry', '{"pulse_bpm":71}', { qos: 1 });
    await expect.poll(() => service.loop.counts.messages).toBe(4);
    await service.loop.drained();
    const counts = await service.service.records.rejectionCounts();
    expect(Object.fromEntries(counts.map(({ reason, count }) => [reason, count]))).toEqual({
      'malformed-json': 1,
      'out-of-range': 1,
      'unknown-device': 1,
    });
    expect(await service.service.telemetry.last(['wb1'], ['pulse_bpm'])).toMatchObject([{ value: 71 }]);
  });
});
