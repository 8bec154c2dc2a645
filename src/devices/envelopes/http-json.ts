import { z } from 'zod';
import { fail, type Result } from '../../lib/result.ts';
import { callInText } from '../../model/call-words.ts';
import type { Refusal } from '../../model/effect.ts';
import { bytesOfBase64, bytesOfHex } from '../byte-reader.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { each, inForm, instant, jsonBytes, jsonMessage, only } from '../envelope-parts.ts';
import type { Address, Frame } from '../frame.ts';

const text = z.string().min(1).max(120);
const port = z.number().int().min(0).max(255);

const message = z.object({
  device: text.optional(),
  deviceId: text.optional(),
  devEui: text.optional(),
  devEUI: text.optional(),
  dev_eui: text.optional(),
  fPort: port.optional(),
  f_port: port.optional(),
  port: port.optional(),
  fCnt: z.number().optional(),
  payload: z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
  payload_hex: z.string().optional(),
  payload_base64: z.string().optional(),
  data: z.string().optional(),
  time: z.union([z.string(), z.number().min(0).max(8.64e15)]).nullish(),
});
type Message = z.infer<typeof message>;
/** Of one list. */
const MESSAGES_MAX = 1_000;

/** What any other network server, gateway or script can be told to send. */
export default defineEnvelope({
  envelope: 'http-json',
  title: { zh: '通用 JSON 推送', en: 'Generic JSON push' },
  summary: {
    zh: '其他平台或脚本用的通用格式：device 或 devEui，可选 fPort 和 time（带时区的时刻，或秒、毫秒时间戳），payload 为十六进制、Base64 或本系统的 JSON；读数自带的 at 优先于 time，超出七天的历史请写 at。也可一次推送一个数组，其中读不懂的一条单独拒收，其余照收。',
    en: 'For any other platform or script: `device` or `devEui`, optionally `fPort` and `time` (an instant with its offset, or seconds or milliseconds of the epoch), and `payload` as hex, base64 or JSON in our own format. The `at` of a reading goes before `time`; a history of more than seven days needs it. A list of such messages may be pushed at once; one of them that cannot be read is refused by itself.',
  },
  connect: {
    zh: '把 JSON 推送到守望的推送地址，或 MQTT 发布到 push/http-json。payload 若整串是偶数位十六进制即按十六进制读；有歧义时用 payload_hex 或 payload_base64。',
    en: 'Push the JSON to the push address, or publish it under push/http-json. A payload that is hex throughout is read as hex; where that is not certain use payload_hex or payload_base64.',
  },
  topics: [],
  recognises: (json) =>
    ['device', 'deviceId', 'devEui', 'devEUI', 'dev_eui'].some((key) => typeof json[key] === 'string') &&
    ['payload', 'payload_hex', 'payload_base64', 'data'].some((key) => json[key] !== undefined),
  open: openJson,
  examples: [
    {
      name: 'bytes in hex',
      topic: 'push/http-json',
      payload: {
        devEui: '70B3D59BD0000001',
        fPort: 103,
        payload: 'ea6e0c5f30',
        time: '2020-07-13T14:25:46Z',
      },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: {
        frames: [
          {
            address: 'deveui:70b3d59bd0000001',
            payload: 'ea6e0c5f30',
            fPort: 103,
            sentAt: '2020-07-13T14:25:46.000Z',
          },
        ],
      },
    },
    {
      name: 'bytes in base64, and the time as a number',
      topic: 'push/http-json',
      payload: { device: 'kitchen-meter', payload_base64: 'AXVk', time: 1594650346000 },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: {
        frames: [
          { address: 'platform:kitchen-meter', payload: '017564', sentAt: '2020-07-13T14:25:46.000Z' },
        ],
      },
    },
    {
      name: 'readings in our own format',
      topic: 'push/http-json',
      payload: { device: 'kitchen-meter', payload: { water_index_m3: 12.5 } },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: { frames: [{ address: 'platform:kitchen-meter', payload: { water_index_m3: 12.5 } }] },
    },
    {
      name: 'the same with the time in seconds',
      topic: 'push/http-json',
      payload: { device: 'kitchen-meter', time: 1594650346, payload: { water_index_m3: 12.5 } },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: {
        frames: [
          {
            address: 'platform:kitchen-meter',
            payload: { water_index_m3: 12.5 },
            sentAt: '2020-07-13T14:25:46.000Z',
          },
        ],
      },
    },
    {
      name: 'the same as text',
      topic: 'push/http-json',
      payload: { device: 'band-1', payload: '{"event":"sos"}' },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: { frames: [{ address: 'platform:band-1', payload: { event: 'sos' } }] },
    },
    {
      name: 'several at once',
      topic: 'push/http-json',
      payload: [
        { device: 'kitchen-meter', time: 1594650346, payload: { water_index_m3: 12.5 } },
        { device: 'band-1', payload: { event: 'sos' } },
      ],
      receivedAt: '2020-07-13T14:25:47Z',
      expect: {
        frames: [
          {
            address: 'platform:kitchen-meter',
            payload: { water_index_m3: 12.5 },
            sentAt: '2020-07-13T14:25:46.000Z',
          },
          { address: 'platform:band-1', payload: { event: 'sos' } },
        ],
      },
    },
    {
      name: 'one of several names nobody',
      topic: 'push/http-json',
      payload: [{ device: 'band-1', payload: { event: 'sos' } }, { payload: 'ea6e0c5f30' }],
      receivedAt: '2020-07-13T14:25:47Z',
      expect: {
        frames: [{ address: 'platform:band-1', payload: { event: 'sos' } }],
        unread: ['malformed-payload'],
      },
    },
    {
      name: 'nobody is named',
      topic: 'push/http-json',
      payload: { payload: 'ea6e0c5f30' },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'bytes that are neither hex nor base64',
      topic: 'push/http-json',
      payload: { device: 'kitchen-meter', payload: '?!' },
      receivedAt: '2020-07-13T14:25:47Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});

/** A program that was without a connection brings what it kept in one list. */
const list = z.array(z.unknown()).min(1).max(MESSAGES_MAX);
const isList = ({ payload }: Sealed): boolean => payload.find((byte) => byte > BLANK) === BRACKET;
const [BLANK, BRACKET] = [0x20, 0x5b];

function openJson(sealed: Sealed): Opened {
  if (!isList(sealed)) return opened(jsonMessage(sealed, message));
  const several = jsonMessage(sealed, list);
  return several.ok ? each(several.value, (one) => opened(inForm(one, message))) : several;
}

const opened = (told: Result<Message, Refusal>): Opened => (told.ok ? openOne(told.value) : told);

function openOne(told: Message): Opened {
  const address = addressOf(told);
  if (!address) return fail({ reason: 'malformed-payload', detail: 'no device and no devEui' });
  const payload = payloadOf(told);
  if (!payload.ok) return payload;
  const fPort = told.fPort ?? told.f_port ?? told.port;
  const { time, fCnt } = told;
  return only({
    address,
    payload: payload.value,
    ...(fPort === undefined ? {} : { fPort }),
    ...sentAt(time ?? undefined),
    // It tells no session: only the same bytes under the same count are the same frame.
    ...(fCnt === undefined
      ? {}
      : { key: `${fCnt}/${fPort ?? 0}/${Buffer.from(payload.value).toString('base64')}` }),
  });
}

/** Below this a number of milliseconds would lie in 1973: it counts seconds. */
const SECONDS_BELOW = 1e11;

function sentAt(time: string | number | undefined): Pick<Frame, 'sentAt' | 'timeSaid'> {
  if (time === undefined) return {};
  const timeSaid = JSON.stringify(time).slice(0, 80);
  if (typeof time === 'string' && !/^\d{10}(\d{3})?$/.test(time))
    return { timeSaid, ...instant('sentAt', time) };
  const at = Number(time);
  return { timeSaid, sentAt: Math.round(at < SECONDS_BELOW ? at * 1000 : at) };
}

function addressOf({ device, deviceId, devEui, devEUI, dev_eui }: Message): Address | undefined {
  const id = (devEui ?? devEUI ?? dev_eui ?? device ?? deviceId)?.toLowerCase();
  if (id === undefined) return undefined;
  return { scheme: /^[0-9a-f]{16}$/.test(id) ? 'deveui' : 'platform', id };
}

function payloadOf({ payload, payload_hex, payload_base64, data }: Message): Result<Uint8Array, Refusal> {
  if (typeof payload === 'object') return { ok: true, value: jsonBytes(payload) };
  // Words are base64 as well, and JSON that a script put into its own as text is none of either.
  if (
    payload !== undefined &&
    (/^\s*[[{]/.test(payload) || callInText(payload, { isWorn: true }) !== undefined)
  )
    return { ok: true, value: Buffer.from(payload) };
  const bytes =
    payload_hex !== undefined
      ? bytesOfHex(payload_hex)
      : payload_base64 !== undefined
        ? bytesOfBase64(payload_base64)
        : eitherOf(payload ?? data ?? '');
  if (!bytes) return fail({ reason: 'malformed-payload', detail: 'the payload is neither hex nor base64' });
  return bytes.length === 0
    ? fail({ reason: 'no-device-data', detail: 'no bytes' })
    : { ok: true, value: bytes };
}

const eitherOf = (bytes: string): Uint8Array | undefined => bytesOfHex(bytes) ?? bytesOfBase64(bytes);
