import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import { expect, test } from 'vitest';
import { Checkpoints, parseShared, recoverCore } from '../src/app/checkpoints.ts';
import { Core } from '../src/app/core.ts';
import { Decoder } from '../src/app/decode.ts';
import { Loop } from '../src/app/loop.ts';
import { storeSubject } from '../src/app/subject.ts';
import { HOUR, ManualClock, MINUTE } from '../src/lib/clock.ts';
import type { Command } from '../src/model/command.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { type RuleSet, ruleSetSchema } from '../src/model/rule-set.ts';
import type { RecordStore } from '../src/ports/records.ts';
import type { TelemetryStore } from '../src/ports/telemetry.ts';
import { Registry } from '../src/registry/registry.ts';
import { sqliteRecords } from '../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../src/store/telemetry-sqlite.ts';
import { tempFolder } from './contracts/bed.ts';
import { community, kinds, models, policy, T0 } from './core.ts';
import { productRules } from './scenarios/story.ts';

const logger = pino({ level: 'silent' });
const HOMES = ['h1', 'h2', 'h3'];
const UNIT = 'haitang/g1/b1/u1';

const ruleSet = (version: string, rules: readonly unknown[]): RuleSet =>
  ruleSetSchema.parse({ version, rules });
/** One with an id that means another kind, one without silence, one with all in another order. */
const RULE_SETS = [
  ruleSet('0', productRules),
  ruleSet('1', [...productRules].reverse()),
  ruleSet(
    '2',
    productRules.filter(({ id }) => id !== 'M1' && id !== 'W1'),
  ),
  ruleSet('3', [
    { id: 'B2', kind: 'silence', params: { graceMinutes: 30 } },
    { id: 'M1', kind: 'low-consumption', params: { leakCorrected: false } },
  ]),
] as const;

type Action =
  | { readonly do: 'water'; readonly home: number; readonly litres: number; readonly agoMs: number }
  | { readonly do: 'band'; readonly home: number; readonly say: Readonly<Record<string, unknown>> }
  | { readonly do: 'garbage' }
  | { readonly do: 'time'; readonly ms: number }
  | { readonly do: 'listen' }
  | { readonly do: 'case'; readonly home: string; readonly act: 'acknowledge' | 'note' | 'resolve' }
  | {
      readonly do: 'registry';
      readonly home: number;
      readonly change: 'move' | 'leave' | 'return' | 'disable' | 'gateway';
    }
  | { readonly do: 'rules'; readonly set: number }
  | { readonly do: 'checkpoint'; readonly whole: boolean }
  | { readonly do: 'commit' }
  | { readonly do: 'kill' };

