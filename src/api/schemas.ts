import { z } from 'zod';
import {
  ABOUTS,
  type Alert,
  CLEAR_REASONS,
  COVERAGES,
  type Evidence,
  type EvidenceReading,
  PRIORITIES,
} from '../model/alert.ts';
import { CALLS } from '../model/call-for-help.ts';
import { CASE_STATUSES } from '../model/case.ts';
import {
  type FollowUp,
  NOTICE_EVENTS,
  NOTICE_FAILURES,
  NOTICE_STATES,
  type Notice,
  type NoticeFailure,
  type Recipient,
} from '../model/notice.ts';
import {
  contactSchema,
  type Device,
  deviceSchema,
  type Gateway,
  gatewaySchema,
  homeSchema,
  nodeSchema,
  residentSchema,
  staffSchema,
} from '../model/registry.ts';
import { REJECTION_REASONS, type RejectionReason } from '../model/rejection.ts';
import { textSchema } from '../model/text.ts';
import { PERMISSION_ROLES, type RejectionCount, type StoredRejection, type User } from '../ports/records.ts';
import type { RuleKindInfo } from '../ports/rule-info.ts';
import type { Announced, DeviceStatus, ModelInfo } from '../ports/service.ts';
import { gatewayStatusSchema, refusedSchema } from './connection-schemas.ts';
import { mirrors, named } from './mirrors.ts';
import {
  bucketSchema,
  clockSchema,
  deviceEventSchema,
  eventSchema,
  instantSchema,
  metricSchema,
  pointSchema,
  readingSchema,
} from './reading-schemas.ts';

export {
  bucketSchema,
  deviceEventSchema,
  eventSchema,
  instantSchema,
  metricSchema,
  pointSchema,
  readingSchema,
};

const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();

export const prioritySchema = named(PRIORITIES);
export const rejectionReasonSchema = named(Object.keys(REJECTION_REASONS) as RejectionReason[]);
const permissionRoleSchema = named(PERMISSION_ROLES);

const evidenceReadingSchema = mirrors<EvidenceReading>()(
  z.object({
    device: z.string(),
    metric: metricSchema,
    value: z.number(),
    at: instantSchema,
    receivedAt: instantSchema
      .exactOptional()
      .meta({ description: 'absent where only value and instant of an earlier reading are kept' }),
  }),
);

const evidenceSchema = mirrors<Evidence>()(
  z.object({
    text: textSchema,
    readings: list(evidenceReadingSchema),
    coverage: named(COVERAGES).exactOptional(),
    freshnessMs: z.number().exactOptional(),
    values: z.record(z.string(), z.union([z.number(), z.string()])).readonly(),
  }),
);

export const alertSchema = mirrors<Alert>()(
  z.object({
    id: z.string(),
    subject: z.string(),
    home: z.string(),
    device: z.string().exactOptional(),
    path: z.string(),
    rule: z.string(),
    ruleKind: z.string(),
    ruleSetVersion: z.string(),
    ruleSetContent: z
      .string()
      .exactOptional()
      .meta({ description: 'mark of what that version said; absent in alerts of earlier releases' }),
    shadow: z.literal(true).exactOptional(),
    about: named(ABOUTS),
    priority: prioritySchema,
    title: textSchema,
    since: instantSchema,
    raisedAt: instantSchema,
    clearedAt: instantSchema.exactOptional(),
    clearReason: named(CLEAR_REASONS).exactOptional(),
    evidence: evidenceSchema,
    count: z.number(),
    case: z.string(),
    version: z.number(),
    history: list(
      z.object({ at: instantSchema, since: instantSchema, priority: prioritySchema, text: textSchema }),
    ),
  }),
).meta({ id: 'Alert' });

const recipientSchema = mirrors<Recipient>()(
  z.object({
    kind: named(['staff', 'contact', 'resident', 'channel']),
    id: z.string(),
    name: z.string(),
    role: z.string(),
  }),
);

const followUpSchema = mirrors<FollowUp>()(
  z.object({
    notice: z.string().meta({ description: 'the one that it answers, or changes' }),
    providerId: z.string().exactOptional(),
    edits: z.literal(true).exactOptional(),
    news: z.object({
      what: named(['taken', 'on-the-way', 'resolved', 'struck-off']),
      status: named(CASE_STATUSES),
      by: z.string(),
      at: instantSchema,
      when: z.string(),
      text: textSchema,
    }),
  }),
);

