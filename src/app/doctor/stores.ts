import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ServiceConfig } from '../../config/service-schema.ts';
import { DAY, SECOND } from '../../lib/clock.ts';
import { errorText } from '../../model/system-words.ts';
import type { Proof } from '../../notify/lane.ts';
import { generationsOf } from '../../store/archive/marks.ts';
import { dataFiles } from '../../store/data-files.ts';
import { recordMigrations, SQLITE_COLUMNS } from '../../store/records/migrations.ts';
import { integrityProblems } from '../../store/sqlite/side-work.ts';
import { outsideAt } from '../../store/telemetry.ts';
import { PROOFS_KEY } from '../channel-watch.ts';
import { type Finding, finding } from './finding.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Both files, read whole. Only where nobody has them open: what a running service says of itself comes from it. */
export async function storeFiles({ dataDir, store }: ServiceConfig): Promise<Finding[]> {
  const files = dataFiles(dataDir);
  const checks = [
    ...(store.records === 'sqlite' ? [['records', files.records] as const] : []),
    ['telemetry', files.telemetry] as const,
  ];
  return Promise.all(
    checks.map(async ([check, file]) => {
      if (!existsSync(file)) return finding(check, 'unknown', `${file} 尚不存在`, `${file} is not there yet`);
      const problems = await integrityProblems([file]);
      if (problems.length > 0)
        return finding(check, 'problem', `已损坏："${problems[0]}"`, `Damaged: ${problems.join('; ')}`);
      const size = megabytes(statSync(file).size);
      return finding(check, 'ok', `完好，${size}`, `Sound, ${size}`);
    }),
  );
}

/** Whether this version knows the tables that are there. */
export function schemaOf({ dataDir, store }: ServiceConfig): Finding {
  const file = dataFiles(dataDir).records;
  if (store.records !== 'sqlite')
    return finding(
      'schema',
      'unknown',
      '记录在 PostgreSQL 中，启动时检查',
      'In PostgreSQL: looked at by each start',
    );
  if (!existsSync(file)) return finding('schema', 'ok', '尚无数据', 'There is no data yet');
  const known = Object.keys(recordMigrations(SQLITE_COLUMNS));
  const there = migrationsIn(file);
  const [strange] = there.filter((name) => !known.includes(name));
  if (strange !== undefined)
    return finding('schema', 'problem', `${strange} 来自更新的版本`, `${strange} is of a newer version`);
  const due = known.filter((name) => !there.includes(name));
  if (due.length > 0)
    return finding(
      'schema',
      'warning',
      `启动时将升级：${due.join('、')}；请先备份`,
      `The next start brings it up to date: ${due.join(', ')}. Back up first`,
    );
  return finding('schema', 'ok', there.at(-1) ?? '', there.at(-1) ?? '');
}

function migrationsIn(file: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = db.prepare('SELECT name FROM kysely_migration ORDER BY name').all();
    return rows.map(({ name }) => String(name));
  } catch {
    return [];
  } finally {
    db.close();
  }
}

/** Reads the records beside a service that does not run; undefined where they cannot be had so. */
export function fromRecords<T>(
  { dataDir, store }: ServiceConfig,
  read: (db: DatabaseSync) => T,
): T | undefined {
  const file = dataFiles(dataDir).records;
  if (store.records !== 'sqlite' || !existsSync(file)) return undefined;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return read(db);
  } catch {
    // Tables of another version: the check of the schema says so.
    return undefined;
  } finally {
    db.close();
  }
}

/** What was proven of the channels, by their names. */
export const storedProofs = (config: ServiceConfig): Readonly<Record<string, Proof>> | undefined =>
  fromRecords(config, (db) => {
    const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(PROOFS_KEY);
    return row ? (JSON.parse(String(row['value'])) as Record<string, Proof>) : {};
  });

/** Whether the server for readings answers, where there is one. */
export async function outsideStore({ store }: ServiceConfig): Promise<Finding[]> {
  const url = (store.telemetry === 'influx1' ? store.influx1 : store.influx2)?.url;
  if (store.telemetry === 'sqlite' || url === undefined) return [];
  const outside = await outsideAt(store);
  try {
    const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(5 * SECOND) });
    const result = response.ok ? 'ok' : 'problem';
    return [
      finding(
        'telemetry-outside',
        result,
        `${url} 答复 ${response.status}`,
        `${url} answers ${response.status}`,
      ),
    ];
  } catch (error) {
    const { zh, en } = errorText(error);
    return [finding('telemetry-outside', 'problem', `${url}：${zh}`, `${url}: ${en}`)];
  } finally {
    await outside?.close?.();
  }
}

const BACKUP_DAYS_LOW = 2;
const BACKUP_DAYS_MAX = 8;

/** The newest finished backup among the folders in this one; it may be one itself. */
export async function backups(folder: string | undefined, now: number): Promise<Finding> {
  if (folder === undefined)
    return finding(
      'backup',
      'unknown',
      '未说明备份目录（--backups）',
      'Nobody said where they are (--backups)',
    );
  const names = await readdir(folder).catch((): string[] => []);
  const dates = await Promise.all(['.', ...names].map((name) => madeAt(join(folder, name, 'backup.json'))));
  const newest = Math.max(...dates.filter((at) => at !== undefined));
  if (!Number.isFinite(newest))
    return finding('backup', 'problem', `${folder} 中没有完整的备份`, `No finished backup in ${folder}`);
  const days = (now - newest) / DAY;
  const result = days > BACKUP_DAYS_MAX ? 'problem' : days > BACKUP_DAYS_LOW ? 'warning' : 'ok';
  const when = new Date(newest).toISOString();
  return finding('backup', result, `最近一次：${when}`, `The newest is of ${when}`);
}

async function madeAt(file: string): Promise<number | undefined> {
  try {
    const { at } = JSON.parse(await readFile(file, 'utf8')) as { at?: unknown };
    return typeof at === 'number' ? at : undefined;
  } catch {
    return undefined;
  }
}

/** How far the archive reaches. While nothing runs nothing comes either, so its age says nothing then. */
export async function archiveOf(
  { archive }: ServiceConfig,
  now: number,
  isRunning: boolean,
): Promise<Finding[]> {
  if (!archive) return [];
  const reaches = (await generationsOf(archive.folder)).at(-1)?.marks.at(-1)?.at;
  if (reaches === undefined)
    return [finding('archive', 'problem', `${archive.folder} 是空的`, `${archive.folder} holds nothing`)];
  const isLate = isRunning && now - reaches > 3 * archive.everySeconds * SECOND + 60 * SECOND;
  const when = new Date(reaches).toISOString();
  return [finding('archive', isLate ? 'problem' : 'ok', `到 ${when} 为止`, `Reaches ${when}`)];
}
