import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { tell } from './story.ts';

const twenty = Array.from({ length: 20 }, (_, index) => `h${index + 1}`);
const withMeters = (homes: readonly string[]) =>
  Object.fromEntries(homes.map((id) => [id, ['meter'] as const]));

describe('a device that says nothing', () => {
  tell('is found, ends with its next report, and is found again', { homes: { h1: ['meter'] } }, (story) => {
    const { meter } = story.home('h1');
    story.until('10:00');
    meter.dies();
    story.until('18:30');
    expect(story.alerts()).toEqual(['M1 raised day 1 14:00']);
    meter.revives();
    story.until('22:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 14:00, recovered day 1 19:00']);
    meter.dies();
    story.until('day 2 12:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 14:00, recovered day 1 19:00', 'M1 raised day 2 02:00']);
    expect(story.cases()).toEqual(['h1.c1 technical P3 open: a1 a2']);
  });

  tell(
    'is found again after people resolved it and it had come back meanwhile',
    { homes: { h1: ['meter'] } },
    (story) => {
      const { meter } = story.home('h1');
      story.until('10:00');
      meter.dies();
      story.until('15:00');
      expect(story.resolve('h1.c1', 'device')).toBe('ok');
      meter.revives();
      story.until('17:00');
      meter.dies();
      story.until('day 2 12:00');
      expect(story.alerts()).toEqual([
        'M1 raised day 1 14:00, resolved day 1 15:00',
        'M1 raised day 1 21:00',
      ]);
    },
  );

  tell(
    'stays silent after people resolved it: it is raised again after 12 hours, not before',
    { homes: { h1: ['meter'] } },
    (story) => {
      story.until('10:00');
      story.home('h1').meter.dies();
      story.until('15:00');
      story.resolve('h1.c1', 'device');
      story.until('day 2 02:59');
      expect(story.open()).toEqual([]);
      story.until('day 2 03:01');
      expect(story.alerts()[1]).toBe('M1 raised day 2 03:00');
      expect(story.cases('h1')).toEqual(['h1.c1 technical P3 struck-off: a1', 'h1.c2 technical P3 open: a2']);
    },
  );

  tell('and was resolved while we were down: time goes on', { homes: { h1: ['meter'] } }, (story) => {
    const { meter } = story.home('h1');
    story.until('10:00');
    meter.dies();
    story.until('15:00');
    story.resolve('h1.c1', 'device');
    story.serviceStops();
    story.until('day 2 06:00');
    story.serviceStarts();
    meter.revives();
    story.until('day 2 20:00');
    expect(story.open()).toEqual([]);
    expect(story.alerts()).toHaveLength(1);
  });

  tell('never spoke at all: it is found as well', { homes: { h1: ['meter'], h2: ['meter'] } }, (story) => {
    story.home('h1').meter.dies();
    story.until('12:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 04:00']);
    expect(story.rawAlerts()[0]?.evidence.coverage).toBe('never-reported');
  });

  tell(
    'says things that nobody can use: its clock is wrong, so nobody watches over the home',
    { homes: { h1: ['meter'] } },
    (story) => {
      story.until('10:00');
      const { meter } = story.home('h1');
      meter.dies();
      for (let hour = 11; hour < 16; hour++) {
        story.until(`${hour}:00`);
        meter.says({ at: '2099-01-01T00:00:00Z', water_index_m3: 123 });
      }
      expect(story.alerts()).toEqual(['M1 raised day 1 14:00']);
      expect(new Set(story.rejections)).toEqual(new Set(['clock-future']));
    },
  );
});

