import { z } from 'zod';
import { PRIORITIES } from '../model/alert.ts';
import { CALLS_PERHAPS } from '../model/call-for-help.ts';
import { callTestSchema } from '../model/call-test.ts';
import { CARE_STATES, CASE_STATUSES, OUTCOME_NAMES } from '../model/case.ts';
import { CASE_KINDS } from '../model/case-kind.ts';
import { CASE_TARGETS, type CaseTarget } from '../model/case-targets.ts';
import { LIMITS } from '../model/limits.ts';
import { NOTICE_FAILURES, type NoticeFailure } from '../model/notice.ts';
import { GIVEN_UP_REASONS, OUTSIDE_TROUBLES, SET_ASIDE_REASONS } from '../model/outside-store.ts';
import { contactSchema, homeSchema, LEVELS, residentSchema, STAFF_ROLES } from '../model/registry.ts';
import { REQUEST_CATEGORIES } from '../model/request-category.ts';
import { SESSION_PROBLEM_NAMES } from '../model/session-problem.ts';
import { textSchema } from '../model/text.ts';
import type { Untold } from '../model/untold.ts';
import { PERMISSION_ROLES } from '../ports/records.ts';
import { WATCH_LEVELS } from '../ports/watch-summary.ts';
import { caseEntrySchema, numberedCaseSchema } from './case-schemas.ts';
import { CALL_BACK_FATES } from './ledger.ts';
import { NOTES } from './notes-sight.ts';
import {
  alertSchema,
  deviceStatusSchema,
  instantSchema,
  noticeSchema,
  publicDeviceSchema,
  publicUserSchema,
} from './schemas.ts';

export const NOTICE_FAILURE_NAMES = Object.keys(NOTICE_FAILURES) as [NoticeFailure, ...NoticeFailure[]];

/** What the API puts together from several nouns. The console imports the types at the end of this file. */
const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();

/** One page of a list; `next` is the cursor of the next one and absent on the last. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: list(item), next: z.string().exactOptional() });

/** One step on the way from the top of the tree to a home, so that a place can be read aloud. */
export const placeSchema = z
  .object({ path: z.string(), level: z.enum(LEVELS), name: z.string() })
  .meta({ id: 'Place' });

const homeDeviceSchema = z.object({
  device: publicDeviceSchema,
  status: deviceStatusSchema,
  /** Title of the device model; the model's name in both languages if no definition has it. */
  modelTitle: textSchema,
  calls: list(z.enum(CALLS_PERHAPS)).exactOptional().meta({
    description: 'the calls for help that its model can say; absent where it can say none',
  }),
  callTests: list(callTestSchema).exactOptional().meta({
    description:
      'tests of its call for help that are remembered, the newest first; absent where it can make none',
  }),
});

const withheld = list(z.enum(NOTES)).exactOptional().meta({
  description:
    'notes that there are, and telephone numbers (`phone`; with what channels they are told over), that are shown only to responders of the place and those above them',
});

export const homeSummarySchema = z
  .object({
    home: homeSchema,
    path: z.string().meta({ description: 'path of the home itself: its parent, then its id' }),
    places: list(placeSchema),
    residents: list(residentSchema),
    withheld,
    devices: z.number().int().meta({ description: 'number of devices' }),
  })
  .meta({ id: 'HomeSummary' });

/** A home that is not fully watched. */
export const untoldSchema = z
  .object({
    homes: z.number().int(),
    places: list(z.object({ node: z.string(), name: z.string(), homes: z.number().int() })).meta({
      description: 'the highest nodes at or below which nobody stands who could be told, up to 20',
    }),
  })
  .meta({
    description:
      'homes of whose P1 or P2 no person and no group could be told, only screens, programs and the fallback',
  });
/** Places that are named at once. */
const UNTOLD_PLACES_MAX = 20;
export const shownUntold = ({ homes, places }: Untold): z.output<typeof untoldSchema> => ({
  homes,
  places: places.slice(0, UNTOLD_PLACES_MAX).map((place) => ({ ...place })),
});

