import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';

/** Radio addresses are eight digits; some makers use letters, so that it stays text. */
const telegram = z.object({
  id: z.string().regex(/^[0-9a-z._-]{1,32}$/i, 'the id of the meter'),
  timestamp: z.string().optional(),
});

/** Before this no clock of a gateway was ever set; upstream writes 1111-11-11 where it has none. */
const SET_AFTER = Date.UTC(2015, 0, 1);

export default defineEnvelope({
  envelope: 'wmbusmeters',
  title: { zh: 'wmbusmeters 无线 M-Bus 网关', en: 'wmbusmeters' },
  summary: {
    zh: 'wmbusmeters 程序把无线 M-Bus 表的报文解码成 JSON 后经 MQTT 转发。地址是报文里的 id，不是自由填写的 name。',
    en: 'The program wmbusmeters decodes wireless M-Bus telegrams to JSON and forwards them over MQTT. The address is the `id` in the message, not the free `name`.',
  },
  connect: {
    zh: '在 wmbusmeters.conf 里写 shell=/usr/bin/mosquitto_pub -h 守望地址 -u 网关 -P 密码 -i 网关 -q 1 -t wmbusmeters/$METER_ID -m "$METER_JSON"；设备登记时 address 写 wmbus:加 id。',
    en: 'In wmbusmeters.conf: shell=/usr/bin/mosquitto_pub -h shouwang -u GATEWAY -P SECRET -i GATEWAY -q 1 -t wmbusmeters/$METER_ID -m "$METER_JSON". Each device\'s address is wmbus: and the id.',
  },
  topics: ['wmbusmeters/+'],
  recognises: (json) =>
    json['_'] === 'telegram' || ('media' in json && 'id' in json && ('meter' in json || 'driver' in json)),
  open: openTelegram,
  examples: [
    {
      name: 'a telegram, decoded; the id has letters',
      topic: 'wmbusmeters/kitchen',
      payload: {
        _: 'telegram',
        media: 'water',
        meter: 'izar',
        name: 'kitchen',
        id: '2124589C',
        total_m3: 38.944,
        timestamp: '2026-03-01T08:00:00Z',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'wmbus:2124589c',
            payload: { id: '2124589C', total_m3: 38.944 },
            sentAt: '2026-03-01T08:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'without an id nobody knows whose it is',
      topic: 'wmbusmeters/kitchen',
      payload: { _: 'telegram', media: 'water', meter: 'izar', name: 'kitchen', total_m3: 38.944 },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'the raw telegram is not what this program sends',
      topic: 'wmbusmeters/kitchen',
      payload: '1844AE4C4455223368077A55000000041389E20100023B0000',
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});

function openTelegram(message: Sealed): Opened {
  const parsed = jsonMessage(message, telegram);
  if (!parsed.ok) return fail(parsed.error);
  const { id, timestamp } = parsed.value;
  const { sentAt } = instant('sentAt', timestamp);
  return only({
    address: { scheme: 'wmbus', id: id.toLowerCase() },
    payload: message.payload,
    ...(sentAt !== undefined && sentAt >= SET_AFTER ? { sentAt } : {}),
  });
}
