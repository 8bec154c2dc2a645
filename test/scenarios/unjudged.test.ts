import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { unjudgedFact } from '../../src/app/unjudged.ts';
import { DAY, HOUR, ManualClock, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { community, coreOf, gridWorker, models, T0 } from '../core.ts';
import { letPass, signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { productRules, type Story, tell } from './story.ts';

const switchedOff = (...ids: string[]): unknown[] =>
  productRules.map((rule) => (ids.includes(rule.id) ? { ...rule, enabled: false } : rule));
const inShadow = (...ids: string[]): unknown[] =>
  productRules.map((rule) => (ids.includes(rule.id) ? { ...rule, mode: 'shadow' } : rule));
const who = { author: '周敏', reason: 'trial' };

describe('what homes have devices for, and no rule finds', () => {
  const HOMES = { h1: ['meter', 'band'], h2: ['meter'], h3: ['band'] } as const;
  /** After the minute in which whoever changes rules or homes may put it right. */
  const factOf = ({ core }: Story) => {
    unjudgedFact(core, undefined, core.now);
    return unjudgedFact(core, undefined, core.now + MINUTE);
  };
  const said = (story: Story): unknown => factOf(story)?.values['whatEn'];

  tell(
    'is named, each with the number of its homes',
    { homes: HOMES, rules: switchedOff('W0', 'W1') },
    (story) => {
      expect(said(story)).toBe('water that is not used (2 homes)');
      story.replaceRules(switchedOff('W0', 'W1', 'V1', 'B1', 'B2'));
      expect(said(story)).toBe(
        'SOS (2 homes), Fall (2 homes), water that is not used (2 homes), blood pressure that is too high (2 homes)',
      );
      expect(factOf(story)?.values['whatZh']).toBe(
        '紧急呼叫（2 户）、跌倒（2 户）、用水过少（2 户）、血压过高（2 户）',
      );
      story.replaceRules(switchedOff('M1'));
      expect(said(story)).toBe('a silent device (3 homes)');
      story.replaceRules(switchedOff('W0'));
      expect(said(story)).toBeUndefined();
    },
  );

  tell(
    'is nothing where a rule is only on trial',
    { homes: HOMES, rules: inShadow('W0', 'W1', 'B1') },
    (story) => {
      expect(said(story)).toBeUndefined();
      story.replaceRules(switchedOff('V1'));
      expect(said(story)).toBe('blood pressure that is too high (2 homes)');
      const until = story.now + DAY;
      story.command({
        ...{ type: 'silence.begin', id: 's1', mode: 'log-only', node: 'haitang', until },
        ...{ reason: 'a new site', testers: [] },
      });
      expect(said(story)).toBeUndefined();
      story.after(DAY + HOUR);
      expect(said(story)).toBe('blood pressure that is too high (2 homes)');
    },
  );

  tell('is nothing where it is off in single homes alone', { homes: HOMES }, (story) => {
    story.replaceRules(productRules, [{ home: 'h1', rule: 'B1', enabled: false, ...who }]);
    expect(said(story)).toBeUndefined();
    story.replaceRules(switchedOff('V1'), [{ home: 'h1', rule: 'V1', enabled: true, ...who }]);
    expect(said(story)).toBe('blood pressure that is too high (1 home)');
  });

  test('is nothing of any model under the rules that come with the product', () => {
    const devices = models.all().map(({ model }, n) => ({ id: `d${n}`, model }));
    const core = coreOf(community({ h1: devices }), [...productRules]);
    expect(core.devices.get('d0')).toBeDefined();
    expect(unjudgedFact(core, undefined, T0)).toBeUndefined();
  });

  test('is counted once where a registry changes a thousand times, and what is left of it is no news', () => {
    const core = coreOf(
      community({ h1: [{ id: 'm1', model: 'water-meter' }] }),
      switchedOff('W0', 'W1', 'V1'),
    );
    expect(unjudgedFact(core, undefined, T0 - MINUTE)).toBeUndefined();
    const first = unjudgedFact(core, undefined, T0)?.values;
    expect(first).toMatchObject({ whatEn: 'water that is not used (1 home)', key: 'water_index_m3' });
    const cuff = { noun: 'device', id: 'c1', model: 'blood-pressure-cuff', home: 'h1', enrolledAt: T0 };
    core.registry.apply([registryEntrySchema.parse(cuff)], []);
    core.syncHome('h1', T0);
    const open = (values: object | undefined) => ({ since: T0, evidence: { values } }) as never;
    const second = unjudgedFact(core, open(first), T0)?.values;
    expect(second?.['key']).toBe('water_index_m3 systolic_mmhg');
    core.registry.apply([], [{ noun: 'device', key: 'm1' }]);
    core.syncHome('h1', T0);
    expect(unjudgedFact(core, open(second), T0)?.values).toEqual(second);
    const left = unjudgedFact(core, open(second), T0 + SECOND)?.values;
    expect(left).toMatchObject({ whatEn: expect.stringMatching(/^blood/), key: second?.['key'] });
  });
});

describe('a service whose rules were switched off', () => {
  let service: TestService | undefined;
  afterEach(() => service?.stop());

  const ENTRIES = [
    ...community({
      h1: [
        { id: 'm1', model: 'water-meter' },
        { id: 'b1', model: 'wristband' },
      ],
      h2: [{ id: 'b2', model: 'wristband' }],
    }),
    gridWorker('zhou', 'haitang'),
  ];
  const notify = {
    routes: [
      { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] },
      { kinds: ['technical'], priorities: ['P1', 'P2', 'P3'], roles: ['grid-worker'] },
    ],
    always: ['terminal'],
    fallback: { channels: ['terminal'] },
  };
  const cases = async (cookie: string) => {
    const response = await fetch(`${service?.url}/api/v1/cases`, { headers: { cookie } });
    const { items } = (await response.json()) as {
      items: { id: string; kind: string; priority: string; title: { zh: string } }[];
    };
    return items.map(({ id, kind, priority, title }) => `${id} ${kind} ${priority} ${title.zh}`).sort();
  };
  const findings = async () =>
    (await service?.service.records.alerts({ paths: [''] }, { limit: 50 }))?.items
      .filter(({ rule }) => rule === 'unjudged')
      .map(({ clearReason, title }) => `${title.zh} ${clearReason ?? 'open'}`)
      .sort();

  test('has one case of its own for it, at the start and after a reload, which ends with the rules', async () => {
    const clock = new ManualClock(Date.now());
    service = await testService({ entries: ENTRIES, notify, rules: switchedOff('W0', 'W1'), clock });
    const cookie = await signIn(service.url);
    // It has looked, and waits whether somebody puts it right.
    expect(unjudgedFact(service.core, undefined, clock.now())).toBeUndefined();
    expect(await cases(cookie)).toEqual([]);
    await letPass(service, clock, MINUTE);
    const title = '没有规则发现：用水过少（1 户）';
    await soon(async () =>
      expect(await cases(cookie)).toEqual([`${SERVICE_SUBJECT}.c1 technical P3 守望服务：${title}`]),
    );
    const { items } = await service.service.records.notices({ paths: [''] }, { limit: 9 });
    expect(items.map(({ recipient }) => recipient.name)).toContain('zhou');
    const reload = async (rules: unknown[], version: string) => {
      await writeFile(join(service?.dir ?? '', 'rules.yaml'), stringify({ version, rules }));
      await service?.service.reloadRules();
      // What is other news ends with one look, and begins with the next.
      for (let looks = 0; looks < 2; looks++) {
        service?.look();
        await service?.loop.drained();
      }
    };
    await reload(switchedOff('W0', 'W1', 'B1'), 'second');
    await soon(async () =>
      expect(await findings()).toEqual([
        '没有规则发现：用水过少（1 户） recovered',
        '没有规则发现：紧急呼叫（2 户）、用水过少（1 户） open',
      ]),
    );
    // Whoever calls meanwhile has a case of their own beside it, under the name of who it is.
    const message = {
      receivedAt: clock.now(),
      topic: 'shouwang/b2/telemetry',
      payload: Buffer.from('{"event":"sos"}'),
    };
    await new Promise<void>((done) => service?.loop.receive({ message, qos: 1, done }));
    expect(await cases(cookie)).toContainEqual(
      expect.stringMatching(/^h2\.c1 safety P2 .*h2 王秀英：紧急呼叫（没有规则处理）$/),
    );
    await reload([...productRules], 'third');
    await soon(async () => expect(await findings()).not.toContainEqual(expect.stringMatching(/open$/)));
    expect(await cases(cookie)).toContainEqual(expect.stringMatching(/^h2\.c1 safety P2/));
  });
});
