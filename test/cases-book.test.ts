import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertChange, type AlertDraft, placeAlert } from '../src/cases/alerts.ts';
import { type CaseBook, emptyBook, gatheringCase } from '../src/cases/case-book.ts';
import { resolve } from '../src/cases/closing.ts';
import { discreetName } from '../src/cases/context.ts';
import { noticeResult } from '../src/cases/notice-results.ts';
import type { RecipientAddress } from '../src/cases/recipients.ts';
import { acknowledge } from '../src/cases/taking.ts';
import { duration } from '../src/cases/texts.ts';
import { addNote } from '../src/cases/words.ts';
import { ABOUTS, PRIORITIES, type Priority } from '../src/model/alert.ts';
import { caseSubjectId } from '../src/model/case.ts';
import type { Effect } from '../src/model/effect.ts';
import { LIMITS } from '../src/model/limits.ts';
import {
  caseIn,
  contextAt,
  draftOf,
  ended,
  linesIn,
  MINUTE,
  NOON,
  noticesIn,
  SAFETY,
  wayTo,
} from './cases-fixtures.ts';
import { runs } from './runs.ts';

const safetyIn = (book: CaseBook) => gatheringCase(book, 'safety')?.case;

const resolveCase = (book: CaseBook, id: string, at = NOON) =>
  resolve(
    book,
    { case: id, outcome: 'away', note: '', contactMadeBy: '张敏', contact: 'spoken' },
    '张敏',
    contextAt(at),
  );

