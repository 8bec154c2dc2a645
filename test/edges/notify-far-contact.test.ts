import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import type { Notice } from '../../src/model/notice.ts';
import { type cardWords, newsWords } from '../../src/notify/sessions/card-words.ts';
import { Bench, Receiver } from './notify-bench.ts';

const DAUGHTER = '王敏（女儿）';
const ntfy = (server: string) => ({ id: 'push', channel: 'ntfy', config: { server } });
const PUBLISHED = { status: 200, body: '{"id":"sPs71M8A2T","event":"message"}' };

/** A P1 of which one of the staff and the son were told over ntfy. */
async function told(isWanted?: () => boolean) {
  const receiver = await Receiver.open();
  receiver.answers(...Array.from({ length: 99 }, () => PUBLISHED));
  const bench = await Bench.open({ channels: [ntfy(receiver.url)], ...(isWanted ? { isWanted } : {}) });
  await bench.raise('h1', ['push'], 'P1', 'zhang');
  const [first] = (await bench.records.notices({ paths: [''], case: 'h1.c1' }, { limit: 9 })).items;
  const recipient = { kind: 'contact', id: 'son', name: '王建国', role: 'contact' } as const;
  const id = 'h1.c1.case-opened.contact:son.push';
  await bench.commit([{ type: 'notice', notice: { ...(first as Notice), id, address: 'son', recipient } }]);
  const messages = (to: string): string[] =>
    receiver.received.flatMap(({ body }) => {
      const { topic, message } = JSON.parse(body) as { topic: string; message: string };
      return topic === to ? [message.split('\n').slice(1).join('')] : [];
    });
  return {
    bench,
    receiver,
    messages,
    first: first as Notice,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

describe('a contact who may be far away has an emergency', () => {
  it('and nobody near is told that nothing is left to do, until the contact comes', async () => {
    await using it = await told();
    const { bench, messages } = it;
    await bench.settle();
    await bench.pass(1);
    await bench.taken('h1.c1', DAUGHTER, 'taken', { wanted: true });
    expect(messages('zhang').at(-1)).toMatch(/：王敏（女儿） 已接手（03-01 08:31）$/);
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', DAUGHTER, 'on-the-way', { suffices: true });
    expect(messages('zhang')).toHaveLength(3);
    expect(messages('zhang').at(-1)).toContain('您无需再处理');
    // Said once more it is said already.
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', DAUGHTER, 'on-the-way', { suffices: true });
    expect(messages('zhang')).toHaveLength(3);
  });

  it('and who was told that nothing is left to do hears that the contact does not come after all', async () => {
    await using it = await told();
    const { bench, messages } = it;
    await bench.settle();
    await bench.pass(1);
    await bench.taken('h1.c1', DAUGHTER, 'taken', { wanted: true });
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', DAUGHTER, 'on-the-way', { suffices: true });
    await bench.pass(MINUTE);
    await bench.taken('h1.c1', DAUGHTER, 'taken', { wanted: true, takenBack: true });
    expect(messages('zhang')).toHaveLength(4);
    expect(messages('zhang').at(-1)).not.toContain('您无需再处理');
  });

  it('and what is to call somebody near is sent all the same, however often it has to be tried', async () => {
    await using it = await told(() => true);
    const { bench, receiver, messages } = it;
    receiver.answers({ status: 503 }, { status: 503 }, ...Array.from({ length: 9 }, () => PUBLISHED));
    await bench.settle();
    await bench.pass(1);
    const before = messages('zhang').length;
    await bench.taken('h1.c1', DAUGHTER, 'taken', { wanted: true });
    await bench.pass(5 * MINUTE);
    expect((await bench.notice(it.first.id)).state).toBe('accepted');
    expect(messages('zhang').slice(before).join()).toContain('新事项');
  });

  it('and the buttons of a card stay for whoever is near', async () => {
    await using it = await told();
    const news = await it.bench.taken('h1.c1', DAUGHTER, 'taken', { wanted: true });
    const context = { locale: 'zh' } as Parameters<typeof cardWords>[1];
    expect(newsWords(it.first, news, context).open).toBe(true);
    const { wanted: _, ...enough } = news;
    expect(newsWords(it.first, enough, context).open).toBe(false);
  });
});

describe('the family that was told of an emergency', () => {
  it('hears of its end, also from whoever they know to have it, and whom to ask how it went', async () => {
    await using it = await told();
    const { bench, messages } = it;
    await bench.settle();
    await bench.pass(1);
    await bench.taken('h1.c1', '周敏');
    await bench.pass(MINUTE);
    const staff = messages('zhang').length;
    await bench.taken('h1.c1', '周敏', 'resolved');
    expect(messages('son').slice(1)).toEqual([
      expect.stringContaining('您无需再处理'),
      expect.stringContaining('情况请向社区工作人员了解'),
    ]);
    // Staff read that in the console.
    expect(messages('zhang')).toHaveLength(staff);
  });
});
