import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { doorNotesOf } from '../../model/door-notes.ts';
import type { Effect } from '../../model/effect.ts';
import { leftHomeKey } from '../../model/left-home.ts';
import type { Notice } from '../../model/notice.ts';
import { erasureOwed } from '../../model/owed-erasures.ts';
import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { Rejection } from '../../model/rejection.ts';
import type { CommitBatch, StreamEvent, SubjectRow } from '../../ports/records.ts';
import {
  alertRow,
  caseRow,
  type KeptRows,
  noticeRow,
  placeOf,
  rejectionRow,
  rejectionsToKeep,
} from './rows.ts';
import {
  accountsText,
  alertTold,
  type CaseKeyRow,
  caseKeyOf,
  caseTold,
  countRejections,
  type EffectOf,
  isLater,
  mayMove,
  noticeTold,
  otherTold,
  registryTold,
  removalTold,
  savedNoticeAt,
  type Told,
} from './told.ts';
import { visitRow } from './visits.ts';

/** Rows beyond what was added that one batch clears away, when a table holds more than it should. */
const CLEARED_EXTRA = 200;

/**
 * The writing side of a micro-batch, on prepared statements. Every method runs inside a transaction that the caller
 * has begun. Written twice, a row stays as it is: a replay is harmless.
 */
export class SqliteCommit {
  readonly #kept: KeptRows;
  readonly #sql: ReturnType<typeof prepare>;
  /** The newest event when old ones were last cleared away. */
  #clearedAt = 0;
  /** Where homes stand, as far as the batch at hand has looked: an import asks for each of its devices and people. */
  readonly #homePaths = new Map<string, string>();

  constructor(db: DatabaseSync, kept: KeptRows) {
    this.#kept = kept;
    this.#sql = prepare(db);
  }

  journal(batch: CommitBatch): void {
    this.#sql.journal.run(batch.firstSeq, batch.lastSeq, batch.journal);
  }

  /** A state never gives way to an earlier one. */
  subjects(rows: readonly SubjectRow[]): void {
    for (const { subject, seq, state, due } of rows) {
      if (state === undefined) this.#sql.removeSubject.run(subject);
      else this.#sql.subject.run(subject, seq, state, due ?? null);
    }
  }

  /** Performs the effects on the tables; the events that readers of the stream get. */
  effects(effects: readonly Effect[], at: number): StreamEvent[] {
    const events: StreamEvent[] = [];
    const rejections: Rejection[] = [];
    this.#homePaths.clear();
    for (const effect of effects) {
      if (effect.type === 'rejection') {
        rejections.push(effect.rejection);
        continue;
      }
      for (const told of this.#effect(effect)) events.push(this.#event(at, told));
    }
    if (rejections.length > 0) this.#rejections(rejections);
    if (events.length > 0) this.#clearEvents(events);
    return events;
  }

  /** Stores a notice as it is now, and the event that says so. */
  saveNotice(notice: Notice): StreamEvent {
    const row = noticeRow(notice);
    this.#sql.replaceNotice.run(...noticeValues(row));
    return this.#event(savedNoticeAt(notice), noticeTold(notice, row.doc));
  }

  #effect(effect: Effect): readonly Told[] {
    if (effect.type === 'registry-put') return this.#registryPut(effect.entry);
    const told = this.#oneTold(effect);
    return told ? [told] : [];
  }