export const homeWatchSchema = homeSummarySchema
  .extend({
    level: z.enum(WATCH_LEVELS),
    reasons: list(
      z.object({
        state: z.string().meta({
          description:
            'as in GET /homes/{id}/watch; `no-rule`: no rule that is on judges the water or blood pressure that these devices measure; `nobody-to-tell`: no person or group would hear of a P1 or P2',
        }),
        rules: list(z.string()),
        devices: list(z.string()),
        since: instantSchema.exactOptional().meta({
          description:
            'when the first of these devices was last heard; where it never was, when it was enrolled',
        }),
        until: instantSchema.exactOptional().meta({ description: 'when the first of them ends by itself' }),
      }),
    ).meta({ description: 'the one that matters most first' }),
  })
  .meta({ id: 'HomeWatch' });

export const homeDetailSchema = z
  .object({
    home: homeSchema,
    path: z.string(),
    places: list(placeSchema),
    timeZone: z.string(),
    residents: list(residentSchema),
    withheld,
    contacts: list(contactSchema).meta({ description: 'in calling order' }),
    devices: list(homeDeviceSchema),
    openAlerts: list(alertSchema),
  })
  .meta({ id: 'HomeDetail' });

export const callPositionSchema = z
  .object({
    device: z.string(),
    at: instantSchema,
    latitude_deg: z.number(),
    longitude_deg: z.number(),
  })
  .meta({ id: 'CallPosition' });

export const caseDetailSchema = z
  .object({
    case: numberedCaseSchema,
    entries: list(caseEntrySchema).meta({
      description: `the newest ${LIMITS.caseEntriesShownMax} lines at most; those before: GET /cases/{id}/entries`,
    }),
    alerts: list(alertSchema),
    notices: list(noticeSchema),
    care: z.enum(CARE_STATES).exactOptional(),
    home: homeDetailSchema.exactOptional(),
    positions: list(callPositionSchema).exactOptional().meta({
      description:
        'while an SOS, a fall or a general alarm of something worn is open: where the devices of whoever calls were last (WGS-84), up to a day before the call; the newest first',
    }),
  })
  .meta({ id: 'CaseDetail' });

export const assigneeSchema = z
  .object({
    kind: z.enum(['staff', 'user']),
    id: z.string(),
    name: z.string(),
    roles: list(z.enum([...STAFF_ROLES, ...PERMISSION_ROLES])).meta({
      description: 'what they are here: roles of the staff, or the right of an account',
    }),
    reachable: z.boolean().meta({ description: 'whether there is a channel to tell them' }),
    namesake: z.literal(true).exactOptional().meta({ description: 'another of these bears the same name' }),
  })
  .meta({ id: 'Assignee' });

const count = z.number().int();
const counts = <const N extends string>(names: readonly N[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, count])) as Record<N, typeof count>);

const targetFiguresSchema = z.object({
  done: count.meta({
    description:
      'rounds of cases in which it was done: one of each case, and one more for each time that it was reopened',
  }),
  owed: count.meta({ description: 'rounds in which it was done, or should have been by now' }),
  within: count.meta({ description: 'of these, in time' }),
  p50Ms: z.number().exactOptional(),
  p90Ms: z.number().exactOptional(),
});
const targetsSchema = z.object(
  Object.fromEntries(CASE_TARGETS.map((target) => [target, targetFiguresSchema])) as Record<
    CaseTarget,
    typeof targetFiguresSchema
  >,
);

const targetsByPriority = z.object({
  P1: targetsSchema,
  P2: targetsSchema,
  P3: targetsSchema,
  P4: targetsSchema,
});

