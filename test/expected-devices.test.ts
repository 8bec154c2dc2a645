import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { step } from '../src/app/pipeline.ts';
import { community, coreOf, T0 } from './core.ts';
import { runs } from './runs.ts';

const HOMES = ['h1', 'h2', 'h3'];
const ENTRIES = community(
  Object.fromEntries(HOMES.map((home) => [home, [{ id: `${home}-meter`, model: 'water-meter' }]])),
);
const id = fc.constantFrom(...HOMES.map((home) => `${home}-meter`), 'nobody');
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), id }) },
  fc.record({ do: fc.constant('expect' as const), ids: fc.array(id, { maxLength: 6 }) }),
  fc.record({ do: fc.constant('expect-devices' as const), ids: fc.array(id, { maxLength: 6 }) }),
  fc.record({ do: fc.constant('remove' as const), id }),
);

describe('devices that are looked up ahead', () => {
  test('are those that the table of ids has, whatever is asked for meanwhile, and also once one has left', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 10, maxLength: 40 }), (actions) => {
        const core = coreOf(ENTRIES, [{ id: 'M1', kind: 'silence' }]);
        for (const one of actions) {
          if (one.do === 'ask') expect(core.deviceOf(one.id)).toBe(core.devices.get(one.id));
          // Those that are expected are asked for in their order, each of them once or twice, as a replay does.
          else if (one.do === 'expect') {
            core.expect(['other', ...one.ids], 1, one.ids.length);
            for (const each of one.ids) expect(core.deviceOf(each)).toBe(core.devices.get(each));
          } else if (one.do === 'expect-devices')
            core.expectDevices(one.ids.flatMap((each) => core.devices.get(each) ?? []));
          else {
            const remove = [{ noun: 'device' as const, key: one.id }];
            const command = { type: 'registry.apply' as const, put: [], remove };
            step(core, { kind: 'command', id: 'c', by: 'system', receivedAt: T0, command });
          }
        }
      }),
      { numRuns: runs(50, 2000) },
    );
  });
});
