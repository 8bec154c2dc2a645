import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { atLength } from '../runs.ts';
import { instant, Story, tell } from './story.ts';

/**
 * What breaks in comparable systems, each as a story. Twelve cases; those that other files tell are named here:
 *
 *  1. a restart in the middle of a day's window or of ten minutes: below; and every story is told restarted after each input
 *  2. a batch of some hours, shuffled, with repeats: below
 *  3. a gap in the data is neither "no water" nor an end of what is open: water.test.ts, "a meter that nobody can hear"
 *  4. reset, roll-over, exchange: water.test.ts, "a counter that does not just count"; change of unit, repeated total: below
 *  5. readings further apart than the rule's window, and instants on its very edge: below
 *  6. two readings in one millisecond: below; for bands and cuffs: band.test.ts and blood-pressure.test.ts
 *  7. a window of the day that opens while the condition holds already: gates.test.ts, "a rule that speaks at certain hours"
 *  8. escalation with a window of the day, over a restart, midnight and a change of clocks: rosters.test.ts, "who is on duty when a
 *     case is called" and "a change of clocks"; over a kill: many-due.test.ts
 *  9. an acknowledgement that is forgotten pages again: escalation.test.ts, "a case that somebody took and forgot"
 * 10. one channel is down, the others are served: edges/notify-outbox.test.ts; that no alert knows of channels: cases.test.ts
 * 11. a gateway with five hundred homes is one incident: below
 * 12. rules that are changed while alerts are open: rules.test.ts; while an escalation runs: escalation.test.ts, "goes on under the
 *     steps that it began with"
 */
const waterHome = { homes: { h1: ['meter'] } } as const;
const kind = (id: string, name: string, params: object = {}): unknown => ({ id, kind: name, params });

describe('a restart in the middle', () => {
  const fast = kind('V4', 'reading-limit', {
    limits: [{ metric: 'pulse_bpm', above: 120 }],
    confirm: { count: 2, of: 40, withinMinutes: 30 },
    holdMinutes: 10,
  });

  tell(
    'of ten minutes of fast pulse forgets none of them',
    { homes: { h1: ['band'] }, rules: [fast] },
    (story) => {
      const { band } = story.home('h1');
      for (let minute = 0; minute <= 12; minute++) {
        story.until(`10:${String(minute).padStart(2, '0')}`);
        if (minute === 5) story.restart();
        band.says({ at: story.now, pulse_bpm: 130 });
      }
      expect(story.alerts()).toEqual(['V4 raised day 1 10:10']);
    },
  );
});

describe('readings of hours that come in one batch', () => {
  const rules = [kind('W1', 'low-consumption'), kind('W3', 'no-draw'), kind('W6', 'sustained-flow')];

  /** A day of life and a day without, sent every six hours: as they were measured, or mixed up and some of them twice. */
  const alertsOf = (mixed: boolean): string[] => {
    const random = seededRandom(11);
    const story = new Story({ homes: { h1: [] }, entries: [meter], rules });
    let litres = 1000;
    for (let start = instant('00:00'); start < instant('day 4 00:00'); start += 6 * HOUR) {
      const batch = Array.from({ length: 6 }, (_, hour) => {
        const at = start + (hour + 1) * HOUR;
        if (at < instant('day 2 06:00') && random.chance(0.5)) litres += random.integer(2, 30);
        return { at, water_index_m3: litres / 1000 };
      });
      if (mixed) batch.sort((a, b) => ((a.at * 7919) % 13) - ((b.at * 7919) % 13));
      story.after(start + 6 * HOUR + MINUTE - story.now);
      story.publish('wm', mixed ? [...batch, ...batch.slice(1, 4)] : batch);
      if (mixed) story.publish('wm', batch.slice(2));
    }
    return story.alerts();
  };
  const meter = { noun: 'device', id: 'wm', model: 'water-meter', home: 'h1', enrolledAt: instant('00:00') };

  test('shuffled and with repeats, raise what they raise in order', () => {
    const inOrder = alertsOf(false);
    expect(inOrder.map((alert) => alert.slice(0, 2))).toContain('W1');
    expect(alertsOf(true)).toEqual(inOrder);
  });
});

describe('a counter', () => {
  tell('that repeats its last total says that nothing passed, and no more', waterHome, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 08:00');
    for (let times = 0; times < 5; times++) {
      story.after(MINUTE);
      meter.reports();
    }
    story.until('day 3 12:00');
    expect(story.alerts()).toEqual([]);
  });

  tell('that suddenly counts in litres is refused by name, and no flood is told', waterHome, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 08:30');
    meter.says({ at: story.now, water_index_m3: meter.litres });
    story.until('day 3 12:00');
    expect(story.rejections).toEqual(['counter-jump']);
    expect(story.alerts()).toEqual([]);
  });
});

describe('readings further apart than the window of a rule', () => {
  const setting = {
    homes: { h1: [] },
    entries: [
      {
        noun: 'device',
        id: 'wm',
        model: 'water-meter',
        home: 'h1',
        enrolledAt: instant('00:00'),
        expectedIntervalMs: 4 * HOUR,
      },
    ],
    rules: [kind('W', 'low-consumption', { windowHours: 2, leakCorrected: false })],
  };
  const reads = (story: Story, when: string, litres: number): void => {
    story.until(when);
    story.publish('wm', { at: story.now, water_index_m3: litres / 1000 });
  };

  tell('lose neither the beginning nor the end', setting, (story) => {
    reads(story, '00:00', 1000);
    reads(story, '04:00', 1100);
    reads(story, '08:00', 1101);
    reads(story, '12:00', 1102);
    reads(story, '16:00', 1200);
    reads(story, '20:00', 1201);
    expect(story.alerts()).toEqual(['W raised day 1 08:00, recovered day 1 16:00', 'W raised day 1 20:00']);
  });
});

describe('on the very edge', () => {
  tell(
    'a reading at the instant at which its device would be called silent is in time',
    waterHome,
    (story) => {
      const { meter } = story.home('h1');
      story.until('10:00');
      meter.dies();
      story.until('14:00');
      expect(story.alerts()).toEqual([]);
      meter.revives();
      meter.reports();
      story.until('17:00');
      expect(story.alerts()).toEqual([]);
    },
  );
});

describe('two readings in one millisecond', () => {
  tell('are one alert: the second corrects the first', waterHome, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 3 12:00');
    meter.reports();
    meter.says({ at: story.now, water_index_m3: (meter.litres + 1) / 1000 });
    meter.says({ at: story.now, water_index_m3: (meter.litres + 2) / 1000 });
    story.until('day 3 13:30');
    expect(story.alerts()).toEqual(['W1 raised day 3 12:00']);
    expect(story.rawAlerts()).toHaveLength(1);
  });
});

atLength('a gateway with five hundred homes that dies is one incident', () => {
  const names = Array.from({ length: 500 }, (_, index) => `h${index}`);
  const homes = Object.fromEntries(names.map((id) => [id, ['meter' as const]]));
  const story = new Story({ homes, gateways: { gw: names } });
  story.until('03:30');
  story.gatewayDies('gw');
  story.until('12:00');
  expect(story.alerts().map((alert) => alert.slice(0, 9))).toEqual(['M1 raised']);
  expect(story.cases()).toHaveLength(1);
});
