import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceConfig } from '../../config/service-schema.ts';
import { DAY, SECOND } from '../../lib/clock.ts';
import { OUTSIDE_TROUBLES } from '../../model/outside-store.ts';
import { errorText } from '../../model/system-words.ts';
import type { Text } from '../../model/text.ts';
import type { Proof } from '../../notify/lane.ts';
import { generationsOf } from '../../store/archive/marks.ts';
import { dataFiles } from '../../store/data-files.ts';
import type { OutsideStore } from '../../store/outside/outside-store.ts';
import { POSTGRES_COLUMNS, recordMigrations, SQLITE_COLUMNS } from '../../store/records/migrations.ts';
import { placeName } from '../../store/records.ts';
import { lookAtRecords, type StoredRecords } from '../../store/records-look.ts';
import { integrityProblems } from '../../store/sqlite/side-work.ts';
import { localFromOf } from '../../store/telemetry/local-from.ts';
import { outsideAt } from '../../store/telemetry.ts';
import { PROOFS_KEY } from '../channel-watch.ts';
import { readingsElsewhere } from '../health.ts';
import { isFilled } from '../same-data.ts';
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

/** What stands in the records beside a service that does not run, or why nobody can say. */
export interface Looked {
  readonly records: StoredRecords | undefined;
  readonly findings: readonly Finding[];
}

/** Looks into the records; of those on a server, whether it answers, since it has no file that could be read. */
export async function lookedAt(config: ServiceConfig): Promise<Looked> {
  try {
    const records = await lookAtRecords(config, [PROOFS_KEY]);
    return { records, findings: [...answers(config), ...moved(records), schemaOf(config, records)] };
  } catch (error) {
    const { zh, en } = errorText(error);
    // A file that cannot be read is told by who reads all of it.
    if (config.store.records === 'sqlite') return { records: undefined, findings: [] };
    const place = placeName(config);
    return {
      records: undefined,
      findings: [finding('records-server', 'problem', `${place}：${zh}`, `${place}: ${en}`)],
    };
  }
}

const answers = (config: ServiceConfig): Finding[] =>
  config.store.records === 'sqlite'
    ? []
    : [finding('records-server', 'ok', `${placeName(config)} 有应答`, `${placeName(config)} answers`)];

const moved = (records: StoredRecords | undefined): Finding[] =>
  records?.movedTo === undefined
    ? []
    : [
        finding(
          'records-place',
          'problem',
          `已搬到 ${records.movedTo.replace(' at ', '，于 ')}`,
          `They were moved to ${records.movedTo}`,
        ),
      ];

/** Readings that a server has, which the configuration named once and does not any more. */
export function elsewhere({ dataDir, store }: ServiceConfig): Finding[] {
  const localFrom = store.telemetry === 'sqlite' ? knownLocalFrom(dataFiles(dataDir).telemetry) : undefined;
  if (localFrom === undefined) return [];
  const { zh, en } = readingsElsewhere(localFrom);
  return [finding('readings-elsewhere', 'warning', zh, en)];
}

function knownLocalFrom(file: string): number | undefined {
  try {
    return localFromOf(file);
  } catch {
    // Damaged, or none of ours: the check of the files says so.
    return undefined;
  }
}

