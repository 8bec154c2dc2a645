import { z } from 'zod';
import { PRIORITIES } from './alert.ts';
import { CALLS, CALLS_PERHAPS } from './call-for-help.ts';
import { CALL_TEST_LIMITS } from './call-test-words.ts';
import {
  CALL_BACK_RESULT_NAMES,
  CASE_STEP_NAMES,
  CONTACT_WAYS,
  type ContactWay,
  OUTCOME_NAMES,
} from './case.ts';
import { DEVICE_FAULTS } from './device-fault.ts';
import type { Failure } from './errors.ts';
import { HELP_ASKED_PRIORITIES } from './help-asked.ts';
import { LIMITS } from './limits.ts';
import { NOTICE_FAILURES, NOTICE_STATES, type NoticeFailure } from './notice.ts';
import { AWAY_ANSWERS, awaySchema, type Noun, registryEntrySchema, visitorSchema } from './registry.ts';
import { REQUEST_PRIORITIES } from './request-categories/define.ts';
import { REQUEST_CATEGORIES } from './request-category.ts';
import { replacementSchema } from './roster.ts';
import { ruleSetSchema } from './rule-set.ts';
import { SERVICE_FINDING_NAMES } from './service-finding.ts';
import { silenceSchema } from './silence.ts';
import { changeToldSchema, type VisitLine, visitToldSchema } from './visit.ts';
import { MAJOR_CHANGES, VISIT_CLASSES, VISIT_SOURCES } from './visit-words.ts';

const NOUNS = ['node', 'home', 'resident', 'contact', 'device', 'gateway', 'staff'] as const satisfies Noun[];

const text = z.string().trim().min(1).max(2000);
const caseId = z.string().min(1).max(200);
const rosterId = z.string().min(1).max(64);
const expectedVersion = z.number().int().positive().optional();
/** Chosen by whoever asks: the same command with the same key is done once, however often it arrives. */
const key = z.string().min(1).max(100).optional();
/**
 * The account of whoever asks, set by the service: two people may bear one name. Absent in journals of before, and where
 * somebody answers from a channel or by a link.
 */
const account = z.string().min(1).max(100).optional();
/** Who of the staff it is, set by the service where that is known: names change, and two people may bear one. */
const staff = z.string().min(1).max(64).optional();
const note = z.string().trim().max(2000).default('');
/** Set only in what a journal held before words were asked for: it has to replay. A command that comes now cannot set it. */
const unsaid = z.literal(true).optional();
/** Where somebody was, if they let it be known. */
const position = {
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
};

