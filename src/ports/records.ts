import type { About, Alert, Priority } from '../model/alert.ts';
import type { Case, CaseEntry, CaseStatus, Doer } from '../model/case.ts';
import type { CaseKind } from '../model/case-kind.ts';
import type { Effect } from '../model/effect.ts';
import type { Notice, NoticeState } from '../model/notice.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { RejectionReason } from '../model/rejection.ts';
import { chineseOfMessage } from '../model/system-words.ts';
import { TextError } from '../model/text.ts';
import type { VisitKey, VisitLine } from '../model/visit.ts';

/**
 * The records: journal, state, alerts, cases, notices, registry, accounts. One exam (test/contracts/records.ts) for
 * every adapter. Every call that writes is one durable transaction: when it resolves, it is on disk.
 */
export interface RecordStore {
  /** Opens or creates the store and brings its tables up to date. @throws if another process holds it. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** Why nothing could be committed at this moment, if the store knows of a reason without being asked to. */
  trouble(): string | undefined;

  /** The one transaction of a micro-batch: journal, effects and stream events together, or nothing. */
  commit(batch: CommitBatch): Promise<CommitResult>;
  /** Where to go on after a start: see docs/decisions/0003. */
  recover(): Promise<Recovery>;
  /** Stores the state of these subjects as of `seq`. */
  saveSubjects(rows: readonly SubjectRow[]): Promise<void>;
  /** Makes `seq` the instant from which a restart replays, with the state that is shared between homes as of then. */
  completeCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Drops the journal up to and including `seq`. */
  trimJournal(seq: number): Promise<void>;