describe('a gateway with twenty homes behind it', () => {
  const setting = { homes: withMeters(twenty), gateways: { gw: twenty } };

  tell('dies: one alert about the area, none for its devices', setting, (story) => {
    story.until('10:00');
    story.gatewayDies('gw');
    story.until('day 2 10:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 12:45']);
    expect(story.rawAlerts()[0]).toMatchObject({ about: 'area', home: '', subject: 'gw' });
    expect(story.cases()).toEqual(['gw.c1 technical P3 open: a1']);
  });

  tell('is back: a device that stays silent is raised singly', setting, (story) => {
    story.until('10:00');
    story.gatewayDies('gw');
    story.until('18:30');
    story.home('h7').meter.dies();
    story.gatewayReturns('gw');
    story.until('day 2 10:00');
    expect(story.alerts('gw')).toEqual(['M1 raised day 1 12:45, recovered day 1 19:00']);
    expect(story.alerts('h7')).toHaveLength(1);
    expect(story.rawAlerts().filter(({ home }) => home !== '' && home !== 'h7')).toEqual([]);
    // It has its patience of four hours again, at the latest from when the gateway was back.
    expect(story.rawAlerts('h7')[0]?.raisedAt).toBeLessThanOrEqual(story.now - 10 * 3_600_000);
  });

  tell(
    'is back just before one of its devices is looked at again: that has its patience anew',
    setting,
    (story) => {
      story.until('10:00');
      story.gatewayDies('gw');
      story.home('h7').meter.dies();
      story.home('h8').meter.dies();
      story.until('21:30');
      story.gatewayReturns('gw');
      story.home('h1').meter.reports();
      story.until('22:20');
      story.home('h8').meter.revives().reports();
      story.until('day 2 10:00');
      expect(story.alerts().slice(1)).toEqual(['M1 raised day 2 01:30']);
      expect(story.rawAlerts('h7')).toHaveLength(1);
    },
  );

  tell(
    'goes and comes: a device that was overdue before is not put off by that for ever',
    setting,
    (story) => {
      story.until('12:00');
      story.home('h7').meter.dies();
      story.until('13:00');
      for (let round = 0; round < 4; round++) {
        story.gatewayDies('gw');
        story.after(3 * HOUR);
        story.gatewayReturns('gw');
        story.after(HOUR);
      }
      expect(story.alerts('gw')).toHaveLength(4);
      expect(story.alerts('h7')).toEqual(['M1 raised day 1 21:00']);
    },
  );

  tell('dies twice: it is found twice', setting, (story) => {
    story.until('10:00');
    story.gatewayDies('gw');
    story.until('18:30');
    story.gatewayReturns('gw');
    story.until('20:00');
    story.gatewayDies('gw');
    story.until('day 2 12:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 12:45, recovered day 1 19:00', 'M1 raised day 1 22:45']);
  });

  tell(
    'is dead and people resolve that: its devices still wait for it, and it is raised again',
    setting,
    (story) => {
      story.until('10:00');
      story.gatewayDies('gw');
      story.until('13:00');
      expect(story.resolve('gw.c1', 'device')).toBe('ok');
      story.until('day 2 12:00');
      expect(story.alerts()).toEqual([
        'M1 raised day 1 12:45, resolved day 1 13:00',
        'M1 raised day 2 01:00',
      ]);
    },
  );

  tell(
    'is dead when its rule is switched off for gateways: its one alert stands, and the devices wait for it',
    setting,
    (story) => {
      story.until('10:00');
      story.gatewayDies('gw');
      story.until('13:00');
      story.replaceRules([{ id: 'M2', kind: 'silence', params: { models: ['water-meter'] } }]);
      story.until('day 2 12:00');
      expect(story.open()).toEqual(['M1']);
      story.gatewayReturns('gw');
      story.until('day 2 14:00');
      expect(story.alerts()).toEqual(['M1 raised day 1 12:45, recovered day 2 13:00']);
    },
  );
});

describe('our own downtime', () => {
  tell(
    'of ten hours raises no silence, and real silence after it is found',
    { homes: { h1: ['meter'], h2: ['meter'] } },
    (story) => {
      story.until('10:00');
      story.serviceStops();
      story.until('20:00');
      story.home('h2').meter.dies();
      story.serviceStarts();
      story.until('day 2 12:00');
      expect(story.alerts('h1')).toEqual([]);
      expect(story.alerts('h2')).toEqual(['M1 raised day 2 00:00']);
    },
  );
});
