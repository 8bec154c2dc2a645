import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { recordingLine } from '../simulators/recording.ts';
import { alertLine } from '../src/app/alert-line.ts';
import { Core, type CoreOptions } from '../src/app/core.ts';
import { Decoder } from '../src/app/decode.ts';
import { step } from '../src/app/pipeline.ts';
import { type Part, partsOf, registryOf } from '../src/backtest/parts.ts';
import { type RunResult, restarted, runBacktest } from '../src/backtest/run.ts';
import { joined } from '../src/backtest/side-by-side.ts';
import { HOUR, MINUTE, SECOND } from '../src/lib/clock.ts';
import { type Random, seededRandom } from '../src/lib/random.ts';
import type { Input } from '../src/model/effect.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { Registry } from '../src/registry/registry.ts';
import { tempFolder } from './contracts/bed.ts';
import { community, envelopes, kinds, models, policy, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { atLength, runs, SLOW } from './runs.ts';
import { productRules } from './scenarios/story.ts';

const dir = tempFolder('recordings');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const HOMES = ['h1', 'h2', 'h3', 'h4'];
/** The home that has all kinds of sensors beside its meter and band. */
const SENSED = 'h3';
const SENSORS = [
  { id: `${SENSED}-door`, model: 'door-contact' },
  { id: `${SENSED}-hall`, model: 'motion-sensor', place: 'hall' },
  { id: `${SENSED}-bath`, model: 'motion-sensor', place: 'bathroom' },
  { id: `${SENSED}-power`, model: 'electricity-meter' },
  { id: `${SENSED}-smoke`, model: 'smoke-detector' },
];
/** The home of two people that has a meter for hot water beside the other. */
const SHARED = 'h4';
const OTHERS = [
  { id: `${SHARED}-hot`, model: 'water-meter' },
  { id: `${SHARED}-other`, model: 'wristband' },
];
const ENTRIES = community(
  Object.fromEntries(
    HOMES.map((id) => [
      id,
      [
        { id: `${id}-meter`, model: 'water-meter', ...(id < 'h3' ? { gateway: 'gw' } : {}) },
        { id: `${id}-band`, model: 'wristband' },
        ...(id === SENSED ? SENSORS : []),
        ...(id === SHARED ? OTHERS : []),
      ],
    ]),
  ),
  ['gw'],
);
/** The product's rules; those that want to watch for a week before they speak do so within the days of a chronicle. */
const HASTY: Readonly<Record<string, object>> = {
  E1: { hours: 8, wakingHours: 2, learnDays: 1 },
  D1: { hours: 24 },
};
const RULES = productRules.map((rule) => ({ ...rule, params: { ...rule.params, ...HASTY[rule.id] } }));
const options = (): Omit<CoreOptions, 'knownAt'> => ({
  models,
  kinds,
  registry: Registry.from(ENTRIES),
  ruleSet: ruleSetSchema.parse({ version: 'product', rules: RULES }),
  policy,
  channels: new Set(['terminal']),
});

/** Homes of one building have a silence in common: without that rule none knows of another. */
const WITHOUT_AREAS = ruleSetSchema.parse({
  version: 'product without areas',
  rules: RULES.filter(({ kind }) => !kind.startsWith('area-')),
});

/** A message of a recording that is not written yet. */
interface Recorded {
  readonly receivedAt: number;
  readonly topic: string;
  readonly payload: unknown;
}

/**
 * Two or three days (in the fast suite less than one) of four homes from one number, with all that makes rules speak: homes that stop drawing water,
 * meters that fall silent or upload late, crises, falls, presses, counters that go back, clocks that lie.
 */
function chronicle(seed: number): Recorded[] {
  const random = seededRandom(seed);
  const messages: Recorded[] = [];
  const end = T0 + random.integer(runs(16, 30), runs(24, 72)) * HOUR;
  for (const home of HOMES) {
    const own = random.fork(home);
    const of = (device: string) => (receivedAt: number, payload: unknown) => {
      messages.push({ receivedAt, topic: `shouwang/${home}-${device}/telemetry`, payload });
    };
    waterWords(own, end, of('meter'));
    bandWords(own, end, of('band'));
    if (home === SENSED) messages.push(...sensorWords(own.fork('sensors'), end));
    if (home !== SHARED) continue;
    waterWords(own.fork('hot'), end, of('hot'));
    bandWords(own.fork('other'), end, of('other'));
  }
  return messages.sort((a, b) => a.receivedAt - b.receivedAt || (a.topic < b.topic ? -1 : 1));
}

type Send = (receivedAt: number, payload: unknown) => void;

/** What a water meter says: of a home that stops drawing water; it falls silent, uploads late, and its counter goes back. */
function waterWords(own: Random, end: number, send: Send): void {
  const stopsAt = T0 + own.integer(2, 80) * HOUR;
  const [silentFrom, silentFor] = [T0 + own.integer(1, 90) * HOUR, own.integer(1, 12) * HOUR];
  const every = own.pick([HOUR, HOUR, 20 * MINUTE]);
  const batchOf = own.pick([1, 1, 1, 6]);
  let litres = own.integer(0, 99_000_000);
  let batch: unknown[] = [];
  for (let at = T0 + own.integer(0, 59) * MINUTE; at < end; at += every) {
    if (at < stopsAt) litres += own.chance(0.4) ? own.integer(0, 30) : 0;
    if (own.chance(0.01)) litres = own.integer(0, 1000);
    if (at >= silentFrom && at < silentFrom + silentFor) continue;
    const glitch = own.chance(0.02) ? own.integer(-5000, 90_000) : 0;
    batch.push({ at, water_index_m3: Math.max(0, litres + glitch) / 1000 });
    if (batch.length < batchOf) continue;
    const lag = own.chance(0.1) ? own.integer(0, 200) * MINUTE : own.integer(0, 30) * SECOND;
    send(at + lag, batch.length === 1 ? batch[0] : batch);
    batch = [];
  }
}

/** What a band says: crises, falls, presses, clocks that lie. */
function bandWords(own: Random, end: number, send: Send): void {
  for (let at = T0; at < end; at += own.integer(5, 240) * MINUTE) {
    const systolic_mmhg = own.chance(0.2) ? 190 : 130;
    const says: unknown[] = [
      { at, systolic_mmhg, diastolic_mmhg: 80, pulse_bpm: own.integer(35, 140) },
      { at, event: own.pick(['sos', 'fall', 'fall_cancelled', 'boot']) },
      { at, worn_bool: own.chance(0.7) },
      own.pick([{ at: '2099-01-01T00:00:00Z', event: 'sos' }, { at }, { at, pulse_bpm: 0 }]),
    ];
    const index = own.pick([0, 0, 0, 0, 0, 1, 2, 3]);
    if (own.chance(0.7)) send(at, says[index]);
  }
}

/**
 * What the sensors of a home say: heartbeats, some late, some not at all; rooms in which somebody moves until they do
 * so no more; doors that open, power that fails, smoke.
 */
function sensorWords(own: Random, end: number): Recorded[] {
  const messages: Recorded[] = [];
  const send = (device: string, at: number, payload: unknown): void => {
    const lag = own.chance(0.1) ? own.integer(0, 200) * MINUTE : own.integer(0, 30) * SECOND;
    messages.push({ receivedAt: at + lag, topic: `shouwang/${SENSED}-${device}/telemetry`, payload });
  };
  const stopsAt = T0 + own.integer(2, 80) * HOUR;
  const [silentFrom, silentFor] = [T0 + own.integer(1, 90) * HOUR, own.integer(1, 12) * HOUR];
  let kwh = own.integer(0, 9000);
  for (let at = T0 + own.integer(0, 59) * MINUTE; at < end; at += HOUR) {
    kwh += at < stopsAt && own.chance(0.4) ? 0.4 : 0.06;
    if (own.chance(0.97)) send('power', at, { at, energy_index_kwh: Number(kwh.toFixed(2)) });
    if (own.chance(0.02)) send('power', at + MINUTE, { at: at + MINUTE, mains_power_bool: own.chance(0.5) });
    if (at >= silentFrom && at < silentFrom + silentFor) continue;
    for (const room of ['hall', 'bath']) if (own.chance(0.97)) send(room, at, { at, motion_bool: 0 });
    if (own.chance(0.3)) send('door', at, { at, door_open_bool: 0, battery_pct: 90 });
    if (own.chance(0.01))
      send('smoke', at, { at, event: own.pick(['smoke', 'alarm_cleared', 'alarm_test', 'boot']) });
  }
  for (let at = T0; at < Math.min(end, stopsAt); at += own.integer(5, 400) * MINUTE) {
    const room = own.pick(['hall', 'hall', 'bath']);
    send(room, at, { at, motion_bool: 1 });
    if (own.chance(0.8)) send(room, at + 90 * SECOND, { at: at + 90 * SECOND, motion_bool: 0 });
    if (own.chance(0.1))
      send('door', at + MINUTE, [
        { at: at + 40 * SECOND, door_open_bool: true },
        { at: at + MINUTE, door_open_bool: false },
      ]);
  }
  return messages;
}

/** All that comes of a chronicle, as bytes. `between` is asked before each message. */
function play(
  messages: readonly Recorded[],
  between: (core: Core, next: number, run: (input: Input) => void) => Core = (core) => core,
): string {
  let core = new Core({ ...options(), knownAt: T0 });
  const decoder = new Decoder(models, envelopes);
  const lines: string[] = [];
  const run = (input: Input): void => {
    for (const effect of step(core, input).effects) {
      if (effect.type === 'alert')
        lines.push(JSON.stringify({ change: effect.change, ...alertLine(effect.alert) }));
      else if (effect.type !== 'device-heard') lines.push(JSON.stringify(effect));
    }
  };
  run({ kind: 'tick', receivedAt: T0, listeningSince: T0 });
  for (const { receivedAt, topic, payload } of messages) {
    core = between(core, receivedAt, run);
    const message = { receivedAt, topic, payload: Buffer.from(JSON.stringify(payload)) };
    decoder.decode(core, message, ({ report }) => {
      if (report) run(report);
    });
  }
  run({ kind: 'tick', receivedAt: T0 + 100 * HOUR });
  return lines.join('\n');
}

const seeds = fc.integer({ min: 0, max: 1_000_000 });
const RUNS = runs(1, 40);
const TIMEOUT_MS = 60_000 + RUNS * 6_000;

describe('the same messages give the same alerts, cases and notices, byte for byte', {
  timeout: TIMEOUT_MS,
}, () => {
  atLength('however often somebody looks at the clock in between', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const messages = chronicle(seed);
        const random = seededRandom(other);
        const watched = play(messages, (core, next, run) => {
          for (let times = random.integer(0, 3); times > 0; times--)
            run({ kind: 'tick', receivedAt: Math.floor(random.between(core.now, next + 1)) });
          return core;
        });
        expect(watched).toBe(play(messages));
      }),
      { numRuns: RUNS },
    );
  });

  atLength('also where what is due is worked off piece by piece, and messages pass by what is left', () => {
    let passed = 0;
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const messages = chronicle(seed);
        const random = seededRandom(other);
        const pieces = play(messages, (core, next, run) => {
          const bound = core.due.boundBefore(next, random.integer(1, 2));
          if (bound && random.chance(0.8)) run({ kind: 'tick', receivedAt: bound.due, through: bound.key });
          else if (core.behind && random.chance(0.3)) run({ kind: 'tick', receivedAt: core.now });
          if (core.behind) passed++;
          return core;
        });
        // Homes that do not touch each other may be told of in another order.
        const sorted = (lines: string): string[] => lines.split('\n').sort();
        expect(sorted(pieces)).toEqual(sorted(play(messages)));
      }),
      { numRuns: RUNS },
    );
    expect(passed).toBeGreaterThan(0);
  });

  test('wherever the service was started anew from what it had stored', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const messages = chronicle(seed);
        const random = seededRandom(other);
        const share = random.pick(SLOW ? [0.01, 0.2, 1] : [0.01, 0.2]);
        const broken = play(messages, (core) => (random.chance(share) ? restarted(core, options()) : core));
        expect(broken).toBe(play(messages));
      }),
      { numRuns: RUNS },
    );
  });

  atLength('however often the network repeats one of them', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const messages = chronicle(seed);
        const random = seededRandom(other);
        const repeated = messages.flatMap((message) => Array<Recorded>(random.integer(1, 3)).fill(message));
        expect(play(repeated)).toBe(play(messages));
      }),
      { numRuns: RUNS },
    );
  });
});

