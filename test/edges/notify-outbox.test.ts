import { createServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { placeAlert } from '../../src/cases/alerts.ts';
import { emptyBook } from '../../src/cases/case-book.ts';
import { resolve } from '../../src/cases/closing.ts';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { withCaseNumber } from '../../src/notify/case-number.ts';
import { digestOf } from '../../src/notify/digest.ts';
import { backoffMs } from '../../src/notify/notice-state.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import { contextAt, draftOf, wayTo } from '../cases-fixtures.ts';
import { atLength, SLOW } from '../runs.ts';
import { WeComRobot } from '../stand-ins/wecom-robot.ts';
import { Bench, Receiver, SECRET, wallOfAMorning } from './notify-bench.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
const webhook = (id: string, url: string) => ({ id, channel: 'webhook', config: { url, secret: SECRET } });
const robot = (id: string, origin: string, key = KEY) => ({
  id,
  channel: 'wecom-robot',
  config: { key, origin, mentionAll: [] },
});
const TERMINAL = { id: 'terminal', channel: 'terminal', config: { colour: false } };

const soon = <T>(question: () => T) => expect.poll(question, { interval: 5 });

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}/hook`;
}

describe.runIf(SLOW)('care and upkeep that waited for the morning', () => {
  atLength('comes as one message, and nothing graver among it', async () => {
    await using group = await WeComRobot.open(wallOfAMorning(), [KEY]);
    await using bench = await Bench.open({ channels: [robot('duty', group.origin)] });
    for (const home of ['h1', 'h2', 'h3']) await bench.raise(home, ['duty'], 'P4');
    const [grave] = await bench.raise('h4', ['duty'], 'P2');
    await bench.settle();
    expect(group.messages.map(({ content }) => content.split('\n')[0])).toEqual([
      expect.stringContaining('【P2】'),
      '【P4】汇总：3 个事项待接手（P4×3）',
    ]);
    expect(await bench.notice(grave)).toMatchObject({ state: 'accepted' });
  });
});

describe('a provider that is not reached', () => {
  it('is told apart from one that refuses, counts attempts, and works again with the first that is taken', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)] });
    receiver.answers({ status: 429 }, { status: 503 }, { status: 500 }, { status: 502 });
    await bench.raise('h1', ['platform'], 'P3');
    await bench.settle();
    const failing = () => bench.outbox.stats().channels[0]?.failing;
    expect(failing()).toBeUndefined();
    await bench.pass(5 * SECOND);
    const since = bench.clock.now();
    expect(failing()).toMatchObject({ since, attempts: 1 });
    await bench.pass(50 * SECOND);
    expect(failing()).toEqual({ since, attempts: 3, detail: 'HTTP 502' });
    await bench.pass(2 * MINUTE);
    expect(failing()).toBeUndefined();
  });

  it('with a P1 that has been tried three times is grave at once', async () => {
    await using bench = await Bench.open({ channels: [webhook('platform', await deadUrl())] });
    await bench.raise('h1', ['platform'], 'P1');
    await bench.settle();
    const failing = () => bench.outbox.stats().channels[0]?.failing;
    await bench.pass(5 * SECOND);
    expect(failing()).toMatchObject({ attempts: 2 });
    expect(failing()).not.toHaveProperty('grave');
    await bench.pass(10 * SECOND);
    expect(failing()).toMatchObject({ attempts: 3, grave: true });
  });
});

describe('a notice to a webhook', () => {
  it('arrives signed, is accepted, stored, streamed, and reported to the time line', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({
      channels: [webhook('platform', receiver.url)],
      link: (notice) => `https://care.example.org/cases/${notice.case}`,
    });
    const [id] = await bench.raise('h1', ['platform'], 'P1');
    await bench.settle();

    const [got] = receiver.received;
    // The library of the receiver compares the time in the signature with the machine's clock.
    vi.setSystemTime(bench.clock.now());
    const verified = new Webhook(SECRET).verify(got?.body ?? '', got?.headers as Record<string, string>);
    vi.useRealTimers();
    expect(verified).toMatchObject({
      type: 'case.opened',
      data: { case: 'h1.c1', alert: 'h1.a1', priority: 'P1', link: 'https://care.example.org/cases/h1.c1' },
    });
    expect(got?.headers['webhook-id']).toBe(id);
    expect(await bench.notice(id)).toMatchObject({
      state: 'accepted',
      attempts: 1,
      acceptedAt: bench.clock.now(),
    });
    expect(await bench.notice(id)).not.toHaveProperty('nextAttemptAt');
    expect(bench.events.map((event) => event.type)).toEqual(['notice']);
    expect(bench.reported).toEqual([
      {
        type: 'notice.result',
        notice: id,
        case: 'h1.c1',
        subject: 'h1',
        state: 'accepted',
        recipient: 'zhang',
        channel: 'platform',
        detail: 'HTTP 204',
      },
    ]);
    expect(bench.outbox.stats()).toMatchObject({ accepted: 1, inFlight: 0, channels: [{ accepted: 1 }] });
  });

  it('says the number of its case, which people say on the telephone, also in a digest', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({
      channels: [webhook('platform', receiver.url), { ...TERMINAL, locale: 'en' }],
    });
    await bench.raise('h1', ['terminal'], 'P1');
    const [id] = await bench.raise('h2', ['platform'], 'P1');
    await bench.settle();
    expect(bench.printed).toEqual([expect.stringContaining('Case 1: New case')]);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      data: { number: 2, body: { zh: expect.stringContaining('事项 2：新事项') } },
    });
    // What is stored is as the step made it.
    expect((await bench.notice(id)).content).not.toHaveProperty('number');
    const members = [await bench.notice(id), { ...(await bench.notice(id)), id: 'b' }];
    const numbered = await Promise.all(members.map((one) => withCaseNumber(one, bench.records)));
    expect(digestOf(numbered, 0).content.body.en).toMatch(/^1\. .*\(case 2\);/);
  });

  it('is tried again after an error, later each time, with the same id and the same bytes', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)] });
    receiver.answers({ status: 500, body: 'sorry' }, { status: 503 });
    const [id] = await bench.raise('h1', ['platform']);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      failure: 'provider-error',
      providerAnswer: 'HTTP 500 sorry',
      nextAttemptAt: bench.clock.now() + 5 * SECOND,
    });
    expect(bench.reported).toEqual([]);
    await bench.pass(5 * SECOND - 1);
    expect(receiver.received).toHaveLength(1);
    await bench.pass(1);
    expect(receiver.received).toHaveLength(2);
    await bench.pass(10 * SECOND);
    expect(receiver.received).toHaveLength(3);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 3 });
    expect(await bench.notice(id)).not.toHaveProperty('failure');
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('waits as long as the receiver asks, and the whole channel with it', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)] });
    receiver.answers({ status: 429, headers: { 'retry-after': '120' } });
    const [first] = await bench.raise('h1', ['platform']);
    await bench.settle();
    const [second] = await bench.raise('h2', ['platform'], 'P1');
    await bench.pass(119 * SECOND);
    expect(receiver.received).toHaveLength(1);
    expect(bench.outbox.stats().channels[0]).toMatchObject({
      waitMs: SECOND,
      problem: { failure: 'provider-busy' },
    });
    await bench.pass(SECOND);
    expect(await bench.notice(first)).toMatchObject({ state: 'accepted' });
    expect(await bench.notice(second)).toMatchObject({ state: 'accepted' });
  });

  it.each([
    [410, 'refused-by-recipient'],
    [302, 'channel-misconfigured'],
    [401, 'channel-misconfigured'],
  ])('that is refused with %i fails for good: %s', async (status, failure) => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)] });
    receiver.answers({ status, headers: { location: receiver.url } });
    const [id] = await bench.raise('h1', ['platform']);
    await bench.settle();
    await bench.pass(HOUR);
    expect(receiver.received).toHaveLength(1);
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure, attempts: 1 });
    expect(bench.reported).toMatchObject([{ state: 'failed', failure }]);
  });

  atLength('to a socket that never answers is given up in time, and delays no other channel', async () => {
    await using slow = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('slow', slow.url), TERMINAL] });
    slow.answers(...Array.from({ length: 40 }, () => 'hang' as const));
    const arrived = slow.arrival();
    for (let i = 0; i < 30; i++) await bench.raise(`h${i}`, ['slow'], 'P1');
    bench.outbox.start();
    await arrived;
    const [quick] = await bench.raise('h99', ['terminal'], 'P4');
    bench.outbox.wake();
    await soon(() => bench.printed.length).toBe(1);
    expect(bench.outbox.stats().inFlight).toBeGreaterThan(0);
    expect(bench.outbox.stats().inFlight).toBeLessThanOrEqual(LIMITS.noticesInFlightMax + 1);
    await soon(() => bench.notice(quick)).toMatchObject({ state: 'accepted' });

    bench.timers.advance(LIMITS.noticeTimeoutMs);
    await expect
      .poll(() => bench.notice('h0.c1.case-opened.staff:zhang.slow'))
      .toMatchObject({
        state: 'queued',
        failure: 'provider-timeout',
        providerAnswer: 'no answer within 15 s',
      });
  });

  it('is reported once when a P1 or P2 was tried in vain three times, for people may be told otherwise meanwhile', async () => {
    const said: string[] = [];
    const submit = async (command: { notice: string; state: string; failure?: string | undefined }) => {
      said.push(`${command.notice.slice(0, 2)} ${command.state} ${command.failure}`);
      return undefined;
    };
    await using bench = await Bench.open({ channels: [webhook('platform', await deadUrl())], submit });
    await bench.raise('h1', ['platform'], 'P2');
    await bench.raise('h2', ['platform'], 'P3');
    await bench.settle();
    expect(said).toEqual([]);
    for (let i = 1; i < 5; i++) await bench.pass(LIMITS.noticeBackoffMsMax);
    expect(said.filter((one) => one.includes('queued'))).toEqual(['h1 queued provider-unreachable']);
  });

  atLength(
    'to an address where nobody listens is tried as often as allowed, and then fails with the last reason',
    async () => {
      await using bench = await Bench.open({ channels: [webhook('platform', await deadUrl())] });
      const [id] = await bench.raise('h1', ['platform']);
      await bench.settle();
      expect(await bench.notice(id)).toMatchObject({ state: 'queued', failure: 'provider-unreachable' });
      for (let i = 1; i < LIMITS.noticeAttemptsMax; i++) await bench.pass(LIMITS.noticeBackoffMsMax);
      const end = await bench.notice(id);
      expect(end).toMatchObject({ state: 'failed', failure: 'attempts-exhausted', attempts: 12 });
      expect(end.providerAnswer).toMatch(/^provider-unreachable: ECONNREFUSED/);
      expect(bench.outbox.stats()).toMatchObject({ retried: 11, failed: { 'attempts-exhausted': 1 } });
    },
  );
});