/** Whether this version knows the tables that are there. */
function schemaOf({ store }: ServiceConfig, records: StoredRecords | undefined): Finding {
  if (!records) return finding('schema', 'ok', '尚无数据', 'There is no data yet');
  const columns = store.records === 'sqlite' ? SQLITE_COLUMNS : POSTGRES_COLUMNS;
  const known = Object.keys(recordMigrations(columns));
  const there = records.migrations;
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

/** What was proven of the channels, by their names. */
export function storedProofs(
  records: StoredRecords | undefined,
): Readonly<Record<string, Proof>> | undefined {
  if (!records) return undefined;
  return JSON.parse(records.meta.get(PROOFS_KEY) ?? '{}') as Record<string, Proof>;
}

/** Whether the server for readings answers, where there is one. */
export async function outsideStore({ store }: ServiceConfig): Promise<Finding[]> {
  const url = (store.telemetry === 'influx1' ? store.influx1 : store.influx2)?.url;
  if (store.telemetry === 'sqlite' || url === undefined) return [];
  const outside = await outsideAt(store);
  try {
    const { ok, status } = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(5 * SECOND) });
    const refusal = ok && outside ? await refusalBy(outside, store.telemetry) : undefined;
    if (refusal)
      return [finding('telemetry-outside', 'problem', `${url}：${refusal.zh}`, `${url}: ${refusal.en}`)];
    const result = ok ? 'ok' : 'problem';
    return [finding('telemetry-outside', result, `${url} 答复 ${status}`, `${url} answers ${status}`)];
  } catch (error) {
    const { zh, en } = errorText(error);
    return [finding('telemetry-outside', 'problem', `${url}：${zh}`, `${url}: ${en}`)];
  } finally {
    await outside?.close?.();
  }
}

/** To ping needs no account: it is asked for one device, or given no line, as far as the kind allows without a trace. */
async function refusalBy(outside: OutsideStore, kind: 'influx1' | 'influx2'): Promise<Text | undefined> {
  const first = await outside.askFirst();
  if (first && !first.ok && first.problem === 'write-only') return OUTSIDE_TROUBLES[first.problem];
  if (kind === 'influx2') {
    const answer = await outside.write('');
    return !answer.ok && answer.problem === 'not-authorized' ? OUTSIDE_TROUBLES[answer.problem] : undefined;
  }
  return outside.devices('', 1).then(
    () => undefined,
    (error: unknown) =>
      /\b40[13]\b|authoriz/i.test(String(error)) ? OUTSIDE_TROUBLES['not-authorized'] : undefined,
  );
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
  { archive, dataDir }: ServiceConfig,
  now: number,
  isRunning: boolean,
): Promise<Finding[]> {
  if (!archive) return [];
  const reaches = (await generationsOf(archive.folder)).at(-1)?.marks.at(-1)?.at;
  if (reaches === undefined)
    return [finding('archive', 'problem', `${archive.folder} 是空的`, `${archive.folder} holds nothing`)];
  const isLate = isRunning && now - reaches > 3 * archive.everySeconds * SECOND + 60 * SECOND;
  const when = new Date(reaches).toISOString();
  return [
    finding('archive', isLate ? 'problem' : 'ok', `到 ${when} 为止`, `Reaches ${when}`),
    ...besideTheData(archive.folder, dataDir),
  ];
}

/** An archive is for the day on which the disk of the data is lost. */
export function besideTheData(folder: string, dataDir: string): Finding[] {
  if (!existsSync(folder) || !existsSync(dataDir) || statSync(folder).dev !== statSync(dataDir).dev)
    return [];
  const zh = `${folder} 与数据在同一磁盘`;
  return [finding('archive-place', 'warning', zh, `${folder} is on the disk of the data`)];
}

/** Whether a service that has run would begin anew where the disk of its data is not mounted. */
export function dataMustBeThere(config: ServiceConfig, configDir: string, devices = deviceOf): Finding[] {
  const { dataDir, dataMustExist } = config;
  const files = dataFiles(dataDir);
  if (!isFilled(files.records) && !isFilled(files.telemetry)) return [];
  if (dataMustExist) return [finding('data-must-exist', 'ok', '没有数据则不启动', 'No start without data')];
  // Where the configuration lies on the same disk, nothing starts without it.
  if (devices(dataDir) === devices(configDir)) return [];
  const zh = `${dataDir} 在单独挂载的磁盘上：未挂载时，服务会当作全新安装启动`;
  const en = `${dataDir} is on a disk of its own: where that is not mounted, the service starts as a new installation`;
  return [finding('data-must-exist', 'warning', zh, en)];
}

const deviceOf = (folder: string): number | undefined => statSync(folder, { throwIfNoEntry: false })?.dev;