export const ledgerSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    cases: count,
    truncated: z
      .boolean()
      .meta({ description: 'there are more than a ledger takes: the newest were counted' }),
    byStatus: counts(CASE_STATUSES),
    byPriority: counts(PRIORITIES),
    byKind: counts(CASE_KINDS),
    byCategory: counts(REQUEST_CATEGORIES).meta({ description: 'of requests, which alone have one' }),
    byOutcome: counts(OUTCOME_NAMES),
    reopened: count,
    callBacks: counts(CALL_BACK_FATES).meta({
      description:
        'of those that were called back: satisfied or not; `none`: struck off without a call-back though one was owed',
    }),
    targets: targetsByPriority.meta({ description: 'of all but requests' }),
    requestTargets: targetsByPriority.meta({ description: 'of requests, which have days' }),
  })
  .meta({ id: 'Ledger' });

export const deviceDetailSchema = homeDeviceSchema
  .extend({
    path: z.string(),
    places: list(placeSchema),
    homeName: z.string(),
    residents: list(z.string()).meta({ description: 'the names of whoever lives there' }),
    enrolledAtTime: z.string().meta({ description: '`enrolledAt` as RFC 3339' }),
    exchange: z
      .object({
        at: instantSchema,
        before: z.object({ at: instantSchema, value: z.number() }).exactOptional(),
        after: z.object({ at: instantSchema, value: z.number() }).exactOptional(),
      })
      .exactOptional()
      .meta({
        description:
          'the last exchange of its meter: what the old one showed last and the new one first, where they were read; of one device alone',
      }),
  })
  .meta({ id: 'DeviceDetail' });

export const sessionUserSchema = publicUserSchema.pick({ id: true, name: true, roles: true, locale: true });

export const sessionSchema = z
  .object({
    user: sessionUserSchema.extend({
      staff: z.string().exactOptional().meta({
        description:
          'their id among the staff: the one member of staff of this name, where there is no second account of it',
      }),
    }),
    service: z.object({
      version: z.string(),
      site: z.string().meta({ description: 'name of the site' }),
      now: instantSchema.meta({ description: "the service's clock, which runs fast in the demo" }),
      speed: z.number(),
      demo: z.boolean(),
      simulatedStaff: z.literal(true).exactOptional().meta({
        description: 'of a demo: simulated people work on part of the cases',
      }),
    }),
  })
  .meta({ id: 'Session' });

const names = <T extends object>(of: T) =>
  z.enum(Object.keys(of) as [keyof T & string, ...(keyof T & string)[]]);
const countsOf = <T extends object>(of: T) => z.partialRecord(names(of), z.number().int()).readonly();

export const outsideStatusSchema = z
  .object({
    kind: z.string(),
    trouble: z
      .object({
        code: names(OUTSIDE_TROUBLES),
        detail: z.string(),
        since: instantSchema,
        nextTryAt: instantSchema,
      })
      .exactOptional(),
    waiting: z.object({
      points: z.number().int(),
      bytes: z.number().int(),
      since: instantSchema.exactOptional(),
    }),
    owed: list(z.object({ from: z.number(), to: z.number() })),
    sent: z.number().int(),
    perSecond: z.number(),
    secondsLeft: z.number().int().exactOptional(),
    setAside: countsOf(SET_ASIDE_REASONS),
    givenUp: countsOf(GIVEN_UP_REASONS),
    localFrom: instantSchema
      .exactOptional()
      .meta({ description: 'absent: all readings are on this machine' }),
  })
  .meta({ id: 'OutsideStatus' });

