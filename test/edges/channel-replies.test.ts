import { describe, expect, it } from 'vitest';
import { ChannelReplies } from '../../src/app/channel-replies.ts';
import { receiptDoor } from '../../src/app/receipt-door.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { Command } from '../../src/model/command.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import type { Answer } from '../../src/notify/define.ts';
import type { ChannelReply } from '../../src/ports/channel-reply.ts';
import { Registry } from '../../src/registry/registry.ts';
import { atLength } from '../runs.ts';
import { Bench, type Hooks } from './notify-bench.ts';
import { Cards } from './notify-card-channel.ts';

const ENTRIES = [
  { noun: 'node', path: 'haitang', level: 'community', name: '海棠', timeZone: 'Asia/Shanghai' },
  {
    noun: 'staff',
    id: 'zhang',
    name: 'zhang',
    roles: [{ role: 'grid-worker', node: 'haitang' }],
    channels: [{ channel: 'cards', address: 'u-zhang' }],
  },
  { noun: 'staff', id: 'li', name: '李强', roles: [], channels: [{ channel: 'cards', address: 'u-li' }] },
].map((entry): RegistryEntry => registryEntrySchema.parse(entry));

interface Owner {
  by: string;
  at: number;
}

/** An outbox with a channel of cards, and what takes their answers. `owner`: who has the case. */
async function opened(hooks: Hooks = {}) {
  const cards = new Cards();
  const bench = await Bench.open({
    more: [cards.configured()],
    reply: (reply) => replies.take(reply),
    ...hooks,
  });
  let owner: Owner | undefined;
  const asked: Command[] = [];
  const replies: ChannelReplies = new ChannelReplies({
    outbox: bench.outbox,
    registry: () => Registry.from(ENTRIES),
    submit: async (command, by) => {
      asked.push(command);
      if (command.type === 'case.note') return { ok: true };
      if (owner && owner.by !== by)
        return { ok: false, failure: { code: 'CASE_ALREADY_ACKNOWLEDGED', details: { ...owner } } };
      owner = { by, at: bench.clock.now() };
      return { ok: true, version: 2 };
    },
    logger: { error: () => {} },
  });
  return {
    bench,
    cards,
    replies,
    asked,
    owner: () => owner?.by,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
    },
  };
}

const about = (notice: string) => ({ notice });
type Part<R> = R extends ChannelReply ? Omit<R, 'channel'> : never;
const reply = (part: Part<ChannelReply>) => ({ channel: 'cards', ...part }) as ChannelReply;

describe('the connection of a channel', () => {
  it('is opened before anything is sent over it, shown, and closed at the end', async () => {
    const { bench, cards } = await opened();
    const [id] = await bench.raise('h1', ['cards']);
    expect(cards.opened).toBe(0);
    await bench.settle();
    expect(cards.sent).toMatchObject([{ notice: id }]);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerId: `card-${id}` });
    expect(bench.outbox.stats().channels[0]?.session).toEqual({ connected: true, since: 5, detail: 'open' });
    await bench[Symbol.asyncDispose]();
    expect([cards.opened, cards.closed]).toEqual([1, 1]);
  });

  it('that cannot be opened fails its notices by name, and no other channel', async () => {
    const cards = new Cards();
    cards.broken = new Error('no bot id');
    const terminal = { id: 'terminal', channel: 'terminal', config: { colour: false } };
    await using bench = await Bench.open({ more: [cards.configured()], channels: [terminal] });
    const [card, line] = await bench.raise('h1', ['cards', 'terminal']);
    await bench.settle();
    expect(await bench.notice(card)).toMatchObject({
      failure: 'channel-misconfigured',
      providerAnswer: 'no bot id',
    });
    expect(await bench.notice(line)).toMatchObject({ state: 'accepted' });
    expect(bench.outbox.stats().channels[1]?.session).toMatchObject({
      connected: false,
      detail: 'no bot id',
    });
  });
});

