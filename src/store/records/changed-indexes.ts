import { type Kysely, sql } from 'kysely';

// Steps of `migrations.ts` that change nothing but indexes. What a version has done stays as it is.

/**
 * Each index is a page more that an alert writes. The two that are asked for what has an end, or a name that a provider
 * gave it, hold nothing else any more; by urgency cases are read status by status, and so by `cases_status`. One is new: whoever
 * sees one grid counts the notices of that, and looked through those of all for it.
 */
export async function changeIndexes(db: Kysely<unknown>): Promise<void> {
  for (const name of ['cases_urgency', 'cases_resolved', 'notices_provider'])
    await db.schema.dropIndex(name).execute();
  await sql`create index cases_resolved on cases (resolved_at) where resolved_at is not null`.execute(db);
  await sql`create index notices_provider on notices (provider_id, channel) where provider_id is not null`.execute(
    db,
  );
  await db.schema.createIndex('notices_path').on('notices').columns(['path', 'state']).execute();
}

/**
 * What is due is asked for a handful at a time, the most urgent first. Where tens of thousands were due, all of them were read
 * and sorted for each handful: 70 ms at a time, for so long that no device was let in. By priority and then by time, the first of
 * each priority are the answer, and nothing is sorted. What was sent does not stand in it, and no channel has to be read.
 */
export async function orderNoticesByUrgency(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('notices_due').execute();
  await sql`create index notices_due on notices (priority, next_attempt_at, created_at, id, channel)
    where state = 'queued'`.execute(db);
}