const home = fc.integer({ min: 0, max: HOMES.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('water' as const),
      home,
      litres: fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 40 }), fc.constant(50_000)),
      agoMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * HOUR })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('band' as const),
      home,
      say: fc.constantFrom(
        { event: 'sos' },
        { event: 'fall' },
        { event: 'fall_cancelled' },
        { systolic_mmhg: 195, diastolic_mmhg: 100 },
        { systolic_mmhg: 130, diastolic_mmhg: 80 },
        { worn_bool: false },
        { at: '2099-01-01T00:00:00Z', event: 'sos' },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'garbage' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      ms: fc.oneof(
        fc.constant(10_000),
        fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * MINUTE),
        fc.integer({ min: 1, max: 15 }).map((hours) => hours * HOUR),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'listen' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('case' as const),
      home: fc.constantFrom(...HOMES, 'gw'),
      act: fc.constantFrom('acknowledge' as const, 'note' as const, 'resolve' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('registry' as const),
      home,
      change: fc.constantFrom(
        'move' as const,
        'leave' as const,
        'return' as const,
        'disable' as const,
        'gateway' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rules' as const), set: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('checkpoint' as const), whole: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant({ do: 'commit' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'kill' as const }) },
);

/** A service without its edges: the real loop on the real stores. */
class Bench {
  readonly dir = tempFolder('recovery');
  readonly clock = new ManualClock(T0);
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly core: Core;
  readonly loop: Loop;
  readonly checkpoints: Checkpoints;
  readonly #litres = HOMES.map(() => 100_000);
  /** By "device metric at", what was taken: what the telemetry store must hold, now and after every kill. */
  readonly taken = new Map<string, number>();
  #copies = 0;
  #steady = 0;

  constructor() {
    ({ records: this.records, telemetry: this.telemetry } = storesIn(this.dir));
    this.core = newCore([], RULE_SETS[0], this.clock.now());
    this.checkpoints = new Checkpoints(this.core, this.records, this.telemetry, logger);
    this.loop = new Loop({
      core: this.core,
      records: this.records,
      decoder: new Decoder(models),
      clock: this.clock,
      logger,
      committed: ({ reports, lastSeq }) => {
        for (const { report } of reports)
          for (const { metric, at, value } of report.readings)
            this.taken.set(`${report.device} ${metric} ${at}`, value);
        void this.telemetry.append(reports, lastSeq);
      },
      between: () => {},
    });
  }

  async open(): Promise<void> {
    await this.records.open();
    await this.telemetry.open();
    const devices = (id: string) => [
      { id: `${id}-meter`, model: 'water-meter', ...(id === 'h3' ? {} : { gateway: 'gw' }) },
      { id: `${id}-band`, model: 'wristband' },
    ];
    const put = community(Object.fromEntries(HOMES.map((id) => [id, devices(id)])), ['gw']);
    await this.loop.submit({ type: 'registry.apply', put, remove: [] }, 'system');
    await this.checkpoints.complete();
    this.loop.tick(this.clock.now());
  }

  async close(): Promise<void> {
    await this.loop.stop();
    await this.telemetry.close();
    await this.records.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async run(action: Action): Promise<void> {
    switch (action.do) {
      case 'water': {
        const litres = (this.#litres[action.home] as number) + action.litres;
        this.#litres[action.home] = litres;
        return this.#publish(`${HOMES[action.home]}-meter`, {
          at: this.clock.now() - action.agoMs,
          water_index_m3: litres / 1000,
        });
      }
      case 'band':
        return this.#publish(`${HOMES[action.home]}-band`, { at: this.clock.now(), ...action.say });
      case 'garbage':
        return this.#publish('h1-band', 'no JSON');
      case 'time':
        this.clock.advance(action.ms);
        return this.loop.tick();
      case 'listen':
        return this.loop.tick(this.clock.now());
      case 'case':
        return this.#handle(action.home, action.act);
      case 'registry':
        return this.#register(action);
      case 'rules':
        return this.#submit({ type: 'rules.replace', ruleSet: RULE_SETS[action.set] as RuleSet });
      case 'checkpoint':
        await this.loop.drained();
        this.#steady += 1_000;
        return action.whole ? this.checkpoints.complete() : this.checkpoints.work(this.#steady);
      case 'commit':
        return this.loop.drained();
      case 'kill':
        return this.compare();
    }
  }

  /** What is on disk at this instant is read by a second service: it must know what the first one knows. */
  async compare(): Promise<void> {
    await this.loop.drained();
    const copy = join(this.dir, `copy-${++this.#copies}`);
    for (const file of ['records.db', 'records.db-wal', 'telemetry.db', 'telemetry.db-wal'])
      cpSync(join(this.dir, file), join(copy, file), { recursive: true });
    const { records, telemetry } = storesIn(copy);
    await records.open();
    try {
      const { sealedSeq } = await telemetry.open();
      const { checkpoint } = await records.recover();
      const twin = newCore(
        await records.registry(),
        checkpoint ? parseShared(checkpoint.shared).ruleSet : RULE_SETS[0],
        this.clock.now(),
      );
      const { lastSeq } = await recoverCore(twin, records, telemetry, sealedSeq);
      expect(lastSeq).toBe(this.core.seq);
      expect(knowledgeOf(twin)).toEqual(knowledgeOf(this.core));
      for (const [key, value] of this.taken) {
        const [device = '', metric = '', at = ''] = key.split(' ');
        const query = { device, metric: metric as 'water_index_m3', from: Number(at), to: Number(at) + 1 };
        expect(await telemetry.range(query), key).toEqual([{ at: Number(at), value }]);
      }
    } finally {
      await telemetry.close();
      await records.close();
    }
  }

  #publish(device: string, payload: unknown): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const topic = `shouwang/${device}/telemetry`;
    const message = { receivedAt: this.clock.now(), topic, payload: Buffer.from(text) };
    expect(this.loop.receive({ message, qos: 1, done: () => {} })).toBe(true);
  }

  #handle(subject: string, act: 'acknowledge' | 'note' | 'resolve'): void {
    const { safety, technical } = this.core.subject(subject)?.book?.open ?? {};
    const id = (safety ?? technical)?.id;
    if (id === undefined) return;
    if (act === 'acknowledge') this.#submit({ type: 'case.acknowledge', case: id });
    else if (act === 'note') this.#submit({ type: 'case.note', case: id, text: '电话' });
    else this.#submit({ type: 'case.resolve', case: id, outcome: 'other', note: '', contactMadeBy: '周敏' });
  }

  async #register({ home: index, change }: Extract<Action, { do: 'registry' }>): Promise<void> {
    await this.loop.drained();
    const id = HOMES[index] as string;
    const other = HOMES[(index + 1) % HOMES.length] as string;
    const known = this.core.registry.device(`${id}-band`);
    const band = { noun: 'device', id: `${id}-band`, model: 'wristband', home: id, enrolledAt: T0 };
    const meter = { noun: 'device', id: `${id}-meter`, model: 'water-meter', home: id, enrolledAt: T0 };
    const put = (...entries: unknown[]) =>
      this.#submit({
        type: 'registry.apply',
        put: entries.map((entry) => registryEntrySchema.parse(entry)),
        remove: [],
      });
    if (change === 'move') put({ ...band, home: known?.home === other ? id : other });
    else if (change === 'disable') put({ ...band, disabled: !known?.disabled });
    else if (change === 'gateway')
      put(this.core.registry.device(meter.id)?.gateway ? meter : { ...meter, gateway: 'gw' });
    else if (change === 'return')
      put({ noun: 'home', id, parent: UNIT, name: id }, { ...band, home: id }, { ...meter, gateway: 'gw' });
    else {
      const devices = this.core.registry
        .devices(id)
        .map((device) => ({ noun: 'device' as const, key: device.id }));
      const residents = this.core.registry
        .residents(id)
        .map((one) => ({ noun: 'resident' as const, key: one.id }));
      const remove = [...devices, ...residents, { noun: 'home' as const, key: id }];
      this.#submit({ type: 'registry.apply', put: [], remove });
    }
  }

  #submit(command: Command): void {
    void this.loop.submit(command, '周敏');
  }
}

