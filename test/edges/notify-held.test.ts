import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { Bench, Receiver, SECRET } from './notify-bench.ts';

const webhook = (url: string) => ({ id: 'platform', channel: 'webhook', config: { url, secret: SECRET } });
const asksFor = (ms: number) => ({ status: 429, headers: { 'retry-after': String(ms / SECOND) } });

describe('a channel whose provider wants to be left alone', () => {
  it('for long keeps no P1 or P2 waiting in silence: its case hears at once, so that others are told', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook(receiver.url)] });
    receiver.answers(asksFor(10 * MINUTE));
    const [tried] = await bench.raise('h1', ['platform'], 'P2');
    await bench.settle();
    const [first, second, mild] = [
      ...(await bench.raise('h2', ['platform'], 'P1')),
      ...(await bench.raise('h3', ['platform'], 'P1')),
      ...(await bench.raise('h4', ['platform'], 'P3')),
    ];
    await bench.pass(30 * SECOND);
    const said = () => bench.reported.map(({ notice, state, failure }) => `${notice} ${state} ${failure}`);
    expect(said().sort()).toEqual([tried, first, second].map((id) => `${id} queued provider-busy`));
    await bench.pass(10 * MINUTE);
    // It was not tried meanwhile, and each goes out once.
    expect(receiver.received).toHaveLength(5);
    for (const id of [tried, first, second, mild])
      expect(await bench.notice(id)).toMatchObject({ state: 'accepted' });
    expect((await bench.notice(first)).attempts).toBe(1);
  });

  it('for a moment is waited for, and nobody else is woken', async () => {
    await using receiver = await Receiver.open();
    await using bench = await Bench.open({ channels: [webhook(receiver.url)] });
    receiver.answers(asksFor(LIMITS.addressWaitMsMax - 10 * SECOND));
    await bench.raise('h1', ['platform'], 'P1');
    await bench.settle();
    await bench.raise('h2', ['platform'], 'P1');
    await bench.pass(MINUTE);
    expect(bench.reported).toEqual([]);
    await bench.pass(LIMITS.addressWaitMsMax);
    expect(bench.reported.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  });
});

describe('what became of a notice', () => {
  it('is said until the core takes it: by it others are told, where nobody was reached', async () => {
    await using receiver = await Receiver.open();
    receiver.answers({ status: 404 });
    const heard: string[] = [];
    let isFull = true;
    await using bench = await Bench.open({
      channels: [webhook(receiver.url)],
      submit: async ({ state, failure }) => {
        if (isFull) return { ok: false, failure: { code: 'NOT_READY' } };
        heard.push(`${state} ${failure}`);
        return { ok: true };
      },
    });
    await bench.raise('h1', ['platform'], 'P1');
    await bench.settle();
    await bench.pass(5 * SECOND);
    expect(heard).toEqual([]);
    isFull = false;
    await bench.pass(2 * SECOND);
    expect(heard).toEqual(['failed channel-misconfigured']);
  });
});
