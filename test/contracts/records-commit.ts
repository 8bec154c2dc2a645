import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaseStatus } from '../../src/model/case.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import {
  ALL,
  aCase,
  alertEffect,
  aNotice,
  anAlert,
  anEntry,
  aRejection,
  Committer,
  caseEffect,
  FIRST_PAGE,
  noticeEffect,
  rejectionEffect,
  T0,
} from './fixtures.ts';
import type { RecordsExam } from './records.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const words = (of: Uint8Array) => new TextDecoder().decode(of);

async function journalOf(store: RecordStore): Promise<[number, number, string][]> {
  const { journal } = await store.recover();
  const rows: [number, number, string][] = [];
  for await (const row of journal(0)) rows.push([row.firstSeq, row.lastSeq, words(row.bytes)]);
  return rows;
}

async function subjectsOf(store: RecordStore): Promise<Record<string, [number, string | undefined]>> {
  const found: Record<string, [number, string | undefined]> = {};
  for await (const rows of (await store.recover()).subjects)
    for (const { subject, seq, state } of rows) found[subject] = [seq, state];
  return found;
}

export function commitContract(exam: () => RecordsExam): void {
  journalContract(exam);
  versionsContract(exam);
  describe('a batch', () => {
    it('is stored whole or not at all', async () => {
      const { store, committer, afterCrash } = exam();
      await committer.commit([alertEffect(anAlert())]);
      const unwritable = anAlert({
        id: 'h2.a1',
        evidence: { ...anAlert().evidence, values: { n: 1n as never } },
      });
      const effects = [
        alertEffect(anAlert({ version: 2 })),
        caseEffect(aCase(), [anEntry(1)]),
        rejectionEffect(aRejection()),
        alertEffect(unwritable),
      ];
      const subjects = [{ subject: 'h1', seq: 2, state: '{}' }];
      await expect(committer.commit(effects, { subjects })).rejects.toThrow();
      for (const left of [store, await afterCrash()]) {
        expect((await left.recover()).lastSeq).toBe(1);
        expect(await journalOf(left)).toHaveLength(1);
        expect((await left.alert('h1.a1'))?.version).toBe(1);
        expect(await left.case('h1.c1')).toBeUndefined();
        expect(await left.rejectionCounts()).toEqual([]);
        expect(await subjectsOf(left)).toEqual({});
        expect(await left.events(0, [''], 10)).toHaveLength(1);
      }
    });

    it('goes on after one that failed, under the same numbers', async () => {
      const { committer, store } = exam();
      const unwritable = anAlert({ title: { zh: '', en: 1n as never } });
      await expect(committer.commit([alertEffect(unwritable)])).rejects.toThrow();
      committer.seq = 0;
      const { events } = await committer.commit([caseEffect(aCase())]);
      expect(events).toHaveLength(1);
      expect((await store.case('h1.c1'))?.number).toBe(1);
    });

    it('leaves everything it said on disk when it resolves', async () => {
      const { committer, afterCrash } = exam();
      await committer.commit([
        alertEffect(anAlert()),
        caseEffect(aCase(), [anEntry(1)]),
        noticeEffect(aNotice()),
        rejectionEffect(aRejection()),
        { type: 'registry-put', entry: { noun: 'home', id: 'h1', parent: 'hai/g1', name: '101' } },
      ]);
      const left = await afterCrash();
      expect(await left.alert('h1.a1')).toEqual(anAlert());
      expect(await left.case('h1.c1')).toEqual({ ...aCase(), number: 1 });
      expect(await left.caseEntries('h1.c1')).toEqual([anEntry(1)]);
      expect(await left.notice('h1.c1.n1')).toEqual(aNotice());
      expect((await left.rejections({}, FIRST_PAGE)).items).toHaveLength(1);
      expect(await left.registry()).toEqual([{ noun: 'home', id: 'h1', parent: 'hai/g1', name: '101' }]);
    });

    it('says nothing to readers of the stream about replies and commands to devices', async () => {
      const { events } = await exam().committer.commit([
        { type: 'reply', id: 'x', reply: { ok: true } },
        { type: 'device-command', device: 'w1', payload: { measure: 'blood_pressure' } },
      ]);
      expect(events).toEqual([]);
    });
  });
}

