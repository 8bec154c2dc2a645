import { z } from 'zod';
import { ABOUTS, CLEAR_REASONS, PRIORITIES } from '../../model/alert.ts';
import { AWAY_KINDS } from '../../model/away-kinds.ts';
import { DEVICE_PLACES } from '../../model/device-places.ts';
import { EVENT_NAMES, METRIC_NAMES } from '../../model/metrics.ts';
import { overrideSchema, ruleSchema } from '../../model/rule-set.ts';
import { MAJOR_CHANGES, VISIT_CLASSES, VISIT_RESULTS } from '../../model/visit-words.ts';

const TIME_FORMS =
  'hours since the start as a number, "30h", "1d 6h", or a local time such as 2026-03-02 06:00';
/** When, checked once the start and the time zone are known. */
const time = z.union([z.number(), z.string().min(1)]).meta({ title: 'Time', description: TIME_FORMS });
const span = z.union([z.number().positive(), z.string().min(1)]).meta({
  title: 'Duration',
  description: 'hours as a number, or "15min", "1h", "1d"',
});

/** One value, a list of them (null: absent), or a start with a step; a list of steps is gone through over and over. */
const values = z.union([
  z.number(),
  z.array(z.number().nullable()).min(1),
  z.strictObject({ start: z.number(), step: z.union([z.number(), z.array(z.number()).min(1)]).default(0) }),
]);

const seriesSchema = z.strictObject({
  device: z.string().optional().meta({ title: 'Device', description: 'may be left out where there is one' }),
  at: time.default(0),
  every: span.optional(),
  until: time.optional().meta({ description: 'excluded; with a list of values it may be left out' }),
  absent: z
    .array(z.tuple([time, time]))
    .default([])
    .meta({ title: 'Gaps', description: 'from (included) to (excluded): nothing is sent' }),
  received: time.optional().meta({ title: 'Arrival of the whole series; as it is measured if absent' }),
  values: z.partialRecord(z.enum(METRIC_NAMES as [string, ...string[]]), values).default({}),
  event: z.enum(EVENT_NAMES as [string, ...string[]]).optional(),
});

const expectedSchema = z.strictObject({
  rule: z.string().min(1),
  raised: time,
  cleared: time.optional().meta({ description: 'absent: still open at the end' }),
  since: time.optional(),
  reason: z.enum(CLEAR_REASONS).optional(),
  priority: z.enum(PRIORITIES).optional(),
  about: z.enum(ABOUTS).optional(),
  device: z.string().optional(),
  home: z.string().optional(),
  count: z.number().int().positive().optional(),
});

const devicesSchema = z
  .array(
    z.strictObject({
      id: z.string().min(1),
      model: z.string().min(1),
      home: z.string().min(1).optional(),
      gateway: z.string().min(1).optional(),
      place: z
        .enum(DEVICE_PLACES)
        .optional()
        .meta({ title: 'Place', description: 'where in the home it hangs' }),
      expectedInterval: span.optional(),
    }),
  )
  .min(1);

const overridesSchema = z.array(
  z.object({
    ...overrideSchema.shape,
    home: z.string().min(1).optional(),
    author: z.string().default('rules test'),
    reason: z.string().default('rules test'),
  }),
);

const awaySchema = z.strictObject({
  home: z.string().min(1).optional(),
  from: time,
  until: time,
  kind: z.enum(AWAY_KINDS).default('travel'),
});

const visitSchema = z.strictObject({
  home: z.string().min(1).optional(),
  at: time,
  told: time.optional().meta({ description: 'when it was recorded; at once if absent' }),
  result: z.enum(VISIT_RESULTS).optional(),
  change: z.enum(MAJOR_CHANGES).optional().meta({ description: 'a major change, in the place of a result' }),
});

const testSchema = z.strictObject({
  name: z.string().min(1),
  only: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ title: 'Rules that count', description: 'all if absent' }),
  start: z.string().optional(),
  devices: devicesSchema.optional(),
  overrides: overridesSchema.default([]),
  away: z.array(awaySchema).default([]).meta({
    title: 'Absences',
    description: 'of the home, unless another is named',
  }),
  visitClass: z.enum(VISIT_CLASSES).optional().meta({ title: 'Visit class', description: 'of all homes' }),
  visits: z.array(visitSchema).default([]).meta({
    title: 'Visits and major changes',
    description: 'to the home, unless another is named',
  }),
  series: z.array(seriesSchema).default([]),
  until: time,
  expect: z
    .array(expectedSchema)
    .meta({ title: 'Alerts', description: 'an empty list: none must be raised' }),
});

/** A file of tests for rules. */
export const rulesTestSchema = z.strictObject({
  rules: z
    .union([z.string().min(1), z.array(ruleSchema)])
    .meta({ title: 'Rules', description: 'a rule file, as seen from this one, or the rules themselves' }),
  timeZone: z.string().default('Asia/Shanghai'),
  start: z.string().default('2026-03-01').meta({ title: 'Start', description: 'devices are enrolled then' }),
  home: z.string().min(1).default('home'),
  devices: devicesSchema.default([{ id: 'meter', model: 'water-meter' }]),
  overrides: overridesSchema.default([]),
  tests: z.array(testSchema).min(1),
});

export type RulesTestFile = z.output<typeof rulesTestSchema>;
export type RulesTest = RulesTestFile['tests'][number];
export type Series = RulesTest['series'][number];
export type ExpectedAlert = RulesTest['expect'][number];
