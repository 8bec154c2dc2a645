import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type DiskRoom, isDiskLow } from '../../src/app/disk-room.ts';
import { Listening } from '../../src/app/listening.ts';
import { RosterWatch } from '../../src/app/roster-watch.ts';
import { SelfWatch } from '../../src/app/self-watch.ts';
import { silencedSpots } from '../../src/app/silenced-people.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { SERVICE_FINDINGS, SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import type { CertificateInUse } from '../../src/ports/broker.ts';
import type { OutsideStatus } from '../../src/ports/telemetry.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules, type Story, tell } from './story.ts';

const logger = pino({ level: 'silent' });
const CASE = `${SERVICE_SUBJECT}.c1`;
const HOMES = community(
  Object.fromEntries(['h1', 'h2', 'h3'].map((id) => [id, [{ id: `${id}-m`, model: 'water-meter' }]])),
);

/** A service without its edges that looks after itself, by a clock that the test moves. */
class Watched {
  readonly bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  readonly audit = { lastFound: [] as string[] };
  outside: OutsideStatus | undefined;
  disk: DiskRoom | undefined;
  certificate: CertificateInUse | undefined;
  hasRival = false;
  sessionLost: { from: number; until: number } | undefined;
  readonly caseAudit = { lastFound: [] as string[] };
  listening!: Listening;
  selfWatch!: SelfWatch;

  async open(): Promise<this> {
    await this.bench.open([...HOMES]);
    const { records, loop, clock } = this.bench;
    this.listening = await Listening.from({ records, loop, clock, logger, lastInputAt: 0 });
    this.listening.begins();
    this.listening.goesOn();
    this.selfWatch = this.watchOf(this.bench);
    return this;
  }

  watchOf({ core, clock, loop }: LoopBench, deafSince = () => this.listening.deafSince): SelfWatch {
    const { audit, caseAudit } = this;
    const submit = (command: Parameters<typeof loop.submit>[0]) => loop.submit(command, 'system');
    const limits = { brokerAwayMs: 10 * MINUTE, behindMs: 60 * SECOND, unattendedMs: 15 * MINUTE };
    const outside = () => this.outside;
    const channels = { down: () => undefined, failing: () => undefined, unproven: () => undefined };
    const rosters = new RosterWatch(core, clock);
    const reach = { factOf: () => undefined };
    const parts = {
      core,
      clock,
      audit,
      caseAudit,
      rosters,
      reach,
      channels,
      deafSince,
      hasRival: () => this.hasRival,
      sessionLost: () => this.sessionLost,
      outside,
      disk: () => this.disk,
      certificates: () => (this.certificate ? [this.certificate] : []),
      submit,
      logger,
    };
    return new SelfWatch({ ...parts, ...limits });
  }

  /** So many minutes with the outside broker there, or away; looked at every minute, or less often. */
  async pass(minutes: number, broker: 'there' | 'away', every = 1): Promise<void> {
    const { clock, loop } = this.bench;
    for (let passed = 0; passed < minutes; passed += every) {
      clock.advance(every * MINUTE);
      if (broker === 'away') this.listening.pauses();
      else if (this.listening.deafSince !== undefined) {
        this.listening.begins();
        this.listening.goesOn();
      } else {
        loop.tick();
        this.listening.goesOn();
      }
      this.selfWatch.look();
      await loop.drained();
    }
  }

  async alerts(): Promise<string[]> {
    const { items } = await this.bench.records.alerts({ paths: [''] }, { limit: 50 });
    return items.map(({ subject, rule, clearReason }) => `${subject} ${rule} ${clearReason ?? 'open'}`);
  }

  async cases(): Promise<string[]> {
    const { items } = await this.bench.records.cases({ paths: [''] }, { limit: 50 });
    return items.map(({ id, kind, priority, status }) => `${id} ${kind} ${priority} ${status}`);
  }
}

async function watched(tellIt: (service: Watched) => Promise<void>): Promise<void> {
  const service = await new Watched().open();
  try {
    await tellIt(service);
    await service.listening.ends();
  } finally {
    await service.bench.close();
  }
}

