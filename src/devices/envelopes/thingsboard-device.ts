import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonBytes, jsonMessage, only } from '../envelope-parts.ts';
import { isTelemetry, nativeEntries, telemetry } from '../thingsboard-telemetry.ts';

/**
 * ThingsBoard's device API over MQTT. The device is whoever is logged in: user name and client id are its id here.
 *
 * @see https://thingsboard.io/docs/reference/mqtt-api/
 */
export default defineEnvelope({
  envelope: 'thingsboard-device',
  title: { zh: 'ThingsBoard 设备接口', en: 'ThingsBoard device API' },
  summary: {
    zh: '原来接 ThingsBoard 的设备只换地址：telemetry 主题的键值按指标名取，values 加 ts 的历史也可。',
    en: 'Devices that spoke to ThingsBoard need only a new address: the keys of their telemetry are taken as metrics, with history as `ts` and `values`.',
  },
  connect: {
    zh: '用户名和客户端号写设备在守望的编号，密码写其密钥；主题不变。',
    en: 'User name and client id are the id of the device here, the password its secret; the topic stays.',
  },
  topics: ['v1/devices/me/+'],
  fromDevice: true,
  open: openDevice,
  examples: [
    {
      name: 'keys and values',
      topic: 'v1/devices/me/telemetry',
      client: 'kitchen-meter',
      payload: { water_index_m3: 12.5, battery_pct: 88 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        frames: [{ address: 'platform:kitchen-meter', payload: [{ water_index_m3: 12.5, battery_pct: 88 }] }],
      },
    },
    {
      name: 'history',
      topic: 'v1/devices/me/telemetry',
      client: 'kitchen-meter',
      payload: [
        { ts: 1772323200000, values: { water_index_m3: 12.5 } },
        { ts: 1772326800000, values: { water_index_m3: 12.6 } },
      ],
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        frames: [
          {
            address: 'platform:kitchen-meter',
            payload: [
              { water_index_m3: 12.5, at: 1772323200000 },
              { water_index_m3: 12.6, at: 1772326800000 },
            ],
          },
        ],
      },
    },
    {
      name: 'attributes are no readings',
      topic: 'v1/devices/me/attributes',
      client: 'kitchen-meter',
      payload: { firmware: '1.2' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'attributes in which somebody calls for help',
      topic: 'v1/devices/me/attributes',
      client: 'band-1',
      payload: { event: 'sos' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { frames: [{ address: 'platform:band-1', payload: [{ event: 'sos' }] }] },
    },
    {
      name: 'settings of a call are no call',
      topic: 'v1/devices/me/attributes',
      client: 'band-1',
      payload: { sos_enabled: true, sosNumber: '13800000000', fall_sensitivity: 3, alarm: 0 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a word',
      topic: 'v1/devices/me/telemetry',
      client: 'kitchen-meter',
      payload: '"hello"',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a recording in which nobody says who sent it',
      topic: 'v1/devices/me/telemetry',
      payload: { water_index_m3: 12.5 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'unknown-device' },
    },
  ],
});

function openDevice(message: Sealed): Opened {
  if (!isTelemetry(message))
    return fail({
      reason: 'no-device-data',
      detail: `a message of the kind ${message.topic.split('/').at(-1)}`,
    });
  const parsed = jsonMessage(message, z.union([telemetry, z.array(telemetry)]));
  if (!parsed.ok) return parsed;
  if (message.client === undefined) return fail({ reason: 'unknown-device', detail: 'nobody is logged in' });
  return only({
    address: { scheme: 'platform', id: message.client },
    payload: jsonBytes(nativeEntries(parsed.value)),
  });
}
