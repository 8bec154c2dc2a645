import { describe, expect, test } from 'vitest';
import { blindSpots, blindSpotsOf } from '../../src/app/blind-spots.ts';
import { Enrolled } from '../../src/app/enrolled.ts';
import { type NotifyPolicy, notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { compileRules } from '../../src/rules/compile.ts';
import { kinds, models } from '../core.ts';
import { notify, policy, setOf, switchedOff, without } from './left-out.ts';
import { productRules, tell } from './story.ts';

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

  test('is said of the alarm without a kind, where something that is worn can say it', () => {
    expect(spots(without('B3', 'V1-symptoms'))).toEqual([
      expect.stringMatching(
        /^no enabled rule takes General alarm \(general_alarm\), which \d enrolled devices can send/,
      ),
    ]);
    expect(spots(without('B3', 'V1-symptoms'), policy, {}, METERS)).toEqual([]);
  });

  test('is said for each call and for silence, as long as devices of that ability are enrolled', () => {
    expect(spots(productRules)).toEqual([]);
    expect(spots(without('B1', 'B2', 'M1'))).toEqual([
      'no enabled rule takes SOS (sos), which 3 enrolled devices can send: who calls has a P2, and no rule that says more',
      'no enabled rule takes Fall (fall), which 3 enrolled devices can send: who calls has a P2, and no rule that says more',
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

  const NO_ROUTE =
    'no route is for P1, P2 of safety: nobody is named to be called at once, and everybody above the home and the fallback channels are told instead';
  const having = (id: string, params: object, off: readonly string[] = []): unknown[] =>
    productRules.map((rule) => ({
      ...rule,
      ...(rule.id === id && { params: { ...rule.params, ...params } }),
      ...(off.includes(rule.id) && { enabled: false }),
    }));

  test('is said of limits that let a crisis of blood pressure pass, unless another rule finds it', () => {
    const far = { limit: { systolic: 300, diastolic: 200 }, clear: undefined, grave: undefined };
    const SYSTOLIC = 'V1: a systolic pressure of 180 mmHg is not found (limit.systolic is 300)';
    expect(spots(having('V1', far))).toEqual([
      SYSTOLIC,
      'V1: a diastolic pressure of 110 mmHg is not found (limit.diastolic is 200)',
    ]);
    expect(spots(having('V1', far), policy, {}, METERS)).toEqual([]);
    const own = { ...far, limit: { systolic: 180 } };
    expect(spots(having('V1', own))).toEqual([
      'V1: a diastolic pressure of 110 mmHg is not found (no limit.diastolic)',
    ]);
    const other = { id: 'V1-diastolic', kind: 'blood-pressure', params: { limit: { diastolic: 110 } } };
    expect(spots([...having('V1', own), other])).toEqual([]);
    expect(spots(having('V1', { limit: { systolic: 160, diastolic: 100 }, clear: undefined }))).toEqual([]);
  });

  test('is said of less water than a cistern draws, where nothing else looks for it, and of what no reading reaches', () => {
    const little = { belowLitres: 0.1 };
    expect(spots(having('W1', little))).toEqual([]);
    expect(spots(having('W1', little, ['W0']))).toEqual([
      'W1: 1 L that a cistern or an appliance draws hides that somebody lies there (belowLitres is 0.1)',
    ]);
    const pulse = having('V4', { limits: [{ metric: 'pulse_bpm', above: 400 }] });
    const REACH = 'V4: no reading reaches pulse_bpm above 400 (those that are taken lie between 20 and 300)';
    expect(spots(pulse)).toEqual([REACH]);
    expect(spots(pulse, policy, {}, METERS)).toEqual([]);
  });

  const sosRule = (more: object): unknown[] => [
    ...without('B1'),
    { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] }, ...more },
  ];

  test('is said where the only rule of a call keeps it back at times, and not where two share the day', () => {
    const HELD = [
      'hours, arming or whileAway of B1 keep SOS (sos) back at times: whoever calls then has no more than a P2',
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
    expect(told([], escalation)).toEqual([NO_ROUTE]);
  });

  test('is said of a policy by which somebody hears only after hours, or is left for days', () => {
    const told = (more: object): string[] =>
      spots(productRules, notifyPolicySchema.parse({ ...notify, ...more }) as NotifyPolicy);
    expect(told({})).toEqual([]);
    expect(told({ routes: [] })).toEqual([
      NO_ROUTE,
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

  tell(
    'is an override of a home that is not enrolled: the home that was meant has the limits of all',
    { homes: { h1: ['meter'] }, rules: productRules, notify },
    (story) => {
      const override = { home: 'h2', rule: 'W1', params: {}, author: 'a', reason: 'b' };
      const ruleSet = { ...setOf(productRules), overrides: [override] };
      story.command({ type: 'rules.replace', ruleSet });
      expect(blindSpotsOf(story.core).map(({ text }) => text.zh)).toEqual([
        '单户例外（overrides）写给了没有登记的住户，不会生效：h2',
      ]);
      story.register([
        { noun: 'home', id: 'h2', name: 'h2', parent: story.core.registry.home('h1')?.parent ?? '' },
      ]);
      expect(blindSpotsOf(story.core)).toEqual([]);
    },
  );
});
