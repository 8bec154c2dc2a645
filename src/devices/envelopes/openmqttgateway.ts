import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { advertKey, macAddress } from '../ble/gateway.ts';
import { bytesOfHex } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonBytes, jsonMessage, only } from '../envelope-parts.ts';

const advert = z.looseObject({
  id: z.string().max(40).optional(),
  mac: z.string().max(40).optional(),
  servicedata: z.string().max(1024).optional(),
});

/** What the gateway itself has made of an advertisement; of one that it could not read it gives none of these. */
const DECODED = ['batt', 'tempc', 'hum', 'open', 'motion', 'button', 'volt'] as const;

/**
 * OpenMQTTGateway and Theengs Gateway: `home/<gateway>/BTtoMQTT/<mac>`, one JSON an advertisement. With service data
 * (option `pubadvdata`) its bytes are taken, and encrypted devices can be read; without, what the gateway made of them.
 *
 * @see https://docs.openmqttgateway.com/use/ble.html
 */
export default defineEnvelope({
  envelope: 'openmqttgateway',
  title: { zh: 'OpenMQTTGateway / Theengs 蓝牙网关', en: 'OpenMQTTGateway and Theengs Gateway' },
  summary: {
    zh: '开源蓝牙网关的广播转发：有服务数据则取其字节，否则取网关解出的数值。',
    en: 'Advertisements from open-source Bluetooth gateways: the bytes of their service data or, without, what the gateway made of them.',
  },
  connect: {
    zh: '网关用登记的网关账号登录守望的 MQTT，主题保持默认 home/<网关>/BTtoMQTT/<mac>，建议打开 pubadvdata；设备的 address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2），gateway 写该网关。',
    en: 'The gateway signs in to the broker with the credential of a registered gateway and keeps its topics, home/<gateway>/BTtoMQTT/<mac>; switch pubadvdata on. The address of a device is mac: and its Bluetooth address (mac:a4:c1:38:8d:18:b2), its gateway is that one.',
  },
  topics: ['home/+/BTtoMQTT', 'home/+/BTtoMQTT/+'],
  recognises: ({ id, rssi, servicedatauuid, brand }) =>
    typeof id === 'string' &&
    typeof rssi === 'number' &&
    (servicedatauuid !== undefined || brand !== undefined),
  open: openAdvert,
  examples: [
    {
      name: 'service data of a BTHome sensor',
      topic: 'home/TheengsGateway/BTtoMQTT/A4C1388D18B2',
      payload: {
        id: 'A4:C1:38:8D:18:B2',
        rssi: -67,
        servicedatauuid: '0xfcd2',
        servicedata: '400009015d025d0903b718',
      },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { frames: [{ address: 'mac:a4:c1:38:8d:18:b2', payload: '400009015d025d0903b718' }] },
    },
    {
      name: 'what the gateway made of it',
      topic: 'home/OpenMQTTGateway/BTtoMQTT/A4C1388D18B2',
      payload: {
        id: 'A4:C1:38:8D:18:B2',
        brand: 'Shelly',
        model_id: 'SBBT-002C',
        rssi: -60,
        batt: 100,
        button: 1,
      },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        frames: [
          {
            address: 'mac:a4:c1:38:8d:18:b2',
            payload: {
              id: 'A4:C1:38:8D:18:B2',
              brand: 'Shelly',
              model_id: 'SBBT-002C',
              rssi: -60,
              batt: 100,
              button: 1,
            },
          },
        ],
      },
    },
    {
      name: 'somebody walks by with a telephone',
      topic: 'home/OpenMQTTGateway/BTtoMQTT/45E174126E00',
      payload: { id: '45:e1:74:12:6e:00', rssi: -89, distance: 21.5 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'no address',
      topic: 'home/OpenMQTTGateway/BTtoMQTT',
      payload: { rssi: -89 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openAdvert(sealed: Sealed): Opened {
  const parsed = jsonMessage(sealed, advert);
  if (!parsed.ok) return parsed;
  const { id, mac, servicedata } = parsed.value;
  const address = macAddress(mac ?? id ?? sealed.topic.split('/').at(-1) ?? '');
  if (!address) return fail({ reason: 'malformed-payload', detail: 'id is no Bluetooth address' });
  const payload = servicedata === undefined ? undefined : bytesOfHex(servicedata);
  if (servicedata !== undefined && payload && isBthome(parsed.value, payload))
    return only({ address, payload, ...advertKey(servicedata, sealed.receivedAt) });
  if (DECODED.some((name) => parsed.value[name] !== undefined))
    return only({ address, payload: jsonBytes(parsed.value) });
  return fail({ reason: 'no-device-data', detail: 'an advertisement that holds no value' });
}

/** Old gateways leave the UUID out; then the first byte tells: version 2 in its upper three bits. */
function isBthome({ servicedatauuid }: Readonly<Record<string, unknown>>, [info = 0]: Uint8Array): boolean {
  if (typeof servicedatauuid === 'string') return /fcd2/i.test(servicedatauuid);
  return info >> 5 === 2;
}
