import { describe, expect, it } from 'vitest';
import { NewsFollower, type NewsFollowerOptions } from '../../src/app/news-follower.ts';
import { emergencyOfContact } from '../../src/cases/contact-owner.ts';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import type { Case, CaseEntry } from '../../src/model/case.ts';
import type { Notice } from '../../src/model/notice.ts';
import pagerduty from '../../src/notify/channels/pagerduty.ts';
import type { ChannelDefinition, Delivery } from '../../src/notify/define.ts';
import type { ConfiguredChannel } from '../../src/notify/load.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { WeComRobot } from '../stand-ins/wecom-robot.ts';
import { Bench, Receiver, SECRET, wallOfAMorning } from './notify-bench.ts';
import { Cards } from './notify-card-channel.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
const webhook = (url: string, more: object = {}) => ({
  id: 'platform',
  channel: 'webhook',
  config: { url, secret: SECRET },
  ...more,
});
const ntfy = (server: string, more: object = {}) => ({
  id: 'push',
  channel: 'ntfy',
  config: { server },
  ...more,
});
const bodies = (receiver: Receiver): Record<string, unknown>[] =>
  receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
/** As an ntfy server answers. */
const PUBLISHED = { status: 200, body: '{"id":"sPs71M8A2T","event":"message"}' };

