import { z } from 'zod';
import { file } from './file-schema.ts';

/** Section `archive` of service.yaml. */
export const archive = z
  .strictObject({
    folder: file.meta({
      title: 'Folder of the archive',
      description:
        'on another disk or machine than the data; beside where the service is started, or absolute',
    }),
    everySeconds: z.number().int().min(1).max(60).default(10).meta({
      title: 'How often it is written',
      description: 'what can be lost with the disk of the data',
      unit: 's',
    }),
    baseEveryHours: z
      .number()
      .int()
      .min(1)
      .max(720)
      .default(24)
      .meta({ title: 'How often it holds a whole copy; between them stands what changed', unit: 'h' }),
    keepDays: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .default(7)
      .meta({ title: 'How far back every instant can be restored', unit: 'days' }),
  })
  .optional()
  .meta({
    title: 'Archive of everything that is committed, from which every instant can be restored',
    description: 'absent: none',
  });
