import { z } from 'zod';
import { fail, ok } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonMessage } from '../envelope-parts.ts';
import type { Frame } from '../frame.ts';
import { compactInstant, imeiToo, platformId, platformPayload } from '../platform-message.ts';

const properties = z.record(z.string(), z.unknown());
const id = z.string().min(1).max(200);

/** IoTDA since 2020: `notify_data`. */
const iotda = z.object({
  resource: z.string(),
  event: z.string(),
  event_time: z.string().optional(),
  notify_data: z.object({
    header: z.object({ device_id: id, node_id: z.string().optional() }),
    body: z.object({
      services: z.array(z.object({ properties, event_time: z.string().optional() })).optional(),
      content: z.unknown().optional(),
    }),
  }),
});
const service = z.object({ data: properties, eventTime: z.string().optional() });
/** OceanConnect before it: `notifyType`. */
const oceanConnect = z.object({
  notifyType: z.string(),
  deviceId: id,
  service: service.optional(),
  services: z.array(service).optional(),
});

/** Properties under which profiles hand on the bytes of a device that nobody decoded. */
const BYTES_IN = ['payload', 'rawData', 'raw_data', 'data', 'content'];

export default defineEnvelope({
  envelope: 'huawei-iot',
  title: { zh: '华为云 IoTDA 与 OceanConnect', en: 'Huawei IoTDA and OceanConnect' },
  summary: {
    zh: '华为云设备接入服务和旧 OceanConnect 平台的 HTTP 推送：每个服务的属性，或未解码的字节；其余通知不作读数。',
    en: 'HTTP pushes of IoTDA and of the older OceanConnect: the properties of each service, or bytes that nobody decoded. Other notices are no readings.',
  },
  connect: {
    zh: '在 service.yaml 的 push.accounts 建一个账号（envelope: huawei-iot），在平台的 HTTP 推送里填 https://守望地址/api/v1/push/huawei-iot 和同一 token。设备 address 写 platform:加 device_id；node_id 是 IMEI 时也可写 imei:。',
    en: 'Make an account under push.accounts in service.yaml (envelope: huawei-iot); give the platform https://shouwang/api/v1/push/huawei-iot and the same token. Addresses are platform: and the device_id, or imei: where the node_id is one.',
  },
  topics: [],
  recognises: (json) =>
    'notify_data' in json || ('notifyType' in json && ('service' in json || 'services' in json)),
  open: openPush,
  examples: [
    {
      name: 'IoTDA: the properties of a service, with the time of the platform',
      topic: 'push/huawei-iot',
      payload: {
        resource: 'device.property',
        event: 'report',
        event_time: '20260301T080001Z',
        notify_data: {
          header: {
            app_id: 'a',
            device_id: '6aa5_860000000000001',
            node_id: '860000000000001',
            product_id: 'p',
          },
          body: {
            services: [
              {
                service_id: 'WaterMeter',
                properties: { currentReading: 12.5 },
                event_time: '20260301T080000Z',
              },
            ],
          },
        },
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'platform:6aa5_860000000000001',
            payload: { currentReading: 12.5 },
            sentAt: '2026-03-01T08:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'OceanConnect: bytes in hex that nobody decoded',
      topic: 'push/huawei-iot',
      payload: {
        notifyType: 'deviceDataChanged',
        deviceId: 'A2664352-9505',
        gatewayId: 'a2664352-9505',
        requestId: null,
        service: {
          serviceId: 'ServiceAPI',
          serviceType: 'ServiceAPI',
          data: { payload: '68104433221100337881161f9000007766552c007766552c3101221105152021841316' },
          eventTime: '20260301T080000Z',
        },
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: {
        frames: [
          {
            address: 'platform:a2664352-9505',
            payload: '68104433221100337881161f9000007766552c007766552c3101221105152021841316',
            sentAt: '2026-03-01T08:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'a change of state of the device is no reading',
      topic: 'push/huawei-iot',
      payload: {
        resource: 'device.status',
        event: 'update',
        notify_data: { header: { device_id: 'd' }, body: { status: 'ONLINE' } },
      },
      receivedAt: '2026-03-01T08:00:02Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openPush(message: Sealed): Opened {
  const parsed = jsonMessage(message, z.union([iotda, oceanConnect]));
  if (!parsed.ok) return fail(parsed.error);
  const frames = 'notify_data' in parsed.value ? ofIotda(parsed.value) : ofOceanConnect(parsed.value);
  if (frames.length === 0) return fail({ reason: 'no-device-data', detail: 'no properties of a device' });
  return ok(frames);
}

function ofIotda({ event_time, notify_data: { header, body } }: z.output<typeof iotda>): Frame[] {
  const named = {
    address: { scheme: 'platform', id: platformId(header.device_id) },
    ...imeiToo(header.node_id),
  } as const;
  const messages = body.content === undefined ? [] : [{ properties: asProperties(body.content), event_time }];
  return [...(body.services ?? []), ...messages].map((one) => ({
    ...named,
    payload: platformPayload(one.properties, BYTES_IN),
    ...at(one.event_time ?? event_time),
  }));
}

function ofOceanConnect({ deviceId, service: single, services }: z.output<typeof oceanConnect>): Frame[] {
  return [...(single ? [single] : []), ...(services ?? [])].map(({ data, eventTime }) => ({
    address: { scheme: 'platform', id: platformId(deviceId) },
    payload: platformPayload(data, BYTES_IN),
    ...at(eventTime),
  }));
}

/** A message of a device is text or JSON. */
const asProperties = (content: unknown): object =>
  typeof content === 'object' && content !== null ? content : { content };

function at(text: string | undefined): { readonly sentAt?: number } {
  const sentAt = compactInstant(text);
  return sentAt === undefined ? {} : { sentAt };
}
