import { z } from 'zod';
import { AWAY_KINDS } from './away-kinds.ts';
import { deviceAddress } from './device-address.ts';
import { DEVICE_PLACES } from './device-places.ts';
import { VISIT_CLASSES } from './visit-words.ts';

/**
 * Who lives where, what hangs on which wall, who comes. Every noun is a flat entry with its parent's id; a node of the
 * tree is named by its path (`haitang/g1/b3/u2`), so that a right given on a node covers all below it.
 */
const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._:-]+$/, 'letters, digits, dot, underscore, colon and hyphen')
  .meta({ title: 'Id' });
const name = z.string().min(1).max(100);
const path = z.string().min(1).max(400).meta({ title: 'Path of a node', example: 'haitang/g1/b3/u2' });
const instant = z.number().int().nonnegative().meta({ title: 'Instant', description: 'epoch milliseconds' });
const phone = z.string().max(32);
/** One that a page shows to be tapped: digits, blanks and hyphens. */
const telephone = z.string().regex(/^\+?\d[\d -]{1,29}$/, 'digits, blanks and hyphens: 0571-8888 1234');

export const LEVELS = ['sub-district', 'community', 'grid', 'building', 'unit'] as const;
export type Level = (typeof LEVELS)[number];

/** Sub-district, community, grid, building or unit. */
export const nodeSchema = z.object({
  noun: z.literal('node'),
  path,
  level: z.enum(LEVELS),
  name,
  /** IANA time zone; stands on communities, inherited by all below. */
  timeZone: z.string().optional(),
  /** Where residents and the family call who cannot go on over a link; inherited by all below. */
  phone: telephone.optional(),
});

export const AWAY_PERIODS_MAX = 50;
/** What can be answered to the question whether a home is lived in again. */
export const AWAY_ANSWERS = ['back', 'extend', 'moved', 'deceased'] as const;
export type AwayAnswer = (typeof AWAY_ANSWERS)[number];

/** Somebody of the home who acts over a personal link, without an account. */
export const visitorSchema = z.object({ kind: z.enum(['contact', 'resident']), id });
export type Visitor = z.output<typeof visitorSchema>;

/**
 * A period with an end in which a home is not lived in as usual: what is missing then means nothing, and what is seen
 * teaches nothing.
 */
export const awaySchema = z
  .object({
    from: instant,
    until: instant,
    kind: z.enum(AWAY_KINDS).default('travel'),
    note: z.string().max(300).optional(),
    /** Who registered it, by name: they are asked at its end as well. */
    by: z.string().max(200).optional(),
    /** Where that is somebody of the home: whom to ask. */
    via: visitorSchema.optional(),
  })
  .refine(({ from, until }) => until > from, { message: 'until must come after from', path: ['until'] });

/** What can happen to a period of absence, as the history of the home has it. */
export const AWAY_CHANGES = ['registered', 'ended', 'taken-back'] as const;
export type AwayChange = (typeof AWAY_CHANGES)[number];
export const AWAY_LINES_MAX = 50;
const awayLineSchema = z.object({
  at: instant,
  /** Who did it, by name; `system`: somebody was seen at home. */
  by: z.string().max(200),
  change: z.enum(AWAY_CHANGES),
  kind: z.enum(AWAY_KINDS),
  from: instant,
  /** The end that it has, or had before it was ended. */
  until: instant,
});

export const homeSchema = z.object({
  noun: z.literal('home'),
  id,
  parent: path,
  name: name.meta({ title: 'Room or door number' }),
  address: z.string().max(200).optional(),
  /** Keys, dog, which door: what the person at the door must know. */
  entryNote: z.string().max(500).optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  visitClass: z.enum(VISIT_CLASSES).optional().meta({
    title: 'Visit class',
    description: 'how often the home is to be visited: high (高风险), key (重点), other (一般)',
  }),
  away: z
    .array(awaySchema)
    .max(AWAY_PERIODS_MAX)
    .optional()
    .meta({ title: 'Away', description: 'travel, hospital, visitors, moved out, deceased' }),
  awayLog: z.array(awayLineSchema).max(AWAY_LINES_MAX).optional().meta({
    title: 'Who registered and ended absences',
    description: 'written by the service; what an entry that is put says of it is not taken',
  }),
});

const channelAddress = z.object({
  channel: id.meta({ title: 'Channel', description: 'the name of a channel in config/channels.yaml' }),
  /** What the channel needs to find the person: a phone number, a user id; empty for a group's robot. */
  address: z.string().max(200).default(''),
});

export const residentSchema = z.object({
  noun: z.literal('resident'),
  id,
  home: id,
  name,
  birthYear: z.number().int().min(1880).max(2100).optional(),
  sex: z.enum(['female', 'male', 'other']).optional(),
  phone: phone.optional(),
  livesAlone: z.boolean().default(true),
  medicalNote: z.string().max(1000).optional(),
  /** How the person is asked whether all is well, before others come: by a voice call, by a message. */
  channels: z.array(channelAddress).optional(),
});

