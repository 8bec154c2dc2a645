import { z } from 'zod';
import { DURATION_FORMS, parseDuration } from '../lib/duration.ts';
import { PRIORITIES } from './alert.ts';
import { CASE_KINDS } from './case-kind.ts';
import { isOfRequests, NOT_OF_REQUESTS, ofCategories } from './policy-lines.ts';
import { STAFF_ROLES } from './registry.ts';

/** Who may be told by role: staff in the tree, the home's own contacts, or the residents, who are asked if all is well. */
export const TOLD_ROLES = [...STAFF_ROLES, 'contact', 'resident'] as const;
export type ToldRole = (typeof TOLD_ROLES)[number];

/** As milliseconds. */
export const durationSchema = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, DURATION_FORMS)
  .transform((text) => parseDuration(text) ?? 0);

export const channelIds = z.array(z.string().min(1).max(64)).meta({
  title: 'Channels',
  description: 'names of channels in config/channels.yaml',
});

/** Who else may be told by a line or a step, and by which of their channels. */
export const furtherPeople = {
  rosters: z.array(z.string().min(1).max(64)).max(20).optional().meta({
    title: 'Rosters',
    description: 'whoever is on duty at that instant, by the rosters of config/rosters.yaml',
  }),
  people: z.array(z.string().min(1).max(64)).max(50).optional().meta({
    title: 'People',
    description: 'ids of staff in the registry',
  }),
  by: channelIds.min(1).optional().meta({
    title: 'By these channels',
    description: 'of those that a person has; who has none of these is told by all of theirs. Absent: by all',
  }),
};

/** Where in the tree a line holds. */
export const atNodes = z.array(z.string().min(1).max(400)).min(1).max(200).optional().meta({
  title: 'Places',
  description:
    'paths of nodes, such as a community: the line holds for what lies below them. Absent: everywhere',
});

const step = z.strictObject({
  after: durationSchema.meta({
    title: 'After',
    description: 'from the opening of the case, or since it grew graver',
  }),
  roles: z.array(z.enum(TOLD_ROLES)).default([]).meta({ title: 'Roles that are told now' }),
  ...furtherPeople,
  channels: channelIds.default([]).meta({ title: 'Groups that are told now' }),
  inTurn: durationSchema.optional().meta({
    title: 'One after the other, with this pause between two people',
    description: 'until one takes it; whose turn has not come by the next step is called with that step',
  }),
});

/**
 * What happens while nobody takes a case: at each step more people are told, and at the end the last ones again and
 * again, until somebody has it. The same begins anew when somebody took it and let its time pass.
 */
export const escalationSchema = z
  .strictObject({
    kinds: z.array(z.enum(CASE_KINDS)).min(1).meta({ title: 'Kinds of case' }),
    priorities: z.array(z.enum(PRIORITIES)).min(1).meta({ title: 'Priorities' }),
    categories: ofCategories,
    nodes: atNodes,
    steps: z.array(step).min(1).max(20).meta({ title: 'Steps, one after the other' }),
    repeatEvery: durationSchema.meta({
      title: 'The last step is repeated this often, for as long as nobody has it',
    }),
  })
  .refine(({ steps }) => steps.every((one, i) => i === 0 || one.after > (steps[i - 1]?.after ?? 0)), {
    error: 'each step must come later than the one before',
    path: ['steps'],
  })
  .refine(({ repeatEvery }) => repeatEvery >= 60_000, {
    error: 'at least a minute: whoever is paged must be able to answer',
    path: ['repeatEvery'],
  })
  .refine(({ steps }) => steps.every(({ inTurn }) => inTurn === undefined || inTurn >= 15_000), {
    error: 'in turn: at least 15 s, or nobody could answer before the next one is called',
    path: ['steps'],
  })
  .refine(isOfRequests, NOT_OF_REQUESTS);

export type Escalation = z.output<typeof escalationSchema>;

/**
 * Where config/notify.yaml says nothing of escalation. A case must never wait in silence because a file is older than
 * the service. Times are those of the targets (case.ts), which are domain practice: UK TSA, 60 s to an answer; a P2 is
 * visited within two hours.
 */
export const DEFAULT_ESCALATION: Escalation[] = z.array(escalationSchema).parse([
  {
    kinds: ['safety'],
    priorities: ['P1'],
    steps: [
      { after: '1min', roles: ['grid-worker', 'building-steward', 'committee', 'contact'] },
      { after: '3min', roles: ['committee', 'sub-district-duty', 'contact', 'volunteer'] },
      { after: '6min', roles: ['grid-worker', 'committee', 'sub-district-duty', 'contact'] },
    ],
    repeatEvery: '5min',
  },
  {
    kinds: ['safety'],
    priorities: ['P2'],
    steps: [
      { after: '5min', roles: ['grid-worker', 'building-steward', 'contact'] },
      { after: '15min', roles: ['committee', 'sub-district-duty', 'contact'] },
    ],
    repeatEvery: '15min',
  },
  {
    kinds: ['safety'],
    priorities: ['P3'],
    steps: [
      { after: '4h', roles: ['grid-worker', 'committee'] },
      { after: '8h', roles: ['committee', 'sub-district-duty'] },
    ],
    repeatEvery: '12h',
  },
  {
    kinds: ['safety'],
    priorities: ['P4'],
    steps: [{ after: '1d', roles: ['grid-worker', 'committee'] }],
    repeatEvery: '1d',
  },
  {
    kinds: ['technical'],
    priorities: ['P1', 'P2', 'P3', 'P4'],
    steps: [{ after: '1d', roles: ['technician', 'committee'] }],
    repeatEvery: '1d',
  },
  {
    kinds: ['request'],
    priorities: ['P1', 'P2', 'P3'],
    steps: [
      { after: '12h', roles: ['grid-worker', 'building-steward', 'committee'] },
      { after: '1d', roles: ['committee', 'sub-district-duty'] },
    ],
    repeatEvery: '1d',
  },
  {
    kinds: ['request'],
    priorities: ['P4'],
    steps: [
      { after: '1d', roles: ['grid-worker', 'building-steward', 'committee'] },
      { after: '3d', roles: ['committee', 'sub-district-duty'] },
    ],
    repeatEvery: '1d',
  },
]);

/**
 * Where config/notify.yaml says nothing of call-backs: nobody is woken for one, and nobody of the home is asked to make
 * it. Nor does whom a complaint may be about ask whether it was settled. Counted from when it was due.
 */
export const DEFAULT_CALL_BACK_ESCALATION: Escalation[] = z.array(escalationSchema).parse([
  {
    kinds: [...CASE_KINDS],
    priorities: [...PRIORITIES],
    steps: [
      { after: '1min', roles: ['grid-worker', 'committee'] },
      { after: '1d', roles: ['committee', 'sub-district-duty'] },
    ],
    repeatEvery: '1d',
  },
  {
    kinds: ['request'],
    priorities: [...PRIORITIES],
    categories: ['complaint'],
    steps: [
      { after: '1min', roles: ['committee'] },
      { after: '1d', roles: ['committee', 'sub-district-duty'] },
    ],
    repeatEvery: '1d',
  },
]);
