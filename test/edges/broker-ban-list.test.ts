import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BanList } from '../../src/broker/ban-list.ts';

const TERMS = { offencesMax: 2, windowMs: 100, banMs: 50, oneEveryMs: 20, keptMax: 3 };

describe('the ban list', () => {
  test('bans who offends too often within the window, for the time of the ban', () => {
    const list = new BanList(TERMS);
    expect([list.offend('a', 0), list.offend('a', 10)]).toEqual([false, false]);
    expect(list.tries('a', 10)).toBe(true);
    expect(list.offend('a', 99)).toBe(true);
    expect(list.tries('b', 99)).toBe(true);
    expect([100, 148, 149, 149].map((now) => list.admits('a', now))).toEqual([false, true, true, true]);
    expect(list.offences('a', 99)).toBe(0);
  });

  test('lets one try of who is banned through now and then, and no second one beside it', () => {
    const list = new BanList(TERMS);
    for (let n = 0; n < 3; n++) list.offend('a', 0);
    const tried = [1, 19, 20, 21, 39, 40, 41, 50, 50].map((now) => list.tries('a', now));
    expect(tried).toEqual([false, false, true, false, false, true, false, true, true]);
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
