import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { callWithoutRuleFact } from '../../src/app/call-without-rule.ts';
import { RosterWatch } from '../../src/app/roster-watch.ts';
import { SelfWatch } from '../../src/app/self-watch.ts';
import { runBacktest } from '../../src/backtest/run.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { Registry } from '../../src/registry/registry.ts';
import { community, envelopes, gridWorker, kinds, models, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { notify, policy, setOf, switchedOff, without } from './left-out.ts';
import { productRules, tell } from './story.ts';

describe('a call for help that no rule takes', () => {
  const SILENT = { homes: { h1: ['band'] }, rules: without('B1') } as const;

  tell('is counted and kept by its name, and its readings are taken all the same', SILENT, (story) => {
    story.until('10:00');
    story.publish('h1-band', { at: story.now, event: 'sos', pulse_bpm: 70 });
    expect(story.rejections).toEqual(['call-without-rule']);
    story.home('h1').band.falls();
    expect(story.rejections).toEqual(['call-without-rule']);
    expect(story.core.devices.get('h1-band')?.state.sensedAt).toBe(story.now);
  });

  tell(
    'is one where the only rule is in shadow, counts falls, or is off in this home',
    {
      homes: { h1: ['band'], h2: ['band'] },
      rules: [
        { id: 'S', kind: 'event', mode: 'shadow', params: { events: ['sos'] } },
        { id: 'B2', kind: 'event', params: { events: ['fall'] } },
        { id: 'B2-review', kind: 'frequent-event', params: { events: ['fall'] } },
      ],
      overrides: [{ home: 'h2', rule: 'B2', enabled: false, author: '周敏', reason: 'rehabilitation' }],
    },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.rejections).toHaveLength(1);
      story.home('h1').band.falls();
      expect(story.rejections).toHaveLength(1);
      story.home('h2').band.falls();
      expect(story.rejections).toHaveLength(2);
    },
  );

  tell(
    'is also the alarm of a band that says no kind, which may be one',
    { homes: { h1: ['band'] }, rules: without('B3', 'V1-symptoms') },
    (story) => {
      story.until('10:00');
      story.publish('h1-band', { at: story.now, event: 'general_alarm' });
      expect(story.rejections).toEqual(['call-without-rule']);
      expect(story.alerts('h1').join()).toContain('calls-no-rule-takes');
    },
  );

  const B1 = { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } };
  const BY_DAY = { ...B1, hours: { from: '10:00', to: '22:00' } };

  tell(
    'is one that a rule keeps back at this hour; the rule itself tells of it when its hours begin',
    { homes: { h1: ['band'] }, rules: [BY_DAY] },
    (story) => {
      story.until('05:51');
      story.home('h1').band.presses();
      expect(story.rejections).toEqual(['call-without-rule']);
      expect(callWithoutRuleFact(story.core, undefined)?.values).toMatchObject({
        device: 'h1-band',
        rule: 'B1',
        gate: 'outside-hours',
      });
      story.until('10:30');
      expect(story.alerts()).toEqual(['calls-no-rule-takes raised day 1 05:51', 'B1 raised day 1 10:00']);
      // Whoever came at six is in the same case as whoever hears of it at ten.
      expect(story.cases('h1')).toEqual(['h1.c1 safety P1 open: a1 a2']);
      story.until('22:30');
      // It is open: people hear of this press in its case.
      story.home('h1').band.presses();
      expect(story.rejections).toHaveLength(1);
    },
  );

  tell(
    'is not one while another rule speaks',
    {
      homes: { h1: ['band'] },
      rules: [BY_DAY, { ...B1, id: 'B1-night', hours: { from: '22:00', to: '10:00' } }],
    },
    (story) => {
      story.until('05:51');
      story.home('h1').band.presses();
      expect(story.rejections).toEqual([]);
      expect(story.open('h1')).toEqual(['B1-night']);
    },
  );

  tell(
    'is one where the device is not armed yet, or its home is away',
    { homes: { h1: ['band'], h2: ['band'] }, rules: [{ ...B1, arming: { days: 14 } }] },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(callWithoutRuleFact(story.core, undefined)?.values['gate']).toBe('not-armed');
      story.replaceRules([{ ...B1, whileAway: false }]);
      const period = { from: story.now, until: story.now + DAY, kind: 'travel' } as const;
      story.command({ type: 'home.away', home: 'h2', period });
      story.home('h2').band.presses();
      expect(story.rejections).toEqual(['call-without-rule', 'call-without-rule']);
    },
  );

  tell(
    'is one where the hours end while it waits for its wearer',
    {
      homes: { h1: ['band'] },
      rules: [
        {
          ...BY_DAY,
          id: 'B2',
          params: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 60 },
        },
      ],
    },
    (story) => {
      story.until('21:59').after(30 * SECOND);
      story.home('h1').band.falls();
      story.after(29 * SECOND);
      expect(story.core.callsWithoutRule).toEqual([]);
      story.after(MINUTE);
      expect(story.alerts()).toEqual(['calls-no-rule-takes raised day 1 22:00:30']);
      expect(callWithoutRuleFact(story.core, undefined)?.values).toMatchObject({ call: 'fall', rule: 'B2' });
    },
  );

  const WAITS = {
    ...BY_DAY,
    id: 'B2',
    params: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 60 },
  };

  tell(
    'is one where its band or its rule goes while it waits for its wearer, and the hours have ended',
    { homes: { h1: ['band'], h2: ['band'] }, rules: [WAITS] },
    (story) => {
      story.until('21:59').after(30 * SECOND);
      story.home('h1').band.falls();
      story.home('h2').band.falls();
      story.after(40 * SECOND);
      story.register([], [{ noun: 'device', key: 'h1-band' }]);
      expect(story.alerts('h1')).toEqual(['calls-no-rule-takes raised day 1 22:00:10']);
      story.replaceRules([{ ...WAITS, enabled: false }]);
      expect(story.alerts('h2')).toEqual(['calls-no-rule-takes raised day 1 22:00:10']);
      story.after(MINUTE);
      expect(story.cases().map((one) => one.replace(/:.*/, ''))).toEqual([
        'h1.c1 safety P2 open',
        'h2.c1 safety P2 open',
      ]);
    },
  );

  tell(
    'is a case of its home, which stays when another home calls and when a rule takes such calls again',
    { homes: { h1: ['band'], h2: ['band'] }, rules: switchedOff('B1'), notify },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1']);
      const { title } = story.case('h1.c1');
      expect(title.zh).toMatch(/王秀英.*：紧急呼叫（没有规则处理）$/);
      expect(title.en).toMatch(/: SOS, which no rule takes$/);
      story.after(SECOND);
      story.home('h2').band.presses();
      story.replaceRules(productRules);
      story.until('11:00');
      expect(story.cases().filter((one) => one.includes('safety'))).toEqual([
        'h1.c1 safety P2 open: a1',
        'h2.c1 safety P2 open: a1',
      ]);
      expect(story.open('h1')).toEqual(['calls-no-rule-takes']);
      story.acknowledge('h1.c1');
      story.resolve('h1.c1');
      expect(story.alerts('h1')).toEqual(['calls-no-rule-takes raised day 1 10:00, resolved day 1 11:00']);
      expect(story.open('h2')).toEqual(['calls-no-rule-takes']);
    },
  );

  tell(
    'is told again as presses are, and at once when people have resolved the one before',
    { homes: { h1: ['band'] }, rules: switchedOff('B1'), notify, entries: [gridWorker('zhou', 'haitang')] },
    (story) => {
      const told = (): number => story.notices.filter(({ recipient }) => recipient.name === 'zhou').length;
      story.until('10:00');
      story.home('h1').band.presses();
      expect(told()).toBe(1);
      story.after(SECOND);
      story.home('h1').band.presses();
      expect(told()).toBe(1);
      expect(story.rawAlerts('h1')).toMatchObject([{ count: 2, priority: 'P2' }]);
      story.acknowledge('h1.c1');
      story.resolve('h1.c1', 'pressed-by-mistake');
      const before = told();
      story.after(SECOND);
      story.home('h1').band.presses();
      expect(told()).toBe(before + 1);
      expect(story.openCase('h1')).toBe('h1.c2');
    },
  );

  tell(
    'says which rule keeps it back and why, a fall beside an SOS',
    {
      homes: { h1: ['band'] },
      rules: [
        BY_DAY,
        { id: 'B2', kind: 'event', priority: 'P1', arming: { days: 14 }, params: { events: ['fall'] } },
      ],
    },
    (story) => {
      story.until('05:51');
      story.home('h1').band.presses();
      story.home('h1').band.falls();
      expect(story.rawAlerts('h1').map(({ title }) => title.zh)).toEqual([
        '紧急呼叫（规则 B1 此刻不告警）',
        '跌倒（规则 B2 此刻不告警）',
      ]);
      expect(story.rawAlerts('h1')[0]?.evidence.text.zh).toBe(
        '设备 h1-band 报来“紧急呼叫”，而规则 B1 此刻不告警（不在该规则的时段内）。请立即联系老人；之后请管理员核对规则文件。',
      );
      expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1 a2']);
    },
  );

  tell(
    'is none once people have resolved the one before, also where the rule speaks of the home',
    { homes: { h1: ['band'] }, rules: [{ ...B1, params: { events: ['sos'], about: 'home' } }] },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      const id = story.openCase('h1') as string;
      story.acknowledge(id);
      story.resolve(id);
      story.until('11:00');
      story.home('h1').band.presses();
      expect(story.open('h1')).toEqual(['B1']);
    },
  );

  test('is no finding of rules that are judged by themselves', async () => {
    const registry = Registry.from(community({ h1: [{ id: 'h1-b', model: 'wristband' }] }));
    const report = { kind: 'report', device: 'h1-b', clock: 'device', readings: [] } as const;
    async function* reports() {
      yield [{ ...report, receivedAt: T0 + HOUR, events: [{ event: 'sos', at: T0 + HOUR } as const] }];
    }
    const core = { models, kinds, registry, ruleSet: setOf([BY_DAY]), policy, channels: new Set<string>() };
    const run = await runBacktest({ reports: reports(), core, envelopes });
    expect(run).toMatchObject({ alerts: [], cases: [], rejections: { 'call-without-rule': 1 } });
  });

  /** A service that looks after itself, of two homes with bands and without a rule for their SOS. */
  async function deafToSos(
    tellIt: (bench: LoopBench, look: () => Promise<string[]>) => Promise<void>,
    rules: readonly unknown[] = without('B1'),
  ) {
    const bench = new LoopBench(setOf(rules));
    try {
      const homes = ['h1', 'h2'].map((id) => [id, [{ id: `${id}-b`, model: 'wristband' }]]);
      await bench.open([...community(Object.fromEntries(homes))]);
      await tellIt(bench, lookingAt(bench));
    } finally {
      await bench.close();
    }
  }

  /** Twice, for what says something new ends first. */
  function lookingAt({ core, clock, loop, records }: LoopBench): () => Promise<string[]> {
    const selfWatch = new SelfWatch({
      core,
      clock,
      audit: { lastFound: [] },
      caseAudit: { lastFound: [] },
      rosters: new RosterWatch(core, clock),
      reach: { factOf: () => undefined },
      channels: { down: () => undefined, failing: () => undefined, unproven: () => undefined },
      deafSince: () => undefined,
      submit: (command) => loop.submit(command, 'system'),
      logger: pino({ level: 'silent' }),
      brokerAwayMs: 10 * MINUTE,
      behindMs: DAY,
    });
    return async () => {
      for (let i = 0; i < 2; i++) {
        clock.advance(SECOND);
        await loop.drained();
        selfWatch.look();
        await loop.drained();
      }
      const { items } = await records.alerts({ paths: [''] }, { limit: 50 });
      return items
        .map(({ rule, clearReason, evidence }) => {
          const { device, key } = evidence.values;
          return `${rule} ${rule === 'call-without-rule' ? key : device} ${clearReason ?? 'open'}`;
        })
        .sort();
    };
  }

  /** Hours that neither hold at that instant nor begin soon. */
  const nightAt = (at: number): { from: string; to: string } => {
    const hour = (ahead: number): string =>
      `${String((Math.floor(at / HOUR) + 8 + ahead) % 24).padStart(2, '0')}:00`;
    return { from: hour(6), to: hour(12) };
  };

  const sos = (bench: LoopBench, device: string): void =>
    bench.publish(device, { at: bench.clock.now(), event: 'sos' });

  const OF_RULES = 'call-without-rule sos open';
  const ofHome = (home: string): string => `calls-no-rule-takes ${home}-b open`;

  test('is told to technicians once for all homes that call, beside the cases of these', () =>
    deafToSos(async (bench, look) => {
      expect(await look()).toEqual([]);
      sos(bench, 'h1-b');
      expect(await look()).toEqual([OF_RULES, ofHome('h1')]);
      const { items } = await bench.records.cases({ paths: [''] }, { limit: 9 });
      expect(items.map(({ subject, kind, priority }) => [subject, kind, priority]).sort()).toEqual([
        ['h1', 'safety', 'P2'],
        [SERVICE_SUBJECT, 'technical', 'P2'],
      ]);
      const technical = items.find(({ subject }) => subject === SERVICE_SUBJECT);
      // What technicians put right is the rule: that it takes calls again must not read as if somebody were well again.
      expect(technical?.title.zh).toMatch(/“紧急呼叫”没有规则处理$/);
      sos(bench, 'h2-b');
      expect(await look()).toEqual([OF_RULES, ofHome('h1'), ofHome('h2')]);
      await bench.loop.submit({ type: 'rules.replace', ruleSet: setOf(productRules) }, 'operator');
      expect(await look()).toEqual(['call-without-rule sos recovered', ofHome('h1'), ofHome('h2')]);
    }));

  test('that a rule keeps back at this hour is told with the rule and why, and once after a restart', () =>
    deafToSos(
      async (bench, look) => {
        sos(bench, 'h1-b');
        const held = 'call-without-rule sos B1 outside-hours';
        expect(await look()).toEqual([`${held} open`, ofHome('h1')]);
        const [alert] = (await bench.records.alerts({ paths: [''] }, { limit: 9 })).items.filter(
          ({ subject }) => subject === SERVICE_SUBJECT,
        );
        expect(alert?.title.zh).toBe('“紧急呼叫”被规则 B1 扣下');
        expect(alert?.evidence.text.zh).toMatch(/而规则 B1 此刻不告警（不在该规则的时段内）/);
        const next = await bench.afterKill();
        try {
          const lookAgain = lookingAt(next);
          expect(await lookAgain()).toEqual([`${held} open`, ofHome('h1')]);
          await next.loop.submit({ type: 'rules.replace', ruleSet: setOf([B1]) }, 'operator');
          expect(await lookAgain()).toEqual([`${held} recovered`, ofHome('h1')]);
        } finally {
          await next.close();
        }
      },
      [{ ...BY_DAY, hours: nightAt(T0) }],
    ));

  test.each([
    ['before a checkpoint', async (bench: LoopBench) => bench.checkpoints.complete()],
    [
      'during a checkpoint',
      async ({ checkpoints, loop }: LoopBench) => {
        // The home is stored with the call in it, what all homes share was stored before it.
        await checkpoints.work(60_100);
        await loop.drained();
      },
    ],
  ])('that came %s is told after a kill, of its home and of the rules', (_when, store) =>
    deafToSos(
      async (bench) => {
        // A round begins: it will store the homes as they are then.
        bench.publish('h1-b', { pulse_bpm: 70 });
        await bench.loop.drained();
        await bench.checkpoints.work(60_000);
        sos(bench, 'h1-b');
        await bench.loop.drained();
        await store(bench);
        const next = await bench.afterKill();
        try {
          const [ofRules, home, ...others] = await lookingAt(next)();
          expect(ofRules).toMatch(/^call-without-rule sos.* open$/);
          expect([home, ...others]).toEqual([ofHome('h1')]);
          // It is known to be open: the next press is one more of it.
          sos(next, 'h1-b');
          await next.loop.drained();
          const { items } = await next.records.alerts({ paths: [''] }, { limit: 9 });
          expect(items.filter(({ subject }) => subject === 'h1')).toMatchObject([{ count: 2 }]);
        } finally {
          await next.close();
        }
      },
      [{ ...BY_DAY, hours: nightAt(T0) }],
    ),
  );

  test('is a case of its home as soon as its sender is told that it was received', () =>
    deafToSos(async (bench) => {
      const before = bench.acknowledged;
      sos(bench, 'h1-b');
      while (bench.acknowledged === before) await new Promise(setImmediate);
      const next = await bench.afterKill();
      try {
        const { items } = await next.records.cases({ paths: [''] }, { limit: 9 });
        expect(items.map(({ subject }) => subject)).toEqual(['h1']);
      } finally {
        await next.close();
      }
    }));

  const resolved = {
    type: 'case.resolve',
    outcome: 'device',
    note: 'B1 is off on purpose',
    contactMadeBy: '',
  } as const;

  test('is over for technicians when they have resolved it, until somebody calls again', () =>
    deafToSos(async (bench, look) => {
      sos(bench, 'h1-b');
      await look();
      const id = `${SERVICE_SUBJECT}.c1`;
      expect(await bench.loop.submit({ type: 'case.acknowledge', case: id }, '周敏')).toMatchObject({
        ok: true,
      });
      expect(await bench.loop.submit({ ...resolved, case: id }, '周敏')).toMatchObject({ ok: true });
      expect(await look()).toEqual(['call-without-rule sos resolved', ofHome('h1')]);
      sos(bench, 'h1-b');
      expect(await look()).toEqual([OF_RULES, 'call-without-rule sos resolved', ofHome('h1')]);
    }));

  test('that an earlier version told of in the case of the service stands there until people have resolved it', () =>
    deafToSos(async (bench, look) => {
      const values = { device: 'h1-b', home: 'h1', place: 'h1', call: 'sos', key: 'h1-b sos' };
      const finding = 'call-without-rule' as const;
      const since = bench.clock.now();
      await bench.loop.submit({ type: 'service.finding', finding, state: 'begins', since, values }, 'system');
      sos(bench, 'h2-b');
      await bench.loop.submit({ type: 'rules.replace', ruleSet: setOf(productRules) }, 'operator');
      expect(await look()).toEqual(['call-without-rule h1-b sos open', ofHome('h2')]);
    }));
});
