import { z } from 'zod';
import { dayOf, recurrenceFault } from '../lib/recurrence.ts';
import { STAFF_ROLES } from './registry.ts';
import type { GapReason, RosterFaultName } from './roster-words.ts';

/** Who is on duty when: config/rosters.yaml, and what people change about it while the service runs. */
const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/, 'letters, digits, dot, underscore and hyphen');
const staffId = z.string().min(1).max(64);
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 08:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
const date = z
  .string()
  .refine((text) => dayOf(text) !== undefined, 'a day of the calendar, such as 2026-10-01');

export const ROTATION_UNITS = ['shift', 'day', 'week', 'month'] as const;
export const KINDS_OF_DAY = ['any', 'workday', 'day-off'] as const;

const members = z.array(staffId).min(1).max(100).meta({
  title: 'Members',
  description: 'ids of staff in the registry, in the order in which they take turns',
});

export const shiftSchema = z.strictObject({
  id: id.meta({ title: 'Id' }),
  name: z.string().min(1).max(40).meta({ title: 'Name' }),
  repeat: z
    .string()
    .max(300)
    .superRefine((rule, context) => {
      const fault = recurrenceFault(rule);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    })
    .default('FREQ=DAILY')
    .meta({ title: 'Days', description: 'RRULE of RFC 5545, counted from the first day of the roster' }),
  on: z.enum(KINDS_OF_DAY).default('any').meta({
    title: 'Kind of day',
    description: 'workdays and days off as the holidays say; the day on which it begins',
  }),
  from: clockTime.meta({ title: 'Begins at', description: 'local time of the community' }),
  to: clockTime.meta({
    title: 'Hands over at',
    description: 'local time; at or before `from`: on the next day',
  }),
  days: z
    .number()
    .int()
    .min(1)
    .max(31)
    .optional()
    .meta({ title: 'Lasts', unit: 'days', description: 'it hands over this many days later, such as 7' }),
  members: members.optional().meta({ title: 'Members', description: 'those of the roster if absent' }),
  change: z
    .enum(ROTATION_UNITS)
    .optional()
    .meta({ title: 'The next member takes over', description: 'after each shift, day, week or month' }),
  together: z.number().int().min(1).max(10).default(1).meta({ title: 'How many serve at the same time' }),
});

export const rosterSchema = z.strictObject({
  id: id.meta({ title: 'Id', description: 'the name that notify.yaml uses' }),
  name: z.string().min(1).max(60).meta({ title: 'Name' }),
  node: z
    .string()
    .min(1)
    .max(400)
    .meta({ title: 'Place', description: 'node of the tree; its community gives the time zone' }),
  starts: date
    .refine((text) => text >= '2000-01-01' && text < '2100', 'between 2000 and 2099')
    .meta({
      title: 'First day',
      description: 'rotations and intervals count from it; weeks change on its weekday',
    }),
  members,
  change: z.enum(ROTATION_UNITS).default('shift').meta({ title: 'The next member takes over after each' }),
  shifts: z.array(shiftSchema).min(1).max(20).meta({ title: 'Shifts' }),
  substitutes: z.array(staffId).max(50).default([]).meta({
    title: 'Substitutes',
    description: 'who stands in for whoever cannot be called, the first one first',
  }),
  otherwise: z.array(z.enum(STAFF_ROLES)).max(10).default(['committee', 'sub-district-duty']).meta({
    title: 'Otherwise',
    description: 'roles above the place that are called when nobody on the roster can be',
  }),
  coverage: z.enum(['always', 'shifts']).default('always').meta({
    title: 'When somebody must be there',
    description: '`shifts`: only while a shift lasts, the hours between are meant to be free',
  }),
});

export const rostersSchema = z
  .strictObject({
    holidays: z.string().max(300).default('none').meta({
      title: 'Holidays',
      description: 'a file beside this one, or none: Saturdays and Sundays alone',
    }),
    lookAheadDays: z
      .number()
      .int()
      .min(1)
      .max(366)
      .default(14)
      .meta({ title: 'Gaps are looked for so far ahead', unit: 'days' }),
    lookAt: z
      .string()
      .regex(/^(\S+\s+){4}\S+$/, 'five fields of a cron schedule, such as 30 7 * * *')
      .default('30 7 * * *')
      .meta({
        title: 'When they are looked for each day',
        description: 'cron; in the time zone of the service',
      }),
    rosters: z.array(rosterSchema).max(200).meta({ title: 'Rosters' }),
  })
  .superRefine(({ rosters }, context) => {
    const say = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['rosters', ...path], message });
    for (const [i, roster] of rosters.entries()) {
      if (rosters.findIndex((other) => other.id === roster.id) !== i)
        say([i, 'id'], `there is another roster "${roster.id}"`);
      for (const [j, shift] of roster.shifts.entries()) {
        if (roster.shifts.findIndex((other) => other.id === shift.id) !== j)
          say([i, 'shifts', j, 'id'], `there is another shift "${shift.id}"`);
        const people = new Set(shift.members ?? roster.members).size;
        if (shift.together > people)
          say(
            [i, 'shifts', j, 'together'],
            `only ${people} take turns: so many cannot serve at the same time`,
          );
      }
    }
  });

export type ShiftDefinition = z.output<typeof shiftSchema>;
export type RosterDefinition = z.output<typeof rosterSchema>;
export type RostersFile = z.output<typeof rostersSchema>;

/** An installation that was configured before there were rosters. */
export const NO_ROSTERS: RostersFile = rostersSchema.parse({ rosters: [] });

/** Somebody serves a shift instead of another. */
export const replacementSchema = z.object({
  shift: id.meta({ title: 'Shift', description: 'id of the shift in the roster' }),
  date: date.meta({ title: 'Day on which the shift begins' }),
  from: staffId.meta({ title: 'Who would serve' }),
  to: staffId.meta({ title: 'Who serves instead' }),
});
export type Replacement = z.output<typeof replacementSchema>;

/** What people change: part of the state, as it came with commands. */
export interface Swap extends Replacement {
  readonly roster: string;
  readonly by: string;
  readonly at: number;
}
export interface Leave {
  readonly staff: string;
  readonly from: number;
  readonly until: number;
  readonly note: string;
  readonly by: string;
  readonly at: number;
}
/** Words for whoever comes next. */
export interface HandOverNote {
  readonly roster: string;
  readonly at: number;
  readonly by: string;
  readonly text: string;
}
export interface DutyBook {
  readonly swaps: readonly Swap[];
  readonly leave: readonly Leave[];
  readonly notes: readonly HandOverNote[];
}
export const EMPTY_DUTY_BOOK: DutyBook = { swaps: [], leave: [], notes: [] };

/** A time in which a roster would call nobody. */
export interface RosterGap {
  readonly roster: string;
  readonly from: number;
  readonly until: number;
  readonly reason: GapReason;
  /** Who should be on duty in that time, by id. */
  readonly planned: readonly string[];
}

export interface RosterFault {
  readonly fault: RosterFaultName;
  /** The roster, or the line of the policy. */
  readonly where: string;
  /** The node, the person or the year. */
  readonly what: string;
}
