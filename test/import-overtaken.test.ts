import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registryParser } from '../src/app/registry-parser.ts';
import { WholeImport } from '../src/app/whole-import.ts';
import type { CommandReply } from '../src/model/command.ts';
import { type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { community, models, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { productRules } from './scenarios/story.ts';

const rules = ruleSetSchema.parse({ version: 'product', rules: productRules });
const logger = pino({ level: 'silent' });
const DAY_AWAY = { from: T0, until: T0 + 86_400_000, kind: 'travel' } as const;
const SECRET = 'sha256$bmV3$c2VjcmV0';

const HOMES = 1700;
const street = (): RegistryEntry[] =>
  Array.from({ length: HOMES }, (_, i) =>
    registryEntrySchema.parse({ noun: 'home', id: `y${i}`, parent: 'haitang/g1', name: `${i}` }),
  );
/** A list in which each of these homes has a door of another name. */
const renamed = (homes: readonly string[]): string =>
  ['community,grid,home,room', ...homes.map((home) => `haitang,g1,${home},${home} 室`)].join('\n');

/** Between the comparison of a list with the registry and its taking over people go on working. */
describe('a list that was compared with the registry before somebody changed it', () => {
  let bench: LoopBench;
  beforeEach(async () => {
    bench = new LoopBench(rules);
    await bench.open(community({ h1: [{ id: 'm1', model: 'water-meter' }] }));
    await bench.loop.submit({ type: 'registry.apply', put: street(), remove: [] }, 'Wang');
  });
  afterEach(() => bench.close());

  const away = (home: string) => bench.loop.submit({ type: 'home.away', home, period: DAY_AWAY }, 'Li');
  const back = (home: string) =>
    bench.loop.submit({ type: 'home.back', home, from: DAY_AWAY.from, at: DAY_AWAY.from + 1 }, 'Li');
  const home = (id: string) => bench.core.registry.home(id);

  /** Compares, lets people do this, and takes the list over. */
  async function take(
    text: string,
    meanwhile: () => Promise<unknown>,
    within = false,
  ): Promise<CommandReply> {
    const { core, loop, records } = bench;
    let isDue = within;
    const submit: typeof loop.submit = async (command, by) => {
      const isIt =
        command.type === 'registry.apply' && command.put.some((one) => 'id' in one && one.id === 'y9');
      if (isDue && isIt) {
        isDue = false;
        await meanwhile();
      }
      return loop.submit(command, by);
    };
    const imports = new WholeImport({ core, loop: { submit }, records, logger });
    const parse = registryParser(core, { models, channels: new Map() }, imports);
    const answer = await parse('csv', text);
    expect(answer?.problems).toEqual([]);
    if (!answer) throw new Error('nothing was read');
    if (!within) await meanwhile();
    return imports.apply(answer, 'Wang');
  }

  test.each([
    ['a short one', ['y9']],
    ['a long one', Array.from({ length: HOMES }, (_, i) => `y${i}`)],
  ])(
    '%s leaves what it does not speak of: an absence that was registered, and one that was ended',
    async (_, homes) => {
      expect(await take(renamed(homes), () => away('y9'))).toEqual({ ok: true });
      expect(home('y9')).toMatchObject({ name: 'y9 室', away: [DAY_AWAY] });
      const other = renamed(homes).replaceAll(' 室', ' 号');
      expect(await take(other, () => back('y9'))).toEqual({ ok: true });
      expect(home('y9')).toMatchObject({ name: 'y9 号' });
      expect(home('y9')?.away ?? []).not.toMatchObject([{ until: DAY_AWAY.until }]);
    },
  );

  test.each([
    ['a short one', ['y9']],
    ['a long one', Array.from({ length: HOMES }, (_, i) => `y${i}`)],
  ])('%s does so as well where that came before it into the line', async (_, homes) => {
    expect(await take(renamed(homes), () => away('y9'), true)).toEqual({ ok: true });
    expect(home('y9')).toMatchObject({ name: 'y9 室', away: [DAY_AWAY] });
  });

  test('a long one does so as well where that came while a piece of it had to wait', async () => {
    const { core, loop, records } = bench;
    let isFull = true;
    const submit: typeof loop.submit = async (command, by) => {
      const isIt =
        command.type === 'registry.apply' && command.put.some((one) => 'id' in one && one.id === 'y9');
      if (!isIt || !isFull) return loop.submit(command, by);
      isFull = false;
      await away('y9');
      return { ok: false, failure: { code: 'NOT_READY' } };
    };
    const imports = new WholeImport({ core, loop: { submit }, records, logger });
    const parse = registryParser(core, { models, channels: new Map() }, imports);
    const answer = await parse('csv', renamed(Array.from({ length: HOMES }, (_, i) => `y${i}`)));
    if (!answer) throw new Error('nothing was read');
    expect(await imports.apply(answer, 'Wang')).toEqual({ ok: true });
    expect(home('y9')).toMatchObject({ name: 'y9 室', away: [DAY_AWAY] });
  });

  test('leaves the secret that a device was given meanwhile', async () => {
    const text = 'community,grid,home,device,model,enrolled_at\nhaitang,g1,y9,m1,water-meter,2026-01-01\n';
    const issue = () =>
      bench.loop.submit({ type: 'registry.secret', noun: 'device', id: 'm1', secretHash: SECRET }, 'Li');
    expect(await take(text, issue)).toEqual({ ok: true });
    expect(bench.core.registry.device('m1')).toMatchObject({ home: 'y9', secretHash: SECRET });
  });

  test('has the last word in what it speaks of', async () => {
    const rename = () => {
      const put = [registryEntrySchema.parse({ ...home('y9'), name: '李家', address: '海棠路 9 号' })];
      return bench.loop.submit({ type: 'registry.apply', put, remove: [] }, 'Li');
    };
    expect(await take(renamed(['y9']), rename)).toEqual({ ok: true });
    expect(home('y9')).toMatchObject({ name: 'y9 室', address: '海棠路 9 号' });
  });
});
