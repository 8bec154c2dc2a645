import { describe, expect, test } from 'vitest';
import { ruleClockCheck } from '../src/app/rule-clock-check.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');

describe('the clock of the rules', () => {
  test('that goes with the machine is well', () => {
    expect(ruleClockCheck(12.3, { now: NOW, behind: false })).toEqual({
      ok: true,
      detail: { zh: '落后 12 毫秒', en: '12 ms behind' },
    });
  });

  test('while a long stop is worked off says how far that is, what it means, and that nobody need do anything', () => {
    const { ok, detail } = ruleClockCheck(7_500_000, { now: NOW, behind: true });
    expect(ok).toBe(false);
    expect(detail.zh).toBe(
      '正在逐一补做停机或积压期间到期的事，已做到 2026-03-01T00:00:00Z，还差 2 小时 5 分：新来的呼救照常受理，其他告警可能晚到。做完自行恢复，请勿重启',
    );
    expect(detail.en).toContain('done up to 2026-03-01T00:00:00Z, 2 h 5 min are left');
    expect(detail.en).toContain('do not restart it');
  });

  test('that stands still for slow records says what to look at', () => {
    const { ok, detail } = ruleClockCheck(10_681, { now: NOW, behind: false });
    expect(ok).toBe(false);
    expect(detail.zh).toContain('规则停在 2026-03-01T00:00:00Z，已晚 11 秒');
    expect(detail.en).toContain('look at disk, PostgreSQL and processor');
  });

  test('that is ahead of a machine whose clock was set back is not well either', () => {
    expect(ruleClockCheck(-60_000, { now: NOW, behind: false })).toEqual({
      ok: false,
      detail: {
        zh: '比本机时钟快 1 分 0 秒：本机时钟被调回，或此前走快过。请核对本机时钟（NTP）',
        en: '1 min 0 s ahead of the machine: its clock was set back, or had gone ahead before. Compare the clock of the machine (NTP)',
      },
    });
    expect(ruleClockCheck(-40, { now: NOW, behind: false })).toEqual({
      ok: true,
      detail: { zh: '比本机时钟快 40 毫秒', en: '40 ms ahead of the machine' },
    });
  });
});
