import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';
import { radioAddress } from '../radio/address.ts';

const event = z.object({
  model: z.string().regex(/^[\w+.-]{1,64}$/),
  id: z.union([z.string().regex(/^[\w.-]{1,64}$/), z.number().int().nonnegative()]),
  time: z.string().optional(),
});

export default defineEnvelope({
  envelope: 'rtl-433',
  title: { zh: 'rtl_433 软件无线电接收机', en: 'rtl_433' },
  summary: {
    zh: 'rtl_433 把收到的无线电报文转成 JSON 事件经 MQTT 转发。地址由型号系列和编号组成；不带时区的本地时间不采用。',
    en: 'rtl_433 turns what it hears by radio into JSON events over MQTT. The address is made of the series and the number; a local time without zone counts for nothing.',
  },
  connect: {
    zh: 'rtl_433 -M time:iso:tz -F json | mosquitto_pub -h 守望地址 -u 网关 -P 密码 -i 网关 -q 1 -t rtl_433/网关/events -l。rtl_433 自带的 MQTT 输出自己定客户端编号，只能经外部 broker（mqtt.mode: external）接入。设备的 address 写 radio:系列-编号，如 radio:badger-orion-1234567、radio:r900-1545911110、radio:ert-12345678。',
    en: 'rtl_433 -M time:iso:tz -F json | mosquitto_pub -h shouwang -u GATEWAY -P SECRET -i GATEWAY -q 1 -t rtl_433/GATEWAY/events -l. Its own MQTT output makes a client id of its own and comes in over an outside broker only (mqtt.mode: external). Addresses are radio:, the series and the number: radio:badger-orion-1234567, radio:r900-1545911110, radio:ert-12345678.',
  },
  topics: ['rtl_433/+/events', 'rtl_433/events'],
  recognises: (json) =>
    typeof json['model'] === 'string' && 'id' in json && ('time' in json || 'mic' in json) && !('_' in json),
  open: openEvent,
  examples: [
    {
      name: 'an event with a zone in its time',
      topic: 'rtl_433/attic/events',
      payload: {
        time: '2026-03-01T16:00:00+0800',
        model: 'Badger-ORION',
        id: 1234567,
        flags_1: 0,
        volume_gal: 45678,
        flags_2: 0,
        mic: 'CRC',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'radio:badger-orion-1234567',
            payload: { volume_gal: 45678 },
            sentAt: '2026-03-01T08:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'the time of a capture file is none',
      topic: 'rtl_433/attic/events',
      payload: { time: '@0.032084s', model: 'Neptune-R900', id: 1545911110, consumption: 404986 },
      source: 'https://github.com/merbanan/rtl_433_tests/tree/master/tests/r900/01',
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { frames: [{ address: 'radio:r900-1545911110', payload: { consumption: 404986 } }] },
    },
    {
      name: 'an event without a number is nobody’s',
      topic: 'rtl_433/attic/events',
      payload: { time: '2026-03-01 08:00:00', model: 'Generic-Remote', cmd: 23 },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

function openEvent(message: Sealed): Opened {
  const parsed = jsonMessage(message, event);
  if (!parsed.ok) return fail(parsed.error);
  const { model, id, time } = parsed.value;
  return only({ address: radioAddress(model, id), payload: message.payload, ...sentAt(time) });
}

/** With `-M time:iso:tz` or `-M time:unix`. What rtl_433 writes by default is local time of some zone: of no use. */
function sentAt(time = ''): { readonly sentAt?: number } {
  if (/^\d{9,10}(\.\d+)?$/.test(time)) return { sentAt: Math.round(Number(time) * 1000) };
  return instant('sentAt', time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
}
