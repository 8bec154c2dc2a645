import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BanList } from '../../src/broker/ban-list.ts';

const TERMS = { offencesMax: 2, windowMs: 100, banMs: 50, keptMax: 3 };

describe('the ban list', () => {
  test('bans who offends too often within the window, for the time of the ban', () => {
    const list = new BanList(TERMS);
    expect([list.offend('a', 0), list.offend('a', 10)]).toEqual([false, false]);
    expect(list.banned('a', 10)).toBe(false);
    expect(list.offend('a', 99)).toBe(true);
    expect([list.banned('a', 148), list.banned('a', 149), list.banned('b', 99)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('forgives what lies further back than the window', () => {
    const list = new BanList(TERMS);
    for (const at of [0, 50, 100, 150, 200, 250]) expect(list.offend('a', at)).toBe(false);
  });

  test('remembers no more offenders than it may, and none whose time is over', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(30))), (offences) => {
        const list = new BanList(TERMS);
        let now = 0;
        for (const [who, later] of offences) {
          now += later;
          list.offend(String(who), now);
          expect(list.size).toBeLessThanOrEqual(TERMS.keptMax);
        }
        list.prune(now + TERMS.windowMs + TERMS.banMs);
        expect(list.size).toBe(0);
      }),
    );
  });
});
