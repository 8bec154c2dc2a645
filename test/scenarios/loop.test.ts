import { expect, test } from 'vitest';
import { inNeedText } from '../../src/app/uncommitted.ts';
import type { DeviceDefinition } from '../../src/devices/define.ts';
import { HOUR, SECOND, wallClock } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { atLength } from '../runs.ts';
import { soon } from '../soon.ts';
import { productRules } from './story.ts';

const ALL = { paths: [''] };
const FIRST = { limit: 100 };

test('a flood of messages that nobody can use holds back nothing that is due', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
  try {
    bench.publish('band', { at: bench.clock.now(), event: 'fall' });
    await bench.loop.drained();
    bench.clock.advance(31 * SECOND);
    // The inbox is never found empty, so that no tick is let in.
    for (let index = 0; index < 100; index++) bench.publish('nobody', 'no JSON');
    bench.loop.tick();
    await bench.loop.drained();
    const { items } = await bench.records.alerts(ALL, FIRST);
    expect(items).toMatchObject([{ rule: 'B2' }]);
    expect(bench.acknowledged).toBe(101);
  } finally {
    await bench.close();
  }
});

atLength(
  'a call for help does not stand behind thousands of readings, and lets no time pass for them',
  async () => {
    const taken: { device: string; receivedAt: number }[] = [];
    const bench = new LoopBench(
      ruleSetSchema.parse({ version: 'product', rules: productRules }),
      ({ reports }) => {
        for (const { report } of reports) taken.push(report);
      },
    );
    const homes = { h1: [{ id: 'band-1', model: 'wristband' }], h2: [{ id: 'band-2', model: 'wristband' }] };
    await bench.open(community(homes));
    await bench.loop.drained();
    const readingsOf = (device: string, from: number, to: number): void => {
      for (let n = from; n < to; n++)
        bench.publish(
          device,
          { at: bench.clock.now() - n, pulse_bpm: 70 },
          device === 'band-1' ? 'g1' : 'g2',
        );
    };
    const batch = LIMITS.batchLengthMax;
    try {
      readingsOf('band-1', 0, 2 * batch);
      bench.clock.advance(SECOND);
      readingsOf('band-2', 0, 3);
      bench.publish('band-2', { at: bench.clock.now(), event: 'sos' }, 'g2');
      bench.clock.advance(SECOND);
      readingsOf('band-1', 2 * batch, 3 * batch);
      await bench.loop.drained();

      const devices = taken.map(({ device }) => device);
      expect(devices.slice(batch - 1, batch + 5)).toEqual(['band-1', ...Array(4).fill('band-2'), 'band-1']);
      expect(devices.filter((device) => device === 'band-1')).toHaveLength(3 * batch);
      expect(taken.at(batch)?.receivedAt).toBe(taken[0]?.receivedAt);
      expect((await bench.records.alerts(ALL, FIRST)).items).toMatchObject([{ rule: 'B1', home: 'h2' }]);
      expect(bench.acknowledged).toBe(3 * batch + 4);
    } finally {
      await bench.close();
    }
  },
);

test('where each message takes a millisecond, a call for help does not stand behind a hundred of them', async () => {
  const taken: string[] = [];
  const bench = new LoopBench(
    ruleSetSchema.parse({ version: 'product', rules: productRules }),
    ({ reports }) => {
      for (const { report } of reports) taken.push(report.device);
    },
  );
  const homes = { h1: [{ id: 'band-1', model: 'wristband' }], h2: [{ id: 'band-2', model: 'wristband' }] };
  await bench.open(community(homes));
  await bench.loop.drained();
  try {
    bench.msALook = 1;
    for (let n = 0; n < 100; n++) bench.publish('band-1', { at: bench.clock.now() - n, pulse_bpm: 70 }, 'g1');
    bench.publish('band-2', { at: bench.clock.now(), event: 'sos' }, 'g2');
    await bench.loop.drained();
    // Five were taken as they came; then the others waited, and were looked through.
    expect(taken.indexOf('band-2')).toBe(5);
    expect(taken.filter((device) => device === 'band-1')).toHaveLength(100);
    expect(bench.loop.counts.batches).toBeGreaterThan(5);
  } finally {
    await bench.close();
  }
});

atLength('what is done between batches is put off for a call for help, but not for ever', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
  await bench.loop.drained();
  try {
    bench.msALook = 1;
    bench.pausesHurried.length = 0;
    for (let n = 0; n < 4_000; n++) bench.publish('band', { at: bench.clock.now() - n, event: 'boot' }, 'g1');
    await bench.loop.drained();
    expect(bench.pausesHurried.slice(0, 12)).toEqual([...Array(10).fill(true), false, true]);
  } finally {
    await bench.close();
  }
});

