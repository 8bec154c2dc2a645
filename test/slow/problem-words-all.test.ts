import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { loadDeviceModels, loadRuleKinds } from '../../src/app/definitions.ts';
import { runCli } from '../../src/cli.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { registryYamlSchema } from '../../src/config/registry-yaml.ts';
import { describe } from '../../src/config/schema-words.ts';
import { serviceSchema } from '../../src/config/service-schema.ts';
import { operatorModelSchema } from '../../src/devices/operator-model.ts';
import { holidaysSchema } from '../../src/model/holidays.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { rostersSchema } from '../../src/model/roster.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { channelsSchema, loadChannelDefinitions } from '../../src/notify/load.ts';

/** Two small words side by side, or one where Chinese says what should be: names, keys and values stand alone or in quotes. */
const isEnglish = (line: string): boolean => {
  const bare = line
    .replace(/"[^"]*"|`[^`]*`|\{[^}]*\}/g, '""')
    .replace(/^(?:警告：|提示：)?\/\S+ [^ :：]+( ""[^:]*)?: /, '');
  return /\b[A-Za-z]?[a-z]{2,} [a-z]{2,}\b/.test(bare) || /应为 [a-z]+(?! [或至的])\b(?!:\/\/)/.test(bare);
};

interface Check {
  readonly check?: string;
  readonly error?: (issue: object) => string | { readonly message: string } | undefined;
}
type Def = Check & Readonly<Record<string, unknown>>;
const defOf = (schema: unknown): Def | undefined =>
  (schema as { _zod?: { def: Def } } | undefined)?._zod?.def;

/** Everything that a schema and what it holds can say of a mistake. */
function sayings(schema: unknown, found = new Set<string>(), seen = new Set<unknown>()): Set<string> {
  const def = defOf(schema);
  if (!def || seen.has(schema)) return found;
  seen.add(schema);
  found.add(`found "x", expected ${describe(schema as z.ZodType)}`);
  for (const check of [def, ...((def['checks'] as unknown[]) ?? []).map((each) => defOf(each) as Def)]) {
    const said = check.error?.({ code: 'invalid_type', input: 'x' });
    const words = typeof said === 'string' ? said : said?.message;
    if (words !== undefined) found.add(check.check === 'custom' ? words : `found "x", expected ${words}`);
  }
  const below = ['innerType', 'in', 'out', 'element', 'keyType', 'valueType', 'catchall'].map(
    (key) => def[key],
  );
  const lists = ['options', 'items'].flatMap((key) => (def[key] as unknown[] | undefined) ?? []);
  const { getter } = def as { getter?: () => unknown };
  for (const each of [...below, ...lists, ...Object.values(def['shape'] ?? {}), getter?.()])
    sayings(each, found, seen);
  return found;
}

