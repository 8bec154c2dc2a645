import { z } from 'zod';
import {
  CASE_STATUSES,
  CASE_STEP_NAMES,
  type Case,
  type CaseEntry,
  type CaseRound,
  CONTACT_WAYS,
  type ContactWay,
  OUTCOME_NAMES,
} from '../model/case.ts';
import { CASE_KINDS } from '../model/case-kind.ts';
import { CASE_TARGETS, type CaseTarget } from '../model/case-targets.ts';
import { REQUEST_CATEGORIES } from '../model/request-category.ts';
import { SILENCE_MODES } from '../model/silence-modes.ts';
import { textSchema } from '../model/text.ts';
import type { NumberedCase } from '../ports/records.ts';
import { mirrors, named } from './mirrors.ts';
import { instantSchema } from './reading-schemas.ts';
import { prioritySchema } from './schemas.ts';

/** Cases and their time lines as schemas: see schemas.ts. */
const dueDatesSchema = z.object(
  Object.fromEntries(CASE_TARGETS.map((target) => [target, instantSchema.exactOptional()])) as Record<
    CaseTarget,
    z.ZodExactOptional<typeof instantSchema>
  >,
);

/** How a round of a case ended, or the case so far. */
const endFields = {
  resolvedAt: instantSchema.exactOptional(),
  resolvedBy: z.string().exactOptional(),
  outcome: z.enum(OUTCOME_NAMES).exactOptional(),
  outcomeNote: z.string().exactOptional(),
  contactMadeBy: z.string().exactOptional(),
  contact: named(Object.keys(CONTACT_WAYS) as ContactWay[]).exactOptional(),
  calledBackAt: instantSchema.exactOptional(),
  calledBackBy: z.string().exactOptional(),
};

const roundSchema = mirrors<CaseRound>()(
  z.object({
    from: instantSchema,
    takenAt: instantSchema.exactOptional(),
    takenBy: z.string().exactOptional(),
    contactAt: instantSchema.exactOptional(),
    onSiteAt: instantSchema.exactOptional(),
    promised: dueDatesSchema.exactOptional(),
    ...endFields,
    reopenedAt: instantSchema,
  }),
);

const caseFields = {
  id: z.string(),
  kind: named(CASE_KINDS),
  category: named(REQUEST_CATEGORIES)
    .exactOptional()
    .meta({ description: 'what is asked for; of requests alone' }),
  status: named(CASE_STATUSES),
  priority: prioritySchema,
  subject: z.string(),
  home: z.string(),
  path: z.string(),
  title: textSchema,
  openedAt: instantSchema,
  dueAt: instantSchema,
  due: dueDatesSchema.exactOptional(),
  promised: dueDatesSchema.exactOptional(),
  alerts: z.array(z.string()).readonly(),
  acknowledgedAt: instantSchema.exactOptional(),
  acknowledgedBy: z.string().exactOptional(),
  acknowledgedByAccount: z.string().exactOptional(),
  acknowledgedByStaff: z.string().exactOptional(),
  takenAt: instantSchema.exactOptional(),
  assignedTo: z.string().exactOptional(),
  assignedToAccount: z.string().exactOptional(),
  assignedToStaff: z.string().exactOptional(),
  contactAt: instantSchema.exactOptional(),
  onTheWayAt: instantSchema.exactOptional(),
  onSiteAt: instantSchema.exactOptional(),
  ...endFields,
  resolvedByAccount: z.string().exactOptional(),
  struckOffAt: instantSchema.exactOptional(),
  struckOffBy: z.string().exactOptional(),
  struckOffReason: z.string().exactOptional().meta({ description: 'why, where nobody called back' }),
  unreached: z
    .number()
    .int()
    .exactOptional()
    .meta({ description: 'call-backs since it was resolved that reached nobody' }),
  reopened: z.number().int().exactOptional(),
  rounds: z.array(roundSchema).readonly().exactOptional().meta({
    description: 'what was done before it was reopened, the oldest first',
  }),
  round: z
    .object({
      from: instantSchema,
      takenAt: instantSchema.exactOptional(),
      contactAt: instantSchema.exactOptional(),
      onSiteAt: instantSchema.exactOptional(),
    })
    .exactOptional()
    .meta({
      description:
        'of a case that was reopened, or grew graver after somebody was reached: what was first done since',
    }),
  photos: z.number().int().exactOptional(),
  rules: z.array(z.string()).readonly().exactOptional(),
  silenced: z
    .object({
      silence: z.string(),
      mode: z.enum(SILENCE_MODES),
      by: z.string(),
      reason: z.string(),
      until: instantSchema,
    })
    .exactOptional()
    .meta({ description: 'people were not told of it the last time they should have been' }),
  version: z.number().int(),
  entries: z.number().int(),
};
mirrors<Case>()(z.object(caseFields));

export const numberedCaseSchema = mirrors<NumberedCase>()(
  z.object({
    number: z.number().int().meta({ description: 'what people say on the telephone' }),
    ...caseFields,
  }),
).meta({ id: 'Case' });

export const caseEntrySchema = mirrors<CaseEntry>()(
  z.object({
    n: z.number().int(),
    at: instantSchema,
    by: z.string(),
    type: named([
      'opened',
      'alert-raised',
      'alert-updated',
      'alert-cleared',
      'priority-raised',
      'notice',
      'escalated',
      'overdue',
      'acknowledged',
      'taken-over',
      'confirmed',
      'step',
      'step-withdrawn',
      'given-back',
      'note',
      'photo',
      'assigned',
      'resolved',
      'called-back',
      'struck-off',
      'reopened',
    ]),
    text: textSchema,
    alert: z.string().exactOptional(),
    notice: z.string().exactOptional(),
    step: named(CASE_STEP_NAMES).exactOptional(),
    photo: z.string().exactOptional(),
  }),
).meta({ id: 'CaseEntry' });
