import type { Alert } from '../../src/model/alert.ts';
import type { Case, CaseEntry } from '../../src/model/case.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { Rejection } from '../../src/model/rejection.ts';
import type { VisitLine } from '../../src/model/visit.ts';
import type { CommitBatch, RecordStore } from '../../src/ports/records.ts';

export const T0 = Date.UTC(2026, 2, 1);
const text = { zh: '文', en: 'text' };

export const anAlert = (over: Partial<Alert> = {}): Alert => ({
  id: 'h1.a1',
  subject: 'h1',
  home: 'h1',
  path: 'hai/g1/h1',
  rule: 'W1',
  ruleKind: 'low-consumption',
  ruleSetVersion: '1',
  about: 'person',
  priority: 'P2',
  title: text,
  since: T0,
  raisedAt: T0,
  evidence: { text, readings: [], values: { thresholdM3: 0.01 } },
  count: 1,
  case: 'h1.c1',
  version: 1,
  history: [],
  ...over,
});

export const aCase = (over: Partial<Case> = {}): Case => ({
  id: 'h1.c1',
  kind: 'safety',
  status: 'open',
  priority: 'P2',
  subject: 'h1',
  home: 'h1',
  path: 'hai/g1/h1',
  title: text,
  openedAt: T0,
  dueAt: T0 + 300_000,
  alerts: ['h1.a1'],
  version: 1,
  entries: 1,
  ...over,
});

export const anEntry = (n: number, at = T0): CaseEntry => ({ n, at, by: 'system', type: 'note', text });

export const aNotice = (over: Partial<Notice> = {}): Notice => ({
  id: 'h1.c1.n1',
  case: 'h1.c1',
  alert: 'h1.a1',
  home: 'h1',
  path: 'hai/g1/h1',
  recipient: { kind: 'staff', id: 's1', name: '王', role: 'grid-worker' },
  channel: 'wecom',
  address: '',
  content: { event: 'case-opened', title: text, body: text, priority: 'P2' },
  createdAt: T0,
  state: 'queued',
  attempts: 0,
  nextAttemptAt: T0,
  ...over,
});

export const aRejection = (over: Partial<Rejection> = {}): Rejection => ({
  at: T0,
  reason: 'malformed-json',
  topic: 'shouwang/m1/telemetry',
  from: 'm1',
  payload: new TextEncoder().encode('{"at":'),
  payloadBytes: 6,
  ...over,
});

export const aVisit = (over: Partial<VisitLine> = {}): VisitLine => ({
  kind: 'visit',
  home: 'h1',
  path: 'hai/g1/h1',
  at: T0,
  by: '周敏',
  result: 'seen',
  note: '',
  source: 'console',
  recordedAt: T0,
  recordedBy: '周敏',
  ...over,
});

export const visitEffect = (line: VisitLine): Effect => ({ type: 'visit', line });
export const alertEffect = (alert: Alert): Effect => ({ type: 'alert', change: 'raised', alert });
export const caseEffect = (of: Case, entries: readonly CaseEntry[] = []): Effect => ({
  type: 'case',
  change: 'opened',
  case: of,
  entries,
});
export const noticeEffect = (notice: Notice): Effect => ({ type: 'notice', notice });
export const rejectionEffect = (rejection: Rejection): Effect => ({ type: 'rejection', rejection });

/** Commits effects under the next input numbers, as the loop would. */
export class Committer {
  readonly #store: RecordStore;
  seq = 0;

  constructor(store: RecordStore, seq = 0) {
    this.#store = store;
    this.seq = seq;
  }

  commit(effects: readonly Effect[], over: Partial<CommitBatch> = {}) {
    const firstSeq = this.seq + 1;
    const lastSeq = over.lastSeq ?? firstSeq;
    const journal = new TextEncoder().encode(`inputs ${firstSeq} to ${lastSeq}`);
    this.seq = lastSeq;
    return this.#store.commit({ firstSeq, lastSeq, journal, effects, subjects: [], at: T0, ...over });
  }
}

export const EVERYTHING = [''] as const;
export const ALL = { paths: EVERYTHING } as const;
export const FIRST_PAGE = { limit: 100 } as const;

/** Walks a list page by page. */
export async function allPages<T>(
  list: (page: { limit: number; cursor?: string }) => Promise<{ items: T[]; next?: string }>,
  limit: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.next;
    await between();
  } while (cursor !== undefined);
  return items;
}
