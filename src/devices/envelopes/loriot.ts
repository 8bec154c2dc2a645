import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfHex } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonMessage, only } from '../envelope-parts.ts';

const message = z.object({
  cmd: z.string(),
  EUI: z
    .string()
    .regex(/^[0-9a-f]{16}$/i)
    .optional(),
  ts: z.number().int().min(0).max(8.64e15).optional(),
  fcnt: z.number().optional(),
  port: z.number().int().min(0).max(255).optional(),
  data: z.string().nullish(),
  encdata: z.string().nullish(),
});

/** From the first gateway at once; from all gateways, a moment later. Both are the same frame. */
const UPLINKS = ['rx', 'gw'];

/**
 * LORIOT, JSON: application output by MQTT, HTTP push or websocket.
 *
 * @see https://docs.loriot.io/space/NMS/6032731/Uplink+Data+Message
 */
export default defineEnvelope({
  envelope: 'loriot',
  title: { zh: 'LORIOT 网络服务器', en: 'LORIOT network server' },
  summary: {
    zh: 'LORIOT 的应用输出（JSON）。rx 与 gw 两种报文是同一帧，只计一次。',
    en: 'The application output of LORIOT (JSON). Its messages rx and gw are the same frame, which counts once.',
  },
  connect: {
    zh: '在 LORIOT 应用里把输出设为 HTTP 推送到守望的推送地址，或 MQTT 发布到 loriot/<应用>；设备 address 写 deveui:加 16 位 DevEUI。',
    en: 'Set the output of the LORIOT application to an HTTP push to the push address, or to MQTT under loriot/<application>; each device is called deveui: and its 16 digits.',
  },
  topics: ['loriot/#'],
  recognises: ({ cmd, EUI }) => typeof cmd === 'string' && typeof EUI === 'string',
  open: openLoriot,
  examples: [
    {
      name: 'a frame with its gateways',
      topic: 'push/loriot',
      payload: {
        cmd: 'gw',
        seqno: 4,
        EUI: '0102030405060708',
        ts: 1690901260493,
        fcnt: 3,
        port: 207,
        gws: [{ rssi: -38, snr: 8.5, ts: 1690901260493, gweui: '1020304080706050' }],
        bat: 143,
        data: '0100e202290400270506060308070d62',
      },
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Elsys/ERS2/LORIOT',
      receivedAt: '2023-08-01T14:47:41Z',
      expect: {
        frames: [
          {
            address: 'deveui:0102030405060708',
            payload: '0100e202290400270506060308070d62',
            fPort: 207,
            sentAt: '2023-08-01T14:47:40.493Z',
          },
        ],
      },
    },
    {
      name: 'a frame at once',
      topic: 'loriot/app1',
      payload: { cmd: 'rx', EUI: '1000000000000001', ts: 1684478801936, fcnt: 2, port: 85, data: '85E10A00' },
      receivedAt: '2023-05-19T06:46:42Z',
      expect: {
        frames: [
          {
            address: 'deveui:1000000000000001',
            payload: '85e10a00',
            fPort: 85,
            sentAt: '2023-05-19T06:46:41.936Z',
          },
        ],
      },
    },
    {
      name: 'a downlink that was sent',
      topic: 'push/loriot',
      payload: { cmd: 'txd', EUI: '0102030405060708', seqdn: 1 },
      receivedAt: '2023-08-01T14:47:41Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an uplink that is still encrypted: the network has no application key',
      topic: 'push/loriot',
      payload: { cmd: 'rx', EUI: '0102030405060708', port: 1, encdata: 'a1b2' },
      receivedAt: '2023-08-01T14:47:41Z',
      expect: { rejection: 'encrypted' },
    },
    {
      name: 'data that is not hex',
      topic: 'push/loriot',
      payload: { cmd: 'rx', EUI: '0102030405060708', port: 1, data: 'xyz' },
      receivedAt: '2023-08-01T14:47:41Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openLoriot(sealed: Sealed): Opened {
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const { cmd, EUI, ts, fcnt, port, data, encdata } = parsed.value;
  if (!UPLINKS.includes(cmd))
    return fail({ reason: 'no-device-data', detail: `a message of the kind ${cmd}` });
  if (EUI === undefined) return fail({ reason: 'malformed-payload', detail: 'no EUI' });
  if (!data && encdata)
    return fail({ reason: 'encrypted', detail: 'the network has no key for its payload' });
  if (!data) return fail({ reason: 'no-device-data', detail: 'an uplink without device bytes' });
  const payload = bytesOfHex(data);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'data is not hex' });
  return only({
    address: { scheme: 'deveui', id: EUI.toLowerCase() },
    payload,
    ...(ts === undefined ? {} : { sentAt: ts }),
    ...(port === undefined ? {} : { fPort: port }),
    // It tells no session: after a new join the counter begins again, with other bytes.
    ...(fcnt === undefined ? {} : { key: `${fcnt}/${port ?? 0}/${data.toLowerCase()}` }),
  });
}
