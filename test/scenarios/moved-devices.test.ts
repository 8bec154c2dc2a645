import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { tell } from './story.ts';

const setting = { homes: { h1: ['meter', 'band', 'cuff'], h2: ['band'] } } as const;
const inHome = (id: string, model: string, home: string) => ({
  noun: 'device',
  id,
  model,
  home,
  enrolledAt: T0,
});
const MOVED = '20:00';
const crisis = (...instants: number[]) =>
  instants.map((at) => ({ at, systolic_mmhg: 214, diastolic_mmhg: 121 }));

describe('a device that is given to another home brings what it kept in the one before', () => {
  tell('the pressure of whoever wore it then says nothing of whoever has it now', setting, (story) => {
    story.until(MOVED);
    expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
    const movedAt = story.now;
    story.until('20:10');
    const kept = crisis(movedAt - 15 * MINUTE, movedAt - 5 * MINUTE);
    const now = { at: story.now, systolic_mmhg: 124, diastolic_mmhg: 78 };
    story.hear('shouwang/h1-cuff/telemetry', [...kept, now]);
    expect(story.alerts()).toEqual([]);
    expect(story.rejections).toEqual(Array(4).fill('before-move'));
    story.until('20:20');
    story.hear('shouwang/h1-cuff/telemetry', crisis(story.now - 5 * MINUTE, story.now));
    expect(story.alerts('h2')).toEqual(['V1 raised day 1 20:20']);
  });

  tell('a home that stood empty is no home in which nobody drew water', setting, (story) => {
    story.home('h1').meter.standsStill();
    story.until(MOVED);
    expect(story.register([inHome('h1-meter', 'water-meter', 'h2')])).toBe('ok');
    story.home('h1').meter.dies();
    story.until('day 2 02:00');
    const day = Array.from({ length: 25 }, (_, hour) => ({
      at: story.now - (24 - hour) * HOUR,
      water_index_m3: 123,
    }));
    story.hear('shouwang/h1-meter/telemetry', day);
    expect(story.alerts('h2').filter((alert) => alert.startsWith('W'))).toEqual([]);
    expect(new Set(story.rejections)).toEqual(new Set(['before-move']));
  });

  tell('a call is told, whenever it was', setting, (story) => {
    story.until(MOVED);
    expect(story.register([inHome('h1-band', 'wristband', 'h2')])).toBe('ok');
    story.until('20:10');
    story.hear('shouwang/h1-band/telemetry', { at: story.now - 15 * MINUTE, event: 'sos' });
    expect(story.open('h2')).toEqual(['B1']);
  });
});

describe('a device that stays in its home', () => {
  tell('may bring what it kept, whatever else changes in its entry', setting, (story) => {
    story.until(MOVED);
    expect(story.register([{ ...inHome('h1-cuff', 'blood-pressure-cuff', 'h1'), place: 'bedroom' }])).toBe(
      'ok',
    );
    story.until('20:10');
    story.hear('shouwang/h1-cuff/telemetry', crisis(story.now - 15 * MINUTE, story.now - 5 * MINUTE));
    expect(story.alerts('h1')).toEqual(['V1 raised day 1 20:10']);
  });

  tell(
    'keeps since when it has been there when its entry is put anew, or says something else',
    setting,
    (story) => {
      story.until(MOVED);
      const since = story.now;
      expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
      story.until('21:00');
      expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
      expect(story.register([{ ...inHome('h1-cuff', 'blood-pressure-cuff', 'h2'), homeSince: 1 }])).toBe(
        'ok',
      );
      expect(story.core.registry.device('h1-cuff')?.homeSince).toBe(since);
    },
  );
});

describe('since when a device has been in its home', () => {
  tell('is said by nobody who enrols it', setting, (story) => {
    story.until(MOVED);
    const entry = { ...inHome('new-band', 'wristband', 'h1'), homeSince: story.now + 9 * HOUR };
    expect(story.register([entry])).toBe('ok');
    expect(story.core.registry.device('new-band')?.homeSince).toBeUndefined();
  });

  // The registry of today, beside what was heard before, as where rules are tried on the weeks that were.
  tell(
    'it is missed there if it says nothing, and not before',
    { homes: { h1: [] }, entries: [{ ...inHome('meter', 'water-meter', 'h1'), homeSince: T0 + 48 * HOUR }] },
    (story) => {
      story.until('day 3 03:00');
      expect(story.alerts()).toEqual([]);
      story.until('day 3 05:00');
      expect(story.alerts()).toEqual(['M1 raised day 3 04:00']);
    },
  );
});
