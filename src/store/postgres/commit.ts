import { createHash } from 'node:crypto';
import { doorNotesOf } from '../../model/door-notes.ts';
import type { Effect } from '../../model/effect.ts';
import { leftHomeKey } from '../../model/left-home.ts';
import type { Notice } from '../../model/notice.ts';
import { erasureOwed } from '../../model/owed-erasures.ts';
import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { CommitBatch, StreamEvent, SubjectRow } from '../../ports/records.ts';
import {
  type Asked,
  askedOf,
  homesOf,
  type Known,
  type Numbers,
  type Plan,
  planBatch,
  planNotices,
  registryKey,
} from '../records/plan.ts';
import type { KeptRows } from '../records/rows.ts';
import { accountsText, type CaseKeyRow, caseKeyOf } from '../records/told.ts';
import { type Ask, named, type OwnerState } from './owner.ts';
import { onConflict, rowsFrom, rowsText } from './rows-text.ts';

/** Rows beyond what was added that one batch clears away, when a table holds more than it should. */
const CLEARED_EXTRA = 200;

/** What one statement writes. Each of its parts is one round trip less than a statement of its own. */
interface Written {
  readonly plan: Plan | undefined;
  readonly journal: Pick<CommitBatch, 'firstSeq' | 'lastSeq' | 'journal'> | undefined;
  readonly subjects: readonly SubjectRow[];
}

/** A write that the row of the owner did not let through: another epoch has begun. */
export class OwnerRefuses extends Error {}

/**
 * The writing side of a micro-batch: one question about what the tables know of the findings in it, where there are
 * any, and one statement that writes all of it. A statement by itself is a transaction, so what was sent is on the
 * server's disk, whole, when the answer comes. It begins with the row of the owner, and writes nothing if that names
 * another epoch: the fence against a process that lost its partition.
 */
export class PostgresCommit {
  readonly #kept: KeptRows;
  readonly #epoch: () => number;
  /** The newest event when old ones were last cleared away. */
  #clearedAt = 0;

  constructor(kept: KeptRows, epoch: () => number) {
    this.#kept = kept;
    this.#epoch = epoch;
  }

  /** What the batch changes; undefined where it holds nothing but inputs. */
  async plan(ask: Ask, state: OwnerState, effects: readonly Effect[], at: number): Promise<Plan | undefined> {
    if (effects.length === 0) return undefined;
    return planBatch(effects, at, await known(ask, askedOf(effects)), state.numbers);
  }

  async batch(ask: Ask, state: OwnerState, batch: CommitBatch, plan: Plan | undefined): Promise<void> {
    await this.#write(ask, state, { plan, journal: batch, subjects: batch.subjects });
  }