  #oneTold(effect: Exclude<Effect, { type: 'registry-put' }>): Told | undefined {
    switch (effect.type) {
      case 'alert':
        return this.#alert(effect);
      case 'case':
        return this.#case(effect);
      case 'notice': {
        const row = noticeRow(effect.notice);
        const added = this.#sql.notice.run(...noticeValues(row)).changes;
        return added ? noticeTold(effect.notice, row.doc) : undefined;
      }
      case 'visit': {
        const { home, at, by_name, kind, version, path, doc } = visitRow(effect.line);
        this.#sql.visit.run(home, at, by_name, kind, version, path, doc);
        return undefined;
      }
      case 'registry-remove':
        return this.#registryRemove(effect);
      default:
        return otherTold(effect);
    }
  }

  #alert({ change, alert }: EffectOf<'alert'>): Told | undefined {
    const row = alertRow(alert);
    const { changes } = this.#sql.alert.run(
      row.id,
      row.version,
      row.path,
      row.home,
      row.rule,
      row.about,
      row.priority,
      row.raised_at,
      row.cleared_at ?? null,
      row.doc,
      row.shadow,
    );
    return changes ? alertTold(change, alert, row.doc) : undefined;
  }

  #case(effect: EffectOf<'case'>): Told | undefined {
    const { case: of, entries } = effect;
    const known = this.#sql.findCase.get(of.id) as StoredCase | undefined;
    const lines = entries.map((entry) => JSON.stringify(entry));
    entries.forEach(({ n }, i) => {
      this.#sql.caseEntry.run(of.id, n, lines[i] as string);
    });
    if (known && !isLater(of, known)) return undefined;
    const row = caseRow(of);
    const number = known ? this.#updateCase(known, row) : this.#insertCase(row);
    return caseTold(effect, number, row.doc, lines, known && caseKeyOf(known));
  }

  /** Not an upsert: that would use up a number each time, and people would ask where the missing ones went. */
  #insertCase(row: CaseRow): number {
    return Number(this.#sql.insertCase.run(...placeInLists(row), ...restOfCase(row)).lastInsertRowid);
  }

  /** Most changes, such as what became of a notice, move a case in no list: then no index is written either. */
  #updateCase({ number, ...known }: StoredCase, row: CaseRow): number {
    const place = placeInLists(row);
    const stays = placeInLists(known).every((value, i) => value === place[i]);
    if (stays) this.#sql.updateCaseInPlace.run(...restOfCase(row));
    else this.#sql.updateCase.run(...place, ...restOfCase(row));
    return number;
  }

  /** What has moved away is told where it was: who may see only that place would go on showing it. */
  #registryPut(entry: RegistryEntry): readonly Told[] {
    const key = entry.noun === 'node' ? entry.path : entry.id;
    const doc = JSON.stringify(entry);
    const before = mayMove(entry) ? this.#registryEntry(entry.noun, key) : undefined;
    const from = before && this.#pathOf(before);
    this.#sql.registryPut.run(entry.noun, key, doc);
    if (entry.noun === 'home') this.#homePaths.delete(entry.id);
    const path = this.#pathOf(entry);
    const told = registryTold(entry, doc, path);
    return from === undefined || from === path ? [told] : [removalTold(entry.noun, key, from), told];
  }

  #registryRemove({ noun, key, left }: EffectOf<'registry-remove'>): Told {
    const entry = this.#registryEntry(noun, key);
    const path = entry ? this.#pathOf(entry) : '';
    this.#sql.registryRemove.run(noun, key);
    if (noun === 'home') {
      this.#homePaths.delete(key);
      this.#sql.removeVisits.run(key);
    }
    if (noun === 'device') {
      this.#sql.removeRejections.run(key);
      this.#sql.putMeta.run(erasureOwed(key));
    }
    if (left) this.#sql.setMeta.run(leftHomeKey(key), JSON.stringify(left));
    for (const note of doorNotesOf(noun, key)) this.#sql.removeMeta.run(note);
    return removalTold(noun, key, path);
  }

  #registryEntry(noun: Noun, key: string): RegistryEntry | undefined {
    const row = this.#sql.registryFind.get(noun, key) as { doc: string } | undefined;
    return row && (JSON.parse(row.doc) as RegistryEntry);
  }

  /** The node by which rights are decided; empty, and so for the uppermost only, if the home is gone already. */
  #pathOf(entry: RegistryEntry): string {
    const place = placeOf(entry);
    if ('path' in place) return place.path;
    const known = this.#homePaths.get(place.home);
    if (known !== undefined) return known;
    const home = this.#registryEntry('home', place.home);
    const path = home ? this.#pathOf(home) : '';
    if (home) this.#homePaths.set(place.home, path);
    return path;
  }

  #event(at: number, told: Told): StreamEvent {
    const { type, path, data, accounts } = told;
    const id = Number(this.#sql.event.run(at, type, path, data, accountsText(accounts)).lastInsertRowid);
    return { id, at, ...told };
  }

  #rejections(rejections: readonly Rejection[]): void {
    for (const { reason, count, last_at } of countRejections(rejections))
      this.#sql.rejectionCount.run(reason, count, last_at);
    let last = 0;
    const kept = rejectionsToKeep(rejections);
    for (const rejection of kept) {
      const row = rejectionRow(rejection);
      last = Number(
        this.#sql.rejection.run(
          row.at,
          row.reason,
          row.topic,
          row.sender,
          row.device ?? null,
          row.detail ?? null,
          row.payload,
          row.payload_bytes,
        ).lastInsertRowid,
      );
    }
    this.#sql.clearRejections.run(last - this.#kept.rejections, kept.length + CLEARED_EXTRA);
  }

  /** Not for each event: looking costs as much as storing a few of them. */
  #clearEvents(added: readonly StreamEvent[]): void {
    const { events: kept } = this.#kept;
    const last = added.at(-1)?.id ?? 0;
    if (last <= kept || last - this.#clearedAt < Math.min(CLEARED_EXTRA, kept / 100)) return;
    this.#clearedAt = last;
    this.#sql.clearEvents.run(last - kept, added.length + 2 * CLEARED_EXTRA);
  }
}

function noticeValues(row: ReturnType<typeof noticeRow>) {
  return [
    row.id,
    row.case_id,
    row.path,
    row.channel,
    row.state,
    row.priority,
    row.created_at,
    row.next_attempt_at ?? null,
    row.doc,
    row.provider_id ?? null,
  ];
}

