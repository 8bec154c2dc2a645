import { z } from 'zod';
import { STAFF_ROLES } from '../model/registry.ts';
import { KINDS_OF_DAY, ROTATION_UNITS } from '../model/roster.ts';
import { GAP_REASONS, type GapReason, ROSTER_FAULTS, type RosterFaultName } from '../model/roster-words.ts';
import { textSchema } from '../model/text.ts';
import { instantSchema } from './schemas.ts';

/** Rosters as the API gives them. */
const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  phone: z.string().exactOptional(),
});
const reasonSchema = z.enum(Object.keys(GAP_REASONS) as [GapReason, ...GapReason[]]);

const postSchema = z.object({
  planned: personSchema,
  person: personSchema.exactOptional().meta({ description: 'who is called; absent: nobody can be' }),
  because: reasonSchema.exactOptional().meta({ description: 'why it is not the one who was planned' }),
});

export const dutyShiftSchema = z
  .object({
    shift: z.string(),
    name: z.string(),
    date: z.string().meta({ description: 'the local day on which it begins' }),
    dayName: textSchema.exactOptional().meta({ description: 'a holiday, or a working day for one' }),
    from: instantSchema,
    until: instantSchema,
    rotation: z.array(personSchema).readonly().meta({ description: 'who would serve by the rotation' }),
    pieces: z
      .array(z.object({ from: instantSchema, until: instantSchema, posts: z.array(postSchema).readonly() }))
      .readonly()
      .meta({
        description: 'who serves, swaps, leave and substitutes included; more than one where it changes',
      }),
  })
  .meta({ id: 'DutyShift' });

export const rosterGapSchema = z
  .object({
    roster: z.string(),
    from: instantSchema,
    until: instantSchema,
    reason: reasonSchema,
    planned: z.array(z.string()).readonly(),
  })
  .meta({ id: 'RosterGap' });

export const leaveOutlookSchema = z
  .object({
    posts: z
      .array(
        z.object({
          roster: z.string(),
          rosterName: z.string(),
          shiftName: z.string(),
          from: instantSchema,
          until: instantSchema,
          person: personSchema.exactOptional().meta({ description: 'who stands in; absent: nobody' }),
          called: z.array(personSchema).readonly().meta({
            description: 'who can be called on that roster then; empty: the roles that it names `otherwise`',
          }),
        }),
      )
      .readonly()
      .meta({ description: 'places in shifts that would be left' }),
    roles: z
      .array(z.object({ title: textSchema, place: z.string() }))
      .readonly()
      .meta({
        description: 'roles by which they are told all the same, for leave changes rosters alone',
      }),
  })
  .meta({ id: 'LeaveOutlook' });

export const rosterFaultSchema = z.object({
  fault: z.enum(Object.keys(ROSTER_FAULTS) as [RosterFaultName, ...RosterFaultName[]]),
  where: z.string(),
  what: z.string(),
});

export const rosterSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  node: z.string(),
  timeZone: z.string(),
  called: z.array(personSchema),
  shifts: z.array(dutyShiftSchema),
});

const minutes = z.number().int().min(0).max(1_439);
const definitionSchema = z.object({
  id: z.string(),
  name: z.string(),
  node: z.string(),
  starts: z.string(),
  members: z.array(z.string()),
  change: z.enum(ROTATION_UNITS),
  substitutes: z.array(z.string()),
  otherwise: z.array(z.enum(STAFF_ROLES)),
  coverage: z.enum(['always', 'shifts']),
  shifts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      repeat: z.string(),
      on: z.enum(KINDS_OF_DAY),
      from: minutes,
      to: minutes,
      days: z.number().int().optional(),
      members: z.array(z.string()).optional(),
      change: z.enum(ROTATION_UNITS).optional(),
      together: z.number().int(),
    }),
  ),
});

export const rosterViewSchema = z
  .object({
    roster: definitionSchema.meta({
      description: 'as in config/rosters.yaml; times in minutes after midnight',
    }),
    timeZone: z.string(),
    at: instantSchema,
    shifts: z.array(dutyShiftSchema).readonly(),
    called: z.array(personSchema).readonly(),
    members: z.array(personSchema).readonly(),
    gaps: z.array(rosterGapSchema).readonly(),
    swaps: z
      .array(
        z.object({
          roster: z.string(),
          shift: z.string(),
          date: z.string(),
          from: z.string(),
          to: z.string(),
          by: z.string(),
          at: instantSchema,
        }),
      )
      .readonly(),
    leave: z
      .array(
        z.object({
          staff: z.string(),
          from: instantSchema,
          until: instantSchema,
          note: z.string(),
          by: z.string(),
          at: instantSchema,
        }),
      )
      .readonly(),
    notes: z
      .array(z.object({ roster: z.string(), at: instantSchema, by: z.string(), text: z.string() }))
      .readonly(),
  })
  .meta({ id: 'Roster' });

export type DutyShiftReply = z.output<typeof dutyShiftSchema>;
export type RosterReply = z.output<typeof rosterViewSchema>;
export type RosterSummaryReply = z.output<typeof rosterSummarySchema>;
export type LeaveOutlookReply = z.output<typeof leaveOutlookSchema>;
export type RosterGapReply = z.output<typeof rosterGapSchema>;
export type RosterFaultReply = z.output<typeof rosterFaultSchema>;