function journalContract(exam: () => RecordsExam): void {
  describe('the journal', () => {
    it('gives the batches back in order, byte by byte', async () => {
      const { store, committer, reopen } = exam();
      expect((await store.recover()).lastSeq).toBe(0);
      expect((await store.recover()).checkpoint).toBeUndefined();
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await committer.commit([], { lastSeq: 3, journal: all });
      await committer.commit([alertEffect(anAlert())], { journal: bytes('second') });
      const again = await reopen();
      const rows = [];
      for await (const row of (await again.recover()).journal(0)) rows.push(row);
      expect(rows.map((row) => [row.firstSeq, row.lastSeq])).toEqual([
        [1, 3],
        [4, 4],
      ]);
      expect(new Uint8Array(rows[0]?.bytes ?? [])).toEqual(all);
      expect((await again.recover()).lastSeq).toBe(4);
    });

    it('begins with the batch that holds the first input that is asked for', async () => {
      const { store, committer } = exam();
      await committer.commit([], { lastSeq: 3 });
      await committer.commit([], { lastSeq: 4 });
      await committer.commit([], { lastSeq: 9 });
      const { journal } = await store.recover();
      const firstAfter = async (seq: number): Promise<number | undefined> => {
        for await (const { firstSeq } of journal(seq)) return firstSeq;
        return undefined;
      };
      const asked = [0, 2, 3, 4, 8, 9];
      expect(await Promise.all(asked.map(firstAfter))).toEqual([1, 1, 4, 5, 5, undefined]);
    });

    it('comes back page after page, also when it is long', async () => {
      const { store, committer } = exam();
      for (let i = 0; i < 150; i++) await committer.commit([]);
      expect((await journalOf(store)).map(([first]) => first)).toEqual(
        Array.from({ length: 150 }, (_, i) => i + 1),
      );
    });

    it('takes no input twice and leaves none out', async () => {
      const { store } = exam();
      const batch = { journal: bytes(''), effects: [], subjects: [], at: T0 };
      await store.commit({ ...batch, firstSeq: 1, lastSeq: 2 });
      for (const [firstSeq, lastSeq] of [
        [1, 1],
        [2, 3],
        [4, 4],
        [3, 2],
      ] as const)
        await expect(store.commit({ ...batch, firstSeq, lastSeq })).rejects.toThrow(/cannot follow/);
      await store.commit({ ...batch, firstSeq: 3, lastSeq: 3 });
    });

    it('keeps a batch that is only partly behind the checkpoint, and goes on counting when nothing is left', async () => {
      const { store, committer, reopen } = exam();
      await committer.commit([], { lastSeq: 3 });
      await committer.commit([], { lastSeq: 6 });
      await store.completeCheckpoint({ seq: 5, shared: '{"now":1}' });
      await store.trimJournal(5);
      expect((await journalOf(store)).map(([first]) => first)).toEqual([4]);
      await store.completeCheckpoint({ seq: 6, shared: '{"now":2}' });
      await store.trimJournal(6);
      const again = await reopen();
      const recovery = await again.recover();
      expect(await journalOf(again)).toEqual([]);
      expect(recovery.checkpoint).toEqual({ seq: 6, shared: '{"now":2}' });
      expect(recovery.lastSeq).toBe(6);
      await new Committer(again, 6).commit([]);
      expect((await again.recover()).lastSeq).toBe(7);
    });

    it('refuses to drop what no checkpoint stands for', async () => {
      const { store, committer } = exam();
      await committer.commit([], { lastSeq: 3 });
      await expect(store.trimJournal(1)).rejects.toThrow(/no checkpoint/);
      expect(await journalOf(store)).toHaveLength(1);
    });

    it('keeps the state of subjects, the newest by number, until it is removed', async () => {
      const { store, committer, reopen } = exam();
      const rows = Array.from({ length: 1_203 }, (_, i) => ({
        subject: `h${i}`,
        seq: 1,
        state: `{"i":${i}}`,
      }));
      await store.saveSubjects(rows);
      await committer.commit([], {
        subjects: [
          { subject: 'h1', seq: 9, state: '{"new":true}' },
          { subject: 'h2', seq: 9, state: undefined },
        ],
      });
      await store.saveSubjects([{ subject: 'h1', seq: 8, state: '{"old":true}' }]);
      const found = await subjectsOf(await reopen());
      expect(Object.keys(found)).toHaveLength(1_202);
      expect(found['h1']).toEqual([9, '{"new":true}']);
      expect(found['h2']).toBeUndefined();
      expect(found['h1202']).toEqual([1, '{"i":1202}']);
    });
  });
}

