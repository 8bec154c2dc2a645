import { describe, expect, it, test } from 'vitest';
import { pushSubscriptions } from '../../src/app/push-subscriptions.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { User } from '../../src/ports/records.ts';
import type { PushSubscriptions } from '../../src/ports/web-push.ts';
import { PushService } from '../stand-ins/push-service.ts';
import { Bench } from './notify-bench.ts';

const channel = (over: object = {}) => ({
  id: 'push',
  channel: 'web-push',
  config: { contact: 'mailto:watch@example.org', allowPrivate: true, ...over },
});

const accountOf = (id: string): User => ({
  id,
  name: id,
  passwordHash: '',
  roles: [],
  locale: 'zh',
  disabled: false,
  createdAt: 0,
});

/** Records in memory: what is tested is what stands in them. */
function kept(): {
  push: PushSubscriptions;
  again: () => PushSubscriptions;
  accounts: Map<string, User>;
  meta: Map<string, string>;
} {
  const meta = new Map<string, string>();
  const accounts = new Map(['zhang', 'li', 'wang'].map((id) => [id, accountOf(id)]));
  const records = {
    meta: async (key: string) => meta.get(key),
    saveMeta: async (key: string, value: string) => void meta.set(key, value),
    removeMeta: async (key: string) => void meta.delete(key),
    user: async (id: string) => accounts.get(id),
  };
  const again = () => pushSubscriptions(records, { info: () => {} });
  return { push: again(), again, accounts, meta };
}

/** Somebody switched push on in a browser. */
async function subscribed(service: PushService, push: PushSubscriptions, user = 'zhang', at = 1) {
  const subscription = { ...service.subscribe((await push.keys()).publicKey), at, label: 'Android Chrome' };
  await push.add(user, subscription);
  return subscription;
}

describe('a notice that is pushed to browsers', () => {
  it('is encrypted for each browser of its person, urgent, short-lived, and the newest of its case', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await subscribed(service, push);
    await subscribed(service, push, 'li');
    await using bench = await Bench.open({ channels: [channel()], push });
    const [id = ''] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(service.pushed).toHaveLength(2);
    const [{ headers, text } = { headers: {}, text: '' }] = service.pushed;
    expect(headers).toMatchObject({ ttl: '900', urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(headers['topic']).toMatch(/^[\w-]{32}$/);
    expect(JSON.parse(text)).toMatchObject({ notice: id, case: 'h1.c1', canTake: true, urgent: true });
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerAnswer: 'HTTP 201 (2/2)' });
  });

  it.each([404, 410])(
    'to a browser that is gone (%i) fails by name, and the browser is forgotten',
    async (status) => {
      await using service = await PushService.open();
      const { push } = kept();
      await subscribed(service, push);
      service.answers = [status];
      await using bench = await Bench.open({ channels: [channel()], push });
      const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
      await bench.settle();
      expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'recipient-invalid' });
      expect(await push.of('zhang')).toEqual([]);
      expect([...push.ended]).toEqual([['gone', 1]]);
    },
  );

  it('holds nobody else up where the push service of one browser wants to be left alone', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await subscribed(service, push, 'li');
    service.answers = [429];
    await using bench = await Bench.open({ channels: [channel()], push });
    await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    const [other] = await bench.raise('h2', ['push'], 'P1', 'li');
    await bench.settle();
    expect(await bench.notice(other)).toMatchObject({ state: 'accepted' });
  });

  it('that one browser wants nothing of says nothing about the channel, unless others are refused as well', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await subscribed(service, push, 'li');
    await using bench = await Bench.open({ channels: [channel()], push });
    let homes = 0;
    const pushedTo = async (user: string, ...answers: number[]) => {
      service.answers = answers;
      const [id] = await bench.raise(`h${++homes}`, ['push'], 'P1', user);
      await bench.settle();
      return (await bench.notice(id)).failure;
    };
    await pushedTo('li', 201);
    expect(await pushedTo('zhang', 400)).toBe('recipient-invalid');
    await pushedTo('li', 201);
    expect(bench.outbox.stats().channels[0]?.problem).toBeUndefined();
    for (const user of ['zhang', 'li']) expect(await pushedTo(user, 403)).toBe('recipient-invalid');
    expect(await pushedTo('li', 403)).toBe('channel-misconfigured');
  });

  it('arrives where one browser is left', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await subscribed(service, push);
    service.answers = [410];
    await using bench = await Bench.open({ channels: [channel()], push });
    const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerAnswer: 'HTTP 201 (1/2)' });
    expect(await push.of('zhang')).toHaveLength(1);
  });

  it.each([
    [429, 'queued', 'provider-busy'],
    [503, 'queued', 'provider-error'],
    [413, 'failed', 'channel-misconfigured'],
    [403, 'failed', 'channel-misconfigured'],
  ])('that the push service answers with %i is %s: %s', async (status, state, failure) => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    service.answers = [status];
    await using bench = await Bench.open({ channels: [channel()], push });
    const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state, failure });
    expect(await push.of('zhang')).toHaveLength(1);
  });

  it('to nobody who switched it on fails at once: others are told instead', async () => {
    await using bench = await Bench.open({ channels: [channel()], push: kept().push });
    const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({
      failure: 'recipient-invalid',
      providerAnswer: 'no browser of zhang is switched on',
    });
  });

  it('does not go where a made-up subscription leads, such as into the own network', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await push.add('zhang', {
      endpoint: 'https://push.example/x',
      keys: { p256dh: 'AA', auth: 'AA' },
      at: 1,
      label: '',
    });
    await using bench = await Bench.open({ channels: [channel({ allowPrivate: false })], push });
    const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(service.pushed).toEqual([]);
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'recipient-invalid' });
  });

  it('is replaced by who took the case', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    await subscribed(service, push);
    await using bench = await Bench.open({ channels: [channel()], push });
    await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    await bench.pass(1);
    await bench.taken('h1.c1', '李强');
    const [first, second] = service.pushed.map((one) => JSON.parse(one.text));
    expect(second).toMatchObject({ tag: first.tag, body: '李强 已接手', canTake: false, isNews: true });
    expect(service.pushed[1]?.headers['topic']).toBe(service.pushed[0]?.headers['topic']);
  });
});

