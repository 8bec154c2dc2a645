import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import { lastDrawnHour } from '../../src/model/water-book.ts';
import { T0 } from '../core.ts';
import { instant, productRules, type Setting, type Story, tell } from './story.ts';

const setting = (model = 'homie'): Setting => ({
  homes: { h1: [] },
  rules: productRules
    .filter(({ id }) => ['W1', 'M1', 'M2-restart'].includes(id))
    .map((rule) => ({ ...rule, arming: undefined })),
  entries: [{ noun: 'device', id: 'meter', model, home: 'h1', enrolledAt: T0 }],
});

function says(story: Story, metric: MetricName, value: number, at = story.now): void {
  const readings = [{ metric, value, at }];
  story.input({
    kind: 'report',
    device: 'meter',
    receivedAt: story.now,
    clock: 'device',
    readings,
    events: [],
  });
}

/** The battery each half hour: the device is heard, and says nothing of its index. */
function isHeard(story: Story, until: string): void {
  const half = 30 * MINUTE;
  for (let at = (Math.floor(story.now / half) + 1) * half; at <= instant(until); at += half) {
    story.after(at - story.now);
    says(story, 'battery_pct', 90);
  }
}

/** Twenty litres at eight, at noon and at six in the evening; the last draw is that of noon on the second day. */
function lives(story: Story): void {
  let index = 7;
  says(story, 'water_index_m3', index);
  for (const when of ['08:00', '12:00', '18:00', 'day 2 08:00', 'day 2 12:00']) {
    isHeard(story, when);
    story.after(MINUTE);
    index += 0.02;
    says(story, 'water_index_m3', index);
  }
}

describe('a meter that sends its index only when that changes', () => {
  for (const model of ['homie', 'sparkplug-b', 'bthome', 'tasmota'])
    tell(`is believed to stand still while it is heard: ${model}`, setting(model), (story) => {
      lives(story);
      isHeard(story, 'day 3 16:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:30']);
      says(story, 'water_index_m3', 7.14);
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:30, recovered day 3 16:00']);
    });

  tell('says nothing of a home while it is not heard: that is told', setting(), (story) => {
    lives(story);
    story.until('day 4 16:00');
    expect(story.alerts('h1')).toHaveLength(1);
    expect(story.alerts('h1')[0]).toMatch(/^M1 raised day 3 01/);
  });

  tell('and whose index comes late is believed sooner than its silence', setting(), (story) => {
    lives(story);
    isHeard(story, 'day 3 11:30');
    says(story, 'water_index_m3', 7.14, instant('day 3 09:10'));
    isHeard(story, 'day 4 08:00');
    expect(story.alerts('h1')).toEqual([]);
    expect(story.rejections).toEqual([]);
    isHeard(story, 'day 4 12:00');
    expect(story.alerts('h1')).toEqual(['W1 raised day 4 09:30']);
  });

  tell('and begins anew at another index is believed when it stays with it', setting(), (story) => {
    lives(story);
    says(story, 'water_index_m3', 0.5, story.now + 1);
    expect(story.rejections).toEqual(['counter-backwards']);
    isHeard(story, 'day 3 12:00');
    expect(story.alerts('h1')).toEqual(['M2-restart raised day 2 12:30']);
    isHeard(story, 'day 3 13:00');
    expect(story.alerts('h1')).toEqual(['M2-restart raised day 2 12:30', 'W1 raised day 3 12:30']);
  });

  tell('and names a wrong index is not believed for what stands beside it', setting(), (story) => {
    lives(story);
    const [at, after] = [story.now + MINUTE, story.now + 2 * MINUTE];
    story.after(2 * MINUTE);
    story.input({
      kind: 'report',
      device: 'meter',
      receivedAt: story.now,
      clock: 'device',
      readings: [
        { metric: 'water_index_m3', value: 0.5, at },
        { metric: 'battery_pct', value: 90, at: after },
      ],
      events: [],
    });
    story.after(MINUTE);
    says(story, 'water_index_m3', 7.12);
    isHeard(story, 'day 2 14:00');
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('and draws much at once is believed when it stays with it', setting(), (story) => {
    lives(story);
    story.after(30 * MINUTE);
    says(story, 'water_index_m3', 13.1);
    const held = story.now;
    expect(story.rejections).toEqual(['counter-jump']);
    const taken: unknown[] = [];
    story.watches((_, { accepted }) => taken.push(...(accepted?.readings ?? [])));
    isHeard(story, 'day 2 14:00');
    expect(taken).toContainEqual({ metric: 'water_index_m3', value: 13.1, at: held });
    const book = story.core.deviceOf('meter')?.state.waterBook;
    const [midnight, now] = [instant('day 2 00:00') / HOUR, story.now / HOUR];
    expect(book && lastDrawnHour(book, midnight, now)).toBe(instant('day 2 12:00') / HOUR);
  });
});
