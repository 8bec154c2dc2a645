import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../model/errors.ts';
import type { ImportDoor } from '../ports/import-door.ts';
import { instantSchema } from './schemas.ts';

const far = {
  done: z.number().int().exactOptional().meta({ description: 'entries that are taken over' }),
  of: z.number().int().exactOptional(),
};

export const importFarSchema = z.object({
  running: z.boolean(),
  ...far,
  stopped: z
    .object({
      done: z.number().int(),
      of: z.number().int(),
      at: instantSchema,
      by: z.string().meta({ description: 'who had sent it' }),
      reason: z
        .enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])
        .meta({ description: 'what stood in its way' }),
    })
    .exactOptional()
    .meta({
      description:
        'the last import stopped half way: a part of the list is there, and it has to be sent once more; kept over restarts until a list is taken over',
    }),
});

/** How far a large import is, and whether the last one is only half there. */
export function importFar(service: Pick<ImportDoor, 'importing' | 'importStopped'>): ImportFar {
  const progress = service.importing();
  const stopped = service.importStopped();
  return {
    running: progress !== undefined,
    ...progress,
    ...(stopped && { stopped: { ...stopped, reason: stopped.reason.code } }),
  };
}

export type ImportFar = z.output<typeof importFarSchema>;
