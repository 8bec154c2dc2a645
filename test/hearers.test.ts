import { expect, test } from 'vitest';
import { step } from '../src/app/pipeline.ts';
import type { MetricName } from '../src/model/metrics.ts';
import type { RuleSet } from '../src/model/rule-set.ts';
import { community, coreOf, T0 } from './core.ts';

const BATTERY = { id: 'M2', kind: 'device-limit', params: { metric: 'battery_pct', below: 20 } };
const OF_METERS = { ...BATTERY, params: { ...BATTERY.params, models: ['water-meter'] } };
const HOMES = { h1: [{ id: 'b1', model: 'wristband' }], h2: [{ id: 'b2', model: 'wristband' }] };

/** Who is told of after two words on a low battery from each band. */
function told(rule: typeof BATTERY, overrides: Partial<RuleSet['overrides'][number]>[] = []): string[] {
  const core = coreOf(community(HOMES), [rule], overrides);
  const found: string[] = [];
  for (const minute of [1, 2])
    for (const device of ['b1', 'b2']) {
      const at = T0 + minute * 60_000;
      const readings = [{ metric: 'battery_pct' as MetricName, value: 5, at }];
      const { effects } = step(core, {
        kind: 'report',
        receivedAt: at,
        device,
        clock: 'device',
        readings,
        events: [],
      });
      for (const effect of effects) if (effect.type === 'alert') found.push(effect.alert.device ?? '');
    }
  return found;
}

test('a rule hears the devices of the models that matter to it, and no others', () => {
  expect(told(BATTERY)).toEqual(['b1', 'b2']);
  expect(told(OF_METERS)).toEqual([]);
});

test('where one home has other parameters, the rule hears more there, and nowhere else', () => {
  const author = { author: '李医生', reason: '-' };
  const all = [{ home: 'h2', rule: 'M2', params: { models: [] }, ...author }];
  expect(told(OF_METERS, all)).toEqual(['b2']);
});

test('a rule hears what it reads beside any event, also after the same event came beside something else', () => {
  const core = coreOf(community({ h1: [{ id: 'm1', model: 'water-meter' }] }), [BATTERY]);
  const effects = (
    [
      ['water_index_m3', 12],
      ['battery_pct', 5],
      ['battery_pct', 5],
    ] as const
  ).map(([metric, value], minute) => {
    const at = T0 + minute * 60_000;
    const readings = [{ metric, value, at }];
    const events = [{ event: 'general_alarm' as const, at }];
    return step(core, { kind: 'report', receivedAt: at, device: 'm1', clock: 'device', readings, events })
      .effects;
  });
  expect(effects.map((each) => each.some(({ type }) => type === 'alert'))).toEqual([false, false, true]);
});
