import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { storeSubject } from '../src/app/subject.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { Command } from '../src/model/command.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { type RuleSet, ruleSetSchema } from '../src/model/rule-set.ts';
import { community, gridWorker, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { runs } from './runs.ts';
import { productRules } from './scenarios/story.ts';

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
    productRules.filter(({ id }) => id !== 'M1' && id !== 'W1' && id !== 'C1'),
  ),
  ruleSet('3', [
    { id: 'B2', kind: 'silence', params: { graceMinutes: 30 } },
    { id: 'M1', kind: 'low-consumption', params: { leakCorrected: false } },
  ]),
] as const;

type Action =
  | { readonly do: 'water'; readonly home: number; readonly litres: number; readonly agoMs: number }
  | { readonly do: 'band'; readonly home: number; readonly say: Readonly<Record<string, unknown>> }
  | { readonly do: 'test'; readonly home: number; readonly what: 'begin' | 'end' | 'real' }
  | { readonly do: 'garbage' }
  | { readonly do: 'call'; readonly home: number; readonly why: 'foreign-way' | 'in-words' }
  | { readonly do: 'time'; readonly ms: number }
  | { readonly do: 'listen' }
  | { readonly do: 'away'; readonly ms: number }
  | { readonly do: 'case'; readonly home: string; readonly act: 'acknowledge' | 'note' | 'resolve' }
  | {
      readonly do: 'registry';
      readonly home: number;
      readonly change: 'move' | 'leave' | 'return' | 'disable' | 'gateway';
    }
  | { readonly do: 'staff'; readonly change: 'rename' | 'reach' | 'leave' }
  | { readonly do: 'stranger' }
  | { readonly do: 'rules'; readonly set: number }
  | { readonly do: 'checkpoint'; readonly whole: boolean; readonly ms: number }
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
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('test' as const),
      home,
      what: fc.constantFrom('begin' as const, 'begin' as const, 'end' as const, 'real' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'garbage' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      home,
      why: fc.constantFrom('foreign-way' as const, 'in-words' as const),
    }),
  },
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
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('away' as const),
      ms: fc.integer({ min: 1, max: 2000 }).map((minutes) => minutes * MINUTE),
    }),
  },
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
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('staff' as const),
      change: fc.constantFrom('rename' as const, 'rename' as const, 'reach' as const, 'leave' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stranger' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rules' as const), set: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('checkpoint' as const),
      whole: fc.boolean(),
      ms: fc.constantFrom(1_000, 20_000),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'commit' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'kill' as const }) },
);

/** One service that is never interrupted, and one that is killed now and then: both hear and are told the same. */
class Player {
  /** By "device metric at", what was taken: what the telemetry store must hold, now and after every kill. */
  readonly #taken = new Map<string, number>();
  readonly #litres = HOMES.map(() => 100_000);
  readonly #straight: LoopBench;
  #broken: LoopBench;
  readonly #lives: LoopBench[] = [];
  #steady = 0;
  #tests = 0;

