import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABOUTS, type Alert, PRIORITIES } from '../../src/model/alert.ts';
import { accountsWith, CASE_STATUSES, type Case, type Doer, isTheirs } from '../../src/model/case.ts';
import { CASE_KINDS } from '../../src/model/case-kind.ts';
import { covers } from '../../src/model/paths.ts';
import {
  type AlertFilter,
  type CaseFilter,
  CursorInvalid,
  type NumberedCase,
  type RecordStore,
} from '../../src/ports/records.ts';
import {
  ALL,
  aCase,
  alertEffect,
  allPages,
  aNotice,
  anAlert,
  anEntry,
  aRejection,
  type Committer,
  caseEffect,
  FIRST_PAGE,
  noticeEffect,
  rejectionEffect,
  T0,
} from './fixtures.ts';
import type { RecordsExam } from './records.ts';

/** Neighbours in the order of bytes, so that a border that is drawn in the wrong place shows. */
const PATHS = [
  'a',
  'a/b',
  'a/b/c',
  'a/b0',
  'a/b-c',
  'a/bb',
  'a0',
  'ab',
  'ab/b',
  'A/b',
  '海/一',
  '海/一/二',
  'b',
];
const paths = fc.array(fc.constantFrom('', ...PATHS), { maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = <T extends object>(of: T) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));

const alertFilter = fc
  .record({
    paths,
    open: maybe(fc.boolean()),
    home: maybe(fc.constantFrom('h1', 'h2')),
    rule: maybe(fc.constantFrom('W1', 'V1')),
    about: maybe(fc.constantFrom(...ABOUTS)),
    priority: maybe(fc.constantFrom(...PRIORITIES)),
    raisedFrom: maybe(fc.integer({ min: T0, max: T0 + 6 })),
    raisedTo: maybe(fc.integer({ min: T0, max: T0 + 6 })),
  })
  .map((filter) => defined(filter) as unknown as AlertFilter);

const caseFilter = fc
  .record({
    paths,
    status: maybe(fc.uniqueArray(fc.constantFrom(...CASE_STATUSES), { minLength: 1 })),
    priority: maybe(fc.uniqueArray(fc.constantFrom(...PRIORITIES), { minLength: 1 })),
    kind: maybe(fc.constantFrom(...CASE_KINDS)),
    home: maybe(fc.constantFrom('h1', 'h2')),
    owner: maybe(fc.constantFrom('王', '李')),
    theirs: maybe(
      fc.constantFrom<Doer>(
        { name: '王', account: 'wang' },
        { name: '李', account: 'li', staff: 's1' },
        { name: '王', staff: 's2' },
        { name: '李' },
      ),
    ),
    held: maybe(fc.record({ account: fc.constantFrom('wang', 'li', 'l_'), within: paths })),
    order: maybe(fc.constantFrom('urgency' as const, 'newest' as const)),
  })
  .map((filter) => defined(filter) as unknown as CaseFilter);

const pathsCover = (nodes: readonly string[], of: string) => nodes.some((node) => covers(node, of));

/** Deterministic variety: everything that a filter looks at takes all its values, in all mixtures. */
const alertAt = (i: number): Alert =>
  anAlert({
    id: `a${i}`,
    path: PATHS[i % PATHS.length] as string,
    home: i % 2 ? 'h1' : 'h2',
    rule: i % 3 ? 'W1' : 'V1',
    about: ABOUTS[i % 4] as Alert['about'],
    priority: PRIORITIES[(i >> 2) % 4] as Alert['priority'],
    raisedAt: T0 + (i % 7),
    ...(i % 5 < 2 && { clearedAt: T0 + 9, clearReason: 'recovered' as const }),
  });
/** What is known beside the name of whoever has a case, or was asked to take it. */
const KNOWN: readonly Partial<Case>[] = [
  {},
  { acknowledgedByAccount: 'wang' },
  { acknowledgedByAccount: 'li', acknowledgedByStaff: 's1' },
  { acknowledgedByStaff: 's2', assignedTo: '李', assignedToStaff: 's1' },
  { acknowledgedByStaff: 's1', assignedTo: '王', assignedToAccount: 'wang' },
];
const caseAt = (i: number): Case =>
  aCase({
    id: `c${i}`,
    path: PATHS[i % PATHS.length] as string,
    home: i % 2 ? 'h1' : 'h2',
    kind: CASE_KINDS[i % 2] as Case['kind'],
    status: CASE_STATUSES[i % 4] as Case['status'],
    priority: PRIORITIES[(i >> 1) % 4] as Case['priority'],
    openedAt: T0 + ((i * 5) % 7),
    dueAt: T0 + 9 - ((i * 3) % 11),
    ...(i % 3 > 0 && { acknowledgedBy: i % 4 ? '王' : '李', ...KNOWN[i % 5] }),
  });
