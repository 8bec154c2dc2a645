import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const EUI = '70b3d59bd0000001';
const uplink = { deviceInfo: { devEui: EUI }, fPort: 100, fCnt: 1, data: 'rqyYagCmFwAA' };

let service: TestService;
let ask: (
  path: string,
  init?: { method?: string; body?: unknown },
) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  service = await testService({ entries: community({ h1: [] }, ['gw1']) });
  const cookie = await signIn(service.url);
  ask = async (path, { method = 'GET', body } = {}) => {
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: service.url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
});
afterAll(() => service.stop());

/** A message as the broker hands it over; resolves when the service has said that it is safe. */
function publish(topic: string, payload: unknown, client?: string): Promise<void> {
  return new Promise((resolve) => {
    const message = {
      receivedAt: Date.now(),
      topic,
      payload: Buffer.from(JSON.stringify(payload)),
      ...(client === undefined ? {} : { client }),
    };
    expect(service.loop.receive({ message, qos: 1, done: resolve })).toBe(true);
  });
}

describe('a device that nobody enrolled', () => {
  test('is listed with what it sent and with models that make something of it, and is gone once it is let in', async () => {
    await publish(`application/a/device/${EUI}/event/up`, uplink, 'gw1');
    await publish(`application/a/device/${EUI}/event/up`, { ...uplink, fCnt: 2 }, 'gw1');
    const { body } = await ask('/knocking');
    expect(body).toMatchObject({
      items: [{ address: `deveui:${EUI}`, from: 'gw1', count: 2, payloadEncoding: 'utf8' }],
    });
    const [knock] = (body as { items: { models: string[] }[] }).items;
    expect(knock?.models).toContain('axioma-qalcosonic-w1');

    const device = {
      noun: 'device',
      id: 'meter-1',
      model: 'axioma-qalcosonic-w1',
      address: `deveui:${EUI.toUpperCase()}`,
      home: 'h1',
      gateway: 'gw1',
      enrolledAt: Date.parse('2026-08-01T00:00:00Z'),
    };
    expect(await ask(`/registry/device/${device.id}`, { method: 'PUT', body: device })).toMatchObject({
      status: 200,
    });
    expect(await ask('/knocking')).toMatchObject({ body: { items: [] } });
  });

  test('shows its first message at once: the payload, what was taken of it, whose clock was believed', async () => {
    await publish(`application/a/device/${EUI}/event/up`, { ...uplink, fCnt: 3 }, 'gw1');
    const { body } = await ask('/devices/meter-1/messages');
    const [message] = (body as { items: Record<string, unknown>[] }).items;
    expect(message).toMatchObject({
      topic: `application/a/device/${EUI}/event/up`,
      clock: 'device',
      readings: [{ metric: 'water_index_m3', value: 6.054 }],
    });
    expect(message?.['payload']).toContain('rqyYagCmFwAA');
  });
});

describe('settings of a device', () => {
  test('that its model does not have are refused by name', async () => {
    const device = {
      noun: 'device',
      id: 'meter-2',
      model: 'water-meter',
      home: 'h1',
      enrolledAt: Date.now(),
      settings: { litres_per_pulse: 10 },
    };
    const { status, body } = await ask(`/registry/device/${device.id}`, { method: 'PUT', body: device });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toContain('devices of the model water-meter have no settings');
  });

  test('an address stands for one device alone', async () => {
    const device = {
      noun: 'device',
      id: 'meter-3',
      model: 'axioma-qalcosonic-w1',
      address: `deveui:${EUI}`,
      home: 'h1',
      enrolledAt: Date.now(),
    };
    const { body } = await ask(`/registry/device/${device.id}`, { method: 'PUT', body: device });
    expect(JSON.stringify(body)).toContain('meter-1 has this address already');
  });
});

describe('a device that a bridge announces', () => {
  const bridge = 'zigbee2mqtt/bridge/devices';
  const devices = [
    {
      ieee_address: '0x00158d0001a2b3c4',
      friendly_name: 'kitchen leak',
      type: 'EndDevice',
      supported: true,
      definition: {
        model: 'SJCGQ11LM',
        vendor: 'Aqara',
        exposes: [
          {
            type: 'binary',
            name: 'water_leak',
            property: 'water_leak',
            value_on: true,
            value_off: false,
            access: 1,
          },
          { type: 'numeric', name: 'battery', property: 'battery', unit: '%', access: 1 },
        ],
      },
    },
  ];

  test('is proposed with address, model and place, until somebody enrols it', async () => {
    await publish(bridge, devices, 'gw1');
    const { body } = await ask('/knocking');
    const { announced } = body as { announced: { address: string; model?: string }[] };
    expect(announced).toMatchObject([
      { name: 'kitchen leak', from: 'gw1', place: 'kitchen', model: 'zigbee-leak' },
    ]);
    const [{ address = '', model = '' } = {}] = announced;
    const device = {
      noun: 'device',
      id: 'leak-1',
      model,
      address,
      home: 'h1',
      gateway: 'gw1',
      enrolledAt: Date.now(),
    };
    expect(await ask('/registry/device/leak-1', { method: 'PUT', body: device })).toMatchObject({
      status: 200,
    });
    expect(await ask('/knocking')).toMatchObject({ body: { announced: [] } });

    await publish('zigbee2mqtt/kitchen leak', { water_leak: true, battery: 80 }, 'gw1');
    const { body: messages } = await ask('/devices/leak-1/messages');
    const [message] = (messages as { items: { events: { event: string }[] }[] }).items;
    expect(message?.events.map(({ event }) => event)).toContain('leak');
  });
});
