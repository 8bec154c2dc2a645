import { describe, expect, onTestFinished, test } from 'vitest';
import { loadLeftHomes } from '../../src/app/left-homes.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { LeftHomes } from '../../src/model/left-home.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { type Home, registryEntrySchema } from '../../src/model/registry.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules, type Story, tell } from './story.ts';

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

describe('a device that is removed and enrolled again', () => {
  const CUFF = { noun: 'device', key: 'h1-cuff' } as const;
  const kept = (story: Story) => {
    story.until('21:10');
    story.hear('shouwang/h1-cuff/telemetry', crisis(story.now - 90 * MINUTE, story.now - 75 * MINUTE));
  };

  tell('in another home brings nothing there of the one before', setting, (story) => {
    story.until(MOVED);
    expect(story.register([], [CUFF])).toBe('ok');
    story.until('21:00');
    expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
    kept(story);
    expect(story.alerts()).toEqual([]);
    expect(story.rejections).toEqual(Array(4).fill('before-move'));
    story.until('21:20');
    story.hear('shouwang/h1-cuff/telemetry', crisis(story.now - 5 * MINUTE, story.now));
    expect(story.alerts('h2')).toEqual(['V1 raised day 1 21:20']);
  });

  tell('in the home that it was in may bring what it kept', setting, (story) => {
    story.until(MOVED);
    expect(story.register([], [CUFF])).toBe('ok');
    story.until('21:00');
    expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h1')])).toBe('ok');
    kept(story);
    expect(story.alerts('h1')).toEqual(['V1 raised day 1 21:10']);
    expect(story.core.registry.device('h1-cuff')?.homeSince).toBeUndefined();
  });

  tell('in the home that it had been moved to has been there since then', setting, (story) => {
    story.until(MOVED);
    const since = story.now;
    expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
    story.until('20:30');
    expect(story.register([], [CUFF])).toBe('ok');
    story.until('21:00');
    expect(story.register([inHome('h1-cuff', 'blood-pressure-cuff', 'h2')])).toBe('ok');
    expect(story.core.registry.device('h1-cuff')?.homeSince).toBe(since);
  });

  tell(
    'in a home under the same id, where people have left it, brings nothing of theirs',
    setting,
    (story) => {
      story.until(MOVED);
      const { id, parent, name } = story.core.registry.home('h1') as Home;
      const things = ['h1-meter', 'h1-band', 'h1-cuff'].map((key) => ({ noun: 'device', key }) as const);
      const people = { noun: 'resident', key: 'h1-r' } as const;
      expect(story.register([], [...things, people, { noun: 'home', key: 'h1' }])).toBe('ok');
      story.until('21:00');
      const home = { noun: 'home', id, parent, name };
      expect(story.register([home, inHome('h1-cuff', 'blood-pressure-cuff', 'h1')])).toBe('ok');
      kept(story);
      expect(story.alerts()).toEqual([]);
    },
  );
});

test('where devices were is kept of the newest, and for some months', () => {
  const homes = new LeftHomes([['first', { home: 'h1', at: T0 }]]);
  for (let n = 0; n < LIMITS.leftHomesMax; n++) homes.note(`d${n}`, { home: 'h1', at: T0 + n });
  expect(homes.of('first')).toBeUndefined();
  expect(homes.of('d0')).toEqual({ home: 'h1', at: T0 });
  homes.note('last', { home: 'h2', at: T0 + 91 * DAY });
  expect(homes.of(`d${LIMITS.leftHomesMax - 1}`)).toBeUndefined();
  expect(homes.of('last')).toEqual({ home: 'h2', at: T0 + 91 * DAY });
});

test('where a device was is known after a kill as well, and for some months', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: '1', rules: productRules }));
  onTestFinished(() => bench.close());
  await bench.open([...community({ h1: [{ id: 'cuff', model: 'blood-pressure-cuff' }], h2: [] })]);
  await bench.loop.submit(
    { type: 'registry.apply', put: [], remove: [{ noun: 'device', key: 'cuff' }] },
    'system',
  );
  const next = await bench.afterKill();
  onTestFinished(() => next.close());
  next.clock.advance(HOUR);
  const put = [registryEntrySchema.parse(inHome('cuff', 'blood-pressure-cuff', 'h2'))];
  await next.loop.submit({ type: 'registry.apply', put, remove: [] }, 'system');
  expect(next.core.registry.device('cuff')?.homeSince).toBe(next.clock.now());

  const long = await loadLeftHomes(next.records, T0 + 91 * DAY);
  expect(long.of('cuff')).toBeUndefined();
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
