import { describe, expect, test } from 'vitest';
import { step } from '../../src/app/pipeline.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Alert } from '../../src/model/alert.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, coreOf } from '../core.ts';
import { instant, type Story, tell, timeText } from './story.ts';

/** How the rules about water work together, by their names in config/rules.yaml. */
const RULES = [
  { id: 'W1', kind: 'low-consumption' },
  { id: 'W2', kind: 'low-consumption', hours: { from: '10:00', to: '22:00' }, params: { windowHours: 12 } },
  { id: 'W3', kind: 'no-draw' },
  { id: 'W4', kind: 'morning-start' },
  { id: 'W5', kind: 'continuous-flow' },
  { id: 'W6', kind: 'sustained-flow' },
  { id: 'W7', kind: 'high-consumption' },
  { id: 'M2-restart', kind: 'meter-restart' },
];
const only = (...ids: string[]) => RULES.filter(({ id }) => ids.includes(id));
const home = { homes: { h1: ['meter'] } } as const;

describe('a home whose pipe leaks', () => {
  const setting = { ...home, rules: only('W1', 'W3', 'W5') };

  tell('is marked as leaking, and low use is found all the same', setting, (story) => {
    const { meter } = story.home('h1');
    meter.drips(2);
    story.until('day 3 12:30');
    expect(story.alerts()).toEqual(['W5 raised day 3 01:00']);
    meter.standsStill();
    story.until('day 4 13:30');
    expect(story.open()).toEqual(['W5', 'W3', 'W1']);
    expect(story.rawAlerts()[0]?.evidence.values).toMatchObject({
      leakLitresPerHour: 2,
      leakLitresPerDay: 48,
    });
    expect(story.rawAlerts()[1]?.evidence.values).toMatchObject({ leakLitresPerHour: 2 });
    // Whoever goes there asks since when: the window ends long after somebody last drew.
    const { text } = story.rawAlerts().find(({ rule }) => rule === 'W1')?.evidence ?? {};
    expect(text?.zh).toMatch(/最近一次用水约在 03-03 12:00$/);
    expect(text?.en).toMatch(/Water was last drawn about 03-03 12:00$/);
  });

  tell('is marked until the pipe is mended', setting, (story) => {
    const { meter } = story.home('h1');
    meter.drips(2);
    story.until('day 3 12:30');
    meter.drips(0);
    // Lunch is at noon and at one nobody draws: the first still hour.
    story.until('day 3 16:00');
    expect(story.alerts()).toEqual(['W5 raised day 3 01:00, recovered day 3 13:00']);
  });
});

describe('a meter that uploads the values of a day at once', () => {
  /** Half an hour after midnight it sends what it measured since the midnight before. */
  function upload(story: Story, day: number): void {
    const { meter } = story.home('h1');
    const batch: unknown[] = [];
    for (let hour = 1; hour <= 24; hour++) {
      story.until(timeText(instant(`day ${day} 00:00`) + hour * HOUR));
      batch.push({ at: story.now, water_index_m3: meter.litres / 1000 });
    }
    story.after(30 * MINUTE);
    meter.says(batch);
  }
  const setting = { ...home, rules: only('W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7') };

  tell('raises nothing on ordinary days', setting, (story) => {
    story.home('h1').meter.dies();
    for (const day of [1, 2, 3]) upload(story, day);
    story.until('day 4 20:00');
    expect(story.alerts()).toEqual([]);
  });

  tell('is judged by what it measured, when it comes', setting, (story) => {
    const { meter } = story.home('h1');
    meter.dies();
    upload(story, 1);
    meter.standsStill();
    upload(story, 2);
    // Twelve hours without use, too, but nobody is called for that at night.
    expect(story.alerts()).toEqual([
      'W1 raised day 3 00:30',
      'W3 raised day 3 00:30',
      'W4 raised day 3 00:30',
    ]);
    expect(story.rawAlerts().map(({ since }) => timeText(since))).toEqual([
      'day 3 00:00',
      'day 2 13:00',
      'day 2 12:00',
    ]);
    meter.lives();
    upload(story, 3);
    expect(story.open()).toEqual([]);
  });
});

