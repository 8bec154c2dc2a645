import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonBytes, jsonMessage, only } from '../envelope-parts.ts';
import type { Address } from '../frame.ts';
import { imeiToo, platformId } from '../platform-message.ts';

const report = z.object({
  iotId: z.string().max(100).optional(),
  productKey: z.string().max(100).optional(),
  deviceName: z.string().min(1).max(100),
  gmtCreate: z.number().optional(),
  items: z.record(z.string(), z.object({ value: z.unknown(), time: z.number().optional() })).optional(),
});
/** A push of the living platform wraps it as text, with the signature beside it. */
const wrapped = z.object({
  message: z.string(),
  appKey: z.string().optional(),
  msgCode: z.string().optional(),
});

export default defineEnvelope({
  envelope: 'aliyun-iot',
  title: { zh: '阿里云物联网平台', en: 'Alibaba Cloud IoT Platform' },
  summary: {
    zh: '阿里云物联网平台流转出的物模型属性（items，每项自带时间）；其余消息不作读数。',
    en: 'Properties of things that the platform forwards (`items`, each with its time); other messages are no readings.',
  },
  connect: {
    zh: '在 service.yaml 的 push.accounts 建一个账号（envelope: aliyun-iot），把消息推送到 https://守望地址/api/v1/push/aliyun-iot（?token=密钥；生活物联网平台的 sign 签名用 appSecret 作 token）。设备 address 写 platform:加 iotId，或 platform:加 deviceName。',
    en: 'Make an account under push.accounts in service.yaml (envelope: aliyun-iot) and have messages pushed to https://shouwang/api/v1/push/aliyun-iot (?token=SECRET; for the signature of the living platform the token is its appSecret). Addresses are platform: and the iotId or the deviceName.',
  },
  topics: [],
  recognises: (json) => 'items' in json && ('iotId' in json || 'productKey' in json),
  open: openReport,
  examples: [
    {
      name: 'properties, each with its own time',
      topic: 'push/aliyun-iot',
      payload: {
        deviceType: 'CustomCategory',
        iotId: 'MeqdTV27NUsr',
        requestId: '123',
        checkFailedData: {},
        productKey: 'idxoCkRSquB',
        gmtCreate: 1772352000501,
        deviceName: 'kitchen',
        items: { CumulativeFlow: { time: 1772352000474, value: 58.9 } },
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'platform:meqdtv27nusr',
            payload: { CumulativeFlow: { time: 1772352000474, value: 58.9 } },
            sentAt: '2026-03-01T08:00:00.501Z',
          },
        ],
      },
    },
    {
      name: 'as text within a signed push',
      topic: 'push/aliyun-iot',
      payload: {
        appKey: '25',
        msgCode: 'thing.property',
        sign: 'x',
        message: '{"deviceName":"kitchen","items":{"total":{"value":1.5,"time":1772352000000}}}',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [{ address: 'platform:kitchen', payload: { total: { value: 1.5, time: 1772352000000 } } }],
      },
    },
    {
      name: 'the state of a device is no reading',
      topic: 'push/aliyun-iot',
      payload: { status: 'online', productKey: 'idxoCkRSquB', deviceName: 'kitchen', iotId: 'MeqdTV27NUsr' },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

/** The signed push comes as JSON or as the fields of a form. */
function unformed(message: Sealed): Sealed {
  const text = Buffer.from(message.payload).toString('utf8');
  if (!/^(?:appKey|message|msgCode|sign)=/.test(text)) return message;
  return { ...message, payload: jsonBytes(Object.fromEntries(new URLSearchParams(text))) };
}

function openReport(sealed: Sealed): Opened {
  const message = unformed(sealed);
  const outer = jsonMessage(message, wrapped);
  const parsed = jsonMessage(
    outer.ok ? { ...message, payload: Buffer.from(outer.value.message, 'utf8') } : message,
    report,
  );
  if (!parsed.ok) return fail(parsed.error);
  const { iotId, deviceName, gmtCreate, items } = parsed.value;
  if (!items || Object.keys(items).length === 0)
    return fail({ reason: 'no-device-data', detail: 'no properties' });
  const byName: Address = { scheme: 'platform', id: platformId(deviceName) };
  const imei = imeiToo(deviceName).also ?? [];
  return only({
    address: iotId ? { scheme: 'platform', id: platformId(iotId) } : byName,
    also: iotId ? [byName, ...imei] : imei,
    payload: jsonBytes(items),
    ...(gmtCreate === undefined ? {} : { sentAt: gmtCreate }),
  });
}