atLength('the alarm of a watch, in its own words, does not stand behind them either', async () => {
  const taken: string[] = [];
  const bench = new LoopBench(
    ruleSetSchema.parse({ version: 'product', rules: productRules }),
    ({ reports }) => {
      for (const { report } of reports) taken.push(report.device);
    },
  );
  const homes = { h1: [{ id: 'band', model: 'wristband' }], h2: [{ id: 'watch', model: 'watch-3g' }] };
  await bench.open(community(homes));
  await bench.loop.drained();
  const batch = LIMITS.batchLengthMax;
  const frame = '[3G*8800000015*0058*AL,280226,160000,V,0.0,N,0.0,E,0,0,0,0,100,80,0,0,00010000,0,0]';
  try {
    for (let n = 0; n < 3 * batch; n++)
      bench.publish('band', { at: bench.clock.now() - n, pulse_bpm: 70 }, 'g1');
    const message = {
      receivedAt: bench.clock.now(),
      topic: 'shouwang/watch/raw',
      payload: Buffer.from(frame),
      client: 'watch',
    };
    expect(bench.loop.receive({ message, qos: 1, done: () => undefined })).toBe(true);
    await bench.loop.drained();
    expect(taken.indexOf('watch')).toBe(batch);
    expect((await bench.records.alerts(ALL, FIRST)).items).toMatchObject([{ rule: 'B1', home: 'h2' }]);
  } finally {
    await bench.close();
  }
});

atLength('who calls for help all the time does not silence the others', async () => {
  const taken: string[] = [];
  const bench = new LoopBench(
    ruleSetSchema.parse({ version: 'product', rules: productRules }),
    ({ reports }) => {
      for (const { report } of reports) taken.push(report.device);
    },
  );
  const homes = { h1: [{ id: 'band-1', model: 'wristband' }], h2: [{ id: 'band-2', model: 'wristband' }] };
  await bench.open(community(homes));
  const batch = LIMITS.batchLengthMax;
  try {
    for (let n = 0; n < 3 * batch; n++)
      bench.publish('band-1', { at: bench.clock.now() - n, event: 'boot' }, 'g1');
    bench.publish('band-2', { at: bench.clock.now(), pulse_bpm: 70 }, 'g2');
    for (let n = 0; n < batch; n++) bench.publish('band-1', { pulse_bpm: 70 }, 'g1');
    await bench.loop.drained();
    expect(taken.indexOf('band-2')).toBeLessThan(3.5 * batch);
  } finally {
    await bench.close();
  }
});

test('a payload that its decoder did not expect is refused by name and stops nothing', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
  const model = bench.core.devices.get('band')?.definition as { decode: DeviceDefinition['decode'] };
  const decode = model.decode;
  try {
    model.decode = () => {
      throw new RangeError('byte 7 of 5');
    };
    bench.publish('band', { event: 'sos' });
    await bench.loop.drained();
    const { items } = await bench.records.rejections({}, FIRST);
    expect(items).toMatchObject([
      { reason: 'malformed-payload', detail: 'the decoder of wristband failed: byte 7 of 5' },
    ]);
    expect(bench.acknowledged).toBe(1);
  } finally {
    model.decode = decode;
    await bench.close();
  }
});

test('who calls for help behind a batch that cannot be committed is named to whoever looks why', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }), () => {});
  const worn = (id: string) => ({ id, model: 'wristband' });
  await bench.open(community({ h1: [worn('a')], h2: [worn('b')], h3: [worn('c')] }));
  const commit = bench.records.commit.bind(bench.records);
  const said = (pulse: number) => ({ at: bench.clock.now(), pulse_bpm: pulse });
  let refusals = 0;
  try {
    bench.records.commit = () => {
      // It comes while the first try is under way.
      if (refusals++ === 0) bench.publish('b', { at: bench.clock.now(), event: 'fall' });
      return Promise.reject(new Error('disk full'));
    };
    bench.publish('a', said(70));
    await soon(() => expect(refusals).toBeGreaterThan(1));
    expect(bench.loop.uncommitted.homes).toEqual(['h2']);
    bench.publish('a', said(71));
    bench.publish('c', { at: bench.clock.now(), event: 'sos' });
    bench.publish('c', { at: bench.clock.now(), event: 'sos' });
    expect(bench.loop.uncommitted.homes).toEqual(['h2', 'h3']);
    bench.records.commit = commit;
    await bench.loop.drained();
    expect(bench.loop.uncommitted.homes).toEqual([]);
  } finally {
    await bench.close();
  }
});