async function told(channel: (url: string) => object, ...raised: readonly string[]) {
  const receiver = await Receiver.open();
  receiver.answers(...Array.from({ length: 99 }, () => PUBLISHED));
  const bench = await Bench.open({ channels: [channel(receiver.url)] });
  await bench.raise('h1', raised, 'P1', 'topic-of-zhang');
  await bench.settle();
  await bench.pass(1);
  return {
    bench,
    receiver,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** The same notice once more, as a later call of the escalation. */
async function calledAgain(bench: Bench, id: string): Promise<void> {
  const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items;
  const { acceptedAt: _, ...notice } = first as Notice;
  const again = { ...notice, id, state: 'queued', createdAt: bench.clock.now() } as const;
  await bench.commit([{ type: 'notice', notice: again }]);
  await bench.settle();
  await bench.pass(1);
}

describe('whoever was told over a channel where nothing can be changed', () => {
  it('hears once who has the case, however often they were called and it is said', async () => {
    await using it = await told(ntfy, 'push');
    await calledAgain(it.bench, 'h1.c1.escalated.1.staff:zhang.push');
    const news = await it.bench.taken('h1.c1', '李强');
    for (const what of ['on-the-way', 'resolved'] as const) await it.bench.taken('h1.c1', '李强', what);
    await it.bench.outbox.caseNews('h1.c1', news);
    await it.bench.outbox.idle();
    expect(bodies(it.receiver).slice(2)).toMatchObject([
      {
        topic: 'topic-of-zhang',
        priority: 2,
        sequence_id: 'sPs71M8A2T',
        message: expect.stringContaining('李强 已接手（03-01 08:31），您无需再处理'),
      },
    ]);
    // It is no step of the case: its time line says already who has it.
    expect(it.bench.reported).toHaveLength(2);
  });

  it('hears so under what the case is called after, and not under what they were told last', async () => {
    await using it = await told(ntfy, 'push');
    const news = await it.bench.taken('h1.c1', '李强');
    const heads = () => bodies(it.receiver).map(({ message }) => String(message).split('\n')[0]);
    const [first = ''] = heads();
    const finding = { zh: '紧急呼叫', en: 'SOS' };
    await it.bench.outbox.caseNews('h1.c1', { ...news, by: '吴强', finding });
    await it.bench.outbox.idle();
    const [place = ''] = first.split('：');
    expect(heads().at(-1)).toBe(`${place}：紧急呼叫`);
    expect(first).not.toContain('紧急呼叫');
  });

  it('hears of each who has it after, and anew when it was reopened; who has it is not told so', async () => {
    await using it = await told(ntfy, 'push');
    await it.bench.taken('h1.c1', '李强');
    await it.bench.pass(MINUTE);
    await it.bench.taken('h1.c1', '吴强');
    await it.bench.pass(MINUTE);
    await it.bench.taken('h1.c1', 'zhang');
    expect(it.receiver.received).toHaveLength(3);
    await it.bench.pass(MINUTE);
    await it.bench.taken('h1.c1', '', 'reopened');
    await it.bench.pass(MINUTE);
    await it.bench.taken('h1.c1', '李强');
    expect(bodies(it.receiver).map(({ message }) => String(message).split('\n')[1])).toEqual([
      expect.stringContaining('新事项'),
      expect.stringContaining('李强'),
      expect.stringContaining('吴强'),
      expect.stringContaining('李强'),
    ]);
  });

  it('is led to the case by it, and a contact, who has no account, to a page of their own', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 9 }, () => PUBLISHED));
    const link = (_: unknown, isPersons: boolean) => `https://care.example.org/${isPersons ? 'n' : 'cases'}`;
    await using bench = await Bench.open({ channels: [ntfy(receiver.url)], link });
    await bench.raise('h1', ['push'], 'P1', 'topic-of-zhang');
    const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items;
    const recipient = { kind: 'contact', id: 'son', name: '王建国', role: 'contact' } as const;
    const other = {
      ...(first as Notice),
      id: 'h1.c1.case-opened.contact:son.push',
      address: 'son',
      recipient,
    };
    await bench.commit([{ type: 'notice', notice: other }]);
    await bench.settle();
    await bench.pass(1);
    await bench.taken('h1.c1', '李强');
    const clicks = bodies(receiver).map(({ topic, click }) => `${topic} ${String(click).split('/').at(-1)}`);
    expect(clicks.slice(0, 2).sort()).toEqual(['son n', 'topic-of-zhang n']);
    expect(clicks.slice(2).sort()).toEqual(['son n', 'topic-of-zhang cases']);
  });

  it('hears nothing where the operator wants no such words', async () => {
    await using it = await told((url) => ntfy(url, { tellTaken: false }), 'push');
    await it.bench.taken('h1.c1', '李强');
    expect(it.receiver.received).toHaveLength(1);
  });

  it('hears nothing that was overtaken, or of yesterday', async () => {
    await using it = await told(ntfy, 'push');
    it.receiver.answers({ status: 500 }, PUBLISHED);
    await it.bench.taken('h1.c1', '李强');
    const late = await it.bench.taken('h1.c1', '吴强', 'resolved');
    const words = async () =>
      (await it.bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items.filter(
        ({ follows }) => follows,
      );
    await it.bench.pass(MINUTE);
    expect((await words()).map(({ follows, state, failure }) => [follows?.news.by, state, failure])).toEqual(
      expect.arrayContaining([
        ['吴强', 'accepted', undefined],
        ['李强', 'withdrawn', 'outdated'],
      ]),
    );
    it.bench.wall.advance(2 * DAY);
    await it.bench.outbox.caseNews('h1.c1', { ...late, by: '周敏' });
    expect(await words()).toHaveLength(2);
  });

  it('in a digest hears of each of its cases who has it, once', async () => {
    const wall = wallOfAMorning();
    await using group = await WeComRobot.open(wall, [KEY]);
    const channel = { id: 'robot', channel: 'wecom-robot', config: { key: KEY, origin: group.origin } };
    await using bench = await Bench.open({ wall, channels: [channel] });
    for (let i = 0; i < 15; i++) await bench.raise(`h${i}`, ['robot'], 'P3');
    await bench.settle();
    expect(group.messages.at(-1)?.content).toContain('汇总');
    const { items } = await bench.records.notices({ paths: [''], state: 'withdrawn' }, { limit: 50 });
    const { case: id = '' } = items.find(({ failure }) => failure === 'in-digest') ?? {};
    const before = group.messages.length;
    await bench.pass(5 * MINUTE);
    const news = await bench.taken(id, '李强');
    await bench.outbox.caseNews(id, news);
    await bench.pass(5 * MINUTE);
    expect(group.messages.slice(before).map(({ content }) => content)).toEqual([
      expect.stringContaining('李强 已接手'),
    ]);
  });

  it('is a program that hears of each event by its own type', async () => {
    await using it = await told(webhook, 'platform');
    await it.bench.taken('h1.c1', '李强');
    await it.bench.taken('h1.c1', '李强', 'resolved');
    expect(bodies(it.receiver)).toMatchObject([
      { type: 'case.opened' },
      { type: 'case.acknowledged', data: { by: '李强', follows: expect.stringContaining('case-opened') } },
      { type: 'case.resolved' },
    ]);
  });
});

