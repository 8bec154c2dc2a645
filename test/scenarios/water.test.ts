import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { instant, type Story, tell } from './story.ts';

const setting = { homes: { h1: ['meter'] } } as const;
const low = (story: Story): string[] => story.alerts('h1').filter((alert) => alert.startsWith('W1'));

describe('a rule that does not wait for what it cannot measure', () => {
  const W1 = { id: 'W1', kind: 'low-consumption', params: { measuredOnly: true } };

  tell(
    'says so of an alert that it ends, and not that water was drawn',
    { ...setting, rules: [W1] },
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.standsStill();
      story.until('day 3 12:30');
      meter.dies();
      story.until('day 4 12:30');
      meter.revives();
      story.until('day 4 18:30');
      expect(low(story)).toEqual(['W1 raised day 3 12:00']);
      // The window would have to begin within the day of which nothing is known.
      story.until('day 4 19:30');
      expect(low(story)).toEqual(['W1 raised day 3 12:00, unmeasured day 4 19:00']);
      expect(story.lastEntry('h1.c1', 'alert-cleared')?.text.en).toMatch(
        /not measured any more: nobody can tell/,
      );
    },
  );
});

describe('a home in which no water is drawn', () => {
  tell('is found when 24 hours are full, and it ends when somebody draws again', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    expect(story.alerts()).toEqual([]);
    meter.standsStill();
    // The last draw is that of noon on day 2; the window that begins with it holds nothing.
    story.until('day 3 11:30');
    expect(low(story)).toEqual([]);
    story.until('day 3 12:30');
    expect(low(story)).toEqual(['W1 raised day 3 12:00']);
    expect(story.rawAlerts('h1')[0]).toMatchObject({
      about: 'person',
      priority: 'P2',
      since: instant('day 3 12:00'),
    });
    // When yesterday's reading arrived is not kept, and nothing is said of it.
    const [first, last] = story.rawAlerts('h1')[0]?.evidence.readings ?? [];
    expect(first).not.toHaveProperty('receivedAt');
    expect(last?.receivedAt).toBeGreaterThanOrEqual(last?.at ?? Number.NaN);
    meter.lives();
    story.until('day 4 00:00');
    expect(low(story)).toEqual(['W1 raised day 3 12:00, recovered day 3 18:00']);
  });

  tell('says how long its window was, where the reading at its beginning is missing', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 2 17:30');
    meter.dies();
    story.until('day 2 20:30');
    meter.revives();
    story.until('day 3 11:30');
    // Read at eleven, then not before six.
    meter.dies();
    story.until('day 3 17:30');
    meter.revives();
    story.until('day 3 18:30');
    const { text, values } = story.rawAlerts('h1').find(({ rule }) => rule === 'W1')?.evidence ?? {};
    expect(text?.zh).toMatch(/^25 小时（03-02 17:00 至 03-03 18:00）只用水 0 升，低于 10 升/);
    expect(text?.en).toMatch(/^Only 0 L of water in 25 h \(03-02 17:00 to 03-03 18:00\), below 10 L/);
    expect(values).toMatchObject({ windowHours: 24, measuredHours: 25 });
  });

  tell('is found although its pipe drips', setting, (story) => {
    const { meter } = story.home('h1');
    meter.drips(2);
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 4 00:00');
    expect(low(story)).toEqual(['W1 raised day 3 12:00']);
  });

  tell('is found on time when the service was started anew in the middle of the window', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 2 23:30');
    story.restart();
    story.until('day 3 12:30');
    expect(low(story)).toEqual(['W1 raised day 3 12:00']);
  });

  tell(
    'that people resolved while it still holds is raised again after 12 hours and not before',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.standsStill();
      story.until('day 3 13:30');
      expect(story.resolve('h1.c1', 'asleep')).toBe('ok');
      expect(low(story)).toEqual(['W1 raised day 3 12:00, resolved day 3 13:30']);
      story.until('day 4 01:29');
      expect(story.open()).toEqual([]);
      story.until('day 4 02:30');
      expect(low(story)).toEqual(['W1 raised day 3 12:00, resolved day 3 13:30', 'W1 raised day 4 02:00']);
      expect(story.cases('h1')).toEqual(['h1.c1 safety P2 resolved: a1', 'h1.c2 safety P2 open: a2']);
    },
  );

  tell(
    'that people resolved, and that then drew water, does not wait: the next time is a new finding',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.standsStill();
      story.until('day 3 13:30');
      story.resolve('h1.c1', 'asleep');
      // One bath within the twelve hours, and then nothing: the window is empty again a day after the bath.
      meter.litres += 100;
      story.until('day 3 14:30');
      story.until('day 4 15:30');
      expect(low(story)).toEqual(['W1 raised day 3 12:00, resolved day 3 13:30', 'W1 raised day 4 14:00']);
    },
  );
});

