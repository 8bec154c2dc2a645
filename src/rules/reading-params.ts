import { z } from 'zod';
import { PRIORITIES } from '../model/alert.ts';
import { METRIC_NAMES, type MetricName } from '../model/metrics.ts';

/** Parameters of the kind `reading-limit`: what is beyond which limit, and what must come together to be believed. */

const limit = z
  .strictObject({
    metric: z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]),
    above: z.number().optional().meta({ title: 'At or above' }),
    below: z.number().optional().meta({ title: 'At or below' }),
    clear: z
      .number()
      .optional()
      .meta({ title: 'Back to normal at', description: 'hysteresis; the limit itself if absent' }),
    grave: z
      .number()
      .optional()
      .meta({ title: 'Grave at', description: 'held or repeated there, it has the priority of the grave' }),
  })
  .refine((l) => (l.above === undefined) !== (l.below === undefined), {
    message: 'give either above or below',
  });

/** Blood pressure is over in the same way. */
export const clearCount = z
  .number()
  .int()
  .min(1)
  .max(10)
  .default(2)
  .meta({ title: 'Normal readings in a row that end it' });

export const readingParams = z.strictObject({
  limits: z.array(limit).min(1).meta({ title: 'Limits', description: 'one that is reached is enough' }),
  confirm: z
    .strictObject({
      count: z.number().int().min(1).max(20).default(2),
      of: z.number().int().min(1).max(40).default(3),
      withinMinutes: z.number().min(1).max(1440).default(30),
      apartMinutes: z.number().min(0).max(240).default(0),
    })
    .prefault({})
    .meta({
      title: 'Confirmation',
      description:
        'count of the last so many readings, within this time, apart at least so far; of a device that measures more seldom, so many in a row',
    }),
  holdMinutes: z.number().min(0).max(240).default(0).meta({ title: 'Must hold for', unit: 'min' }),
  holdShare: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.8)
    .meta({ title: 'Share of readings over the limit while it holds' }),
  restMinutes: z.number().min(0).max(120).default(0).meta({
    title: 'Counts only after rest of',
    unit: 'min',
    description: 'readings of somebody who walks about are left out',
  }),
  holdMinutesUnknown: z.number().min(0).max(240).optional().meta({
    title: 'Must hold for, where rest is not known',
    unit: 'min',
    description: 'for devices that count no steps; the same as otherwise if absent',
  }),
  gravePriority: z.enum(PRIORITIES).default('P1').meta({ title: 'Priority of a grave one' }),
  clearCount,
  remeasure: z
    .string()
    .max(40)
    .optional()
    .meta({ title: 'Ask the device to measure again', example: 'blood_pressure' }),
  ifUnconfirmed: z.enum(PRIORITIES).optional().meta({
    title: 'Priority if no second reading comes',
    description: 'absent: a single reading that nothing confirms raises nothing',
  }),
});
export type ReadingParams = z.output<typeof readingParams>;
