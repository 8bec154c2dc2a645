import type { Insertable } from 'kysely';
import type { Alert } from '../../model/alert.ts';
import type { Case } from '../../model/case.ts';
import { LIMITS } from '../../model/limits.ts';
import { type Notice, urgencyOf } from '../../model/notice.ts';
import type { RegistryEntry } from '../../model/registry.ts';
import type { Rejection } from '../../model/rejection.ts';
import type { RecordTables } from './schema.ts';

type Row<T extends keyof RecordTables> = Insertable<RecordTables[T]>;

/** The nouns as rows: the document, and beside it what is filtered and ordered by. */

export const alertRow = (alert: Alert): Row<'alerts'> => ({
  id: alert.id,
  version: alert.version,
  path: alert.path,
  home: alert.home,
  rule: alert.rule,
  about: alert.about,
  priority: alert.priority,
  raised_at: alert.raisedAt,
  cleared_at: alert.clearedAt ?? null,
  doc: JSON.stringify(alert),
  shadow: alert.shadow ? 1 : 0,
});

export const caseRow = (of: Case): Omit<Row<'cases'>, 'number'> => ({
  id: of.id,
  version: of.version,
  entries: of.entries,
  path: of.path,
  home: of.home,
  kind: of.kind,
  status: of.status,
  priority: of.priority,
  owner: of.acknowledgedBy ?? '',
  assigned: of.assignedTo ?? '',
  owner_account: of.acknowledgedByAccount ?? '',
  owner_staff: of.acknowledgedByStaff ?? '',
  assigned_account: of.assignedToAccount ?? '',
  assigned_staff: of.assignedToStaff ?? '',
  opened_at: of.openedAt,
  resolved_at: of.resolvedAt ?? null,
  due_at: of.dueAt,
  doc: JSON.stringify(of),
});

export const noticeRow = (notice: Notice): Row<'notices'> => ({
  id: notice.id,
  case_id: notice.case,
  path: notice.path,
  channel: notice.channel,
  state: notice.state,
  // By which what waits is sent: the priority that people read is in the notice.
  priority: urgencyOf(notice),
  created_at: notice.createdAt,
  // A queued notice that names no instant is due at once: it must not wait for ever.
  next_attempt_at: notice.state === 'queued' ? (notice.nextAttemptAt ?? notice.createdAt) : null,
  doc: JSON.stringify(notice),
  provider_id: notice.providerId ?? null,
});

export const rejectionRow = (rejection: Rejection): Row<'rejections'> => ({
  at: rejection.at,
  reason: rejection.reason,
  topic: rejection.topic,
  sender: rejection.from,
  device: rejection.device ?? null,
  detail: rejection.detail ?? null,
  payload: rejection.payload.subarray(0, LIMITS.rejectionPayloadBytesMax),
  payload_bytes: rejection.payloadBytes,
});

/**
 * Which of a batch's rejections are kept raw: the newest, and of each reason at least one, so that a flood of one kind
 * does not hide the others. In the order of their coming.
 */
export function rejectionsToKeep(
  rejections: readonly Rejection[],
  max: number = LIMITS.rejectionsPerBatchMax,
): readonly Rejection[] {
  if (rejections.length <= max) return rejections;
  const newestOfReason = new Map(rejections.map((rejection, i) => [rejection.reason, i]));
  const kept = new Set(newestOfReason.values());
  for (let i = rejections.length - 1; i >= 0 && kept.size < max; i--) kept.add(i);
  return rejections.filter((_, i) => kept.has(i));
}

/** What a registry entry hangs on: `path` if it has its place by itself, otherwise the home that has. */
export function placeOf(entry: RegistryEntry): { path: string } | { home: string } {
  switch (entry.noun) {
    case 'node':
      return { path: entry.path };
    case 'home':
      return { path: `${entry.parent}/${entry.id}` };
    case 'gateway':
      return { path: entry.parent };
    case 'staff':
      return { path: '' };
    default:
      return { home: entry.home };
  }
}

/** A registry entry as it may leave the store over the stream: nobody who reads along needs the hash of a secret. */
export function publicEntry(entry: RegistryEntry): RegistryEntry {
  if (!('secretHash' in entry)) return entry;
  const { secretHash: _, ...rest } = entry;
  return rest;
}

/** How much of the two tables that roll over is kept. */
export interface KeptRows {
  readonly rejections: number;
  readonly events: number;
}

export const keptRows = (): KeptRows => ({
  rejections: LIMITS.rejectionsKeptMax,
  events: LIMITS.streamEventsKeptMax,
});