describe('alerts become cases', () => {
  it('opens a case for the first alert: the alert, the case with its lines, the notices, in this order', () => {
    const { alert, effects } = placeAlert(emptyBook(), draftOf('h1.a1'), 'raised', contextAt(NOON));
    expect(alert.case).toBe('h1.c1');
    expect(effects.map((effect) => effect.type)).toEqual(['alert', 'case', 'notice']);
    expect(effects[1]).toMatchObject({ change: 'opened', case: { version: 1, entries: 3, status: 'open' } });
    expect(linesIn(effects)).toEqual(['opened', 'alert-raised', 'notice']);
    expect(caseIn(effects)?.title.zh).toBe('3号楼2单元501 王秀英：手环报告跌倒');
    expect(caseSubjectId('h1.c1')).toBe('h1');
  });

  it('keeps what concerns the person apart from what concerns devices', () => {
    const book = emptyBook();
    const kinds = ABOUTS.map((about, i) => {
      const { alert } = placeAlert(book, draftOf(`h1.a${i}`, { about }), 'raised', contextAt(NOON));
      return [about, alert.case];
    });
    expect(Object.fromEntries(kinds)).toEqual({
      person: 'h1.c1',
      home: 'h1.c1',
      device: 'h1.c2',
      area: 'h1.c2',
    });
  });

  it('tells people when a case opens, gets graver, or gets one more P1 or P2; not otherwise', () => {
    const book = emptyBook();
    const told = (id: string, priority: Priority, change: AlertChange = 'raised', version = 1): string[] => {
      const draft = draftOf(id, { priority, version });
      return noticesIn(placeAlert(book, draft, change, contextAt(NOON)).effects).map((notice) => notice.id);
    };
    expect(told('h1.a1', 'P3')).toEqual(['h1.c1.case-opened.staff:zhang.duty-robot']);
    expect(told('h1.a2', 'P4')).toEqual([]);
    expect(told('h1.a3', 'P3')).toEqual([]);
    expect(told('h1.a4', 'P2')).toEqual(['h1.c1.case-raised.h1.a4.v1.staff:zhang.duty-robot']);
    expect(told('h1.a4', 'P2', 'updated', 2)).toEqual([]);
    expect(told('h1.a4', 'P1', 'updated', 3)).toEqual(['h1.c1.case-raised.h1.a4.v3.staff:zhang.duty-robot']);
    expect(told('h1.a5', 'P2')).toEqual(['h1.c1.case-raised.h1.a5.v1.staff:zhang.duty-robot']);
  });

  it('tells people of a repeat unless they have just heard, also when somebody took the case on long ago', () => {
    const book = emptyBook();
    const told = (count: number, at: number): number => {
      const draft = draftOf('h1.a1', { priority: 'P1', count, version: count });
      const change = count === 1 ? 'raised' : 'updated';
      return noticesIn(placeAlert(book, draft, change, contextAt(at)).effects).length;
    };
    expect(told(1, NOON)).toBe(1);
    expect(told(2, NOON + MINUTE)).toBe(0);
    expect(told(3, NOON + 5 * MINUTE)).toBe(1);
    expect(told(4, NOON + 9 * MINUTE)).toBe(0);
    acknowledge(book, { case: 'h1.c1' }, '张敏', contextAt(NOON + 10 * MINUTE));
    expect(told(5, NOON + 24 * 60 * MINUTE)).toBe(1);
  });

  it('sends nobody of the home to a login that they do not have', () => {
    const ctx = contextAt(NOON);
    const [way] = ctx.recipients({ priority: 'P2', kind: 'safety' });
    const contact = { ...way, recipient: { kind: 'contact', id: 'k1', name: '王小明', role: 'contact' } };
    const told = { ...ctx, recipients: () => [contact as RecipientAddress] };
    const [notice] = noticesIn(placeAlert(emptyBook(), draftOf('h1.a1'), 'raised', told).effects);
    expect(notice?.content.body).toEqual({
      zh: '新事项。请在 5 分钟内接手。',
      en: 'New case. Please acknowledge within 5 minutes.',
    });
  });

  it.each([
    [20_000, '20 秒', '20 seconds'],
    [60_000, '1 分钟', '1 minute'],
    [79_000, '1 分钟', '1 minute'],
    [95_000, '1.5 分钟', '1.5 minutes'],
    [230_000, '4 分钟', '4 minutes'],
  ])('says %i ms as people do', (ms, zh, en) => expect(duration(ms)).toEqual({ zh, en }));

  it('lets little be seen by a group: place, surname, finding; no name, no measured value', () => {
    const draft = draftOf('h1.a1', {
      title: { zh: '血压异常', en: 'Abnormal blood pressure' },
      evidence: { text: { zh: '收缩压 186', en: 'Systolic 186' }, readings: [], values: {} },
    });
    const [notice] = noticesIn(placeAlert(emptyBook(), draft, 'raised', contextAt(NOON)).effects);
    expect(notice?.content).toEqual({
      event: 'case-opened',
      priority: 'P2',
      title: { zh: '3号楼2单元501 王老人：血压异常', en: 'Building 3, 501 · 王: Abnormal blood pressure' },
      body: {
        zh: '新事项。请在 5 分钟内接手。详情请登录查看。',
        en: 'New case. Please acknowledge within 5 minutes. Sign in for details.',
      },
      parts: {
        community: '',
        place: { zh: '3号楼2单元501 王老人', en: 'Building 3, 501 · 王' },
        person: { zh: '王老人', en: '王' },
        event: { zh: '血压异常', en: 'Abnormal blood pressure' },
        time: '12:00',
      },
    });
    expect(notice).toMatchObject({ state: 'queued', attempts: 0, createdAt: NOON, nextAttemptAt: NOON });
  });

  it('shortens names to what a neighbour needs', () => {
    expect(discreetName('欧阳建国').zh).toBe('欧阳老人');
    expect(discreetName('王芳').zh).toBe('王老人');
    expect(discreetName('阿依古丽')).toEqual({ zh: '老人', en: '阿.' });
    expect(discreetName('买买提·吐尔逊')).toEqual({ zh: '老人', en: '买.' });
    expect(discreetName('Maria Anna Weber').en).toBe('M. A. W.');
  });

  it('raises the priority with a graver alert, takes its title and shortens the time; a lighter one changes nothing', () => {
    const book = emptyBook();
    placeAlert(book, draftOf('h1.a1', { priority: 'P3' }), 'raised', contextAt(NOON));
    const later = NOON + 30 * MINUTE;
    const graver = draftOf('h1.a2', { priority: 'P1', title: { zh: '求助', en: 'Call for help' } });
    const { effects } = placeAlert(book, graver, 'raised', contextAt(later));
    expect(linesIn(effects)).toEqual(['alert-raised', 'priority-raised', 'notice']);
    expect(safetyIn(book)).toMatchObject({ priority: 'P1', dueAt: later + SAFETY.P1.acknowledge });
    expect(safetyIn(book)?.title.en).toContain('Call for help');
    placeAlert(book, draftOf('h1.a3', { priority: 'P4' }), 'raised', contextAt(later));
    expect(safetyIn(book)).toMatchObject({ priority: 'P1', dueAt: later + SAFETY.P1.acknowledge });
  });

  it('never gives more time because something got worse', () => {
    const book = emptyBook();
    placeAlert(book, draftOf('h1.a1', { priority: 'P2' }), 'raised', contextAt(NOON));
    placeAlert(book, draftOf('h1.a2', { priority: 'P1' }), 'raised', contextAt(NOON + 10 * MINUTE));
    expect(safetyIn(book)?.dueAt).toBe(NOON + SAFETY.P2.acknowledge);
  });

  it('keeps the case open when its last alert ends or is withdrawn', () => {
    const book = emptyBook();
    const draft = draftOf('h1.a1');
    placeAlert(book, draft, 'raised', contextAt(NOON));
    const { effects } = placeAlert(book, ended(draft, NOON, 'late-data'), 'withdrawn', contextAt(NOON));
    expect(linesIn(effects)).toEqual(['alert-cleared']);
    expect(noticesIn(effects)).toEqual([]);
    expect(safetyIn(book)?.status).toBe('open');
  });

  it('says so when an ended alert of an open case is true after all, and tells people again', () => {
    const book = emptyBook();
    const draft = draftOf('h1.a1');
    placeAlert(book, draft, 'raised', contextAt(NOON));
    placeAlert(book, ended(draft, NOON), 'cleared', contextAt(NOON));
    const { effects } = placeAlert(book, { ...draft, version: 3 }, 'updated', contextAt(NOON));
    expect(linesIn(effects)).toEqual(['alert-raised', 'notice']);
    expect(noticesIn(effects)).toHaveLength(1);
  });
});