const COUNT = 90;
const ALERTS = Array.from({ length: COUNT }, (_, i) => alertAt(i));
const CASES = Array.from({ length: COUNT }, (_, i) => ({ ...caseAt(i), number: i + 1 }));

async function fill(committer: Committer): Promise<void> {
  await committer.commit([
    ...ALERTS.map(alertEffect),
    ...CASES.map(({ number: _, ...of }) => caseEffect(of)),
    ...ALERTS.map((alert, i) =>
      noticeEffect(aNotice({ id: `n${i}`, path: alert.path, createdAt: T0 + (i % 7) })),
    ),
  ]);
}

const alertFits = (filter: AlertFilter) => (alert: Alert) =>
  pathsCover(filter.paths, alert.path) &&
  (filter.open === undefined || filter.open === (alert.clearedAt === undefined)) &&
  (['home', 'rule', 'about', 'priority'] as const).every(
    (key) => filter[key] === undefined || filter[key] === alert[key],
  ) &&
  alert.raisedAt >= (filter.raisedFrom ?? 0) &&
  alert.raisedAt < (filter.raisedTo ?? Number.POSITIVE_INFINITY);

const isHeld = ({ held }: CaseFilter, of: Case): boolean =>
  held !== undefined && accountsWith(of).includes(held.account) && pathsCover(held.within, of.path);

const caseFits = (filter: CaseFilter) => (of: Case) =>
  (pathsCover(filter.paths, of.path) || isHeld(filter, of)) &&
  (filter.theirs === undefined || isTheirs(of, filter.theirs)) &&
  (filter.status?.includes(of.status) ?? true) &&
  (filter.priority?.includes(of.priority) ?? true) &&
  (filter.kind ?? of.kind) === of.kind &&
  (filter.home ?? of.home) === of.home &&
  (filter.owner === undefined || filter.owner === of.acknowledgedBy || filter.owner === of.assignedTo) &&
  (filter.openedFrom === undefined || of.openedAt >= filter.openedFrom) &&
  (filter.openedTo === undefined || of.openedAt < filter.openedTo);

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const newestAlert = (a: Alert, b: Alert) => b.raisedAt - a.raisedAt || byText(b.id, a.id);
const overLast = ({ status }: NumberedCase) => Number(status === 'resolved' || status === 'struck-off');
const CASE_ORDER = {
  urgency: (a: NumberedCase, b: NumberedCase) =>
    overLast(a) - overLast(b) ||
    byText(a.priority, b.priority) ||
    CASE_STATUSES.indexOf(a.status) - CASE_STATUSES.indexOf(b.status) ||
    a.dueAt - b.dueAt ||
    a.number - b.number,
  newest: (a: NumberedCase, b: NumberedCase) => b.openedAt - a.openedAt || b.number - a.number,
};