  constructor() {
    this.#straight = new LoopBench(RULE_SETS[0], ({ reports }) => {
      for (const { report } of reports)
        for (const { metric, at, value } of report.readings)
          this.#taken.set(`${report.device} ${metric} ${at}`, value);
    });
    this.#broken = new LoopBench(RULE_SETS[0]);
  }

  get #both(): readonly LoopBench[] {
    return [this.#straight, this.#broken];
  }

  async open(): Promise<void> {
    const devices = (id: string) => [
      { id: `${id}-meter`, model: 'water-meter', ...(id === 'h3' ? {} : { gateway: 'gw' }) },
      { id: `${id}-band`, model: 'wristband' },
    ];
    for (const bench of this.#both)
      await bench.open([
        ...community(Object.fromEntries(HOMES.map((id) => [id, devices(id)])), ['gw']),
        gridWorker('zhou'),
      ]);
  }

  async close(): Promise<void> {
    // A later life lies in the folder of the one before.
    for (const bench of [this.#straight, this.#broken, ...this.#lives.reverse()]) await bench.close();
  }

  async run(action: Action): Promise<void> {
    const { clock } = this.#straight;
    switch (action.do) {
      case 'water': {
        const litres = (this.#litres[action.home] as number) + action.litres;
        this.#litres[action.home] = litres;
        const at = clock.now() - action.agoMs;
        return this.#publish(`${HOMES[action.home]}-meter`, { at, water_index_m3: litres / 1000 });
      }
      case 'band':
        return this.#publish(`${HOMES[action.home]}-band`, { at: clock.now(), ...action.say });
      case 'test': {
        const home = HOMES[action.home] as string;
        const device = `${home}-band`;
        if (action.what === 'end') return this.#submit({ type: 'call-test.end', device });
        if (action.what === 'real') return this.#submit({ type: 'call-test.real', device });
        return this.#submit({ type: 'call-test.begin', device, home, id: `t${++this.#tests}`, minutes: 5 });
      }
      case 'garbage':
        return this.#publish('h1-band', 'no JSON');
      case 'call': {
        const said = { call: 'sos' as const, from: 'gw2', topic: '', sent: 'SOS' };
        const device = `${HOMES[action.home]}-band`;
        return this.#submit({ type: 'device.called', device, why: action.why, at: clock.now(), ...said });
      }
      case 'time':
        for (const bench of this.#both) {
          bench.clock.advance(action.ms);
          bench.loop.tick();
        }
        return;
      case 'listen':
        for (const { loop } of this.#both) loop.tick({ listeningSince: clock.now() });
        return;
      case 'away':
        await this.#drained();
        for (const bench of this.#both) {
          const from = bench.clock.now();
          bench.clock.advance(action.ms);
          const until = bench.clock.now();
          bench.loop.tick({ listeningSince: until, absence: { from, until } });
        }
        return;
      case 'case':
        return this.#handle(action.home, action.act);
      case 'registry':
        return this.#register(action);
      case 'staff':
        return this.#staff(action.change);
      case 'stranger': {
        const call = { call: 'sos' as const, address: 'nobodys', topic: '', from: '', sent: '' };
        return this.#submit({ type: 'stranger.called', gateway: 'gw', at: clock.now(), ...call });
      }
      case 'rules':
        return this.#submit({ type: 'rules.replace', ruleSet: RULE_SETS[action.set] as RuleSet });
      case 'checkpoint': {
        await this.#drained();
        this.#steady += action.ms;
        const { checkpoints } = this.#broken;
        return action.whole ? checkpoints.complete() : checkpoints.work(this.#steady);
      }
      case 'commit':
        return this.#drained();
      case 'kill':
        return this.kill();
    }
  }

  /** The one is killed; what it finds on its disk must be what the other one knows. */
  async kill(): Promise<void> {
    await this.#drained();
    this.#lives.push(this.#broken);
    this.#broken = await this.#broken.afterKill();
    expect(knowledgeOf(this.#broken.core)).toEqual(knowledgeOf(this.#straight.core));
    for (const [key, value] of this.#taken) {
      const [device = '', metric = '', at = ''] = key.split(' ');
      const query = { device, metric: metric as 'water_index_m3', from: Number(at), to: Number(at) + 1 };
      expect(await this.#broken.telemetry.range(query), key).toMatchObject([{ at: Number(at), value }]);
    }
  }

  /** And what was written down for people is the same, to the letter. */
  async compareRecords(): Promise<void> {
    const page = { limit: 500 };
    const all = { paths: [''] };
    const [straight, broken] = await Promise.all(
      this.#both.map(async ({ records }) => {
        const cases = (await records.cases(all, page)).items.sort((a, b) => (a.id < b.id ? -1 : 1));
        return {
          alerts: (await records.alerts(all, page)).items.sort((a, b) => (a.id < b.id ? -1 : 1)),
          cases,
          entries: await Promise.all(cases.map(({ id }) => records.caseEntries(id))),
          notices: (await records.notices(all, page)).items.map(({ id }) => id).sort(),
        };
      }),
    );
    expect(broken).toEqual(straight);
  }

  async #drained(): Promise<void> {
    for (const { loop } of this.#both) await loop.drained();
  }

  #publish(device: string, payload: unknown): void {
    for (const bench of this.#both) bench.publish(device, payload);
  }

  #handle(subject: string, act: 'acknowledge' | 'note' | 'resolve'): void {
    const id = this.#straight.core.subject(subject)?.book?.cases[0]?.case.id;
    if (id === undefined) return;
    if (act === 'acknowledge') this.#submit({ type: 'case.acknowledge', case: id });
    else if (act === 'note') this.#submit({ type: 'case.note', case: id, text: '电话' });
    else
      this.#submit({
        type: 'case.resolve',
        case: id,
        outcome: 'other',
        note: '已处理',
        contactMadeBy: '周敏',
        contact: 'seen',
      });
  }

  async #register({ home: index, change }: Extract<Action, { do: 'registry' }>): Promise<void> {
    await this.#drained();
    const { registry } = this.#straight.core;
    const id = HOMES[index] as string;
    const other = HOMES[(index + 1) % HOMES.length] as string;
    const known = registry.device(`${id}-band`);
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
      put(registry.device(meter.id)?.gateway ? meter : { ...meter, gateway: 'gw' });
    else if (change === 'return')
      put({ noun: 'home', id, parent: UNIT, name: id }, { ...band, home: id }, { ...meter, gateway: 'gw' });
    else {
      const devices = registry.devices(id).map((device) => ({ noun: 'device' as const, key: device.id }));
      const residents = registry.residents(id).map((one) => ({ noun: 'resident' as const, key: one.id }));
      const remove = [...devices, ...residents, { noun: 'home' as const, key: id }];
      this.#submit({ type: 'registry.apply', put: [], remove });
    }
  }

  async #staff(change: Extract<Action, { do: 'staff' }>['change']): Promise<void> {
    await this.#drained();
    const known = this.#straight.core.registry.staffMember('zhou');
    if (change === 'leave' && known)
      return this.#submit({ type: 'registry.apply', put: [], remove: [{ noun: 'staff', key: 'zhou' }] });
    const node = known?.roles[0]?.node ?? 'haitang';
    const at = change === 'reach' && node === 'haitang' ? 'haitang/g1/b1' : 'haitang';
    const name = `周敏 ${++this.#tests}`;
    const put = [gridWorker('zhou', change === 'rename' ? node : at, name)];
    return this.#submit({ type: 'registry.apply', put, remove: [] });
  }

  #submit(command: Command): void {
    for (const { loop } of this.#both) void loop.submit(command, '周敏');
  }
}

/**
 * When this rule of an area looks next is what its devices say when it looks. In a replay they have said more by then, for
 * their homes were stored later than the area: it may look at another time, and finds the same (see properties-step).
 */
const LOOKS_AT_HOMES = 'M3/area-silence';

/** All that a core knows and that decides what it will do. */
function knowledgeOf(core: Core): unknown {
  const subjects = [...core.subjects.values(), ...core.groups.values()].map((subject) => {
    const due = core.engine.nextDue(subject);
    const state = JSON.parse(storeSubject(subject, core.rules), (key, value: unknown) =>
      subject.area && key === LOOKS_AT_HOMES ? undefined : value,
    ) as unknown;
    return [subject.id, { state, due: subject.area ? undefined : due, filed: subject.filedDue <= due }];
  });
  return {
    subjects: Object.fromEntries(subjects) as unknown,
    retired: Object.fromEntries(core.retired),
    rules: core.ruleSet.version,
    listeningSince: core.engine.listeningSince,
    absence: core.absence,
  };
}

const RUNS = runs(2, 80);

/** What was put off to the very instant of the checkpoint: a restart finds it under the date of before. */
const PUT_OFF_TO_NOW: Action[] = [
  { do: 'time', ms: 10_000 },
  { do: 'listen' },
  { do: 'time', ms: 4 * HOUR },
  { do: 'checkpoint', whole: true, ms: 1_000 },
  { do: 'band', home: 0, say: { event: 'sos' } },
];

/** A gateway that has called somebody is stored with a change of their entry, and with it the home behind it. */
const CALLED_BY_A_GATEWAY: Action[] = [
  { do: 'stranger' },
  { do: 'commit' },
  { do: 'checkpoint', whole: true, ms: 1_000 },
  { do: 'water', home: 0, litres: 1, agoMs: 0 },
  { do: 'commit' },
  { do: 'staff', change: 'rename' },
];

test('whatever happened, and wherever it was cut off: a restart knows what was known', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      const player = new Player();
      await player.open();
      try {
        for (const one of actions) await player.run(one);
        await player.kill();
        await player.compareRecords();
      } finally {
        await player.close();
      }
    }),
    { numRuns: RUNS, examples: [[PUT_OFF_TO_NOW], [CALLED_BY_A_GATEWAY]] },
  );
}, 600_000);

