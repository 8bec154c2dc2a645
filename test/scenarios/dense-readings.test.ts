import { describe, expect } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { productRules, type Setting, type Story, tell } from './story.ts';

const by = (rule: string): Setting => ({
  homes: { h1: ['band', 'thermometer'] },
  rules: productRules.filter(({ id }) => id === rule),
});

/** It says this again and again, for so many minutes. */
function says(story: Story, minutes: number, everySeconds: number, values: object, by = 'band'): void {
  const to = story.now + minutes * MINUTE;
  for (let at = story.now; at < to; at += everySeconds * SECOND) {
    story.now = at;
    story.publish(`h1-${by}`, { at, ...values });
  }
  story.now = to;
  story.tick();
}

describe('a device that measures again and again', () => {
  tell(
    'each ten seconds, and counts no steps, is believed after an hour of a fast pulse',
    by('V4'),
    (story) => {
      story.until('10:00');
      says(story, 70, 10, { pulse_bpm: 125 });
      expect(story.alerts('h1')).toEqual(['V4 raised day 1 11:00']);
    },
  );

  tell('each two seconds is believed after ten minutes of a slow pulse', by('V5'), (story) => {
    story.until('10:00');
    says(story, 12, 2, { pulse_bpm: 36 });
    expect(story.alerts('h1')).toEqual(['V5 raised day 1 10:10']);
  });

  tell('is not, where the pulse was slow for some of these minutes alone', by('V5'), (story) => {
    story.until('10:00');
    for (let minute = 0; minute < 15; minute++) {
      says(story, 0.7, 2, { pulse_bpm: 36 });
      says(story, 0.3, 18, { pulse_bpm: 60 });
      says(story, 0.3, 18, { pulse_bpm: 60 });
    }
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('each five seconds is believed though two of twelve readings are others', by('V5'), (story) => {
    story.until('10:00');
    for (let minute = 0; minute < 12; minute++) {
      says(story, 50 / 60, 5, { pulse_bpm: 36 });
      says(story, 10 / 60, 5, { pulse_bpm: 44 });
    }
    expect(story.alerts('h1')).toEqual(['V5 raised day 1 10:10']);
  });

  tell('each minute has to hold for as long after an hour of which nothing is known', by('V5'), (story) => {
    story.until('10:00');
    says(story, 3, 60, { pulse_bpm: 36 });
    story.until('11:10');
    says(story, 14, 60, { pulse_bpm: 36 });
    expect(story.alerts('h1')).toEqual(['V5 raised day 1 11:20']);
  });

  tell('each minute, and counts no steps, has to hold for an hour without a gap', by('V4'), (story) => {
    story.until('10:00');
    says(story, 3, 60, { pulse_bpm: 125 });
    story.until('11:10');
    says(story, 62, 60, { pulse_bpm: 125 });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 12:10']);
  });

  tell('each minute is not believed for one reading before an hour that is missing', by('V5'), (story) => {
    story.until('09:00');
    says(story, 60, 60, { pulse_bpm: 62 });
    says(story, 1, 60, { pulse_bpm: 36 });
    story.until('11:10');
    says(story, 1, 60, { pulse_bpm: 36 });
    says(story, 20, 60, { pulse_bpm: 62 });
    expect(story.alerts('h1')).toEqual([]);
  });

  tell(
    'each minute is not, where only its first reading after that hour is slow as well',
    by('V5'),
    (story) => {
      story.until('10:00');
      const { now } = story;
      const minutes = Array.from({ length: 20 }, (_, n) => ({
        at: now + n * MINUTE,
        pulse_bpm: n < 19 ? 62 : 36,
      }));
      story.until('10:20');
      story.publish('h1-band', minutes);
      story.until('11:10');
      says(story, 1, 60, { pulse_bpm: 36 });
      says(story, 20, 60, { pulse_bpm: 62 });
      expect(story.alerts('h1')).toEqual([]);
    },
  );

  tell('each minute is grave ten minutes after it became so, whatever was once before', by('V4'), (story) => {
    story.until('10:00');
    const steps_count = 500;
    says(story, 12, 60, { pulse_bpm: 125, steps_count });
    says(story, 1, 60, { pulse_bpm: 133, steps_count });
    says(story, 27, 60, { pulse_bpm: 125, steps_count });
    expect(story.rawAlerts('h1').map(({ priority }) => priority)).toEqual(['P2']);
    says(story, 10, 60, { pulse_bpm: 140, steps_count });
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P2');
    says(story, 1, 60, { pulse_bpm: 140, steps_count });
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P1');
  });

  tell('each minute has to hold no longer for three minutes of two hours before', by('V4'), (story) => {
    story.until('08:00');
    says(story, 3, 60, { pulse_bpm: 125 });
    story.until('10:00');
    says(story, 62, 60, { pulse_bpm: 125 });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 11:00']);
  });

  tell('each minute is believed after five of too little oxygen', by('V6'), (story) => {
    story.until('10:00');
    says(story, 10, 60, { spo2_pct: 86 });
    expect(story.alerts('h1')).toEqual(['V6 raised day 1 10:05']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P2');
  });

  tell('each minute is believed after a quarter of an hour of high fever', by('V7'), (story) => {
    story.until('10:00');
    says(story, 20, 60, { body_temperature_c: 39.4 }, 'thermometer');
    expect(story.alerts('h1')).toEqual(['V7 raised day 1 10:15']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P2');
  });
});

describe('a device that measures once an hour', () => {
  tell('is believed the second time that the pulse is slow', by('V5'), (story) => {
    story.until('10:00');
    says(story, 180, 3600, { pulse_bpm: 36 });
    expect(story.alerts('h1')).toEqual(['V5 raised day 1 11:00']);
  });

  tell('is believed the second time also where it says each pulse twice', by('V5'), (story) => {
    story.until('10:00');
    for (let hour = 0; hour < 3; hour++) {
      says(story, 0.5, 30, { pulse_bpm: 36 });
      says(story, 59.5, 3570, { pulse_bpm: 37 });
    }
    expect(story.alerts('h1')).toEqual(['V5 raised day 1 11:00']);
  });

  tell('is believed when a fast pulse has held for an hour', by('V4'), (story) => {
    story.until('10:00');
    says(story, 180, 3600, { pulse_bpm: 125 });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 11:00']);
  });

  tell('is not where every other time all is well', by('V5'), (story) => {
    story.until('10:00');
    for (const pulse_bpm of [36, 62, 37, 60, 36]) says(story, 60, 3600, { pulse_bpm });
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('is not where a day lies between', by('V5'), (story) => {
    story.until('10:00');
    for (let day = 0; day < 3; day++) says(story, 24 * 60, 24 * 3600, { pulse_bpm: 36 });
    expect(story.alerts('h1')).toEqual([]);
  });
});
