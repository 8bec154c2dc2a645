import { beforeEach, describe, expect, test } from 'vitest';
import { refusalDetail } from '../../src/web/format/detail.ts';
import { evidenceValue } from '../../src/web/format/evidence.ts';
import { measure } from '../../src/web/format/measure.ts';
import {
  countdown,
  dayTime,
  duration,
  instantOfWall,
  wallInput,
  zoneName,
} from '../../src/web/format/time.ts';
import { locale } from '../../src/web/text/translate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => {
  locale.value = 'en';
});

describe('times', () => {
  test.each([
    [400, '1 s'],
    [59_999, '59 s'],
    [MINUTE, '1 min'],
    [59 * MINUTE, '59 min'],
    [HOUR, '1 h'],
    [HOUR + 5 * MINUTE, '1 h 5 min'],
    [DAY, '1 d'],
    [2 * DAY + 4 * HOUR, '2 d 4 h'],
    [30 * DAY + 4 * HOUR, '30 d'],
  ])('%d ms last %s', (ms, text) => expect(duration(ms)).toBe(text));

  test('clocks are called by their name, not by the id of a zone', () => {
    expect(zoneName('Asia/Shanghai', 0)).toBe('China Standard Time');
    locale.value = 'zh';
    expect(zoneName('Asia/Shanghai', 0)).toBe('中国标准时间');
  });

  test('a countdown shows seconds below an hour, on both sides of zero', () => {
    expect(countdown(4 * MINUTE + 9_400)).toBe('4 min 9 s');
    expect(countdown(-(4 * MINUTE + 9_400))).toBe('4 min 9 s');
    expect(countdown(9_400)).toBe('9 s');
    expect(countdown(HOUR + 5 * MINUTE)).toBe('1 h 5 min');
  });

  test("a moment is told in the community's zone, whatever the zone of the browser", () => {
    const now = Date.parse('2026-03-02T01:00:00+08:00');
    const at = Date.parse('2026-03-01T23:30:00+08:00');
    expect(dayTime(at, now, 'Asia/Shanghai')).toBe('yesterday 23:30');
    expect(dayTime(at, now, 'Europe/Berlin')).toBe('16:30');
    expect(dayTime(Date.parse('2026-02-20T08:05:00+08:00'), now, 'Asia/Shanghai')).toBe('20 Feb 08:05');
    locale.value = 'zh';
    expect(dayTime(at, now, 'Asia/Shanghai')).toBe('昨天 23:30');
  });
});

describe('values', () => {
  test('carry the unit that people write', () => {
    expect(measure('water_index_m3', 123.456)).toBe('123.456\u00a0m³');
    expect(measure('systolic_mmhg', 182)).toBe('182\u00a0mmHg');
    expect(measure('spo2_pct', 96)).toBe('96%');
    expect(measure('worn_bool', 0)).toBe('no');
  });

  test('evidence that is not known here is shown under its own name', () => {
    expect(evidenceValue('belowLitres', 10, 'UTC')).toEqual({
      title: 'Threshold: below',
      value: '10\u00a0L',
    });
    expect(evidenceValue('strangeRatio', 0.5, 'UTC')).toEqual({ title: 'strangeRatio', value: '0.5' });
    expect(evidenceValue('event', 'sos', 'UTC')).toEqual({ title: 'Event', value: 'SOS' });
  });
});

describe('a time that somebody types', () => {
  test.each([
    ['2026-03-01T08:00', 'Asia/Shanghai', '2026-03-01T00:00:00Z'],
    ['2026-07-01T08:00', 'Europe/Berlin', '2026-07-01T06:00:00Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['2026-01-01T00:00', 'UTC', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00', 'America/St_Johns', '2026-01-01T03:30:00Z'],
  ])('%s in %s is %s, and is shown so', (text, zone, instant) => {
    expect(new Date(instantOfWall(text, zone)).toISOString()).toBe(new Date(instant).toISOString());
    expect(wallInput(Date.parse(instant), zone)).toBe(text);
  });
});

describe('what a refusal says beside its reason', () => {
  const NOW = Date.parse('2026-11-26T18:30:00Z');
  const told = (detail: string) => refusalDetail(detail, NOW, 'Asia/Shanghai');

  test.each([
    ['systolic_mmhg at 2026-11-26T18:22:57Z', '收缩压，时间 02:22'],
    ['water_index_m3 123.47 again', '水表读数 123.47 重复'],
    ['pulse_bpm: 900 is not within 20 to 300', '脉搏 900，应在 20 至 300 之间'],
    ['device wb-1 may not publish here', '设备 wb-1 无权在此主题发布'],
    ['some words of a platform', 'some words of a platform'],
  ])('is Chinese for a reader of Chinese, as far as there are words: %s', (detail, words) => {
    locale.value = 'zh';
    expect(told(detail)).toBe(words);
  });

  test('stays as it is in English, with instants as the clocks there show them; a year that cannot be stays', () => {
    expect(told('pulse_bpm at 2026-11-26T10:00:00Z')).toBe('pulse_bpm at yesterday 18:00');
    expect(told('pulse_bpm at 2099-01-01T00:00:00Z')).toBe('pulse_bpm at 2099-01-01T00:00:00Z');
  });
});

test('the figures of a rule have names and units in the language of whoever reads them', () => {
  locale.value = 'zh';
  const shown = [
    ['windowHours', 24],
    ['measuredHours', 25],
    ['usedLitres', 3.5],
    ['leakLitresPerHour', 2],
    ['expectedMinutes', 60],
    ['hoursWithoutDraw', 21],
  ] as const;
  expect(shown.map(([name, value]) => Object.values(evidenceValue(name, value, 'UTC')).join(' '))).toEqual([
    '规则时长 24\u00a0小时',
    '实际计量时长 25\u00a0小时',
    '实际用水 3.5\u00a0升',
    '持续漏水 2\u00a0升/小时',
    '预期上报间隔 60\u00a0分钟',
    '没有用水的时长 21\u00a0小时',
  ]);
});