describe('a meter that is exchanged', () => {
  const setting = { ...home, rules: only('W1', 'W3', 'W5', 'W6', 'W7', 'M2-restart') };

  tell('after hours in which nothing was read: nothing is claimed about them', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 22:30');
    meter.dies().standsStill();
    story.until('day 3 14:30');
    meter.litres = 7;
    expect(story.command({ type: 'device.exchange', device: meter.id, at: story.now })).toEqual({ ok: true });
    meter.revives();
    // Nobody knows what the old meter counted after 22:00. The new one begins at 15:00, and nothing is drawn.
    story.until('day 4 06:59');
    expect(story.alerts()).toEqual([]);
    story.until('day 4 15:30');
    expect(story.alerts()).toEqual(['W3 raised day 4 07:00', 'W1 raised day 4 15:00']);
  });
});

describe('water that runs', () => {
  const setting = { ...home, rules: only('W6', 'W7') };

  tell('is a tap left on, and not yet a day of high use', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 08:30');
    meter.dies();
    let litres = meter.litres;
    for (let i = 0; i < 5; i++) {
      story.after(30 * MINUTE);
      litres += 100;
      meter.says({ at: story.now, water_index_m3: litres / 1000 });
    }
    expect(story.alerts()).toEqual(['W6 raised day 2 11:00']);
    story.after(30 * MINUTE);
    meter.says({ at: story.now, water_index_m3: litres / 1000 });
    expect(story.alerts()).toEqual(['W6 raised day 2 11:00, recovered day 2 11:30']);
  });
});

describe('a day of high use', () => {
  tell('is told with the time that it was measured over', { ...home, rules: only('W7') }, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 10:30');
    meter.dies();
    story.until('day 3 12:00');
    // The reading at the begin of the last 24 hours is missing.
    meter.says({ at: story.now, water_index_m3: (meter.litres + 2400) / 1000 });
    const { text, values } = story.rawAlerts()[0]?.evidence ?? {};
    expect(text?.zh).toMatch(/^截至 03-03 12:00 的 26 小时用水 24\d\d 升/);
    expect(text?.en).toMatch(/^24\d\d L of water in the 26 h until 03-03 12:00/);
    expect(values).toMatchObject({ measuredHours: 26 });
  });
});

describe('a morning on which clocks change', () => {
  /** When the rule raises, if nothing is drawn from 22:00 on the evening before. */
  function raisedAt(night: string, until: string): string[] {
    const entries = community({ h1: [{ id: 'm', model: 'water-meter' }] }).map((entry) =>
      entry.noun === 'node' && entry.level === 'community'
        ? registryEntrySchema.parse({ ...entry, timeZone: 'Europe/Madrid' })
        : entry,
    );
    const core = coreOf(entries, only('W4'));
    const from = Date.parse(night);
    const alerts = new Map<string, Alert>();
    for (let at = from - 8 * HOUR; at <= Date.parse(until); at += HOUR) {
      const litres = Math.min(0, (at - from) / HOUR) * 5 + 1000;
      const readings = [{ metric: 'water_index_m3' as const, value: litres / 1000, at }];
      const report = { kind: 'report' as const, device: 'm', clock: 'device' as const, events: [], readings };
      for (const effect of step(core, { ...report, receivedAt: at + 1000 }).effects)
        if (effect.type === 'alert') alerts.set(effect.alert.id, effect.alert);
    }
    return [...alerts.values()].map(({ since }) => new Date(since).toISOString());
  }

  test('in spring is judged at noon by the new time', () => {
    expect(raisedAt('2026-03-28T21:00:00Z', '2026-03-29T14:00:00Z')).toEqual(['2026-03-29T10:00:00.000Z']);
  });

  test('in autumn is judged at noon by the new time', () => {
    expect(raisedAt('2026-10-24T20:00:00Z', '2026-10-25T14:00:00Z')).toEqual(['2026-10-25T11:00:00.000Z']);
  });
});