  registry(): Promise<RegistryEntry[]>;
  /** The same for a start, in two parts. */
  registryInParts(): Promise<RegistryParts>;
  alerts(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>>;
  alert(id: string): Promise<Alert | undefined>;
  cases(filter: CaseFilter, page: PageRequest): Promise<Page<NumberedCase>>;
  case(id: string): Promise<NumberedCase | undefined>;
  /** In their order; of more than `limit` the newest. */
  caseEntries(id: string, which?: CaseEntriesRequest): Promise<CaseEntry[]>;
  /** Saved twice under one id, it stays as it is. */
  savePhoto(photo: CasePhoto): Promise<void>;
  photo(of: string, id: string): Promise<CasePhoto | undefined>;
  removePhoto(id: string): Promise<void>;
  /** The log of visits and major changes, the newest first. */
  visits(filter: VisitFilter, page: PageRequest): Promise<Page<VisitLine>>;
  /** Those of these lines that are there, in no order. */
  findVisits(keys: readonly VisitKey[]): Promise<VisitLine[]>;
  notices(filter: NoticeFilter, page: PageRequest): Promise<Page<Notice>>;
  notice(id: string): Promise<Notice | undefined>;
  /** By the channel and the id that its provider gave it. */
  noticeByProvider(channel: string, providerId: string): Promise<Notice | undefined>;
  /**
   * Queued notices whose next attempt is due, the gravest priority first, then the oldest. Those of the channels in
   * `except` are left out: a channel that has to wait must not hide what the others could send.
   */
  dueNotices(now: number, limit: number, except?: readonly string[]): Promise<Notice[]>;
  /** Those of one channel alone, in the same order. */
  dueNoticesOf(channel: string, now: number, limit: number): Promise<Notice[]>;
  /** When the earliest queued notice of a channel not in `except` is due; undefined when none is queued. */
  nextNoticeAt(except?: readonly string[]): Promise<number | undefined>;
  /** Stores a notice's new state, and an event for the stream. */
  saveNotice(notice: Notice): Promise<StreamEvent>;
  /** The same for several, in one transaction: all or none. */
  saveNotices(notices: readonly Notice[]): Promise<StreamEvent[]>;

  rejections(
    filter: { reason?: RejectionReason; device?: string },
    page: PageRequest,
  ): Promise<Page<StoredRejection>>;
  rejectionCounts(): Promise<RejectionCount[]>;
  /** How much is open, of nodes that one of the paths covers: for the status page and its gauges. */
  counts(paths: readonly string[]): Promise<RecordCounts>;
  /** Of these the cases alone: notices are counted over years of them. */
  openCases(paths: readonly string[]): Promise<RecordCounts['openCases']>;

  /** Events after this id and up to another, oldest first, of nodes that one of the paths covers, or for this account. */
  events(
    after: number,
    paths: readonly string[],
    limit: number,
    account?: string,
    upTo?: number,
  ): Promise<StreamEvent[]>;
  /** Ids of the oldest and the newest event kept; 0 and 0 when there is none. */
  eventSpan(): Promise<{ first: number; last: number }>;

  users(): Promise<User[]>;
  user(id: string): Promise<User | undefined>;
  saveUser(user: User): Promise<void>;
  /** With its sessions, and with the answers that it was given. */
  removeUser(id: string): Promise<void>;
  saveSession(session: Session): Promise<void>;
  /** Moves on when it was last used, and when it ends; one that has been removed meanwhile stays so. */
  slideSession(session: Pick<Session, 'tokenHash' | 'lastUsedAt' | 'expiresAt'>): Promise<void>;
  /** By the SHA-256 of its token. */
  session(tokenHash: string): Promise<Session | undefined>;
  sessions(user: string): Promise<Session[]>;
  removeSession(tokenHash: string): Promise<void>;
  /** The answer given under this key, if the key was used. */
  idempotent(key: string): Promise<IdempotentAnswer | undefined>;
  saveIdempotent(answer: IdempotentAnswer): Promise<void>;

  meta(key: string): Promise<string | undefined>;
  /** All whose key begins so, in the order of their keys. */
  metaUnder(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
  saveMeta(key: string, value: string): Promise<void>;
  removeMeta(key: string): Promise<void>;

  /**
   * Deletes what is older than its retention, and what the stream told of entries that are gone; returns rows deleted by table. In a
   * file of our own it is written over as well.
   */
  retain(policy: RecordRetention, now: number): Promise<Record<string, number>>;
  /** A consistent copy of the running store into this file, which does not exist yet: a SQLite database, whatever the store. */
  backup(file: string): Promise<void>;
}

/** The store cannot be reached at this moment. Whoever asks again may find it there. */
export class RecordsAway extends TextError {
  constructor(message: string, options?: ErrorOptions) {
    super({ zh: chineseOfMessage(message), en: message }, options);
  }
}

/** Another process has the records, or took them over: what this one would write is refused, for good. */
export class RecordsTaken extends TextError {}

/** They know less than was acknowledged, as where a replica took over that was behind: only a process that starts from them can go on. */
export class RecordsWentBack extends TextError {}

export interface CommitBatch {
  /** Inputs are numbered from 1 without gaps; a batch holds firstSeq to lastSeq. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The inputs, encoded by src/app/journal.ts. */
  readonly journal: Uint8Array;
  /** In the order in which the step gave them. */
  readonly effects: readonly Effect[];
  /** States of subjects that must be saved with this very batch, because the registry below them changed. */
  readonly subjects: readonly SubjectRow[];
  readonly at: number;
}

export interface CommitResult {
  /** What goes to the readers of the stream, with ids, in order. */
  readonly events: readonly StreamEvent[];
}

/** The engine's state of one home or gateway, as of an input. */
export interface SubjectRow {
  readonly subject: string;
  readonly seq: number;
  /** JSON; undefined removes the row. */
  readonly state: string | undefined;
  /** When it wants to be called next, in whole milliseconds, so that it is known without the state; undefined: unknown. */
  readonly due?: number | undefined;
}

export interface Checkpoint {
  readonly seq: number;
  /** JSON of what homes share: the clock, gateways, the rule set in force. */
  readonly shared: string;
}

/** The registry as a start reads it. */
export interface RegistryParts {
  readonly entries: RegistryEntry[];
  /**
   * Residents and contacts, or some of them, piece by piece, at the latest before the registry changes; those of one
   * home before that, when somebody asks for them.
   */
  readonly late: Iterator<RegistryEntry[]> & { ofHome?(home: string): RegistryEntry[] };
}

export interface Recovery {
  readonly checkpoint: Checkpoint | undefined;
  /**
   * A page at a time. The state of a row may be read from the records only when it is asked for: that is to be done
   * before another state of the subject is stored.
   */
  readonly subjects: AsyncIterable<readonly SubjectRow[]>;
  /** Journal rows that hold an input after this one, as far as they are not trimmed, in order. */
  readonly journal: (after: number) => AsyncIterable<JournalRow>;
  /** The last committed input; 0 in an empty store. */
  readonly lastSeq: number;
}

/** The inputs of one batch, as `CommitBatch.journal`. */
export interface JournalRow {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly bytes: Uint8Array;
}

/** Lines of a time line: those before the one with this number, at most so many. Absent: all. */
export interface CaseEntriesRequest {
  readonly before?: number;
  readonly limit?: number;
}

/** A cursor is opaque; the next page is asked with the `next` of the last one. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}
/** A page was asked for with a cursor that this store did not give, or gave for another order. */
export class CursorInvalid extends Error {}

/** Every filter is a conjunction; `paths` limits to what one of these nodes covers (the caller's rights). */
export interface AlertFilter {
  readonly paths: readonly string[];
  readonly open?: boolean;
  readonly home?: string;
  readonly rule?: string;
  readonly about?: About;
  readonly priority?: Priority;
  readonly raisedFrom?: number;
  readonly raisedTo?: number;
  /** Alerts of rules in shadow, and only those; without it only those that people were told of. */
  readonly shadow?: boolean;
}
export interface CaseFilter {
  readonly paths: readonly string[];
  readonly status?: readonly CaseStatus[];
  readonly priority?: readonly Priority[];
  readonly kind?: CaseKind;
  readonly home?: string;
  /** By name: who has it, or was asked to take it. */
  readonly owner?: string;
  /** The same as `isTheirs` has it: by account and by id of the staff as far as they are known. */
  readonly theirs?: Doer;
  /** With those that this account reaches wherever they lie (`accountsWith`); `within`: only what one of these nodes covers. */
  readonly held?: { readonly account: string; readonly within: readonly string[] };
  readonly openedFrom?: number;
  readonly openedTo?: number;
  /**
   * As people work: what is over last, the gravest first, of these what nobody has taken, then what is due first (the work
   * list); or newest first (the ledger).
   */
  readonly order?: 'urgency' | 'newest';
}
/** A picture that somebody took at the door. */
export interface CasePhoto {
  readonly id: string;
  readonly case: string;
  readonly at: number;
  readonly by: string;
  readonly mediaType: PhotoType;
  readonly bytes: Uint8Array;
}
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PhotoType = (typeof PHOTO_TYPES)[number];
export interface VisitFilter {
  readonly paths: readonly string[];
  readonly home?: string;
  readonly kind?: VisitLine['kind'];
  /** When they were, not when they were told. */
  readonly from?: number;
  readonly to?: number;
}
export interface NoticeFilter {
  readonly paths: readonly string[];
  readonly case?: string;
  readonly state?: NoticeState;
}

/** A case with the number that people say on the telephone: counted up by the store, never reused. */
export interface NumberedCase extends Case {
  readonly number: number;
}

export interface StoredRejection {
  readonly id: number;
  readonly at: number;
  readonly reason: RejectionReason;
  readonly topic: string;
  readonly from: string;
  readonly device?: string;
  readonly detail?: string;
  /** UTF-8 where it is text, otherwise base64. */
  readonly payload: string;
  readonly payloadEncoding: 'utf8' | 'base64';
  readonly payloadBytes: number;
}
/** Cases and alerts that are not resolved or cleared, and notices of the kept period by their state. */
export interface RecordCounts {
  readonly openCases: Readonly<Record<Priority, number>>;
  /** Resolved cases that nobody has called back about. */
  readonly awaitingCallBack: number;
  readonly openAlerts: number;
  readonly notices: Readonly<Record<NoticeState, number>>;
}
export interface RejectionCount {
  readonly reason: RejectionReason;
  readonly count: number;
  readonly lastAt: number;
}

/** What readers of the stream get; ids grow, and a reader resumes after the last that it saw. */
export interface StreamEvent {
  readonly id: number;
  readonly at: number;
  readonly type: 'alert' | 'case' | 'notice' | 'registry' | 'rules' | 'device';
  readonly path: string;
  /** Whom it is told wherever they stand: who has the case that it is about, or had it before; absent: nobody. */
  readonly accounts?: readonly string[];
  /** JSON text of the effect (without its `type`), with `number` on cases. */
  readonly data: string;
}

/** Rights of an account, each on a node of the tree and all below it; the empty node is everything. */
export const PERMISSION_ROLES = ['administrator', 'operator', 'responder', 'viewer'] as const;
export type PermissionRole = (typeof PERMISSION_ROLES)[number];
export interface User {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: readonly { readonly role: PermissionRole; readonly node: string }[];
  readonly locale: 'zh' | 'en';
  readonly disabled: boolean;
  readonly createdAt: number;
}
export interface Session {
  readonly tokenHash: string;
  readonly user: string;
  /** A console session slides; a program's token stands until it is revoked. */
  readonly kind: 'session' | 'token';
  readonly label: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number;
}
export interface IdempotentAnswer {
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly at: number;
}
export interface RecordRetention {
  readonly alertsMs: number;
  readonly casesMs: number;
  /** Photos, from when they were taken; they go with their case at the latest. */
  readonly photosMs: number;
  /** Visits and major changes, from when they were; they go with their home at the latest. */
  readonly visitsMs: number;
  readonly rejectionsKept: number;
  readonly eventsKept: number;
  /** However few they are: what was refused holds readings as they came, events what the registry and cases held. */
  readonly rejectionsMs: number;
  readonly eventsMs: number;
  readonly idempotencyMs: number;
}
