import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { Listening } from '../../src/app/listening.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { atLength } from '../runs.ts';
import { sensedHome } from './sensed-home.ts';
import { productRules, Story } from './story.ts';

test('an outside broker that is away for hours is told once, and no device is called silent for it', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  const told: string[] = [];
  const logger = pino({}, { write: (line) => told.push(line) });
  const { loop, clock, records } = bench;
  const pass = async (ms: number, look: () => void): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
      clock.advance(5 * MINUTE);
      look();
      await loop.drained();
    }
  };
  const alerts = async (): Promise<string[]> =>
    (await records.alerts({ paths: [''] }, { limit: 10 })).items.map(({ id }) => id);
  try {
    await bench.open(community({ h1: [{ id: 'meter', model: 'water-meter' }] }));
    const listening = await Listening.from({ records, loop, clock, logger, lastInputAt: 0 });
    listening.goesOn();
    await pass(20 * HOUR, () => listening.pauses());
    expect(await alerts()).toEqual([]);
    expect(told).toHaveLength(1);
    listening.begins();
    listening.goesOn();
    const heard = (): void => {
      loop.tick();
      listening.goesOn();
    };
    await pass(3 * HOUR, heard);
    expect(await alerts()).toEqual([]);
    await pass(2 * HOUR, heard);
    expect(await alerts()).toEqual(['h1.a1']);
    await listening.ends();
  } finally {
    await bench.close();
  }
});

test('a press that waited in an outside broker is told as one that may have', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  const { loop, clock, records } = bench;
  try {
    await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
    const listening = await Listening.from({
      records,
      loop,
      clock,
      logger: pino({ level: 'silent' }),
      lastInputAt: 0,
    });
    listening.goesOn();
    const heard = clock.now();
    for (let passed = 0; passed < HOUR; passed += 5 * MINUTE) {
      clock.advance(5 * MINUTE);
      listening.pauses();
    }
    listening.begins();
    listening.goesOn();
    bench.publish('band', { event: 'sos' });
    await loop.drained();
    const { items } = await records.alerts({ paths: [''] }, { limit: 10 });
    expect(items[0]?.evidence.values).toEqual({ event: 'sos', waitedFrom: heard });
    await listening.ends();
  } finally {
    await bench.close();
  }
});

describe('the service is down when the routine of a home would have spoken', () => {
  const ROOMS = ['hall', 'living-room', 'bathroom', 'kitchen'];
  const rules = productRules
    .filter(({ id }) => id === 'W0')
    .map((rule) => ({ ...rule, arming: undefined, params: { ...rule.params, historyDays: 14 } }));
  const devices = Object.fromEntries(ROOMS.map((room) => [room, 'motion-sensor']));

  /** Fifteen days of habit, then nobody moves from a quarter past two: due at a quarter past ten. Down from ten to eleven. */
  function missed(): Story {
    const story = new Story(sensedHome({ meter: 'water-meter', ...devices }, rules));
    for (let hour = 1; hour <= 15 * 24 + 22; hour++) {
      story.after(HOUR);
      const drawn = Math.min(hour, 15 * 24 + 14);
      const litres = 75 * Math.floor(drawn / 24) + 5 * Math.min(15, Math.max(0, (drawn % 24) - 7));
      story.publish('meter', { at: story.now, water_index_m3: 10 + litres / 1000 });
      const moves = hour % 24 >= 7 && hour % 24 < 23 && hour <= 15 * 24 + 15;
      for (const room of ROOMS) story.publish(room, { at: story.now, motion_bool: 0 });
      if (moves) story.publish('living-room', { at: story.now - 45 * MINUTE, motion_bool: 1 });
    }
    story.serviceStops();
    story.after(HOUR);
    story.serviceStarts();
    return story;
  }

  test('nothing is claimed of that time: what was said meanwhile comes first, and may be that somebody moved', () => {
    const story = missed();
    expect(story.alerts('h1')).toEqual([]);
    story.publish('kitchen', { at: story.now - 50 * MINUTE, motion_bool: 1 });
    for (const room of ROOMS) story.publish(room, { at: story.now, motion_bool: 0 });
    story.publish('meter', { at: story.now, water_index_m3: 11.16 });
    story.after(2 * HOUR);
    expect(story.alerts('h1')).toEqual([]);
  });

  atLength('where nobody did, the first reading tells it', () => {
    const story = missed();
    for (const room of ROOMS) story.publish(room, { at: story.now, motion_bool: 0 });
    story.publish('meter', { at: story.now, water_index_m3: 11.16 });
    expect(story.alerts('h1')).toEqual(['W0 raised day 16 23:00']);
  });
});
