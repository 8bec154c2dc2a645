import { z } from 'zod';
import { file } from './file-schema.ts';

/** What all sections of config/service.yaml share that say where the service listens. */
export const port = z
  .number()
  .int()
  .min(0)
  .max(65_535)
  .meta({ title: 'Port', description: '0: any port that is free' });
export const host = z.string().min(1).max(255).meta({ title: 'Address to listen on' });

export const tls = z.strictObject({
  certFile: file.meta({ title: 'Certificate chain, PEM' }),
  keyFile: file.meta({ title: 'Private key, PEM' }),
});
