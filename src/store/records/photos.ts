import type { Kysely } from 'kysely';
import type { CasePhoto, PhotoType } from '../../ports/records.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

export async function savePhoto(
  db: Db,
  { id, case: of, at, by, mediaType, bytes }: CasePhoto,
): Promise<void> {
  await db
    .insertInto('photos')
    .values({ id, case_id: of, at, by_name: by, media_type: mediaType, bytes })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export async function findPhoto(db: Db, of: string, id: string): Promise<CasePhoto | undefined> {
  const row = await db
    .selectFrom('photos')
    .selectAll()
    .where('id', '=', id)
    .where('case_id', '=', of)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      case: row.case_id,
      at: row.at,
      by: row.by_name,
      mediaType: row.media_type as PhotoType,
      bytes: row.bytes,
    }
  );
}

export async function removePhoto(db: Db, id: string): Promise<void> {
  await db.deleteFrom('photos').where('id', '=', id).execute();
}