describe('a WeCom group robot', () => {
  atLength(
    'gets at most what we allow ourselves in any minute, the gravest first, and in the end everything',
    async () => {
      const wall = wallOfAMorning();
      await using group = await WeComRobot.open(wall, [KEY]);
      await using busy = await Bench.open({ wall, channels: [robot('duty-robot', group.origin)] });
      for (let i = 0; i < 40; i++) await busy.raise(`h${i}`, ['duty-robot'], 'P3');
      await busy.settle();
      // 11 by themselves, and one digest in the place of the other 29.
      expect(group.messages).toHaveLength(12);
      expect(group.messages.at(-1)?.content).toContain('汇总：29 个事项待接手（P3×29）');
      const [urgent] = await busy.raise('h99', ['duty-robot'], 'P1');
      busy.outbox.wake();
      await busy.outbox.idle();
      expect(await busy.notice(urgent)).toMatchObject({ state: 'accepted', attempts: 1 });
      expect(group.messages.at(-1)?.content).toContain('【P1】');
      await busy.pass(5 * MINUTE);
      expect(group.messages).toHaveLength(13);
      const { items } = await busy.records.notices({ paths: [''], state: 'withdrawn' }, { limit: 100 });
      expect(items).toHaveLength(29);
      const digest = await busy.notice(items[0]?.digest);
      expect(digest).toMatchObject({ state: 'accepted', content: { event: 'digest', priority: 'P3' } });
      expect(items.every((one) => one.digest === digest.id && one.failure === 'in-digest')).toBe(true);
      expect(new Set(busy.reported.map(({ notice }) => notice)).size).toBe(41);
      expect(group.answers.every((code) => code === 0)).toBe(true);
    },
  );

  atLength('that others write to as well says so, and is asked again after its minute', async () => {
    const wall = wallOfAMorning();
    await using group = await WeComRobot.open(wall, [KEY]);
    await using bench = await Bench.open({ wall, channels: [robot('duty-robot', group.origin)] });
    for (let i = 0; i < 20; i++) {
      const body = JSON.stringify({ msgtype: 'text', text: { content: 'somebody else' } });
      await fetch(`${group.origin}/cgi-bin/webhook/send?key=${KEY}`, { method: 'POST', body });
    }
    const [id] = await bench.raise('h1', ['duty-robot'], 'P1');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'queued', failure: 'provider-busy', attempts: 1 });
    await bench.pass(MINUTE);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 2, providerAnswer: '0 ok' });
  });

  it('with a wrong key fails at once and is shown as misconfigured: in the log, the counters, the channel', async () => {
    await using group = await WeComRobot.open(wallOfAMorning(), [KEY]);
    const wrong = robot('duty-robot', group.origin, 'another-key');
    await using bench = await Bench.open({ channels: [wrong] });
    const [id] = await bench.raise('h1', ['duty-robot'], 'P1');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({
      state: 'failed',
      failure: 'channel-misconfigured',
      attempts: 1,
    });
    expect(bench.outbox.stats()).toMatchObject({
      failed: { 'channel-misconfigured': 1 },
      channels: [{ id: 'duty-robot', failed: 1, problem: { failure: 'channel-misconfigured' } }],
    });
    expect(bench.logged).toMatchObject([{ level: 'error' }]);
    expect(JSON.stringify(bench.logged)).not.toContain('another-key');
    expect(bench.reported).toMatchObject([
      { failure: 'channel-misconfigured', detail: expect.stringContaining('93000') },
    ]);
  });
});

