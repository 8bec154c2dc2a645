import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { chineseOfMessage } from '../../model/system-words.ts';
import { type Text, TextError } from '../../model/text.ts';
import { localeOf, refuse, refuseAt } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';

export default defineRoutes({
  noun: 'backup',
  summary: 'A copy of the running service',
  routes: [
    route({
      method: 'POST',
      path: '/backup',
      needs: 'administrator',
      everywhere: true,
      idempotent: true,
      title: 'Write a verified copy of all stores into a folder on the machine of the service',
      body: z.strictObject({
        dir: z.string().min(1).max(1000).meta({ description: 'absolute path of a new folder' }),
      }),
      reply: z.object({
        format: z.literal(1),
        at: instantSchema,
        lastSeq: z.number().int(),
        files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })).readonly(),
      }),
      handle: async ({ service, body: { dir }, request }) => {
        if (!isAbsolute(dir))
          return refuseAt(
            'body',
            { pointer: '/dir', code: 'custom' },
            { zh: 'dir 应为绝对路径', en: 'dir must be an absolute path' },
          );
        try {
          return await service.backup(dir);
        } catch (error) {
          request.log.error({ err: error }, 'a backup failed');
          // An administrator of everything may read what the machine said: a folder that exists, a disk that is full.
          return refuse('BACKUP_FAILED', {
            reason: why(error)[localeOf(request.headers['accept-language'])],
          });
        }
      },
    }),
  ],
});

function why(error: unknown): Text {
  if (error instanceof TextError) return error.text;
  const said = error instanceof Error ? error.message : String(error);
  return { zh: chineseOfMessage(said), en: said };
}
