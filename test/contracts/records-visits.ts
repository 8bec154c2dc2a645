import { expect, it } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { homeSchema } from '../../src/model/registry.ts';
import { CursorInvalid } from '../../src/ports/records.ts';
import { ALL, allPages, aVisit, FIRST_PAGE, T0, visitEffect } from './fixtures.ts';
import type { RecordsExam } from './records.ts';

const home = (id: string) => homeSchema.parse({ noun: 'home', id, parent: 'hai/g1', name: id });

/** The log of visits. */
export function visitsContract(exam: () => RecordsExam): void {
  it('list visits and changes, the newest first, page by page, within the rights of whoever asks', async () => {
    const { store, committer } = exam();
    const lines = Array.from({ length: 23 }, (_, i) =>
      aVisit({
        at: T0 + Math.floor(i / 3),
        by: i % 2 ? '周敏' : '吴刚',
        home: i % 3 ? 'h1' : 'h2',
        path: i % 3 ? 'hai/g1/h1' : 'hai/g2/h2',
        kind: i % 5 ? 'visit' : 'change',
      }),
    );
    await committer.commit(lines.map(visitEffect));
    const all = await allPages((page) => store.visits(ALL, page), 4);
    expect(all).toHaveLength(23);
    expect(new Set(all.map((line) => JSON.stringify(line))).size).toBe(23);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => b - a));
    const only = async (filter: Partial<Parameters<typeof store.visits>[0]>) =>
      (await store.visits({ ...ALL, ...filter }, FIRST_PAGE)).items.length;
    expect(await only({ paths: ['hai/g2'] })).toBe(8);
    expect(await only({ paths: ['hai/g'] })).toBe(0);
    expect(await only({ home: 'h1' })).toBe(15);
    expect(await only({ kind: 'change' })).toBe(5);
    expect(await only({ from: T0 + 1, to: T0 + 2 })).toBe(3);
    await expect(store.visits(ALL, { limit: 4, cursor: 'nonsense' })).rejects.toThrow(CursorInvalid);
  });

  it('hold a visit that is told twice once, as it was told first, also over a restart', async () => {
    const { committer, reopen } = exam();
    await committer.commit([visitEffect(aVisit()), visitEffect(aVisit({ note: '同一批' }))]);
    await committer.commit([visitEffect(aVisit({ note: '再次' }))]);
    const store = await reopen();
    expect((await store.visits(ALL, FIRST_PAGE)).items).toEqual([aVisit()]);
    const keys = Array.from({ length: 450 }, (_, i) => aVisit({ at: T0 + i }));
    expect(await store.findVisits(keys)).toEqual([aVisit()]);
    expect(await store.findVisits([aVisit({ kind: 'change' }), aVisit({ by: '吴刚' })])).toEqual([]);
  });

  it('bear that they were withdrawn, and are not told anew by a repeat', async () => {
    const { store, committer } = exam();
    const gone = aVisit({ withdrawn: { at: T0 + 5, by: '周敏', reason: '住户填错' } });
    await committer.commit([visitEffect(aVisit()), visitEffect(gone)]);
    await committer.commit([visitEffect(aVisit({ at: T0 + 1 }))]);
    await committer.commit([visitEffect(aVisit()), visitEffect({ ...gone, at: T0 + 1 })]);
    expect(await store.findVisits([aVisit()])).toEqual([gone]);
    expect(await store.findVisits([aVisit({ at: T0 + 1 })])).toEqual([{ ...gone, at: T0 + 1 }]);
  });

  it('stand in a backup', async () => {
    const { bed, store, committer } = exam();
    await committer.commit([visitEffect(aVisit()), visitEffect(aVisit({ kind: 'change' }))]);
    await store.backup(bed.backupFile);
    const copy = (await bed.restored()).store();
    await copy.open();
    expect((await copy.visits(ALL, FIRST_PAGE)).items).toHaveLength(2);
    await copy.close();
  });

  it('forget the visits to a home with the home, and others when their time is over', async () => {
    const { store, committer } = exam();
    await committer.commit([
      { type: 'registry-put', entry: home('h1') },
      { type: 'registry-put', entry: home('h2') },
      visitEffect(aVisit()),
      visitEffect(aVisit({ home: 'h2', at: T0 })),
      visitEffect(aVisit({ home: 'h2', at: T0 + 9 * DAY })),
    ]);
    await committer.commit([
      visitEffect(aVisit({ at: T0 + 1 })),
      { type: 'registry-remove', noun: 'home', key: 'h1' },
    ]);
    const left = async () => (await store.visits(ALL, FIRST_PAGE)).items.map((line) => [line.home, line.at]);
    expect(await left()).toEqual([
      ['h2', T0 + 9 * DAY],
      ['h2', T0],
    ]);
    const policy = {
      alertsMs: 1e12,
      casesMs: 1e12,
      photosMs: 1e12,
      visitsMs: 7 * DAY,
      rejectionsKept: 9,
      eventsKept: 99,
      rejectionsMs: 1e15,
      eventsMs: 1e15,
      idempotencyMs: 1e12,
    };
    expect((await store.retain(policy, T0 + 10 * DAY))['visits']).toBe(1);
    expect(await left()).toEqual([['h2', T0 + 9 * DAY]]);
  });
}