test('a disk that is nearly full is one technical case before nothing can be acknowledged any more, and ends with room to spare', () =>
  watched(async (service) => {
    const free = async (gigabytes: number): Promise<string[]> => {
      service.disk = { free: gigabytes * 1e9, total: 100e9 };
      await service.pass(2, 'there');
      return service.alerts();
    };
    expect(await free(5.1)).toEqual([]);
    expect(await free(4.9)).toEqual([`${SERVICE_SUBJECT} disk-low open`]);
    expect(await service.cases()).toEqual([`${CASE} technical P2 open`]);
    expect(await free(5.5)).toEqual([`${SERVICE_SUBJECT} disk-low open`]);
    expect(await free(6.1)).toEqual([`${SERVICE_SUBJECT} disk-low recovered`]);
  }));

test('of a certificate that is about to expire technicians are told while there is time, and a new one ends it', () =>
  watched(async (service) => {
    const endsIn = async (days: number): Promise<string[]> => {
      const endsAt = service.bench.clock.now() + days * DAY;
      service.certificate = { endsAt, shownBy: 'broker.example:8883' };
      await service.pass(2, 'there');
      return service.alerts();
    };
    expect(await endsIn(22)).toEqual([]);
    expect(await endsIn(20)).toEqual([`${SERVICE_SUBJECT} certificate-ends open`]);
    expect(await service.cases()).toEqual([`${CASE} technical P3 open`]);
    expect(await endsIn(365)).toEqual([`${SERVICE_SUBJECT} certificate-ends recovered`]);
    const { text } = SERVICE_FINDINGS['certificate-ends'];
    expect(text({ until: '3-1', shownBy: 'broker.example:8883' }).zh).toContain(
      '外部消息服务 broker.example:8883',
    );
    expect(text({ until: '3-1' }).en).toContain('replace the files of mqtt.tls');
  }));

test('a service that starts again, and has not seen the certificate of its broker yet, neither ends what it said of that nor says it twice', () =>
  watched(async (service) => {
    service.certificate = { endsAt: service.bench.clock.now() + 20 * DAY, shownBy: 'broker.example:8883' };
    await service.pass(2, 'there');
    const seen = service.certificate;
    service.certificate = undefined;
    await service.pass(2, 'away');
    service.certificate = seen;
    await service.pass(2, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} certificate-ends open`]);
    // Without TLS there is none that could end.
    service.certificate = undefined;
    await service.pass(2, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} certificate-ends recovered`]);
  }));

test('who has said that they see to a certificate is asked again a week, and two days, before its end', () =>
  watched(async (service) => {
    const endsAt = service.bench.clock.now() + 21 * DAY;
    service.certificate = { endsAt };
    const { records, loop } = service.bench;
    const said = { outcome: 'repaired', note: '', contactMadeBy: '' } as const;
    const told = new Set<string>();
    const days = async (count: number): Promise<number> => {
      for (let quarter = 0; quarter < 4 * count; quarter++) {
        await service.pass(6 * 60, 'there', 12);
        const alerts = await records.alerts({ paths: [''] }, { limit: 50 });
        for (const { id, rule } of alerts.items) if (rule === 'certificate-ends') told.add(id);
        const cases = await records.cases({ paths: [''], status: ['open'] }, { limit: 50 });
        for (const { id } of cases.items)
          await loop.submit({ type: 'case.resolve', case: id, ...said }, '周敏');
      }
      return told.size;
    };
    expect(await days(1)).toBe(1);
    expect(await days(12)).toBe(1);
    expect(await days(2)).toBe(2);
    expect(await days(3)).toBe(2);
    expect(await days(2)).toBe(3);
  }));

test.each([
  ['a small disk', { free: 0.9e9, total: 8e9 }, true],
  ['a small disk with a gigabyte', { free: 1.1e9, total: 8e9 }, false],
  ['a huge disk with 11 GB', { free: 11e9, total: 4000e9 }, false],
  ['a huge disk with 9 GB', { free: 9e9, total: 4000e9 }, true],
])('%s: is it called nearly full?', (_name, room, low) => expect(isDiskLow(room)).toBe(low));

