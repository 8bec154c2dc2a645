import cron from 'node-cron';
import { z } from 'zod';
import { show } from './schema-words.ts';

/**
 * When something is done again and again: minute, hour, day of the month, month, day of the week, as crontab(5) has it.
 * Checked where it is written, by the library that will keep it: one that it refuses would end a service that runs already.
 */
export const cronSchedule = (example: string): z.ZodString =>
  z.string().refine((text) => text.trim().split(/\s+/).length === 5 && cron.validate(text), {
    error: ({ input }) => `found ${show(input)}, expected five fields of a cron schedule, such as ${example}`,
  });
