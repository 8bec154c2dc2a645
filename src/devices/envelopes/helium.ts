import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { bytesOfBase64 } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonMessage, only } from '../envelope-parts.ts';

const message = z.object({
  dev_eui: z.string().regex(/^[0-9a-f]{16}$/i),
  type: z.string().optional(),
  devaddr: z.string().nullish(),
  fcnt: z.number().optional(),
  port: z.number().int().min(0).max(255).optional(),
  payload: z.string().nullish(),
  reported_at: z.number().int().min(0).max(8.64e15).optional(),
});

/**
 * The Helium console and its successors, JSON by HTTP or MQTT.
 *
 * @see https://docs.helium.com/console/integrations/json-schema
 */
export default defineEnvelope({
  envelope: 'helium',
  title: { zh: 'Helium 控制台', en: 'Helium console' },
  summary: {
    zh: 'Helium 网络控制台的上行（JSON），HTTP 推送或 MQTT。',
    en: 'Uplinks of the console of the Helium network (JSON), pushed by HTTP or published by MQTT.',
  },
  connect: {
    zh: '在控制台新建 HTTP 集成指向守望的推送地址，或 MQTT 发布到 helium/<设备>/rx；设备 address 写 deveui:加 16 位 DevEUI。',
    en: 'Add an HTTP integration with the push address, or MQTT under helium/<device>/rx; each device is called deveui: and its 16 digits.',
  },
  topics: ['helium/+/rx'],
  recognises: ({ dev_eui, hotspots }) => typeof dev_eui === 'string' && Array.isArray(hotspots),
  open: openHelium,
  examples: [
    {
      name: 'an uplink',
      topic: 'helium/c00c2a4e/rx',
      payload: {
        dev_eui: '6081F9A5B4B5B6B7',
        devaddr: '45000048',
        fcnt: 6,
        port: 2,
        payload: 'SGVsbG8=',
        reported_at: 1619562788361,
        hotspots: [],
      },
      source: 'https://docs.helium.com/console/integrations/json-schema',
      receivedAt: '2021-04-27T22:33:09Z',
      expect: {
        frames: [
          {
            address: 'deveui:6081f9a5b4b5b6b7',
            payload: '48656c6c6f',
            fPort: 2,
            sentAt: '2021-04-27T22:33:08.361Z',
          },
        ],
      },
    },
    {
      name: 'a join',
      topic: 'push/helium',
      payload: { dev_eui: '6081F9A5B4B5B6B7', type: 'join', hotspots: [] },
      receivedAt: '2021-04-27T22:33:09Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openHelium(sealed: Sealed): Opened {
  const parsed = jsonMessage(sealed, message);
  if (!parsed.ok) return parsed;
  const { dev_eui, type, devaddr, fcnt, port, payload: text, reported_at } = parsed.value;
  if ((type !== undefined && type !== 'uplink') || !text)
    return fail({
      reason: 'no-device-data',
      detail: `a message of the kind ${type ?? 'uplink'} without bytes`,
    });
  const payload = bytesOfBase64(text);
  if (!payload) return fail({ reason: 'malformed-payload', detail: 'payload is not base64' });
  return only({
    address: { scheme: 'deveui', id: dev_eui.toLowerCase() },
    payload,
    ...(reported_at === undefined ? {} : { sentAt: reported_at }),
    ...(port === undefined ? {} : { fPort: port }),
    ...(fcnt === undefined ? {} : { key: `${devaddr ?? text}/${fcnt}/${port ?? 0}` }),
  });
}