describe('alerts after their case was resolved', () => {
  function resolvedWith(priority: Priority): { book: CaseBook; draft: AlertDraft } {
    const book = emptyBook();
    const draft = draftOf('h1.a1', { priority });
    placeAlert(book, draft, 'raised', contextAt(NOON));
    expect(resolveCase(book, 'h1.c1').reply.ok).toBe(true);
    return { book, draft };
  }

  it('keep their case and yield the alert alone', () => {
    const { book, draft } = resolvedWith('P2');
    const update = placeAlert(book, { ...draft, version: 2 }, 'updated', contextAt(NOON));
    const end = placeAlert(book, ended({ ...draft, version: 2 }, NOON), 'cleared', contextAt(NOON));
    const withdrawal = placeAlert(book, ended(draft, NOON, 'late-data'), 'withdrawn', contextAt(NOON));
    for (const { alert, effects } of [update, end, withdrawal]) {
      expect(alert.case).toBe('h1.c1');
      expect(effects.map((effect) => effect.type)).toEqual(['alert']);
    }
    expect(book.cases.map((one) => one.case.status)).toEqual(['resolved']);
  });

  it('open a new case when they get graver than what people resolved', () => {
    const { book, draft } = resolvedWith('P3');
    const graver = { ...draft, priority: 'P1', version: 2 } as const;
    const { alert, effects } = placeAlert(book, graver, 'updated', contextAt(NOON));
    expect(alert.case).toBe('h1.c2');
    expect(noticesIn(effects)).toHaveLength(1);
  });

  it('open a new case when they had ended and are open again', () => {
    const { book, draft } = resolvedWith('P2');
    placeAlert(book, ended(draft, NOON), 'cleared', contextAt(NOON));
    const { alert } = placeAlert(book, { ...draft, version: 3 }, 'updated', contextAt(NOON));
    expect(alert.case).toBe('h1.c2');
  });

  it('are remembered within a limit, the open ones always', () => {
    const book = emptyBook();
    placeAlert(book, draftOf('h1.standing'), 'raised', contextAt(NOON));
    for (let i = 0; i < LIMITS.caseAlertsMax + 50; i++) {
      const draft = draftOf(`h1.a${i}`);
      placeAlert(book, draft, 'raised', contextAt(NOON));
      placeAlert(book, ended(draft, NOON), 'cleared', contextAt(NOON));
    }
    expect(safetyIn(book)?.alerts).toHaveLength(LIMITS.caseAlertsMax);
    expect(safetyIn(book)?.alerts).toContain('h1.standing');
    expect(resolveCase(book, 'h1.c1').resolvedAlerts).toEqual(['h1.standing']);
    expect(Object.keys(book.earlier)).toHaveLength(LIMITS.alertsRememberedMax + 1);
    expect(book.earlier['h1.standing']?.case).toBe('h1.c1');
    expect(JSON.stringify(book).length).toBeLessThan(4000);
  });
});

