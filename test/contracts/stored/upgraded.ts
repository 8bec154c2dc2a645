import { expect } from 'vitest';
import { ManualClock, MINUTE } from '../../../src/lib/clock.ts';
import { commandSchemas } from '../../../src/model/command.ts';
import type { RecordStore } from '../../../src/ports/records.ts';
import { testService } from '../../service.ts';
import { aCase, Committer, caseEffect, EVERYTHING } from '../fixtures.ts';
import type { StoredRecords } from './records.ts';

const count = ({ tables }: StoredRecords, table: string): number => tables[table]?.length ?? 0;

/** Everything that was stored is there, in an open store of the present version, which goes on counting where it was. */
export async function expectAllThere(store: RecordStore, stored: StoredRecords): Promise<void> {
  const page = { limit: 100 };
  const all = { paths: EVERYTHING };
  const cases = (await store.cases({ ...all, order: 'newest' }, page)).items.reverse();
  expect((await store.alerts(all, page)).items).toHaveLength(count(stored, 'alerts'));
  // A server gives rows in whatever order they lie in.
  const numbers = (stored.tables['cases'] ?? []).map((row) => Number(row['number'])).sort((a, b) => a - b);
  expect(cases.map(({ number }) => number)).toEqual(numbers);
  const entries = await Promise.all(cases.map(({ id }) => store.caseEntries(id)));
  expect(entries.flat()).toHaveLength(count(stored, 'case_entries'));
  for (const { id, case_id, bytes } of stored.tables['photos'] ?? []) {
    const photo = await store.photo(String(case_id), String(id));
    expect(photo && Buffer.from(photo.bytes).toString('base64')).toBe((bytes as { base64: string }).base64);
  }
  expect((await store.notices(all, page)).items).toHaveLength(count(stored, 'notices'));
  expect((await store.rejections({}, page)).items).toHaveLength(count(stored, 'rejections'));
  expect(await store.registry()).toHaveLength(count(stored, 'registry'));
  expect(await store.users()).toHaveLength(count(stored, 'users'));
  expect(await store.events(0, EVERYTHING, 1_000)).toHaveLength(count(stored, 'events'));
  const { lastSeq, subjects, checkpoint } = await store.recover();
  expect(checkpoint).toBeDefined();
  let states = 0;
  for await (const rows of subjects) states += rows.length;
  expect(states).toBe(count(stored, 'subjects'));
  expect(lastSeq).toBe(Math.max(...(stored.tables['journal'] ?? []).map((row) => Number(row['last_seq']))));
  const { events } = await new Committer(store, lastSeq).commit([caseEffect(aCase({ id: 'h9.c1' }))]);
  expect((await store.case('h9.c1'))?.number).toBe((stored.counted['cases'] ?? 0) + 1);
  expect(events[0]?.id).toBe((stored.counted['events'] ?? 0) + 1);
}

/** Before cases had a life after they were resolved, that was their end. */
const statusNow = ({ steps }: StoredRecords, status: string): string =>
  status === 'resolved' && !steps.includes('0004-life-of-cases') ? 'struck-off' : status;

/** A service of the present version goes on with it: states, journal, open cases. Nothing is raised a second time. */
export async function expectServiceGoesOn(
  dir: string,
  stored: StoredRecords,
  service: Record<string, unknown>,
): Promise<void> {
  const shared = JSON.parse(String(stored.tables['checkpoint']?.[0]?.['shared'])) as { now: number };
  const clock = new ManualClock(shared.now + 2 * MINUTE);
  const running = await testService({ dir, clock, service });
  try {
    const before = (stored.tables['cases'] ?? []).filter(({ home }) => home !== '');
    // Those about the service itself apart: on a machine that is busy it may have found something meanwhile.
    const { items } = await running.service.records.cases({ paths: EVERYTHING }, { limit: 100 });
    const ofHomes = items.filter(({ home }) => home !== '');
    expect(ofHomes.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(
      before.map(({ id, status }) => `${id} ${statusNow(stored, String(status))}`).sort(),
    );
    const id = ofHomes.find(({ status }) => status === 'open')?.id;
    const acknowledge = commandSchemas['case.acknowledge'].parse({ case: id });
    const reply = await running.loop.submit({ type: 'case.acknowledge', ...acknowledge }, 'admin');
    expect(reply).toMatchObject({ ok: true });
    expect((await running.service.records.case(id ?? ''))?.status).toBe('acknowledged');
  } finally {
    await running.stop();
  }
}