export const noticeSchema = mirrors<Notice>()(
  z.object({
    id: z.string(),
    case: z.string(),
    alert: z.string(),
    home: z.string(),
    path: z.string(),
    recipient: recipientSchema,
    channel: z.string(),
    address: z.string(),
    content: z.object({
      event: named(NOTICE_EVENTS),
      title: textSchema,
      body: textSchema,
      priority: prioritySchema,
      parts: z
        .object({
          community: z.string(),
          place: textSchema,
          person: textSchema,
          event: textSchema,
          time: z.string(),
        })
        .exactOptional(),
      number: z.number().int().exactOptional(),
    }),
    createdAt: instantSchema,
    state: named(NOTICE_STATES),
    attempts: z.number().int(),
    nextAttemptAt: instantSchema.exactOptional(),
    acceptedAt: instantSchema.exactOptional(),
    deliveredAt: instantSchema.exactOptional(),
    seenAt: instantSchema.exactOptional(),
    failedAt: instantSchema.exactOptional(),
    failure: named(Object.keys(NOTICE_FAILURES) as NoticeFailure[]).exactOptional(),
    providerAnswer: z.string().exactOptional(),
    providerId: z.string().exactOptional(),
    digest: z.string().exactOptional(),
    standsFor: z.array(z.string()).readonly().exactOptional(),
    follows: followUpSchema.exactOptional().meta({
      description: 'of a notice that tells whoever was told before what became of the case',
    }),
  }),
).meta({ id: 'Notice' });

/** Devices and gateways leave without the hash of their secret. */
export const publicDeviceSchema = mirrors<Omit<Device, 'secretHash' | 'homesBefore'>>()(
  deviceSchema.omit({ secretHash: true, homesBefore: true }),
).meta({ id: 'Device' });
export const publicGatewaySchema = mirrors<Omit<Gateway, 'secretHash'>>()(
  gatewaySchema.omit({ secretHash: true }),
).meta({ id: 'Gateway' });
export const publicEntrySchema = z
  .discriminatedUnion('noun', [
    nodeSchema,
    homeSchema,
    residentSchema,
    contactSchema,
    publicDeviceSchema,
    publicGatewaySchema,
    staffSchema,
  ])
  .meta({ id: 'RegistryEntry' });
export type PublicDevice = z.output<typeof publicDeviceSchema>;

export const gatewayDetailSchema = z
  .object({ gateway: publicGatewaySchema, status: gatewayStatusSchema })
  .meta({ id: 'GatewayDetail' });

export const deviceStatusSchema = mirrors<DeviceStatus>()(
  z.object({
    device: z.string(),
    heardAt: instantSchema.exactOptional(),
    measuredAt: instantSchema.exactOptional(),
    connected: z.boolean().exactOptional(),
    refused: refusedSchema
      .exactOptional()
      .meta({ description: 'it was refused since it was last let in; why, the last time' }),
    gatewayRefused: refusedSchema
      .extend({ gateway: z.string() })
      .exactOptional()
      .meta({ description: 'the same of its gateway, where nothing of the device came since' }),
    untaken: z
      .object({ at: instantSchema, reason: rejectionReasonSchema, count: z.number() })
      .exactOptional()
      .meta({ description: 'it speaks, and nothing was taken since it was heard' }),
    twoAsOne: z
      .object({ at: instantSchema })
      .exactOptional()
      .meta({ description: 'two connections with its credential put each other out' }),
    silent: z.boolean().meta({ description: 'people were told that it is, or its gateway is' }),
    overdue: z
      .boolean()
      .exactOptional()
      .meta({ description: 'not heard for so long that rules see nothing by it, as GET /watch has it' }),
    mute: z
      .boolean()
      .exactOptional()
      .meta({ description: 'it counts as silent though it is heard: it does not count' }),
    last: z.partialRecord(metricSchema, z.object({ value: z.number(), at: instantSchema })),
    lastSince: instantSchema.exactOptional(),
    silentAt: instantSchema.exactOptional(),
  }),
).meta({ id: 'DeviceStatus' });

export const modelInfoSchema = mirrors<ModelInfo>()(
  z.object({
    model: z.string(),
    title: textSchema,
    summary: textSchema,
    topics: list(z.string()),
    metrics: list(metricSchema),
    events: list(eventSchema),
    expectedIntervalMs: z.number(),
    maker: z.string().exactOptional(),
    settings: z
      .unknown()
      .exactOptional()
      .meta({ description: 'JSON Schema of what may be set for one device' }),
  }),
).meta({ id: 'DeviceModel' });