/** What people and the shell ask of the core. Commands enter at the front, as readings do. */
export const commandSchemas = {
  'case.acknowledge': z.object({
    case: caseId,
    expectedVersion,
    /** From whoever has it, knowingly. */
    takeOver: z.boolean().optional(),
    account,
    staff,
    key,
  }),
  /** Asks somebody to take it: they are told, and until they do it stays with whoever has it, or with who asks. */
  'case.assign': z.object({
    case: caseId,
    expectedVersion,
    /** A member of staff by the id of the registry, or the name of somebody who can sign in. */
    to: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('staff'), id: z.string().min(1).max(64), account }),
      z.object({ kind: z.literal('user'), name: z.string().min(1).max(100), account }),
    ]),
    /** Although somebody else has it, knowingly. */
    takeOver: z.boolean().optional(),
    note,
    account,
    staff,
    key,
  }),
  'case.note': z.object({
    case: caseId,
    text,
    /** Somebody who was called says that they cannot come: others are called as if nothing had been said. */
    declines: z.boolean().optional(),
    key,
  }),
  /** The picture itself is in the records already, under this id. */
  'case.photo': z.object({ case: caseId, photo: z.string().min(1).max(64), note, ...position, key }),
  'case.step': z.object({
    case: caseId,
    expectedVersion,
    step: z.enum(CASE_STEP_NAMES),
    /** Who was called; needed for calls. A contact by the id of the registry. */
    whom: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('resident') }),
        z.object({ kind: z.literal('contact'), id: z.string().min(1).max(64) }),
      ])
      .optional(),
    note,
    ...position,
    account,
    staff,
    key,
  }),
  /** The newest step since it was taken was said by mistake. */
  'case.withdraw-step': z.object({ case: caseId, expectedVersion, account, staff, key }),
  /** Whoever has it cannot go on: nobody has it, and people are called as from the beginning. */
  'case.give-back': z.object({ case: caseId, expectedVersion, reason: note, account, staff, key }),
  'case.resolve': z.object({
    case: caseId,
    expectedVersion,
    outcome: z.enum(OUTCOME_NAMES),
    note,
    /** Who spoke to or saw the person, and which of the two. */
    contactMadeBy: z.string().trim().max(100).default(''),
    contact: z.enum(Object.keys(CONTACT_WAYS) as [ContactWay, ...ContactWay[]]).optional(),
    unsaid,
    account,
    key,
  }),
  /** Another person than the one who resolved it asks how it went: struck off, or reopened. */
  'case.call-back': z.object({
    case: caseId,
    expectedVersion,
    result: z.enum(CALL_BACK_RESULT_NAMES),
    /** Needed where they are not satisfied. */
    note,
    unsaid,
    account,
    key,
  }),
  /** Strikes a resolved case off without a call-back: there is nobody to call any more. */
  'case.strike-off': z.object({ case: caseId, expectedVersion, reason: text, account, key }),
  'case.reopen': z.object({ case: caseId, expectedVersion, reason: text, key }),
  'registry.apply': z.object({
    put: z.array(registryEntrySchema).default([]),
    /** Of each of these, in their order, the fields that the change is about: all others stay as they are by then. */
    about: z.array(z.array(z.string()).readonly().nullable()).readonly().optional(),
    remove: z
      .array(
        z.object({
          noun: z.enum(NOUNS),
          key: z.string(),
        }),
      )
      .default([]),
    /** What stood there when this was decided; where something else does by now, nothing is changed. */
    expected: z.object({ noun: z.enum(NOUNS), key: z.string(), mark: z.string().optional() }).optional(),
    /** The device in whose place the first of these comes: as it stands then it is stopped, both or neither. */
    replaces: z.string().optional(),
  }),
  /** Nobody is expected to live in the home as usual, from then until then. */
  'home.away': z.object({ home: z.string(), period: awaySchema }),
  /** A period of absence ends at `at`; one that has not begun by then is taken back. */
  'home.back': z.object({ home: z.string(), from: z.number().int(), at: z.number().int() }),
  /** What somebody answers to the question whether a home is lived in again. */
  'home.answer': z.object({
    home: z.string(),
    answer: z.enum(AWAY_ANSWERS),
    /** How much longer; of `extend` alone. */
    days: z.number().int().min(1).max(90).default(3),
    /** Where somebody of the home answers over a personal link. */
    via: visitorSchema.optional(),
  }),
  /** Somebody was at a home, or tried to; several at once where they were logged elsewhere: all of them, or none. */
  'home.visits': z.object({
    visits: z.array(visitToldSchema).min(1).max(LIMITS.visitsPerImportMax),
    source: z.enum(VISIT_SOURCES),
  }),
  /** Something has changed in somebody's life: they are to be visited soon. */
  'home.change': changeToldSchema.extend({ source: z.enum(VISIT_SOURCES) }),
  /** A line of the visit log was a mistake. Whoever asks has looked up the line, and who was met last without it. */
  'home.visit-withdraw': z.object({
    line: z.custom<VisitLine>(),
    met: z.number().int().nullable(),
    /** The major changes that no other visit followed. Commands of before have looked up none. */
    changes: z.array(z.object({ at: z.number().int(), what: z.enum(MAJOR_CHANGES) })).exactOptional(),
    reason: z.string().trim().min(1).max(300),
  }),
  /** How often a home is to be visited; null: as nobody has said. */
  'home.visit-class': z.object({ home: z.string(), visitClass: z.enum(VISIT_CLASSES).nullable() }),
  /** Somebody asks for help for a home by word of mouth: on the telephone, at the desk. */
  'home.help': z.object({
    home: z.string(),
    priority: z.enum(HELP_ASKED_PRIORITIES).default('P2'),
    /** Who asks; empty: they did not say. */
    from: z.string().trim().max(100).default(''),
    note: z.string().trim().min(1).max(1000),
    found: z.boolean().exactOptional().meta({
      title: 'Found in need',
      description:
        'nobody called: somebody was found in need, or it was learnt afterwards. Where nothing had been raised, the figures of alert load count it as missed',
    }),
    key,
  }),
  /** A resident asks for something that can wait: a repair, an errand. Absent priority: that of the category. */
  'home.request': z.object({
    home: z.string(),
    category: z.enum(REQUEST_CATEGORIES),
    priority: z.enum(REQUEST_PRIORITIES).optional(),
    /** Who asks; empty: they did not say. */
    from: z.string().trim().max(100).default(''),
    note: z.string().trim().min(1).max(1000),
    key,
  }),
  /** A drill through the whole chain: `演练`. */
  'drill.begin': z.object({ home: z.string(), priority: z.enum(PRIORITIES).default('P2'), note, key }),
  /** Nobody wants to hear of this for a while; the id is chosen by whoever asks, so that it is done once. */
  'silence.begin': silenceSchema.extend({ id: z.string().min(1).max(64) }),
  'silence.end': z.object({ id: z.string().min(1).max(64) }),
  'registry.secret': z.object({
    noun: z.enum(['device', 'gateway']),
    id: z.string(),
    secretHash: z.string(),
  }),
  'device.exchange': z.object({
    device: z.string(),
    /** When the new meter was mounted, in epoch milliseconds. */
    at: z.number().int(),
  }),
  'rules.replace': z.object({ ruleSet: ruleSetSchema }),
  /** People serve shifts instead of others; two replacements make an exchange. All of them, or none. */
  'roster.swap': z.object({
    roster: rosterId,
    replacements: z.array(replacementSchema).min(1).max(10),
  }),
  'roster.undo-swap': z.object({ roster: rosterId, shift: rosterId, date: z.string().max(10) }),
  /** Nobody counts on this member of staff, from then until then. */
  'roster.leave': z.object({
    staff: rosterId,
    from: z.number().int().nonnegative(),
    until: z.number().int().nonnegative(),
    note: z.string().trim().max(300).default(''),
  }),
  /** A leave ends at `at`; one that has not begun by then is taken back. */
  'roster.return': z.object({ staff: rosterId, from: z.number().int(), at: z.number().int() }),
  /** Words for whoever is on duty next. */
  'roster.note': z.object({ roster: rosterId, text }),
  /** The person was asked, and answers: a line of the time line. It takes nobody's work off and closes nothing. */
  'case.confirm': z.object({
    case: caseId,
    /** False: they say that they need help. */
    well: z.boolean().default(true),
    note: z.string().trim().max(300).default(''),
    /** A contact says so, who has spoken to the person. */
    contact: z.literal(true).optional(),
    key,
  }),
  /**
   * Whoever has the case was removed from the staff, or their account was, or may do nothing any more: nobody has it. The name is
   * the one that the case has. Without account and id it is a command of before, and the name alone counts.
   */
  'case.release': z.object({
    case: z.string(),
    name: z.string(),
    account,
    staff,
    /** Their account is there still, and may do nothing. */
    barred: z.boolean().optional(),
    key,
  }),
  /** The shell looks after itself: what is wrong with the watching begins, or has ended. */
  'service.finding': z.object({
    finding: z.enum(SERVICE_FINDING_NAMES),
    /** `counts`: it goes on, and its figures are others now. */
    state: z.enum(['begins', 'counts', 'ended']),
    /** Since when it is so, in epoch milliseconds. */
    since: z.number().int(),
    values: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  }),
  /** A device that is in no registry calls for help. */
  'stranger.called': z.object({
    address: z.string().min(1).max(200),
    /** Who brought it; where that is a gateway of the registry, its place is told. */
    gateway: z.string().max(64).optional(),
    call: z.enum(CALLS),
    at: z.number().int(),
    from: z.string().max(200).default(''),
    topic: z.string().max(200).default(''),
    sent: z.string().max(400).default(''),
  }),
  /** An enrolled device calls for help in a message that was not taken. */
  'device.called': z.object({
    device: z.string().min(1).max(64),
    call: z.enum(CALLS),
    why: z.enum(['foreign-way', 'in-words', 'disabled']),
    at: z.number().int(),
    from: z.string().max(200).default(''),
    topic: z.string().max(200).default(''),
    sent: z.string().max(400).default(''),
  }),
  /** The next call of this device is a test: see `CallTest`. The id is chosen by whoever asks, so that it is done once. */
  'call-test.begin': z.object({
    device: z.string().min(1).max(64),
    /** Where it is tested: it may hang elsewhere by now. */
    home: z.string(),
    id: z.string().min(1).max(64),
    minutes: z.number().int().min(1).max(CALL_TEST_LIMITS.minutesMax).default(5),
    /** What is to come; absent: the first that its model can say. */
    call: z.enum(CALLS_PERHAPS).optional(),
  }),
  'call-test.end': z.object({ device: z.string().min(1).max(64) }),
  /** The call that was taken for a test was meant. */
  'call-test.real': z.object({ device: z.string().min(1).max(64) }),
  /** The broker finds something wrong with how a device or a gateway connects. */
  'device.fault': z.object({
    device: z.string().min(1).max(64),
    fault: z.enum(DEVICE_FAULTS),
    at: z.number().int(),
    values: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  }),
  /** Somebody looked who it is: nobody of ours, and why. */
  'stranger.dismiss': z.object({
    address: z.string().min(1).max(200),
    /** Who brings what it sends. */
    gateway: z.string().max(64).optional(),
    reason: text,
  }),
  'notice.result': z.object({
    notice: z.string(),
    case: z.string(),
    subject: z.string(),
    state: z.enum(NOTICE_STATES),
    failure: z.enum(Object.keys(NOTICE_FAILURES) as [NoticeFailure, ...NoticeFailure[]]).optional(),
    recipient: z.string(),
    channel: z.string(),
    detail: z.string().optional(),
  }),
} as const;

export type CommandType = keyof typeof commandSchemas;
export type CommandBody<T extends CommandType> = z.output<(typeof commandSchemas)[T]>;
export type Command = { [T in CommandType]: { readonly type: T } & CommandBody<T> }[CommandType];

/** A command on its way into the step: who asks, and when it was received. */
export interface CommandInput {
  readonly kind: 'command';
  readonly receivedAt: number;
  /** Unique; the answer carries it back. */
  readonly id: string;
  /** The person's name as it shall stand in the time line; `system` for the shell. */
  readonly by: string;
  readonly command: Command;
  /** Of a change of duty, in a journal that is read again: it was refused, and changed nothing but the time. */
  readonly refused?: true;
}

/** The answer to a command: what it touched or opened, or why it was refused. */
export type CommandReply =
  | { readonly ok: true; readonly version?: number; readonly case?: string }
  | { readonly ok: false; readonly failure: Failure };
