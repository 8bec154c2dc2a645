import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, type Leap, MINUTE } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { atLength } from '../runs.ts';
import { productRules } from './story.ts';

const HOMES = ['h1', 'h2', 'h3', 'h4'];
const things = community(
  Object.fromEntries(
    HOMES.map((home) => [
      home,
      [
        { id: `${home}-w`, model: 'water-meter' },
        { id: `${home}-b`, model: 'wristband' },
      ],
    ]),
  ),
);
const RULES = ['W1', 'V1', 'B1', 'M1', 'M3'];

/** Devices whose clocks are right, and a service whose clock need not be. */
class Town {
  readonly bench = new LoopBench(
    ruleSetSchema.parse({
      version: 'test',
      rules: productRules
        .filter(({ id }) => RULES.includes(id))
        .map((rule) => ({ ...rule, arming: undefined })),
    }),
  );
  /** How far the devices are ahead of us. */
  aheadMs = 0;
  #hour = 0;
  /** Litres drawn in each home. */
  readonly drawn = new Map<string, number>();

  get theirs(): number {
    return this.bench.clock.now() + this.aheadMs;
  }

  async pressures(mmHg: Readonly<Record<string, number>>): Promise<void> {
    for (const [home, systolic] of Object.entries(mmHg))
      this.bench.publish(`${home}-b`, { at: this.theirs, systolic_mmhg: systolic, diastolic_mmhg: 80 });
    await this.look();
  }

  /** As the service does five times a second. */
  async look(): Promise<void> {
    const { loop, dating } = this.bench;
    await loop.drained();
    dating.look();
    loop.receiveAgain();
    loop.tick();
    await loop.drained();
  }

  /** Hours in which every device speaks, and water is drawn by day everywhere but in `dry`. */
  async pass(hours: number, dry: readonly string[] = [], speak: readonly string[] = HOMES): Promise<void> {
    const { clock } = this.bench;
    for (let hour = 0; hour < hours; hour++) {
      clock.advance(HOUR);
      const isDay = this.#hour++ % 24 < 14;
      for (const home of speak) {
        const litres = (this.drawn.get(home) ?? 0) + (isDay && !dry.includes(home) ? 8 : 0);
        this.drawn.set(home, litres);
        this.bench.publish(`${home}-w`, { at: this.theirs - 20_000, water_index_m3: 5 + litres / 1000 });
      }
      await this.look();
      await this.pressures(Object.fromEntries(speak.map((home) => [home, 125])));
    }
  }

  /** Our clock jumps; that of the devices does not. */
  leap(ms: number): void {
    this.bench.clock.leap(ms);
    this.aheadMs -= ms;
  }

  async alerts(): Promise<string[]> {
    const { items } = await this.bench.records.alerts({ paths: [''] }, { limit: 50 });
    return items.map(({ rule, home, priority }) => `${rule} ${home} ${priority}`).reverse();
  }
}

let town: Town;
beforeEach(async () => {
  town = new Town();
  await town.bench.open(things);
});
afterEach(() => town.bench.close());

const SLOW = 8 * HOUR + 3 * MINUTE;

