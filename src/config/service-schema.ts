import { z } from 'zod';
import { DAY, HOUR } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import { METRIC_NAMES, METRICS } from '../model/metrics.ts';
import { LOCALES } from '../model/text.ts';
import { PUSH_CHECKS, type PushAccount, type PushCheck } from '../ports/push.ts';
import { archive } from './archive-schema.ts';
import { cronSchedule } from './cron-schedule.ts';
import { file, secretFile } from './file-schema.ts';
import { http } from './http-schema.ts';
import { host, port, tls } from './listening-schema.ts';
import { drill, selfWatch } from './self-watch-schema.ts';
import { store } from './store-schema.ts';

/**
 * config/service.yaml: what the service is called, where it listens, where its data lies, how long it is kept. Every
 * key has a title, a default and, where it is a quantity, its unit; `shouwang check --explain` shows them all. Each
 * key also has an environment variable, `http.port` → `SHOUWANG_HTTP_PORT`, which stands above the file.
 */
const days = (title: string, preset: number) =>
  z.number().int().min(1).max(36_500).default(preset).meta({ title, unit: 'days' });

const mqtt = z
  .strictObject({
    mode: z
      .enum(['embedded', 'external'])
      .default('embedded')
      .meta({ title: 'Broker', description: 'embedded: in this process; external: one that runs already' }),
    host: host.default('0.0.0.0'),
    port: port.default(1883).meta({ title: 'MQTT port' }),
    webSocketPort: z
      .union([port, z.literal('off')])
      .default(8083)
      .meta({ title: 'MQTT over WebSocket port' }),
    tls: tls
      .extend({
        port: port.default(8883).meta({ title: 'MQTT over TLS port' }),
        caFile: file.optional().meta({
          title: 'Authority of client certificates, PEM',
          description: 'given: every client must present a certificate of it',
        }),
      })
      .optional()
      .meta({ title: 'TLS; read anew without a restart when the files change' }),
    external: z
      .strictObject({
        url: z
          .string()
          .regex(/^(mqtts?|wss?):\/\/[^\s]+$/, 'an address such as mqtt://broker.example:1883')
          .meta({ title: 'Address of the broker' }),
        username: z.string().max(200).optional().meta({ title: 'User name' }),
        password: z.string().max(1000).optional().meta({ title: 'Password', secret: true }),
        passwordFile: secretFile('File with the password'),
        caFile: file.optional().meta({ title: "Authority of the broker's certificate, PEM" }),
        clientId: z.string().min(1).max(64).default('shouwang').meta({ title: 'Client id' }),
        sharedGroup: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, hyphens and underscores')
          .optional()
          .meta({
            title: 'Group of services that share what comes (MQTT 5)',
            description:
              'each watches over homes of its own, and needs a client id of its own. Absent: all comes here',
          }),
        sharing: z.enum(['all', 'turns']).default('all').meta({
          title: 'How the group shares',
          description:
            'all: each hears everything and leaves what is of others; turns: the broker gives each message to one of them (a shared subscription), which mosquitto 2.0.11 forgets when it starts again',
        }),
        filters: z.array(z.string().min(1)).min(1).optional().meta({
          title: 'Topic filters to subscribe to',
          description:
            'absent: those of the device models and envelopes, and shouwang/+/#, where somebody may call under a wrong topic',
        }),
      })
      .optional()
      .meta({ title: 'External broker' }),
    serviceAccounts: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, hyphens and underscores')
            .meta({ title: 'User name and client id' }),
          secretHash: z
            .string()
            .regex(/^(scrypt|sha256)\$/, 'a hash that begins with scrypt$ or sha256$')
            .meta({ title: 'Hash of its secret', secret: true }),
        }),
      )
      .default([])
      .meta({
        title: 'Programs that may read every topic',
        description: 'and publish for every device, as replay does: a secret as weighty as all of theirs',
      }),
  })
  .prefault({})
  .meta({ title: 'MQTT' });

const watches = z
  .strictObject({
    host: host.default('0.0.0.0'),
    port: z
      .union([port, z.literal('off')])
      .default('off')
      .meta({
        title: 'Watch port (TCP)',
        description:
          'for watches and pendants that speak protocols of their own; these know no password, so let only the mobile network reach it',
      }),
    publicAddress: z
      .string()
      .regex(/^[^\s:]+:\d{1,5}$/, 'host and port, such as watches.example:8001')
      .optional()
      .meta({
        title: 'Where watches reach this port',
        description: 'some ask for it at each login; absent: where they came to',
      }),
  })
  .prefault({})
  .meta({ title: 'Watches and pendants over TCP' });