test('after a kill the registry is as it was stored, whatever single commands had put into it before', async () => {
  const bench = new LoopBench(RULE_SETS[0]);
  const entries = community({ h1: [{ id: 'h1-band', model: 'wristband' }] });
  await bench.open([...entries]);
  await bench.loop.submit({ type: 'home.visit-class', home: 'h1', visitClass: 'high' }, '周敏');
  const home = { ...bench.core.registry.home('h1'), visitClass: 'other' };
  await bench.loop.submit(
    { type: 'registry.apply', put: [registryEntrySchema.parse(home)], remove: [] },
    'system',
  );
  const next = await bench.afterKill();
  expect(next.core.registry.home('h1')?.visitClass).toBe('other');
  await next.close();
  await bench.close();
});

test('after a kill a call that answered a test is no call that people are told of, and the next one is', async () => {
  const bench = new LoopBench(RULE_SETS[0]);
  await bench.open([...community({ h1: [{ id: 'h1-band', model: 'wristband' }] })]);
  await bench.loop.submit(
    { type: 'call-test.begin', device: 'h1-band', home: 'h1', id: 't1', minutes: 5 },
    '老陈',
  );
  const press = async (on: LoopBench) => {
    on.clock.advance(10_000);
    on.publish('h1-band', { at: on.clock.now(), event: 'sos' });
    await on.loop.drained();
  };
  const begun = await bench.afterKill();
  await press(begun);
  const heard = await begun.afterKill();
  expect(heard.core.subject('h1')?.callTests.tests).toMatchObject([{ state: 'heard', by: '老陈' }]);
  expect(heard.core.subject('h1')?.hasOpenCase).toBe(false);
  await press(heard);
  expect(heard.core.subject('h1')?.hasOpenCase).toBe(true);
  await heard.close();
  await begun.close();
  await bench.close();
});

test('after a kill who is on leave is who was, whoever joined or left the staff since', async () => {
  const bench = new LoopBench(RULE_SETS[0]);
  const [stays, comes] = ['wu', 'zhou'].map((id) =>
    registryEntrySchema.parse({ noun: 'staff', id, name: id }),
  );
  if (!stays || !comes) throw new Error('two people');
  await bench.open([...community({ h1: [{ id: 'h1-band', model: 'wristband' }] }), stays]);
  const leave = (staff: string) => {
    const from = bench.clock.now();
    return bench.loop.submit({ type: 'roster.leave', staff, from, until: from + HOUR, note: '' }, '周敏');
  };
  await leave('wu');
  expect(await leave('zhou')).toMatchObject({ failure: { code: 'STAFF_NOT_FOUND' } });
  const remove = [{ noun: 'staff' as const, key: 'wu' }];
  await bench.loop.submit({ type: 'registry.apply', put: [comes], remove }, '周敏');
  const next = await bench.afterKill();
  expect(next.core.duty.book.leave.map(({ staff }) => staff)).toEqual(['wu']);
  await next.close();
  await bench.close();
});
