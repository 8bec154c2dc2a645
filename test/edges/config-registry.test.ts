import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHere } from '../../src/config/import-reader.ts';
import { parseInstant } from '../../src/config/instants.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { parseRegistryCsv } from '../../src/config/registry-csv.ts';
import type { RegistryFile } from '../../src/config/registry-draft.ts';
import {
  type ImportAnswer,
  importFormat,
  importParser,
  parseImport,
} from '../../src/config/registry-import.ts';
import { parseRegistryYaml } from '../../src/config/registry-yaml.ts';
import { type ConfigProblem, formatProblem, problemIn } from '../../src/config/yaml-file.ts';
import { parseDuration } from '../../src/lib/duration.ts';
import type { Result } from '../../src/lib/result.ts';
import { covers } from '../../src/model/paths.ts';
import type { Device, Noun, RegistryEntry } from '../../src/model/registry.ts';
import { Registry } from '../../src/registry/registry.ts';
import { runs } from '../runs.ts';

const models = ['water-meter', 'wristband'];
const isModel = (name: string): boolean => models.includes(name);
const HEADER = 'community,grid,building,unit,home,device,model,gateway,enrolled_at';

function taken(result: Result<RegistryFile, ConfigProblem[]>): RegistryFile {
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}
const complaints = (result: Result<RegistryFile, ConfigProblem[]>): string[] =>
  result.ok ? [] : result.error.map(formatProblem);
const csv = (text: string) => parseRegistryCsv(text, 'x.csv', { models });
const yaml = (text: string) => parseRegistryYaml(text, 'x.yaml', { models });
const find = (file: RegistryFile, noun: Noun, id: string) =>
  file.put.find((entry) => entry.noun === noun && (entry.noun === 'node' ? entry.path : entry.id) === id);

/** A place to live with what hangs in it, as a row of numbers that both formats can write. */
interface Plan {
  readonly place: readonly [number, number, number, number];
  readonly devices: readonly { readonly model: string; readonly gateway: number | undefined }[];
}
const arbitraryTown: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    place: fc.tuple(fc.nat(1), fc.nat(2), fc.nat(2), fc.nat(2)),
    devices: fc.array(
      fc.record({ model: fc.constantFrom(...models), gateway: fc.option(fc.nat(2), { nil: undefined }) }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 12 },
);
const LETTERS = ['c', 'g', 'b', 'u'] as const;
/** Gateways belong to one community: their names carry its number. */
const gatewayId = (plan: Plan, gateway: number | undefined) =>
  gateway === undefined ? '' : `gw${plan.place[0]}-${gateway}`;

const rowsOf = (town: readonly Plan[]): string[] =>
  town.flatMap((plan, h) =>
    plan.devices.map(({ model, gateway }, d) =>
      [
        ...plan.place.map((n, i) => `${LETTERS[i]}${n}`),
        `h${h}`,
        `d${h}-${d}`,
        model,
        gatewayId(plan, gateway),
        '2026-03-01',
      ].join(','),
    ),
  );