/** OneNET takes tokens of up to 32 letters; a short one is found by trying. */
export const PUSH_TOKEN_LENGTH_MIN = 8;
/** What OneNET gives as key: 43 characters of base64, or 16 characters. */
export const ONENET_KEY = /^(?:[A-Za-z0-9+/]{43}|[\x21-\x7e]{16})$/;
export const ONENET_KEY_FORM = 'the key as OneNET shows it: 43 or 16 characters';
const pushAccount = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, hyphens and underscores')
    .meta({ title: 'Name' }),
  envelope: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'the name of an envelope, such as ctwing')
    .meta({
      title: 'Envelope',
      description: 'what the platform speaks; last part of the address it pushes to',
    }),
  gateway: z
    .string()
    .min(1)
    .max(64)
    .meta({ title: 'Gateway of the registry in whose name it speaks: its devices stand behind it' }),
  check: z.enum(PUSH_CHECKS).optional().meta({
    title: 'How it proves that it is the platform',
    description:
      "token: ?token= in the address, or a header; onenet, huawei, aliyun: the platform's signature (for aliyun the token is the appSecret). Absent: what belongs to the envelope",
  }),
  token: z.string().min(PUSH_TOKEN_LENGTH_MIN).max(1000).optional().meta({ title: 'Token', secret: true }),
  tokenFile: secretFile('File with the token'),
  aesKey: z.string().regex(ONENET_KEY, ONENET_KEY_FORM).optional().meta({
    title: 'Key of the encrypted mode of OneNET',
    description: 'absent: messages come in plain, or are refused as encrypted',
    secret: true,
  }),
  aesKeyFile: secretFile('File with that key'),
});

const push = z
  .strictObject({
    accounts: z.array(pushAccount).max(1000).default([]).meta({
      title: 'Platforms that push messages to /api/v1/push/<envelope>',
    }),
  })
  .prefault({})
  .meta({ title: 'Messages by HTTP' });

const files = z
  .strictObject({
    registry: z.array(file).default(['registry.yaml']).meta({
      title: 'Registry files',
      description:
        'taken over when the records hold no registry yet; later changes go through `import` or the API',
    }),
    rules: file.default('rules.yaml').meta({ title: 'Rules' }),
    channels: file.default('channels.yaml').meta({ title: 'Notification channels' }),
    notify: file.default('notify.yaml').meta({ title: 'Who is told' }),
    rosters: file
      .default('rosters.yaml')
      .meta({ title: 'Who is on duty', description: 'there need be none' }),
    models: file.default('models').meta({
      title: 'Folder with device models of your own',
      description: 'each a YAML or JSON file; there need be none',
    }),
  })
  .prefault({})
  .meta({ title: 'Other configuration files, beside this one' });

/** Where somebody was is nobody's business for years. */
const METRIC_DAYS: Readonly<Record<string, number>> = { latitude_deg: 30, longitude_deg: 30 };
const metricDays = Object.fromEntries(
  METRIC_NAMES.map((name) => {
    const own = METRIC_DAYS[name];
    const kept = z.number().int().min(1).max(36_500);
    const title = `${METRICS[name].title.en}; absent: as by default`;
    return [name, (own === undefined ? kept.optional() : kept.default(own)).meta({ title, unit: 'days' })];
  }),
) as Record<keyof typeof METRICS, z.ZodOptional<z.ZodNumber>>;

const retention = z
  .strictObject({
    schedule: cronSchedule('17 3 * * *')
      .default('17 3 * * *')
      .meta({ title: 'When old data is deleted', description: 'cron; in the time zone of the service' }),
    telemetry: z
      .strictObject({ default: days('Readings that have no line of their own', 730), ...metricDays })
      .prefault({})
      .meta({ title: 'Readings, by metric' }),
    records: z
      .strictObject({
        alerts: days('Alerts that are over', 1095),
        cases: days('Cases that are over', 1095),
        photos: days('Photos that were taken for a case', 90),
        visits: days('Visits and major changes', 1095),
        rejections: z
          .number()
          .int()
          .min(100)
          .max(1_000_000)
          .default(LIMITS.rejectionsKeptMax)
          .meta({ title: 'Rejections with their payload', unit: 'messages' }),
        events: z
          .number()
          .int()
          .min(1000)
          .max(10_000_000)
          .default(LIMITS.streamEventsKeptMax)
          .meta({ title: 'Events that a reader of the stream can catch up on', unit: 'events' }),
      })
      .prefault({})
      .meta({ title: 'Records' }),
  })
  .prefault({})
  .meta({ title: 'How long data is kept' });

const heartbeat = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'an address such as https://monitor.example/ping/abc' })
      .meta({ title: 'Address that is asked', secret: true }),
    everySeconds: z.number().int().min(10).max(3600).default(60).meta({ title: 'How often', unit: 's' }),
  })
  .optional()
  .meta({
    title: 'Heartbeat to a monitor on another machine',
    description: 'sent only while rules are evaluated and what they find reaches the disk; absent: none',
  });

const limit = (title: string, unit: string, preset: number, min: number, max: number) =>
  z.number().int().min(min).max(max).default(preset).meta({ title, unit });

