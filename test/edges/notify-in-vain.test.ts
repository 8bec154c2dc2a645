import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import type { NoticeFailure } from '../../src/model/notice.ts';
import { NOTICE_FAILURES } from '../../src/model/notice.ts';
import type { Answer } from '../../src/notify/define.ts';
import { Bench, type Hooks } from './notify-bench.ts';
import { Cards } from './notify-card-channel.ts';

/** Until others are told: a P1 wants somebody to have reached the person within five minutes. */
const SOON = 2 * MINUTE;
const throwing = (): never => {
  throw new Error('a defect of ours');
};

/** What the case of a P1 hears within that time. */
async function heard(hooks: Hooks, channel = 'cards'): Promise<string[]> {
  await using bench = await Bench.open(hooks);
  await bench.raise('h1', [channel], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(SOON);
  return bench.reported.map(({ state }) => state);
}
const answering = (answer: Answer): Hooks => {
  const cards = new Cards();
  cards.deliver = async () => answer;
  return { more: [cards.configured()] };
};

describe('a P1 that does not reach its person is soon told to its case, which tells others', () => {
  it.each(Object.keys(NOTICE_FAILURES) as NoticeFailure[])('where it is refused: %s', async (failure) => {
    const said = await heard(answering({ kind: 'refused', failure, detail: 'no' }));
    // What somebody took, or a digest tells of, is no failure.
    const isNobodysFault = ['case-resolved', 'case-taken', 'in-digest', 'outdated'].includes(failure);
    expect(said).toEqual(isNobodysFault ? [] : ['failed']);
  });

  it.each(['provider-unreachable', 'provider-timeout', 'provider-error', 'provider-busy'] as const)(
    'where it is tried again and again: %s',
    async (failure) => {
      expect(await heard(answering({ kind: 'retry', failure, detail: 'later' }))).toEqual(['queued']);
      const long = { kind: 'retry', failure, detail: 'later', afterMs: 10 * MINUTE } as const;
      expect(await heard(answering(long))).toEqual(['queued']);
      expect(await heard(answering({ ...long, only: 'address' }))).toEqual(['queued']);
    },
  );

  it('where the provider never answers', async () => {
    const cards = new Cards();
    cards.deliver = () => new Promise(() => {});
    await using bench = await Bench.open({ more: [cards.configured()] });
    await bench.raise('h1', ['cards'], 'P1', 'zhang');
    bench.outbox.start();
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      bench.timers.advance(MINUTE / 4);
      await Promise.race([bench.outbox.idle(), new Promise((resolve) => setImmediate(resolve))]);
    }
    expect(bench.reported.map(({ state }) => state)).toEqual(['queued']);
  });

  it.each([
    ['its text cannot be made', () => ({ more: [{ ...new Cards().configured(), ...broken() }] })],
    ['its link cannot be made', () => ({ ...answering(OK), link: throwing })],
    ['nobody can say where its person is reached now', () => ({ ...answering(OK), addressNow: throwing })],
  ])('where %s', async (_, hooks) => {
    expect(await heard(hooks() as Hooks)).toEqual(['queued']);
  });

  it('where its channel was removed while it waited', async () => {
    expect(await heard(answering(OK), 'gone')).toEqual(['failed']);
  });
});

const OK: Answer = { kind: 'accepted', detail: 'ok' };
function broken() {
  const { definition } = new Cards().configured();
  return { definition: { ...definition, deliver: throwing } };
}
