import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { HOUR, ManualClock, MINUTE } from '../../../src/lib/clock.ts';
import { notifyPolicySchema } from '../../../src/model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../../../src/model/registry.ts';
import { ruleSetSchema } from '../../../src/model/rule-set.ts';
import { T0 } from '../../core.ts';
import { LoopBench } from '../../loop-bench.ts';
import { signIn, type TestService, testService } from '../../service.ts';
import { percentile, sleep, until } from '../figure.ts';
import { bandOf, homeOf } from '../names.ts';

/**
 * Many open cases and much staff, in a process of its own: how long the list of cases takes over HTTP, beside years of
 * cases that are over, and how long the service stands still when the next step of all cases is due at one instant.
 */
export interface CasesOrder {
  readonly cases: number;
  readonly staff: number;
  /** Cases that are over. */
  readonly history: number;
  readonly requests: number;
}

export interface ListFigures {
  readonly p50: number;
  readonly p99: number;
  /** CPU milliseconds of one request, the asking included. */
  readonly cpuMs: number;
}

export interface CasesReport {
  /** Milliseconds of the requests, by what was asked for. */
  readonly lists: Readonly<Record<string, ListFigures>>;
  /** Milliseconds that the event loop stood still at most while all cases escalated, and until all had. */
  readonly longestMs: number;
  /** CPU milliseconds of one piece of that work, with its commit: half of them took no more, and the dearest. */
  readonly sliceCpuMs: { readonly p50: number; readonly max: number };
  readonly allMs: number;
  /** Milliseconds of one look at the clock with nothing due. */
  readonly idleMs: number;
}

const order = JSON.parse(process.argv[2] ?? '') as CasesOrder;
const GRIDS = 100;
const SETTLED_MS = 8_000;
/** In each grid; the others are volunteers. */
const ROLES = ['grid-worker', 'building-steward', 'building-steward'] as const;
const RULES = [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P2' }];
const NOTIFY = {
  routes: [{ kinds: ['safety'], priorities: ['P2'], roles: ['grid-worker'] }],
  fallback: { channels: ['terminal'] },
  escalation: [
    {
      kinds: ['safety'],
      priorities: ['P2'],
      steps: [{ after: '1h', roles: ['grid-worker', 'building-steward'] }],
      repeatEvery: '12h',
    },
  ],
};
const entries = registry();
const ticks = await measureTicks();
const lists = await measureLists();
process.send?.({ lists, ...ticks } satisfies CasesReport);
process.disconnect?.();

function registry(): RegistryEntry[] {
  const grid = (n: number): string => `town/g${n % GRIDS}`;
  const nodes: object[] = [{ noun: 'node', path: 'town', level: 'community', name: '镇' }];
  for (let n = 0; n < GRIDS; n++)
    nodes.push({ noun: 'node', path: grid(n), level: 'grid', name: `第${n}网格` });
  const staff = Array.from({ length: order.staff }, (_, n) => ({
    noun: 'staff',
    id: `s${n}`,
    name: `员${n}`,
    roles: [{ role: ROLES[Math.floor(n / GRIDS)] ?? 'volunteer', node: grid(n) }],
    channels: [{ channel: 'terminal', address: `s${n}` }],
  }));
  const homes = Array.from({ length: order.cases }, (_, n) => [
    { noun: 'home', id: homeOf(n), parent: grid(n), name: `${n}` },
    { noun: 'resident', id: `r${n}`, home: homeOf(n), name: '王秀英' },
    { noun: 'device', id: bandOf(n), home: homeOf(n), model: 'wristband', enrolledAt: T0 },
  ]).flat();
  return [...nodes, ...staff, ...homes].map((entry) => registryEntrySchema.parse(entry));
}

async function measureTicks(): Promise<Omit<CasesReport, 'lists'>> {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'bench', rules: RULES }));
  await bench.open(entries);
  bench.core.policy = notifyPolicySchema.parse(NOTIFY);
  for (let n = 0; n < order.cases; n++) {
    bench.publish(bandOf(n), { at: bench.clock.now(), event: 'sos' });
    if (n % 1000 === 999) await bench.loop.drained();
  }
  await bench.loop.drained();
  const opened = [...bench.core.subjects.values()].filter(({ hasOpenCase }) => hasOpenCase).length;
  if (opened !== order.cases) throw new Error(`${opened} cases are open, not ${order.cases}`);

  bench.clock.advance(MINUTE);
  const idleFrom = performance.now();
  for (let i = 0; i < 100; i++) bench.loop.tick();
  await bench.loop.drained();
  const idleMs = (performance.now() - idleFrom) / 100;

  const cpuMs = cpuOfCommits(bench);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  bench.clock.advance(HOUR);
  delay.enable();
  const from = performance.now();
  do {
    bench.loop.tick();
    await bench.loop.drained();
  } while (bench.core.behind);
  const allMs = performance.now() - from;
  delay.disable();
  const late = [...bench.core.subjects.values()].filter(
    ({ book }) => (book?.cases[0]?.ladder?.taken ?? 0) !== 1,
  );
  if (late.length > 0) throw new Error(`${late.length} cases did not escalate`);
  await bench.close();
  const sliceCpuMs = { p50: percentile(cpuMs, 50), max: Math.max(...cpuMs) };
  return { longestMs: delay.max / 1e6, sliceCpuMs, allMs, idleMs };
}

