import { expect, test } from 'vitest';
import { loadRuleKinds } from '../src/app/definitions.ts';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import type { ExampleInput } from '../src/rules/define.ts';
import { alertsOf } from './rule-examples.ts';

const kinds = await loadRuleKinds();
const lowConsumption = kinds.get('low-consumption') as AnyRuleKind;
const routine = { id: 'W0', kind: 'personal-routine', params: { historyDays: 14 } };

/** What `low-consumption` raises beside other rules. Sixteen days with five litres in each hour from 8 to 22, then nothing until hour 420. */
function lastDraw(): ExampleInput[] {
  const inputs: ExampleInput[] = [];
  for (let hour = 0; hour < 420; hour++) {
    const day = Math.floor(hour / 24);
    const litres = day < 16 ? 75 * day + 5 * Math.min(15, Math.max(0, (hour % 24) - 7)) : 1200;
    inputs.push({ at: hour, values: { water_index_m3: 1 + litres / 1000 } });
  }
  return inputs;
}

const story = (
  params: object,
  beside: readonly (typeof routine)[],
  expected: readonly { raised: number }[],
) =>
  alertsOf(lowConsumption, {
    name: 'a home that stops drawing water',
    params: { ...params },
    beside,
    inputs: lastDraw(),
    until: 420,
    expect: expected,
  });

test('where a routine is learned, very low use leaves it the alert', () => {
  expect(story({ asideForRoutine: true }, [routine], [])).toEqual([]);
});

test('very low use does not stand aside unless it is told to', () => {
  const expected = [{ raised: 405 }];
  expect(story({}, [routine], expected)).toEqual(expected);
});

test('very low use does not stand aside for a routine that nobody watches', () => {
  const expected = [{ raised: 405 }];
  expect(story({ asideForRoutine: true }, [], expected)).toEqual(expected);
});

test('very low use does not stand aside while the routine is not learned', () => {
  const expected = [{ raised: 405 }];
  const young = { ...routine, params: { historyDays: 30 } };
  expect(story({ asideForRoutine: true }, [young], expected)).toEqual(expected);
});
