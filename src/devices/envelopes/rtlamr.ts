import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { instant, jsonMessage, only } from '../envelope-parts.ts';
import { radioAddress } from '../radio/address.ts';

const number = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,12}$/)]);
const reading = z.union([
  z.object({
    Time: z.string().optional(),
    Type: z.string().regex(/^[\w+]{1,20}$/),
    Message: z.object({
      ID: number.optional(),
      EndpointID: number.optional(),
      ERTSerialNumber: number.optional(),
    }),
  }),
  z.object({
    Protocol: z.string().regex(/^[\w+]{1,20}$/),
    ID: number,
    Consumption: z.number(),
    Unit: z.string().optional(),
  }),
]);

export default defineEnvelope({
  envelope: 'rtlamr',
  title: { zh: 'rtlamr 抄表接收机', en: 'rtlamr' },
  summary: {
    zh: 'rtlamr 接收北美水表（Neptune R900、Itron ERT）的无线报文，以 JSON 输出；也接受 metermon 带单位的格式。',
    en: 'rtlamr hears North American meters (Neptune R900, Itron ERT) and writes JSON; the form of metermon, with a unit, is taken too.',
  },
  connect: {
    zh: 'rtlamr -format=json | mosquitto_pub -h 守望地址 -u 网关 -P 密码 -i 网关 -q 1 -t rtlamr/网关 -l；设备 address 写 radio:r900-编号 或 radio:ert-编号。',
    en: 'rtlamr -format=json | mosquitto_pub -h shouwang -u GATEWAY -P SECRET -i GATEWAY -q 1 -t rtlamr/GATEWAY -l. Addresses are radio:r900- or radio:ert- and the number.',
  },
  topics: ['rtlamr/#', 'metermon/+'],
  recognises: (json) =>
    ('Message' in json && 'Type' in json) || ('Protocol' in json && 'ID' in json && 'Consumption' in json),
  open: openReading,
  examples: [
    {
      name: 'a reading, with nine decimals in its time',
      topic: 'rtlamr/attic',
      payload: {
        Time: '2026-03-01T03:00:00.905527969-05:00',
        Offset: 0,
        Length: 0,
        Type: 'R900',
        Message: {
          ID: 1563476986,
          Unkn1: 163,
          NoUse: 32,
          BackFlow: 0,
          Consumption: 111051,
          Unkn3: 0,
          Leak: 1,
          LeakNow: 0,
        },
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'radio:r900-1563476986',
            payload: { Type: 'R900' },
            sentAt: '2026-03-01T08:00:00.905Z',
          },
        ],
      },
    },
    {
      name: 'metermon',
      topic: 'metermon/31500996',
      payload: { Protocol: 'SCM', Type: 'Water', ID: '31500996', Consumption: 448.05, Unit: 'gal' },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { frames: [{ address: 'radio:ert-31500996', payload: { Unit: 'gal' } }] },
    },
    {
      name: 'a state of another program is no reading',
      topic: 'rtlamr/status',
      payload: 'online',
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});

function openReading(message: Sealed): Opened {
  const parsed = jsonMessage(message, reading);
  if (!parsed.ok) return fail(parsed.error);
  if ('Protocol' in parsed.value) {
    const { Protocol, ID } = parsed.value;
    return only({ address: radioAddress(Protocol, ID), payload: message.payload });
  }
  const { Type, Time, Message } = parsed.value;
  const id = Message.ID ?? Message.EndpointID ?? Message.ERTSerialNumber;
  if (id === undefined) return fail({ reason: 'malformed-payload', detail: 'no number of a meter' });
  return only({ address: radioAddress(Type, id), payload: message.payload, ...instant('sentAt', Time) });
}
