import { open, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyPrivately } from '../../lib/make-folder.ts';
import { TextError } from '../../model/text.ts';
import { dataFiles } from '../data-files.ts';
import { segmentName } from './copied-file.ts';
import { type Generation, generationsOf, type Mark } from './marks.ts';
import { lifeOf, pagesOf } from './wal.ts';

/** What an archive gives for an instant. */
export interface Restorable {
  readonly generation: Generation;
  readonly mark: Mark;
  /** The last instant that the whole archive reaches, in epoch milliseconds. */
  readonly archiveReaches: number;
}

export class NotInArchive extends TextError {}

/** A segment that was changed after it was written. */
export class DamagedArchive extends TextError {}

/**
 * The last mark up to this instant.
 * @throws NotInArchive with what there is instead
 */
export async function findMark(archive: string, until: number): Promise<Restorable> {
  const generations = await generationsOf(archive);
  const first = generations[0]?.marks[0];
  const archiveReaches = generations.at(-1)?.marks.at(-1)?.at;
  if (!first || archiveReaches === undefined)
    throw new NotInArchive({
      zh: `${archive} 中既没有备份也没有归档`,
      en: `${archive} holds neither a backup nor an archive`,
    });
  const generation = generations.findLast(({ marks }) => (marks[0]?.at ?? Infinity) <= until);
  const mark = generation?.marks.findLast(({ at }) => at <= until);
  if (!generation || !mark)
    throw new NotInArchive({
      zh: `归档从 ${new Date(first.at).toISOString()} 开始：没有更早的内容`,
      en: `the archive begins at ${new Date(first.at).toISOString()}: nothing older is in it`,
    });
  return { generation, mark, archiveReaches };
}

/**
 * Writes both stores as they were at a mark into this folder. SQLite itself reads each segment, with the checksums that
 * it has for every page, and carries it over.
 */
export async function buildStores({ generation, mark }: Restorable, into: string): Promise<void> {
  const files = dataFiles(into);
  for (const store of ['records', 'telemetry'] as const) {
    const file = files[store];
    await copyPrivately(join(generation.folder, basename(file)), file);
    const { segment: last, bytes } = mark[store];
    for (let segment = 1; segment <= last; segment++) {
      if (segment === last && bytes === 0) break;
      await copyPrivately(join(generation.folder, segmentName(file, segment)), `${file}-wal`);
      if (segment === last) await truncate(`${file}-wal`, bytes);
      await carryOver(file, segmentName(file, segment));
    }
  }
}

/** @throws DamagedArchive if SQLite takes less of the segment than there is: a checksum in it is wrong. */
async function carryOver(file: string, segment: string): Promise<void> {
  const pages = await pagesIn(`${file}-wal`);
  const db = new DatabaseSync(file);
  try {
    const { log } = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as { log: number };
    if (log !== pages)
      throw new DamagedArchive({
        zh: `${segment} 已损坏：${pages} 页中只能读 ${log} 页`,
        en: `${segment} is damaged: ${log} of ${pages} pages can be read`,
      });
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

async function pagesIn(log: string): Promise<number> {
  const handle = await open(log, 'r');
  try {
    return pagesOf(lifeOf(handle.fd), (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}
