import { type ColumnDataType, type ColumnDefinitionBuilder, type Expression, type Kysely, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import type { Case } from '../../model/case.ts';
import { type Text, TextError } from '../../model/text.ts';
import { changeIndexes, orderNoticesByUrgency } from './changed-indexes.ts';
import type { RecordTables } from './schema.ts';
import { type MigrationStep, missingSteps, toldSteps } from './told-steps.ts';

/** What engines name differently. */
export interface ColumnTypes {
  readonly bytes: ColumnDataType;
  /** A whole number of 53 bits; as a primary key of SQLite it has to be called `integer`. */
  readonly whole: ColumnDataType;
  /** Compared by bytes, as every order and every limit of rights here has it. */
  readonly text: ColumnDataType | Expression<unknown>;
  /** People are read late, those of one home when somebody asks for them; otherwise a start reads all. */
  readonly peopleLate: boolean;
  /** The named whole number of a document, where it has one; of that name it has no other. */
  numberIn(name: string): Expression<number | null>;
  /** Makes a whole number a primary key that the engine counts up and never gives twice. */
  serial(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
}

export const SQLITE_COLUMNS: ColumnTypes = {
  bytes: 'blob',
  whole: 'integer',
  text: 'text',
  peopleLate: true,
  numberIn: (name) => sql<number | null>`json_extract(doc, ${sql.lit(`$.${name}`)})`,
  serial: (column) => column.primaryKey().autoIncrement(),
};

/** Numbers are given by the one process that writes (see `owner`): a sequence would leave gaps after a crash. */
export const POSTGRES_COLUMNS: ColumnTypes = {
  bytes: 'bytea',
  whole: 'bigint',
  text: sql`text collate "C"`,
  peopleLate: false,
  // Not read as JSON: one zero, or half of a sign, in what somebody wrote, and the engine refuses all. Within a text a quote
  // has a backslash before it, so that nothing but a name is found.
  numberIn: (name) => sql<number | null>`substring(doc from ${sql.lit(`"${name}":(-?[0-9]+)`)})::bigint`,
  serial: (column) => column.primaryKey(),
};

export interface MigrationTarget {
  /** Where the tables stand, where the engine knows several such places. */
  readonly schema?: string;
  /** The step after which to stop: for tests of what an earlier version left. */
  readonly upTo?: string;
  readonly beginning?: (step: MigrationStep) => void;
}

/** A version that came after this one has changed the tables: this one would not know what it reads. */
export class RecordsNewer extends TextError {}

/** Brings the tables up to date. @throws RecordsNewer, or what went wrong; nothing is changed then. */
export async function migrateRecords(
  db: Kysely<RecordTables>,
  types: ColumnTypes,
  { schema, upTo, beginning = () => undefined }: MigrationTarget = {},
): Promise<void> {
  const migrations = recordMigrations(types);
  let missing: readonly string[] = [];
  const migrator: Migrator = new Migrator({
    db,
    provider: { getMigrations: async () => toldSteps(migrations, () => missing, beginning) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  missing = missingSteps(await migrator.getMigrations());
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error === undefined) return;
  // The migrator calls it corrupted, which is what nobody should read who went back to the version of before.
  const strange = (await stepsDone(db, schema)).find((name) => !(name in migrations));
  throw strange === undefined ? error : new RecordsNewer(newerText(strange));
}

async function stepsDone(db: Kysely<RecordTables>, schema: string | undefined): Promise<string[]> {
  const table =
    schema === undefined
      ? sql.table(DEFAULT_MIGRATION_TABLE)
      : sql.table(`${schema}.${DEFAULT_MIGRATION_TABLE}`);
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

const newerText = (step: string): Text => ({
  zh: `记录库由更新的版本写成（${step}），本版本不能打开，数据没有改动：请装回更新的版本，或恢复升级之前的备份`,
  en: `a newer version wrote these records (${step}), and this one opens none of it; nothing was changed: install the newer version again, or restore the backup from before the upgrade`,
});

/** In the order of their names. What a version has done stays as it is: a later one adds a step. */
export function recordMigrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '0001-records': { up: (kysely) => createRecords(kysely, types) },
    '0002-due-dates': {
      up: (kysely) => kysely.schema.alterTable('subjects').addColumn('due', types.whole).execute(),
    },
    '0003-shadow-alerts': { up: (kysely) => markShadowAlerts(kysely, types) },
    '0004-life-of-cases': { up: (kysely) => addCallBacks(kysely, types) },
    '0005-notices-by-provider': { up: (kysely) => findNoticesByProvider(kysely, types) },
    '0009-owner': { up: (kysely) => createTable(kysely, 'owner', OWNER, types) },
    '0010-visits': { up: (kysely) => createVisits(kysely, types) },
    '0011-people-of-homes': { up: (kysely) => findPeopleByHome(kysely, types) },
    '0012-indexes-and-owners': {
      up: async (kysely) => {
        await changeIndexes(kysely);
        await knowOwnersOfCases(kysely, types);
      },
    },
    '0013-due-cases': { up: (kysely) => orderCasesByDue(kysely, types) },
    '0014-notices-in-turn': { up: orderNoticesByUrgency },
  };
}

/** `key` columns are the primary key together; a question mark admits null. */
type ColumnKind =
  | 'serial'
  | 'text key'
  | 'whole key'
  | 'text unique'
  | 'text'
  | 'text?'
  | 'whole'
  | 'whole?'
  | 'bytes';

/** The tables as the first version made them; what came later is added by its own migration. */
const TABLES: {
  readonly [T in Exclude<keyof RecordTables, 'owner' | 'photos' | 'visits'>]: Readonly<
    Partial<Record<keyof RecordTables[T], ColumnKind>>
  >;
} = {
  meta: { key: 'text key', value: 'text' },
  journal: { first_seq: 'whole key', last_seq: 'whole', bytes: 'bytes' },
  subjects: { subject: 'text key', seq: 'whole', state: 'text' },
  checkpoint: { id: 'whole key', seq: 'whole', shared: 'text' },
  alerts: {
    id: 'text key',
    version: 'whole',
    path: 'text',
    home: 'text',
    rule: 'text',
    about: 'text',
    priority: 'text',
    raised_at: 'whole',
    cleared_at: 'whole?',
    doc: 'text',
  },
  cases: {
    number: 'serial',
    id: 'text unique',
    version: 'whole',
    entries: 'whole',
    path: 'text',
    home: 'text',
    kind: 'text',
    status: 'text',
    priority: 'text',
    owner: 'text',
    opened_at: 'whole',
    resolved_at: 'whole?',
    doc: 'text',
  },
  case_entries: { case_id: 'text key', n: 'whole key', doc: 'text' },
  notices: {
    id: 'text key',
    case_id: 'text',
    path: 'text',
    channel: 'text',
    state: 'text',
    priority: 'text',
    created_at: 'whole',
    next_attempt_at: 'whole?',
    doc: 'text',
  },
  rejections: {
    id: 'serial',
    at: 'whole',
    reason: 'text',
    topic: 'text',
    sender: 'text',
    device: 'text?',
    detail: 'text?',
    payload: 'bytes',
    payload_bytes: 'whole',
  },
  rejection_counts: { reason: 'text key', count: 'whole', last_at: 'whole' },
  registry: { noun: 'text key', key: 'text key', doc: 'text' },
  events: { id: 'serial', at: 'whole', type: 'text', path: 'text', data: 'text' },
  users: { id: 'text key', doc: 'text' },
  sessions: {
    token_hash: 'text key',
    user_id: 'text',
    kind: 'text',
    label: 'text',
    created_at: 'whole',
    expires_at: 'whole?',
    last_used_at: 'whole',
  },
  idempotency: { key: 'text key', fingerprint: 'text', status: 'whole', body: 'text', at: 'whole' },
};

const OWNER: Readonly<Record<keyof RecordTables['owner'], ColumnKind>> = {
  partition: 'text key',
  epoch: 'whole',
  holder: 'text',
  last_case: 'whole',
  last_event: 'whole',
  last_rejection: 'whole',
};

/** Every list of the API has an index in its own order; the rest is found by primary key. */
const INDEXES: Readonly<Record<string, readonly [table: keyof RecordTables, ...columns: string[]]>> = {
  alerts_newest: ['alerts', 'raised_at', 'id'],
  alerts_home: ['alerts', 'home', 'raised_at'],
  alerts_cleared: ['alerts', 'cleared_at'],
  cases_urgency: ['cases', 'priority', 'opened_at', 'number'],
  cases_status: ['cases', 'status', 'priority', 'opened_at', 'number'],
  cases_newest: ['cases', 'opened_at', 'number'],
  cases_home: ['cases', 'home', 'opened_at'],
  cases_resolved: ['cases', 'resolved_at'],
  notices_due: ['notices', 'state', 'next_attempt_at'],
  notices_newest: ['notices', 'created_at', 'id'],
  notices_case: ['notices', 'case_id'],
  rejections_reason: ['rejections', 'reason', 'id'],
  rejections_device: ['rejections', 'device', 'id'],
  sessions_user: ['sessions', 'user_id'],
  idempotency_at: ['idempotency', 'at'],
};

async function createRecords(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, columns] of Object.entries(TABLES)) await createTable(db, name, columns, types);
  for (const [name, [table, ...columns]] of Object.entries(INDEXES)) {
    await db.schema.createIndex(name).on(table).columns(columns).execute();
  }
}

async function markShadowAlerts(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('alerts')
    .addColumn('shadow', types.whole, (column) => column.notNull().defaultTo(0))
    .execute();
}

/**
 * Before, a resolved case was over; now it waits for its call-back, and one that is over is struck off. Those of before
 * were over: nobody is asked to call back about them.
 */
async function addCallBacks(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('cases')
    .addColumn('assigned', types.text, (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update cases set status = 'struck-off',
    doc = replace(doc, '"status":"resolved"', '"status":"struck-off"') where status = 'resolved'`.execute(db);
  await createTable(
    db,
    'photos',
    {
      id: 'text key',
      case_id: 'text',
      at: 'whole',
      by_name: 'text',
      media_type: 'text',
      bytes: 'bytes',
    },
    types,
  );
  await db.schema.createIndex('photos_case').on('photos').column('case_id').execute();
  await db.schema.createIndex('photos_at').on('photos').column('at').execute();
}

/** What comes back over a channel names a notice by the id that the provider gave it. */
async function findNoticesByProvider(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema.alterTable('notices').addColumn('provider_id', types.text).execute();
  await db.schema.createIndex('notices_provider').on('notices').columns(['provider_id', 'channel']).execute();
}

const VISITS: Readonly<Record<keyof RecordTables['visits'], ColumnKind>> = {
  home: 'text key',
  at: 'whole key',
  by_name: 'text key',
  kind: 'text key',
  version: 'whole',
  path: 'text',
  doc: 'text',
};

/** By home they are found by their key. */
async function createVisits(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, 'visits', VISITS, types);
  await db.schema
    .createIndex('visits_newest')
    .on('visits')
    .columns(['at', 'home', 'by_name', 'kind'])
    .execute();
}

/** Of a resident or contact, as an index has it: a question has to be put in the same words. */
export const HOME_OF_PERSON = `json_extract(doc, '$.home')`;
export const IS_PERSON = `noun in ('contact', 'resident')`;

/** The first call for help after a start asks who lives there: for that not all people are read. */
async function findPeopleByHome(db: Kysely<unknown>, { peopleLate }: ColumnTypes): Promise<void> {
  if (!peopleLate) return;
  await sql`create index registry_people on registry (${sql.raw(HOME_OF_PERSON)}) where ${sql.raw(IS_PERSON)}`.execute(
    db,
  );
}

/**
 * Who has a case was found by name alone. What is at work is brought up to date from its document; what is over stays with the
 * name, as it was shown.
 */
async function knowOwnersOfCases(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const added = [
    ['cases', 'owner_account'],
    ['cases', 'owner_staff'],
    ['cases', 'assigned_account'],
    ['cases', 'assigned_staff'],
    ['events', 'accounts'],
  ] as const;
  for (const [table, column] of added)
    await db.schema
      .alterTable(table)
      .addColumn(column, types.text, (so) => so.notNull().defaultTo(''))
      .execute();
  const cases = db as Kysely<RecordTables>;
  const taken = cases.selectFrom('cases').select(['id', 'doc']).where('status', '=', 'acknowledged');
  for (const { id, doc } of await taken.execute()) {
    const { acknowledgedByAccount } = JSON.parse(doc) as Case;
    if (acknowledgedByAccount === undefined) continue;
    const known = { owner_account: acknowledgedByAccount };
    await cases.updateTable('cases').set(known).where('id', '=', id).execute();
  }
}

/** The work list is in the order in which things are due, which the documents alone knew. */
async function orderCasesByDue(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('cases')
    .addColumn('due_at', types.whole, (so) => so.notNull().defaultTo(0))
    .execute();
  await sql`update cases set due_at = coalesce(${types.numberIn('dueAt')}, opened_at)`.execute(db);
  await db.schema.dropIndex('cases_status').execute();
  await db.schema
    .createIndex('cases_status')
    .on('cases')
    .columns(['status', 'priority', 'due_at', 'number'])
    .execute();
}

async function createTable(
  db: Kysely<unknown>,
  name: string,
  columns: Readonly<Record<string, ColumnKind>>,
  types: ColumnTypes,
): Promise<void> {
  let table = db.schema.createTable(name);
  for (const [column, kind] of Object.entries(columns)) {
    table = table.addColumn(column, dataType(kind, types), (so) => constrain(so, kind, types));
  }
  const keys = Object.keys(columns).filter((column) => columns[column]?.endsWith(' key'));
  if (keys.length > 0) table = table.addPrimaryKeyConstraint(`${name}_key`, keys as never[]);
  await table.execute();
}

function dataType(kind: ColumnKind, types: ColumnTypes): ColumnDataType | Expression<unknown> {
  if (kind === 'bytes') return types.bytes;
  return kind.startsWith('text') ? types.text : types.whole;
}

function constrain(
  column: ColumnDefinitionBuilder,
  kind: ColumnKind,
  types: ColumnTypes,
): ColumnDefinitionBuilder {
  if (kind === 'serial') return types.serial(column);
  if (kind.endsWith('?')) return column;
  return kind === 'text unique' ? column.notNull().unique() : column.notNull();
}