describe('a registry in CSV', () => {
  test('says where everything is: each device in its home, each home in its unit, each gateway above its devices', () => {
    const property = fc.property(
      arbitraryTown,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (town, end, bom) => {
        const file = taken(csv(`${bom ? '\uFEFF' : ''}${[HEADER, ...rowsOf(town)].join(end)}${end}`));
        const registry = new Registry();
        expect(registry.check(file.put, [], isModel)).toBeUndefined();
        registry.apply(file.put, []);
        expect(registry.counts.homes).toBe(town.length);
        town.forEach((plan, h) => {
          const path = plan.place.map((n, i) => `${LETTERS[i]}${n}`).join('/');
          expect(registry.homePath(`h${h}`)).toBe(`${path}/h${h}`);
          expect(registry.devices(`h${h}`).map(({ model }) => model)).toEqual(
            plan.devices.map(({ model }) => model),
          );
        });
        for (const { id, parent } of registry.gateways()) expectDeepestAbove(registry, id, parent);
      },
    );
    fc.assert(property, { numRuns: runs(15) });
  });

  test('tells every mistake in it, each with its line', () => {
    const mistakes: readonly ((row: string[]) => string)[] = [
      (row) => row.with(0, '').join(','),
      (row) => row.with(4, 'two words').join(','),
      (row) => row.with(5, '').join(','),
      (row) => row.with(6, 'water-metre').join(','),
      (row) => row.with(8, '2026-02-30').join(','),
      (row) => row.slice(0, 7).join(','),
      (row) => row.with(1, 'g#1').join(','),
    ];
    const property = fc.property(
      arbitraryTown,
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }),
      (town, picks) => {
        // Every row is a home of its own, so that one wrong row makes no other wrong.
        const rows = rowsOf(town.map((plan) => ({ ...plan, devices: plan.devices.slice(0, 1) })));
        const wrong = new Map(picks.map(([row, mistake]) => [row % rows.length, mistake % mistakes.length]));
        const lines = rows.map((row, i) => {
          const mistake = mistakes[wrong.get(i) ?? -1];
          return mistake ? mistake(row.split(',').with(7, '')) : row;
        });
        const result = csv([HEADER, ...lines].join('\n'));
        const told = result.ok ? [] : result.error.map(({ line }) => line);
        expect([...new Set(told)]).toEqual([...wrong.keys()].map((i) => i + 2).sort((a, b) => a - b));
      },
    );
    fc.assert(property, { numRuns: runs(15) });
  });

  test.each([
    [
      '',
      'x.csv:1 the file is empty; its first line names the columns: community,grid,building,unit,home,device,model,gateway,enrolled_at',
    ],
    [
      'comunity,home,device,model,enrolled_at',
      'x.csv:1 unknown column "comunity"; did you mean "community"?',
    ],
    [
      `${HEADER},address\na,,,,h1,wm1,water-meter,,2026-01-01,deveui:70b3d59bd0000777`,
      'x.csv:2 address: found "deveui:70b3d59bd0000777", which is the address of a device: its column is device_address',
    ],
    [
      `${HEADER},device_address\na,,,,h1,wm1,water-meter,,2026-01-01,deveui:1234`,
      'x.csv:2 device "wm1" device_address: deveui: wants sixteen hexadecimal digits',
    ],
    [
      'home,device',
      'x.csv:1 the first line must name the columns; community 社区, model 型号, enrolled_at 登记时间 missing',
    ],
    [
      `${HEADER}\na,,,,h1,wm1,water-meter,,2026-01-01\n\na,b,,,h1,wm2,water-meter,,2026-01-01`,
      'x.csv:4 home "h1" is in a/b here and in a in line 2',
    ],
    [
      `${HEADER}\na,,,,h1,wm1,water-meter,,2026-01-01\na,,,,h2,wm1,water-meter,,2026-01-01`,
      'x.csv:3 device "wm1" stands here again; first in line 2',
    ],
    [
      `${HEADER}\na,,,,h1,wm1,water-meter,gw,2026-01-01\nb,,,,h2,wm2,water-meter,gw,2026-01-01`,
      'x.csv:2 gateway "gw" has devices in several communities',
    ],
    [
      `${HEADER}\na,,,,h1,gw,water-meter,gw,2026-01-01`,
      'x.csv:2 gateway "gw" has the id of the device in line 2',
    ],
    [
      `${HEADER}\na,b,,,h1,wm1,water-meter,,2026-01-01\na,,b,,h2,wm2,water-meter,,2026-01-01`,
      'x.csv:3 building: a/b is a grid in line 2',
    ],
    [
      `${HEADER}\nHai tang,,,,h1,wm1,water-meter,,2026-01-01\nHai-tang,,,,h2,wm2,water-meter,,2026-01-01`,
      'x.csv:3 community: "Hai-tang" and "Hai tang" in line 2 would both be Hai-tang',
    ],
    [
      `${HEADER}\na,,,,h1,wm1,water-meter,,2026-01-01\n"a,,,,h2\na`,
      'x.csv:3 a quote opens here and is never closed; double it where it is meant as such',
    ],
  ])('%#. tells what is wrong', (text, line) => {
    expect(complaints(csv(text))).toContain(line);
  });

  test('may come from a spreadsheet: Chinese columns, semicolons, quoted fields, dates with slashes', () => {
    const text =
      '社区;楼栋;住户;设备;型号;安装日期;房号;老人;电话;联系人;联系电话;关系\r\n海棠;3号楼;h1;wm1;water-meter;2026/3/1;0501;"王;秀英";123;王建国;456;儿子\r\n';
    const file = taken(csv(text));
    expect(find(file, 'node', '海棠/3号楼')).toMatchObject({ level: 'building', name: '3号楼' });
    expect(find(file, 'home', 'h1')).toMatchObject({ name: '0501', parent: '海棠/3号楼' });
    expect(find(file, 'resident', 'h1-r1')).toMatchObject({ name: '王;秀英', phone: '123' });
    expect(find(file, 'contact', 'h1-k1')).toMatchObject({
      name: '王建国',
      phone: '456',
      relation: '儿子',
      order: 1,
    });
    expect(find(file, 'device', 'wm1')).toMatchObject({
      enrolledAt: Date.parse('2026-03-01T00:00:00+08:00'),
    });
  });

  test('takes another name in a later row of the same home for another person there', () => {
    const text =
      'community,home,device,model,enrolled_at,resident\na,h1,wm1,water-meter,2026-01-01,Wang\na,h1,wb1,wristband,2026-01-01,Wang\na,h1,wb2,wristband,2026-01-01,Li\n';
    const people = taken(csv(text)).put.flatMap((entry) => (entry.noun === 'resident' ? [entry.name] : []));
    expect(people).toEqual(['Wang', 'Li']);
  });

  test('takes a name that comes again for the same person, and loses nothing that is said of them otherwise', () => {
    const rows = (...people: string[]) =>
      `community,home,device,model,enrolled_at,resident,phone,birth_year,contact,contact_phone\n${people.map((one) => `a,h1,,,,${one}\n`).join('')}`;
    const same = taken(csv(rows('Wang,123,1940,Xu,9', 'Wang,,,Xu,', 'Wang,123,1940,,'))).put;
    expect(same.flatMap((one) => (one.noun === 'resident' ? [one.phone] : []))).toEqual(['123']);
    expect(complaints(csv(rows('Wang,123,,Xu,9', 'Wang,456,1941,Xu,8')))).toEqual([
      'x.csv:3 phone: found "456", but resident "Wang" has "123" in line 2',
      'x.csv:3 birth_year: found "1941", but resident "Wang" has none in line 2',
      'x.csv:3 contact_phone: found "8", but contact "Xu" has "9" in line 2',
    ]);
  });
});

