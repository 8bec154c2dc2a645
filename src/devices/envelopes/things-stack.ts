import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfBase64 } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';

/** What it leaves out is 0 or empty: port, counter, payload. */
const message = z.object({
  end_device_ids: z.object({
    device_id: z.string().optional(),
    dev_eui: z
      .string()
      .regex(/^[0-9a-f]{16}$/i)
      .optional(),
    dev_addr: z.string().optional(),
  }),
  received_at: z.string().optional(),
  simulated: z.boolean().optional(),
  uplink_message: z
    .object({
      session_key_id: z.string().optional(),
      f_port: z.number().int().min(0).max(255).default(0),
      f_cnt: z.number().default(0),
      frm_payload: z.string().default(''),
      decoded_payload: z.unknown().optional(),
      received_at: z.string().optional(),
    })
    .optional(),
});

/** `v3/<application>@<tenant>/devices/<device>/<kind>`; the kind may have two parts. */
const KINDS_WITHOUT_DATA = ['join', 'down', 'location', 'service'];

/**
 * The Things Stack v3, JSON: what The Things Network and The Things Industries publish over MQTT or push by webhook.
 *
 * @see https://www.thethingsindustries.com/docs/the-things-stack/concepts/data-formats/
 */
export default defineEnvelope({
  envelope: 'things-stack',
  title: { zh: 'The Things Stack v3 网络服务器', en: 'The Things Stack v3' },
  summary: {
    zh: 'The Things Network / Industries 的上行（JSON）。省略的字段按零或空处理；模拟报文（simulated）不计。',
    en: 'Uplinks of The Things Network or Industries (JSON). Fields that it leaves out are zero or empty; simulated messages do not count.',
  },
  connect: {
    zh: '用 MQTT 桥把 v3/<应用>@<租户>/devices/+/# 转到守望，或把 Webhook 指向推送地址；设备 address 写 deveui:加 16 位 DevEUI。',
    en: 'Bridge v3/<application>@<tenant>/devices/+/# to Shouwang, or point a webhook at the push address; each device is called deveui: and its 16 digits.',
  },
  topics: ['v3/+/devices/+/#'],
  recognises: ({ end_device_ids }) => typeof end_device_ids === 'object' && end_device_ids !== null,
  open: openThingsStack,
  examples: [
    {
      name: 'an uplink whose port was left out is one of port 0',
      topic: 'v3/app1@tenant1/devices/dev1/up',
      payload: {
        end_device_ids: { device_id: 'dev1', dev_eui: '0004A30B001C0530', dev_addr: '00BCB929' },
        received_at: '2020-02-12T15:15:46.014773143Z',
        uplink_message: { session_key_id: 'AXA50tHUGUucuzS/bCGMNw==', f_cnt: 1, frm_payload: 'gkHe' },
      },
      source: 'https://www.thethingsindustries.com/docs/the-things-stack/concepts/data-formats/',
      receivedAt: '2020-02-12T15:15:47Z',
      expect: {
        frames: [
          {
            address: 'deveui:0004a30b001c0530',
            payload: '8241de',
            fPort: 0,
            sentAt: '2020-02-12T15:15:46.014Z',
          },
        ],
      },
    },
    {
      name: 'the network server knows better when it came than the application server',
      topic: 'v3/app1@tenant1/devices/eui-1000000000000001/up',
      payload: {
        end_device_ids: { device_id: 'eui-1000000000000001', dev_eui: '1000000000000001' },
        received_at: '2023-05-18T08:25:26.112483370Z',
        uplink_message: {
          f_port: 85,
          f_cnt: 5017,
          frm_payload: 'AXVcBQAA',
          received_at: '2023-05-18T08:25:25.906399073Z',
        },
      },
      receivedAt: '2023-05-18T08:25:27Z',
      expect: {
        frames: [
          {
            address: 'deveui:1000000000000001',
            payload: '01755c050000',
            fPort: 85,
            sentAt: '2023-05-18T08:25:25.906Z',
          },
        ],
      },
    },
    {
      name: 'somebody tries what would happen',
      topic: 'v3/app1@tenant1/devices/dev1/up',
      payload: {
        end_device_ids: { device_id: 'dev1', dev_eui: '0004A30B001C0530' },
        simulated: true,
        uplink_message: { f_port: 1, frm_payload: 'AQ==' },
      },
      receivedAt: '2020-02-12T15:15:47Z',
      expect: { rejection: 'simulated' },
    },
    {
      name: 'a join',
      topic: 'v3/app1@tenant1/devices/dev1/join',
      payload: { end_device_ids: { device_id: 'dev1' }, join_accept: { session_key_id: 'AXA50' } },
      receivedAt: '2020-02-12T15:15:47Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a downlink that was sent, by webhook',
      topic: 'push/things-stack',
      payload: { end_device_ids: { device_id: 'dev1' }, downlink_sent: { f_port: 15 } },
      receivedAt: '2020-02-12T15:15:47Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an uplink without bytes',
      topic: 'v3/app1@tenant1/devices/dev1/up',
      payload: {
        end_device_ids: { device_id: 'dev1', dev_eui: '0004A30B001C0530' },
        uplink_message: { f_cnt: 5 },
      },
      receivedAt: '2020-02-12T15:15:47Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a device without its EUI',
      topic: 'v3/app1@tenant1/devices/dev1/up',
      payload: { end_device_ids: { device_id: 'dev1' }, uplink_message: { f_port: 1, frm_payload: 'AQ==' } },
      receivedAt: '2020-02-12T15:15:47Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openThingsStack(sealed: Sealed): Opened {
  const kind = sealed.topic.split('/')[4];
  if (kind !== undefined && KINDS_WITHOUT_DATA.includes(kind))
    return fail({ reason: 'no-device-data', detail: `a message of the kind ${kind}` });
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const { end_device_ids: ids, received_at, simulated, uplink_message: uplink } = parsed.value;
  if (simulated === true)
    return fail({ reason: 'simulated', detail: ids.dev_eui ?? ids.device_id ?? 'a device without a name' });
  if (!uplink) return fail({ reason: 'no-device-data', detail: 'no uplink' });
  if (uplink.frm_payload === '')
    return fail({ reason: 'no-device-data', detail: 'an uplink without device bytes' });
  const payload = bytesOfBase64(uplink.frm_payload);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'frm_payload is not base64' });
  if (ids.dev_eui === undefined) return fail({ reason: 'malformed-payload', detail: 'no dev_eui' });
  const { f_port: fPort, f_cnt, session_key_id, decoded_payload: object } = uplink;
  return only({
    address: { scheme: 'deveui', id: ids.dev_eui.toLowerCase() },
    payload,
    fPort,
    key: `${session_key_id ?? ids.dev_addr ?? uplink.frm_payload}/${f_cnt}/${fPort}`,
    ...instant('sentAt', uplink.received_at ?? received_at),
    ...(object === undefined ? {} : { object }),
  });
}
