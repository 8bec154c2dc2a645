import { describe, expect } from 'vitest';
import { atLength } from '../runs.ts';
import { Story, tell } from './story.ts';

const names = Array.from({ length: 10 }, (_, index) => `h${index + 1}`);
const street = { homes: Object.fromEntries(names.map((id) => [id, ['meter' as const]])) };
const AREA = 'area~haitang~g1~b1';

function stops(story: Story, homes: readonly string[]): void {
  for (const id of homes) story.home(id).meter.dies();
}
function returns(story: Story, homes: readonly string[]): void {
  for (const id of homes) story.home(id).meter.revives();
}
/** Puts homes into a second unit of the building. */
function moveTo(story: Story, unit: string, homes: readonly string[]): void {
  story.register([
    { noun: 'node', path: `haitang/g1/b1/${unit}`, level: 'unit', name: '2单元' },
    ...homes.map((id) => ({ noun: 'home', id, parent: `haitang/g1/b1/${unit}`, name: id })),
  ]);
}

describe('the devices of a building that stop together', () => {
  tell('are one alert, and none for the single ones until it is over', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('day 2 08:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00']);
    expect(story.cases()).toEqual([`${AREA}.c1 technical P3 open: a1`]);
    expect(story.rawAlerts(AREA)[0]).toMatchObject({ about: 'area', home: '', path: 'haitang/g1/b1' });
    returns(story, names);
    story.until('day 2 12:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00, recovered day 2 09:00']);
  });

  tell('and of which one stays silent when the others are back: that one is found then', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('day 2 08:00');
    returns(story, names.slice(1));
    story.until('day 2 12:00');
    expect(story.alerts(AREA)).toEqual(['M3 raised day 1 13:00, recovered day 2 09:00']);
    expect(story.alerts('h1')).toEqual(['M1 raised day 2 09:00']);
    expect(story.open()).toEqual(['M1']);
  });

  tell('are not joined by one that had stopped the day before', street, (story) => {
    story.until('10:30');
    stops(story, ['h1']);
    story.until('day 2 10:30');
    expect(story.alerts()).toEqual(['M1 raised day 1 14:00']);
    stops(story, names.slice(1, 6));
    story.until('day 2 20:00');
    expect(story.open('h1')).toEqual(['M1']);
    expect(story.open(AREA)).toEqual(['M3']);
    expect(story.open('h2')).toEqual([]);
  });

  tell('are not joined by one that stops the day after, while they are still out', street, (story) => {
    story.until('10:30');
    stops(story, names.slice(1, 6));
    story.until('day 2 10:30');
    stops(story, ['h1']);
    story.until('day 2 20:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00', 'M1 raised day 2 14:00']);
  });

  tell('are one alert as well where they are just half of them', street, (story) => {
    story.until('10:30');
    stops(story, names.slice(0, 5));
    story.until('day 2 08:00');
    expect(story.alerts(AREA)).toEqual(['M3 raised day 1 13:00']);
    returns(story, names.slice(0, 5));
    story.until('day 2 20:00');
    expect(story.alerts(AREA)).toEqual(['M3 raised day 1 13:00, recovered day 2 09:00']);
  });

  tell('while the service was away: nobody knows when, and nobody says so', street, (story) => {
    story.until('10:30');
    story.serviceStops();
    stops(story, names);
    story.until('16:00');
    story.serviceStarts();
    story.until('day 2 08:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 19:00']);
    const [alert] = story.rawAlerts(AREA);
    expect(alert?.title.en).toBe('Devices of a building are not heard since the service was away');
    expect(alert?.evidence.text.en).toContain(
      '10 of 10 devices have not been heard since the service itself was away (until 03-01 16:00); when they stopped, and whether together, is not known',
    );
  });

  tell('are not back because the service was away meanwhile', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('14:00');
    story.serviceStops();
    story.until('20:00');
    story.serviceStarts();
    story.until('day 2 20:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00']);
    story.serviceStops();
    story.until('day 2 22:30');
    returns(story, names.slice(1));
    story.serviceStarts();
    story.until('day 3 08:00');
    expect(story.alerts(AREA)).toEqual(['M3 raised day 1 13:00, recovered day 2 23:00']);
    expect(story.open()).toEqual(['M1']);
  });

  tell('are single ones where three stopped in days in which the service was away', street, (story) => {
    story.until('10:30');
    story.serviceStops();
    stops(story, names.slice(0, 3));
    story.until('day 6 10:00');
    story.serviceStarts();
    story.until('day 6 15:00');
    expect(story.alerts(AREA)).toEqual([]);
    expect(story.open()).toEqual(['M1', 'M1', 'M1']);
  });

  // Weeks by the hour: told once, without the restarts.
  atLength('are none where each of them stops every day, and three at once are what chance brings', () => {
    const story = new Story(street);
    for (let day = 2; day <= 15; day++)
      names.forEach((id, index) => {
        story.until(`day ${day} ${String(2 * index).padStart(2, '0')}:30`);
        // Longer than the patience with it, and it is back before the third after it stops.
        returns(story, [names[(index + 8) % 10] as string]);
        stops(story, [id]);
      });
    story.until('day 16 02:30');
    returns(story, names);
    story.until('day 16 10:30');
    stops(story, names.slice(0, 3));
    story.until('day 16 13:30');
    returns(story, names);
    story.until('day 17 10:30');
    expect(story.alerts(AREA)).toEqual([]);
    // More than that, or the same three for longer than ever, is no chance.
    stops(story, names.slice(0, 6));
    story.until('day 18 02:30');
    returns(story, names);
    story.until('day 18 10:30');
    stops(story, names.slice(0, 3));
    story.until('day 18 20:30');
    expect(story.alerts(AREA)).toEqual([
      'M3 raised day 17 13:00, recovered day 18 03:00',
      'M3 raised day 18 15:00',
    ]);
  });

  tell('raise again when it happens again', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('18:00');
    returns(story, names);
    story.until('22:30');
    stops(story, names);
    story.until('day 2 06:00');
    expect(story.alerts(AREA)).toEqual([
      'M3 raised day 1 13:00, recovered day 1 19:00',
      'M3 raised day 2 01:00',
    ]);
  });
});

