import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { type CaseBook, emptyBook } from '../src/cases/case-book.ts';
import type { Alert, ClearReason, Priority } from '../src/model/alert.ts';
import { contextAt, draftOf, ended, MINUTE, NOON } from './cases-fixtures.ts';

const WORDS = {
  fall: { zh: '手环报告跌倒', en: 'The band reports a fall' },
  water: { zh: '用水过少', en: 'Too little water used' },
  sos: { zh: '求助', en: 'Call for help' },
  alarm: { zh: '一般报警', en: 'General alarm' },
  pulse: { zh: '心率异常', en: 'Pulse' },
  channel: { zh: '通知渠道不可用', en: 'A channel reaches nobody' },
  roster: { zh: '值班表有空缺', en: 'A roster has gaps' },
} as const;

const EVENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fall: { event: 'fall' },
  sos: { event: 'sos' },
  alarm: { event: 'general_alarm' },
};

/** What one home or the service has found so far, and the title under which its newest case stands. */
function book(about: Alert['about'] = 'person') {
  let it: CaseBook = emptyBook();
  let minutes = 0;
  const now = () => contextAt(NOON + minutes++ * MINUTE);
  const draft = (what: keyof typeof WORDS, priority: Priority) =>
    draftOf(`h1.${what}`, {
      about,
      priority,
      title: WORDS[what],
      rule: what,
      evidence: { text: WORDS[what], readings: [], values: EVENTS[what] ?? {} },
    });
  return {
    found: (what: keyof typeof WORDS, priority: Priority) =>
      placeAlert(it, draft(what, priority), 'raised', now()),
    over: (what: keyof typeof WORDS, priority: Priority, reason?: ClearReason) =>
      placeAlert(it, ended(draft(what, priority), NOON, reason), 'cleared', now()),
    again: (what: keyof typeof WORDS, priority: Priority) =>
      placeAlert(it, { ...draft(what, priority), version: 3 }, 'updated', now()),
    /** People called in vain: the case is graver than all that was found. */
    make: (priority: Priority) => {
      for (const one of it.cases) one.case = { ...one.case, priority };
    },
    restart: () => {
      it = JSON.parse(JSON.stringify(it)) as CaseBook;
    },
    fromBefore: () => {
      for (const one of it.cases) delete one.findings;
    },
    title: () => it.cases.at(-1)?.case.title.zh.replace('3号楼2单元501 王秀英：', ''),
  };
}

test('the gravest finding gives a case its title, also where calls in vain had made the case as grave before', () => {
  const home = book();
  home.found('water', 'P2');
  home.make('P1');
  home.found('fall', 'P1');
  expect(home.title()).toBe('手环报告跌倒');
  home.restart();
  home.found('sos', 'P3');
  expect(home.title()).toBe('手环报告跌倒');
});

test('of two that are as grave the newer one gives the title, of which people heard last', () => {
  const home = book();
  home.found('water', 'P2');
  home.found('pulse', 'P2');
  expect(home.title()).toBe('心率异常');
  home.over('water', 'P2');
  home.again('water', 'P2');
  expect(home.title()).toBe('用水过少');
});

test('a call for help stays the title when what devices infer comes after it, as grave', () => {
  for (const call of ['fall', 'sos', 'alarm'] as const) {
    const home = book();
    home.found(call, 'P2');
    home.found('water', 'P2');
    expect(home.title()).toBe(WORDS[call].zh);
    home.restart();
    home.found('pulse', 'P1');
    expect(home.title()).toBe('心率异常');
  }
  const gateway = book('area');
  gateway.found('sos', 'P2');
  gateway.found('channel', 'P2');
  expect(gateway.title()).toBe('求助');
});

test('whoever fell did fall: the title stays when the finding ends, but not when it proves untrue', () => {
  const home = book();
  home.found('water', 'P2');
  home.found('fall', 'P1');
  home.over('fall', 'P1');
  expect(home.title()).toBe('手环报告跌倒');
  home.restart();
  home.over('fall', 'P1', 'late-data');
  expect(home.title()).toBe('用水过少');
});

test('of devices and of the service what still stands gives the title, not what has recovered', () => {
  const service = book('area');
  service.found('channel', 'P2');
  service.found('roster', 'P3');
  expect(service.title()).toBe('通知渠道不可用');
  service.over('channel', 'P2');
  expect(service.title()).toBe('值班表有空缺');
  service.found('channel', 'P2');
  expect(service.title()).toBe('通知渠道不可用');
});

test('a case of an earlier version keeps its title until something graver or newer comes', () => {
  const home = book();
  home.found('fall', 'P1');
  home.fromBefore();
  home.found('water', 'P2');
  expect(home.title()).toBe('手环报告跌倒');
  home.fromBefore();
  home.again('fall', 'P1');
  home.found('sos', 'P1');
  expect(home.title()).toBe('求助');
});

test('whoever was told of a call reads in the title that it is over, where an earlier finding as grave takes its place', () => {
  const home = book();
  home.found('water', 'P1');
  home.found('sos', 'P1');
  expect(home.title()).toBe('求助');
  home.over('sos', 'P1', 'cancelled');
  expect(home.title()).toBe('用水过少（曾有“求助”，已结束）');
  home.restart();
  home.again('water', 'P1');
  expect(home.title()).toBe('用水过少（曾有“求助”，已结束）');
  home.again('sos', 'P1');
  expect(home.title()).toBe('求助');
});

test('a call that proved untrue is not told of in the title of what is left', () => {
  const home = book();
  home.found('water', 'P1');
  home.found('sos', 'P1');
  home.over('sos', 'P1', 'rule-changed');
  expect(home.title()).toBe('用水过少');
});