const limits = z
  .strictObject({
    connectionsPerAddressMax: limit(
      'MQTT connections from one address',
      'connections',
      LIMITS.connectionsPerAddressMax,
      1,
      1_000_000,
    ),
    watchConnectionsPerAddressMax: limit(
      'Connections to the watch port from one address',
      'connections',
      LIMITS.watchConnectionsPerAddressMax,
      1,
      1_000_000,
    ),
    frameBytesMax: limit('Size of one MQTT message', 'bytes', LIMITS.frameBytesMax, 1024, 64 * 1024 * 1024),
    inboxLengthMax: limit(
      'Messages that wait before sockets are read no further',
      'messages',
      LIMITS.inboxLengthMax,
      16,
      1_000_000,
    ),
  })
  .prefault({})
  .meta({ title: 'Limits that a large or small site may need to move' });

export const serviceSchema = z.strictObject({
  site: z
    .strictObject({
      name: z.string().min(1).max(100).default('守望').meta({ title: 'Name of the site, as people see it' }),
      phone: z
        .string()
        .regex(/^\+?\d[\d -]{1,29}$/)
        .optional()
        .meta({
          title: 'Telephone of the community',
          description:
            'shown on the pages behind links, which tell residents and the family to call there, where no node of the registry at or above the home has a `phone` of its own: digits, blanks and hyphens, in quotes: "0571-8888 1234"',
        }),
    })
    .prefault({})
    .meta({ title: 'Site' }),
  dataDir: file
    .default('data')
    .meta({ title: 'Folder of the data', description: 'beside where the service is started, or absolute' }),
  dataMustExist: z.boolean().default(false).meta({
    title: 'Data must be there',
    description:
      'true: the service does not start where nothing was ever stored, as on a disk that is not mounted; set it after the first start',
  }),
  locale: z
    .enum(LOCALES)
    .default('zh')
    .meta({ title: 'Language of notices, where a channel names none of its own' }),
  log: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info')
        .meta({ title: 'What is logged: this and all that is graver' }),
    })
    .prefault({})
    .meta({ title: 'Log' }),
  mqtt,
  watches,
  store,
  http,
  push,
  files,
  retention,
  archive,
  heartbeat,
  selfWatch,
  drill,
  limits,
});

export type ServiceConfig = z.output<typeof serviceSchema>;

/** Which check belongs to which envelope, where the account does not say it. */
const OWN_CHECKS: Readonly<Record<string, PushCheck>> = {
  onenet: 'onenet',
  'huawei-iot': 'huawei',
  'aliyun-iot': 'aliyun',
};

/** The platforms that push, with the token out of its file. */
export const pushAccounts = ({ push: { accounts } }: ServiceConfig): PushAccount[] =>
  accounts.map(({ name, envelope, gateway, check, token = '', aesKey }) => {
    const own = check ?? OWN_CHECKS[envelope] ?? 'token';
    return { name, envelope, gateway, check: own, token, ...(aesKey === undefined ? {} : { aesKey }) };
  });

/** Events that nobody catches up on any more, and messages that were refused. */
const TOLD_DAYS_MAX = 30;

/**
 * Retention of the records, as the record store takes it. An answer under an Idempotency-Key is kept for a day. What was refused
 * holds positions, too, and is kept no longer than these.
 */
export function recordRetention({ retention: { records, telemetry } }: ServiceConfig): {
  alertsMs: number;
  casesMs: number;
  photosMs: number;
  visitsMs: number;
  rejectionsKept: number;
  eventsKept: number;
  rejectionsMs: number;
  eventsMs: number;
  idempotencyMs: number;
} {
  const { default: otherwise, latitude_deg = otherwise, longitude_deg = otherwise } = telemetry;
  return {
    alertsMs: records.alerts * DAY,
    casesMs: records.cases * DAY,
    photosMs: records.photos * DAY,
    visitsMs: records.visits * DAY,
    rejectionsKept: records.rejections,
    eventsKept: records.events,
    rejectionsMs: Math.min(TOLD_DAYS_MAX, latitude_deg, longitude_deg) * DAY,
    eventsMs: TOLD_DAYS_MAX * DAY,
    idempotencyMs: 24 * HOUR,
  };
}

/** Instants before which readings are deleted, as the telemetry store takes them. */
export function telemetryCutoffs(
  { retention: { telemetry } }: ServiceConfig,
  now: number,
): Partial<Record<keyof typeof METRICS, number>> & { default: number } {
  const entries = Object.entries(telemetry).filter(([, kept]) => kept !== undefined);
  const cutoffs = Object.fromEntries(entries.map(([name, kept]) => [name, now - (kept as number) * DAY]));
  return cutoffs as Partial<Record<keyof typeof METRICS, number>> & { default: number };
}

/**
 * Moves the limits of this process to what the configuration says. Once, before anything starts: nothing looks at a
 * limit again that it has built upon.
 */
export function applyLimits(config: ServiceConfig): void {
  Object.assign(LIMITS, config.limits);
}
