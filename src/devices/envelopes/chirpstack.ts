import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfBase64 } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';

const uplink = z.object({
  deviceInfo: z.object({ devEui: z.string().regex(/^[0-9a-f]{16}$/i) }),
  time: z.string().optional(),
  devAddr: z.string().optional(),
  fCnt: z.number().optional(),
  fPort: z.number().int().min(0).max(255).optional(),
  data: z.string().nullish(),
  object: z.unknown().optional(),
});

/** Events of the network that say nothing of what the device measured. */
const WITHOUT_DATA = ['join', 'ack', 'txack', 'log', 'location', 'integration', 'status'];

/**
 * ChirpStack v4, JSON marshaler: `application/<application>/device/<devEui>/event/<event>`.
 *
 * @see https://www.chirpstack.io/docs/chirpstack/integrations/events.html
 */
export default defineEnvelope({
  envelope: 'chirpstack',
  title: { zh: 'ChirpStack v4 网络服务器', en: 'ChirpStack v4' },
  summary: {
    zh: 'LoRaWAN 网络服务器 ChirpStack 的 MQTT 上行（JSON 格式）。设备字节在 data 里，由登记的型号解析。',
    en: 'Uplinks of the LoRaWAN network server ChirpStack over MQTT (JSON). The device bytes in `data` are decoded by the model that the registry names.',
  },
  connect: {
    zh: '把 ChirpStack 的 MQTT 集成指向守望的 MQTT 地址，用登记的网关账号登录；设备登记时 address 写 deveui:加 16 位 DevEUI，gateway 写该网关。',
    en: "Point ChirpStack's MQTT integration at Shouwang's broker with the credential of a registered gateway; each device's address is deveui: and its 16 digits, its gateway is that one.",
  },
  topics: ['application/+/device/+/event/+'],
  recognises: ({ deviceInfo }) =>
    typeof deviceInfo === 'object' && deviceInfo !== null && 'devEui' in deviceInfo,
  open: openChirpstack,
  examples: [
    {
      name: 'an uplink',
      topic: 'application/a1/device/1000000000000001/event/up',
      payload: {
        deduplicationId: '57433366-50a6-4dc2-8145-2df1bbc70d9e',
        time: '2023-05-22T07:47:05.404859123+00:00',
        deviceInfo: { devEui: '1000000000000001', deviceName: 'kitchen' },
        devAddr: '20000001',
        fCnt: 4,
        fPort: 85,
        confirmed: false,
        data: 'AQDiAikEACcFBgYDCAcNYg==',
      },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: {
        frames: [
          {
            address: 'deveui:1000000000000001',
            payload: '0100e202290400270506060308070d62',
            fPort: 85,
            sentAt: '2023-05-22T07:47:05.404Z',
          },
        ],
      },
    },
    {
      name: 'a join is no reading',
      topic: 'application/a1/device/1000000000000001/event/join',
      payload: {
        time: '2023-05-22T07:47:05Z',
        deviceInfo: { devEui: '1000000000000001' },
        devAddr: '20000001',
      },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an uplink without data (MAC commands only)',
      topic: 'application/a1/device/1000000000000001/event/up',
      payload: { deviceInfo: { devEui: '1000000000000001' }, fCnt: 5 },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an uplink without a device',
      topic: 'application/a1/device/1000000000000001/event/up',
      payload: { data: 'AQ==' },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openChirpstack(message: Sealed): Opened {
  const event = message.topic.split('/').at(-1) ?? '';
  if (WITHOUT_DATA.includes(event)) return fail({ reason: 'no-device-data', detail: `event ${event}` });
  const parsed = jsonMessage(message, uplink);
  if (!parsed.ok) return parsed;
  const { deviceInfo, time, devAddr = '', fCnt, fPort, data, object } = parsed.value;
  if (!data || fPort === 0)
    return fail({ reason: 'no-device-data', detail: 'an uplink without device bytes' });
  const payload = bytesOfBase64(data);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'data is not base64' });
  return only({
    address: { scheme: 'deveui', id: deviceInfo.devEui.toLowerCase() },
    payload,
    ...instant('sentAt', time),
    ...(fPort === undefined ? {} : { fPort }),
    ...(object === undefined ? {} : { object }),
    ...(fCnt === undefined ? {} : { key: `${devAddr}/${fCnt}/${fPort ?? 0}` }),
  });
}
