import { z } from 'zod';
import { fail, ok } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonBytes, jsonMessage } from '../envelope-parts.ts';
import type { Frame } from '../frame.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { imeiToo, platformId, platformPayload } from '../platform-message.ts';

/** `msg` is an object, a list of them, or either as text; `enc_msg` in its place is encrypted. */
const push = z.object({ msg: z.unknown().optional(), enc_msg: z.unknown().optional() });
const BYTES_IN = ['payload', 'rawData', 'raw_data', 'data'];

export default defineEnvelope({
  envelope: 'onenet',
  title: { zh: '中国移动 OneNET', en: 'OneNET of China Mobile' },
  summary: {
    zh: 'OneNET 的 HTTP 推送：新版物模型属性（每项自带毫秒时间）、旧版数据点；上下线等不作读数。',
    en: 'HTTP pushes of OneNET: properties of things, each with its time in milliseconds, and data points of the older platform. On and off are no readings.',
  },
  connect: {
    zh: '在 service.yaml 的 push.accounts 建一个账号（envelope: onenet），在 OneNET 的 HTTP 推送里填 https://守望地址/api/v1/push/onenet 和同一 token（明文模式；安全模式须把平台给出的密钥写入 aesKey）；平台的 URL 验证自动应答。设备 address 写 platform:加设备 ID 或名称，或 imei:。',
    en: "Make an account under push.accounts in service.yaml (envelope: onenet); give OneNET https://shouwang/api/v1/push/onenet and the same token (plain mode; for the encrypted one its key is `aesKey`). The platform's check of the address is answered. Addresses are platform: and id or name of the device, or imei:.",
  },
  topics: [],
  recognises: (json) => ('msg' in json || 'enc_msg' in json) && ('nonce' in json || 'signature' in json),
  open: openPush,
  examples: [
    {
      name: 'properties of a thing, the message as text',
      topic: 'push/onenet',
      payload: {
        msg: '{"notifyType":"property","productId":"p","messageType":"notify","deviceId":585904417,"deviceName":"860000000000001","data":{"id":"1","params":{"total":{"value":7.25,"time":1772352000000}}}}',
        signature: 'x',
        nonce: 'abc',
        time: 1772352000100,
        id: '1',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [{ address: 'platform:585904417', payload: { total: { value: 7.25, time: 1772352000000 } } }],
      },
    },
    {
      name: 'data points of the older platform, two of them',
      topic: 'push/onenet',
      payload: {
        msg: [
          { type: 1, dev_id: 2016617, ds_id: 'cumulativeFlow', at: 1772352000000, value: 42.125 },
          { type: 1, dev_id: 2016618, ds_id: 'payload', at: 1772352000000, value: '6810aabb' },
        ],
        msg_signature: 'x',
        nonce: 'abc',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'platform:2016617',
            payload: { cumulativeFlow: { value: 42.125, time: 1772352000000 } },
            sentAt: '2026-03-01T08:00:00.000Z',
          },
          { address: 'platform:2016618', payload: '6810aabb', sentAt: '2026-03-01T08:00:00.000Z' },
        ],
      },
    },
    {
      name: 'a device that went offline',
      topic: 'push/onenet',
      payload: { msg: { type: 2, dev_id: 2016617, status: 0, at: 1772352000000 }, nonce: 'abc' },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an encrypted push',
      topic: 'push/onenet',
      payload: { enc_msg: 'AAAA', nonce: 'abc', signature: 'x' },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'encrypted' },
    },
    {
      name: 'an encrypted push of the present platform, where it stands in msg itself',
      topic: 'push/onenet',
      payload: { msg: '7WaeoCHO9WlsIkFNEMrzTzP0yJ6xJ0ZgXuF6Ylk1eHI=', nonce: 'abc', signature: 'x' },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'encrypted' },
    },
  ],
});

const ENCRYPTED = {
  reason: 'encrypted',
  detail: 'an encrypted message: aesKey of the account in service.yaml is missing or another one',
} as const;
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function openPush(message: Sealed): Opened {
  const parsed = jsonMessage(message, push);
  if (!parsed.ok) return fail(parsed.error);
  const { msg, enc_msg } = parsed.value;
  if (msg === undefined && enc_msg !== undefined) return fail(ENCRYPTED);
  const inner = plain(msg);
  if (inner === undefined)
    return fail(
      typeof msg === 'string' && BASE64.test(msg)
        ? ENCRYPTED
        : { reason: 'malformed-payload', detail: 'msg is no JSON' },
    );
  const frames = (Array.isArray(inner) ? inner : [inner]).filter(isObject).flatMap(framesOf);
  return frames.length > 0
    ? ok(frames)
    : fail({ reason: 'no-device-data', detail: 'no properties and no data point' });
}

function plain(msg: unknown): unknown {
  if (typeof msg !== 'string') return msg ?? undefined;
  try {
    return JSON.parse(msg) as unknown;
  } catch {
    return undefined;
  }
}

function framesOf(msg: JsonObject): Frame[] {
  const data = isObject(msg['data']) ? msg['data'] : undefined;
  if (data && isObject(data['params'])) return named(msg, platformPayload(data['params'], BYTES_IN));
  const { sysProperty, appProperty, body } = msg;
  if (isObject(appProperty) && isObject(sysProperty) && isObject(body))
    return named(appProperty, platformPayload(body, BYTES_IN), appProperty['dataTimestamp']);
  const { ds_id, value, at } = msg;
  if (typeof ds_id !== 'string' || value === undefined) return [];
  const payload = isObject(value) ? platformPayload(value, BYTES_IN) : dataPoint(ds_id, value, at);
  return named(msg, payload, at);
}

/** A data point whose value is hex or base64 is the device's own bytes; a number is a property with its time. */
function dataPoint(name: string, value: unknown, at: unknown): Uint8Array {
  if (typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value))
    return platformPayload({ value }, ['value']);
  return jsonBytes({ [name]: typeof at === 'number' ? { value, time: at } : value });
}

/** Number and name of a device stand beside one another, in either spelling. */
function named(msg: JsonObject, payload: Uint8Array, sentAt?: unknown): Frame[] {
  const names = [msg['deviceId'], msg['dev_id'], msg['deviceName'], msg['dev_name']].filter(
    (name) => (typeof name === 'string' && name !== '') || typeof name === 'number',
  );
  const addresses = names.map((name) => ({
    scheme: 'platform' as const,
    id: platformId(name as string | number),
  }));
  const [address, ...others] = addresses;
  if (!address) return [];
  const imei = [msg['imei'], msg['deviceName']].flatMap((text) => imeiToo(text).also ?? []);
  return [
    { address, also: [...others, ...imei], payload, ...(typeof sentAt === 'number' ? { sentAt } : {}) },
  ];
}