export const ruleKindSchema = mirrors<RuleKindInfo>()(
  z.object({
    kind: z.string(),
    title: textSchema,
    summary: textSchema,
    about: z.string(),
    params: z.unknown().meta({ description: 'JSON Schema of the parameters' }),
  }),
).meta({ id: 'RuleKind' });

export const rejectionSchema = mirrors<StoredRejection>()(
  z.object({
    id: z.number().int(),
    at: instantSchema,
    reason: rejectionReasonSchema,
    topic: z.string(),
    from: z.string(),
    device: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    payload: z.string(),
    payloadEncoding: named(['utf8', 'base64']),
    payloadBytes: z.number().int(),
  }),
).meta({ id: 'Rejection' });
export const rejectionCountSchema = mirrors<RejectionCount>()(
  z.object({ reason: rejectionReasonSchema, count: z.number().int(), lastAt: instantSchema }),
);

const sent = {
  topic: z.string(),
  payload: z.string(),
  payloadEncoding: named(['utf8', 'base64']),
  payloadBytes: z.number().int(),
};
export const knockSchema = z
  .object({
    address: z.string(),
    from: z.string(),
    firstAt: instantSchema,
    lastAt: instantSchema,
    count: z.number().int(),
    ...sent,
    models: list(z.string()),
    calls: z
      .object({ call: named(CALLS), at: instantSchema, count: z.number().int() })
      .exactOptional()
      .meta({ description: 'it called for help: what for, when last, how often' }),
    dismissed: z
      .object({ at: instantSchema, by: z.string(), reason: z.string() })
      .exactOptional()
      .meta({ description: 'somebody looked who it is: nobody of ours, and why' }),
  })
  .meta({ id: 'Knock' });
export const announcedSchema = mirrors<Announced>()(
  z.object({
    address: z.string(),
    model: z.string().exactOptional(),
    name: z.string(),
    metrics: list(metricSchema),
    events: list(eventSchema).exactOptional(),
    settings: deviceSchema.shape.settings.unwrap().exactOptional(),
    place: deviceSchema.shape.place.unwrap().exactOptional(),
    from: z.string(),
    at: instantSchema,
  }),
).meta({ id: 'AnnouncedDevice' });
export const capturedMessageSchema = z
  .object({
    at: instantSchema,
    ...sent,
    clock: clockSchema.exactOptional(),
    wrongClock: z
      .object({ said: z.number(), offMs: z.number(), isCorrected: z.boolean() })
      .exactOptional()
      .meta({
        description:
          'what its clock said and was not believed, and by how much that is ahead; corrected: taken as of its arrival',
      }),
    readings: list(readingSchema),
    events: list(deviceEventSchema),
    refusals: list(z.object({ reason: rejectionReasonSchema, detail: z.string() })),
  })
  .meta({ id: 'CapturedMessage' });

const roleOnNodeSchema = z.object({
  role: permissionRoleSchema,
  node: z.string().meta({ description: 'path of a node and all below it; empty: everything' }),
});
export const rolesSchema = list(roleOnNodeSchema);

/** Accounts leave without the hash of their password. */
export const publicUserSchema = mirrors<Omit<User, 'passwordHash'>>()(
  z.object({
    id: z.string(),
    name: z.string(),
    roles: rolesSchema,
    locale: named(['zh', 'en']),
    disabled: z.boolean(),
    createdAt: instantSchema,
  }),
).meta({ id: 'User' });

/** A token by the SHA-256 under which it is stored; the token itself is shown once. */
export const tokenSchema = z
  .object({
    hash: z.string(),
    user: z.string(),
    label: z.string(),
    createdAt: instantSchema,
    expiresAt: instantSchema.exactOptional(),
    lastUsedAt: instantSchema,
  })
  .meta({ id: 'Token' });

export type DeviceModel = z.output<typeof modelInfoSchema>;
export type AnnouncedDevice = z.output<typeof announcedSchema>;
export type GatewayDetail = z.output<typeof gatewayDetailSchema>;
export type Knock = z.output<typeof knockSchema>;
export type CapturedMessage = z.output<typeof capturedMessageSchema>;