atLength(
  'the chronicles make the rules about sensors speak, so that the properties are about them too',
  () => {
    const spoke = new Set(
      Array.from({ length: 8 }, (_, seed) =>
        play(chronicle(seed)).matchAll(/"change":"raised".*?"rule":"([^"]+)"/g),
      )
        .flatMap((found) => [...found])
        .map(([, rule]) => rule),
    );
    for (const rule of ['D1', 'I1', 'I2', 'E1', 'E2', 'F1', 'B1', 'M1', 'W1', 'V1'])
      expect(spoke).toContain(rule);
  },
);

describe.runIf(SLOW)('what comes twice, seconds later', { timeout: TIMEOUT_MS }, () => {
  atLength('changes no alert of a home without a gateway', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        // A gateway is heard when it repeats something, so homes behind one are left out.
        const messages = chronicle(seed).filter(({ topic }) => /h[34]-/.test(topic));
        const random = seededRandom(other);
        const repeats = messages
          .filter(() => random.chance(0.3))
          .map((message) => ({
            ...message,
            receivedAt: message.receivedAt + random.integer(1, 120) * SECOND,
          }));
        const all = [...messages, ...repeats].sort((a, b) => a.receivedAt - b.receivedAt);
        expect(play(all)).toBe(play(messages));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a backtest gives the same bytes', { timeout: TIMEOUT_MS }, () => {
  let files = 0;
  const write = (messages: readonly Recorded[], zip = false): string => {
    const text = messages
      .map(({ receivedAt, topic, payload }) => `${recordingLine(receivedAt, topic, payload)}\n`)
      .join('');
    const file = join(dir, `${++files}.ndjson${zip ? '.gz' : ''}`);
    writeFileSync(file, zip ? gzipSync(text) : text);
    return file;
  };
  const resultOf = ({
    alerts,
    cases,
    notices,
    messages,
    readings,
    rejections,
    from,
    to,
  }: RunResult): string =>
    [...alerts.map(alertLine), ...cases, ...notices, { messages, readings, rejections, from, to }]
      .map((line) => JSON.stringify(line))
      .join('\n');
  const run = async (recordings: readonly string[], more: object = {}): Promise<string> => {
    const result = await runBacktest({ recordings, core: options(), envelopes, ...more });
    expect(result.beyondWindow).toBe(0);
    return resultOf(result);
  };

  test('for lines shuffled within the allowed lateness, in any number of files, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, seeds, fc.integer({ min: 1, max: 4 }), async (seed, other, parts) => {
        const messages = chronicle(seed);
        const random = seededRandom(other);
        const latenessMs = random.pick([0, MINUTE, 90 * MINUTE]);
        const shuffled = messages
          .map((message) => ({ message, place: message.receivedAt + random.between(0, latenessMs) }))
          .sort((a, b) => a.place - b.place)
          .map(({ message }) => message);
        const split = Array.from({ length: parts }, (): Recorded[] => []);
        for (const message of shuffled) random.pick(split).push(message);
        const recordings = split.map((part) => write(part, random.chance(0.3)));
        expect(await run(recordings, { latenessMs })).toBe(await run([write(messages)]));
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  atLength(
    'as the live service, whatever it found waiting together and whoever looked at the clock',
    async () => {
      await fc.assert(
        fc.asyncProperty(seeds, seeds, async (seed, other) => {
          const begin = { receivedAt: T0, topic: 'shouwang/nobody/telemetry', payload: {} };
          const messages = [begin, ...chronicle(seed)];
          const random = seededRandom(other);
          const bench = new LoopBench(options().ruleSet);
          await bench.open([...ENTRIES]);
          try {
            for (const { receivedAt, topic, payload } of messages) {
              if (random.chance(0.2)) bench.loop.tick();
              if (random.chance(0.1)) await bench.loop.drained();
              bench.clock.set(receivedAt);
              bench.publish(topic.split('/')[1] ?? '', payload);
            }
            await bench.loop.drained();
            const page = { limit: 500 };
            const live = await bench.records.alerts({ paths: [''] }, page);
            const cases = await bench.records.cases({ paths: [''] }, page);
            const { alerts, cases: tested } = await runBacktest({
              envelopes,
              recordings: [write(messages)],
              core: options(),
            });
            const lines = (items: readonly { readonly id: string }[]): string[] =>
              items.map((item) => JSON.stringify(item)).sort();
            expect(lines(live.items)).toEqual(lines(alerts));
            expect(lines(cases.items.map(({ number: _, ...one }) => one))).toEqual(lines(tested));
          } finally {
            await bench.close();
          }
        }),
        { numRuns: Math.ceil(RUNS / 3) },
      );
    },
  );

  atLength('with the state stored and restored after any number of inputs', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: runs(5, 1), max: 50 }), async (seed, restartEvery) => {
        const file = write(chronicle(seed));
        expect(await run([file], { restartEvery })).toBe(await run([file]));
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  atLength('in any number of parts side by side', async () => {
    // The first two stand behind one gateway, in buildings of their own; so does the last, behind none.
    const parents: Readonly<Record<string, string>> = { h2: 'haitang/g1/b2', h4: 'haitang/g1/b3' };
    const buildings = Object.values(parents).map((path) =>
      registryEntrySchema.parse({ noun: 'node', path, level: 'building', name: path }),
    );
    const entries = [
      ...buildings,
      ...ENTRIES.map((entry) =>
        entry.noun === 'home' ? { ...entry, parent: parents[entry.id] ?? entry.parent } : entry,
      ),
    ];
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 2, max: 5 }), async (seed, count) => {
        const stranger = { at: T0, topic: 'shouwang/nobody/telemetry', payload: {} };
        const recordings = [write([{ ...stranger, receivedAt: T0 + 90 * HOUR }, ...chronicle(seed)])];
        const whole = Registry.from(entries);
        const run = (registry: Registry, part?: Part): Promise<RunResult> =>
          runBacktest({
            recordings,
            latenessMs: 100 * HOUR,
            core: { ...options(), registry },
            envelopes,
            ...(part ? { part } : {}),
          });
        const parts = partsOf(whole, count);
        expect(parts.length).toBe(Math.min(count, 2));
        const runs = await Promise.all(parts.map((part) => run(registryOf(part), part)));
        const together = joined(runs.map((one) => ({ ...one, coverage: one.coverage.data() })));
        const one = await run(whole);
        expect(resultOf(together)).toBe(resultOf(one));
        expect(together.coverage.data().homes).toHaveLength(one.coverage.homes);
        for (const home of HOMES) expect(together.coverage.home(home)).toEqual(one.coverage.home(home));
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  atLength('and what it says of one home does not depend on the others', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(...HOMES.slice(2)), async (seed, home) => {
        const all = chronicle(seed);
        const alone = all.filter(({ topic }) => topic.includes(`/${home}-`));
        const of = async (messages: readonly Recorded[]): Promise<string[]> => {
          const end = { receivedAt: T0 + 100 * HOUR, topic: 'shouwang/nobody/telemetry', payload: {} };
          const core = { ...options(), ruleSet: WITHOUT_AREAS };
          const { alerts } = await runBacktest({ recordings: [write([...messages, end])], core, envelopes });
          return alerts
            .filter((alert) => alert.home === home)
            .map((alert) => JSON.stringify(alertLine(alert)));
        };
        const first = { ...all[0], topic: 'shouwang/nobody/telemetry' } as Recorded;
        expect(await of([first, ...alone])).toEqual(await of(all));
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });
});