describe('a card', () => {
  it('that was on its way when somebody took the case is changed after it arrived', async () => {
    const cards = new Cards();
    await using bench = await Bench.open({ more: [cards.configured()] });
    const gate = Promise.withResolvers<void>();
    cards.gate = gate.promise;
    const [id] = await bench.raise('h1', ['cards']);
    bench.outbox.start();
    await expect.poll(() => cards.sent.length, { interval: 2 }).toBe(1);
    bench.wall.advance(1);
    const taken = bench.taken('h1.c1', '李强');
    gate.resolve();
    await taken;
    expect(cards.sent.map(({ notice, news }) => [notice, news?.by])).toEqual([
      [id, undefined],
      [id, '李强'],
    ]);
  });

  it('whose change waited when the service ended is changed after the next start, once', async () => {
    const cards = new Cards();
    await using bench = await Bench.open({ more: [cards.configured()] });
    const [id] = await bench.raise('h1', ['cards']);
    await bench.settle();
    await bench.pass(1);
    cards.answers = [{ kind: 'retry', failure: 'provider-unreachable', detail: 'away' }];
    const news = await bench.taken('h1.c1', '李强');
    await bench.restart();
    await bench.outbox.caseNews('h1.c1', news);
    await bench.pass(MINUTE);
    const changes = cards.sent.filter((one) => one.news);
    expect(changes.map(({ notice }) => notice)).toEqual([id, id]);
    expect(await bench.notice(`${id}.edit`)).toMatchObject({ state: 'accepted', attempts: 2 });
  });

  it('shows the newest only, where several things happened before it could be changed', async () => {
    const cards = new Cards();
    await using bench = await Bench.open({ more: [cards.configured()] });
    await bench.raise('h1', ['cards']);
    await bench.settle();
    await bench.pass(1);
    cards.answers = [{ kind: 'retry', failure: 'provider-error', detail: 'sorry' }];
    await bench.taken('h1.c1', '李强');
    await bench.pass(1);
    await bench.taken('h1.c1', '李强', 'on-the-way');
    await bench.pass(MINUTE);
    const changes = cards.sent.flatMap(({ news }) => (news ? [news.what] : []));
    expect(changes).toEqual(['taken', 'on-the-way']);
  });

  it('shows both of two things that happened in one millisecond, the later one in the end', async () => {
    const cards = new Cards();
    await using bench = await Bench.open({ more: [cards.configured()] });
    await bench.raise('h1', ['cards']);
    await bench.settle();
    await bench.pass(1);
    const taken = await bench.taken('h1.c1', '李强');
    await bench.taken('h1.c1', '李强', 'on-the-way');
    await bench.outbox.caseNews('h1.c1', taken);
    await bench.pass(MINUTE);
    expect(cards.sent.flatMap(({ news }) => (news ? [news.what] : []))).toEqual(['taken', 'on-the-way']);
  });
});

