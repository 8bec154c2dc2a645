import type { Generated } from 'kysely';

/**
 * The tables of the records. Documents stand as JSON text; beside them stand only the columns that something is
 * filtered or ordered by. Instants are epoch milliseconds. The same on every engine: no booleans,
 * no types of one engine, and text compared by bytes.
 */
export interface RecordTables {
  /**
   * One row: which partition of homes these tables hold, and how often they were taken by a process. A write of an
   * owner of an earlier epoch is refused. The numbers given last stand here where the engine does not count by itself
   * (SQLite leaves them at 0), as far as the rows that bear them may be gone: no number is used again.
   */
  owner: {
    partition: string;
    epoch: number;
    holder: string;
    last_case: number;
    last_event: number;
    last_rejection: number;
  };
  meta: { key: string; value: string };
  journal: { first_seq: number; last_seq: number; bytes: Uint8Array };
  /** `due`: when it wants to be called next, in whole milliseconds; null where that is not known. */
  subjects: { subject: string; seq: number; state: string; due: number | null };
  /** One row, with id 1. */
  checkpoint: { id: number; seq: number; shared: string };
  alerts: {
    id: string;
    version: number;
    path: string;
    home: string;
    rule: string;
    about: string;
    priority: string;
    raised_at: number;
    cleared_at: number | null;
    doc: string;
    /** 1: its rule runs in shadow, nobody was told. */
    shadow: number;
  };
  cases: {
    /** What people say on the telephone: counts up at insertion, never reused. */
    number: Generated<number>;
    id: string;
    version: number;
    entries: number;
    path: string;
    home: string;
    kind: string;
    status: string;
    priority: string;
    /** Who acknowledged it; empty until then. */
    owner: string;
    /** Who was asked to take it; empty otherwise. */
    assigned: string;
    /** Their accounts and ids among the staff, as far as they are known; empty otherwise. */
    owner_account: string;
    owner_staff: string;
    assigned_account: string;
    assigned_staff: string;
    opened_at: number;
    resolved_at: number | null;
    /** When the next thing is due that somebody has to do; of what is over, when the last was. */
    due_at: number;
    doc: string;
  };
  case_entries: { case_id: string; n: number; doc: string };
  photos: {
    id: string;
    case_id: string;
    at: number;
    by_name: string;
    media_type: string;
    bytes: Uint8Array;
  };
  notices: {
    id: string;
    case_id: string;
    path: string;
    channel: string;
    state: string;
    priority: string;
    created_at: number;
    /** Null when it is not queued any more. */
    next_attempt_at: number | null;
    doc: string;
    /** What the provider calls it, where it said so. */
    provider_id: string | null;
  };
  rejections: {
    id: Generated<number>;
    at: number;
    reason: string;
    topic: string;
    sender: string;
    device: string | null;
    detail: string | null;
    payload: Uint8Array;
    payload_bytes: number;
  };
  rejection_counts: { reason: string; count: number; last_at: number };
  registry: { noun: string; key: string; doc: string };
  /** `accounts`: ` zhou sun `, whom it is told wherever they stand; empty: nobody. */
  events: {
    id: Generated<number>;
    at: number;
    type: string;
    path: string;
    data: string;
    accounts: string;
  };
  users: { id: string; doc: string };
  sessions: {
    token_hash: string;
    user_id: string;
    kind: string;
    label: string;
    created_at: number;
    expires_at: number | null;
    last_used_at: number;
  };
  /** The log of visits and major changes. Home, instant, person and kind name a line; version 2: it was withdrawn. */
  visits: {
    home: string;
    at: number;
    by_name: string;
    kind: string;
    version: number;
    path: string;
    doc: string;
  };
  idempotency: { key: string; fingerprint: string; status: number; body: string; at: number };
}