describe('what comes back over a channel', () => {
  it('makes of an accepted notice a delivered one, then a seen one, and never the other way round', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    const providerId = `card-${id}`;
    expect(await it.replies.take(reply({ kind: 'delivered', at: 7, about: { providerId } }))).toMatchObject({
      ok: true,
    });
    expect(await it.bench.notice(id)).toMatchObject({ state: 'delivered', deliveredAt: 7 });
    await it.replies.take(reply({ kind: 'seen', at: 9, about: { providerId } }));
    await it.replies.take(reply({ kind: 'delivered', at: 11, about: about(id) }));
    await it.replies.take(
      reply({ kind: 'undelivered', at: 12, about: about(id), failure: 'provider-error', detail: 'late' }),
    );
    expect(await it.bench.notice(id)).toMatchObject({ state: 'seen', deliveredAt: 7, seenAt: 9 });
    await it.bench.outbox.idle();
    expect(it.bench.reported.map(({ state }) => state)).toEqual(['accepted', 'delivered', 'seen']);
    expect(it.bench.outbox.stats().channels[0]).toMatchObject({ lastDeliveredAt: 7, lastSeenAt: 9 });
  });

  it('says that what was accepted did not arrive: it failed, and the time line hears why', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    const failure = 'recipient-invalid';
    await it.replies.take(
      reply({ kind: 'undelivered', at: 8, about: about(id), failure, detail: 'MK:0001' }),
    );
    await it.bench.outbox.idle();
    expect(await it.bench.notice(id)).toMatchObject({ state: 'failed', failure, providerAnswer: 'MK:0001' });
    expect(it.bench.reported.at(-1)).toMatchObject({ state: 'failed', failure, detail: 'MK:0001' });
  });

  it('faster than the answer to our own request waits for it and is not lost', async () => {
    await using it = await opened();
    const gate = Promise.withResolvers<void>();
    it.cards.gate = gate.promise;
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    it.bench.outbox.start();
    await expect.poll(() => it.cards.sent.length).toBe(1);
    const receipt = it.replies.take(reply({ kind: 'delivered', at: 7, about: { providerId: `card-${id}` } }));
    const own = it.replies.take(reply({ kind: 'seen', at: 9, about: about(id) }));
    gate.resolve();
    expect(await receipt).toMatchObject({ ok: true });
    expect(await own).toMatchObject({ ok: true });
    expect(await it.bench.notice(id)).toMatchObject({ state: 'seen', providerId: `card-${id}`, attempts: 1 });
  });

  it('proves that a notice which seemed lost had arrived: it is not sent again', async () => {
    await using it = await opened();
    const lost: Answer = { kind: 'retry', failure: 'provider-timeout', detail: 'no answer' };
    it.cards.answers = [lost];
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    expect(await it.bench.notice(id)).toMatchObject({ state: 'queued' });
    await it.replies.take(reply({ kind: 'delivered', at: 7, about: about(id) }));
    await it.bench.pass(60_000);
    expect(await it.bench.notice(id)).toMatchObject({ state: 'delivered' });
    expect(it.cards.sent).toHaveLength(1);
  });

  it('about a notice that we do not know is refused by name and counted', async () => {
    await using it = await opened();
    expect(await it.replies.take(reply({ kind: 'seen', at: 1, about: about('x') }))).toMatchObject({
      ok: false,
      refusal: 'notice-unknown',
    });
    expect([...it.replies.counts]).toEqual([['notice-unknown', 1]]);
  });
});

describe('an acknowledgement over a channel', () => {
  type Kind = 'acknowledge' | 'on-the-way' | 'cannot-come';
  const press = (notice: string, by?: { address: string }, kind: Kind = 'acknowledge'): ChannelReply =>
    reply({ kind, at: 50, about: about(notice), ...(by ? { by } : {}) });

  it('takes the case in the name of whoever is registered with the address, also twice', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    const text = { zh: '已由 李强 接手', en: 'Taken by 李强' };
    expect(await it.replies.take(press(id, { address: 'u-li' }))).toEqual({ ok: true, text });
    expect(await it.replies.take(press(id, { address: 'u-li' }))).toEqual({ ok: true, text });
    expect(it.owner()).toBe('李强');
    await it.bench.outbox.idle();
    expect(await it.bench.notice(id)).toMatchObject({ state: 'seen', seenAt: 50 });
  });

  it('by a second person says who has it and since when', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    await it.replies.take(press(id, { address: 'u-li' }));
    const second = await it.replies.take(press(id, { address: 'u-zhang' }));
    expect(second).toMatchObject({ ok: false, refusal: 'case-refused' });
    expect(second.text.zh).toMatch(/^事项已有人接手：李强（\d\d-\d\d \d\d:\d\d）$/);
  });

  it('that says on the way takes the case and writes the step; by a second person it is no step', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    expect(await it.replies.take(press(id, { address: 'u-li' }, 'on-the-way'))).toEqual({
      ok: true,
      text: { zh: '已由 李强 接手，正在赶去', en: 'Taken by 李强, on the way' },
    });
    expect(await it.replies.take(press(id, { address: 'u-zhang' }, 'on-the-way'))).toMatchObject({
      refusal: 'case-refused',
    });
    expect(it.asked).toMatchObject([
      { type: 'case.acknowledge', case: 'h1.c1' },
      { type: 'case.step', case: 'h1.c1', step: 'on-the-way' },
      { type: 'case.acknowledge', case: 'h1.c1' },
    ]);
  });

  it('that says cannot come takes nothing: it is a word on the time line, and the calls go on', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    expect(await it.replies.take(press(id, { address: 'u-li' }, 'cannot-come'))).toEqual({
      ok: true,
      text: { zh: '李强 去不了', en: '李强 cannot come' },
    });
    expect(it.owner()).toBeUndefined();
    expect(it.asked).toMatchObject([{ type: 'case.note', case: 'h1.c1', declines: true }]);
  });

  it('without a name is the one person that it was sent to', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    expect(await it.replies.take(press(id))).toMatchObject({ ok: true });
    expect(it.owner()).toBe('zhang');
  });

  it('by a stranger takes nothing: a case that nobody has must not look as if somebody had it', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    expect(await it.replies.take(press(id, { address: 'u-stranger' }))).toMatchObject({
      refusal: 'person-unknown',
    });
    expect(it.owner()).toBeUndefined();
    expect(it.replies.counts.get('person-unknown')).toBe(1);
  });
});