function expectDeepestAbove(registry: Registry, gateway: string, parent: string): void {
  const homes = registry
    .behind(gateway)
    .map((id) => registry.home((registry.device(id) as Device).home)?.parent ?? '');
  expect(homes.every((path) => covers(parent, path))).toBe(true);
  const next = new Set(
    homes.map((path) => (path === parent ? '' : path.slice(parent.length + 1).split('/')[0])),
  );
  expect(next.size > 1 || next.has('')).toBe(true);
}

/** The town of the CSV in the nested form. */
function yamlOf(town: readonly Plan[]): string {
  const lines = ['enrolledAt: 2026-03-01', 'communities:'];
  const children = ['grids', 'buildings', 'units', 'homes'];
  const groupBy = (plans: readonly (Plan & { h: number })[], level: number, indent: string) => {
    for (const n of new Set(plans.map(({ place }) => place[level]))) {
      const inside = plans.filter(({ place }) => place[level] === n);
      lines.push(`${indent}- id: ${LETTERS[level]}${n}`);
      if (level === 0) lines.push(`${indent}  gateways: [${[0, 1, 2].map((g) => `{ id: gw${n}-${g} }`)}]`);
      lines.push(`${indent}  ${children[level]}:`);
      if (level < 3) groupBy(inside, level + 1, `${indent}    `);
      else for (const plan of inside) pushHome(lines, plan, `${indent}    `);
    }
  };
  groupBy(
    town.map((plan, h) => ({ ...plan, h })),
    0,
    '  ',
  );
  return lines.join('\n');
}

