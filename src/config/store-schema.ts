import { z } from 'zod';
import { file, secretFile } from './file-schema.ts';
import { telemetryStoreKeys } from './telemetry-store-schema.ts';

/** Section `store` of service.yaml: which engines keep the data, and where they are. */

export const store = z
  .strictObject({
    records: z.enum(['sqlite', 'postgres']).default('sqlite').meta({
      title: 'Records: journal, state, alerts, cases, notices, registry, accounts',
      description: 'sqlite: a file in the data folder; postgres: a PostgreSQL server, 15 or newer',
    }),
    postgres: z
      .strictObject({
        url: z
          .string()
          .regex(
            /^postgres(ql)?:\/\/[^\s:@/?#]+@[^\s@/?#]+\/[^\s/?#]+$/,
            'an address such as postgres://shouwang@db.example:5432/shouwang, without the password',
          )
          .meta({
            title: 'Address of the database, with the user',
            description:
              'directly, or over a pooler in session mode: the service holds a lock of its session',
          }),
        password: z.string().max(1000).optional().meta({ title: 'Password', secret: true }),
        passwordFile: secretFile('File with the password'),
        tls: z.enum(['verified', 'unverified', 'off']).optional().meta({
          title: 'TLS',
          description:
            'verified: with a certificate for its name; unverified: any certificate. Absent: verified, and off on this machine itself',
        }),
        caFile: file.optional().meta({ title: "Authority of the server's certificate, PEM" }),
        certFile: file.optional().meta({ title: 'Certificate of this client, PEM' }),
        keyFile: file.optional().meta({ title: 'Its private key, PEM' }),
        partition: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,30}$/, 'up to 31 lower-case letters, digits and underscores')
          .default('main')
          .meta({
            title: 'Partition of homes that this service watches over',
            description:
              'its tables stand in the schema shouwang_<partition>, and one process at a time has them',
          }),
        connectionsMax: z
          .number()
          .int()
          .min(2)
          .max(200)
          .default(8)
          .meta({ title: 'Connections beside the one that commits', unit: 'connections' }),
      })
      .optional()
      .meta({ title: 'PostgreSQL' }),
    ...telemetryStoreKeys,
  })
  .prefault({})
  .meta({ title: 'Where data is kept' });
