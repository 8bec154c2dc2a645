import { expect, test } from 'vitest';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import { kinds } from './core.ts';
import { played } from './rule-examples.ts';

const said = (kind: string, params: object, values: object, model?: string): string[] => {
  const inputs = [{ at: 0, every: 1, until: 3, values }];
  const story = {
    name: '',
    params: { ...params },
    inputs,
    until: 4,
    expect: [],
    ...(model ? { model } : {}),
  };
  const { alerts } = played(kinds.get(kind) as AnyRuleKind, story);
  return alerts.flatMap(({ evidence: { text } }) => [text.zh, text.en]);
};

test('what a rule has found is told with units as people write them', () => {
  const [zh, en] = said(
    'device-limit',
    { metric: 'flow_m3_h', below: -0.01, clear: 0 },
    { flow_m3_h: -0.05 },
  );
  expect(zh).toContain('瞬时流量 -0.05 m³/h（');
  expect(en).toContain('Flow -0.05 m³/h (');
  const [weak] = said('device-limit', { metric: 'signal_dbm', below: -110 }, { signal_dbm: -115 });
  expect(weak).toContain('信号 -115 dBm（');
});

test('a count is told without one: its title says what is counted', () => {
  const [pulses] = said('device-limit', { metric: 'steps_count', above: 5 }, { steps_count: 9 }, 'wristband');
  expect(pulses).toContain('步数 9（');
});