export const channelInfoSchema = z
  .object({
    id: z.string().meta({ description: 'its name in config/channels.yaml' }),
    channel: z.string().meta({ description: 'the kind of channel' }),
    title: textSchema,
    inFlight: z.number().int(),
    accepted: z.number().int().meta({ description: 'since the start' }),
    retried: z.number().int(),
    failed: z.number().int(),
    waitMs: z.number().meta({ description: 'left of what the provider asked to wait' }),
    lastAcceptedAt: instantSchema
      .exactOptional()
      .meta({ description: 'when a provider last took something' }),
    lastDeliveredAt: instantSchema
      .exactOptional()
      .meta({ description: 'when a receipt last said that something arrived' }),
    lastSeenAt: instantSchema
      .exactOptional()
      .meta({ description: 'when a person last saw or answered something' }),
    problem: z
      .object({ at: instantSchema, failure: z.enum(NOTICE_FAILURE_NAMES), detail: z.string() })
      .exactOptional()
      .meta({ description: 'stands until something is accepted again' }),
    failing: z
      .object({
        since: instantSchema,
        attempts: z.number().int(),
        grave: z.literal(true).exactOptional(),
        detail: z.string(),
      })
      .exactOptional()
      .meta({ description: 'nothing but failures since something was last accepted, over restarts too' }),
    session: z
      .object({
        connected: z.boolean(),
        since: instantSchema,
        detail: z.string(),
        problem: z.enum(SESSION_PROBLEM_NAMES).exactOptional(),
      })
      .exactOptional()
      .meta({ description: 'of a channel that keeps a connection of its own' }),
  })
  .meta({ id: 'Channel' });

export const statusSchema = z
  .object({
    version: z.string(),
    clock: z.object({ now: instantSchema, speed: z.number() }),
    homes: z.number().int(),
    devices: z.number().int(),
    gateways: z.number().int(),
    silentDevices: z.number().int(),
    openCases: z.object({
      P1: z.number().int(),
      P2: z.number().int(),
      P3: z.number().int(),
      P4: z.number().int(),
    }),
    awaitingCallBack: z.number().int(),
    openAlerts: z.number().int(),
    rejections: z.number().int().meta({ description: 'of the whole service, since its beginning' }),
    notices: z.object({
      queued: z.number().int(),
      accepted: z.number().int(),
      delivered: z.number().int(),
      seen: z.number().int(),
      failed: z.number().int(),
      withdrawn: z.number().int(),
    }),
    channels: list(channelInfoSchema),
    broker: z.object({
      connected: z.boolean(),
      trouble: textSchema.exactOptional().meta({ description: 'why an outside broker is away' }),
      clients: z.number().int(),
      received: z.number().int(),
      refused: z.record(z.string(), z.number().int()).readonly(),
      slowReadersDropped: z.number().int(),
      sessionsLost: z.number().int().exactOptional(),
      handedOn: z.number().int().exactOptional().meta({ description: 'to others of the shared group' }),
      sharedWith: z.number().int().exactOptional().meta({ description: 'others in the shared group' }),
    }),
    rosters: z.object({
      count: z.number().int(),
      gaps: z.number().int().meta({ description: 'times ahead in which nobody could be called' }),
      faults: z.number().int(),
      emptyNow: z.number().int().meta({ description: 'rosters on which nobody can be called now' }),
    }),
    untold: untoldSchema,
    stream: z.object({ readers: z.number().int(), dropped: z.number().int() }),
    outside: outsideStatusSchema
      .exactOptional()
      .meta({ description: 'the server that keeps the readings; absent where this machine does' }),
  })
  .meta({ id: 'Status' });

export type Place = z.output<typeof placeSchema>;
export type HomeSummary = z.output<typeof homeSummarySchema>;
export type HomeDevice = z.output<typeof homeDeviceSchema>;
export type HomeWatched = z.output<typeof homeWatchSchema>;
export type HomeDetail = z.output<typeof homeDetailSchema>;
export type CaseDetail = z.output<typeof caseDetailSchema>;
export type DeviceDetail = z.output<typeof deviceDetailSchema>;
export type SessionReply = z.output<typeof sessionSchema>;
export type AssigneeChoice = z.output<typeof assigneeSchema>;
export type LedgerReply = z.output<typeof ledgerSchema>;
export type ChannelState = z.output<typeof channelInfoSchema>;
export type StatusReply = z.output<typeof statusSchema>;