function storesIn(dir: string): { records: RecordStore; telemetry: TelemetryStore } {
  return {
    records: sqliteRecords({ file: join(dir, 'records.db') }),
    // Small enough that some of it is sealed and some is not, whenever the kill comes.
    telemetry: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 12, compactBlocks: 2 }),
  };
}

function newCore(entries: Parameters<typeof Registry.from>[0], rules: RuleSet, knownAt: number): Core {
  const registry = Registry.from(entries);
  return new Core({
    models,
    kinds,
    registry,
    ruleSet: rules,
    policy,
    channels: new Set(['terminal']),
    knownAt,
  });
}

/** All that a core knows and that decides what it will do. */
function knowledgeOf(core: Core): unknown {
  const subjects = [...core.subjects.values(), ...core.gateways.values()].map((subject) => {
    const due = core.engine.nextDue(subject);
    return [
      subject.id,
      {
        state: JSON.parse(storeSubject(subject, core.rules)) as unknown,
        due,
        filed: subject.filedDue <= due,
      },
    ];
  });
  return {
    subjects: Object.fromEntries(subjects) as unknown,
    retired: Object.fromEntries(core.retired),
    rules: core.ruleSet.version,
    listeningSince: core.engine.listeningSince,
  };
}

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 25);

test('whatever happened, and wherever it was cut off: a restart knows what was known', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      const bench = new Bench();
      await bench.open();
      try {
        for (const one of actions) await bench.run(one);
        await bench.compare();
      } finally {
        await bench.close();
      }
    }),
    { numRuns: RUNS },
  );
}, 600_000);