describe('subscriptions', () => {
  it('and the keys of the service outlive a restart', async () => {
    await using service = await PushService.open();
    const { push, again } = kept();
    const { publicKey } = await push.keys();
    expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65);
    await subscribed(service, push);
    expect((await again().keys()).publicKey).toBe(publicKey);
    expect(await again().of('zhang')).toHaveLength(1);
  });

  it('told again are one, too many drop the oldest, and one that changes hands leaves its former person', async () => {
    await using service = await PushService.open();
    const { push } = kept();
    const first = await subscribed(service, push);
    await push.add('zhang', { ...first, at: 2 });
    expect(await push.of('zhang')).toMatchObject([{ at: 2 }]);
    for (let i = 0; i < LIMITS.pushSubscriptionsPerUserMax; i++)
      await subscribed(service, push, 'zhang', 3 + i);
    expect(await push.of('zhang')).toHaveLength(LIMITS.pushSubscriptionsPerUserMax);
    expect(await push.of('zhang')).not.toContainEqual({ ...first, at: 2 });
    const [newest] = await push.of('zhang');
    if (newest) await push.add('li', newest);
    expect(await push.of('li')).toEqual([newest]);
    expect(await push.of('zhang')).not.toContainEqual(newest);
    expect([...push.ended]).toEqual([
      ['too-many', 1],
      ['another-person', 1],
    ]);
  });

  it('of an account that is barred or gone are silent, and speak again where it is let in again', async () => {
    await using service = await PushService.open();
    const { push, accounts } = kept();
    await subscribed(service, push);
    accounts.set('zhang', { ...accountOf('zhang'), disabled: true });
    expect(await push.of('zhang')).toEqual([]);
    await using bench = await Bench.open({ channels: [channel()], push });
    const [id] = await bench.raise('h1', ['push'], 'P1', 'zhang');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'recipient-invalid' });
    accounts.set('zhang', accountOf('zhang'));
    expect(await push.of('zhang')).toHaveLength(1);
    accounts.delete('zhang');
    expect(await push.of('zhang')).toEqual([]);
  });
});

test('nothing stays of a browser that is dropped, for whatever reason', async () => {
  await using service = await PushService.open();
  const { push, meta } = kept();
  const names = () => [...meta.keys()].filter((key) => key !== 'web-push.keys').length;
  const first = await subscribed(service, push);
  await push.add('li', first);
  expect(names()).toBe(2);
  await push.drop('li', first.endpoint, 'gone');
  expect(names()).toBe(0);
  for (let i = 0; i < 3 * LIMITS.pushSubscriptionsPerUserMax; i++) await subscribed(service, push);
  expect(names()).toBe(1 + LIMITS.pushSubscriptionsPerUserMax);
  // One that is another's by now stays that.
  const taken = (await push.of('zhang'))[0];
  if (taken) await push.add('wang', taken);
  await push.dropWhere('zhang', () => true, 'account-gone');
  expect(names()).toBe(2);
  expect(await push.of('wang')).toEqual([taken]);
});