test('whatever a schema of the configuration says of a mistake, it says in Chinese as well', async () => {
  const [kinds, channels, models] = await Promise.all([
    loadRuleKinds(),
    loadChannelDefinitions(),
    loadDeviceModels(),
  ]);
  const found = new Set<string>();
  const seen = new Set<unknown>();
  for (const schema of [
    serviceSchema,
    registryYamlSchema,
    registryEntrySchema,
    ruleSetSchema,
    channelsSchema(channels),
    notifyPolicySchema,
    rostersSchema,
    holidaysSchema,
    operatorModelSchema,
    ...[...kinds.values()].map(({ params }) => params),
    ...models.all().map(({ settings }) => settings),
  ])
    sayings(schema, found, seen);
  expect(found.size).toBeGreaterThan(150);
  expect([...found].map((words) => messageIn('zh', words)).filter(isEnglish)).toEqual([]);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-words-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const MODEL = `model: mine
title: { zh: 我的, en: Mine }
topics: ['mine/{device}/up']
format: json
expectedInterval: 1h
readings: [{ metric: water_index_m3, bytes: { at: 0, type: u32be } }, { metric: battery_pct, path: b, unit: m3 }]
examples: [{ name: a, payload: '{}', receivedAt: now }]
`;
const READS = `model: water-meter
title: { zh: 我的, en: Mine }
topics: ['mine/{device}/up']
format: json
expectedInterval: 1h
readings: [{ metric: battery_pct, path: b }]
examples:
  - { name: a, payload: { b: 5 }, receivedAt: now, readings: { battery_pct: 5 } }
  - { name: b, payload: { b: 5 }, receivedAt: '2026-03-01T00:00:00Z', readings: { battery_pct: 6 } }
  - { name: c, payload: { b: 5 }, receivedAt: '2026-03-01T00:00:00Z', rejection: malformed-json }
  - { name: d, payload: not json, receivedAt: '2026-03-01T00:00:00Z', readings: { battery_pct: 6 } }
  - { name: e, payload: { b: 5 }, receivedAt: '2026-03-01T00:00:00Z', events: [sos] }
`;
const RULES = `version: '1'
rules:
  - { id: W1, kind: low-consumption, params: { windowHours: 0, belowLitres: none } }
  - { id: W1, kind: low-consumption, params: { belowLitres: 10, clearAboveLitres: 4 } }
  - { id: W2, kind: low-consumption, params: { belowLitress: 10 } }
  - { id: W3, kind: no-such-kind }
  - { id: M2, kind: low-battery, params: { belowPct: 20, clearPct: 10 } }
  - { id: V4, kind: reading-limit, params: { metric: pulse_bpm } }
  - { id: M1, kind: silence }
overrides:
  - { home: h9, plan: copdd, author: a, reason: b }
  - { home: h9, rule: W9, author: a, reason: b, enabled: false }
`;
const HOURS = `version: '1'
rules:
  - { id: W1, kind: low-consumption, hours: { from: '7:30', to: '09:00' }, priority: P9, mode: shaddow }
  - { id: W 2, kind: low-consumption, hours: { from: '07:30', to: '07:30' }, enabled: ja }
  - { kind: silence, param: {} }
overrides:
  - { home: h9, author: a }
  - { home: h9, rule: W1, plan: p, author: a, reason: b }
`;
const REGISTRY = `communities:
  - id: haitang
    timeZone: Asia/Shanghay
    grids:
      - id: g1
        homes:
          - id: h1
            residents: [{ name: 张 }, { name: 李, born: 1940 }]
            devices:
              - { id: m1, model: water-metr, enrolledAt: 2026-03-01 }
              - { id: m1, model: water-meter, enrolledAt: 2026-03-01, address: nope:1 }
              - { id: m2, model: xyz, address: 'imei:12' }
              - { id: m3, model: water-meter, enrolledAt: 2026-03-01, settings: { a: 1 } }
          - { id: h1, name: '2' }
staff:
  - { id: sun, name: 孙, roles: [{ role: responder, node: haitang }] }
`;
const LINKS = `enrolledAt: 2026-03-01
communities:
  - id: haitang
    timeZone: Asia/Shanghay
    grids: [{ id: g1, units: [{ id: u1 }] }]
    gateways: [{ id: m1 }]
    homes:
      - id: h1
        away: [{ from: 2026-03-05, until: 2026-03-01 }]
        devices: [{ id: m1, model: water-meter, resident: r9, gateway: gw9, expectedInterval: 1h }, { id: m1, model: water-metr, enrolledAt: 2026-03-01 }, { id: m2, model: zzzzzzzzz, settings: { a: 1 } }, { id: m3, model: water-meter, settings: { a: 1 } }, { id: m4, model: axioma-qalcosonic-w1, settings: { a: 1 } }]
staff:
  - { id: sun, name: 孙, roles: [{ role: technician, node: haitang/g9 }], channels: [pigeon] }
`;
const KIN = `enrolledAt: 2026-03-01
communities:
  - id: haitang
    homes:
      - id: h1
        residents: [{ id: r1, name: 张, birthYear: 1940 }]
        devices:
          - { id: m1, model: water-meter, settings: { a: 1 }, address: 'deveui:70b3d59bd0000001' }
          - { id: m2, model: axioma-qalcosonic-w1, settings: { a: 1 }, address: 'deveui:70b3d59bd0000001' }
      - id: h2
        devices: [{ id: m3, model: wristband, resident: r1, gateway: gw9 }, { id: m4, model: wristband, resident: r9 }]
staff:
  - { id: sun, name: 孙, roles: [{ role: technician, node: haitang/g9 }], channels: [pigeon] }
`;
const TABLE = `community,grid,building,unit,home,device,model,enrolled_at,expected_interval,settings,nonsense
haitang,g1,b1,u1,h1,wm1,water-meter,soon,5x,abc,
`;
const ROWS = `community,grid,building,unit,home,device,model,gateway,enrolled_at,expected_interval,settings,place
haitang,g1,b1,u1,h1,wm1,water-meter,gw,soon,5x,abc,x
yulan,g1,b1,u1,h1,wm1,water-meter,gw,2026-03-01,1h,,
haitang,g1,b1,u1,h3,wm3,water-meter,,2026-03-01,5x,,
haitang,g1,b1,u1,h4,wm4,water-meter,,2026-03-01,1h,abc,roof
haitang,,,,h5,,water-meter,,,,,
haitang,g1,b1,u1,h 2,,,,,,,
haitang,g1
`;
const NOTIFY = `routes:
  - { kinds: [safety], priorities: [P1], roles: [resident], channels: [pigeon], rosters: [nobody], nodes: [haitang] }
  - { kinds: [safty], priorities: [P7], roles: [grid-workr] }
escalation:
  - { kinds: [safety], priorities: [P1], steps: [{ afterMinutes: 5, roles: [committee] }, { afterMinutes: 3, roles: [committee] }] }
fallback: {}
`;
const ROSTERS = `lookAt: often
rosters:
  - { id: a, name: A, node: haitang, starts: 2026-02-30, members: [zhou], shifts: [{ id: x, name: X, from: '8:00', to: '20:00', repeat: DAYLY }] }
  - { id: a, name: A, node: haitang, starts: '1999-01-01', members: [zhou], shifts: [{ id: x, name: X, from: '08:00', to: '20:00', together: 2, repeat: 'FREQ=DAILY;BYHOUR=3' }, { id: x, name: Y, from: '20:00', to: '08:00' }] }
`;
const DOUBLE = `rosters:
  - { id: a, name: A, node: nowhere, starts: 2026-01-01, members: [zhou], shifts: [{ id: x, name: X, from: '08:00', to: '20:00' }] }
  - { id: a, name: A, node: haitang, starts: 2026-01-01, members: [zhou], shifts: [{ id: x, name: X, from: '08:00', to: '20:00', together: 2 }, { id: x, name: Y, from: '20:00', to: '08:00' }] }
`;
const CHANNELS = `channels:
  - { id: a b, channel: terminal, config: { timeZone: Mars } }
  - { id: terminal, channel: terminal }
  - { id: terminal, channel: webhok }
  - { id: mail, channel: e-mail, config: { from: nobody } }
  - { id: hook, channel: webhook, config: { url: ftp://x, secret: abc } }
  - { id: topic, channel: mqtt-topic, config: { topic: 'a/+/{b}' } }
`;
const TWICE = `channels:
  - { id: terminal, channel: terminal }
  - { id: terminal, channel: terminal }
`;
const SERVICE = `site: { name: '' }
http: { port: 1883, publicUrl: nowhere, tls: { certFile: a.pem } }
mqtt: { mode: external, port: 70000, external: { url: 'http://x', password: a, passwordFile: b } }
retention: { schedule: daily }
push: { accounts: [{ name: a b, envelope: Ctwing }] }
heartbeat: { url: x }
`;
const STORES = `http: { port: 1883, tls: { certFile: a.pem, keyFile: b.pem } }
mqtt: { mode: external }
store: { records: postgres, telemetry: influx2 }
push: { accounts: [{ name: a, envelope: ctwin, gateway: g, tokenFile: c }, { name: b, gateway: g, envelope: ctwing }] }
`;

test.each<[string, string, string, number]>([
  ['rules that fit no kind', 'rules.yaml', RULES, 8],
  ['rules of another form', 'rules.yaml', HOURS, 8],
  ['no rule at all', 'rules.yaml', "version: '1'\nrules: []\n", 1],
  ['a registry', 'registry.yaml', REGISTRY, 3],
  ['what a registry links', 'registry.yaml', LINKS, 3],
  ['what a registry refers to', 'registry.yaml', KIN, 5],
  ['the columns of a table', 'homes.csv', TABLE, 1],
  ['the rows of a table', 'homes.csv', ROWS, 5],
  ['an empty table', 'homes.csv', '', 1],
  ['who is told', 'notify.yaml', NOTIFY, 4],
  ['rosters', 'rosters.yaml', ROSTERS, 4],
  ['rosters that do not fit together', 'rosters.yaml', DOUBLE, 3],
  ['channels', 'channels.yaml', CHANNELS, 5],
  ['channels with one name', 'channels.yaml', TWICE, 1],
  ['the service', 'service.yaml', SERVICE, 7],
  ['the service and its stores', 'service.yaml', STORES, 5],
  [
    'a model of the operator',
    'models/mine.yaml',
    'model: My Model\ntopics: [a/b]\nformat: jsn\nreadings: [{}]\n',
    3,
  ],
  ['what a model of the operator reads', 'models/mine.yaml', MODEL, 2],
  ['the examples of a model', 'models/mine.yaml', READS, 4],
  ['a quote left open', 'rules.yaml', 'version: "1\nrules: []\n', 1],
  ['a tab, and a key without its colon', 'rules.yaml', 'rules:\n\t- { id: W1 }\nversion\n', 1],
  ['a colon within a value', 'rules.yaml', 'version: a: b\n', 1],
  ['brackets left open', 'rules.yaml', 'version: [1, {a: 2\nrules: 3\n', 1],
  ['a list that is not aligned', 'rules.yaml', 'rules:\n  - a\n - b\n', 1],
  ['a sign that means something', 'rules.yaml', 'version: @x\nrules: *y\n', 1],
])('check tells the mistakes in Chinese alone: %s', async (_what, file, text, least) => {
  const dir = await mkdtemp(join(folder, 'c-'));
  await cp('config', dir, { recursive: true });
  if (file.startsWith('models/')) await mkdir(join(dir, 'models'));
  await writeFile(join(dir, file), text);
  if (file === 'homes.csv') await writeFile(join(dir, 'service.yaml'), 'files: { registry: [homes.csv] }\n');
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  const told: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void told.push(String(line).replaceAll(dir, '')));
  await runCli(['check', '--config', dir]);
  // The last line counts them.
  expect(told.length).toBeGreaterThan(least);
  expect(told.filter(isEnglish)).toEqual([]);
});