test('an outside broker that is away too long is one technical case, and none for its devices', () =>
  watched(async (service) => {
    await service.pass(9, 'away');
    expect(await service.alerts()).toEqual([]);
    await service.pass(2, 'away');
    await service.pass(20 * 60, 'away', 10);
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} broker-away open`]);
    expect(await service.cases()).toEqual([`${CASE} technical P2 open`]);
    const [alert] = (await service.bench.records.alerts({ paths: [''] }, { limit: 1 })).items;
    expect(alert?.evidence).toMatchObject({ values: { minutes: 10 } });
    expect((alert?.raisedAt ?? 0) - (alert?.since ?? 0)).toBe(10 * MINUTE);
    await service.pass(60, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} broker-away recovered`]);
    expect(await service.cases()).toEqual([`${CASE} technical P2 open`]);
  }));

test('that nobody was watched for a while is told once, with its begin and end, and people end it', () =>
  watched(async (service) => {
    const { clock, loop, records } = service.bench;
    clock.leap(14 * MINUTE);
    await service.pass(1, 'there');
    expect(await service.alerts()).toEqual([]);
    clock.leap(7 * HOUR);
    await service.pass(2, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} unattended open`]);
    expect(await service.cases()).toEqual([`${CASE} technical P3 open`]);
    const [alert] = (await records.alerts({ paths: [''] }, { limit: 1 })).items;
    expect(alert?.title.en).toBe('Nobody was watched from 03-01 00:15 to 03-01 07:15');
    const said = { outcome: 'true-need', note: '', contactMadeBy: '' } as const;
    expect(await loop.submit({ type: 'case.resolve', case: CASE, ...said }, '周敏')).toMatchObject({
      ok: true,
    });
    await service.pass(20 * 60, 'there', 10);
    const told = (await service.alerts()).filter((one) => one.includes('unattended'));
    expect(told).toEqual([`${SERVICE_SUBJECT} unattended resolved`]);
  }));

test('after a long stop, and after a long sleep, nobody is told beside it that the rules are late', () =>
  watched(async (service) => {
    const { dueSliceMax } = LIMITS;
    onTestFinished(() => void Object.assign(LIMITS, { dueSliceMax }));
    Object.assign(LIMITS, { dueSliceMax: 1 });
    const { bench } = service;
    const { clock } = bench;
    for (const home of ['h1', 'h2', 'h3']) bench.publish(`${home}-m`, { index: { value: 1, unit: 'm3' } });
    await service.pass(1, 'there');
    const from = clock.now();
    const next = await bench.afterKill();
    try {
      clock.advance(3 * DAY);
      next.loop.tick({ listeningSince: clock.now(), absence: { from, until: clock.now() } });
      expect([next.core.behind, clock.now() - next.core.now > HOUR]).toEqual([true, true]);
      service.watchOf(next, () => undefined).look();
      await next.loop.drained();
      const { items } = await next.records.alerts({ paths: [''] }, { limit: 50 });
      expect(items.map(({ rule }) => rule)).toEqual(['unattended']);
    } finally {
      await next.close();
    }
    clock.leap(3 * DAY);
    for (let looks = 0; looks < 2; looks++) {
      service.selfWatch.look();
      bench.loop.tick();
      await bench.loop.drained();
    }
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} unattended open`]);
  }));

test('another program under our client id is told at once, while it may take calls for help', () =>
  watched(async (service) => {
    service.hasRival = true;
    await service.pass(1, 'there');
    await service.pass(5, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} client-id-shared open`]);
    expect(await service.cases()).toEqual([`${CASE} technical P2 open`]);
    service.hasRival = false;
    await service.pass(1, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} client-id-shared recovered`]);
  }));

