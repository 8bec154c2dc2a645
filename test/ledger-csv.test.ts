import { expect, test } from 'vitest';
import { csvHead, csvRows } from '../src/api/ledger-csv.ts';
import type { NumberedCase } from '../src/ports/records.ts';

const MORNING = Date.UTC(2026, 2, 1, 0);
const at = (minutes: number): number => MORNING + minutes * 60_000;
const row = { locale: 'en', place: '海棠社区 3号楼 501', timeZone: 'Asia/Shanghai', now: at(600) } as const;

const reopened: NumberedCase = {
  id: 'h1.c1',
  number: 7,
  kind: 'safety',
  status: 'struck-off',
  priority: 'P1',
  subject: 'h1',
  home: 'h1',
  path: 'haitang/h1',
  title: { zh: '跌倒', en: 'A fall' },
  openedAt: at(0),
  dueAt: at(0),
  promised: { acknowledge: at(1) },
  alerts: [],
  takenAt: at(1),
  contactAt: at(5),
  onSiteAt: at(30),
  acknowledgedAt: at(121),
  acknowledgedBy: 'WU',
  resolvedAt: at(150),
  resolvedBy: 'WU',
  outcome: 'true-emergency',
  calledBackAt: at(200),
  calledBackBy: 'ZHOU',
  struckOffAt: at(200),
  reopened: 1,
  rounds: [
    {
      from: at(0),
      takenAt: at(1),
      takenBy: 'ZHOU',
      contactAt: at(5),
      onSiteAt: at(30),
      resolvedAt: at(40),
      resolvedBy: 'ZHOU',
      outcome: 'true-need',
      calledBackAt: at(120),
      calledBackBy: 'WU',
      reopenedAt: at(120),
    },
  ],
  round: { from: at(120), takenAt: at(121), onSiteAt: at(140) },
  version: 9,
  entries: 20,
};

/** Each row by the names of the columns. */
function table(one: NumberedCase): Record<string, string>[] {
  const heads = csvHead('en').trim().split(',');
  const rows = csvRows(one, row).trim().split('\r\n');
  return rows.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [heads[i], cell])));
}

test('a case that was reopened has a row for each round, whose times belong together', () => {
  expect(table(reopened)).toMatchObject([
    {
      number: '7',
      round: '1',
      status: 'reopened',
      taken: '2026-03-01 08:01',
      'taken by': 'ZHOU',
      reached: '2026-03-01 08:05',
      resolved: '2026-03-01 08:40',
      'resolved by': 'ZHOU',
      outcome: 'True need',
      'called back': '2026-03-01 10:00',
      'called back by': 'WU',
      'call-back': 'Not satisfied',
      'struck off': '',
      // An earlier version reopened it: what it promised was so of the first round.
      'taken in time': 'yes',
    },
    {
      number: '7',
      round: '2',
      status: 'struck off',
      taken: '2026-03-01 10:01',
      'taken by': 'WU',
      reached: '',
      'on site': '2026-03-01 10:20',
      resolved: '2026-03-01 10:30',
      outcome: 'True emergency',
      'called back': '2026-03-01 11:20',
      'called back by': 'ZHOU',
      'call-back': 'Satisfied',
      'struck off': '2026-03-01 11:20',
      'taken in time': '',
    },
  ]);
});

test('of a case that an earlier version reopened nothing of an earlier round is told as of this one', () => {
  const { rounds: _, round: __, ...before } = reopened;
  const open: NumberedCase = { ...before, status: 'acknowledged', calledBackAt: at(120) };
  const { resolvedAt: ___, ...waits } = open;
  expect(table(waits)).toMatchObject([
    { round: '2', taken: '2026-03-01 10:01', reached: '', 'on site': '', 'called back': '' },
  ]);
});

test('a row says where it was in words, and keeps the path for programs', () => {
  for (const one of table(reopened))
    expect(one).toMatchObject({ place: '海棠社区 3号楼 501', path: 'haitang/h1' });
});

test('of a case that nobody called back about it says who struck it off, why, and how often it was tried', () => {
  const { calledBackAt: _, calledBackBy: __, ...one } = reopened;
  const struck = { ...one, struckOffBy: 'LI', struckOffReason: '老人已去世', unreached: 2 };
  expect(table(struck)[1]).toMatchObject({
    'called back': '',
    'call-back': '',
    'not reached': '2',
    'struck off by': 'LI',
    'struck off because': '老人已去世',
  });
  expect(table(struck)[0]).toMatchObject({
    'not reached': '',
    'struck off by': '',
    'struck off because': '',
  });
});

test('a request says of which category it is; what has none leaves that empty', () => {
  const request = { ...reopened, kind: 'request', category: 'house-repair' } as const;
  expect(table(request).map(({ kind, category }) => [kind, category])).toEqual([
    ['Request', 'house repair'],
    ['Request', 'house repair'],
  ]);
  expect(table(reopened)[0]).toMatchObject({ kind: 'Safety', category: '' });
});
