import { readFileSync } from 'node:fs';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { blindSpots, blindSpotsOf } from '../../src/app/blind-spots.ts';
import { callWithoutRuleFact } from '../../src/app/call-without-rule.ts';
import { Enrolled } from '../../src/app/enrolled.ts';
import { RosterWatch } from '../../src/app/roster-watch.ts';
import { SelfWatch } from '../../src/app/self-watch.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { type NotifyPolicy, notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { compileRules } from '../../src/rules/compile.ts';
import { community, kinds, models, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules, tell } from './story.ts';

const notify = parse(readFileSync(new URL('../../config/notify.yaml', import.meta.url), 'utf8')) as object;
const policy = notifyPolicySchema.parse(notify) as NotifyPolicy;
const without = (...ids: string[]): unknown[] => productRules.filter(({ id }) => !ids.includes(id));
const switchedOff = (...ids: string[]): unknown[] =>
  productRules.map((rule) => (ids.includes(rule.id) ? { ...rule, enabled: false } : rule));
const setOf = (rules: readonly unknown[], more: object = {}) =>
  ruleSetSchema.parse({ version: 'v', rules, ...more });

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
      expect(story.alerts()).toEqual(['B1 raised day 1 10:00']);
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
      expect(story.alerts()).toEqual([]);
      expect(callWithoutRuleFact(story.core, undefined)?.values).toMatchObject({ call: 'fall', rule: 'B2' });
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
      return items.map(
        ({ rule, clearReason, evidence }) => `${rule} ${evidence.values['device']} ${clearReason ?? 'open'}`,
      );
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

  test('is told to technicians at once, with who calls, and once for each device while it is open', () =>
    deafToSos(async (bench, look) => {
      expect(await look()).toEqual([]);
      sos(bench, 'h1-b');
      expect(await look()).toEqual(['call-without-rule h1-b open']);
      const { items } = await bench.records.cases({ paths: [''] }, { limit: 1 });
      expect(items).toMatchObject([{ subject: SERVICE_SUBJECT, kind: 'technical', priority: 'P2' }]);
      const [alert] = (await bench.records.alerts({ paths: [''] }, { limit: 1 })).items;
      expect(alert?.evidence.text.zh).toMatch(/的设备 h1-b 报来“紧急呼叫”，而规则集中没有启用的规则处理它/);
      sos(bench, 'h1-b');
      expect(await look()).toHaveLength(1);
      sos(bench, 'h2-b');
      expect((await look()).sort()).toEqual(['call-without-rule h1-b told', 'call-without-rule h2-b open']);
    }));

  test('is told of each of several that came at once, one after the other', () =>
    deafToSos(async (bench, look) => {
      sos(bench, 'h1-b');
      sos(bench, 'h2-b');
      await look();
      expect((await look()).sort()).toEqual(['call-without-rule h1-b told', 'call-without-rule h2-b open']);
    }));

  test('that a rule keeps back at this hour is told with the rule and why, and once after a restart', () =>
    deafToSos(
      async (bench, look) => {
        sos(bench, 'h1-b');
        expect(await look()).toEqual(['call-without-rule h1-b open']);
        const [alert] = (await bench.records.alerts({ paths: [''] }, { limit: 1 })).items;
        expect(alert?.title.zh).toMatch(/^紧急呼叫被规则 B1 扣下：/);
        expect(alert?.evidence.text.zh).toMatch(/而规则 B1 此刻不告警（不在该规则的时段内）/);
        const next = await bench.afterKill();
        try {
          const lookAgain = lookingAt(next);
          expect(await lookAgain()).toEqual(['call-without-rule h1-b open']);
          await next.loop.submit({ type: 'rules.replace', ruleSet: setOf([B1]) }, 'operator');
          expect(await lookAgain()).toEqual(['call-without-rule h1-b told']);
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
  ])('that came %s is told after a kill, if nobody had been told', (_when, store) =>
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
          expect(await lookingAt(next)()).toEqual(['call-without-rule h1-b open']);
        } finally {
          await next.close();
        }
      },
      [{ ...BY_DAY, hours: nightAt(T0) }],
    ),
  );

  test('ends with a rule that takes such calls, also where the service was killed meanwhile', () =>
    deafToSos(async (bench, look) => {
      sos(bench, 'h1-b');
      await look();
      // The call itself is in no journal any more.
      await bench.checkpoints.complete();
      const next = await bench.afterKill();
      try {
        const lookAgain = lookingAt(next);
        expect(await lookAgain()).toEqual(['call-without-rule h1-b open']);
        await next.loop.submit({ type: 'rules.replace', ruleSet: setOf(productRules) }, 'operator');
        expect(await lookAgain()).toEqual(['call-without-rule h1-b told']);
      } finally {
        await next.close();
      }
    }));

  test('is over when people have resolved it, and the next call is told anew', () =>
    deafToSos(async (bench, look) => {
      sos(bench, 'h1-b');
      await look();
      const id = `${SERVICE_SUBJECT}.c1`;
      const resolved = {
        type: 'case.resolve',
        case: id,
        outcome: 'device',
        note: 'B1 was off',
        contactMadeBy: '',
      } as const;
      expect(await bench.loop.submit({ type: 'case.acknowledge', case: id }, '周敏')).toMatchObject({
        ok: true,
      });
      expect(await bench.loop.submit(resolved, '周敏')).toMatchObject({ ok: true });
      expect(await look()).toEqual(['call-without-rule h1-b resolved']);
      sos(bench, 'h1-b');
      expect((await look()).sort()).toEqual([
        'call-without-rule h1-b open',
        'call-without-rule h1-b resolved',
      ]);
    }));
});

