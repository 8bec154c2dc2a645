import { scryptSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry as MetricsRegistry } from 'prom-client';
import type { RoleOnNode } from '../../src/api/access.ts';
import { openSession } from '../../src/api/accounts.ts';
import { type ApiOptions, apiServer } from '../../src/api/server.ts';
import { SESSION_COOKIE } from '../../src/api/session-cookie.ts';
import { pushSubscriptions } from '../../src/app/push-subscriptions.ts';
import { rosterReader } from '../../src/app/roster-views.ts';
import { type DutyCommand, dutyChange } from '../../src/cases/duty/changes.ts';
import { Duty, Rosters } from '../../src/cases/duty/on-duty.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Case, CaseEntry } from '../../src/model/case.ts';
import type { Command, CommandReply } from '../../src/model/command.ts';
import type { Effect } from '../../src/model/effect.ts';
import { changedMeanwhile } from '../../src/model/entry-mark.ts';
import type { Failure } from '../../src/model/errors.ts';
import type { Notice } from '../../src/model/notice.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { EMPTY_DUTY_BOOK, rostersSchema } from '../../src/model/roster.ts';
import { NONE_UNTOLD } from '../../src/model/untold.ts';
import type { StreamEvent } from '../../src/ports/records.ts';
import type { Health, Service, StreamReader } from '../../src/ports/service.ts';
import { Registry } from '../../src/registry/registry.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { layTables } from '../fresh-records.ts';

export const NOW = Date.parse('2026-11-22T08:00:00+08:00');
export const SECRET_HASH = 'sha256$c2FsdA$c2VjcmV0';
export const PASSWORD = 'long enough 2026';

