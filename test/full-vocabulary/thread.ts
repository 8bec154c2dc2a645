import './every-id.ts';
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { JournalWriter, readJournal } from '../../src/app/journal.ts';
import { step } from '../../src/app/pipeline.ts';
import { MINUTE } from '../../src/lib/clock.ts';
import { setPasswordCost } from '../../src/lib/secrets.ts';
import { DeviceState, isFlagged, noteFlag, type StoredDeviceState } from '../../src/model/device-state.ts';
import { CLOCK_SOURCES, type Report } from '../../src/model/message.ts';
import {
  clearedName,
  EVENT_NAMES,
  type FlagName,
  flagsOf,
  METRIC_NAMES,
  METRICS,
  type MetricName,
} from '../../src/model/metrics.ts';
import { vocabularyFaults } from '../../src/model/vocabulary-faults.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { settle } from '../contracts/telemetry.ts';
import { community, coreOf, T0 } from '../core.ts';
import { runs } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';

/** What a service whose vocabulary is full does, told to the test that asks; whatever is wrong ends this thread with an error. */
const LAST_METRIC = 'word255_pct' as MetricName;
const FLAG = 'word253' as FlagName;

const metric = fc.constantFrom(...METRIC_NAMES);
const event = fc.constantFrom(...EVENT_NAMES);
/** A value that every metric of one kind takes, printed as devices print it or not. */
const value = fc.oneof(fc.integer({ min: -400, max: 70_000 }), fc.double({ noNaN: true }));

const PLAIN = { noNullPrototype: true };

function journal(): void {
  const at = fc.integer({ min: T0, max: T0 + MINUTE });
  const report: fc.Arbitrary<Report> = fc.record(
    {
      kind: fc.constant('report' as const),
      receivedAt: at,
      device: fc.constant('m1'),
      clock: fc.constantFrom(...CLOCK_SOURCES),
      readings: fc.oneof(
        at.chain((same) => fc.array(fc.record({ metric, value, at: fc.constant(same) }, PLAIN))),
        fc.array(
          fc.record(
            { metric, value, at, clock: fc.constantFrom(...CLOCK_SOURCES) },
            { requiredKeys: ['metric', 'value', 'at'], ...PLAIN },
          ),
        ),
      ),
      events: fc.oneof(fc.constant([]), fc.array(fc.record({ event, at }, PLAIN), { maxLength: 5 })),
    },
    PLAIN,
  );
  const writer = new JournalWriter();
  fc.assert(
    fc.property(fc.array(report, { maxLength: 5 }), (reports) => {
      writer.reset();
      for (const input of reports) writer.add(input, input);
      assert.deepEqual(
        [...readJournal(writer.bytes())].map(({ input }) => input),
        reports,
      );
    }),
    { numRuns: runs(100) },
  );
}

/** Who is told of a report: the rules of this device that read something of it, and nobody twice. */
function rules(): void {
  const of = (read: string, params: object) => ({ id: read, params });
  const percents = METRIC_NAMES.filter((name) => METRICS[name].max === 100 && METRICS[name].min === 0);
  const told = fc.record({
    metrics: fc.uniqueArray(fc.constantFrom(...percents), { maxLength: 6 }),
    events: fc.uniqueArray(event, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...percents), event, fc.array(told, { minLength: 1 }), (read, heard, all) => {
      const core = coreOf(community({ h1: [{ id: 'm1', model: 'water-meter' }] }), [
        { ...of('METRIC', { metric: read, below: 20, reports: 1 }), kind: 'device-limit' },
        { ...of('EVENT', { events: [heard], about: 'home' }), kind: 'event' },
      ]);
      const found = new Set<string>();
      all.forEach(({ metrics, events }, minute) => {
        const at = T0 + minute * MINUTE;
        const report: Report = {
          kind: 'report',
          receivedAt: at,
          device: 'm1',
          clock: 'device',
          readings: metrics.map((name) => ({ metric: name, value: 5, at })),
          events: events.map((name) => ({ event: name, at })),
        };
        // The same once more is a repeat; with another word in it, it is not.
        for (const { effects } of [step(core, report), step(core, report)])
          for (const effect of effects) if (effect.type === 'alert') found.add(effect.alert.rule);
      });
      assert.equal(
        found.has('METRIC'),
        all.some(({ metrics }) => metrics.includes(read)),
      );
      assert.equal(
        found.has('EVENT'),
        all.some(({ events }) => events.includes(heard)),
      );
    }),
    { numRuns: runs(40) },
  );
}

/** Of one instant, and of one sum over values and ids: they differ in what they are of alone. */
function repeats(): void {
  const core = coreOf(community({ h1: [{ id: 'm1', model: 'water-meter' }] }), []);
  const refused = (name: string, amount: number) =>
    step(core, {
      kind: 'report',
      receivedAt: T0 + MINUTE,
      device: 'm1',
      clock: 'device',
      readings: [{ metric: name as MetricName, value: amount, at: T0 }],
      events: [],
    }).refusals.map(({ reason }) => reason);
  assert.deepEqual(
    [refused('word100_pct', 2), refused('word200_pct', 1), refused('word50_pct', 4)],
    [[], [], []],
  );
  assert.deepEqual(
    [refused('word100_pct', 2), refused('word200_pct', 1), refused('word50_pct', 4)],
    [['duplicate'], ['duplicate'], ['duplicate']],
  );
}

