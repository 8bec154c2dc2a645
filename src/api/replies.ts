import { z } from 'zod';
import { GIVEN_UP_REASONS, OUTSIDE_TROUBLES, SET_ASIDE_REASONS } from '../model/outside-store.ts';
import { contactSchema, homeSchema, LEVELS, residentSchema } from '../model/registry.ts';
import { textSchema } from '../model/text.ts';
import { WATCH_LEVELS } from '../ports/service.ts';
import {
  alertSchema,
  caseEntrySchema,
  deviceStatusSchema,
  instantSchema,
  noticeSchema,
  numberedCaseSchema,
  publicDeviceSchema,
  publicUserSchema,
} from './schemas.ts';

/** What the API puts together from several nouns. The console imports the types at the end of this file. */
const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();

/** One page of a list; `next` is the cursor of the next one and absent on the last. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: list(item), next: z.string().exactOptional() });

/** One step on the way from the top of the tree to a home, so that a place can be read aloud. */
export const placeSchema = z
  .object({ path: z.string(), level: z.enum(LEVELS), name: z.string() })
  .meta({ id: 'Place' });

export const homeDeviceSchema = z.object({
  device: publicDeviceSchema,
  status: deviceStatusSchema,
  /** Title of the device model; the model's name in both languages if no definition has it. */
  modelTitle: textSchema,
});

export const homeSummarySchema = z
  .object({
    home: homeSchema,
    path: z.string().meta({ description: 'path of the home itself: its parent, then its id' }),
    places: list(placeSchema),
    residents: list(residentSchema),
    devices: z.number().int().meta({ description: 'number of devices' }),
  })
  .meta({ id: 'HomeSummary' });

/** A home that is not fully watched. */
export const homeWatchSchema = homeSummarySchema
  .extend({
    level: z.enum(WATCH_LEVELS),
    reasons: list(
      z.object({
        state: z.string().meta({ description: 'as in GET /homes/{id}/watch' }),
        rules: list(z.string()),
        devices: list(z.string()),
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
    contacts: list(contactSchema).meta({ description: 'in calling order' }),
    devices: list(homeDeviceSchema),
    openAlerts: list(alertSchema),
  })
  .meta({ id: 'HomeDetail' });

export const caseDetailSchema = z
  .object({
    case: numberedCaseSchema,
    entries: list(caseEntrySchema),
    alerts: list(alertSchema),
    notices: list(noticeSchema),
    home: homeDetailSchema.exactOptional(),
  })
  .meta({ id: 'CaseDetail' });

export const deviceDetailSchema = homeDeviceSchema
  .extend({ path: z.string(), places: list(placeSchema), homeName: z.string() })
  .meta({ id: 'DeviceDetail' });

export const sessionUserSchema = publicUserSchema.pick({ id: true, name: true, roles: true, locale: true });

export const sessionSchema = z
  .object({
    user: sessionUserSchema,
    service: z.object({
      version: z.string(),
      site: z.string().meta({ description: 'name of the site' }),
      now: instantSchema.meta({ description: "the service's clock, which runs fast in the demo" }),
      speed: z.number(),
      demo: z.boolean(),
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
    openAlerts: z.number().int(),
    rejections: z.number().int().meta({ description: 'of the whole service, since its beginning' }),
    notices: z.object({
      queued: z.number().int(),
      accepted: z.number().int(),
      delivered: z.number().int(),
      failed: z.number().int(),
    }),
    broker: z.object({
      connected: z.boolean(),
      clients: z.number().int(),
      received: z.number().int(),
      refused: z.record(z.string(), z.number().int()).readonly(),
      slowReadersDropped: z.number().int(),
      handedOn: z.number().int().exactOptional().meta({ description: 'to others of the shared group' }),
      sharedWith: z.number().int().exactOptional().meta({ description: 'others in the shared group' }),
    }),
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
export type StatusReply = z.output<typeof statusSchema>;