  /** Writes what changes nothing, and waits for it as for a batch. @throws OwnerRefuses if the epoch has moved on */
  async confirm(ask: Ask, state: OwnerState): Promise<void> {
    const { rows } = await ask({
      text: 'update owner set holder = holder where epoch = $1::bigint returning 1',
      values: [this.#epoch()],
    });
    if (rows.length === 0) throw new OwnerRefuses('another epoch has begun');
    state.sureSeq = state.lastSeq;
  }

  async notices(ask: Ask, state: OwnerState, notices: readonly Notice[]): Promise<readonly StreamEvent[]> {
    const plan = planNotices(notices, state.numbers);
    await this.#write(ask, state, { plan, journal: undefined, subjects: [] }, true);
    return plan.events;
  }

  async #write(ask: Ask, state: OwnerState, written: Written, replaceNotices = false): Promise<void> {
    const { plan, journal } = written;
    const numbers = plan?.numbers ?? state.numbers;
    const lastSeq = journal?.lastSeq ?? state.lastSeq;
    const statement = new Statement(
      this.#epoch(),
      numbers.case > state.numbers.case ? numbers.case : undefined,
    );
    if (journal) {
      const { firstSeq: first, lastSeq: last, journal: bytes } = journal;
      const values = `${statement.value(first)}::bigint, ${statement.value(last)}::bigint, ${statement.value(bytes)}::bytea`;
      statement.part(
        'journal',
        `insert into journal (first_seq, last_seq, bytes) select ${values} from held`,
      );
    }
    if (written.subjects.length > 0) addSubjects(statement, written.subjects, 'held');
    if (plan) this.#addPlan(statement, plan, state.numbers, replaceNotices);
    const { rows } = await ask<{ held: number }>(statement.query());
    if (rows[0]?.held !== 1) throw new OwnerRefuses('another epoch has begun');
    if (plan && numbers.event - this.#clearedAt >= this.#clearStep) this.#clearedAt = numbers.event;
    state.lastSeq = lastSeq;
    state.sureSeq = lastSeq;
    state.numbers = numbers;
  }

  get #clearStep(): number {
    return Math.min(CLEARED_EXTRA, this.#kept.events / 100);
  }

  #addPlan(statement: Statement, plan: Plan, before: Numbers, replaceNotices: boolean): void {
    const { rejections, rejection_counts, registryGone, events, numbers } = plan;
    statement.rows('alerts', plan.alerts.values(), onConflict(['id'], 'version'));
    statement.rows('cases', plan.cases.values(), onConflict(['id'], 'all'));
    statement.rows('case_entries', plan.case_entries.values(), onConflict(['case_id', 'n'], 'nothing'));
    statement.rows('notices', plan.notices.values(), onConflict(['id'], replaceNotices ? 'all' : 'nothing'));
    statement.rows('visits', plan.visits.values(), onConflict(['home', 'at', 'by_name', 'kind'], 'version'));
    statement.rows('registry', plan.registry.values(), onConflict(['noun', 'key'], 'all'));
    statement.rows('events', events.map(eventRow), () => '');
    statement.rows('rejections', rejections, () => '');
    statement.rows('rejection_counts', rejection_counts, () => COUNTED);
    if (registryGone.size > 0) {
      const keys = [...registryGone.values()].map(({ noun, key }) => ({ noun, key }));
      const gone = statement.value(rowsText(keys));
      statement.part(
        'registry_gone',
        `delete from registry using held, json_populate_recordset(null::registry, ${gone}::json) as gone
          where registry.noun = gone.noun and registry.key = gone.key`,
      );
    }
    const homesGone = [...registryGone.values()].flatMap(({ noun, key }) => (noun === 'home' ? [key] : []));
    if (homesGone.length > 0)
      statement.part(
        'visits_gone',
        `delete from visits using held where home = any(${statement.value(homesGone)}::text[])`,
      );
    const devicesGone = [...registryGone.values()].flatMap(({ noun, key }) =>
      noun === 'device' ? [key] : [],
    );
    if (devicesGone.length > 0)
      statement.part(
        'rejections_gone',
        `delete from rejections using held where device = any(${statement.value(devicesGone)}::text[])`,
      );
    if (devicesGone.length > 0)
      statement.part(
        'erasures',
        `insert into meta (key, value) select gone, '1' from held,
          unnest(${statement.value(devicesGone.map(erasureOwed))}::text[]) as gone on conflict (key) do nothing`,
      );
    const left = [...registryGone.values()].flatMap((gone) =>
      gone.left ? [{ key: leftHomeKey(gone.key), value: JSON.stringify(gone.left) }] : [],
    );
    if (left.length > 0)
      statement.part(
        'left_homes',
        `insert into meta (key, value) select noted.key, noted.value from held,
          json_populate_recordset(null::meta, ${statement.value(rowsText(left))}::json) as noted
          on conflict (key) do update set value = excluded.value`,
      );
    const notesGone = [...registryGone.values()].flatMap(({ noun, key }) => doorNotesOf(noun, key));
    if (notesGone.length > 0)
      statement.part(
        'notes_gone',
        `delete from meta using held where meta.key = any(${statement.value(notesGone)}::text[])`,
      );
    if (rejections.length > 0)
      statement.clear(
        'rejections',
        numbers.rejection - this.#kept.rejections,
        rejections.length + CLEARED_EXTRA,
      );
    const { events: kept } = this.#kept;
    if (
      numbers.event > before.event &&
      numbers.event > kept &&
      numbers.event - this.#clearedAt >= this.#clearStep
    )
      statement.clear('events', numbers.event - kept, events.length + 2 * CLEARED_EXTRA);
  }
}

const COUNTED = `on conflict (reason) do update set count = t.count + excluded.count,
  last_at = greatest(t.last_at, excluded.last_at)`;

/**
 * Stores the states of subjects, fenced by the epoch alone.
 * @throws OwnerRefuses if that has moved on
 */
export async function writeSubjects(ask: Ask, epoch: number, rows: readonly SubjectRow[]): Promise<void> {
  const statement = new Statement(epoch);
  addSubjects(statement, rows, 'held');
  const { rows: answers } = await ask<{ held: number }>(statement.query());
  if (answers[0]?.held !== 1) throw new OwnerRefuses('another epoch has begun');
}

/**
 * Lets pass who holds the epoch, and keeps the next owner waiting until this statement is through. It locks the row and
 * does not change it: a row that changes with each batch grows long behind the back of any transaction that takes its time.
 */
const FENCE = 'held as (select 1 from owner where epoch = $1::bigint for key share)';

/** The same, and writes down the number of a new case. */
const FENCE_COUNTING =
  'held as (update owner set last_case = $2::bigint where epoch = $1::bigint returning 1)';