const PEOPLE = ['张敏', '李强'];
const slot = fc.integer({ min: 0, max: 7 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('raise'),
      slot,
      priority: fc.constantFrom(...PRIORITIES),
      about: fc.constantFrom(...ABOUTS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('update', 'clear', 'withdraw'),
      slot,
      priority: fc.constantFrom(...PRIORITIES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge', 'note', 'resolve', 'result'),
      number: fc.integer({ min: 1, max: 6 }),
      by: fc.constantFrom(...PEOPLE),
      version: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    }),
  },
);
type Step = Partial<{
  do: string;
  slot: number;
  priority: Priority;
  about: (typeof ABOUTS)[number];
  number: number;
  by: string;
  version: number | undefined;
}>;

/** Plays a step as the rules and people would: an alert in a slot is raised once and then changes. */
function play(book: CaseBook, alerts: Map<number, AlertDraft>, one: Step, n: number): Effect[] {
  const ctx = contextAt(NOON + n * MINUTE, [
    wayTo('zhang'),
    wayTo('zhang', 'sms', '139'),
    wayTo('zhang', 'sms', '138'),
  ]);
  const at = one.slot ?? 0;
  if (one.do === 'raise') {
    const draft = draftOf(`h1.a${n}`, { priority: one.priority ?? 'P3', about: one.about ?? 'person' });
    alerts.set(at, draft);
    return placeAlert(book, draft, 'raised', ctx).effects;
  }
  if (one.do === 'update' || one.do === 'clear' || one.do === 'withdraw') {
    const known = alerts.get(at);
    if (!known) return [];
    const { clearedAt: _at, clearReason: _why, ...open } = known;
    const draft: AlertDraft =
      one.do === 'update'
        ? { ...open, priority: one.priority ?? open.priority, version: open.version + 1 }
        : ended(known, ctx.now, one.do === 'clear' ? 'recovered' : 'late-data');
    alerts.set(at, draft);
    const change = one.do === 'update' ? 'updated' : one.do === 'clear' ? 'cleared' : 'withdrawn';
    return placeAlert(book, draft, change, ctx).effects;
  }
  const id = `h1.c${one.number}`;
  const by = one.by ?? '张敏';
  const expected = one.version === undefined ? {} : { expectedVersion: one.version };
  if (one.do === 'acknowledge') return acknowledge(book, { case: id, ...expected }, by, ctx).effects;
  if (one.do === 'note') return addNote(book, { case: id, text: '已电话' }, by, ctx).effects;
  if (one.do === 'resolve')
    return resolve(
      book,
      { case: id, outcome: 'away', note: '', contactMadeBy: by, contact: 'seen', ...expected },
      by,
      ctx,
    ).effects;
  const result = {
    notice: 'n',
    case: id,
    subject: 'h1',
    state: 'accepted',
    recipient: by,
    channel: 'sms',
  } as const;
  return noticeResult(book, result, ctx).effects;
}

