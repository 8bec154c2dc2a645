import { describe, expect, test } from 'vitest';
import { tryPayload } from '../src/devices/trial.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import { envelopes, models, T0 } from './core.ts';

/** What a meter froze since midnight, an hour or half an hour apart, as one upload carries it. */
const frozen = (count: number, stepMs: number): { value: number; time: number }[] =>
  Array.from({ length: count }, (_, i) => ({ value: 100 + i / 1000, time: T0 + i * stepMs }));

const END = T0 + 24 * HOUR;
const compact = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The same properties as each platform pushes them, in the form of its documents. */
const PLATFORMS: Readonly<Record<string, (properties: Record<string, unknown>) => object>> = {
  ctwing: (properties) => ({
    messageType: 'dataReport',
    tenantId: '10000000',
    productId: '15014772',
    deviceId: 'acf7',
    timestamp: END,
    payload: { serviceId: 'metering', serviceData: properties },
  }),
  onenet: (properties) => ({
    msg: JSON.stringify({
      notifyType: 'property',
      messageType: 'notify',
      deviceId: 585904417,
      deviceName: '860000000000001',
      data: {
        id: '1',
        params: Object.fromEntries(
          Object.entries(properties).map(([name, value]) => [name, { value, time: END }]),
        ),
      },
    }),
    signature: 'x',
    nonce: 'abc',
  }),
  'huawei-iot': (properties) => ({
    resource: 'device.property',
    event: 'report',
    event_time: compact(END),
    notify_data: {
      header: { device_id: '6aa5_860000000000001', node_id: '860000000000001' },
      body: { services: [{ service_id: 'WaterMeter', properties, event_time: compact(END) }] },
    },
  }),
  'aliyun-iot': (properties) => ({
    iotId: 'MeqdTV27NUsr',
    productKey: 'idxoCkRSquB',
    deviceName: 'kitchen',
    gmtCreate: END,
    items: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, { value, time: END }]),
    ),
  }),
};

function readingsOf(platform: string, properties: Record<string, unknown>, settings = {}) {
  const model = models.get('nb-iot-water');
  if (!model) throw new Error('no model of NB-IoT meters');
  const push = PLATFORMS[platform]?.(properties);
  const result = tryPayload(model, envelopes, {
    topic: `push/${platform}`,
    payload: Buffer.from(JSON.stringify(push)),
    receivedAt: END + 2_000,
    settings,
  });
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  expect(result.rejections).toEqual([]);
  return result.readings.map(({ metric, value, at }) => ({ metric, value, at }));
}

const index = (value: number, at: number) => ({ metric: 'water_index_m3', value, at });

describe.each(Object.keys(PLATFORMS))('one upload of a day, pushed by %s', (platform) => {
  test('with 24 totals, each with its time, and that of now', () => {
    const history = frozen(24, HOUR);
    expect(readingsOf(platform, { freezeData: history, total: 100.05 })).toEqual([
      ...history.map(({ value, time }) => index(value, time)),
      index(100.05, END),
    ]);
  });

  test('with 48 totals as text, half an hour apart from a time on', () => {
    const history = frozen(48, 30 * MINUTE);
    const properties = { history: history.map(({ value }) => value).join(','), historyStart: T0 / 1000 };
    expect(readingsOf(platform, properties, { history_minutes: 30 })).toEqual(
      history.map(({ value, time }) => index(value, time)),
    );
  });
});