export const contactSchema = z.object({
  noun: z.literal('contact'),
  id,
  home: id,
  name,
  relation: z.string().max(40).default(''),
  phone: phone.optional(),
  /** Whom to call first: 1, then 2. */
  order: z.number().int().min(1).max(99).default(1),
  channels: z.array(channelAddress).default([]),
});

/** What an installation says of one device beside its model: the weight of a pulse, a key, an offset. */
const deviceSettings = z.record(z.string().max(40), z.union([z.string().max(200), z.number(), z.boolean()]));
export type DeviceSettings = z.output<typeof deviceSettings>;

export const deviceSchema = z.object({
  noun: z.literal('device'),
  id,
  model: z.string().min(1).max(64),
  address: deviceAddress.optional(),
  settings: deviceSettings
    .optional()
    .meta({ title: 'Settings of this device', description: 'as its model asks for' }),
  /** The home it hangs in. */
  home: id,
  /** The gateway it speaks through, if it does not speak itself. */
  gateway: id.optional(),
  resident: id.optional(),
  place: z.enum(DEVICE_PLACES).optional().meta({ title: 'Place in the home' }),
  enrolledAt: instant,
  /** How often it should report; the model's own interval if absent. */
  expectedIntervalMs: z.number().int().positive().optional(),
  /** Counter register: the value at which it starts again from zero; the model's if absent. */
  counterMax: z.number().positive().optional(),
  /** Smallest step of the counter, in its unit: 0.001, 0.01, 0.1 m³. */
  counterResolution: z.number().positive().optional(),
  /** When the meter on this wall was last exchanged: the counter starts anew there. */
  exchangedAt: instant.optional(),
  homeSince: instant.optional().meta({
    title: 'Since when it has been in this home, where it was in another before',
    description: 'written by the service; what an entry that is put says of it is not taken',
  }),
  /** Where the homes are in which it was before, and since when it was there; absent of the first. The last one is the newest. */
  homesBefore: z.array(z.object({ path: z.string(), from: instant.optional() })).optional(),
  /** scrypt hash of the credential; absent: this device may not connect by itself. */
  secretHash: z.string().max(300).optional(),
  disabled: z.boolean().default(false),
});

export const gatewaySchema = z.object({
  noun: z.literal('gateway'),
  id,
  parent: path,
  name: name.optional(),
  enrolledAt: instant,
  secretHash: z.string().max(300).optional(),
  disabled: z.boolean().default(false),
});

/** Who comes, or must know. `contact` stands for the home's contacts in order. */
export const STAFF_ROLES = [
  'grid-worker',
  'building-steward',
  'committee',
  'sub-district-duty',
  'unit-head',
  'volunteer',
  'technician',
] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

export const staffSchema = z.object({
  noun: z.literal('staff'),
  id,
  name,
  phone: phone.optional(),
  roles: z.array(z.object({ role: z.enum(STAFF_ROLES), node: path })).default([]),
  channels: z.array(channelAddress).default([]),
});

export const registryEntrySchema = z.discriminatedUnion('noun', [
  nodeSchema,
  homeSchema,
  residentSchema,
  contactSchema,
  deviceSchema,
  gatewaySchema,
  staffSchema,
]);

export type RegistryNode = z.output<typeof nodeSchema>;
export type AwayPeriod = z.output<typeof awaySchema>;
export type AwayLine = z.output<typeof awayLineSchema>;
export type Home = z.output<typeof homeSchema>;
export type Resident = z.output<typeof residentSchema>;
export type Contact = z.output<typeof contactSchema>;
export type Device = z.output<typeof deviceSchema>;
export type Gateway = z.output<typeof gatewaySchema>;
export type Staff = z.output<typeof staffSchema>;
export type ChannelAddress = z.output<typeof channelAddress>;
export type RegistryEntry = z.output<typeof registryEntrySchema>;
export type Noun = RegistryEntry['noun'];

/** What an import does to one entry, field by field. The hash of a secret is never among the fields. */
export interface RegistryChange {
  readonly noun: Noun;
  readonly key: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Of a changed entry; absent: it was not there, or will not be. */
  readonly fields: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
}

/** An entry that changes its place: easily a slip in a spreadsheet, and then the wrong door is knocked at. */
export interface RegistryMove {
  readonly noun: 'home' | 'device';
  readonly key: string;
  /** The node above a home, the home of a device. */
  readonly from: string;
  readonly to: string;
}

/** A gateway that an import makes because devices name it, and that nothing else describes. */
export interface InventedGateway {
  readonly gateway: string;
  /** Devices of the import that name it. */
  readonly devices: number;
  /** A gateway of nearly the same name, which may have been meant. */
  readonly meant?: string;
}

/** The name by which an entry is stored and removed: its path for a node, its id otherwise. */
export const entryKey = (entry: RegistryEntry): string => (entry.noun === 'node' ? entry.path : entry.id);