function pushHome(lines: string[], plan: Plan & { h: number }, indent: string): void {
  const devices = plan.devices.map(({ model, gateway }, d) => {
    const through = gateway === undefined ? '' : `, gateway: ${gatewayId(plan, gateway)}`;
    return `{ id: d${plan.h}-${d}, model: ${model}${through} }`;
  });
  lines.push(`${indent}- { id: h${plan.h}, devices: [${devices.join(', ')}] }`);
}

describe('a registry in YAML', () => {
  test('says the same of homes, nodes and devices as the CSV does', () => {
    const of = (file: RegistryFile) => {
      const entries = file.put.filter(({ noun }) => noun === 'node' || noun === 'home' || noun === 'device');
      return entries
        .map((entry) =>
          JSON.stringify(
            Object.entries(entry)
              .filter(([, value]) => value !== undefined)
              .sort(),
          ),
        )
        .sort();
    };
    const property = fc.property(arbitraryTown, (town) => {
      expect(of(taken(yaml(yamlOf(town))))).toEqual(of(taken(csv([HEADER, ...rowsOf(town)].join('\n')))));
    });
    fc.assert(property, { numRuns: runs(10) });
  });

  test('as it comes with the service is in order', async () => {
    const text = await readFile('config/registry.yaml', 'utf8');
    const file = taken(parseRegistryYaml(text, 'config/registry.yaml', { models }));
    expect(new Registry().check(file.put, [], isModel)).toBeUndefined();
    expect(Registry.from(file.put).counts).toMatchObject({ homes: 3, gateways: 1 });
    expect(text).not.toMatch(/secret\w*:/i);
  });

  test('gives people and contacts their order and ids, and what they leave out its default', () => {
    const file = taken(
      yaml(`communities:
  - id: a
    timeZone: Europe/Paris
    homes:
      - id: h1
        enrolledAt: 2026-07-01 08:00
        residents: [{ name: Wang }, { name: Li, livesAlone: false }]
        away: [{ from: 2026-08-01, until: 2026-08-15 12:00, note: daughter }]
        contacts: [{ name: Zhao, channels: [duty, { channel: robot, address: "138" }] }, { name: Qian, order: 1 }]
        devices:
          - { id: wm1, model: water-meter, expectedInterval: 1d }
          - { id: wb1, model: wristband, enrolledAt: 2026-01-01T00:00:00Z, exchangedAt: 2026-02-01 }
`),
    );
    expect(find(file, 'resident', 'h1-r2')).toMatchObject({ name: 'Li', livesAlone: false });
    expect(find(file, 'home', 'h1')).toMatchObject({
      away: [
        {
          from: Date.parse('2026-08-01T00:00:00+02:00'),
          until: Date.parse('2026-08-15T12:00:00+02:00'),
          kind: 'travel',
          note: 'daughter',
        },
      ],
    });
    expect(find(file, 'contact', 'h1-k1')).toMatchObject({
      order: 1,
      channels: [
        { channel: 'duty', address: '' },
        { channel: 'robot', address: '138' },
      ],
    });
    expect(find(file, 'contact', 'h1-k2')).toMatchObject({ order: 1 });
    expect(find(file, 'device', 'wm1')).toMatchObject({
      enrolledAt: Date.parse('2026-07-01T08:00:00+02:00'),
      expectedIntervalMs: 86_400_000,
    });
    expect(find(file, 'device', 'wb1')).toMatchObject({
      enrolledAt: Date.parse('2026-01-01T00:00:00Z'),
      exchangedAt: Date.parse('2026-02-01T00:00:00+01:00'),
    });
  });

  test.each([
    [
      'communities:\n  - id: a\n    homes:\n      - { id: h1 }\n      - { id: h1 }\n',
      ['x.yaml:5:9 home "h1" stands here again; first in line 4'],
    ],
    [
      'communities:\n  - id: a/b\n',
      [
        'x.yaml:2:9 communities[0].id: found "a/b", expected letters, digits, dot, underscore, colon and hyphen',
      ],
    ],
    [
      'communities:\n  - { id: a, timeZone: Asia/Beijing }\n',
      ['x.yaml:2:24 timeZone: found "Asia/Beijing", expected an IANA time zone such as Asia/Shanghai'],
    ],
    [
      'communities:\n  - id: a\n    homes:\n      - id: h1\n        devices:\n          - { id: d, model: wristbnd }\n',
      [
        'x.yaml:6:13 there is no device model "wristbnd"; did you mean "wristband"?',
        'x.yaml:6:13 enrolledAt: is missing, here or on what it stands in; expected a date such as 2026-03-01, or with a time, 2026-03-01T08:00:00+08:00',
      ],
    ],
    [
      'communities:\n  - id: a\n    homes:\n      - { id: h1, resident: [] }\n',
      ['x.yaml:4:19 communities[0].homes[0].resident: unknown key; did you mean "residents"?'],
    ],
    [
      'enrolledAt: soon\n',
      [
        'x.yaml:1:13 enrolledAt: found "soon", expected a date such as 2026-03-01, or with a time, 2026-03-01T08:00:00+08:00',
      ],
    ],
    [
      'staff:\n  - { id: s, name: S, roles: [{ role: boss, node: a }] }\n',
      [
        'x.yaml:2:39 staff[0].roles[0].role: found "boss", expected one of grid-worker, building-steward, committee, sub-district-duty, unit-head, volunteer, technician',
      ],
    ],
  ])('%#. tells what is wrong', (text, lines) => {
    expect(complaints(yaml(text)).sort()).toEqual(lines.sort());
  });
});