function versionsContract(exam: () => RecordsExam): void {
  describe('what is committed again', () => {
    it('never replaces a later version of an alert, and is not told again', async () => {
      const { store, committer } = exam();
      const cleared = anAlert({ version: 3, clearedAt: T0 + 1, clearReason: 'recovered' });
      await committer.commit([alertEffect(anAlert({ version: 2 })), alertEffect(cleared)]);
      const { events } = await committer.commit([
        alertEffect(anAlert()),
        alertEffect(anAlert({ version: 2 })),
        alertEffect(cleared),
      ]);
      expect(events).toEqual([]);
      expect(await store.alert('h1.a1')).toEqual(cleared);
    });

    it('does not send a notice anew', async () => {
      const { store, committer } = exam();
      await committer.commit([noticeEffect(aNotice())]);
      const { nextAttemptAt: _, ...rest } = aNotice({ state: 'accepted', attempts: 1, acceptedAt: T0 + 5 });
      await store.saveNotice(rest);
      const { events } = await committer.commit([noticeEffect(aNotice())]);
      expect(events).toEqual([]);
      expect(await store.notice('h1.c1.n1')).toEqual(rest);
      expect(await store.dueNotices(T0 + 1e9, 10)).toEqual([]);
    });

    it('gives every case one number, one after the other, whatever is repeated, reopened or lost in a crash', async () => {
      const { bed } = exam();
      await fc.assert(
        fc.asyncProperty(fc.array(caseStep, { maxLength: 40 }), async (steps) =>
          playCases(await bed.afterCrash(), steps),
        ),
        { numRuns: 15 },
      );
    });
  });
}

type CaseStep =
  | { readonly do: 'case'; readonly id: number; readonly version: number }
  | { readonly do: 'reopen' | 'crash' };
const caseStep: fc.Arbitrary<CaseStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('case' as const),
      id: fc.integer({ min: 1, max: 5 }),
      version: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'crash' as const) }) },
);

const STATUS: CaseStatus[] = ['open', 'open', 'acknowledged', 'resolved'];

async function playCases(first: RecordsExam['bed'], steps: readonly CaseStep[]): Promise<void> {
  let bed = first;
  let store = bed.store();
  await store.open();
  const numbers = new Map<string, number>();
  const versions = new Map<string, number>();
  let seq = 0;
  try {
    for (const step of steps) {
      if (step.do === 'case') {
        const id = `h.c${step.id}`;
        const { version } = step;
        const of = aCase({ id, version, entries: version, status: STATUS[version - 1] as CaseStatus });
        const entries = Array.from({ length: version }, (_, i) => anEntry(i + 1));
        await new Committer(store, seq++).commit([caseEffect(of, entries)]);
        if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
        versions.set(id, Math.max(version, versions.get(id) ?? 0));
      } else {
        if (step.do === 'crash') bed = await bed.afterCrash();
        await store.close();
        store = bed.store();
        await store.open();
      }
    }
    const { items } = await store.cases({ ...ALL, order: 'newest' }, FIRST_PAGE);
    expect(new Map(items.map((of) => [of.id, of.number]))).toEqual(numbers);
    expect(new Map(items.map((of) => [of.id, of.version]))).toEqual(versions);
    for (const { id, version } of items)
      expect((await store.caseEntries(id)).map(({ n }) => n)).toEqual(
        Array.from({ length: version }, (_, i) => i + 1),
      );
  } finally {
    await store.close();
  }
}