describe('a configuration that is in order and leaves somebody unheard', () => {
  const BANDS: readonly [string, string][] = [
    ['wristband', 'h1'],
    ['wristband', 'h2'],
    ['wristband', 'h3'],
  ];
  const METERS: readonly [string, string][] = [
    ['water-meter', 'h1'],
    ['water-meter', 'h2'],
  ];
  const spots = (
    rules: readonly unknown[],
    told: NotifyPolicy = policy,
    more: object = {},
    devices: readonly [string, string][] = [...BANDS, ...METERS],
  ): string[] => {
    const compiled = compileRules(setOf(rules, more), kinds);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    const enrolled = new Enrolled(compiled.value);
    for (const [model, home] of devices) enrolled.add(model, home);
    return blindSpots(compiled.value, enrolled, models, told).map(({ text }) => text.en);
  };

  test('is said for each call and for silence, as long as devices of that ability are enrolled', () => {
    expect(spots(productRules)).toEqual([]);
    expect(spots(without('B1', 'B2', 'M1'))).toEqual([
      'no enabled rule takes SOS (sos), which 3 enrolled devices can send: somebody calls, and nobody is told',
      'no enabled rule takes Fall (fall), which 3 enrolled devices can send: somebody calls, and nobody is told',
      'no enabled rule finds a silent device (silence), and 5 devices are enrolled: one that fails is not missed',
    ]);
    expect(spots(without('B1', 'B2'), policy, {}, METERS)).toEqual([]);
  });

  test('is said where such a rule is only switched off or in shadow, not where some homes have it', () => {
    const B1 = productRules.find(({ id }) => id === 'B1') as object;
    expect(spots([...without('B1'), { ...B1, enabled: false }])).toHaveLength(1);
    expect(spots([...without('B1'), { ...B1, mode: 'shadow' }])).toHaveLength(1);
    const overrides = [{ home: 'h1', rule: 'B1', enabled: true, author: '周敏', reason: 'trial' }];
    expect(spots([...without('B1'), { ...B1, enabled: false }], policy, { overrides })).toEqual([]);
  });

  test('is said where no rule is left that finds somebody in need by the water or the blood pressure that is measured', () => {
    const WATER =
      'no enabled rule finds a person in need by water that is not used, and 2 enrolled devices count water: somebody may lie there, and nobody is told';
    const PRESSURE =
      'no enabled rule looks for a blood pressure that is too high, and 3 enrolled devices measure it: of a crisis nobody is told';
    // What is left judges water for leaks and long draws, and blood pressure over a week or for being too low.
    expect(spots(switchedOff('W0', 'W1', 'V1'))).toEqual([WATER, PRESSURE]);
    expect(spots(switchedOff('W0', 'W1', 'V1'), policy, {}, METERS)).toEqual([WATER]);
    expect(spots(switchedOff('W0'))).toEqual([]);
    expect(spots(switchedOff('W1'))).toEqual([]);
    const shadowed = productRules.map((rule) =>
      /^W[01]$/.test(rule.id) ? { ...rule, mode: 'shadow' } : rule,
    );
    expect(spots(shadowed)).toEqual([WATER]);
    const overrides = [{ home: 'h1', rule: 'W1', enabled: true, author: '周敏', reason: 'trial' }];
    expect(spots(switchedOff('W0', 'W1'), policy, { overrides })).toEqual([
      WATER.replace('2 enrolled devices count', '1 enrolled device counts'),
    ]);
  });

  const sosRule = (more: object): unknown[] => [
    ...without('B1'),
    { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] }, ...more },
  ];

  test('is said where the only rule of a call keeps it back at times, and not where two share the day', () => {
    const HELD = [
      'hours, arming or whileAway of B1 keep SOS (sos) back at times: technicians alone hear of it then',
    ];
    const [from, to] = ['10:00', '22:00'];
    expect(spots(sosRule({ hours: { from, to } }))).toEqual(HELD);
    expect(spots(sosRule({ arming: { days: 3 } }))).toEqual(HELD);
    expect(spots(sosRule({ whileAway: false }))).toEqual(HELD);
    expect(spots(sosRule({ arming: { days: 0, coarsestLitres: 10 } }))).toEqual([]);
    const night = {
      id: 'B1-night',
      kind: 'event',
      hours: { from: to, to: from },
      params: { events: ['sos'] },
    };
    expect(spots([...sosRule({ hours: { from, to } }), night])).toEqual([]);
  });

  test('is said where a call is only a task of a list, or waits for what is no word of its wearer', () => {
    expect(spots(sosRule({ priority: 'P4' }))).toEqual([
      'B1 raises SOS (sos) as no more than P4: nobody is called at once',
    ]);
    const params = { events: ['sos'], cancelledBy: 'boot', cancelWindowSeconds: 600 };
    expect(spots(sosRule({ params }))).toEqual([
      'B1 waits 600 s before it tells of SOS (sos), and boot takes it back',
    ]);
  });

  test('is said of homes in which an exception or a plan switches off what takes their calls or misses their silence', () => {
    const who = { author: '周敏', reason: 'trial' };
    const off = (home: string, rule: string) => ({ home, rule, enabled: false, ...who });
    const plans = { quiet: { title: 'quiet', rules: { B1: { enabled: false }, M1: { enabled: false } } } };
    const overrides = [off('h1', 'B1'), { home: 'h2', plan: 'quiet', ...who }, off('h9', 'B1')];
    expect(spots(productRules, policy, { plans, overrides })).toEqual([
      'an exception or plan leaves 2 homes without a rule that takes SOS (sos): h1, h2',
      'an exception or plan leaves 1 home without a rule that finds a silent device (silence): h2',
    ]);
    expect(spots(productRules, policy, { overrides: [off('h1', 'B1')] }, METERS)).toEqual([]);
  });

  test('is said of priorities of safety that no line names anybody for', () => {
    const told = (routes: unknown[], escalation: unknown[]): string[] =>
      spots(
        productRules,
        notifyPolicySchema.parse({ routes, escalation, fallback: { channels: ['mqtt'] } }) as NotifyPolicy,
      );
    const line = (priorities: string[], roles: string[]) => ({ kinds: ['safety'], priorities, roles });
    const HEAD = 'neither routes nor escalation name anybody for safety cases: ';
    const ALONE =
      'no line of escalation is for P1, P2, P3, P4 of safety: while nobody takes such a case nobody else is called';
    expect(told([], [])).toEqual([`${HEAD}of P1, P2 only the fallback hears; of P3, P4 nobody hears`, ALONE]);
    expect(told([line(['P1', 'P2'], ['resident']), line(['P3', 'P4'], ['grid-worker'])], [])).toEqual([
      `${HEAD}of P1, P2 only the fallback hears`,
      ALONE,
    ]);
    const steps = [{ after: '1min', roles: ['committee'] }];
    const escalation = [
      { kinds: ['safety'], priorities: ['P1', 'P2', 'P3', 'P4'], steps, repeatEvery: '1h' },
    ];
    expect(told([], escalation)).toEqual([]);
  });

  test('is said of a policy by which somebody hears only after hours, or is left for days', () => {
    const told = (more: object): string[] =>
      spots(productRules, notifyPolicySchema.parse({ ...notify, ...more }) as NotifyPolicy);
    expect(told({})).toEqual([]);
    expect(told({ routes: [] })).toEqual([
      'no route names anybody for P3 of safety: nobody hears of it before the escalation does, after 4 hours',
    ]);
    const line = (steps: unknown[], repeatEvery: string) => ({
      kinds: ['safety'],
      priorities: ['P1', 'P2', 'P3', 'P4'],
      steps,
      repeatEvery,
    });
    expect(told({ escalation: [line([{ after: '2h', roles: ['committee'] }], '400d')] })).toEqual([
      'escalation[0].steps[0].after is 2 hours for P1 of safety, which is longer than 15 minutes',
      'escalation[0].repeatEvery is 9600 hours for P1 of safety, which is longer than 1 hour',
    ]);
    const targets = [{ kinds: ['safety'], priorities: ['P1'], acknowledge: '9999d', resolve: '2h' }];
    expect(told({ targets })).toEqual([
      'targets[0].acknowledge is 239976 hours for P1 of safety, which is longer than 15 minutes',
    ]);
  });

  tell(
    'shows in the time line of a case of which no person is told',
    {
      homes: { h1: ['band'] },
      rules: [{ id: 'B1', kind: 'event', priority: 'P3', params: { events: ['sos'] } }],
      notify: { ...notify, routes: [] },
    },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      const id = story.openCase('h1') as string;
      expect(story.lastEntry(id, 'notice')?.text.zh).toBe(
        '没有通知任何人，只有屏幕与程序；4 小时后仍无人接手才开始叫人。通知：terminal、mqtt',
      );
    },
  );

  tell(
    'is seen in the running service, and again when its registry or rules change',
    { homes: { h1: ['meter'] }, rules: without('B1'), notify },
    (story) => {
      const said = (): number => blindSpotsOf(story.core).length;
      expect(said()).toBe(0);
      story.register([{ noun: 'device', id: 'b', model: 'wristband', home: 'h1', enrolledAt: story.now }]);
      expect(said()).toBe(1);
      story.command({ type: 'rules.replace', ruleSet: setOf(productRules) });
      expect(said()).toBe(0);
    },
  );
});
