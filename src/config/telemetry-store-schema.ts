import { z } from 'zod';
import { file, secretFile } from './file-schema.ts';

/** Keys of section `store` of service.yaml that say where readings are kept. */

const name = z.string().min(1).max(200);
const url = z
  .string()
  .regex(/^https?:\/\/[^\s@/?#]+(\/[^\s?#]*)?$/, 'an address such as http://influx.example:8086')
  .meta({ title: 'Address of the server' });
const caFile = file.optional().meta({ title: "Authority of the server's certificate, PEM" });
const amount = (title: string, unit: string, preset: number, max: number) =>
  z.number().int().min(1).max(max).default(preset).meta({ title, unit });

export const telemetryStoreKeys = {
  telemetry: z.enum(['sqlite', 'influx1', 'influx2']).default('sqlite').meta({
    title: 'Readings over years',
    description:
      'sqlite: a file in the data folder; influx1, influx2: an InfluxDB 1.x or 2.x server beside it',
  }),
  influx1: z
    .strictObject({
      url,
      database: name.default('shouwang').meta({ title: 'Database; made if it is not there' }),
      username: name.optional().meta({ title: 'User name' }),
      password: z.string().max(1000).optional().meta({ title: 'Password', secret: true }),
      passwordFile: secretFile('File with the password'),
      retentionPolicy: name
        .optional()
        .meta({ title: 'Retention policy', description: "absent: the database's own default" }),
      caFile,
    })
    .optional()
    .meta({ title: 'InfluxDB 1.x' }),
  influx2: z
    .strictObject({
      url,
      org: name.meta({ title: 'Organization' }),
      bucket: name.default('shouwang').meta({ title: 'Bucket; it must exist' }),
      token: z.string().max(1000).optional().meta({ title: 'Token', secret: true }),
      tokenFile: secretFile('File with the token'),
      caFile,
    })
    .optional()
    .meta({ title: 'InfluxDB 2.x' }),
  outside: z
    .strictObject({
      keepDays: amount('Readings that stay on this machine as well', 'days', 3, 36_500),
      spoolMegabytes: amount(
        'Spool of what the server does not have yet; beyond it readings are sent out of the local store later',
        'MB',
        1_024,
        1_000_000,
      ),
      localGigabytes: amount(
        'Local store at which, while the server takes nothing, the oldest readings are given up',
        'GB',
        50,
        100_000,
      ),
      diskFreeGigabytes: amount(
        'Free disk below which, while the server takes nothing, the oldest readings are given up',
        'GB',
        2,
        100_000,
      ),
    })
    .prefault({})
    .meta({ title: 'While readings are kept by a server' }),
};