describe('an import into a registry that is there', () => {
  const before: RegistryEntry[] = [
    { noun: 'node', path: 'a', level: 'community', name: '海棠社区', timeZone: 'Asia/Urumqi' },
    { noun: 'node', path: 'a/g1', level: 'grid', name: '第一网格' },
    { noun: 'node', path: 'a/g1/b1', level: 'building', name: 'b1' },
    { noun: 'home', id: 'h1', parent: 'a/g1/b1', name: '501', entryNote: 'dog' },
    { noun: 'gateway', id: 'gw', parent: 'a/g1', enrolledAt: 5, secretHash: 'sha256$g', disabled: false },
    {
      noun: 'device',
      id: 'wm1',
      model: 'water-meter',
      home: 'h1',
      gateway: 'gw',
      enrolledAt: 5,
      exchangedAt: 9,
      secretHash: 'sha256$x',
      disabled: true,
    },
  ];
  const registry = Registry.from(before);
  const parser = importParser(
    {
      existing: (noun, key) => registry.entry(noun, key),
      problems: (put) => registry.problems(put, [], isModel),
    },
    { models },
    readHere,
  );
  const parse = async (...file: Parameters<typeof parser>) => (await parser(...file)) as ImportAnswer;

  test('keeps what the file does not speak of: credentials, exchanges, names, where a gateway stands', async () => {
    const { put, added, problems } = await parse(
      'csv',
      `${HEADER}\na,g1,b1,,h1,wm1,water-meter,gw,1970-01-01T00:00:01Z\n`,
    );
    expect(problems).toEqual([]);
    expect(added).toBe(0);
    expect(put).toEqual([{ ...before[5], enrolledAt: 1000 }]);
  });

  test('leaves out what is there already, and counts what is new', async () => {
    const text = `${HEADER}\na,g1,b1,,h1,wm1,water-meter,gw,1970-01-01T00:00:00.005Z\na,g1,b1,u1,h2,wm2,water-meter,gw,2026-01-01\n`;
    const { put, added } = await parse('csv', text);
    expect(put.map((entry) => entry.noun)).toEqual(['node', 'home', 'device']);
    expect(added).toBe(3);
  });

  test('names what would change its place, from where to where', async () => {
    const text = `${HEADER}\na,g1,b1,u1,h1,wm1,water-meter,gw,1970-01-01T00:00:00.005Z\n`;
    const elsewhere = `${HEADER}\na,g1,b1,,h2,wm1,water-meter,gw,1970-01-01T00:00:00.005Z\n`;
    expect((await parse('csv', text)).moves).toEqual([
      { noun: 'home', key: 'h1', from: 'a/g1/b1', to: 'a/g1/b1/u1' },
    ]);
    expect((await parse('csv', elsewhere)).moves).toEqual([
      { noun: 'device', key: 'wm1', from: 'h1', to: 'h2' },
    ]);
  });

  test('names the gateway that was probably meant, of the file or of the registry, in either language', async () => {
    const named = importParser(
      {
        existing: (noun, key) => registry.entry(noun, key),
        gateways: () => ['gw-haitang-b3'],
        problems: (put) => registry.problems(put, [], isModel),
      },
      {},
      readHere,
    );
    const text =
      'communities:\n  - id: a\n    homes:\n      - id: h8\n        enrolledAt: 2026-01-01\n' +
      '        devices: [{ id: d8, model: water-meter, gateway: gw-haitang-b33 }]\n';
    const [problem] = (await named('yaml', text))?.problems ?? [];
    expect(problem?.message).toMatch(/there is no gateway "gw-haitang-b33"; did you mean "gw-haitang-b3"\?$/);
    expect(messageIn('zh', problem?.message ?? '')).toContain(
      '没有网关 "gw-haitang-b33"；是否想写 "gw-haitang-b3"？',
    );
  });

  test('tells what stands against it in the registry at the line of the file', async () => {
    const text =
      'communities:\n  - id: a\n    homes:\n      - id: h7\n        enrolledAt: 2026-01-01\n        devices: [{ id: wm7, model: water-meter, gateway: gw7 }]\n';
    expect(await parse('yaml', text)).toEqual({
      put: [],
      about: [],
      added: 0,
      invented: [],
      unchanged: 0,
      changes: [],
      moves: [],
      remove: [],
      problems: [
        {
          line: 6,
          column: 19,
          message: 'device "wm7": there is no gateway "gw7"',
          text: { zh: '设备 "wm7"：没有网关 "gw7"', en: 'device "wm7": there is no gateway "gw7"' },
        },
      ],
      more: 0,
    });
  });
});