const NOTICE_INSERT = `insert into notices (id, case_id, path, channel, state, priority, created_at, next_attempt_at, doc,
  provider_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do`;

type CaseRow = ReturnType<typeof caseRow>;

/** Columns of cases that stand in an index. SQLite writes an index anew whose column is named, whether or not it changes. */
const PLACE_COLUMNS = 'home, status, priority, opened_at, resolved_at, due_at';
const REST_COLUMNS =
  'version, entries, path, kind, owner, owner_account, owner_staff, assigned, assigned_account, assigned_staff, doc';

type Place = Pick<CaseRow, 'home' | 'status' | 'priority' | 'opened_at' | 'resolved_at' | 'due_at'>;
type StoredCase = CaseKeyRow & Place;

const placeInLists = ({ home, status, priority, opened_at, resolved_at = null, due_at }: Place) => [
  home,
  status,
  priority,
  opened_at,
  resolved_at,
  due_at,
];

/** With the id at the end, by which it is found. */
const restOfCase = (row: CaseRow) => [
  row.version,
  row.entries,
  row.path,
  row.kind,
  row.owner ?? '',
  row.owner_account,
  row.owner_staff,
  row.assigned ?? '',
  row.assigned_account,
  row.assigned_staff,
  row.doc,
  row.id,
];

function prepare(db: DatabaseSync) {
  const sql = {
    journal: 'insert into journal (first_seq, last_seq, bytes) values (?, ?, ?)',
    subject: `insert into subjects (subject, seq, state, due) values (?, ?, ?, ?) on conflict (subject)
      do update set seq = excluded.seq, state = excluded.state, due = excluded.due where excluded.seq >= seq`,
    removeSubject: 'delete from subjects where subject = ?',
    alert: `insert into alerts (id, version, path, home, rule, about, priority, raised_at, cleared_at, doc, shadow)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set version = excluded.version,
      path = excluded.path, home = excluded.home, rule = excluded.rule, about = excluded.about,
      priority = excluded.priority, raised_at = excluded.raised_at, cleared_at = excluded.cleared_at,
      doc = excluded.doc where excluded.version > version`,
    findCase: `select number, version, entries, owner_account, assigned_account, ${PLACE_COLUMNS} from cases where id = ?`,
    insertCase: `insert into cases (${PLACE_COLUMNS}, ${REST_COLUMNS}, id)
      values (${'?, '.repeat(17)}?)`,
    updateCase: `update cases set (${PLACE_COLUMNS}, ${REST_COLUMNS}) = (${'?, '.repeat(16)}?) where id = ?`,
    updateCaseInPlace: `update cases set (${REST_COLUMNS}) = (${'?, '.repeat(10)}?) where id = ?`,
    caseEntry: 'insert into case_entries (case_id, n, doc) values (?, ?, ?) on conflict do nothing',
    notice: `${NOTICE_INSERT} nothing`,
    replaceNotice: `${NOTICE_INSERT} update set path = excluded.path, channel = excluded.channel,
      state = excluded.state, priority = excluded.priority,
      next_attempt_at = excluded.next_attempt_at, doc = excluded.doc, provider_id = excluded.provider_id`,
    registryFind: 'select doc from registry where noun = ? and key = ?',
    registryPut: `insert into registry (noun, key, doc) values (?, ?, ?)
      on conflict (noun, key) do update set doc = excluded.doc`,
    registryRemove: 'delete from registry where noun = ? and key = ?',
    visit: `insert into visits (home, at, by_name, kind, version, path, doc) values (?, ?, ?, ?, ?, ?, ?)
      on conflict (home, at, by_name, kind) do update set version = excluded.version, doc = excluded.doc
      where excluded.version > version`,
    removeVisits: 'delete from visits where home = ?',
    removeRejections: 'delete from rejections where device = ?',
    removeMeta: 'delete from meta where key = ?',
    putMeta: "insert into meta (key, value) values (?, '1') on conflict (key) do nothing",
    setMeta:
      'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
    event: 'insert into events (at, type, path, data, accounts) values (?, ?, ?, ?, ?)',
    clearEvents: 'delete from events where id in (select id from events where id <= ? order by id limit ?)',
    rejection: `insert into rejections (at, reason, topic, sender, device, detail, payload, payload_bytes)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    rejectionCount: `insert into rejection_counts (reason, count, last_at) values (?, ?, ?)
      on conflict (reason) do update set count = count + excluded.count, last_at = max(last_at, excluded.last_at)`,
    clearRejections:
      'delete from rejections where id in (select id from rejections where id <= ? order by id limit ?)',
  };
  const prepared = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)] as const);
  return Object.fromEntries(prepared) as Record<keyof typeof sql, StatementSync>;
}