describe('of a building', () => {
  tell('two devices that stop are two findings', street, (story) => {
    story.until('10:30');
    stops(story, ['h1', 'h2']);
    story.until('20:00');
    expect(story.open(AREA)).toEqual([]);
    expect(story.open('h1')).toEqual(['M1']);
  });

  tell('devices that stop hours apart are findings of their own', street, (story) => {
    story.until('08:30');
    names.slice(0, 5).forEach((id, index) => {
      story.until(`${String(8 + 2 * index).padStart(2, '0')}:30`);
      stops(story, [id]);
    });
    story.until('day 2 08:00');
    expect(story.open(AREA)).toEqual([]);
    expect(story.open()).toEqual(['M1', 'M1', 'M1', 'M1', 'M1']);
  });

  tell('one unit that stops is told by its name', street, (story) => {
    moveTo(story, 'u2', ['h1', 'h2', 'h3']);
    story.until('10:30');
    stops(story, ['h1', 'h2', 'h3']);
    story.until('20:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00']);
    const [alert] = story.rawAlerts(AREA);
    expect(alert?.evidence.values).toMatchObject({ devices: 3, unit: 'haitang/g1/b1/u2' });
  });

  tell('homes that move away take their silence along', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('13:30');
    expect(story.open(AREA)).toEqual(['M3']);
    story.register([
      { noun: 'node', path: 'haitang/g1/b2', level: 'building', name: '2号楼' },
      { noun: 'home', id: 'h1', parent: 'haitang/g1/b2', name: 'h1' },
    ]);
    story.until('20:00');
    expect(story.open('h1')).toEqual(['M1']);
  });

  tell(
    'whose gateway is dead nothing more is said than that',
    { ...street, gateways: { gw: names } },
    (story) => {
      story.until('10:30');
      story.gatewayDies('gw');
      story.until('day 2 08:00');
      expect(story.alerts()).toEqual(['M1 raised day 1 12:45']);
    },
  );
});

describe('a building whose gateway comes back', () => {
  tell(
    'is given the time that its devices need to report through it',
    { ...street, gateways: { gw: names } },
    (story) => {
      story.until('10:30');
      story.gatewayDies('gw');
      story.until('22:30');
      stops(story, names.slice(2));
      story.gatewayReturns('gw');
      story.until('23:30');
      expect(story.alerts()).toEqual(['M1 raised day 1 12:45, recovered day 1 23:00']);
      story.until('day 2 08:00');
      expect(story.open(AREA)).toEqual(['M3']);
    },
  );
});

describe('a building that people have been told of', () => {
  tell('waits when they resolve it, and tells again while it lasts', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('13:30');
    expect(story.resolve(`${AREA}.c1`, 'outage')).toBe('ok');
    story.until('day 2 03:00');
    expect(story.alerts(AREA)).toEqual([
      'M3 raised day 1 13:00, resolved day 1 13:30',
      'M3 raised day 2 01:30',
    ]);
    expect(story.open('h1')).toEqual([]);
  });

  tell('is over without another word when it is back: who falls silent later is found', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('13:30');
    expect(story.resolve(`${AREA}.c1`, 'outage')).toBe('ok');
    story.until('18:30');
    returns(story, names);
    story.until('day 2 10:30');
    stops(story, ['h1']);
    story.until('day 2 20:00');
    expect(story.alerts()).toEqual(['M3 raised day 1 13:00, resolved day 1 13:30', 'M1 raised day 2 14:00']);
  });

  const three = { homes: { h1: ['meter'], h2: ['meter'], h3: ['meter'] } } as const;

  tell('and of which too few homes are left to be one is told of each of these', three, (story) => {
    story.until('10:30');
    stops(story, ['h1', 'h2', 'h3']);
    story.until('13:30');
    expect(story.resolve(`${AREA}.c1`, 'outage')).toBe('ok');
    const gone = [
      { noun: 'device', key: 'h3-meter' },
      { noun: 'resident', key: 'h3-r' },
      { noun: 'home', key: 'h3' },
    ] as const;
    expect(story.register([], [...gone])).toBe('ok');
    story.until('day 2 08:00');
    expect(story.open()).toEqual(['M1', 'M1']);
  });

  tell('waits for it no longer when the rule that told it is gone', street, (story) => {
    story.until('10:30');
    stops(story, names);
    story.until('13:30');
    expect(story.resolve(`${AREA}.c1`, 'outage')).toBe('ok');
    story.replaceRules([{ id: 'M1', kind: 'silence' }]);
    story.until('20:00');
    expect(story.open()).toEqual(names.map(() => 'M1'));
  });
});
