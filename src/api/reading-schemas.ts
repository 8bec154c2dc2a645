import { z } from 'zod';
import { CLOCK_SOURCES, type DeviceEvent, type Reading } from '../model/message.ts';
import { EVENT_NAMES, METRIC_NAMES } from '../model/metrics.ts';
import type { Bucket, Point } from '../ports/telemetry.ts';
import { mirrors, named } from './mirrors.ts';

/** What devices measured and said, as schemas. */
export const instantSchema = z.number().int().meta({ title: 'Instant', description: 'epoch milliseconds' });
export const metricSchema = named(METRIC_NAMES);
export const eventSchema = named(EVENT_NAMES);

export const clockSchema = named(CLOCK_SOURCES).meta({
  description:
    "whose clock says `at`: the device's own; that of its gateway or network; our own at arrival. Absent: not known",
});
export const readingSchema = mirrors<Reading>()(
  z.object({
    metric: metricSchema,
    value: z.number(),
    at: instantSchema,
    clock: clockSchema.exactOptional(),
  }),
);
export const deviceEventSchema = mirrors<DeviceEvent>()(z.object({ event: eventSchema, at: instantSchema }));

export const pointSchema = mirrors<Point>()(
  z.object({ at: instantSchema, value: z.number(), clock: clockSchema.exactOptional() }),
);
export const bucketSchema = mirrors<Bucket>()(
  z.object({
    from: instantSchema,
    count: z.number().int(),
    first: z.number(),
    last: z.number(),
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    increase: z.number().meta({
      description: 'what a counter grew from the last point before the bucket to the last in it',
    }),
  }),
);