describe('what became of cases is followed', () => {
  const line = (by: string, at: number): CaseEntry => ({
    n: 9,
    at,
    by,
    type: 'acknowledged',
    text: { zh: `${by} 已接手`, en: `${by} has taken it on` },
  });
  /** Somebody takes the case, and the process ends before anybody could be told. */
  async function takesUntold(bench: Bench, by: string, step?: 'on-the-way'): Promise<void> {
    const { number: _, ...one } = (await bench.records.case('h1.c1')) ?? { number: 0 };
    const at = bench.clock.now();
    const taken = {
      ...one,
      status: 'acknowledged',
      acknowledgedBy: by,
      acknowledgedAt: at,
      ...(step ? { onTheWayAt: at } : {}),
    } as const;
    const next = { ...taken, version: ((one as { version?: number }).version ?? 0) + 1 } as never;
    const said = step ? ({ ...line(by, at), type: 'step', step } as const) : line(by, at);
    await bench.commit([{ type: 'case', change: 'updated', case: next, entries: [said] }]);
  }
  const follow = (bench: Bench, contact: NewsFollowerOptions['contact'] = () => undefined) =>
    NewsFollower.from({
      contact,
      records: bench.records,
      outbox: bench.outbox,
      finding: () => undefined,
      timeZone: () => 'Asia/Shanghai',
      logger: { error: () => undefined },
      timers: bench.timers,
    });

  it('over a crash between the commit and the telling, and no further back than it was told', async () => {
    await using it = await told(ntfy, 'push');
    const { bench } = it;
    await takesUntold(bench, '周敏');
    // The first start of a version that follows: what was before is not told now.
    await (await follow(bench)).idle();
    await bench.settle();
    expect(it.receiver.received).toHaveLength(1);
    const follower = await follow(bench);
    await bench.pass(1);
    await takesUntold(bench, '李强');
    const [{ id = 0 } = {}] = (await bench.records.events(0, [''], 99)).slice(-1);
    follower.committed([{ id, at: 0, type: 'case', path: '', data: '' }], true);
    await follower.idle();
    await bench.outbox.idle();
    expect(bodies(it.receiver).at(-1)?.['message']).toContain('李强 已接手');
    await bench.pass(1);
    await takesUntold(bench, '吴强');
    await bench.restart();
    for (let start = 0; start < 2; start++) {
      await (await follow(bench)).idle();
      await bench.outbox.idle();
    }
    expect(bodies(it.receiver).map(({ message }) => String(message).split('\n')[1]?.slice(5, 7))).toEqual([
      '新事',
      '李强',
      '吴强',
    ]);
  });

  it('but of an emergency that a contact has nobody hears that it is done with that, until they come', async () => {
    const son = { name: '王建国', relation: '儿子' };
    const contact = (one: Case) => emergencyOfContact(one, { contacts: [{ id: 'son', ...son }] });
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 9 }, () => PUBLISHED));
    await using bench = await Bench.open({
      channels: [ntfy(receiver.url)],
      isWanted: (one) => contact(one) === 'far',
    });
    const follower = await follow(bench, contact);
    const followed = async (): Promise<void> => {
      follower.committed((await bench.records.events(0, [''], 99)).slice(-1), true);
      await follower.idle();
      await bench.settle();
    };
    const [call] = await bench.raise('h1', ['push'], 'P1', 'topic-of-zhang');
    bench.wall.advance(1);
    await takesUntold(bench, '王建国（儿子）');
    await followed();
    // What had not gone out yet goes out all the same.
    expect((await bench.notice(call)).state).toBe('accepted');
    expect(receiver.received).toHaveLength(1);
    bench.wall.advance(1);
    await takesUntold(bench, '王建国（儿子）', 'on-the-way');
    await followed();
    expect(bodies(receiver).at(-1)?.['message']).toContain('王建国（儿子） 已接手，正在赶去');
    expect(receiver.received).toHaveLength(2);
  });
});

