import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfBase64 } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';

const DEV_EUI = /^[0-9a-f]{16}$/i;

/** Both generations: v4 tells the device in `deviceInfo`, v3 beside the rest, as hex or in base64. */
const message = z.object({
  deviceInfo: z.object({ devEui: z.string().regex(DEV_EUI) }).optional(),
  devEUI: z.string().optional(),
  deviceEUI: z.string().optional(),
  time: z.string().nullish(),
  devAddr: z.string().nullish(),
  fCnt: z.number().optional(),
  fPort: z.number().int().min(0).max(255).optional(),
  data: z.string().nullish(),
  object: z.unknown().optional(),
  margin: z.number().optional(),
  batteryLevel: z.number().optional(),
  batteryLevelUnavailable: z.boolean().optional(),
  externalPowerSource: z.boolean().optional(),
});
type Message = z.infer<typeof message>;

/** Events of the network that say nothing of what the device measured. */
const WITHOUT_DATA = ['join', 'ack', 'txack', 'log', 'location', 'integration', 'error'];

/**
 * ChirpStack, JSON marshaler: `application/<application>/device/<devEui>/event/<event>`; v3, and gateways with a network
 * server inside that took its form, with the fields of that time.
 *
 * @see https://www.chirpstack.io/docs/chirpstack/integrations/events.html
 */
export default defineEnvelope({
  envelope: 'chirpstack',
  title: { zh: 'ChirpStack 网络服务器', en: 'ChirpStack v4 and v3' },
  summary: {
    zh: 'LoRaWAN 网络服务器 ChirpStack 的上行（JSON，MQTT 或 HTTP），v4 与 v3 皆可，也用于 Milesight 等内置网络服务器的网关。设备字节在 data 里，由登记的型号解析；status 事件里的电量记为读数。',
    en: 'Uplinks of the LoRaWAN network server ChirpStack (JSON, by MQTT or HTTP), v4 or v3, and of gateways such as those of Milesight with one inside. The device bytes in `data` are decoded by the model that the registry names; the battery in a status event is a reading.',
  },
  connect: {
    zh: '把 ChirpStack 的 MQTT 集成指向守望的 MQTT 地址，用登记的网关账号登录；设备登记时 address 写 deveui:加 16 位 DevEUI，gateway 写该网关。',
    en: "Point ChirpStack's MQTT integration at Shouwang's broker with the credential of a registered gateway; each device's address is deveui: and its 16 digits, its gateway is that one.",
  },
  topics: ['application/+/device/+/event/+', 'application/+/device/+/rx'],
  recognises: ({ deviceInfo, applicationID, devEUI, deviceEUI }) =>
    (typeof deviceInfo === 'object' && deviceInfo !== null && 'devEui' in deviceInfo) ||
    (applicationID !== undefined && typeof (devEUI ?? deviceEUI) === 'string'),
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
      name: 'v3, with the EUI in base64',
      topic: 'application/1/device/24e1641092176759/event/up',
      payload: {
        applicationID: '1',
        devEUI: 'JOFkEJIXZ1k=',
        fCnt: 10,
        fPort: 85,
        data: 'AXVk',
      },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: { frames: [{ address: 'deveui:24e1641092176759', payload: '017564', fPort: 85 }] },
    },
    {
      name: 'a gateway of Milesight whose date lost a hyphen',
      topic: 'push/chirpstack',
      payload: {
        applicationID: 1,
        devEUI: '24e1641092176759',
        time: '2020-0327T12:39:05.547336Z',
        fCnt: 0,
        fPort: 85,
        data: 'AXUQ/y4B',
      },
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/WS101',
      receivedAt: '2020-03-27T12:39:06Z',
      expect: {
        frames: [
          {
            address: 'deveui:24e1641092176759',
            payload: '017510ff2e01',
            fPort: 85,
            sentAt: '2020-03-27T12:39:05.547Z',
          },
        ],
      },
    },
    {
      name: 'the battery that the network asked for',
      topic: 'application/a1/device/1000000000000001/event/status',
      payload: {
        time: '2023-05-22T07:47:05Z',
        deviceInfo: { devEui: '1000000000000001' },
        margin: 10,
        externalPowerSource: false,
        batteryLevelUnavailable: false,
        batteryLevel: 75.2,
      },
      receivedAt: '2023-05-22T07:47:06Z',
      expect: {
        frames: [
          {
            address: 'deveui:1000000000000001',
            payload: '',
            sentAt: '2023-05-22T07:47:05.000Z',
            battery: 75.2,
          },
        ],
      },
    },
    {
      name: 'a device on mains power has no battery',
      topic: 'application/a1/device/1000000000000001/event/status',
      payload: {
        deviceInfo: { devEui: '1000000000000001' },
        margin: 10,
        externalPowerSource: true,
        batteryLevelUnavailable: false,
        batteryLevel: 0,
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

function openChirpstack(sealed: Sealed): Opened {
  const event = sealed.topic.split('/').at(-1) ?? '';
  if (WITHOUT_DATA.includes(event)) return fail({ reason: 'no-device-data', detail: `event ${event}` });
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const { devAddr, fCnt, fPort, data, object, time } = parsed.value;
  const id = euiOf(parsed.value);
  if (id === undefined) return fail({ reason: 'malformed-payload', detail: 'no DevEUI' });
  const frame = { address: { scheme: 'deveui', id }, ...instant('sentAt', withHyphens(time)) } as const;
  const battery = batteryOf(parsed.value);
  if (battery !== undefined) return only({ ...frame, payload: new Uint8Array(0), battery });
  if (!data || fPort === 0)
    return fail({ reason: 'no-device-data', detail: 'an uplink without device bytes' });
  const payload = bytesOfBase64(data);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'data is not base64' });
  return only({
    ...frame,
    payload,
    ...(fPort === undefined ? {} : { fPort }),
    ...(object === undefined ? {} : { object }),
    // It need not tell the session: then only the same bytes under the same count are the same frame.
    ...(fCnt === undefined ? {} : { key: `${devAddr ?? data}/${fCnt}/${fPort ?? 0}` }),
  });
}

function euiOf({ deviceInfo, devEUI, deviceEUI }: Message): string | undefined {
  const text = deviceInfo?.devEui ?? devEUI ?? deviceEUI ?? '';
  if (DEV_EUI.test(text)) return text.toLowerCase();
  const bytes = bytesOfBase64(text);
  return bytes?.length === 8 ? Buffer.from(bytes).toString('hex') : undefined;
}

/** What a status event says, unless the device has mains power, or does not know. */
function batteryOf({
  margin,
  batteryLevel,
  batteryLevelUnavailable,
  externalPowerSource,
}: Message): number | undefined {
  if (margin === undefined || batteryLevelUnavailable === true || externalPowerSource === true)
    return undefined;
  return batteryLevel;
}

/** Some gateways write `2020-0327T12:39:05Z`. */
const withHyphens = (time: string | null | undefined): string | undefined =>
  time?.replace(/^(\d{4})-?(\d{2})-?(\d{2})T/, '$1-$2-$3T');
