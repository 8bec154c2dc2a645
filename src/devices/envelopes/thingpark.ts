import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfHex } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';

/** Numbers come as text. */
const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

const message = z.object({
  DevEUI_uplink: z
    .object({
      DevEUI: z.string().regex(/^[0-9a-f]{16}$/i),
      DevAddr: z.string().optional(),
      Time: z.string().optional(),
      FPort: number.optional(),
      FCntUp: number.optional(),
      payload_hex: z.string().nullish(),
    })
    .optional(),
});

/**
 * Actility ThingPark, JSON: `DevEUI_uplink` and its siblings, by HTTP tunnel or MQTT.
 *
 * @see https://docs.thingpark.com/thingpark-x/latest/Message/
 */
export default defineEnvelope({
  envelope: 'thingpark',
  title: { zh: 'Actility ThingPark 网络服务器', en: 'Actility ThingPark' },
  summary: {
    zh: 'ThingPark 的上行报文 DevEUI_uplink（JSON），HTTP 推送或 MQTT。',
    en: 'The uplink document DevEUI_uplink of ThingPark (JSON), pushed by HTTP or published by MQTT.',
  },
  connect: {
    zh: '在 ThingPark 里新建应用服务器，格式选 JSON，地址填守望的推送地址；或 MQTT 主题 mqtt/things/<DevEUI>/uplink。设备 address 写 deveui:加 16 位 DevEUI。',
    en: 'Add an application server in ThingPark with JSON and the push address; or MQTT under mqtt/things/<DevEUI>/uplink. Each device is called deveui: and its 16 digits.',
  },
  topics: ['mqtt/things/+/uplink', 'thingpark/#'],
  recognises: (json) => Object.keys(json).some((key) => key.startsWith('DevEUI_')),
  open: openThingpark,
  examples: [
    {
      name: 'an uplink, with numbers as text and a local time',
      topic: 'push/thingpark',
      payload: {
        DevEUI_uplink: {
          Time: '2013-11-04T21:21:19.480+01:00',
          DevEUI: '000000000F1D8693',
          FPort: '2',
          FCntUp: '7011',
          payload_hex: '0027bd00',
          DevAddr: '14001D13',
        },
      },
      source: 'https://docs.thingpark.com/thingpark-x/latest/Message/',
      receivedAt: '2013-11-04T20:21:20Z',
      expect: {
        frames: [
          {
            address: 'deveui:000000000f1d8693',
            payload: '0027bd00',
            fPort: 2,
            sentAt: '2013-11-04T20:21:19.480Z',
          },
        ],
      },
    },
    {
      name: 'a downlink that was sent',
      topic: 'push/thingpark',
      payload: { DevEUI_downlink_Sent: { DevEUI: '000000000F1D8693' } },
      receivedAt: '2013-11-04T20:21:20Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that is no number',
      topic: 'push/thingpark',
      payload: { DevEUI_uplink: { DevEUI: '000000000F1D8693', FPort: 'two', payload_hex: '00' } },
      receivedAt: '2013-11-04T20:21:20Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openThingpark(sealed: Sealed): Opened {
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const { DevEUI_uplink: uplink } = parsed.value;
  if (!uplink?.payload_hex) return fail({ reason: 'no-device-data', detail: 'no uplink with device bytes' });
  const payload = bytesOfHex(uplink.payload_hex);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'payload_hex is not hex' });
  const { DevEUI, DevAddr = uplink.payload_hex, Time, FPort, FCntUp } = uplink;
  return only({
    address: { scheme: 'deveui', id: DevEUI.toLowerCase() },
    payload,
    ...instant('sentAt', Time),
    ...(FPort === undefined ? {} : { fPort: FPort }),
    ...(FCntUp === undefined ? {} : { key: `${DevAddr}/${FCntUp}/${FPort ?? 0}` }),
  });
}
