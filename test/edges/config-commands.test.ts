import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../src/cli.ts';
import addCheck from '../../src/commands/check.ts';
import addImport from '../../src/commands/import.ts';
import { atLength, someOf } from '../runs.ts';
import { type TestService, testService } from '../service.ts';
import { run } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-commands-'));
});
afterAll(() => rm(folder, { recursive: true }));

afterEach(() => {
  vi.useRealTimers();
});

describe('check', () => {
  test('finds no mistake in the configuration that comes with the service, but that nobody can be called yet', async () => {
    // A year whose holidays are known: the next one's are told by the State Council in its last weeks.
    vi.setSystemTime('2026-04-01T10:00:00+08:00');
    const { err, error } = await run(addCheck, 'check');
    expect(error).toBeUndefined();
    expect(err).toEqual([
      expect.stringMatching(
        /^warning: .*registry.yaml staff: no member of staff and no contact has a channel/,
      ),
      expect.stringMatching(
        /^note: .*rosters.yaml haitang-duty: nobody can be called from .*no channel that works/,
      ),
      expect.stringMatching(/^note: .*rosters.yaml haitang-duty: no line of notify.yaml names this roster/),
      expect.stringMatching(
        /^config is in order: 3 homes with 5 devices, rule set \S+ \([0-9a-f]{8}\) with \d+ rules, \d+ channels$/,
      ),
    ]);
  });

  test('warns of a roster that no line of notify.yaml names: its leave changes nothing', async () => {
    const dir = join(folder, 'unnamed');
    await cp('config', dir, { recursive: true });
    const file = join(dir, 'notify.yaml');
    const text = await readFile(file, 'utf8');
    const unnamed = async () =>
      (await run(addCheck, 'check', '--config', dir)).err.filter((line) =>
        line.includes('names this roster'),
      );
    // Nobody on it could be called yet, so that nobody counts on it.
    expect(await unnamed()).toEqual([expect.stringMatching(/^note: /)]);
    const registry = join(dir, 'registry.yaml');
    const people = await readFile(registry, 'utf8');
    const channels = '    channels: [{ channel: terminal, address: duty }]\n';
    await writeFile(registry, people.replace(/ {2}- id: zhou\n/, `$&${channels}`));
    expect(await unnamed()).toEqual([expect.stringMatching(/^warning: /)]);
    await writeFile(
      file,
      text.replace('    channels: []\n', '    channels: []\n    rosters: [haitang-duty]\n'),
    );
    expect(await unnamed()).toEqual([]);
  });

  atLength(
    'warns of a gateway of a list that a slip of the pen has made, and leaves names of a row alone',
    async () => {
      const dir = join(folder, 'slip');
      await cp('config', dir, { recursive: true });
      const rows = ['gw-b1', 'gw-b1', 'gw-b1', 'gw-b11', 'gw-b2'].map(
        (gateway, i) => `haitang,g1,b1,u1,h${i},wm${i},water-meter,${gateway},2026-03-01`,
      );
      await writeFile(
        join(dir, 'registry.csv'),
        ['community,grid,building,unit,home,device,model,gateway,enrolled_at', ...rows].join('\n'),
      );
      const env = 'SHOUWANG_FILES_REGISTRY';
      vi.stubEnv(env, 'registry.csv');
      const { err } = await run(addCheck, 'check', '--config', dir);
      vi.unstubAllEnvs();
      expect(err.filter((line) => line.includes('gateway'))).toEqual([
        expect.stringMatching(
          /registry.csv gateway "gw-b11": only 1 device names it; did you mean "gw-b1"\?$/,
        ),
      ]);
    },
  );

  test('tells the mistakes of all files at once', async () => {
    const dir = join(folder, 'wrong');
    await cp('config', dir, { recursive: true });
    const change = async (file: string, from: string, to: string) => {
      const text = await readFile(join(dir, file), 'utf8');
      expect(text).toContain(from);
      await writeFile(join(dir, file), text.replace(from, to));
    };
    await change('service.yaml', 'site:', 'sit:');
    await change('channels.yaml', '- id: terminal', '- id: screen');
    await change('rules.yaml', 'kind: ', 'kind: un');
    await change('registry.yaml', 'node: haitang/g2', 'node: haitang/g9');
    await change('registry.yaml', 'phone: 000-0000-3001', 'channels: [pigeon]');
    const { err, error } = await run(addCheck, 'check', '--config', dir);
    const told = err.map((line) => line.replace(`${dir}/`, '').replace(/:\d+:\d+ /, ' '));
    expect(told).toEqual([
      'service.yaml sit: unknown key; did you mean "site"?',
      expect.stringMatching(/^notify.yaml always\[0\]: no channel "terminal"/),
      expect.stringMatching(/^notify.yaml fallback.channels\[0\]: no channel "terminal"/),
      expect.stringMatching(/^rules.yaml rules\[0\].kind: no rule kind "un/),
      'registry.yaml staff "sun": there is no node "haitang/g9"',
      'registry.yaml staff "zhou": there is no channel "pigeon" in the channels file',
    ]);
    expect(error).toMatchObject({ message: `6 mistakes in ${dir}` });
  });

  atLength('does not let homes of a graver class be visited more rarely', async () => {
    const dir = join(folder, 'rarely');
    await cp('config', dir, { recursive: true });
    const checked = async (params: string) => {
      const rule = `  - { id: C3, kind: visit-overdue, params: ${params} }`;
      await writeFile(join(dir, 'rules.yaml'), ["version: '1'", 'rules:', rule].join('\n'));
      const { err } = await run(addCheck, 'check', '--config', dir);
      return err.filter((line) => line.includes('params.')).map((line) => line.replace(/^.*params\./, ''));
    };
    expect(await checked('{ highDays: 30, keyDays: 7 }')).toEqual([
      'highDays: is more than keyDays: homes at high risk are visited at least as often',
    ]);
    expect(await checked('{ otherDays: 20 }')).toEqual([
      'keyDays: is more than otherDays: key homes are visited at least as often',
    ]);
    expect(await checked('{ highDays: 30, keyDays: 30, otherDays: 30 }')).toEqual([]);
  });

  test.each(
    someOf(
      [
        ['service.yaml', []],
        ['registry.yaml', ['registry.yaml there is no such file']],
        ['rules.yaml', ['rules.yaml there is no such file']],
        ['channels.yaml', ['channels.yaml there is no such file']],
        ['notify.yaml', ['notify.yaml there is no such file']],
        ['rosters.yaml', []],
        ['holidays-cn.yaml', ['holidays-cn.yaml there is no such file']],
      ],
      3,
    ),
  )('without %s in the folder: as docs/configuration.md has it', async (file, mistakes) => {
    const dir = join(folder, `without-${file}`);
    await cp('config', dir, { recursive: true });
    await rm(join(dir, file));
    const { err, error } = await run(addCheck, 'check', '--config', dir);
    const told = err.filter(
      (line) => !/^(warning|note): /.test(line) && !line.startsWith(`${dir} is in order`),
    );
    expect(told.map((line) => line.replace(`${dir}/`, ''))).toEqual(mistakes);
    expect(error === undefined).toBe(mistakes.length === 0);
  });

  test('tells what is wrong in itself and what does not fit together in one round', async () => {
    const dir = join(folder, 'both');
    await cp('config', dir, { recursive: true });
    const rules = [
      "version: '1'",
      'rules:',
      '  - { id: W1, kind: low-consumption, params: { belowLitres: 10, clearAboveLitres: 4 } }',
      '  - { id: W2, kind: low-consumption, priority: P9 }',
      '  - { id: W3, kind: no-such-kind }',
      'overrides:',
      '  - { home: haitang-3-2-501, rule: W2, author: a, reason: b, enabled: false }',
      '  - { home: haitang-3-2-501, rule: W7, author: a, reason: b, enabled: false }',
    ];
    await writeFile(join(dir, 'rules.yaml'), rules.join('\n'));
    const { err, error } = await run(addCheck, 'check', '--config', dir);
    expect(error).toMatchObject({ message: expect.stringContaining('4 mistakes') });
    const mistakes = err.filter((line) => !/^(warning|note): /.test(line));
    expect(mistakes.map((line) => line.slice(line.indexOf('rules.yaml')).slice(0, 95))).toEqual([
      expect.stringMatching(/^rules.yaml:3:83 rules\[0\].params.clearAboveLitres: lies below belowLitres/),
      expect.stringMatching(/^rules.yaml:4:\d+ rules\[1\].priority: found "P9"/),
      expect.stringMatching(/^rules.yaml:5:\d+ rules\[2\].kind: no rule kind "no-such-kind"/),
      expect.stringMatching(/^rules.yaml:8:\d+ overrides\[1\].rule: no rule "W7" in this set/),
    ]);
  });

  atLength(
    'tells in one round what one mistake in a file, or in another, has nothing to do with',
    async () => {
      const dir = join(folder, 'rounds');
      await cp('config', dir, { recursive: true });
      const change = async (file: string, from: string, to: string) => {
        const text = await readFile(join(dir, file), 'utf8');
        expect(text).toContain(from);
        await writeFile(join(dir, file), text.replace(from, to));
      };
      await change('notify.yaml', 'roles: [grid-worker,', 'roles: [gridworker,');
      await change('notify.yaml', 'always: [terminal, mqtt]', 'always: [terminal, screen]');
      await change('rules.yaml', 'overrides: []', 'overrides: []\noverrides: []');
      await change('rules.yaml', 'kind: ', 'kind: un');
      await change('registry.yaml', 'birthYear: 1941', 'birthYear: long ago');
      await change('registry.yaml', 'timeZone: Asia/Shanghai', 'timeZone: Asia/Shanghi');
      await change('registry.yaml', 'model: water-meter', 'model: water-metre');
      await change('service.yaml', 'site:', 'site: a\nsite:');
      const { err } = await run(addCheck, 'check', '--config', dir);
      const told = err.map((line) => line.replace(`${dir}/`, '').replace(/:\d+:\d+ /, ' '));
      expect(told.map((line) => line.slice(0, 60))).toEqual([
        'service.yaml this key stands here twice',
        expect.stringMatching(/^notify.yaml routes\[0\].roles\[0\]: found "gridworker"/),
        expect.stringMatching(/^notify.yaml always\[1\]: no channel "screen"/),
        expect.stringMatching(/^rules.yaml rules\[0\].kind: no rule kind "un/),
        'rules.yaml this key stands here twice',
        expect.stringMatching(/^registry.yaml timeZone: found "Asia\/Shanghi"/),
        expect.stringMatching(/^registry.yaml communities/),
        expect.stringMatching(/^registry.yaml there is no device model "water-metre"/),
      ]);
    },
  );

  atLength('warns of the parts that are in order beside one that is not', async () => {
    const dir = join(folder, 'beside');
    await cp('config', dir, { recursive: true });
    const rules = await readFile(join(dir, 'rules.yaml'), 'utf8');
    const who = 'enabled: false, author: a, reason: b';
    await writeFile(
      join(dir, 'rules.yaml'),
      rules.replace('overrides: []', `overrides:\n  - { home: nowhere, rule: W1, ${who} }`),
    );
    const notify = await readFile(join(dir, 'notify.yaml'), 'utf8');
    await writeFile(join(dir, 'notify.yaml'), notify.replace('always: [terminal, mqtt]', 'always: [screen]'));
    const { err, error } = await run(addCheck, 'check', '--config', dir);
    expect(error).toMatchObject({ message: `1 mistake in ${dir}` });
    expect(err.some((line) => /^warning: .*home "nowhere" is not in the registry files/.test(line))).toBe(
      true,
    );
  });

  atLength(
    'does not pass a rule set that watches over nobody, and warns of exceptions for homes it does not know',
    async () => {
      const dir = join(folder, 'unwatched');
      await cp('config', dir, { recursive: true });
      const rules = join(dir, 'rules.yaml');
      await writeFile(rules, "version: '1'\nrules: []\n");
      const empty = await run(addCheck, 'check', '--config', dir);
      expect(empty.err[0]).toMatch(/rules.yaml rules: no rule stands in it: nobody would be/);
      expect(empty.error).toMatchObject({ message: `1 mistake in ${dir}` });
      const exception = (home: string) =>
        `  - { home: ${home}, rule: M1, enabled: false, author: 李, reason: 搬走 }\n`;
      await writeFile(
        rules,
        `version: '1'\nrules:\n  - { id: M1, kind: silence }\noverrides:\n${exception('haitang-9-9')}`,
      );
      const { err, error } = await run(addCheck, 'check', '--config', dir);
      expect(error).toBeUndefined();
      expect(err[0]).toMatch(
        /^warning: .*rules.yaml overrides\[0\].home: home "haitang-9-9" is not in the registry files$/,
      );
    },
  );

  atLength(
    'warns of calls that no rule takes, priorities of which nobody hears, and devices enrolled years ahead',
    async () => {
      const dir = join(folder, 'unheard');
      await cp('config', dir, { recursive: true });
      const rules = await readFile(join(dir, 'rules.yaml'), 'utf8');
      await writeFile(
        join(dir, 'rules.yaml'),
        rules.replace(/- id: (B1|M1)\n/g, '- id: $1\n    enabled: false\n'),
      );
      await writeFile(
        join(dir, 'notify.yaml'),
        'routes: []\nescalation: []\nfallback: { channels: [terminal] }\n',
      );
      const registry = await readFile(join(dir, 'registry.yaml'), 'utf8');
      await writeFile(
        join(dir, 'registry.yaml'),
        registry.replace(/( +)model: water-meter\n/, '$&$1enrolledAt: 2062-11-01T00:00:00Z\n'),
      );
      const { err, error } = await run(addCheck, 'check', '--config', dir);
      expect(error).toBeUndefined();
      const told = err.map((line) => line.replace(`${dir}/`, ''));
      expect(told).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^warning: rules.yaml rules: no enabled rule takes SOS \(sos\)/),
          expect.stringMatching(/^warning: rules.yaml rules: no enabled rule finds a silent device/),
          expect.stringMatching(/^warning: notify.yaml routes: neither routes nor escalation name anybody/),
          expect.stringMatching(
            /^warning: registry.yaml device "\S+" enrolledAt: found "2062-11-01T00:00:00.000Z", which is more than a day ahead/,
          ),
        ]),
      );
      const json = JSON.parse((await run(addCheck, 'check', '--json', '--config', dir)).out);
      expect(json.warnings).toContainEqual({
        file: expect.stringContaining('rules.yaml'),
        path: 'rules',
        message: expect.stringContaining('no enabled rule takes SOS'),
      });
    },
  );

  test('shows each setting with its source, for programs too', async () => {
    const { out, error } = await run(addCheck, 'check', '--explain', '--json');
    expect(error).toBeUndefined();
    const { ok, settings } = JSON.parse(out);
    expect(ok).toBe(true);
    expect(settings).toContainEqual(
      expect.objectContaining({
        path: 'http.port',
        value: 8080,
        source: 'default',
        variable: 'SHOUWANG_HTTP_PORT',
      }),
    );
  });
});