describe('the outbox', () => {
  it('goes on after a restart where it was', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)] });
    receiver.answers({ status: 500 }, { status: 500 });
    const [id] = await bench.raise('h1', ['platform']);
    await bench.settle();
    await bench.restart();
    expect(receiver.received).toHaveLength(1);
    await bench.pass(5 * SECOND);
    expect(await bench.notice(id)).toMatchObject({ state: 'queued', attempts: 2 });
    await bench.restart();
    await bench.pass(10 * SECOND);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 3 });
  });

  it('writes once for each alert that it is being sent, over however many channels, and before it leaves', async () => {
    await using receiver = await Receiver.open();
    const hasLeft = (): number => receiver.received.length + bench.printed.length;
    const atWrites: number[] = [];
    const watched = (records: RecordStore): RecordStore =>
      new Proxy(records, {
        get(target, name: keyof RecordStore) {
          const value = target[name];
          if (typeof value !== 'function') return value;
          if (name === 'saveMeta') atWrites.push(hasLeft());
          return value.bind(target);
        },
      });
    await using bench: Bench = await Bench.open({
      channels: [TERMINAL, webhook('platform', receiver.url)],
      records: watched,
    });
    for (const home of ['h1', 'h2', 'h3']) {
      await bench.raise(home, ['terminal', 'platform'], 'P1');
      await bench.settle();
    }
    expect(hasLeft()).toBe(6);
    expect(atWrites).toEqual([0, 2, 4]);
  });

  it('sends what was committed while it was down', async () => {
    await using bench = await Bench.open({ channels: [TERMINAL] });
    await bench.raise('h1', ['terminal']);
    await bench.restart();
    expect(bench.printed).toHaveLength(1);
    expect(bench.printed[0]).toContain('王老人：手环报告跌倒');
  });

  it('does not send what has been settled meanwhile', async () => {
    await using bench = await Bench.open({ channels: [TERMINAL] });
    const book = emptyBook();
    const ctx = contextAt(bench.clock.now(), [wayTo('zhang', 'terminal')]);
    const raised = placeAlert(book, draftOf('h1.a1'), 'raised', ctx);
    const body = {
      case: 'h1.c1',
      outcome: 'away',
      note: '',
      contactMadeBy: '张敏',
      contact: 'seen',
    } as const;
    await bench.commit([...raised.effects, ...resolve(book, body, '张敏', ctx).effects]);
    await bench.settle();
    expect(bench.printed).toEqual([]);
    expect(await bench.notice('h1.c1.case-opened.staff:zhang.terminal')).toMatchObject({
      state: 'withdrawn',
      failure: 'case-resolved',
      attempts: 0,
    });
    expect(bench.outbox.stats().channels[0]).not.toHaveProperty('problem');
  });

  it('says when a notice names a channel that nobody has configured', async () => {
    await using bench = await Bench.open({ channels: [TERMINAL] });
    const [id] = await bench.raise('h1', ['sms', 'terminal']);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'channel-unknown' });
    expect(bench.printed).toHaveLength(1);
    expect(bench.logged).toMatchObject([{ level: 'error' }]);
  });

  atLength('lets no backlog of one channel hide what another could send', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [robot('duty-robot', receiver.url), TERMINAL] });
    receiver.answers(...Array.from({ length: 20 }, () => ({ status: 429 })));
    for (let i = 0; i < 150; i++) await bench.raise(`h${i}`, ['duty-robot'], 'P1');
    await bench.raise('last', ['terminal'], 'P4');
    await bench.settle();
    expect(bench.printed).toHaveLength(1);
    expect(receiver.received.length).toBeLessThanOrEqual(18);
  });

  it('does not send again before a result is on disk, however often the disk refuses', async () => {
    let refusals = 3;
    const refusing = (records: RecordStore) => ({
      dueNotices: records.dueNotices.bind(records),
      nextNoticeAt: records.nextNoticeAt.bind(records),
      case: records.case.bind(records),
      caseEntries: records.caseEntries.bind(records),
      notice: records.notice.bind(records),
      notices: records.notices.bind(records),
      noticeByProvider: records.noticeByProvider.bind(records),
      meta: records.meta.bind(records),
      saveMeta: records.saveMeta.bind(records),
      dueNoticesOf: records.dueNoticesOf.bind(records),
      saveNotices: async (notices: Parameters<RecordStore['saveNotices']>[0]) => {
        if (refusals-- > 0) throw new Error('disk full');
        return records.saveNotices(notices);
      },
    });
    await using bench = await Bench.open({ channels: [TERMINAL], records: refusing });
    const [id] = await bench.raise('h1', ['terminal']);
    bench.outbox.start();
    for (let errors = 1; errors <= 3; errors++) {
      await soon(() => bench.outbox.stats().saveErrors).toBe(errors);
      bench.outbox.wake();
      bench.timers.advance(SECOND);
    }
    await bench.outbox.idle();
    expect(bench.printed).toHaveLength(1);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 1 });
    // The log may lie on the same disk.
    expect(bench.logged.filter(({ message }) => message.includes('could not be stored'))).toHaveLength(1);
  });

  it('tells of records that cannot be read once, however often it tries, and goes on when they can', async () => {
    const isAway = { is: true };
    const away = (records: RecordStore): RecordStore =>
      new Proxy(records, {
        get(target, key) {
          if (key === 'dueNotices' && isAway.is) return () => Promise.reject(new Error('away'));
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    await using bench = await Bench.open({ channels: [TERMINAL], records: away });
    await bench.raise('h1', ['terminal']);
    bench.outbox.start();
    for (let tries = 0; tries < 5; tries++) {
      bench.outbox.wake();
      await bench.outbox.idle();
    }
    expect(bench.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    isAway.is = false;
    bench.outbox.wake();
    await bench.outbox.idle();
    expect(bench.printed).toHaveLength(1);
  });

  it('waits by the wall, also where the clock of the service runs 600 times as fast', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url)], speed: 600 });
    receiver.answers({ status: 500 });
    const [id] = await bench.raise('h1', ['platform']);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ nextAttemptAt: bench.clock.now() + 600 * 5 * SECOND });
    await bench.pass(5 * SECOND - 2);
    expect(receiver.received).toHaveLength(1);
    await bench.pass(2);
    expect(receiver.received).toHaveLength(2);
  });

  it('tries again when the broker does not take a notice', async () => {
    const published: { topic: string; retain: boolean }[] = [];
    let refusals = 1;
    await using bench = await Bench.open({
      channels: [{ id: 'mqtt', channel: 'mqtt-topic' }],
      publish: async (topic, _body, { retain }) => {
        if (refusals-- > 0) throw new Error('not connected');
        published.push({ topic, retain });
      },
    });
    const [id] = await bench.raise('h1', ['mqtt']);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'queued', providerAnswer: 'not connected' });
    await bench.pass(5 * SECOND);
    expect(published).toEqual([{ topic: 'shouwang/notices/haitang/g1/h1', retain: false }]);
  });

  it('gives up on a broker that never answers', async () => {
    await using bench = await Bench.open({
      channels: [{ id: 'mqtt', channel: 'mqtt-topic' }],
      publish: () => new Promise(() => {}),
    });
    const [id] = await bench.raise('h1', ['mqtt']);
    bench.outbox.start();
    await soon(() => bench.outbox.stats().inFlight).toBe(1);
    bench.timers.advance(LIMITS.noticeTimeoutMs);
    await soon(() => bench.notice(id)).toMatchObject({ failure: 'provider-timeout' });
  });

  it('survives a time line that does not take the result, and a link that cannot be made', async () => {
    await using bench = await Bench.open({
      channels: [TERMINAL],
      submit: async () => {
        throw new Error('inbox full');
      },
    });
    const [id] = await bench.raise('h1', ['terminal']);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted' });
    expect(bench.outbox.stats().reportErrors).toBe(1);

    await using broken = await Bench.open({
      channels: [TERMINAL],
      link: () => {
        throw new Error('no address');
      },
    });
    const [other] = await broken.raise('h1', ['terminal']);
    await broken.settle();
    expect(await broken.notice(other)).toMatchObject({ state: 'queued', failure: 'provider-error' });
  });

  it('lets what is under way finish when it stops, and keeps the rest for the next start', async () => {
    await using slow = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('slow', slow.url)] });
    slow.answers('hang');
    const [id] = await bench.raise('h1', ['slow']);
    const arrived = slow.arrival();
    bench.outbox.start();
    await arrived;
    const stopped = bench.outbox.stop(3 * SECOND);
    bench.timers.advance(3 * SECOND);
    await stopped;
    expect(await bench.notice(id)).toMatchObject({ state: 'queued', attempts: 0 });
    await bench.restart();
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 1 });
  });

  it('sends a drill, says what the provider answered, and keeps a record that answers can find', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook('platform', receiver.url), TERMINAL] });
    expect(await bench.outbox.test('terminal', '')).toMatchObject({ ok: true });
    expect(bench.printed[0]).toContain('演练');
    receiver.answers({ status: 401, body: 'who are you' });
    expect(await bench.outbox.test('platform', '')).toMatchObject({
      ok: false,
      detail: 'HTTP 401 who are you',
      failure: 'channel-misconfigured',
    });
    expect(await bench.outbox.test('nowhere', '')).toMatchObject({ ok: false, failure: 'channel-unknown' });
    const { items } = await bench.records.notices({ paths: [''] }, { limit: 10 });
    expect(items.map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
      'platform failed',
      'terminal accepted',
    ]);
    expect(bench.reported).toEqual([]);
  });
});

describe('the wait between attempts', () => {
  it('doubles from 5 seconds to half an hour and is spread by half to each side', () => {
    const waits = Array.from({ length: 12 }, (_, i) => backoffMs(i + 1, 0.5) / SECOND);
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]);
    expect(backoffMs(1, 0)).toBe(2.5 * SECOND);
    expect(backoffMs(1, 0.999)).toBeLessThan(7.5 * SECOND);
  });
});
