import { expect, test } from 'vitest';
import { loadDeviceModels, loadRuleKinds } from '../src/app/definitions.ts';
import { loadRuleSet } from '../src/app/load.ts';
import { EVENTS, type EventName } from '../src/model/metrics.ts';
import { compileRules } from '../src/rules/compile.ts';

const kinds = await loadRuleKinds();
const models = await loadDeviceModels();
const loaded = await loadRuleSet('config/rules.yaml', kinds);
if (!loaded.ok) throw new Error('config/rules.yaml has mistakes');
const compiled = compileRules(loaded.value, kinds);
if (!compiled.ok) throw new Error('config/rules.yaml does not compile');

/** The rules that come with the service and look at the battery of such a device. */
function told(model: string): string[] {
  const definition = models.get(model);
  if (!definition || !compiled.ok) throw new Error(model);
  const { metrics, events, bloodPressure } = definition;
  const device = { model, metrics, events, bloodPressure };
  return compiled.value.rules.flatMap(({ id, kind, base }) => {
    if (!base || kind.scope !== 'device') return [];
    const { metrics: read = [], events: heard = [] } = kind.reads(base.params);
    const looks =
      read.some((name) => (name === 'battery_pct' || name === 'battery_v') && metrics.includes(name)) ||
      (heard.includes('low_battery') && events.includes('low_battery'));
    return looks && (kind.hears?.(device, base.params) ?? true) ? [id] : [];
  });
}

test('the battery of every model that reports one, as percent, volts or a flag, is told by one rule', () => {
  const powered = models
    .all()
    .filter(
      ({ metrics, events }) =>
        metrics.some((name) => name === 'battery_pct' || name === 'battery_v') ||
        events.includes('low_battery'),
    );
  expect(powered.length).toBeGreaterThan(100);
  const wrong = powered
    .filter(({ model }) => told(model).length !== 1)
    .map(({ model }) => [model, told(model)]);
  expect(wrong).toEqual([]);
  expect(told('wristband')).toEqual(['N1']);
  expect(told('water-meter')).toEqual(['M2-battery']);
});

/** What says nothing of anybody, and the words that end another. */
const UNTOLD = ['boot', 'alarm_test', 'fall_cancelled', 'put_on'];

test('every event that a device may send is told by a rule, ends what one told, or is named here', () => {
  if (!compiled.ok) return;
  const heard = new Set(
    compiled.value.rules.flatMap(({ kind, base }) => (base ? (kind.reads(base.params).events ?? []) : [])),
  );
  const unheard = Object.keys(EVENTS).filter((event) => !heard.has(event as EventName));
  expect(unheard.filter((event) => !UNTOLD.includes(event))).toEqual([]);
});
