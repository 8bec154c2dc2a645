import { z } from 'zod';
import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonMessage, only } from '../envelope-parts.ts';
import { imeiToo, platformId, platformPayload } from '../platform-message.ts';

const push = z.object({
  messageType: z.string(),
  deviceId: z.union([z.string().min(1).max(100), z.number()]),
  timestamp: z.number().optional(),
  IMEI: z.unknown().optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  eventContent: z.record(z.string(), z.unknown()).optional(),
});

/** Message types that carry what a device measured; the others are of the platform: on, off, answers to commands. */
const REPORTS = ['dataReport', 'dataReportTupled', 'eventReport'];

export default defineEnvelope({
  envelope: 'ctwing',
  title: { zh: '中国电信 CTWing（AEP）', en: 'CTWing (AEP) of China Telecom' },
  summary: {
    zh: 'AEP 平台的 HTTP 订阅推送。透传产品取 APPdata 里的字节，物模型产品取属性；上下线和指令应答不作读数。',
    en: 'HTTP pushes of AEP: the bytes in APPdata of transparent products, the properties of modelled ones. On, off and answers to commands are no readings.',
  },
  connect: {
    zh: '在 service.yaml 的 push.accounts 建一个账号（envelope: ctwing），在平台订阅管理里填 https://守望地址/api/v1/push/ctwing?token=该密钥。设备 address 写 imei:加 15 位，或 platform:加平台设备 ID。',
    en: 'Make an account under push.accounts in service.yaml (envelope: ctwing) and subscribe https://shouwang/api/v1/push/ctwing?token=SECRET. Addresses are imei: and fifteen digits, or platform: and the device id.',
  },
  topics: [],
  recognises: (json) => 'messageType' in json && 'tenantId' in json && 'deviceId' in json,
  open: openPush,
  examples: [
    {
      name: 'a transparent product: bytes in base64; numbers of packets that are none',
      topic: 'push/ctwing',
      payload: {
        upPacketSN: -1,
        upDataSN: -1,
        topic: 'v1/up/ad',
        timestamp: 1772352000000,
        tenantId: '10000000',
        serviceId: '',
        protocol: 'lwm2m',
        productId: '10053421',
        payload: { APPdata: 'aBBEMyIRADN4gRYfkAAAd2ZVLAB3ZlUsMQEiEQUVICGEExY=' },
        messageType: 'dataReport',
        deviceType: '',
        deviceId: '44d0b9e48d404094bbbcf889e4e64ece',
        assocAssetId: '',
        IMSI: 'undefined',
        IMEI: '860000000000001',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'platform:44d0b9e48d404094bbbcf889e4e64ece',
            payload: '68104433221100337881161f9000007766552c007766552c3101221105152021841316',
            sentAt: '2026-03-01T08:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'a product with a model of things: properties within serviceData',
      topic: 'push/ctwing',
      payload: {
        timestamp: 1772352000000,
        tenantId: '10000000',
        serviceId: 1,
        productId: '15014772',
        payload: { serviceId: 'metering', serviceData: { cumulativeFlow: 123.456, batteryLevel: 98 } },
        messageType: 'dataReport',
        deviceId: 'acf7',
        IMEI: '',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [{ address: 'platform:acf7', payload: { cumulativeFlow: 123.456, batteryLevel: 98 } }],
      },
    },
    {
      name: 'a device that went online says nothing of water',
      topic: 'push/ctwing',
      payload: {
        timestamp: 1772352000000,
        tenantId: '10000000',
        protocol: 'lwm2m',
        messageType: 'deviceOnlineOfflineReport',
        eventType: 1,
        deviceId: 'acf7',
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openPush(message: Sealed): Opened {
  const parsed = jsonMessage(message, push);
  if (!parsed.ok) return fail(parsed.error);
  const { messageType, deviceId, timestamp, IMEI, payload, eventContent } = parsed.value;
  if (!REPORTS.includes(messageType))
    return fail({ reason: 'no-device-data', detail: `messageType ${messageType.slice(0, 40)}` });
  const outer = payload ?? eventContent;
  if (!outer) return fail({ reason: 'no-device-data', detail: 'a report without payload' });
  const { serviceData } = outer;
  const properties = typeof serviceData === 'object' && serviceData !== null ? serviceData : outer;
  return only({
    address: { scheme: 'platform', id: platformId(deviceId) },
    ...imeiToo(IMEI),
    payload: platformPayload(properties, ['APPdata']),
    ...(timestamp === undefined ? {} : { sentAt: timestamp }),
  });
}