test('what the outside broker threw away is told each time, and asks people who may have called', () =>
  watched(async (service) => {
    const { clock, records } = service.bench;
    const lose = (): void => {
      service.sessionLost = { from: clock.now() - 2 * MINUTE, until: clock.now() };
    };
    lose();
    await service.pass(30, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} session-lost recovered`]);
    expect(await service.cases()).toEqual([`${CASE} technical P2 open`]);
    const { items } = await records.alerts({ paths: [''] }, { limit: 1 });
    expect(items[0]?.evidence.text.zh).toContain('02-28 23:58 至 03-01 00:00 之间的消息可能已丢失');
    lose();
    await service.pass(1, 'there');
    lose();
    await service.pass(30, 'there');
    expect(await service.alerts()).toHaveLength(3);
  }));

const OUTSIDE: OutsideStatus = {
  kind: 'influx1',
  waiting: { points: 70, bytes: 900 },
  owed: [],
  sent: 0,
  perSecond: 0,
  setAside: {},
  givenUp: {},
  localFrom: Number.NEGATIVE_INFINITY,
};

test('a store of readings that is away for half an hour is told, and again when the oldest had to be given up', () =>
  watched(async (service) => {
    const since = service.bench.clock.now();
    const trouble = { code: 'away' as const, detail: 'connection refused', since, nextTryAt: since };
    service.outside = { ...OUTSIDE, trouble };
    await service.pass(29, 'there');
    expect(await service.alerts()).toEqual([]);
    await service.pass(3, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} readings-waiting open`]);
    const [alert] = (await service.bench.records.alerts({ paths: [''] }, { limit: 1 })).items;
    expect(alert?.evidence).toMatchObject({ values: { minutes: 30, waiting: 70, trouble: 'away' } });
    expect(await service.cases()).toEqual([`${CASE} technical P3 open`]);
    service.outside = { ...OUTSIDE, trouble, givenUp: { 'disk-full': 12 } };
    await service.pass(2, 'there');
    expect((await service.alerts()).sort()).toEqual([
      `${SERVICE_SUBJECT} readings-given-up open`,
      `${SERVICE_SUBJECT} readings-waiting open`,
    ]);
    service.outside = { ...OUTSIDE, givenUp: { 'disk-full': 12 } };
    await service.pass(2, 'there');
    expect((await service.alerts()).sort()).toEqual([
      `${SERVICE_SUBJECT} readings-given-up recovered`,
      `${SERVICE_SUBJECT} readings-waiting recovered`,
    ]);
  }));

test('an outside broker that comes and goes is no alert while no break is long', () =>
  watched(async (service) => {
    for (let i = 0; i < 5; i++) {
      await service.pass(8, 'away');
      await service.pass(2, 'there');
    }
    expect(await service.alerts()).toEqual([]);
  }));

test('a broker that is away when the service is killed is told once, and ends when it is back', () =>
  watched(async (service) => {
    await service.pass(30, 'away');
    const next = await service.bench.afterKill();
    try {
      const deaf = { since: next.clock.now() as number | undefined };
      const selfWatch = service.watchOf(next, () => deaf.since);
      const alerts = async () => (await next.records.alerts({ paths: [''] }, { limit: 50 })).items;
      selfWatch.look();
      await next.loop.drained();
      expect((await alerts()).map(({ clearedAt }) => clearedAt)).toEqual([undefined]);
      deaf.since = undefined;
      selfWatch.look();
      await next.loop.drained();
      expect((await alerts()).map(({ clearReason }) => clearReason)).toEqual(['recovered']);
    } finally {
      await next.close();
    }
  }));

test('rules that are late are a technical case, and the lateness has to shrink before that ends', () =>
  watched(async (service) => {
    const { clock, loop } = service.bench;
    const look = async (lateSeconds: number): Promise<string[]> => {
      clock.advance(lateSeconds * SECOND);
      service.selfWatch.look();
      await loop.drained();
      return service.alerts();
    };
    loop.tick();
    expect(await look(59)).toEqual([]);
    loop.tick();
    await loop.drained();
    expect(await look(61)).toEqual([`${SERVICE_SUBJECT} evaluation-behind open`]);
    expect(await look(30)).toEqual([`${SERVICE_SUBJECT} evaluation-behind open`]);
    loop.tick();
    await loop.drained();
    expect(await look(5)).toEqual([`${SERVICE_SUBJECT} evaluation-behind recovered`]);
  }));

test('a clock that was set back is a technical case until it has caught up', () =>
  watched(async (service) => {
    const { clock, loop } = service.bench;
    const look = async (): Promise<string[]> => {
      service.selfWatch.look();
      await loop.drained();
      return service.alerts();
    };
    // As if the last input had come by a clock that stood two hours later.
    service.bench.core.now += 2 * HOUR;
    expect(await look()).toEqual([`${SERVICE_SUBJECT} clock-set-back open`]);
    clock.advance(HOUR);
    expect(await look()).toEqual([`${SERVICE_SUBJECT} clock-set-back open`]);
    clock.advance(HOUR);
    expect(await look()).toEqual([`${SERVICE_SUBJECT} clock-set-back recovered`]);
  }));