test.each([1_000, 3_000, 20_000])(
  'what is nested %d deep stops nothing while a batch cannot be committed, nor where nobody is named',
  async (depth) => {
    const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }), () => {});
    await bench.open(community({ h1: [{ id: 'a', model: 'wristband' }] }, ['g1']));
    const commit = bench.records.commit.bind(bench.records);
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    let refusals = 0;
    try {
      bench.records.commit = () => {
        if (refusals++ === 0) bench.publish('a', nested, 'g1');
        return Promise.reject(new Error('disk full'));
      };
      bench.publish('a', { at: bench.clock.now(), pulse_bpm: 70 });
      await soon(() => expect(refusals).toBeGreaterThan(1));
      bench.publish('nobody', nested, 'g1');
      bench.records.commit = commit;
      await bench.loop.drained();
      expect(bench.acknowledged).toBe(3);
    } finally {
      await bench.close();
    }
  },
);

test('while the disk refuses nothing is acknowledged or told, and afterwards everything is, once', async () => {
  const told: string[] = [];
  const bench = new LoopBench(
    ruleSetSchema.parse({ version: 'product', rules: productRules }),
    ({ events }) => {
      for (const { type } of events) told.push(type);
    },
  );
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
  const commit = bench.records.commit.bind(bench.records);
  let refusals = 0;
  try {
    told.length = 0;
    bench.records.commit = () => {
      refusals++;
      return Promise.reject(new Error('disk full'));
    };
    bench.publish('band', { at: bench.clock.now(), event: 'sos' });
    const note = bench.loop.submit({ type: 'case.note', case: 'h1.c1', text: 'calling' }, 'Zhang');
    await soon(() => expect(refusals).toBeGreaterThan(1));
    bench.publish('band', { at: bench.clock.now() - SECOND, event: 'boot' });
    expect(bench.loop.uncommitted).toMatchObject({ why: 'disk full', homes: ['h1'] });
    expect(inNeedText(bench.loop.uncommitted.homes).en).toMatch(/In 1 home somebody may need help.*: h1$/);
    expect([bench.acknowledged, told]).toEqual([0, []]);
    const killed = await bench.afterKill();
    expect(killed.core.subject('h1')?.hasOpenCase).toBe(false);
    await killed.close();

    bench.records.commit = commit;
    await bench.loop.drained();
    expect(await note).toMatchObject({ ok: true });
    expect(bench.loop.uncommitted).toMatchObject({ why: undefined, homes: [] });
    expect(bench.acknowledged).toBe(2);
    expect(told.filter((type) => type === 'alert')).toEqual(['alert']);
    expect((await bench.records.notices({ paths: [''] }, FIRST)).items).toHaveLength(1);
  } finally {
    await bench.close();
  }
});

test('a machine that slept for ten hours was deaf: nobody is silent for that, and a fall is not forgotten', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  const devices = [
    { id: 'meter', model: 'water-meter' },
    { id: 'band', model: 'wristband' },
  ];
  await bench.open(community({ h1: devices }));
  const rules = async (): Promise<string[]> =>
    (await bench.records.alerts(ALL, FIRST)).items.map(({ rule }) => rule);
  try {
    bench.publish('meter', { at: bench.clock.now(), water_index_m3: 1 });
    bench.publish('band', { at: bench.clock.now(), event: 'fall' });
    await bench.loop.drained();
    bench.clock.leap(10 * HOUR);
    // A message is there before anybody looks at the clock.
    bench.publish('band', { at: bench.clock.now(), pulse_bpm: 70 });
    await bench.loop.drained();
    expect(await rules()).toEqual(['B2']);
    bench.clock.advance(4 * HOUR + SECOND);
    bench.loop.tick();
    await bench.loop.drained();
    expect((await rules()).sort()).toEqual(['B2', 'M1']);
  } finally {
    await bench.close();
  }
});

test('the clock of the machine tells a leap from time that passed, and from a step back', () => {
  const reads = { machine: 1_000_000, steady: 0 };
  const clock = wallClock(
    () => reads.machine,
    () => reads.steady,
  );
  const pass = (machineMs: number, steadyMs: number): number => {
    reads.machine += machineMs;
    reads.steady += steadyMs;
    clock.now();
    return clock.lastLeap?.()?.until ?? 0;
  };
  expect(pass(0, 0)).toBe(0);
  expect(pass(HOUR, HOUR)).toBe(0);
  expect(pass(60 * SECOND, SECOND)).toBe(0);
  expect(pass(-HOUR, SECOND)).toBe(0);
  expect(pass(HOUR, SECOND)).toBe(0);
  expect(pass(10 * HOUR, SECOND)).toBe(reads.machine);
  expect(pass(SECOND, SECOND)).toBe(reads.machine - SECOND);
});

test('a machine that is behind by years is not waited for: time limits do not take twice their time', () => {
  const reads = { machine: 1_790_000_000_000, steady: 0 };
  const clock = wallClock(
    () => reads.machine,
    () => reads.steady,
  );
  const before = clock.now();
  reads.machine = 0;
  reads.steady += HOUR;
  expect(clock.now() - before).toBe(HOUR);
  reads.machine += HOUR;
  reads.steady += HOUR;
  expect(clock.now() - before).toBe(2 * HOUR);
});
