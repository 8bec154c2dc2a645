import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import type { DiskRoom } from '../src/app/disk-room.ts';
import { loadParts, loadRuleSet, type Parts, problemText } from '../src/app/load.ts';
import { type RunningService, startService } from '../src/app/wiring.ts';
import { type Clock, type ManualClock, wallClock } from '../src/lib/clock.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import type { RuleSet } from '../src/model/rule-set.ts';
import type { AnyRuleKind, RuleKinds } from '../src/rules/compile.ts';
import { dataFiles } from '../src/store/data-files.ts';
import { kinds } from './core.ts';
import { layTables } from './fresh-records.ts';

export interface TestServiceOptions {
  readonly entries?: readonly RegistryEntry[];
  /** Rules as in config/rules.yaml; the product's own set if absent. */
  readonly rules?: readonly unknown[];
  readonly overrides?: readonly unknown[];
  readonly channels?: readonly unknown[];
  readonly notify?: unknown;
  /** As in config/rosters.yaml; none if absent. */
  readonly rosters?: unknown;
  readonly clock?: Clock;
  /** Further settings of config/service.yaml. */
  readonly service?: Record<string, unknown>;
  /** A folder that outlives the service, for tests of restarts; a new one, removed at the end, if absent. */
  readonly dir?: string;
  readonly demo?: boolean;
  /** What is free for the data; nothing is known of it if absent. */
  readonly disk?: DiskRoom;
  /** Kinds of rules that this installation does not have. */
  readonly withoutKinds?: readonly string[];
  /** Kinds of rules in place of those of the product, under their names. */
  readonly ownKinds?: readonly AnyRuleKind[];
}

export interface TestService extends RunningService {
  readonly url: string;
  readonly mqttUrl: string;
  readonly dir: string;
  readonly printed: string[];
}

export const ADMIN = { user: 'admin', password: 'correct-horse-battery' } as const;

/** The real service, all of it, on free ports in a temporary folder. `stop` ends it and removes the folder. */
export async function testService(options: TestServiceOptions = {}): Promise<TestService> {
  const limits = { ...LIMITS };
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'shouwang-')));
  await writeConfig(dir, options);
  await layRecords(join(dir, 'data'), options.service);
  const parts = await partsIn(dir, options.rules === undefined);
  const printed: string[] = [];
  const running = await startService({
    parts: { ...parts, kinds: kindsOf(parts.kinds, options) },
    clock: options.clock ?? wallClock(),
    logger: pino({ level: process.env['SHOUWANG_TEST_LOG'] ?? 'silent' }),
    env: {},
    print: (line) => printed.push(line),
    seed: options.entries ?? [],
    demo: options.demo ?? false,
    version: 'test',
    // The disk of whoever runs the tests is none of theirs.
    disk: () => options.disk,
  });
  return {
    ...running,
    url: running.addresses.http,
    mqttUrl: running.addresses.mqtt ?? '',
    dir,
    printed,
    async stop() {
      await running.stop();
      // A service takes its limits from its configuration, and the tests of one worker share them.
      Object.assign(LIMITS, limits);
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Where nothing was stored yet, and in the place and the engine where a test's service has its records by itself. */
async function layRecords(
  dataDir: string,
  { store, dataDir: other }: Record<string, unknown> = {},
): Promise<void> {
  if (store === undefined && other === undefined && !existsSync(dataDir))
    await layTables(dataFiles(dataDir).records);
}

/**
 * Most tests of the service look at something else than the product's rules. Reading, checking and compiling these took a
 * third of each start: that is done once, and where the service should read them, it reads of none.
 */
let productRules: Promise<RuleSet> | undefined;

async function partsIn(dir: string, ofProduct: boolean): Promise<Parts> {
  const none = join(dir, 'no-rules.yaml');
  if (ofProduct) await writeFile(none, stringify({ version: 'none', rules: [] }));
  const parts = await loadParts({
    dir,
    env: { SHOUWANG_ADMIN_PASSWORD: ADMIN.password },
    oldRulesDo: true,
    oldRegistryDoes: true,
    ...(ofProduct && { flags: { 'files.rules': none } }),
  });
  if (!parts.ok) throw new Error(problemText(parts.error));
  if (!ofProduct) return parts.value;
  productRules ??= readProductRules();
  return { ...parts.value, kinds, ruleSet: await productRules, rulesFile: productFile('rules.yaml') };
}

async function readProductRules(): Promise<RuleSet> {
  const read = await loadRuleSet(productFile('rules.yaml'), kinds);
  if (!read.ok) throw new Error(problemText(read.error));
  return read.value;
}

function kindsOf(kinds: RuleKinds, { withoutKinds = [], ownKinds = [] }: TestServiceOptions): RuleKinds {
  if (withoutKinds.length + ownKinds.length === 0) return kinds;
  const kept = [...kinds].filter(([name]) => !withoutKinds.includes(name));
  return new Map([...kept, ...ownKinds.map((kind) => [kind.kind, kind] as const)]);
}

async function writeConfig(dir: string, options: TestServiceOptions): Promise<void> {
  const service = {
    dataDir: join(dir, 'data'),
    mqtt: { host: '127.0.0.1', port: 0, webSocketPort: 'off' },
    http: { host: '127.0.0.1', port: 0 },
    files: {
      registry: [],
      rules: options.rules ? 'rules.yaml' : productFile('rules.yaml'),
      notify: 'notify.yaml',
      channels: 'channels.yaml',
    },
    ...options.service,
  };
  const channels = options.channels ?? [{ id: 'terminal', channel: 'terminal' }];
  const notify = options.notify ?? { routes: [], always: ['terminal'], fallback: { channels: ['terminal'] } };
  await writeFile(join(dir, 'service.yaml'), stringify(service));
  await writeFile(join(dir, 'channels.yaml'), stringify({ channels }));
  await writeFile(join(dir, 'notify.yaml'), stringify(notify));
  if (options.rosters) await writeFile(join(dir, 'rosters.yaml'), stringify(options.rosters));
  if (options.rules) {
    await writeFile(
      join(dir, 'rules.yaml'),
      stringify({ version: 'test', rules: options.rules, overrides: options.overrides ?? [] }),
    );
  }
}

const productFile = (name: string): string => join(import.meta.dirname, '../config', name);

/**
 * Time passes for a service with a clock of its own; what it found to do is in the records. The rules know of it in the
 * same instant: a service that looked at itself in between would find that they are late, and call people for that.
 */
export async function letPass(service: TestService, clock: ManualClock, ms: number): Promise<void> {
  const { core, loop } = service;
  await loop.drained();
  clock.advance(ms);
  do {
    // Again where it was skipped, because an earlier look at the clock still waited.
    loop.tick();
    await loop.drained();
  } while (core.now < clock.now());
  service.look();
  await loop.drained();
}

/** Signs in as the administrator; what comes back goes into the Cookie header. */
export async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  return (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
}