describe('what people write', () => {
  test.each([
    ['2026-03-01', 'Asia/Shanghai', '2026-03-01T00:00:00+08:00'],
    ['2026/3/1 8:05', 'Asia/Shanghai', '2026-03-01T08:05:00+08:00'],
    ['2026年3月1日', 'Asia/Shanghai', '2026-03-01T00:00:00+08:00'],
    ['2026年3月1日 8:05', 'Asia/Shanghai', '2026-03-01T08:05:00+08:00'],
    ['2026.3.1', 'Asia/Shanghai', '2026-03-01T00:00:00+08:00'],
    ['2026-03-01T08:05:06+02:00', 'Asia/Shanghai', '2026-03-01T08:05:06+02:00'],
    ['1772294400000', 'Asia/Shanghai', '2026-03-01T00:00:00+08:00'],
    ['2026-03-29 12:00', 'Europe/Paris', '2026-03-29T12:00:00+02:00'],
    ['2026-10-25 00:30', 'Europe/Paris', '2026-10-25T00:30:00+02:00'],
  ])('%s in %s is an instant', (text, zone, iso) => {
    expect(parseInstant(text, zone)).toBe(Date.parse(iso));
  });

  test.each([
    '',
    'soon',
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '202603010805',
    '1/3/2026',
    '46082',
    '2026-01-01 25:00',
    '2026-03-01T08:00:00+8',
  ])('%j is no instant', (text) => {
    expect(parseInstant(text, 'Asia/Shanghai')).toBeUndefined();
  });

  test('of durations has a unit', () => {
    expect(['30s', '15min', '15 m', '1.5h', '1d', '0h', '5', '1w'].map(parseDuration)).toEqual([
      30_000,
      900_000,
      900_000,
      5_400_000,
      86_400_000,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('as the name of a file tells its format', () => {
    expect(['a.CSV', 'b.yml', 'c.txt', 'd.pdf'].map(importFormat)).toEqual(['csv', 'yaml', 'csv', undefined]);
    expect(taken(parseImport('yaml', 'communities: []', 'x.yaml')).put).toEqual([]);
  });
});

test('where a device hangs may be said in either language, and a place that does not exist is refused', () => {
  const head = 'community,home,device,model,enrolled_at,位置';
  const rows = [
    'c,h,d1,wristband,2026-03-01,卫生间',
    'c,h,d2,wristband,2026-03-01,kitchen',
    'c,h,d3,wristband,2026-03-01,',
  ];
  const file = taken(csv([head, ...rows].join('\n')));
  expect(['d1', 'd2', 'd3'].map((id) => (find(file, 'device', id) as Device).place)).toEqual([
    'bathroom',
    'kitchen',
    undefined,
  ]);
  expect(complaints(csv([head, 'c,h,d1,wristband,2026-03-01,cellar'].join('\n')))[0]).toMatch(
    /x\.csv:2.*位置/,
  );
  const inYaml =
    'communities: [{ id: c, homes: [{ id: h, enrolledAt: "2026-03-01", devices: [{ id: d, model: wristband, place: hall }] }] }]';
  expect((find(taken(yaml(inYaml)), 'device', 'd') as Device).place).toBe('hall');
});

describe('a device that is enrolled far ahead would be refused until then', () => {
  const now = Date.parse('2026-11-01T08:00:00+08:00');
  const options = { models, now };
  const row = (at: string): string =>
    `${HEADER}\na,,,,h1,wm1,water-meter,gw1,2026-01-01\na,,,,h2,wm2,water-meter,,${at}\n`;
  const told = (at: string): string[] => complaints(parseRegistryCsv(row(at), 'x.csv', options));

  test('so CSV refuses it at its line, and says what it would mean', () => {
    expect(told('2062-11-01')).toEqual([
      'x.csv:3 enrolled_at: found "2062-11-01", which is more than a day ahead: until then nobody would miss it, and what it measures a week before and earlier would be refused',
    ]);
    expect(told('2026-11-02 08:01')).toHaveLength(1);
  });

  test('while tomorrow is a plan, and nothing is refused where nobody says what time it is', () => {
    expect(told('2026-11-02')).toEqual([]);
    expect(complaints(csv(row('2062-11-01')))).toEqual([]);
  });

  test('so does YAML, where it stands on the device or above it', () => {
    const text = `enrolledAt: 2027-11-01
communities:
  - id: a
    homes:
      - id: h1
        devices:
          - { id: wm1, model: water-meter, enrolledAt: 2026-01-01 }
          - { id: wm2, model: water-meter }
`;
    expect(complaints(parseRegistryYaml(text, 'x.yaml', options))).toEqual([
      'x.yaml:8:13 enrolledAt: found "2027-11-01", which is more than a day ahead: until then nobody would miss it, and what it measures a week before and earlier would be refused',
    ]);
  });

  test('in Chinese too', () => {
    const parsed = parseRegistryCsv(row('2062-11-01'), 'x.csv', options);
    const problem = parsed.ok ? undefined : parsed.error[0];
    expect(problem && problemIn('zh')(problem)).toBe(
      'x.csv:3 enrolled_at：为 "2062-11-01"，比现在晚一天以上：在此之前设备失联不会告警，早于该时间一周以上的读数不采纳',
    );
  });
});