test('timers that were missing are a technical case that names the homes', () =>
  watched(async (service) => {
    service.audit.lastFound = ['h2', 'h3'];
    await service.pass(3, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} timers-missing open`]);
    const [alert] = (await service.bench.records.alerts({ paths: [''] }, { limit: 1 })).items;
    expect(alert?.evidence.text.zh).toContain('h2, h3');
    service.audit.lastFound = [];
    await service.pass(1, 'there');
    expect(await service.alerts()).toEqual([`${SERVICE_SUBJECT} timers-missing recovered`]);
    expect(await service.cases()).toEqual([`${CASE} technical P3 open`]);
  }));

const setting = {
  homes: { h1: ['meter'] },
  entries: [
    {
      noun: 'staff',
      id: 'chen',
      name: '陈工',
      roles: [{ role: 'technician', node: 'haitang/g1' }],
      channels: [{ channel: 'robot', address: 'chen' }],
    },
  ],
  notify: {
    routes: [{ kinds: ['technical'], priorities: ['P1', 'P2', 'P3'], roles: ['technician'] }],
    fallback: { channels: ['terminal'] },
  },
  channels: ['terminal', 'robot'],
} as const;
const begins = (story: Story) =>
  story.command({
    type: 'service.finding',
    finding: 'broker-away',
    state: 'begins',
    since: story.now,
    values: { minutes: 10 },
  });
const ended = (story: Story) =>
  story.command({
    type: 'service.finding',
    finding: 'broker-away',
    state: 'ended',
    since: story.now,
    values: {},
  });

tell('a finding about the service is told to technicians wherever they are, once', setting, (story) => {
  begins(story);
  begins(story);
  expect(story.notices.map(({ recipient, channel }) => `${recipient.id} ${channel}`)).toEqual(['chen robot']);
  expect(story.case(CASE)).toMatchObject({
    path: 'haitang/service~',
    home: '',
    title: { zh: expect.stringContaining('守望服务') },
  });
  expect(story.rawAlerts(SERVICE_SUBJECT)).toHaveLength(1);
});

tell(
  'people resolve it without naming a person; while it lasts it is raised anew after half a day',
  setting,
  (story) => {
    begins(story);
    expect(story.resolve(CASE, 'device', '')).toBe('ok');
    expect(story.rawAlerts(SERVICE_SUBJECT).map(({ clearReason }) => clearReason)).toEqual(['resolved']);
    story.after(HOUR);
    begins(story);
    expect(story.cases(SERVICE_SUBJECT)).toHaveLength(1);
    story.after(12 * HOUR);
    begins(story);
    expect(story.open(SERVICE_SUBJECT)).toEqual(['broker-away']);
    expect(story.cases(SERVICE_SUBJECT)).toHaveLength(2);
    ended(story);
    ended(story);
    expect(story.open(SERVICE_SUBJECT)).toEqual([]);
    story.after(DAY);
    begins(story);
    expect(story.rawAlerts(SERVICE_SUBJECT)).toHaveLength(3);
  },
);

test('every finding about the service has its words in both languages', () => {
  const gap = { roster: '夜班', from: '03-01 20:00', until: '03-02 08:00', planned: '周敏' };
  const why = { where: 'duty', what: '2027', reasonZh: '休假', reasonEn: 'on leave' };
  const wrong = { channels: 'sms', detail: '93000' };
  const call = { place: '3号楼701', device: 'wb-1', callZh: '紧急呼叫', callEn: 'SOS' };
  const values = {
    minutes: 12,
    seconds: 90,
    count: 2,
    homes: 'h1, h2',
    waiting: 7,
    free: '4.9 GB',
    total: '100.0 GB',
    trouble: 'away',
    cases: 'h1.c1',
    models: 'acme-band',
    rules: 'W9',
    accounts: 'ctwing',
    gateways: 'gw9',
    node: '海棠社区',
    by: '周敏',
    reason: '新小区',
    whereZh: '海棠社区',
    whereEn: '海棠社区',
    whatZh: '用水过少（2 户）',
    whatEn: 'water that is not used (2 homes)',
    placesZh: '玉兰社区（yulan）2 户',
    placesEn: '2 in 玉兰社区 (yulan)',
    byZh: '8 小时',
    byEn: '8 hours',
    forZh: '3 天',
    forEn: '3 days',
    ...gap,
    ...why,
    ...wrong,
    ...call,
  };
  for (const { title, text } of Object.values(SERVICE_FINDINGS))
    for (const { zh, en } of [title, text(values)]) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/[a-z]/);
      expect(`${zh}${en}`).not.toContain('undefined');
    }
});

test('the trial of a site is told of three days before people will be told of everything', () =>
  watched(async (service) => {
    const { clock, loop } = service.bench;
    const trial = {
      type: 'silence.begin',
      id: 't1',
      mode: 'log-only',
      node: 'haitang',
      until: clock.now() + 4 * DAY,
      reason: '新小区',
    } as const;
    await loop.submit({ ...trial, testers: [] }, '周敏');
    await service.pass(60, 'there');
    expect((await service.alerts()).join()).not.toContain('trial-ending');
    clock.advance(DAY);
    await service.pass(2, 'there');
    expect(await service.alerts()).toContain(`${SERVICE_SUBJECT} trial-ending open`);
    await loop.submit({ type: 'silence.end', id: 't1' }, '周敏');
    await service.pass(2, 'there');
    expect(await service.alerts()).toContain(`${SERVICE_SUBJECT} trial-ending recovered`);
  }));

test('a silence that holds back calls is told to those who look after the service, each when it begins', () =>
  watched(async (service) => {
    const { clock, loop, core } = service.bench;
    const begin = (id: string, node: string, days: number) =>
      loop.submit(
        {
          type: 'silence.begin',
          id,
          mode: 'log-only',
          node,
          until: clock.now() + days * DAY,
          reason: '新小区',
          testers: [],
        },
        '王芳',
      );
    const count = async () => (await service.alerts()).filter((one) => one.includes('calls-silenced')).length;
    await begin('t1', 'haitang/g1', 60);
    await service.pass(2, 'there');
    expect(await service.alerts()).toContain(`${SERVICE_SUBJECT} calls-silenced open`);
    const open = core.service.findings['calls-silenced']?.open;
    expect(open?.evidence.text.zh).toMatch(/^王芳 静音了 .*呼救也不通知任何人（原因：新小区）/);
    expect(silencedSpots(core, clock.now())[0]?.en).toContain('not even calls for help are told');
    // People say that they know: it is not said again while it holds, but the next one is.
    const [{ id = '' } = {}] = core.service.book?.cases.map((one) => one.case) ?? [];
    const outcome = { outcome: 'device', note: '已知', contactMadeBy: '' } as const;
    await loop.submit({ type: 'case.resolve', case: id, ...outcome }, '周敏');
    await service.pass(26 * 60, 'there', 30);
    expect(core.service.findings['calls-silenced']?.open).toBeUndefined();
    await begin('t2', 'haitang', 1);
    await service.pass(2, 'there');
    expect(core.service.findings['calls-silenced']?.open?.evidence.values['count']).toBe(2);
    const before = await count();
    await loop.submit({ type: 'silence.end', id: 't2' }, '周敏');
    await service.pass(20, 'there');
    // That one of them ended is no news.
    expect(await count()).toBe(before);
    await loop.submit({ type: 'silence.end', id: 't1' }, '周敏');
    await service.pass(2, 'there');
    expect(await service.alerts()).toContain(`${SERVICE_SUBJECT} calls-silenced recovered`);
    expect(silencedSpots(core, clock.now())).toEqual([]);
  }));

test('a silence that leaves calls alone is told in the same way, as less pressing', () =>
  watched(async (service) => {
    const { clock, loop } = service.bench;
    const until = clock.now() + 7 * DAY;
    const wanted = { type: 'silence.begin', id: 's1', mode: 'silence', home: 'h1', until } as const;
    await loop.submit({ ...wanted, reason: '换水表', testers: [] }, '王芳');
    await service.pass(2, 'there');
    expect(await service.alerts()).toContain(`${SERVICE_SUBJECT} alerts-silenced open`);
    expect((await service.alerts()).join()).not.toContain('calls-silenced');
  }));
