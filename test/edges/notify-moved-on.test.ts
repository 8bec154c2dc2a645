import { describe, expect, it } from 'vitest';
import { addressNow } from '../../src/app/theirs.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Notice } from '../../src/model/notice.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import { Registry } from '../../src/registry/registry.ts';
import { Bench, Receiver } from './notify-bench.ts';

const ntfy = (server: string) => ({ id: 'push', channel: 'ntfy', config: { server } });
const NOT_NOW = { status: 503 };
const PUBLISHED = { status: 200, body: '{"id":"sPs71M8A2T"}' };

const registryOf = (...people: object[]): Registry =>
  Registry.from(
    [
      { noun: 'node', path: 'haitang', level: 'community', name: '海棠', timeZone: 'Asia/Shanghai' },
      { noun: 'node', path: 'haitang/g1', level: 'grid', name: '一网格' },
      { noun: 'home', id: 'h1', parent: 'haitang/g1', name: '501' },
      ...people,
    ].map((entry): RegistryEntry => registryEntrySchema.parse(entry)),
  );
const zhang = (more: object = {}) => ({
  noun: 'staff',
  id: 'zhang',
  name: 'zhang',
  roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
  channels: [{ channel: 'push', address: 'old-phone' }],
  ...more,
});

/** A notice to Zhang that its provider does not take at first, and a registry that changes meanwhile. */
async function waiting() {
  const receiver = await Receiver.open();
  receiver.answers(NOT_NOW, PUBLISHED, PUBLISHED);
  let registry = registryOf(zhang());
  const bench = await Bench.open({
    channels: [ntfy(receiver.url)],
    addressNow: (notice) => addressNow(notice, registry),
  });
  const [id] = await bench.raise('h1', ['push'], 'P1', 'old-phone');
  await bench.settle();
  return {
    bench,
    id,
    topics: () => receiver.received.map(({ body }) => (JSON.parse(body) as { topic: string }).topic),
    become: (...people: object[]) => {
      registry = registryOf(...people);
    },
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

describe('a notice that has waited', () => {
  it('goes to the number that its person has by now, and the old one hears no more', async () => {
    await using it = await waiting();
    it.become(zhang({ channels: [{ channel: 'push', address: 'new-phone' }] }));
    await it.bench.pass(MINUTE);
    expect(it.topics()).toEqual(['old-phone', 'new-phone']);
    expect(await it.bench.notice(it.id)).toMatchObject({ state: 'accepted', address: 'new-phone' });
  });

  it.each([
    ['has left', []],
    ['has no way over its channel any more', [zhang({ channels: [] })]],
    [
      'has left, and whose id another has',
      [zhang({ name: '李强', channels: [{ channel: 'push', address: 'li' }] })],
    ],
  ])('fails by name for whoever %s, and its case hears of it, so that others are told', async (_, people) => {
    await using it = await waiting();
    it.become(...people);
    await it.bench.pass(HOUR);
    expect(it.topics()).toEqual(['old-phone']);
    expect(await it.bench.notice(it.id)).toMatchObject({ state: 'failed', failure: 'recipient-gone' });
    expect(it.bench.reported).toMatchObject([{ state: 'failed', failure: 'recipient-gone' }]);
    // That somebody has left says nothing about the channel.
    expect(it.bench.outbox.stats().channels[0]?.problem?.failure).toBe('provider-error');
  });

  it('goes as it is to a group, and to whoever is there as before', async () => {
    const registry = registryOf(
      zhang({
        channels: [
          { channel: 'push', address: 'second' },
          { channel: 'push', address: 'old-phone' },
        ],
      }),
    );
    await using it = await waiting();
    const notice = await it.bench.notice(it.id);
    expect(addressNow(notice, registry)).toBe('old-phone');
    const group = { kind: 'channel', id: 'push', name: 'push', role: '' } as const;
    expect(addressNow({ ...notice, recipient: group, address: '' }, registryOf())).toBe('');
    expect(addressNow({ ...notice, content: { ...notice.content, event: 'test' } }, registryOf())).toBe(
      'old-phone',
    );
  });

  it('goes together with what is for its person by now, and not with what is for whoever has their old number', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(...Array.from({ length: 9 }, () => PUBLISHED));
    const li = { ...zhang(), id: 'li', name: 'li' };
    const registry = registryOf(zhang({ channels: [{ channel: 'push', address: 'new-phone' }] }), li);
    await using bench = await Bench.open({
      channels: [ntfy(receiver.url)],
      addressNow: (notice) => addressNow(notice, registry),
    });
    const raised = ['h1', 'h2', 'h3'].map((home) => bench.raise(home, ['push'], 'P4', 'old-phone'));
    const ids = (await Promise.all(raised)).flat();
    const first = await bench.notice(ids[0]);
    const toLi = ['c7', 'c8'].map((id): Notice => {
      const recipient = { ...first.recipient, id: 'li', name: 'li' };
      return { ...first, id: `${id}.staff:li.push`, case: id, recipient };
    });
    await bench.commit(toLi.map((notice) => ({ type: 'notice', notice }) as const));
    await bench.settle();
    await bench.pass(HOUR);
    const digestOf = async (id: string | undefined) => bench.notice((await bench.notice(id)).digest);
    for (const id of ids)
      expect(await digestOf(id)).toMatchObject({ recipient: { id: 'zhang' }, address: 'new-phone' });
    for (const { id } of toLi)
      expect(await digestOf(id)).toMatchObject({ recipient: { id: 'li' }, address: 'old-phone' });
    expect(receiver.received).toHaveLength(2);
  });

  it('is reported as failed to its case also where several wait for somebody who has left', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({
      channels: [ntfy(receiver.url)],
      addressNow: (notice) => addressNow(notice, registryOf()),
    });
    const raised = ['h1', 'h2', 'h3'].map((home) => bench.raise(home, ['push'], 'P4', 'old-phone'));
    const ids = (await Promise.all(raised)).flat();
    await bench.settle();
    await bench.pass(HOUR);
    expect(receiver.received).toEqual([]);
    const heard = bench.reported.map(({ notice, state, failure }) => `${notice} ${state} ${failure}`);
    expect(heard.sort()).toEqual(ids.map((id) => `${id} failed recipient-gone`).sort());
  });

  it('is looked for among the people of the home, where it is for one of them', async () => {
    const son = {
      noun: 'contact',
      id: 'son',
      home: 'h1',
      name: '王建国',
      relation: '儿子',
      order: 1,
      channels: [{ channel: 'push', address: 'son-new' }],
    };
    await using it = await waiting();
    const notice = await it.bench.notice(it.id);
    const recipient = { kind: 'contact', id: 'son', name: '王建国', role: 'contact' } as const;
    expect(addressNow({ ...notice, recipient }, registryOf(son))).toBe('son-new');
    expect(addressNow({ ...notice, recipient }, registryOf())).toBeUndefined();
    // Earlier versions put together what was for the family too: such a digest stands at no home.
    const digest = { ...notice.content, event: 'digest' } as const;
    expect(addressNow({ ...notice, recipient, home: '', content: digest }, registryOf(son))).toBe(
      'old-phone',
    );
  });
});
