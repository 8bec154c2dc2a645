import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { gridWorkerLi, toGridWorkers } from './grid-worker-told.ts';

const EUI = '70b3d59bd00000e1';
const entries = [
  ...community(
    {
      h1: [{ id: 'h1-band', model: 'wristband' }],
      h2: [{ id: 'h2-band', model: 'wristband', gateway: 'gw1' }],
      h3: [{ id: 'h3-button', model: 'milesight-ws101', address: `deveui:${EUI}`, gateway: 'gw1' }],
      h4: [{ id: 'h4-meter', model: 'water-meter' }],
    },
    ['gw1'],
  ).map((entry) => {
    if (entry.noun !== 'device' && entry.noun !== 'gateway') return entry;
    const known = { ...entry, secretHash: hashSecret(`secret of ${entry.id}`) };
    return entry.noun === 'device' ? registryEntrySchema.parse({ ...known, disabled: true }) : known;
  }),
  gridWorkerLi,
];

let service: TestService;
beforeAll(async () => {
  service = await testService({
    entries,
    notify: toGridWorkers,
  });
});
afterAll(() => service.stop());

async function publishAs(clientId: string, topic: string, payload: string): Promise<void> {
  const client = await mqtt.connectAsync(service.mqttUrl, {
    clientId,
    username: clientId,
    password: `secret of ${clientId}`,
    reconnectPeriod: 0,
  });
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
  for (let i = 0; i < 3; i++) await service.loop.drained();
}

const telemetry = (device: string): string => `shouwang/${device}/telemetry`;
const casesOf = async (home: string) =>
  (await service.service.records.cases({ paths: [''] }, { limit: 500 })).items.filter(
    (one) => one.subject === home,
  );
const alertsOf = async (home: string) =>
  (await service.service.records.alerts({ paths: [''] }, { limit: 500 })).items.filter(
    (one) => one.subject === home,
  );

describe('a device that somebody has disabled in the registry', () => {
  test('is let in with its own secret, and its call reaches the people of its home', async () => {
    await publishAs('h1-band', telemetry('h1-band'), '{"event":"sos","pulse_bpm":99}');
    await soon(async () => expect(await casesOf('h1')).toHaveLength(1));
    expect(await casesOf('h1')).toMatchObject([
      { kind: 'safety', priority: 'P2', home: 'h1', status: 'open' },
    ]);
    const [alert] = await alertsOf('h1');
    expect(alert).toMatchObject({ rule: 'calls-of-disabled-devices', device: 'h1-band' });
    expect(alert?.title.zh).toBe('紧急呼叫（已停用的设备）');
    expect(alert?.evidence.text.zh).toMatch(/^设备 h1-band 呼救（SOS），该设备在登记中已停用/);
    const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
    expect(items.map(({ recipient }) => recipient.name)).toContain('李网格');
  });

  test('is heard for nothing else: what it measures is refused by name', async () => {
    await publishAs('h1-band', telemetry('h1-band'), '{"pulse_bpm":99}');
    const { items } = await service.service.records.rejections({ device: 'h1-band' }, { limit: 50 });
    expect(items.map(({ reason }) => reason)).toEqual(['device-disabled', 'device-disabled']);
    expect(await alertsOf('h1')).toHaveLength(1);
    expect(service.core.devices.get('h1-band')).toBeUndefined();
  });

  test('calls for nobody else under the topic of another', async () => {
    await publishAs('h1-band', telemetry('h4-meter'), '{"event":"sos"}');
    await publishAs('h1-band', telemetry('h1-band'), '{"pulse_bpm":98}');
    expect(await alertsOf('h4')).toEqual([]);
  });

  test('is known behind its gateway, in words as well, and is no stranger', async () => {
    await publishAs('gw1', telemetry('h2-band'), '救命');
    await soon(async () => expect(await casesOf('h2')).toHaveLength(1));
    expect((await alertsOf('h2'))[0]?.evidence.text.zh).toMatch(/经网关 gw1.*该设备在登记中已停用/);
    const press = Buffer.from('017510ff2e01', 'hex').toString('base64');
    const uplink = { deviceInfo: { devEui: EUI }, fPort: 85, fCnt: 1, data: press };
    await publishAs('gw1', `application/a/device/${EUI}/event/up`, JSON.stringify(uplink));
    await soon(async () => expect(await casesOf('h3')).toHaveLength(1));
    expect(await casesOf('gw1')).toEqual([]);
  });

  test('stays outside as before where it can call nobody', async () => {
    await expect(publishAs('h4-meter', telemetry('h4-meter'), '{}')).rejects.toThrow();
  });
});
