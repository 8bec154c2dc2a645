import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { ServiceConfig } from '../config/service-schema.ts';
import { TextError } from '../model/text.ts';
import type { RecordStore } from '../ports/records.ts';
import { findMark } from '../store/archive/restore.ts';
import { dataFiles } from '../store/data-files.ts';
import { placeName } from '../store/records.ts';
import { setRecordsId, type Witness, witnessOf } from '../store/telemetry/witness.ts';

/** There are readings of a service that has run here, and its records are empty: they are lost, or somewhere else. */
export class RecordsLost extends TextError {}

/** Records and readings of two services: one of them lies in the place of another. */
export class RecordsOfAnother extends TextError {}

/** Nothing is where data has to be: its disk is not mounted, or the folder is another. */
export class DataMissing extends TextError {}

/** Under this key of `meta` the records have the number by which the readings know them. It goes into backups with both. */
const RECORDS_ID = 'records.id';
const ID_BELOW = 2 ** 48 - 1;

/**
 * A folder on a disk that is not mounted is empty, and looks like a new installation. Whoever has said that there must be
 * data, or has an archive of it elsewhere, does not begin anew by mistake. Before anything is written there.
 * @throws DataMissing
 */
export async function refuseMissing(config: ServiceConfig): Promise<void> {
  const { records, telemetry } = dataFiles(config.dataDir);
  // Of records on a server it is only known what they hold when they are open.
  if (config.store.records !== 'sqlite' || isFilled(records) || isFilled(telemetry)) return;
  await refuseNothing(config, config.dataDir);
}

/** There is nothing: is that what was to be expected? */
async function refuseNothing({ dataMustExist, archive }: ServiceConfig, place: string): Promise<void> {
  if (dataMustExist)
    throw new DataMissing({
      zh: `${place} 中没有数据，而配置要求必须有（dataMustExist）：数据盘是否未挂载，地址是否写错？确是新装，请先去掉这一项启动一次`,
      en: `there is no data in ${place}, and the configuration says that there must be (\`dataMustExist\`): is its disk not mounted, or the place mistyped? For a new installation start once without that key`,
    });
  const reaches = archive && (await archiveReaches(archive.folder));
  if (reaches === undefined) return;
  const until = new Date(reaches).toISOString();
  throw new DataMissing({
    zh: `${place} 中没有数据，而归档 ${archive?.folder} 中有到 ${until} 为止的数据：数据盘是否未挂载？请挂载后再启动，或从归档恢复（restore）；确要从头开始，请换一个空的归档文件夹`,
    en: `there is no data in ${place}, and the archive ${archive?.folder} has data up to ${until}: is the disk of the data not mounted? Mount it, or restore the archive; to begin anew take an empty folder for the archive`,
  });
}

const archiveReaches = (folder: string): Promise<number | undefined> =>
  findMark(folder, Number.POSITIVE_INFINITY).then(
    (found) => found.archiveReaches,
    () => undefined,
  );

/**
 * Sees that open records and the file of readings belong to each other, and has them know each other from now on.
 * @returns whether nothing was ever stored in either
 * @throws RecordsLost, RecordsOfAnother, DataMissing; the records are closed then
 */
export async function knowEachOther(
  records: RecordStore,
  lastSeq: number,
  config: ServiceConfig,
  logger: Pick<Logger, 'warn' | 'error'>,
): Promise<{ readonly isNew: boolean }> {
  const file = dataFiles(config.dataDir).telemetry;
  try {
    const kept = await records.meta(RECORDS_ID);
    const known = kept === undefined ? undefined : Number(kept);
    const witness = witnessOf(file);
    if (lastSeq === 0 && known === undefined) await refuseEmpty(witness, config, file);
    else if (!witness) sayReadingsNew(lastSeq, file, logger);
    if (known !== undefined && witness && witness.recordsId !== 0 && witness.recordsId !== known)
      throw ofAnother(config, file);
    const id = known ?? (witness?.recordsId || randomInt(1, ID_BELOW));
    if (known === undefined) await records.saveMeta(RECORDS_ID, String(id));
    if (witness?.recordsId !== id) setRecordsId(file, id);
    return { isNew: lastSeq === 0 && known === undefined && !witness };
  } catch (error) {
    await records.close();
    throw error;
  }
}

/**
 * A service that began anew would watch over the homes of the sample instead of those of the city, call itself well, and
 * take its first readings for known ones, since they bear numbers of before.
 */
async function refuseEmpty(
  witness: Witness | undefined,
  config: ServiceConfig,
  readings: string,
): Promise<void> {
  const place = placeName(config);
  if (!witness) {
    const both = config.store.records === 'sqlite' ? config.dataDir : `${config.dataDir}, ${place}`;
    return refuseNothing(config, both);
  }
  if (witness.recordsId === 0 && witness.sealedSeq === 0) return;
  throw new RecordsLost({
    zh: `${place} 是空的，而 ${readings} 属于此前运行过的服务（其中的读数直到输入 ${witness.sealedSeq}）：记录库丢失了，或 store.records 指向了别处。请恢复备份或改正配置；确要从头开始，请换一个空的数据文件夹`,
    en: `${place} is empty, and ${readings} is of a service that ran before (with readings up to input ${witness.sealedSeq}): the records are lost, or \`store.records\` names another place. Restore a backup, or correct that; to begin anew take an empty data folder`,
  });
}

/** Numbers of the one would pass for numbers of the other, and readings of homes for those of homes elsewhere. */
function ofAnother(config: ServiceConfig, readings: string): RecordsOfAnother {
  const place = placeName(config);
  return new RecordsOfAnother({
    zh: `${place} 与 ${readings} 属于两个不同的服务：请检查 dataDir 和 store.records 是否指向了别处；若确要让这些记录从此另存读数，请先移走 ${readings}`,
    en: `${place} and ${readings} are of two different services: see whether \`dataDir\` or \`store.records\` names another place; if these records are to go on with new readings, move ${readings} away first`,
  });
}

/** Charts and baselines of before are gone with it, and nothing else would ever say so. */
function sayReadingsNew(lastSeq: number, file: string, logger: Pick<Logger, 'error'>): void {
  if (lastSeq > 0)
    logger.error(
      { file, recordsUpTo: lastSeq },
      'the readings of before are not there: a new file was begun beside records that go on. Restore a backup if they were lost',
    );
}

export const isFilled = (file: string): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