/** A state never gives way to an earlier one. */
function addSubjects(statement: Statement, rows: readonly SubjectRow[], held: string): void {
  const last = [...new Map(rows.map((row) => [row.subject, row])).values()];
  const stored = last.flatMap(({ state, ...row }) =>
    state === undefined ? [] : [{ ...row, state, due: row.due ?? null }],
  );
  statement.rows('subjects', stored, onConflict(['subject'], 'seq'));
  const gone = last.filter(({ state }) => state === undefined).map(({ subject }) => subject);
  if (gone.length > 0)
    statement.part(
      'subjects_gone',
      `delete from subjects using ${held} where subject = any(${statement.value(gone)}::text[])`,
    );
}

/** One statement of several parts, all under the same fence. Its name is made of its parts, so that its plan is kept. */
class Statement {
  readonly #values: unknown[];
  readonly #parts: string[];
  readonly #names: string[] = [];

  constructor(epoch: number, lastCase?: number) {
    const isCounting = lastCase !== undefined;
    this.#values = isCounting ? [epoch, lastCase] : [epoch];
    this.#parts = [isCounting ? FENCE_COUNTING : FENCE];
    this.#names.push(isCounting ? 'counting' : 'fenced');
  }

  /** The place of a value. */
  value(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  part(name: string, text: string): void {
    this.#parts.push(`${name}_part as (${text})`);
    this.#names.push(name);
  }

  rows(
    table: string,
    rows: Iterable<object>,
    conflict: (columns: readonly string[]) => string,
    name: string = table,
  ): void {
    const all = [...rows];
    const [first] = all;
    if (!first) return;
    const columns = Object.keys(first);
    const text = `insert into ${table} as t (${quoted(columns)})
      select ${quoted(columns, 'r')} from held, ${rowsFrom(table, this.value(rowsText(all)))} as r ${conflict(columns)}`;
    this.part(name, text);
  }

  clear(table: string, upTo: number, count: number): void {
    this.part(
      `${table}_cleared`,
      `delete from ${table} using held where id in
        (select id from ${table} where id <= ${this.value(upTo)}::bigint order by id limit ${this.value(count)}::bigint)`,
    );
  }

  query() {
    const text = `with ${this.#parts.join(',\n')} select count(*)::int as held from held`;
    return named(shortName(this.#names), text, this.#values);
  }
}

const eventRow = ({ accounts, ...event }: StreamEvent) => ({ ...event, accounts: accountsText(accounts) });

const quoted = (columns: readonly string[], of?: string): string =>
  columns.map((column) => `${of === undefined ? '' : `${of}.`}"${column}"`).join(', ');

/** Names of statements hold 63 bytes. Of a longer one the server would take no more, and two that begin alike for the same. */
const NAME_BYTES_MAX = 63;
const shortName = (parts: readonly string[]): string => {
  const name = parts
    .map((part) =>
      part
        .split('_')
        .map((word) => word.slice(0, 3))
        .join(''),
    )
    .join('-');
  if (name.length <= NAME_BYTES_MAX) return name;
  const mark = createHash('sha256').update(name).digest('base64url').slice(0, 16);
  return `${name.slice(0, NAME_BYTES_MAX - mark.length - 1)}-${mark}`;
};

async function known(ask: Ask, asked: Asked): Promise<Known> {
  const found: Known = { alerts: new Map(), cases: new Map(), notices: new Set(), registry: new Map() };
  if (asked.alerts.length + asked.cases.length + asked.notices.length > 0) {
    const { rows } = await ask<CaseKeyRow & { kind: string; id: string }>(
      named('known', KNOWN, [asked.alerts, asked.cases, asked.notices]),
    );
    for (const { kind, id, ...row } of rows) {
      if (kind === 'alert') found.alerts.set(id, row.version);
      else if (kind === 'case') found.cases.set(id, caseKeyOf(row));
      else found.notices.add(id);
    }
  }
  await readEntries(ask, asked.registry, found.registry);
  await readEntries(ask, homesOf(found.registry), found.registry);
  return found;
}

const KNOWN = `select 'alert' as kind, id, 0::bigint as number, version, 0::bigint as entries,
    '' as status, '' as owner_account, '' as assigned_account from alerts where id = any($1::text[])
  union all select 'case', id, number, version, entries, status, owner_account, assigned_account from cases
    where id = any($2::text[])
  union all select 'notice', id, 0, 0, 0, '', '', '' from notices where id = any($3::text[])`;

async function readEntries(
  ask: Ask,
  wanted: readonly (readonly [Noun, string])[],
  into: Map<string, RegistryEntry>,
): Promise<void> {
  if (wanted.length === 0) return;
  const { rows } = await ask<{ noun: Noun; key: string; doc: string }>(
    named(
      'entries',
      `select noun, key, doc from registry where (noun, key) in (select * from unnest($1::text[], $2::text[]))`,
      [wanted.map(([noun]) => noun), wanted.map(([, key]) => key)],
    ),
  );
  for (const { noun, key, doc } of rows) into.set(registryKey(noun, key), JSON.parse(doc) as RegistryEntry);
}
