import { expect, test } from 'vitest';
import type { Core } from '../../src/app/core.ts';
import { step } from '../../src/app/pipeline.ts';
import { HOUR } from '../../src/lib/clock.ts';
import type { EventName } from '../../src/model/metrics.ts';
import { community, coreOf, T0 } from '../core.ts';

const RULE = {
  id: 'M2-leak',
  kind: 'event',
  priority: 'P4',
  params: { events: ['leak'], cancelledBy: 'leak_cleared', about: 'home' },
};

function flag(core: Core, hour: number, event: EventName): string[] {
  const at = T0 + hour * HOUR;
  const report = {
    kind: 'report',
    receivedAt: at,
    device: 'wm1',
    clock: 'device',
    readings: [],
    events: [{ event, at }],
  } as const;
  return step(core, report).effects.flatMap((effect) => (effect.type === 'alert' ? [effect.change] : []));
}

test("a meter's flag that stays set is said once, and not again for half a day after people have dealt with it", () => {
  const core = coreOf(community({ h1: [{ id: 'wm1', model: 'water-meter' }] }), [RULE]);
  expect(flag(core, 1, 'leak')).toEqual(['raised']);
  expect(flag(core, 2, 'leak')).toEqual(['updated']);
  const command = {
    type: 'case.resolve',
    case: 'h1.c1',
    outcome: 'leak',
    note: '',
    contactMadeBy: '',
  } as const;
  step(core, { kind: 'command', receivedAt: T0 + 2.5 * HOUR, id: '1', by: '周敏', command });
  expect(flag(core, 3, 'leak')).toEqual([]);
  expect(flag(core, 15, 'leak')).toEqual(['raised']);
});

test('a flag that was taken back and is set again is said again', () => {
  const core = coreOf(community({ h1: [{ id: 'wm1', model: 'water-meter' }] }), [RULE]);
  flag(core, 1, 'leak');
  expect(flag(core, 2, 'leak_cleared')).toEqual(['cleared']);
  expect(flag(core, 3, 'leak')).toEqual(['raised']);
});