describe('when somebody takes a case', () => {
  it('what still waits is withdrawn, what was sent is changed, and later news goes out', async () => {
    await using it = await opened();
    it.cards.answers = [
      { kind: 'accepted', detail: 'ok' },
      { kind: 'retry', failure: 'provider-error', detail: 'sorry' },
    ];
    const [sent = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    const waits = {
      ...(await it.bench.notice(sent)),
      id: 'second',
      state: 'queued',
      nextAttemptAt: 0,
    } as const;
    await it.bench.commit([{ type: 'notice', notice: waits }]);
    await it.bench.settle();
    expect(await it.bench.notice('second')).toMatchObject({ state: 'queued', attempts: 2 });
    await it.bench.pass(1);
    const at = it.bench.clock.now();
    await it.bench.commit([{ type: 'notice', notice: { ...waits, id: 'later', createdAt: at } }]);
    await it.bench.taken('h1.c1', '李强');
    expect(await it.bench.notice('second')).toMatchObject({ state: 'withdrawn', failure: 'case-taken' });
    expect(await it.bench.notice('later')).toMatchObject({ state: 'accepted' });
    expect(it.cards.sent.filter((one) => one.news)).toMatchObject([{ notice: sent, news: { by: '李强' } }]);
    expect(it.bench.outbox.stats()).toMatchObject({
      updates: { done: 1, failed: 0, outdated: 0 },
      failed: { 'case-taken': 1 },
    });
    expect(it.bench.outbox.stats().channels[0]).toMatchObject({ failed: 0 });
  });

  atLength(
    'a change that goes wrong is tried again as often as a notice, and says nothing about the channel',
    async () => {
      await using it = await opened();
      const [id = ''] = await it.bench.raise('h1', ['cards']);
      await it.bench.settle();
      await it.bench.pass(1);
      it.cards.answers = Array.from({ length: 99 }, () => ({
        kind: 'retry',
        failure: 'provider-error',
        detail: 'sorry',
      }));
      await it.bench.taken('h1.c1', '李强', 'resolved');
      await it.bench.pass(12 * 60 * 60_000);
      expect(it.cards.sent.filter(({ notice, news: of }) => of && notice === id)).toHaveLength(
        LIMITS.noticeAttemptsMax,
      );
      expect(it.bench.outbox.stats().updates).toEqual({ done: 0, failed: 1, outdated: 0 });
      expect(it.bench.outbox.stats().channels[0]).toMatchObject({ failed: 0 });
      expect(it.bench.outbox.stats().channels[0]).not.toHaveProperty('problem');
    },
  );
});

describe('the door for pushes of providers', () => {
  const push = (body: unknown, token = 'right', channel = 'cards') => ({
    channel,
    headers: { 'x-token': token },
    query: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

  it('takes receipts in the words of the provider, and refuses what is not its own', async () => {
    await using it = await opened();
    const [id = ''] = await it.bench.raise('h1', ['cards']);
    await it.bench.settle();
    const door = receiptDoor(new Map([['cards', it.cards.configured()]]), it.replies.take);
    const receipts = [
      { kind: 'delivered', at: 7, about: about(id) },
      { kind: 'seen', at: 8, about: about('x') },
    ];
    expect(await door.take(push(receipts))).toEqual({ status: 200, body: '{"code":0}' });
    expect(await it.bench.notice(id)).toMatchObject({ state: 'delivered' });
    expect(await door.take(push(receipts, 'wrong'))).toBe('not-signed');
    expect(await door.take(push('no JSON'))).toBe('not-understood');
    expect(await door.take(push([], 'right', 'terminal'))).toBeUndefined();
    expect([...door.counts]).toEqual([
      ['taken', 1],
      ['not-signed', 1],
      ['not-understood', 1],
    ]);
  });

  it('is closed for the rest of the minute to a channel that pushes too often', async () => {
    const wall = new ManualClock(0);
    const cards = new Map([['cards', new Cards().configured()]]);
    const door = receiptDoor(cards, async () => ({ ok: true, text: { zh: '', en: '' } }), wall);
    for (let i = 0; i < LIMITS.channelPushesPerMinuteMax; i++) await door.take(push([]));
    expect(await door.take(push([]))).toBe('too-many');
    wall.set(60_000);
    expect(await door.take(push([]))).toMatchObject({ status: 200 });
  });
});