/** Two grids of one community, a home in each. */
export const ENTRIES: readonly RegistryEntry[] = [
  { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区', timeZone: 'Asia/Shanghai' },
  { noun: 'node', path: 'haitang/g1', level: 'grid', name: '第一网格' },
  { noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' },
  { noun: 'home', id: 'h1', parent: 'haitang/g1', name: '301' },
  { noun: 'home', id: 'h2', parent: 'haitang/g2', name: '402' },
  { noun: 'resident', id: 'r1', home: 'h1', name: '王秀英', livesAlone: true },
  { noun: 'resident', id: 'r2', home: 'h2', name: '李建国', livesAlone: true },
  { noun: 'contact', id: 'k1', home: 'h1', name: '王小明', relation: '儿子', order: 1, channels: [] },
  {
    noun: 'gateway',
    id: 'gw1',
    parent: 'haitang/g1',
    enrolledAt: NOW,
    secretHash: SECRET_HASH,
    disabled: false,
  },
  device('m1', 'h1'),
  device('m2', 'h2'),
  {
    noun: 'staff',
    id: 's1',
    name: '张丽',
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels: [],
  },
];

function device(id: string, home: string): RegistryEntry {
  return {
    noun: 'device',
    id,
    model: 'water-meter',
    home,
    enrolledAt: NOW,
    secretHash: SECRET_HASH,
    disabled: false,
  };
}

/** Two who take turns day by day. */
export const DUTY_ROSTER = {
  id: 'duty',
  name: '海棠值班',
  node: 'haitang',
  starts: '2026-01-01',
  members: ['zhou', 'li'],
  change: 'day',
  shifts: [{ id: 'all', name: '全天', from: '08:00', to: '08:00' }],
};

const DUTY_POLICY = notifyPolicySchema.parse({
  routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
  fallback: { channels: ['robot'] },
});

/** A service with real stores and registry, and a case book just large enough for the API to be tried. */
export interface TestService extends Service {
  /** Commits effects and hands the events to the readers, as the loop does. */
  commit(...effects: Effect[]): Promise<readonly StreamEvent[]>;
  readonly readers: Set<StreamReader>;
  readonly submitted: { command: Command; by: string }[];
  readonly clock: ManualClock;
  /** What the next answers shall be. */
  health_: Health;
  close(): Promise<void>;
}

export async function testService(kept?: { rejections: number; events: number }): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-api-'));
  const records = sqliteRecords({ file: join(folder, 'records.db'), ...(kept ? { kept } : {}) });
  const telemetry = sqliteTelemetry({ file: join(folder, 'telemetry.db') });
  await layTables(join(folder, 'records.db'));
  await records.open();
  await telemetry.open();
  const registry = Registry.from([]);
  const clock = new ManualClock(NOW);
  const readers = new Set<StreamReader>();
  const submitted: { command: Command; by: string }[] = [];
  let book = EMPTY_DUTY_BOOK;
  const duty = new Duty(new Rosters(rostersSchema.parse({ rosters: [DUTY_ROSTER] })), () => book);
  let seq = 0;
  const service: TestService = {
    clock,
    records,
    telemetry,
    registry,
    metrics: new MetricsRegistry(),
    version: '0.0.0-test',
    push: {
      knows: () => false,
      accounts: () => [],
      unheard: () => [],
      missed: () => undefined,
      missing: () => [],
      clientOf: async () => undefined,
      receive: async () => ({ readings: 0, events: 0, refusals: [] }),
    },
    site: { name: '海棠社区' },
    rosters: rosterReader({ duty, registry, channels: new Set(['robot']), policy: DUTY_POLICY }, clock, {
      report: { at: NOW, until: NOW, gaps: [], faults: [] },
    }),
    readers,
    submitted,
    health_: {
      live: true,
      ready: true,
      checks: { records: { ok: true, detail: { zh: '3 毫秒', en: '3 ms' } } },
    },
    async commit(...effects) {
      seq++;
      const at = clock.now();
      const batch = { firstSeq: seq, lastSeq: seq, journal: new Uint8Array([1]), effects, subjects: [], at };
      const { events } = await records.commit(batch);
      for (const event of events)
        for (const reader of readers) if (!reader.offer(event)) readers.delete(reader);
      return events;
    },
    importRegistry: ({ put, remove }, by) =>
      service.submit({ type: 'registry.apply', put: [...put], remove: [...remove] }, by),
    importing: () => undefined,
    importStopped: () => undefined,
    async submit(command, by) {
      submitted.push({ command, by });
      if (isAboutDuty(command)) {
        const changed = dutyChange(duty, command, { by, now: clock.now(), registry });
        if (!changed.ok) return refused(changed.error);
        book = changed.value;
        return { ok: true };
      }
      return perform(service, command, by);
    },
    ruleSet: () => RULE_SET,
    ruleContent: () => '3f9a2c1b',
    placeOf: (home) => registry.place(home),
    careOf: () => undefined,
    silences: () => [],
    callTests: () => [],
    runningCallTests: () => [],
    milderLimit: () => 'no-limit',
    overrideRule: async () => ({ ok: false, failure: { code: 'RULES_NOT_WRITABLE' } }),
    watch: () => undefined,
    watchSummary: () => ({
      level: 'partly',
      reasons: [{ state: 'device-silent', rules: ['W1'], devices: ['m2'] }],
    }),
    leftUntold: () => NONE_UNTOLD,
    untold: () => NONE_UNTOLD,
    earlierRules: () => undefined,
    reloadRules: async () => ({ ok: false, failure: { code: 'RULES_INVALID', details: { line: 7 } } }),
    isSilent: (id) => id === 'm2',
    deviceStatus: (id) => (registry.device(id) ? { device: id, silent: id === 'm2', last: {} } : undefined),
    models: () => [WATER_METER],
    model: (name) => (name === WATER_METER.model ? WATER_METER : undefined),
    ruleKinds: () => [],
    ruleTitle: (rule) => (rule === 'W3' ? { zh: '久未用水', en: 'No draw for long' } : undefined),
    decode: (_model, message) =>
      message.payload.length > 2
        ? { ok: true, readings: [{ metric: 'battery_pct', value: 88, at: NOW }], events: [], rejections: [] }
        : { ok: false, code: 'malformed-json', message: 'not JSON' },
    deliver: async () => ({ readings: [], refusals: [] }),
    knocking: () => [],
    announced: () => [],
    gatewayStatus: () => undefined,
    refusedLogins: () => ({ count: 0, names: [] }),
    modelsFor: () => [],
    capture: () => true,
    captured: () => undefined,
    subscribe(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    brokerStats: () => ({
      connected: true,
      clients: 2,
      received: 10,
      refused: {} as ReturnType<Service['brokerStats']>['refused'],
      slowReadersDropped: 0,
    }),
    health: () => service.health_,
    testChannel: async (channel, address) => ({ ok: true, detail: `${channel} ${address}`, ms: 1 }),
    channels: () => [
      {
        id: 'duty',
        channel: 'webhook',
        title: { zh: '值班', en: 'Duty' },
        inFlight: 0,
        accepted: 1,
        retried: 0,
        failed: 0,
        waitMs: 0,
      },
    ],
    reply: async () => ({ ok: true, text: { zh: '', en: '' } }),
    webPush: pushSubscriptions(records, { info: () => {} }),
    drill: async () => ({ queued: 1, left: 0, channels: ['duty'] }),
    homeDoor: {
      linksOf: async () => [],
      endedByKey: async () => [],
      make: async () => undefined,
      revoke: async () => false,
      open: async () => 'unknown',
      register: async () => 'unknown',
      request: async () => 'unknown',
      end: async () => 'unknown',
      answer: async () => 'unknown',
      refused: new Map(),
    },
    noticeLinks: {
      open: async () => 'unknown',
      seen: async () => {},
      press: async () => 'unknown',
      arrived: async () => 'unknown',
      undo: async () => 'unknown',
      spoke: async () => 'unknown',
      needHelp: async () => 'unknown',
      answer: async () => 'unknown',
    },
    receipts: { take: async () => undefined, counts: new Map() },
    backup: async () => ({ format: 1, at: NOW, lastSeq: seq, files: [] }),
    issueSecret: async () => ({ secret: 'shown-once-and-never-again-0123456' }),
    async close() {
      await telemetry.close();
      await records.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  registry.apply(ENTRIES, []);
  await service.commit(...ENTRIES.map((entry) => ({ type: 'registry-put' as const, entry })));
  return service;
}

export const RULE_SET = {
  version: '2026-11-01',
  rules: [{ id: 'W1', kind: 'low-consumption', enabled: true, params: {} }],
  overrides: ['h1', 'h2'].map((home) => ({ home, rule: 'W1', params: {}, author: '张丽', reason: '住院' })),
};

const WATER_METER = {
  model: 'water-meter',
  title: { zh: '水表', en: 'Water meter' },
  summary: { zh: '', en: '' },
  topics: ['shouwang/{device}/telemetry'],
  metrics: ['water_index_m3', 'battery_pct'] as const,
  events: [],
  expectedIntervalMs: 3_600_000,
};

async function perform(service: TestService, command: Command, by: string): Promise<CommandReply> {
  switch (command.type) {
    case 'registry.apply':
      return applyRegistry(service, command);
    case 'device.exchange':
      return { ok: true };
    case 'case.acknowledge':
    case 'case.note':
    case 'case.resolve':
      return changeCase(service, command, by);
    default:
      return refused({ code: 'INTERNAL' });
  }
}

async function applyRegistry(
  service: TestService,
  { put, remove, expected }: Extract<Command, { type: 'registry.apply' }>,
): Promise<CommandReply> {
  const registry = service.registry as Registry;
  const changed = expected && changedMeanwhile(expected, registry.entry(expected.noun, expected.key));
  if (changed) return refused(changed);
  for (const problem of registry.problems(put, remove, () => true)) return refused(problem);
  const entries = put.map((entry) => withSecret(registry, entry));
  registry.apply(entries, remove);
  await service.commit(
    ...entries.map((entry) => ({ type: 'registry-put' as const, entry })),
    ...remove.map((gone) => ({ type: 'registry-remove' as const, ...gone })),
  );
  return { ok: true };
}

/** The step keeps the secret that was issued. */
function withSecret(registry: Registry, entry: RegistryEntry): RegistryEntry {
  const before = entry.noun === 'device' ? registry.device(entry.id) : undefined;
  return entry.noun === 'device' && before ? { secretHash: before.secretHash, ...entry } : entry;
}

type CaseCommand = Extract<Command, { type: 'case.acknowledge' | 'case.note' | 'case.resolve' }>;

async function changeCase(service: TestService, command: CaseCommand, by: string): Promise<CommandReply> {
  const numbered = await service.records.case(command.case);
  if (!numbered) return refused({ code: 'CASE_NOT_FOUND' });
  const { number: _, ...before } = numbered;
  if ('expectedVersion' in command && command.expectedVersion !== undefined)
    if (command.expectedVersion !== before.version) return refused({ code: 'CASE_VERSION_CONFLICT' });
  if (command.type === 'case.acknowledge' && before.status !== 'open')
    return refused({ code: 'CASE_ALREADY_ACKNOWLEDGED' });
  const at = service.clock.now();
  const n = before.entries + 1;
  const type = ({ acknowledge: 'acknowledged', note: 'note', resolve: 'resolved' } as const)[
    command.type.slice('case.'.length) as 'acknowledge' | 'note' | 'resolve'
  ];
  const text = command.type === 'case.note' ? command.text : type;
  const after: Case = {
    ...before,
    version: before.version + 1,
    entries: n,
    ...(command.type === 'case.acknowledge'
      ? { status: 'acknowledged', acknowledgedAt: at, acknowledgedBy: by }
      : {}),
    ...(command.type === 'case.resolve'
      ? { status: 'resolved', resolvedAt: at, resolvedBy: by, outcome: command.outcome }
      : {}),
  };
  const entry: CaseEntry = { n, at, by, type, text: { zh: text, en: text } };
  await service.commit({ type: 'case', change: 'updated', case: after, entries: [entry] });
  return { ok: true, version: after.version };
}

const isAboutDuty = (command: Command): command is DutyCommand => command.type.startsWith('roster.');

const refused = (failure: Failure): CommandReply => ({ ok: false, failure });

/** An open case of this home with one alert and one notice. */
export function opening(home: 'h1' | 'h2', n = 1): Effect[] {
  const path = `haitang/g${home.slice(1)}/${home}`;
  const id = `${home}.c${n}`;
  const title = { zh: '用水过少', en: 'Too little water' };
  const alert: Alert = {
    id: `${home}.a${n}`,
    subject: home,
    home,
    device: `m${home.slice(1)}`,
    path,
    rule: 'W1',
    ruleKind: 'low-consumption',
    ruleSetVersion: '2026-11-01',
    about: 'person',
    priority: 'P2',
    title,
    since: NOW - 3_600_000,
    raisedAt: NOW,
    evidence: { text: title, readings: [], values: { thresholdM3: 0.01 } },
    count: 1,
    case: id,
    version: 1,
    history: [],
  };
  const opened: Case = {
    id,
    kind: 'safety',
    status: 'open',
    priority: 'P2',
    subject: home,
    home,
    path,
    title,
    openedAt: NOW + n,
    dueAt: NOW + 300_000,
    alerts: [alert.id],
    version: 1,
    entries: 1,
  };
  const entry: CaseEntry = { n: 1, at: NOW, by: 'system', type: 'opened', text: title };
  return [
    { type: 'alert', change: 'raised', alert },
    { type: 'case', change: 'opened', case: opened, entries: [entry] },
    { type: 'notice', notice: noticeOf(alert) },
  ];
}

const noticeOf = (alert: Alert): Notice => ({
  id: `${alert.case}.n1`,
  case: alert.case,
  alert: alert.id,
  home: alert.home,
  path: alert.path,
  recipient: { kind: 'staff', id: 's1', name: '张丽', role: 'grid-worker' },
  channel: 'duty',
  address: '',
  content: { event: 'case-opened', title: alert.title, body: alert.title, priority: 'P2' },
  createdAt: NOW,
  state: 'queued',
  attempts: 0,
  nextAttemptAt: NOW,
});

/** A program's token for a new account with these roles; the account's name is its id in capitals. */
export async function tokenFor(service: Service, id: string, ...roles: RoleOnNode[]): Promise<string> {
  const user = {
    id,
    name: id.toUpperCase(),
    passwordHash: 'scrypt$none',
    roles,
    locale: 'zh' as const,
    disabled: false,
    createdAt: NOW,
  };
  await service.records.saveUser(user);
  const now = Date.now();
  return (await openSession(service.records, { user: id, kind: 'token', label: 'test', now })).token;
}

/** An account that can sign in with PASSWORD. Its hash is a cheap one: what is dear is tried with the secrets. */
export async function accountFor(service: Service, id: string, ...roles: RoleOnNode[]): Promise<void> {
  const hash = scryptSync(PASSWORD, 'salt', 32, { N: 1024, r: 8, p: 1 }).toString('base64url');
  const passwordHash = `scrypt$1024$8$1$${Buffer.from('salt').toString('base64url')}$${hash}`;
  await service.records.saveUser({
    id,
    name: id.toUpperCase(),
    passwordHash,
    roles,
    locale: 'zh',
    disabled: false,
    createdAt: NOW,
  });
}

/** A console session's cookie for an account that exists. */
export async function cookieFor(service: Service, user: string, now = Date.now()): Promise<string> {
  const { token } = await openSession(service.records, {
    user,
    kind: 'session',
    label: 'test',
    now,
  });
  return `${SESSION_COOKIE}=${token}`;
}

let keys = 0;
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: what is read of an answer is what the test is about
  readonly body: any;
}

/** Asks as this caller; every POST gets an Idempotency-Key of its own unless one is given. */
export type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export function asking(app: FastifyInstance, authorization?: string): Ask {
  return async (method, path, body, headers = {}) => {
    const reply = await app.inject({
      method,
      url: path.startsWith('/api') || !path.startsWith('/') ? path : `/api/v1${path}`,
      headers: {
        ...(authorization ? { authorization: `Bearer ${authorization}` } : {}),
        ...(method === 'POST' ? { 'idempotency-key': `key-${++keys}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const text = reply.body;
    const json = String(reply.headers['content-type'] ?? '').includes('json');
    return { status: reply.statusCode, headers: reply.headers, body: json ? JSON.parse(text) : text };
  };
}

export async function apiFor(
  service: Service,
  options: ApiOptions = {},
): Promise<{ app: FastifyInstance; close: () => Promise<void> }> {
  const app = await apiServer(service, { webRoot: '/nowhere', ...options });
  return { app, close: () => app.close() };
}