/** CPU that the process took from one commit to the next, all threads together. */
function cpuOfCommits({ records }: LoopBench): readonly number[] {
  const cpuMs: number[] = [];
  const commit = records.commit.bind(records);
  let before = process.cpuUsage();
  records.commit = async (batch) => {
    const result = await commit(batch);
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    cpuMs.push((user + system) / 1000);
    return result;
  };
  return cpuMs;
}

async function measureLists(): Promise<CasesReport['lists']> {
  const dir = await mkdtemp(join(process.env['SHOUWANG_BENCH_DIR'] ?? tmpdir(), 'cases-'));
  const options = { dir, clock: new ManualClock(T0 + MINUTE), rules: RULES, notify: NOTIFY };
  const before = await testService({ ...options, entries });
  await openCases(before);
  const { records } = before.service;
  await until(
    'all notices are sent',
    async () => (await records.counts([''])).notices.queued === 0,
    300_000,
    500,
  );
  await before.stop();
  addHistory(join(dir, 'data/records.db'));
  const service = await testService(options);
  const cookie = await signIn(service.url);
  const asked = {
    'the work list': '/cases?status=open&status=acknowledged&order=urgency&limit=60',
    'one person’s': `/cases?status=open&status=acknowledged&owner=${encodeURIComponent('员7')}&limit=60`,
    'of one grid': '/cases?status=open&status=acknowledged&path=town%2Fg7&limit=60',
    'waiting for a call-back': '/cases?status=resolved&limit=60',
    'the newest': '/cases?order=newest&limit=60',
  };
  // What a start leaves for later is done by then.
  await sleep(SETTLED_MS);
  const lists: Record<string, ListFigures> = {};
  for (const [what, path] of Object.entries(asked)) {
    const took: number[] = [];
    const cpu = process.cpuUsage();
    for (let i = 0; i < order.requests; i++) {
      const from = performance.now();
      const reply = await fetch(`${service.url}/api/v1${path}`, { headers: { cookie } });
      await reply.text();
      if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
      took.push(performance.now() - from);
    }
    // The first ones compile.
    const counted = took.slice(Math.min(20, took.length >> 1));
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1000 / order.requests;
    lists[what] = { p50: percentile(counted, 50), p99: percentile(counted, 99), cpuMs };
  }
  await service.stop();
  return lists;
}

/** A third of the cases is in somebody's hands, some wait for their call-back. */
async function openCases({ service }: TestService): Promise<void> {
  const topic = (n: number): string => `shouwang/${bandOf(n)}/telemetry`;
  const payload = Buffer.from(JSON.stringify({ at: service.clock.now(), event: 'sos' }));
  const all = Array.from({ length: order.cases }, (_, n) => n);
  for (let from = 0; from < all.length; from += 500)
    await Promise.all(
      all
        .slice(from, from + 500)
        .map((n) =>
          service.deliver({ receivedAt: service.clock.now(), topic: topic(n), payload, client: bandOf(n) }),
        ),
    );
  for (let from = 0; from < all.length; from += 1500)
    await Promise.all(
      all.slice(from, from + 500).map(async (n) => {
        const of = `${homeOf(n)}.c1`;
        await service.submit({ type: 'case.acknowledge', case: of }, `员${n % order.staff}`);
        const outcome = { outcome: 'away', note: '', contactMadeBy: '员', contact: 'spoken' } as const;
        if (n % 20 === 0) await service.submit({ type: 'case.resolve', case: of, ...outcome }, '员');
      }),
    );
}

/** Copies of one case, as struck off years ago. */
function addHistory(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${order.history})
    insert into cases (id, version, entries, path, home, kind, status, priority, owner, assigned, opened_at, resolved_at, doc)
    select 'old.c' || i, version, entries, 'town/g' || (i % ${GRIDS}) || '/old', 'old', kind, 'struck-off',
      'P' || (1 + i % 4), '员' || (i % ${order.staff}), '', opened_at - i * 60000, opened_at - i * 60000,
      replace(doc, '"status":"open"', '"status":"struck-off"')
    from (select * from cases where status = 'open' limit 1), n`);
  db.close();
}