describe('whatever happens, in whatever order', () => {
  it('a case counts its versions and lines without a gap, its priority never falls, and ids never repeat', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = emptyBook();
        const alerts = new Map<number, AlertDraft>();
        const cases = new Map<
          string,
          { version: number; entries: number; rank: number; resolved: boolean }
        >();
        const notices = new Set<string>();
        steps.forEach((one, n) => {
          for (const effect of play(book, alerts, one, n)) {
            if (effect.type === 'notice') {
              expect(notices).not.toContain(effect.notice.id);
              notices.add(effect.notice.id);
            }
            if (effect.type !== 'case') continue;
            const { id, version, entries, priority, status } = effect.case;
            const seen = cases.get(id) ?? { version: 0, entries: 0, rank: 9, resolved: false };
            expect(effect.change === 'opened').toBe(seen.version === 0);
            expect(seen.resolved).toBe(false);
            expect(version).toBe(seen.version + 1);
            expect(effect.entries.map((line) => line.n)).toEqual(
              effect.entries.map((_, i) => seen.entries + i + 1),
            );
            expect(entries).toBe(seen.entries + effect.entries.length);
            expect(PRIORITIES.indexOf(priority)).toBeLessThanOrEqual(seen.rank);
            cases.set(id, {
              version,
              entries,
              rank: PRIORITIES.indexOf(priority),
              resolved: status === 'struck-off',
            });
          }
          const open = [...cases].filter(([, seen]) => !seen.resolved).map(([id]) => id);
          expect(open.sort()).toEqual(book.cases.map((one) => one.case.id).sort());
        });
      }),
      { numRuns: runs(30, 2_000) },
    );
  });

  it('an alert that is open belongs to a case, and one that is P1 or P2 to one that somebody was told of', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = emptyBook();
        const alerts = new Map<number, AlertDraft>();
        const told = new Map<string, Priority>();
        const inCase = new Map<string, string>();
        steps.forEach((one, n) => {
          for (const effect of play(book, alerts, one, n)) {
            if (effect.type === 'alert') inCase.set(effect.alert.id, effect.alert.case);
            if (effect.type === 'notice') told.set(effect.notice.case, effect.notice.content.priority);
          }
        });
        for (const draft of alerts.values()) {
          const id = inCase.get(draft.id) as string;
          expect(id).not.toBe('');
          if (draft.clearedAt !== undefined || !['P1', 'P2'].includes(draft.priority)) continue;
          expect(PRIORITIES.indexOf(told.get(id) as Priority)).toBeLessThanOrEqual(
            PRIORITIES.indexOf(draft.priority),
          );
        }
      }),
      { numRuns: runs(30, 2_000) },
    );
  });

  it('a book that is stored and restored after every step gives the same effects', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const straight = emptyBook();
        let restored = emptyBook();
        const [a, b] = [new Map<number, AlertDraft>(), new Map<number, AlertDraft>()];
        steps.forEach((one, n) => {
          restored = JSON.parse(JSON.stringify(restored)) as CaseBook;
          expect(play(restored, b, one, n)).toEqual(play(straight, a, one, n));
          expect(restored).toEqual(straight);
        });
      }),
      { numRuns: runs(30, 1_600) },
    );
  });
});
