import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import { shortUuid } from '../ble/characteristic.ts';
import { advertKey, macAddress } from '../ble/gateway.ts';
import { bytesOfHex } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { each, inForm, instant, jsonMessage, only } from '../envelope-parts.ts';

const entry = z.object({
  mac: z.string().max(40),
  hex: z.string().max(1024),
  characteristic: z.string().max(40).optional(),
  time: z.string().max(40).optional(),
});
const message = z.union([z.array(z.unknown()).min(1).max(LIMITS.devicesPerMessageMax), entry]);

/**
 * Our own form for Bluetooth gateways: what a script on any gateway can send. With `characteristic` the bytes are the
 * value of it; without, they are service data of an advertisement.
 */
export default defineEnvelope({
  envelope: 'ble-gateway',
  title: { zh: '蓝牙网关（自有格式）', en: 'Bluetooth gateway, our own form' },
  summary: {
    zh: '网关把蓝牙特征值或广播中的服务数据原样转发：{"mac","characteristic","hex","time"}，也可是这样的数组。',
    en: 'A gateway forwards values of characteristics, or service data of advertisements, as they are: {"mac","characteristic","hex","time"}, or an array of these.',
  },
  connect: {
    zh: '网关用登记的网关账号登录，发布到 shouwang/<网关>/ble；设备的 address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2），gateway 写该网关。',
    en: 'The gateway signs in with its own credential and publishes under shouwang/<gateway>/ble; the address of a device is mac: and its Bluetooth address (mac:a4:c1:38:8d:18:b2), its gateway is that one.',
  },
  topics: ['shouwang/+/ble'],
  recognises: ({ mac, hex, characteristic }) =>
    typeof mac === 'string' && typeof hex === 'string' && typeof characteristic === 'string',
  open: openForwarded,
  examples: [
    {
      name: 'a measurement of a cuff',
      topic: 'shouwang/gw1/ble',
      payload: {
        mac: 'A4:C1:38:8D:18:B2',
        characteristic: '0x2A35',
        hex: '007c0052006200',
        time: '2026-03-01T00:00:00Z',
      },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        frames: [
          {
            address: 'mac:a4:c1:38:8d:18:b2',
            payload: '007c0052006200',
            sentAt: '2026-03-01T00:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'two at once, addresses written in two ways',
      topic: 'shouwang/gw1/ble',
      payload: [
        { mac: 'a4c1388d18b2', characteristic: '2a37', hex: '0048' },
        { mac: '54-48-E6-8F-80-A5', hex: '400009015d' },
      ],
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        frames: [
          { address: 'mac:a4:c1:38:8d:18:b2', payload: '0048' },
          { address: 'mac:54:48:e6:8f:80:a5', payload: '400009015d' },
        ],
      },
    },
    {
      name: 'no Bluetooth address',
      topic: 'shouwang/gw1/ble',
      payload: { mac: 'kitchen', characteristic: '2a37', hex: '0048' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'bytes that are none',
      topic: 'shouwang/gw1/ble',
      payload: { mac: 'a4c1388d18b2', hex: '0' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openForwarded(sealed: Sealed): Opened {
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const several = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  return each(several, (one) => openOne(one, sealed.receivedAt));
}

function openOne(one: unknown, receivedAt: number): Opened {
  const told = inForm(one, entry);
  if (!told.ok) return told;
  const { mac, hex, characteristic, time } = told.value;
  const address = macAddress(mac);
  const payload = bytesOfHex(hex);
  if (!address) return fail({ reason: 'malformed-payload', detail: `mac: ${mac} is no Bluetooth address` });
  if (!payload) return fail({ reason: 'malformed-payload', detail: `hex of ${mac} is not hexadecimal` });
  return only({
    address,
    payload,
    ...instant('sentAt', time),
    ...(characteristic === undefined
      ? advertKey(hex, receivedAt)
      : { characteristic: shortUuid(characteristic) }),
  });
}