describe('an on-call system that holds what was acknowledged for taken', () => {
  /** The channel as it is, but for the receiver, which stands on this machine. */
  const oncall = (url: string): ConfiguredChannel => ({
    id: 'oncall',
    locale: 'zh',
    config: { routingKey: '0123456789abcdef0123456789abcdef', url },
    definition: {
      ...(pagerduty as ChannelDefinition),
      deliver: (...told) =>
        ({ ...(pagerduty as ChannelDefinition).deliver(...told), allowPrivate: true }) as Delivery,
    },
  });
  const TAKEN = { status: 202, body: '{"status":"success"}' };
  const said = (receiver: Receiver): string[] =>
    bodies(receiver).map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`);

  it('gets another incident where people are called anew, and hears of the end of both', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 99 }, () => TAKEN));
    await using bench = await Bench.open({ more: [oncall(receiver.url)] });
    await bench.raise('h1', ['oncall'], 'P1');
    await bench.settle();
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', '李强');
    await bench.pass(MINUTE);
    const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items.filter(
      ({ follows }) => !follows,
    );
    const { acceptedAt: _, ...notice } = first as Notice;
    const late: Notice = {
      ...notice,
      id: 'h1.c1.overdue.2.staff:zhang.oncall',
      content: { ...notice.content, event: 'case-overdue', anew: 1 },
      state: 'queued',
      createdAt: bench.clock.now(),
    };
    await bench.commit([{ type: 'notice', notice: late }]);
    await bench.settle();
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', '吴强');
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', '吴强', 'resolved');
    const keys = (action: string) =>
      said(receiver)
        .filter((one) => one.startsWith(action))
        .sort();
    expect(keys('trigger')).toEqual(['trigger h1.c1', 'trigger h1.c1.again1']);
    expect(keys('acknowledge')).toContain('acknowledge h1.c1.again1');
    expect(keys('resolve')).toEqual(['resolve h1.c1', 'resolve h1.c1.again1']);
  });

  const alertmanager = (url: string) => ({ id: 'oncall', channel: 'alertmanager', config: { url } });
  const fired = (receiver: Receiver): string[] => bodies(receiver).map(({ status }) => String(status));

  it.each([
    [
      'pagerduty, under an incident of its own',
      (url: string) => ({ more: [oncall(url)] }),
      said,
      ['trigger h1.c1', 'resolve h1.c1', 'trigger h1.c1.again1', 'resolve h1.c1.again1'],
      { anew: 1 },
    ],
    [
      'pagerduty, under the incident that was over, as an earlier version asked',
      (url: string) => ({ more: [oncall(url)] }),
      said,
      ['trigger h1.c1', 'resolve h1.c1', 'trigger h1.c1', 'resolve h1.c1'],
      {},
    ],
    [
      'alertmanager',
      (url: string) => ({ channels: [alertmanager(url)] }),
      fired,
      ['firing', 'resolved', 'firing', 'resolved'],
      { anew: 1 },
    ],
  ])('asks to call back, and hears when somebody has: %s', async (_, channelAt, heard, all, anew) => {
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 99 }, () => TAKEN));
    await using bench = await Bench.open(channelAt(receiver.url));
    await bench.raise('h1', ['oncall'], 'P1');
    await bench.settle();
    await bench.pass(MINUTE);
    const news = await bench.taken('h1.c1', '李强', 'resolved');
    await bench.pass(MINUTE);
    const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items.filter(
      ({ follows }) => !follows,
    );
    const { acceptedAt: _accepted, ...notice } = first as Notice;
    const asks: Notice = {
      ...notice,
      id: 'h1.c1.call-back.1.staff:zhang.oncall',
      content: { ...notice.content, event: 'case-call-back', priority: 'P3', ...anew },
      state: 'queued',
      createdAt: bench.clock.now(),
    };
    await bench.commit([{ type: 'notice', notice: asks }]);
    await bench.settle();
    await bench.pass(MINUTE);
    expect(heard(receiver)).toEqual(all.slice(0, 3));
    const { number: _n, ...resolved } = (await bench.records.case('h1.c1')) as NumberedCase;
    const at = bench.clock.now();
    const over: Case = { ...resolved, status: 'struck-off', version: resolved.version + 1 };
    await bench.commit([{ type: 'case', change: 'struck-off', case: over, entries: [] }]);
    await bench.outbox.caseNews('h1.c1', { ...news, what: 'struck-off', status: 'struck-off', at });
    await bench.outbox.idle();
    expect(heard(receiver)).toEqual(all);
  });

  it('hears that a call-back is over after which the case was reopened, when that is resolved', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 99 }, () => TAKEN));
    await using bench = await Bench.open({ more: [oncall(receiver.url)] });
    await bench.raise('h1', ['oncall'], 'P1');
    await bench.settle();
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', '李强', 'resolved');
    await bench.pass(MINUTE);
    const { items } = await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 });
    const { acceptedAt: _, ...notice } = items.find(({ follows }) => !follows) as Notice;
    const asked = (name: string, event: Notice['content']['event'], anew: number): Notice => ({
      ...notice,
      id: `h1.c1.${name}.staff:zhang.oncall`,
      content: { ...notice.content, event, anew },
      state: 'queued',
      createdAt: bench.clock.now(),
    });
    const say = async (one: Notice): Promise<void> => {
      await bench.commit([{ type: 'notice', notice: one }]);
      await bench.settle();
      await bench.pass(MINUTE);
    };
    await say(asked('call-back.1', 'case-call-back', 1));
    await bench.taken('h1.c1', '', 'reopened');
    await say(asked('reopened.1', 'case-reopened', 2));
    await bench.taken('h1.c1', '吴强');
    await bench.pass(MINUTE);
    expect(said(receiver)).not.toContain('acknowledge h1.c1.again1');
    expect(said(receiver)).toContain('acknowledge h1.c1.again2');
    await bench.taken('h1.c1', '吴强', 'resolved');
    await bench.pass(MINUTE);
    expect(said(receiver)).toContain('resolve h1.c1.again1');
    expect(said(receiver)).toContain('resolve h1.c1.again2');
  });

  it('hears of whoever takes a case again that they gave back', async () => {
    await using it = await told(webhook, 'platform');
    await it.bench.taken('h1.c1', '李强');
    await it.bench.pass(MINUTE);
    await it.bench.taken('h1.c1', '李强');
    expect(bodies(it.receiver).map(({ type }) => type)).toEqual([
      'case.opened',
      'case.acknowledged',
      'case.acknowledged',
    ]);
  });
});

describe('what was found after somebody took a case, or while they did', () => {
  it('still comes to whoever has it, and to nobody else, when they say that they are on the way', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(
      PUBLISHED,
      { status: 503 },
      { status: 503 },
      ...Array.from({ length: 9 }, () => PUBLISHED),
    );
    await using bench = await Bench.open({ channels: [ntfy(receiver.url)] });
    await bench.raise('h1', ['push'], 'P1', 'topic-of-zhang');
    await bench.settle();
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', 'zhang');
    const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items;
    const { acceptedAt: _, ...notice } = first as Notice;
    const ofSmoke = (id: string): Notice => ({
      ...notice,
      id: `h1.c1.case-raised.h1.a2.v1.staff:${id}.push`,
      address: `topic-of-${id}`,
      recipient: { ...notice.recipient, id, name: id },
      content: { ...notice.content, event: 'case-raised' },
      state: 'queued',
      createdAt: bench.clock.now(),
      nextAttemptAt: bench.clock.now(),
    });
    await bench.commit(
      [ofSmoke('zhang'), ofSmoke('li')].map((one) => ({ type: 'notice', notice: one }) as const),
    );
    await bench.settle();
    bench.wall.set(bench.wall.now() + 1);
    await bench.taken('h1.c1', 'zhang', 'on-the-way');
    await bench.pass(MINUTE);
    expect(await bench.notice(ofSmoke('zhang').id)).toMatchObject({ state: 'accepted' });
    expect(await bench.notice(ofSmoke('li').id)).toMatchObject({ state: 'withdrawn', failure: 'case-taken' });
  });
});
