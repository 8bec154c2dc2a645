import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WholeImport } from '../src/app/whole-import.ts';
import type { CommandReply } from '../src/model/command.ts';
import { entryKey, type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { RecordsAway } from '../src/ports/records.ts';
import { community, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { productRules } from './scenarios/story.ts';

const rules = ruleSetSchema.parse({ version: 'product', rules: productRules });
const logger = pino({ level: 'silent' });

/** A list of a district: homes with their people and meters, some behind a gateway of their own. */
function district(
  homes: number,
  over: (home: number) => Partial<Record<string, string>> = () => ({}),
): RegistryEntry[] {
  const raw: unknown[] = [
    { noun: 'node', path: 'yulan', level: 'community', name: '玉兰社区' },
    { noun: 'node', path: 'yulan/g1', level: 'grid', name: '第一网格' },
    { noun: 'gateway', id: 'gw-yulan', parent: 'yulan/g1', enrolledAt: T0 },
  ];
  for (let i = 0; i < homes; i++) {
    const home = `y${i}`;
    const { phone = '1', name = '李老人' } = over(i);
    raw.push({ noun: 'home', id: home, parent: 'yulan/g1', name: home });
    raw.push({ noun: 'resident', id: `${home}-r`, home, name, phone });
    raw.push({
      noun: 'device',
      id: `${home}-m`,
      home,
      model: 'water-meter',
      enrolledAt: T0,
      gateway: 'gw-yulan',
    });
  }
  return raw.map((entry) => registryEntrySchema.parse(entry));
}

const sorted = (entries: Iterable<RegistryEntry>): RegistryEntry[] =>
  [...entries].sort((a, b) => (`${a.noun} ${entryKey(a)}` < `${b.noun} ${entryKey(b)}` ? -1 : 1));

describe('a list of a whole district', () => {
  let bench: LoopBench;
  const lives: LoopBench[] = [];
  beforeEach(async () => {
    bench = new LoopBench(rules);
    lives.push(bench);
    await bench.open(community({ h1: [{ id: 'wb1', model: 'wristband' }] }));
  });
  afterEach(async () => {
    for (const life of lives.splice(0).reverse()) await life.close();
  });

  /** @param before called before each input of the import, with how many there were */
  function importer(of: LoopBench, before: (inputs: number) => Promise<void> | void = () => {}): WholeImport {
    let inputs = 0;
    const submit: LoopBench['loop']['submit'] = async (command, by) => {
      await before(inputs++);
      return of.loop.submit(command, by);
    };
    return new WholeImport({ core: of.core, records: of.records, logger, loop: { submit } });
  }
  const take = (imports: WholeImport, put: readonly RegistryEntry[], by = 'Wang'): Promise<CommandReply> =>
    imports.apply({ put, remove: [], revision: bench.core.registry.revision }, by);
  const homesOf = ({ core }: LoopBench): number => core.registry.counts.homes;
  const leftOver = async ({ records }: LoopBench): Promise<readonly unknown[]> =>
    records.metaUnder('import.');

  test('is there as if it had been put at once, and a small one is one input', async () => {
    const put = district(800);
    const asOne = await bench.afterKill();
    lives.push(asOne);
    await asOne.loop.submit({ type: 'registry.apply', put, remove: [] }, 'Wang');
    let inputs = 0;
    const imports = importer(bench, () => void inputs++);
    expect(await take(imports, put)).toEqual({ ok: true });
    expect(inputs).toBeGreaterThan(2);
    expect(sorted(await bench.records.registry())).toEqual(sorted(await asOne.records.registry()));
    expect(sorted(bench.core.registry.entries())).toEqual(sorted(asOne.core.registry.entries()));
    expect(await leftOver(bench)).toEqual([]);
    inputs = 0;
    expect(
      await take(
        imports,
        district(3, () => ({ name: '赵老人' })),
      ),
    ).toEqual({ ok: true });
    expect(inputs).toBe(1);
  });

  test('lets a call for help through in the middle, on disk long before the list is', async () => {
    let homesThen = 0;
    const imports = importer(bench, async (inputs) => {
      if (inputs !== 2) return;
      bench.publish('wb1', { event: 'sos' });
      await bench.loop.drained();
      expect(bench.acknowledged).toBe(1);
      expect((await bench.records.cases({ paths: [''] }, { limit: 9 })).items).toMatchObject([
        { priority: 'P1' },
      ]);
      homesThen = homesOf(bench);
    });
    expect(await take(imports, district(800))).toEqual({ ok: true });
    expect(homesThen).toBeGreaterThan(0);
    expect(homesThen).toBeLessThan(homesOf(bench));
    expect(homesOf(bench)).toBe(801);
  });

  test('brings a home with all who belong to it', async () => {
    const imports = importer(bench, () => {
      for (const { id } of bench.core.registry.homes())
        if (id !== 'h1')
          expect([bench.core.registry.residents(id).length, bench.core.registry.devices(id).length]).toEqual([
            1, 1,
          ]);
    });
    await take(imports, district(800));
  });

  test('goes on with the next start where the process was killed in the middle', async () => {
    let killed: LoopBench | undefined;
    const imports = importer(bench, async (inputs) => {
      if (inputs === 2) killed = await bench.afterKill();
    });
    const put = district(800);
    await take(imports, put);
    const next = killed as LoopBench;
    lives.push(next);
    expect(homesOf(next)).toBeGreaterThan(1);
    expect(homesOf(next)).toBeLessThan(801);
    const resumed = importer(next);
    await resumed.resume();
    expect(resumed.progress).toMatchObject({ of: put.length });
    await resumed.settled();
    expect(resumed.progress).toBeUndefined();
    expect(sorted(await next.records.registry())).toEqual(sorted(await bench.records.registry()));
    expect(await leftOver(next)).toEqual([]);
  });

  test('is finished all the same where the records were away for a moment', async () => {
    const { records } = bench;
    let away = 0;
    const once = <T>(work: () => Promise<T>): Promise<T> =>
      away++ === 0 ? Promise.reject(new RecordsAway('PostgreSQL is away')) : work();
    const sometimes = {
      saveMeta: records.saveMeta.bind(records),
      meta: (key: string) =>
        key === 'import.piece.00001' ? once(() => records.meta(key)) : records.meta(key),
      removeMeta: records.removeMeta.bind(records),
    };
    const imports = new WholeImport({ core: bench.core, loop: bench.loop, logger, records: sometimes });
    expect(await take(imports, district(800))).toEqual({ ok: true });
    expect(away).toBe(2);
    expect(homesOf(bench)).toBe(801);
    expect(await leftOver(bench)).toEqual([]);
  });

  test('waits for the next start where the service stops in the middle, and its sender is told so', async () => {
    const imports: WholeImport = importer(bench, async (inputs) => {
      if (inputs !== 2) return;
      await bench.loop.stop();
      void imports.stop();
    });
    expect(await take(imports, district(800))).toEqual({
      ok: false,
      failure: { code: 'REGISTRY_IMPORT_WAITS' },
    });
    const next = await bench.afterKill();
    lives.push(next);
    const resumed = importer(next);
    await resumed.resume();
    await resumed.settled();
    expect(homesOf(next)).toBe(801);
  });

  test('that stopped half way is known of over a restart, until a list is taken over', async () => {
    const put = district(800);
    const refused: CommandReply = { ok: false, failure: { code: 'MODEL_UNKNOWN' } };
    let inputs = 0;
    const submit: LoopBench['loop']['submit'] = (command, by) =>
      inputs++ === 2 ? Promise.resolve(refused) : bench.loop.submit(command, by);
    const imports = new WholeImport({ ...bench, logger, loop: { submit } });
    const reply = await take(imports, put);
    expect(reply).toMatchObject({ ok: false, failure: { code: 'REGISTRY_IMPORT_STOPPED' } });
    const told = { of: put.length, by: 'Wang', at: T0, reason: { code: 'MODEL_UNKNOWN' } };
    expect(imports.stopped).toMatchObject(told);
    expect(imports.stopped?.done).toBeGreaterThan(0);
    expect(imports.stopped?.done).toBeLessThan(put.length);
    const next = await bench.afterKill();
    lives.push(next);
    const resumed = importer(next);
    await resumed.resume();
    await resumed.settled();
    expect(resumed.stopped).toEqual(imports.stopped);
    expect(await resumed.apply({ put, remove: [] }, 'Wang')).toEqual({ ok: true });
    expect(resumed.stopped).toBeUndefined();
    expect(await leftOver(next)).toEqual([]);
  });

  test('that another process had begun, and that does not go on, is known to be half there', async () => {
    let killed: LoopBench | undefined;
    const put = district(800);
    await take(
      importer(bench, async (inputs) => {
        if (inputs === 2) killed = await bench.afterKill();
      }),
      put,
    );
    const next = killed as LoopBench;
    lives.push(next);
    const refusing = {
      submit: async () => ({ ok: false, failure: { code: 'MODEL_UNKNOWN' } }) as const,
    };
    const resumed = new WholeImport({ ...next, logger, loop: refusing });
    await resumed.resume();
    await resumed.settled();
    expect(resumed.stopped).toMatchObject({ of: put.length, reason: { code: 'MODEL_UNKNOWN' } });
    expect(resumed.progress).toBeUndefined();
  });

  test('is nothing where the process was killed before all of it was stored', async () => {
    let killed: LoopBench | undefined;
    const { records } = bench;
    const saveMeta: typeof records.saveMeta = async (key, value) => {
      if (key === 'import.plan') killed = await bench.afterKill();
      await records.saveMeta(key, value);
    };
    const until = {
      meta: records.meta.bind(records),
      removeMeta: records.removeMeta.bind(records),
      saveMeta,
    };
    await take(
      new WholeImport({ core: bench.core, loop: bench.loop, logger, records: until }),
      district(800),
    );
    const next = killed as LoopBench;
    lives.push(next);
    expect(await leftOver(next)).not.toEqual([]);
    const resumed = importer(next);
    await resumed.resume();
    await resumed.settled();
    expect(homesOf(next)).toBe(1);
    expect(await leftOver(next)).toEqual([]);
  });

  test('keeps others from changing the registry until it is there, and from nothing else', async () => {
    const home = registryEntrySchema.parse({
      noun: 'home',
      id: 'h1',
      parent: 'haitang/g1/b1/u1',
      name: '101',
    });
    const change = { type: 'registry.apply', put: [home], remove: [] } as const;
    const answers: CommandReply[] = [];
    const imports: WholeImport = importer(bench, async (inputs) => {
      if (inputs !== 2) return;
      answers.push(await imports.submit({ ...change, put: [home], remove: [] }, 'Li'));
      answers.push(
        await bench.loop.submit({ type: 'home.visit-class', home: 'h1', visitClass: 'key' }, 'Li'),
      );
    });
    await take(imports, district(800));
    expect(answers).toMatchObject([
      { ok: false, failure: { code: 'REGISTRY_IMPORTING', details: { of: 2403 } } },
      { ok: true },
    ]);
    expect(await imports.submit({ ...change, put: [home], remove: [] }, 'Li')).toMatchObject({ ok: true });
  });

  test('does not undo what people registered of a home while it was taken over', async () => {
    const put = district(900);
    await take(importer(bench), put);
    const absence = { from: T0, until: T0 + 86_400_000, kind: 'travel' } as const;
    const renamed = put.map((entry) =>
      entry.noun === 'home' ? { ...entry, name: `${entry.name} 室` } : entry,
    );
    const imports = importer(bench, async (inputs) => {
      if (inputs > 0) return;
      await bench.loop.submit({ type: 'home.away', home: 'y799', period: absence }, 'Li');
    });
    const homes = renamed.filter(({ noun }) => noun === 'home');
    const residents = renamed.flatMap((entry) =>
      entry.noun === 'resident' ? [{ ...entry, name: '李奶奶' }] : [],
    );
    expect(await take(imports, [...homes, ...residents])).toEqual({ ok: true });
    expect(bench.core.registry.home('y799')).toMatchObject({ name: 'y799 室', away: [{ from: T0 }] });
  });

  test('is refused as a whole where it would move the device of somebody who calls', async () => {
    bench.publish('wb1', { event: 'sos' });
    await bench.loop.drained();
    const { core } = bench;
    await bench.loop.submit(
      {
        type: 'case.acknowledge',
        case: 'h1.c1',
        expectedVersion: core.subjects.get('h1')?.book?.cases[0]?.case.version ?? 0,
      },
      'Li',
    );
    const band = registryEntrySchema.parse({
      noun: 'device',
      id: 'wb1',
      model: 'wristband',
      home: 'y5',
      enrolledAt: T0,
    });
    const reply = await take(importer(bench), [...district(800), band]);
    expect(reply).toMatchObject({ ok: false, failure: { code: 'REGISTRY_OPEN_CALL' } });
    expect(homesOf(bench)).toBe(1);
    expect(await leftOver(bench)).toEqual([]);
  });

  test('is refused as a whole where one home of it is away for longer than may be', async () => {
    const away = [
      { from: T0, until: T0 + 3 * 365 * 86_400_000, kind: 'travel' as const, note: '长住儿子家' },
    ];
    const put = district(900).map((entry) =>
      entry.noun === 'home' && entry.id === 'y899' ? { ...entry, away } : entry,
    );
    const reply = await take(importer(bench), put);
    expect(reply).toEqual({ ok: false, failure: { code: 'AWAY_TOO_LONG' } });
    expect(homesOf(bench)).toBe(1);
    expect(await leftOver(bench)).toEqual([]);
  });

  test('leaves nothing behind where its pieces could not all be stored, and a shorter one comes after it', async () => {
    const { records } = bench;
    let isAway = true;
    const saveMeta: typeof records.saveMeta = async (key, value) => {
      if (isAway && key === 'import.piece.00005') throw new RecordsAway('PostgreSQL is away');
      await records.saveMeta(key, value);
    };
    const sometimes = {
      meta: records.meta.bind(records),
      removeMeta: records.removeMeta.bind(records),
      saveMeta,
    };
    const imports = new WholeImport({ core: bench.core, loop: bench.loop, logger, records: sometimes });
    await expect(take(imports, district(1800))).rejects.toThrow(RecordsAway);
    expect(homesOf(bench)).toBe(1);
    isAway = false;
    expect(await take(imports, district(600))).toEqual({ ok: true });
    expect(await leftOver(bench)).toEqual([]);
  });

  test('one more device behind the gateway of many stores its own home, and those alone that have changed', async () => {
    await take(importer(bench), district(50));
    const stored: string[] = [];
    const commit = bench.records.commit.bind(bench.records);
    bench.records.commit = (batch) => {
      stored.push(...batch.subjects.map(({ subject }) => subject));
      return commit(batch);
    };
    bench.publish('y3-m', { at: T0, water_index_m3: 1 });
    await bench.loop.drained();
    const more = { noun: 'device', id: 'y7-w', home: 'y7', model: 'water-meter', enrolledAt: T0 };
    const put = [registryEntrySchema.parse({ ...more, gateway: 'gw-yulan' })];
    await bench.loop.submit({ type: 'registry.apply', put, remove: [] }, 'Wang');
    expect(stored.filter((subject) => subject.startsWith('y')).sort()).toEqual(['y3', 'y7']);
    expect(stored).toContain('gw-yulan');
  });
});