describe('our clock is slow', () => {
  test('a grave pressure is told, also where it came before three devices agreed that it is ours', async () => {
    town.aheadMs = SLOW;
    await town.pressures({ h1: 214 });
    town.bench.clock.advance(5 * MINUTE);
    await town.pressures({ h2: 125 });
    await town.pressures({ h3: 125 });
    expect(await town.alerts()).toEqual([]);
    town.bench.clock.advance(5 * MINUTE);
    await town.pressures({ h1: 216 });
    expect(await town.alerts()).toEqual(['V1 h1 P2']);
  });

  test('what is taken then is dated by our clock, and says so', async () => {
    town.aheadMs = SLOW;
    await town.pass(2);
    const points = await town.bench.telemetry.range({
      device: 'h1-w',
      metric: 'water_index_m3',
      from: 0,
      to: T0 + 400 * DAY,
    });
    expect(points.map(({ clock }) => clock)).toEqual(['received', 'received']);
    for (const [place, { at }] of points.entries())
      expect(Math.abs(at - (T0 + (place + 1) * HOUR))).toBeLessThan(2 * MINUTE);
  });

  test('a message that comes twice is taken once, and a history keeps its distances', async () => {
    town.aheadMs = SLOW;
    await town.pass(1);
    const history = [3, 2, 1].map((hours) => ({ at: town.theirs - hours * HOUR, pulse_bpm: 60 + hours }));
    for (let copy = 0; copy < 2; copy++) {
      town.bench.clock.advance(700);
      town.bench.publish('h1-b', history);
      await town.look();
    }
    const points = await town.bench.telemetry.range({
      device: 'h1-b',
      metric: 'pulse_bpm',
      from: 0,
      to: T0 + 400 * DAY,
    });
    expect(points.map(({ value }) => value)).toEqual([63, 62, 61]);
    expect(points.map(({ at }, place) => at - (points[place - 1]?.at ?? at - HOUR))).toEqual([
      HOUR,
      HOUR,
      HOUR,
    ]);
  });

  test('a home without water is found in its time, and nothing false when the clock is put right', async () => {
    town.aheadMs = SLOW;
    await town.pass(26);
    await town.pass(30, ['h1']);
    expect(await town.alerts()).toEqual(['W1 h1 P2']);
    town.leap(SLOW);
    await town.look();
    expect(town.bench.dating.wasPutRight(town.bench.core.absence as Leap)).toBe(true);
    await town.pass(30);
    expect(await town.alerts()).toEqual(['W1 h1 P2']);
    expect(town.bench.witness.slow(town.bench.clock.now())).toBeUndefined();
  });

  test('what was refused while nobody knew is taken as what it is when the clock is put right before', async () => {
    town.aheadMs = 3 * DAY;
    await town.pressures({ h1: 214 });
    town.leap(3 * DAY);
    await town.look();
    town.bench.clock.advance(3 * MINUTE);
    await town.pressures({ h1: 216 });
    expect(await town.alerts()).toEqual(['V1 h1 P2']);
  });

  atLength(
    'it is decades slow, before anything was enrolled: what is measured is taken all the same',
    async () => {
      town.aheadMs = 50 * 365 * DAY;
      await town.pass(26);
      await town.pass(30, ['h1']);
      expect(await town.alerts()).toEqual(['W1 h1 P2']);
    },
  );

  test('one device whose clock is not like theirs stays refused', async () => {
    town.aheadMs = SLOW;
    await town.pass(1);
    town.bench.publish('h4-b', { at: town.theirs + 30 * DAY, systolic_mmhg: 210, diastolic_mmhg: 80 });
    await town.look();
    const { items } = await town.bench.records.rejections({}, { limit: 50 });
    expect(items.filter(({ device }) => device === 'h4-b').at(0)?.reason).toBe('clock-future');
  });
});

describe('our clock is fast', () => {
  atLength('it was set forward while we ran: a home without water is found as before', async () => {
    await town.pass(26);
    town.leap(8 * HOUR);
    await town.look();
    await town.pass(3);
    expect(town.bench.witness.fast(town.bench.clock.now())).toMatchObject({ devices: 8 });
    await town.pass(34, ['h1']);
    expect(await town.alerts()).toEqual(['W1 h1 P2']);
  });

  atLength(
    'the machine was set back, and the devices agree with it: what they measure is of now',
    async () => {
      town.aheadMs = -SLOW;
      town.bench.clock.machineBehindMs = SLOW;
      await town.pass(26, [], ['h1']);
      await town.pass(30, ['h1'], ['h1']);
      expect((await town.alerts()).filter((one) => one.includes('h1'))).toEqual(['W1 h1 P2']);
      expect(town.bench.witness.fast(town.bench.clock.now())).toBeUndefined();
    },
  );

  test('devices that always bring what they measured hours ago do not say so, and keep their times', async () => {
    town.aheadMs = -4 * HOUR;
    await town.pass(8);
    expect(town.bench.witness.apart(town.bench.clock.now())).toBeUndefined();
    const { readings } = await lastReport();
    expect(readings).toBe(town.theirs - 20_000);
  });

  test('what waited in an outage, and then comes at once, is no clock', async () => {
    await town.pass(3);
    const { clock } = town.bench;
    for (let hour = 0; hour < 6; hour++) {
      clock.advance(HOUR);
      town.bench.loop.tick();
    }
    for (let late = 6; late >= 0; late--)
      for (const home of HOMES)
        town.bench.publish(`${home}-b`, { at: clock.now() - late * HOUR, pulse_bpm: 70 });
    await town.look();
    expect(town.bench.witness.apart(clock.now())).toBeUndefined();
  });
});

async function lastReport(): Promise<{ readings: number | undefined }> {
  const points = await town.bench.telemetry.range({
    device: 'h1-w',
    metric: 'water_index_m3',
    from: 0,
    to: T0 + 400 * DAY,
  });
  return { readings: points.at(-1)?.at };
}
