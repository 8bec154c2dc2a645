import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Case, CaseEntry } from '../../src/model/case.ts';
import type { Command } from '../../src/model/command.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { Answer } from '../../src/notify/define.ts';
import type { ConfiguredChannel } from '../../src/notify/load.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import { Bench } from './notify-bench.ts';
import { Cards } from './notify-card-channel.ts';

type Result = Extract<Command, { type: 'notice.result' }>;
const NOBODY: Answer = { kind: 'refused', failure: 'recipient-invalid', detail: 'nobody there' };
const AWAY: Answer = { kind: 'retry', failure: 'provider-error', detail: 'HTTP 500' };

/** Records that do not say what there is while `recordsAway` is set. */
const away = (real: RecordStore, core: { readonly recordsAway: boolean }): RecordStore =>
  new Proxy(real, {
    get(target, name: keyof RecordStore) {
      if (name === 'notices' && core.recordsAway)
        return async () => Promise.reject(new Error('the server is away'));
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** A core that the results do not reach until `hears` is set. */
async function deafTo(channel: ConfiguredChannel) {
  const said: string[] = [];
  const core = { hears: false, recordsAway: false };
  const submit = async ({ notice, state, failure }: Result) => {
    if (!core.hears) throw new Error('the process has ended');
    said.push(`${notice.split('.')[0]} ${state} ${failure}`);
    return undefined;
  };
  const bench = await Bench.open({ more: [channel], submit, records: (real) => away(real, core) });
  return { bench, core, said };
}

/** A notice that failed, of which its case never heard. */
async function failedUnheard() {
  const cards = new Cards();
  cards.answers = [NOBODY];
  const deaf = await deafTo(cards.configured());
  await deaf.bench.raise('h1', ['cards'], 'P1', 'zhang');
  await deaf.bench.settle();
  return deaf;
}

/** The line by which the case has heard of it. */
async function heard(bench: Bench, { case: id, id: notice }: Notice): Promise<void> {
  const { number: _, ...about } = (await bench.records.case(id)) ?? { number: 0 };
  const text = { zh: '通知未送达', en: 'A notice was not sent' };
  const line: CaseEntry = { n: 900, at: bench.clock.now(), by: 'system', type: 'notice', text, notice };
  await bench.commit([{ type: 'case', change: 'updated', case: about as Case, entries: [line] }]);
}

it('what failed is told to its case after a crash that came between the disk and the case', async () => {
  const { bench, core, said } = await failedUnheard();
  await using _ = bench;
  core.hears = true;
  await bench.restart();
  expect(said).toEqual(['h1 failed recipient-invalid']);
});

it('also where the records cannot be read when the service starts', async () => {
  const { bench, core, said } = await failedUnheard();
  await using _ = bench;
  Object.assign(core, { hears: true, recordsAway: true });
  await bench.restart();
  expect(said).toEqual([]);
  core.recordsAway = false;
  await bench.pass(MINUTE);
  expect(said).toEqual(['h1 failed recipient-invalid']);
});

it('and once: what stands in the time line is not told again, nor what is over or old', async () => {
  const cards = new Cards();
  cards.answers = [NOBODY, NOBODY, NOBODY];
  const { bench, core, said } = await deafTo(cards.configured());
  await using _ = bench;
  const [old] = await bench.raise('h1', ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(2 * DAY);
  const [told] = await bench.raise('h2', ['cards'], 'P1', 'zhang');
  await bench.raise('h3', ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.taken('h3.c1', '李强', 'resolved');
  await heard(bench, await bench.notice(told));
  core.hears = true;
  await bench.restart();
  expect(await bench.notice(old)).toMatchObject({ state: 'failed' });
  expect(said).toEqual([]);
});

it('so is that a P1 is tried in vain, whose turn does not come for a while', async () => {
  const cards = new Cards();
  cards.answers = Array.from({ length: 9 }, () => AWAY);
  const { bench, core, said } = await deafTo(cards.configured());
  await using _ = bench;
  await bench.raise('h1', ['cards'], 'P1', 'zhang');
  await bench.raise('h2', ['cards'], 'P3', 'zhang');
  await bench.settle();
  await bench.pass(MINUTE);
  core.hears = true;
  await bench.restart();
  expect(said).toEqual(['h1 queued provider-error']);
});

it('and what became of a digest, to each case that it stood for', async () => {
  const cards = new Cards();
  cards.deliver = async () => NOBODY;
  const { bench, core, said } = await deafTo(cards.configured('cards', 4));
  await using _ = bench;
  for (let i = 0; i < 8; i++) await bench.raise(`h${i}`, ['cards'], 'P1', 'zhang');
  await bench.settle();
  await bench.pass(HOUR);
  core.hears = true;
  await bench.restart();
  const each = Array.from({ length: 8 }, (_one, i) => `h${i} failed recipient-invalid`);
  expect([...said].sort()).toEqual(each);
});
