import { describe, expect } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { AwayKind } from '../../src/model/away-kinds.ts';
import { instant, productRules, type Setting, type Story, tell } from './story.ts';

const setting: Setting = { homes: { h1: ['meter'] }, rules: productRules };

function registers(story: Story, kind: AwayKind, until: string): void {
  const period = { from: story.now, until: instant(until), kind };
  expect(story.command({ type: 'home.away', home: 'h1', period }).ok).toBe(true);
}
/** Somebody lives there for a day; then guests are registered for two weeks, and no water is drawn any more. */
function nobodyDraws(story: Story): void {
  story.until('day 2 08:00');
  registers(story, 'visitors', 'day 16 08:00');
  story.home('h1').meter.standsStill();
}
const W1 = 'W1 raised day 3 07:00';

describe('where guests are registered', () => {
  tell('and nobody draws water, somebody is told as ever', setting, (story) => {
    nobodyDraws(story);
    story.until('day 4 00:00');
    expect(story.alerts('h1')).toEqual([W1]);
  });

  tell('and nobody draws water, it is told though the visit ends meanwhile', setting, (story) => {
    story.until('day 2 08:00');
    registers(story, 'visitors', 'day 2 20:00');
    story.home('h1').meter.standsStill();
    story.until('day 4 00:00');
    expect(story.alerts('h1')).toEqual([W1]);
  });

  tell('and they travel together, nothing is missed while they do', setting, (story) => {
    nobodyDraws(story);
    story.after(HOUR);
    registers(story, 'travel', 'day 5 08:00');
    story.until('day 6 00:00');
    expect(story.alerts('h1')).toEqual([]);
    story.until('day 7 00:00');
    expect(story.alerts('h1')).toEqual(['W1 raised day 6 08:00']);
  });

  tell('and they come home from a journey sooner, the first water ends that', setting, (story) => {
    nobodyDraws(story);
    story.after(HOUR);
    registers(story, 'travel', 'day 12 08:00');
    story.until('day 4 08:00');
    story.home('h1').meter.lives();
    story.until('day 5 08:00');
    const lasting = story.core.registry.home('h1')?.away?.filter(({ until }) => until > story.now);
    expect(lasting?.map(({ kind }) => kind)).toEqual(['visitors']);
  });

  tell('a visit is as due as it was', setting, (story) => {
    const entry = { noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '101', visitClass: 'high' };
    story.register([entry]);
    story.until('day 2 08:00');
    registers(story, 'visitors', 'day 16 08:00');
    story.until('day 9 00:00');
    expect(story.alerts('h1')).toEqual(['C3 raised day 8 00:00']);
  });

  tell('whoever is responsible reads that the home is watched', setting, (story) => {
    nobodyDraws(story);
    const [told] = story.lines('h1.c1');
    expect(told?.text.zh).toContain('照常看护：没有用水、没有活动仍会告警');
    story.after(DAY + HOUR);
    const noted = story.lines('h1.c2');
    registers(story, 'visitors', 'day 20 08:00');
    const added = story.lines('h1.c2').slice(noted.length);
    expect(added.map(({ text }) => text.zh)).toEqual([expect.stringMatching(/^已登记：有客人.*照常看护$/)]);
  });
});