function flags(): void {
  const known = EVENT_NAMES.filter((name) => flagsOf(name)?.raised) as FlagName[];
  const word = fc.tuple(fc.constantFrom(...known), fc.boolean());
  fc.assert(
    fc.property(fc.array(word), (said) => {
      const state = new DeviceState('m1', T0);
      const standing = new Set<FlagName>();
      for (const [flag, raised] of said) {
        noteFlag(state, raised ? flag : clearedName(flag));
        if (raised) standing.add(flag);
        else for (const ended of flagsOf(clearedName(flag))?.flags ?? []) standing.delete(ended);
      }
      const restored = new DeviceState('m1', 0);
      restored.restore(JSON.parse(JSON.stringify(state)) as StoredDeviceState);
      for (const each of [state, restored])
        assert.deepEqual(new Set(known.filter((flag) => isFlagged(each, flag))), standing);
    }),
    { numRuns: runs(40) },
  );
}

/** Neighbours in the file: the last metric of a device, and the first of the next. */
async function store(dir: string): Promise<void> {
  const small = { sealPoints: 300, stepMs: 0, compactBlocks: 2, chunkPoints: 4, sealAgeMs: MINUTE };
  const open = async () => {
    const opened = sqliteTelemetry({ file: join(dir, 'telemetry.db'), ...small });
    await opened.open();
    return opened;
  };
  const days = Array.from({ length: 12 }, (_, day) => T0 + day * 1_000 * MINUTE);
  const valueAt = (device: number, name: MetricName, day: number) => device * 1_000 + METRICS[name].id + day;
  let filled = await open();
  for (const [day, at] of days.entries()) {
    const reports = [0, 1, 2].map((device) => ({
      seq: day * 3 + device + 1,
      report: {
        kind: 'report' as const,
        receivedAt: at,
        device: `d${device}`,
        clock: 'device' as const,
        readings: METRIC_NAMES.map((name) => ({ metric: name, value: valueAt(device, name, day), at })),
        events: EVENT_NAMES.map((name) => ({ event: name, at })),
      },
    }));
    await filled.append(reports);
    await settle(filled, at + 2 * MINUTE);
  }
  await filled.close();
  filled = await open();
  const period = { from: T0, to: T0 + 100_000 * MINUTE };
  for (const device of [0, 1, 2]) {
    for (const name of METRIC_NAMES) {
      const points = await filled.range({ device: `d${device}`, metric: name, ...period });
      assert.deepEqual(
        points.map((point) => point.value),
        days.map((_, day) => valueAt(device, name, day)),
      );
    }
    const events = await filled.events({ device: `d${device}`, ...period, limit: 100_000 });
    assert.deepEqual(new Set(events.map((one) => one.event)), new Set(EVENT_NAMES));
  }
  await filled.close();
}

const MODEL = {
  model: 'acme-all',
  title: { zh: '全', en: 'All' },
  format: 'json',
  topics: ['acme/{device}/up'],
  expectedInterval: '15min',
  readings: [
    { metric: LAST_METRIC, path: 'level' },
    { metric: 'word64_pct', path: 'other' },
  ],
  events: [{ event: 'word255', path: 'what', when: ['alarm'] }],
  flags: [{ flag: FLAG, path: 'state' }],
  examples: [
    {
      name: 'all of it',
      payload: { level: 3, other: 64, what: 'alarm', state: 1 },
      readings: { [LAST_METRIC]: 3, word64_pct: 64 },
      events: ['word255', FLAG],
    },
  ],
};
const RULES = [
  { id: 'LEVEL', kind: 'device-limit', params: { metric: LAST_METRIC, below: 20, reports: 2 } },
  { id: 'WHAT', kind: 'event', params: { events: ['word255'], about: 'home' } },
  { id: 'STATE', kind: 'event', params: { events: [FLAG], about: 'home' } },
];

/** The real service, killed after the first of two low readings, and started on what it left. */
async function service(dir: string): Promise<unknown> {
  const [first, second] = [join(dir, 'first'), join(dir, 'second')];
  mkdirSync(join(first, 'models'), { recursive: true });
  writeFileSync(join(first, 'models/acme-all.yaml'), stringify(MODEL));
  const entries = community({ h1: [{ id: 'd1', model: 'acme-all' }] });
  const before = await testService({ dir: first, entries, rules: RULES });
  await say(before, { level: 5, other: 64, what: 'alarm', state: 1 });
  cpSync(first, second, { recursive: true });
  await before.stop();
  const after = await testService({ dir: second, rules: RULES });
  await say(after, { level: 4, other: 65, what: 'none', state: 1 });
  await say(after, { level: 4, other: 66, what: 'none', state: 0 });
  const cookie = await signIn(after.url);
  const get = async (path: string) =>
    (await (await fetch(`${after.url}/api/v1/${path}`, { headers: { cookie } })).json()) as {
      points?: { value: number }[];
      items?: { event: string; rule: string }[];
    };
  const pointsOf = async (name: string) =>
    (await get(`devices/d1/readings?metric=${name}`)).points?.map((point) => point.value);
  const found = {
    [LAST_METRIC]: await pointsOf(LAST_METRIC),
    word64_pct: await pointsOf('word64_pct'),
    events: (await get('devices/d1/events')).items?.map((one) => one.event).sort(),
    alerts: (await get('alerts')).items?.map(({ rule }) => rule).sort(),
    refused: (await get('rejections')).items,
  };
  await after.stop();
  return found;
}

async function say({ loop }: TestService, words: object): Promise<void> {
  const payload = Buffer.from(JSON.stringify(words));
  const message = { topic: 'acme/d1/up', payload, client: 'd1', receivedAt: Date.now() };
  loop.receive({ message, qos: 1, done: () => {} });
  await loop.drained();
}

setPasswordCost(2 ** 8);
const dir = mkdtempSync(join(tmpdir(), 'shouwang-vocabulary-'));
try {
  journal();
  rules();
  repeats();
  flags();
  await store(dir);
  parentPort?.postMessage({ faults: vocabularyFaults(), service: await service(dir) });
} finally {
  rmSync(dir, { recursive: true, force: true });
}
