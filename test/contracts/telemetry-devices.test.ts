import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceNumbers } from '../../src/store/telemetry/device-numbers.ts';
import { runs } from '../runs.ts';

describe('the numbers of devices', () => {
  it('are found by id as in a map, whatever came and went', () => {
    const step = fc.record({ goes: fc.boolean(), from: fc.nat(5_000), count: fc.nat(3_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const [numbers, model] = [new DeviceNumbers(), new Map<string, number>()];
        let last = 0;
        for (const { goes, from, count } of steps)
          for (let i = from; i < from + count; i++) {
            const id = `m${i}`;
            if (goes) numbers.delete(id);
            if (goes) model.delete(id);
            else if (!model.has(id)) {
              numbers.set(id, ++last);
              model.set(id, last);
            }
          }
        for (let i = 0; i < 8_000; i += 7) expect(numbers.get(`m${i}`)).toBe(model.get(`m${i}`));
        expect(new Map(numbers.entries())).toEqual(model);
      }),
      { numRuns: runs(5) },
    );
  });
});
