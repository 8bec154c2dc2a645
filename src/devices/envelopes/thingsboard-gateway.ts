import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { each, inForm, jsonBytes, jsonMessage, only } from '../envelope-parts.ts';
import { isTelemetry, nativeEntries, telemetry } from '../thingsboard-telemetry.ts';

const devices = z.record(z.string(), z.unknown());
const name = z.string().min(1).max(120);
const entries = z.union([telemetry, z.array(telemetry)]);

/**
 * ThingsBoard's gateway API over MQTT: one message for several devices, each under its name.
 *
 * @see https://thingsboard.io/docs/reference/gateway-mqtt-api/
 */
export default defineEnvelope({
  envelope: 'thingsboard-gateway',
  title: { zh: 'ThingsBoard 网关接口', en: 'ThingsBoard gateway API' },
  summary: {
    zh: '原来接 ThingsBoard 的网关只换地址：一条报文可含多台设备，键为设备名，值为带 ts 的历史。',
    en: 'Gateways that spoke to ThingsBoard need only a new address: one message holds several devices under their names, each with history as `ts` and `values`.',
  },
  connect: {
    zh: '用登记的网关账号登录；设备编号写网关里的设备名，或在 address 写 platform:加设备名，gateway 写该网关。',
    en: 'Log in as a registered gateway; each device has its name there as its id, or platform: and that name as its address, and stands behind that gateway.',
  },
  topics: ['v1/gateway/+'],
  open: openGateway,
  examples: [
    {
      name: 'two devices, one with history',
      topic: 'v1/gateway/telemetry',
      client: 'gw1',
      payload: {
        'Kitchen Meter': [
          { ts: 1772323200000, values: { water_index_m3: 12.5 } },
          { ts: 1772326800000, values: { water_index_m3: 12.6 } },
        ],
        door7: [{ ts: 1772326800000, values: { door_open_bool: true } }],
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        frames: [
          {
            address: 'platform:kitchen meter',
            payload: [
              { water_index_m3: 12.5, at: 1772323200000 },
              { water_index_m3: 12.6, at: 1772326800000 },
            ],
          },
          { address: 'platform:door7', payload: [{ door_open_bool: true, at: 1772326800000 }] },
        ],
      },
    },
    {
      name: 'a device that connects',
      topic: 'v1/gateway/connect',
      client: 'gw1',
      payload: { device: 'door7' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'attributes in which somebody calls for help',
      topic: 'v1/gateway/attributes',
      client: 'gw1',
      payload: { 'band-1': { event: 'sos' }, door7: { firmware: '1.2' } },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        frames: [
          { address: 'platform:band-1', payload: [{ event: 'sos' }] },
          { address: 'platform:door7', payload: [{ firmware: '1.2' }] },
        ],
      },
    },
    {
      name: 'no device in it',
      topic: 'v1/gateway/telemetry',
      client: 'gw1',
      payload: {},
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'a number instead of telemetry',
      topic: 'v1/gateway/telemetry',
      client: 'gw1',
      payload: { door7: 1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openGateway(message: Sealed): Opened {
  if (!isTelemetry(message))
    return fail({
      reason: 'no-device-data',
      detail: `a message of the kind ${message.topic.split('/').at(-1)}`,
    });
  const parsed = jsonMessage(message, devices);
  if (!parsed.ok) return parsed;
  const told = Object.entries(parsed.value);
  if (told.length === 0) return fail({ reason: 'empty-message', detail: 'no device in it' });
  if (told.length > LIMITS.devicesPerMessageMax)
    return fail({ reason: 'batch-too-long', detail: `${told.length} devices in one message` });
  return each(
    told.map(([device, said]) => ({ [device]: said })),
    (one) => openDevice(one as Readonly<Record<string, unknown>>),
  );
}

function openDevice(one: Readonly<Record<string, unknown>>): Opened {
  const [[device, said] = []] = Object.entries(one);
  const named = inForm(device, name);
  if (!named.ok) return named;
  const told = inForm(said, entries);
  if (!told.ok) return told;
  return only({
    address: { scheme: 'platform', id: named.value.toLowerCase() },
    payload: jsonBytes(nativeEntries(told.value)),
  });
}