describe('a meter that nobody can hear', () => {
  tell('is a silent device, never a home without water', setting, (story) => {
    story.until('day 2 12:30');
    story.home('h1').meter.dies();
    story.until('day 4 12:00');
    expect(story.alerts()).toEqual(['M1 raised day 2 16:00']);
  });

  tell('does not end an alert about the person', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 3 12:30');
    meter.dies();
    story.until('day 5 00:00');
    expect(story.open()).toEqual(['W1', 'M1']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1', 'h1.c2 technical P3 open: a2']);
  });

  tell('uploads a day of values late, with use in it: nothing is claimed', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.dies();
    const batch: unknown[] = [];
    for (let hour = 13; hour < 37; hour++) {
      story.until(hour < 24 ? `day 2 ${hour}:00` : `day 3 ${String(hour - 24).padStart(2, '0')}:00`);
      batch.push({ at: story.now, water_index_m3: meter.litres / 1000 });
    }
    meter.says(batch);
    meter.revives();
    story.until('day 4 12:00');
    expect(story.alerts()).toEqual(['M1 raised day 2 16:00, recovered day 3 12:00']);
  });

  tell('uploads a day of values late, without use in it: somebody should knock', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.dies().standsStill();
    story.until('day 3 12:30');
    const from = instant('day 2 13:00');
    const hours = Array.from({ length: 24 }, (_, index) => from + index * HOUR);
    meter.says(hours.map((at) => ({ at, water_index_m3: meter.litres / 1000 })));
    expect(story.rejections).toEqual([]);
    expect(low(story)).toEqual(['W1 raised day 3 12:30']);
  });
});

describe('a counter that does not just count', () => {
  tell('is exchanged: no spike, no false alert, and the new meter is watched', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.litres = 7;
    expect(story.command({ type: 'device.exchange', device: meter.id, at: story.now })).toEqual({ ok: true });
    story.until('day 4 12:30');
    expect(story.alerts()).toEqual([]);
    expect(story.rejections).toEqual([]);
    meter.standsStill();
    story.until('day 5 12:30');
    expect(low(story)).toEqual(['W1 raised day 5 12:00']);
  });

  tell(
    'is exchanged and nobody told us: the second reading of the new one explains the first',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.litres = 7;
      story.until('day 2 15:30');
      expect(story.rejections).toEqual(['counter-backwards']);
      story.until('day 4 12:30');
      expect(story.alerts()).toEqual(['M2-restart raised day 2 14:00']);
      meter.standsStill();
      story.until('day 5 12:30');
      expect(low(story)).toEqual(['W1 raised day 5 12:00']);
    },
  );

  tell('rolls over: what passed is counted', setting, (story) => {
    const { meter } = story.home('h1');
    meter.litres = 99_999_900;
    // The register has nine digits of a litre; 72 litres a day pass it on the way.
    story.until('day 2 00:30');
    meter.litres = 100_000_000 - 5;
    story.until('day 2 05:30');
    meter.litres = 4;
    story.until('day 4 12:00');
    expect(story.alerts()).toEqual([]);
    expect(story.rejections).toEqual([]);
  });

  tell(
    'goes back once and is right again: the wrong reading is named and nothing else happens',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.says({ at: story.now, water_index_m3: 3 });
      story.until('day 4 12:30');
      expect(story.rejections).toEqual(['counter-backwards']);
      expect(story.alerts()).toEqual([]);
    },
  );

  tell('jumps once and is right again: the jump is named, and does not end an alert', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('day 2 12:30');
    meter.standsStill();
    story.until('day 3 12:30');
    meter.says({ at: story.now, water_index_m3: 9000 });
    story.until('day 4 12:30');
    expect(story.rejections).toEqual(['counter-jump']);
    expect(low(story)).toEqual(['W1 raised day 3 12:00']);
  });

  tell(
    'says something impossible at an instant that it has spoken of: no spike, and the alert stands',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('day 2 12:30');
      meter.standsStill();
      story.until('day 3 12:00');
      meter.says({ at: story.now, water_index_m3: 9000 });
      story.until('day 4 12:30');
      expect(story.rejections).toEqual(['counter-jump']);
      expect(low(story)).toEqual(['W1 raised day 3 12:00']);
    },
  );
});

describe('clocks of devices', () => {
  tell(
    'that stand in 2099 or in 1970 have their readings refused by name; others go on',
    setting,
    (story) => {
      const { meter } = story.home('h1');
      story.until('10:30');
      meter.says({ at: '2099-01-01T00:00:00Z', water_index_m3: 200 });
      meter.says({ at: 0, water_index_m3: 200 });
      meter.says({ at: 'soon', water_index_m3: 200 });
      story.until('day 3 00:00');
      expect(story.rejections).toEqual(['clock-future', 'clock-past', 'clock-malformed']);
      expect(story.alerts()).toEqual([]);
    },
  );
});

describe('a clock that lies further than any calendar', () => {
  tell('is refused by name and stops nothing', setting, (story) => {
    const { meter } = story.home('h1');
    story.until('10:30');
    // A device that counts nanoseconds.
    meter.says({ at: story.now * 1e6, water_index_m3: 200 });
    meter.says({ at: -1e300, water_index_m3: 200 });
    expect(story.rejections).toEqual(['clock-malformed', 'clock-malformed']);
  });
});

describe('two homes', () => {
  tell('never influence each other', { homes: { h1: ['meter', 'band'], h2: ['meter', 'band'] } }, (story) => {
    const [one, two] = [story.home('h1'), story.home('h2')];
    // Bands report nothing here; they are asked to be patient for a day, so that only what we look for is raised.
    story.until('day 2 12:30');
    one.meter.standsStill();
    one.band.presses();
    story.until('day 3 12:30');
    two.meter.dies();
    story.until('day 3 18:00');
    expect(story.open('h1').filter((rule) => rule !== 'M1')).toEqual(['B1', 'W1']);
    expect(story.alerts('h2').filter((alert) => !alert.includes('day 2'))).toEqual(['M1 raised day 3 16:00']);
    expect(story.resolve('h1.c1')).toBe('ok');
    expect(story.case('h2.c1').status).toBe('open');
  });
});