export function listsContract(exam: () => RecordsExam): void {
  describe('lists', () => {
    it('show what the filter and the rights admit, in order, page by page', async () => {
      const { store, committer } = exam();
      await fill(committer);
      await fc.assert(
        fc.asyncProperty(
          alertFilter,
          caseFilter,
          fc.integer({ min: 1, max: 40 }),
          async (alerts, cases, limit) => {
            expect(await allPages((page) => store.alerts(alerts, page), limit)).toEqual(
              ALERTS.filter(alertFits(alerts)).sort(newestAlert),
            );
            expect(await allPages((page) => store.cases(cases, page), limit)).toEqual(
              CASES.filter(caseFits(cases)).sort(CASE_ORDER[cases.order ?? 'urgency']),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    it('give rights by node, at its borders, over notices, events and counts as well', async () => {
      const { store, committer } = exam();
      await fill(committer);
      await fc.assert(
        fc.asyncProperty(paths, async (nodes) => {
          const seen = ALERTS.filter((alert) => pathsCover(nodes, alert.path));
          const notices = await allPages((page) => store.notices({ paths: nodes }, page), 30);
          expect(notices.map(({ path: at }) => at).sort()).toEqual(seen.map(({ path: at }) => at).sort());
          const events = await store.events(0, nodes, 1_000);
          expect(events).toHaveLength(3 * seen.length);
          expect(events.every((event) => pathsCover(nodes, event.path))).toBe(true);
          const counts = await store.counts(nodes);
          expect(counts.openAlerts).toBe(seen.filter(({ clearedAt }) => clearedAt === undefined).length);
          expect(counts.notices.queued).toBe(seen.length);
          const open = CASES.filter(
            (of) => (of.status === 'open' || of.status === 'acknowledged') && pathsCover(nodes, of.path),
          );
          for (const priority of PRIORITIES)
            expect(counts.openCases[priority]).toBe(open.filter((of) => of.priority === priority).length);
        }),
        { numRuns: 25 },
      );
    });

    it('keep what rules in shadow found apart: told to nobody, shown to who asks', async () => {
      const { store, committer } = exam();
      const told = alertAt(1);
      const shadow = { ...alertAt(2), shadow: true as const, case: '' };
      const { events } = await committer.commit([alertEffect(told), alertEffect(shadow)]);
      expect(events.map(({ type }) => type)).toEqual(['alert']);
      const page = { limit: 10 };
      expect((await store.alerts({ paths: [''] }, page)).items).toEqual([told]);
      expect((await store.alerts({ paths: [''], shadow: true }, page)).items).toEqual([shadow]);
      expect((await store.counts([''])).openAlerts).toBe(told.clearedAt === undefined ? 1 : 0);
    });

    it('never show an item twice nor leave one out while new ones come in', async () => {
      const { store, committer } = exam();
      await fill(committer);
      let added = 1_000;
      const add = async () => {
        const i = added++;
        const { number: _, ...of } = { ...caseAt(i), number: 0 };
        const alert = { ...alertAt(i), raisedAt: T0 + (i % 9) };
        await committer.commit([
          alertEffect(alert),
          caseEffect(of),
          noticeEffect(aNotice({ id: `n${i}`, createdAt: T0 + (i % 9) })),
          rejectionEffect(aRejection()),
        ]);
      };
      const before = new Set([...ALERTS, ...CASES].map(({ id }) => id));
      const walks = [
        allPages((page) => store.alerts(ALL, page), 7, add),
        allPages((page) => store.cases({ ...ALL, order: 'urgency' }, page), 7, add),
        allPages((page) => store.cases({ ...ALL, order: 'newest' }, page), 7, add),
      ];
      for (const items of await Promise.all(walks)) {
        const ids = items.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => before.has(id))).toHaveLength(COUNT);
      }
    });

    it('refuse a cursor that is not theirs', async () => {
      const { store, committer } = exam();
      await fill(committer);
      const { next } = await store.cases({ ...ALL, order: 'urgency' }, { limit: 1 });
      expect(next).toBeDefined();
      const cursor = next as string;
      for (const wrong of ['', 'x', 'bnVsbA', '%%', cursor.slice(0, -3)])
        await expect(store.alerts(ALL, { limit: 1, cursor: wrong })).rejects.toThrow(CursorInvalid);
      await expect(store.cases({ ...ALL, order: 'newest' }, { limit: 1, cursor })).rejects.toThrow(
        CursorInvalid,
      );
      await expect(store.notices(ALL, { limit: 1, cursor })).rejects.toThrow(CursorInvalid);
      await expect(store.rejections({}, { limit: 1, cursor })).rejects.toThrow(CursorInvalid);
    });

    it('give a long time line in pieces, the newest first, each in its order', async () => {
      const { store, committer } = exam();
      const entries = Array.from({ length: 5 }, (_, i) => anEntry(i + 1));
      await committer.commit([caseEffect(aCase(), entries)]);
      const numbers = async (which?: Parameters<typeof store.caseEntries>[1]) =>
        (await store.caseEntries('h1.c1', which)).map(({ n }) => n);
      expect(await numbers()).toEqual([1, 2, 3, 4, 5]);
      expect(await numbers({ limit: 2 })).toEqual([4, 5]);
      expect(await numbers({ before: 4, limit: 2 })).toEqual([2, 3]);
      expect(await numbers({ before: 2, limit: 2 })).toEqual([1]);
      expect(await numbers({ before: 1, limit: 2 })).toEqual([]);
    });

    it('know no alert, case or notice that does not exist', async () => {
      const { store } = exam();
      expect(await store.alert('x')).toBeUndefined();
      expect(await store.case('x')).toBeUndefined();
      expect(await store.caseEntries('x')).toEqual([]);
      expect(await store.notice('x')).toBeUndefined();
    });
  });
  outboxContract(exam);
}

function outboxContract(exam: () => RecordsExam): void {
  const put = (committer: Committer, id: string, over: Parameters<typeof aNotice>[0]) =>
    committer.commit([noticeEffect(aNotice({ id, ...over }))]);
  const ids = async (found: ReturnType<RecordStore['dueNotices']>) => (await found).map(({ id }) => id);
  const content = aNotice().content;

  describe('queued notices', () => {
    it('are due by priority, then by how long they have been due, and only when their time has come', async () => {
      const { store, committer } = exam();
      await put(committer, 'young', { createdAt: T0 + 2 });
      await put(committer, 'old', { createdAt: T0 + 1 });
      await put(committer, 'grave', { createdAt: T0 + 9, content: { ...content, priority: 'P1' } });
      await put(committer, 'later', { nextAttemptAt: T0 + 500 });
      await put(committer, 'sent', { state: 'accepted' });
      expect(await ids(store.dueNotices(T0, 10))).toEqual(['grave', 'old', 'young']);
      expect(await ids(store.dueNotices(T0, 2))).toEqual(['grave', 'old']);
      expect(await ids(store.dueNotices(T0 + 500, 10))).toEqual(['grave', 'old', 'young', 'later']);
      expect(await ids(store.dueNotices(T0 - 1, 10))).toEqual([]);
    });

    it('of a channel that has to wait do not hide the others', async () => {
      const { store, committer } = exam();
      expect(await store.nextNoticeAt()).toBeUndefined();
      await put(committer, 'a', { channel: 'slow', nextAttemptAt: T0 });
      await put(committer, 'b', { channel: 'fast', nextAttemptAt: T0 + 7 });
      expect(await ids(store.dueNotices(T0 + 7, 1, ['slow']))).toEqual(['b']);
      expect(await store.nextNoticeAt()).toBe(T0);
      expect(await store.nextNoticeAt(['slow'])).toBe(T0 + 7);
      expect(await store.nextNoticeAt(['slow', 'fast'])).toBeUndefined();
    });

    it('are found by channel alone, and by what the provider calls them', async () => {
      const { store, committer } = exam();
      await put(committer, 'a', { channel: 'slow' });
      await put(committer, 'b', { channel: 'fast' });
      expect(await ids(store.dueNoticesOf('slow', T0, 10))).toEqual(['a']);
      expect(await ids(store.dueNoticesOf('slow', T0 - 1, 10))).toEqual([]);
      await store.saveNotice(aNotice({ id: 'a', channel: 'slow', state: 'accepted', providerId: 'p1' }));
      expect(await ids(store.dueNoticesOf('slow', T0, 10))).toEqual([]);
      expect((await store.noticeByProvider('slow', 'p1'))?.id).toBe('a');
      expect(await store.noticeByProvider('fast', 'p1')).toBeUndefined();
      expect(await store.noticeByProvider('slow', 'p2')).toBeUndefined();
    });

    it('are stored several in one transaction', async () => {
      const { store, afterCrash } = exam();
      const events = await store.saveNotices([
        aNotice({ id: 'x' }),
        aNotice({ id: 'y', state: 'withdrawn' }),
      ]);
      expect(events).toHaveLength(2);
      expect(await ids((await afterCrash()).dueNotices(T0, 10))).toEqual(['x']);
    });

    it('that name no instant are due at once', async () => {
      const { store, committer } = exam();
      const { nextAttemptAt: _, ...rest } = aNotice();
      await committer.commit([noticeEffect(rest)]);
      expect(await ids(store.dueNotices(T0, 1))).toEqual([rest.id]);
    });

    it('are found as they were left, after a crash', async () => {
      const { store, committer, afterCrash } = exam();
      await put(committer, 'a', {});
      await put(committer, 'b', {});
      const event = await store.saveNotice(
        aNotice({ id: 'a', attempts: 3, nextAttemptAt: T0 + 60_000, failure: 'provider-busy' }),
      );
      expect(event).toMatchObject({ type: 'notice', path: 'hai/g1/h1' });
      expect(JSON.parse(event.data).notice.attempts).toBe(3);
      const left = await afterCrash();
      expect(await ids(left.dueNotices(T0, 10))).toEqual(['b']);
      expect((await left.notice('a'))?.attempts).toBe(3);
      expect(await left.events(event.id - 1, [''], 10)).toEqual([event]);
      expect((await left.notices({ ...ALL, case: 'h1.c1', state: 'queued' }, FIRST_PAGE)).items).toHaveLength(
        2,
      );
      expect((await left.notices({ ...ALL, case: 'other' }, FIRST_PAGE)).items).toEqual([]);
    });
  });
}
