import pino from 'pino';
import { expect, it } from 'vitest';
import { UnheardCases, unheardText } from '../../src/app/unheard-cases.ts';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { NotifyPolicy } from '../../src/model/notify-policy.ts';
import type { Answer } from '../../src/notify/define.ts';
import { Bench } from './notify-bench.ts';
import { Cards } from './notify-card-channel.ts';

const NOBODY: Answer = { kind: 'refused', failure: 'recipient-invalid', detail: 'nobody there' };
const TERMINAL = { id: 'terminal', channel: 'terminal' };

/** A bench and whoever looks, each ten seconds of a wall of its own. */
async function looking(cards: Cards, groups: readonly string[] = [], demo = false) {
  const configured = cards.configured();
  const bench = await Bench.open({ more: [configured], channels: [TERMINAL] });
  const route = { channels: groups };
  const policy = {
    always: ['terminal', ...groups],
    fallback: { channels: ['terminal'] },
    routes: [route],
    escalation: [],
  } as unknown as NotifyPolicy;
  const terminal = { definition: { channel: 'terminal' } } as never;
  const unheard = new UnheardCases({
    core: {
      get now() {
        return bench.clock.now();
      },
      behind: false,
      policy,
    },
    records: bench.records,
    channels: new Map([
      ['cards', configured],
      ['terminal', terminal],
    ]),
    logger: pino({ level: 'silent' }),
    demo,
  });
  let wall = 0;
  /** Once to see what is open, and again when it may be judged; as many pieces as a round has. */
  const look = async () => {
    for (let pieces = 0; pieces < 20; pieces++) {
      wall += MINUTE;
      if (unheard.isDue(wall)) await unheard.work(wall);
    }
    return unheard.now;
  };
  const glance = async () => {
    wall += SECOND;
    await unheard.work(wall);
    return unheard.now;
  };
  return { bench, look, glance };
}

it('a P1 of which nobody hears is said by the service itself, before its person has to be reached', async () => {
  const cards = new Cards();
  cards.deliver = async () => NOBODY;
  const { bench, look } = await looking(cards);
  await using _ = bench;
  await bench.raise('h1', ['cards', 'terminal'], 'P1', 'zhang');
  await bench.settle();
  expect((await look()).count).toBe(0);
  await bench.pass(2 * MINUTE);
  // A line on the terminal was taken, and is nobody who goes there.
  expect(await look()).toEqual({ count: 1, homes: ['h1'], grave: true });
  expect(unheardText(await look()).zh).toContain('h1');
  await bench.taken('h1.c1', '李强');
  expect((await look()).count).toBe(0);
});

it('but not in a demo, where nobody is there and time flies', async () => {
  const cards = new Cards();
  cards.deliver = async () => NOBODY;
  const { bench, look } = await looking(cards, [], true);
  await using _ = bench;
  await bench.raise('h1', ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(5 * MINUTE);
  expect((await look()).count).toBe(0);
});

it('and no more once a way to somebody has opened', async () => {
  const cards = new Cards();
  cards.answers = [{ kind: 'retry', failure: 'provider-error', detail: 'later', afterMs: 4 * MINUTE }];
  const { bench, look } = await looking(cards);
  await using _ = bench;
  await bench.raise('h1', ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(3 * MINUTE);
  expect((await look()).count).toBe(1);
  await bench.pass(2 * MINUTE);
  expect((await look()).count).toBe(0);
});

it('of a P2 too, later, and of nothing milder; nor where somebody has silenced all that is said', async () => {
  const cards = new Cards();
  cards.deliver = async () => NOBODY;
  const { bench, look } = await looking(cards);
  await using _ = bench;
  await bench.raise('h1', ['cards'], 'P2', 'zhang');
  await bench.raise('h2', ['cards'], 'P3', 'zhang');
  await bench.raise('h3', [], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(3 * MINUTE);
  expect((await look()).count).toBe(0);
  await bench.pass(5 * MINUTE);
  expect(await look()).toEqual({ count: 1, homes: ['h1'], grave: false });
});

it('a digest that arrived is word of each case that it stands for', async () => {
  const cards = new Cards();
  const configured = cards.configured('cards', 4);
  const { bench, look } = await looking({ configured: () => configured } as unknown as Cards);
  await using _ = bench;
  for (let i = 0; i < 8; i++) await bench.raise(`h${i}`, ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(5 * MINUTE);
  const { items } = await bench.records.notices({ paths: [''] }, { limit: 99 });
  expect(items.some(({ digest }) => digest !== undefined)).toBe(true);
  expect((await look()).count).toBe(0);
});

it('a resident who is asked first is no case of which nobody hears, until others were to be told', async () => {
  const { bench, look } = await looking(new Cards());
  await using _ = bench;
  const [id] = await bench.raise('h1', ['cards'], 'P1');
  const recipient = { kind: 'resident', id: 'h1-r', name: '王秀英', role: 'resident' } as const;
  await bench.records.saveNotices([{ ...(await bench.notice(id)), recipient }]);
  await bench.settle();
  await bench.pass(4 * MINUTE);
  expect((await look()).count).toBe(0);
  await bench.pass(3 * MINUTE);
  expect((await look()).count).toBe(1);
});

it('a group that is told of everything besides is people all the same', async () => {
  const { bench, look } = await looking(new Cards(), ['cards']);
  await using _ = bench;
  const [id] = await bench.raise('h1', ['cards'], 'P1');
  const recipient = { kind: 'channel', id: 'cards', name: 'cards', role: '' } as const;
  await bench.records.saveNotices([{ ...(await bench.notice(id)), recipient }]);
  await bench.settle();
  await bench.pass(5 * MINUTE);
  expect((await look()).count).toBe(0);
});

it('is found behind a hundred others of which people have heard and that nobody takes', async () => {
  const cards = new Cards();
  const { bench, look } = await looking(cards);
  await using _ = bench;
  for (let i = 0; i < 110; i++) await bench.raise(`h${i}`, ['cards'], 'P1', `zhang${i}`);
  await bench.settle();
  await bench.pass(5 * MINUTE);
  cards.deliver = async () => NOBODY;
  await bench.raise('last', ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(5 * MINUTE);
  expect(await look()).toEqual({ count: 1, homes: ['last'], grave: true });
});

it('what waited over a stop is not judged before it could be sent', async () => {
  const cards = new Cards();
  const { bench, glance, look } = await looking(cards);
  await using _ = bench;
  await bench.raise('h1', ['cards'], 'P1', 'zhang');
  await bench.pass(5 * MINUTE);
  expect([(await glance()).count, (await glance()).count]).toEqual([0, 0]);
  await bench.settle();
  expect((await look()).count).toBe(0);
});