describe('import', () => {
  let running: TestService;
  beforeAll(async () => {
    running = await testService();
  });
  afterAll(() => running.stop());

  const HEADER = 'community,grid,building,unit,home,device,model,gateway,enrolled_at';
  const importCsv = async (rows: readonly string[], ...args: string[]) => {
    const file = join(folder, 'homes.csv');
    await writeFile(file, [HEADER, ...rows].join('\n'));
    const { err, ...rest } = await run(
      addImport,
      'import',
      file,
      '--data',
      join(running.dir, 'data'),
      ...args,
    );
    return { ...rest, err: err.map((line) => line.replace(`${folder}/`, '')) };
  };
  const FIRST = 'haitang,g1,b1,u1,h1,wm1,water-meter,gw1,2026-03-01';

  test('shows first what would change, then changes it, and then has nothing left to change', async () => {
    const dry = await importCsv([FIRST], '--dry-run');
    expect(dry.error).toBeUndefined();
    expect(dry.err).toEqual(
      expect.arrayContaining([
        '新增 7 · 7 to add',
        '变更 0 · 0 to change',
        '移除 0 · none to remove',
        '不变 0 · 0 unchanged',
        '+ 住户 home h1',
        '+ 设备 device wm1',
        'dry run: nothing was changed',
      ]),
    );
    expect(running.service.registry.home('h1')).toBeUndefined();

    const real = await importCsv([FIRST], '--json');
    expect(JSON.parse(real.out)).toMatchObject({
      applied: true,
      put: 7,
      added: 7,
      changed: 0,
      unchanged: 0,
      moves: [],
      remove: 0,
      problems: [],
    });
    expect(running.service.registry.homePath('h1')).toBe('haitang/g1/b1/u1/h1');
    expect(running.service.registry.behind('gw1')).toEqual(['wm1']);

    expect((await importCsv([FIRST])).err).toContain('nothing to change');
  });

  test('warns that nobody could be told of a home, before and after, and not of one that was there', async () => {
    const warning =
      'warning: of a P1 or P2 in 1 home no person could be told, only screens, programs and the fallback: ' +
      '1 in yulan (yulan)';
    const row = 'yulan,g1,b1,u1,y901,wb901,wristband,,2026-01-01';
    expect((await importCsv([row], '--dry-run')).err).toContain(warning);
    const real = await importCsv([row], '--json');
    expect(real.err).toContain(warning);
    expect(JSON.parse(real.out)).toMatchObject({
      applied: true,
      untold: { homes: 1, places: [{ node: 'yulan', homes: 1 }] },
    });
    const again = await importCsv([row, row.replace('wb901', 'wb902')], '--dry-run');
    expect(again.err.filter((line) => line.startsWith('warning'))).toEqual([]);
  });

  atLength(
    'says that a gateway is made because a row names it, and which one was probably meant, before and after',
    async () => {
      const slip = 'haitang,g1,b1,u1,h7,wm7,water-meter,gw-1x,2026-03-01';
      const line =
        '! 网关 gw-1x 尚未登记，仅因 1 台设备写了它而新建；是否想写 "gw1"？ · ' +
        'gateway gw-1x is in no registry: it is made only because 1 device names it; did you mean "gw1"?';
      expect((await importCsv([FIRST, slip], '--dry-run')).err).toContain(line);
      const real = await importCsv([FIRST, slip], '--json');
      expect(JSON.parse(real.out)).toMatchObject({
        invented: [{ gateway: 'gw-1x', devices: 1, meant: 'gw1' }],
      });
      expect(real.err.slice(-2)).toEqual([line, 'done']);
      const again = await importCsv([FIRST, slip]);
      expect(again.err.filter((one) => one.startsWith('!'))).toEqual([]);
      const row = 'haitang,g1,b1,u1,h7,wm8,water-meter,gw-2,2026-03-01';
      const another = await importCsv([row.replace('gw-2', 'elsewhere')], '--dry-run');
      expect(another.err.filter((one) => one.startsWith('!'))).toEqual([
        expect.stringMatching(/gateway elsewhere is in no registry: .* names it$/),
      ]);
    },
  );

  test('says of each entry what would change, field by field, before and after', async () => {
    const moved = FIRST.replace('h1,wm1,water-meter', 'h9,wm1,water-meter').replace(
      '2026-03-01',
      '2026-03-02',
    );
    const dry = await importCsv([moved], '--dry-run');
    expect(dry.err).toEqual(
      expect.arrayContaining([
        '新增 1 · 1 to add',
        '变更 1 · 1 to change',
        '不变 5 · 5 unchanged',
        '+ 住户 home h9',
        '~ 设备 device wm1  home: h1 → h9; enrolledAt: 2026-02-28T16:00:00.000Z → 2026-03-01T16:00:00.000Z',
      ]),
    );
    const { out } = await importCsv([moved], '--dry-run', '--json');
    const { changes } = JSON.parse(out) as { changes: object[] };
    expect(changes).toContainEqual({
      noun: 'device',
      key: 'wm1',
      change: 'changed',
      fields: [
        { field: 'home', before: 'h1', after: 'h9' },
        { field: 'enrolledAt', before: Date.UTC(2026, 1, 28, 16), after: Date.UTC(2026, 2, 1, 16) },
      ],
    });
    expect(out).not.toContain('secretHash');
    expect(running.service.registry.device('wm1')?.home).toBe('h1');
  });

  test('takes nothing when one line is wrong, be it wrong in itself or against the registry', async () => {
    const second = 'haitang,g1,b1,u1,h2,wm2,water-meter,,2026-03-01';
    const inItself = await importCsv([
      second,
      second.replace('h2', 'h3').replace('wm2', 'wm3').replace('2026-03-01', 'soon'),
    ]);
    expect(inItself.err[0]).toMatch(/^homes.csv:3 enrolled_at: found "soon", expected a date/);
    expect(inItself.error).toMatchObject({ message: 'nothing was taken over: 1 mistake' });
    const against = await importCsv([second, 'haitang,g1,b1,u1,gw1,wm3,water-meter,,2026-03-01']);
    expect(against.err).toContain('homes.csv:3 home "gw1": a gateway has this id already');
    expect(against.error).toMatchObject({ message: 'nothing was taken over: 1 mistake' });
    expect(running.service.registry.home('h2')).toBeUndefined();
  });

  test('counts what the service found wrong beside the first hundred', async () => {
    const each = Array.from({ length: 120 }, (_, i) => i);
    await importCsv(each.map((i) => `haitang,g1,b9,u1,k${i},wk${i},water-meter,gk${i},2026-03-01`));
    const rows = each.map((i) => `haitang,g1,b9,u1,gk${i},wl${i},water-meter,,2026-03-01`);
    const { err, error } = await importCsv(rows);
    expect(err.filter((line) => line.includes('a gateway has this id already'))).toHaveLength(100);
    expect(err.join('\n')).toContain('20 more');
    expect(error).toMatchObject({ message: 'nothing was taken over: 120 mistakes' });
    const { out } = await importCsv(rows, '--json');
    expect(JSON.parse(out)).toMatchObject({ applied: false, problemsMore: 20 });
  });

  test('says where it looked for a model that it does not know', async () => {
    const { err } = await importCsv(['haitang,g1,b1,u1,h2,wm2,acme-meter,,2026-03-01']);
    expect(err).toEqual([
      expect.stringMatching(/^models are those of Shouwang and of .*models; --config names another folder$/),
      expect.stringMatching(/^homes\.csv:2 there is no device model "acme-meter"/),
    ]);
  });

  test('says what to do where no service runs', async () => {
    const file = join(folder, 'alone.csv');
    await writeFile(file, [HEADER, FIRST].join('\n'));
    const { error } = await run(addImport, 'import', file, '--data', join(folder, 'nothing-here'));
    const said =
      /no mistakes of its own, but it was not checked against the registry: no service runs on [^ ]+: start one/;
    expect(String(error)).toMatch(said);
    const nowhere = ['--data', join(folder, 'nothing-here'), '--dry-run'];
    const dry = await run(addImport, 'import', file, ...nowhere, '--json');
    expect(String(dry.error)).toMatch(said);
    expect(JSON.parse(dry.out)).toEqual({ applied: false, checked: false, problems: [] });
  });

  test('takes a file without a single row for a mistake, and not for one that changes nothing', async () => {
    for (const more of [[], ['--dry-run']]) {
      const { err, error } = await importCsv([], ...more);
      expect(err).toEqual(['homes.csv:1 no row stands below the first line']);
      expect(error).toMatchObject({ message: 'nothing was taken over: 1 mistake' });
    }
  });

  test('takes only files whose names tell their format', async () => {
    const { error } = await run(addImport, 'import', 'homes.pdf');
    expect(error).toBeInstanceOf(UsageError);
  });

  test('says of a workbook how a list is made of it', async () => {
    const { error } = await run(addImport, 'import', 'homes.xlsx');
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(/^homes\.xlsx: this is a workbook.*"CSV UTF-8/);
  });
});
