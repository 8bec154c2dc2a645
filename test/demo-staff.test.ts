import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { FleetMessage } from '../simulators/fleet.ts';
import { loadIncidents } from '../simulators/incident.ts';
import { makeSimulation, type Simulation } from '../simulators/simulation.ts';
import { NotADemoError, type StaffApi } from '../simulators/staff/api.ts';
import { Team } from '../simulators/staff/team.ts';
import { casesOf, ledgerFigures } from '../src/api/ledger.ts';
import { demoAccounts, staffApi } from '../src/app/demo-staff.ts';
import { DAY, HOUR, ManualClock } from '../src/lib/clock.ts';
import type { NumberedCase } from '../src/ports/records.ts';
import { letPass, type TestService, testService } from './service.ts';

/** As the demo begins: a Monday morning. */
const START = Date.parse('2026-03-02T05:00:00+08:00');
const incidents = await loadIncidents();

interface Demo {
  readonly service: TestService;
  readonly clock: ManualClock;
  readonly simulation: Simulation;
  readonly team: Team;
  /** Homes with a band. */
  readonly homes: readonly string[];
}

const running: TestService[] = [];
afterAll(async () => {
  for (const service of running) await service.stop();
});

async function demo(options: {
  readonly asked?: readonly (readonly [kind: string, hour: number])[];
  readonly leftHome?: number;
  readonly days: number;
  readonly isDemo?: boolean;
}): Promise<Demo> {
  const { asked = [], days, isDemo = true } = options;
  const homesOf = ({ homes }: Simulation['community']) =>
    homes.filter(({ band }) => band).map(({ id }) => id);
  const simulation = await makeSimulation({
    ...{ seed: 7, homes: 16, start: START, days },
    ask: (community) =>
      asked.map(([kind, hour], i) => ({ kind, at: homesOf(community)[i]!, from: START + hour * HOUR })),
  });
  const { community, planned } = simulation;
  const clock = new ManualClock(START);
  const notify = parse(await readFile(new URL('../config/demo/notify.yaml', import.meta.url), 'utf8'));
  const service = await testService({
    ...{ entries: community.entries, clock, demo: isDemo },
    // Nothing of a test goes to the channels of others.
    notify: { ...notify, always: ['terminal'] },
  });
  running.push(service);
  const tokens = new Map<string, string>();
  const homes = homesOf(community);
  const team = new Team({
    ...{ community, planned, incidents, seed: 7, api: staffApi(service.api, tokens) },
    leftHomes: new Set(options.leftHome === undefined ? [] : [homes[options.leftHome]!]),
    leftForMs: DAY,
  });
  for (const [id, token] of await demoAccounts(service.service.records, team.people, START))
    tokens.set(id, token);
  return { service, clock, simulation, team, homes };
}

/** The homes live, and the staff look every hour. */
async function live({ service, clock, simulation, team }: Demo, until: number): Promise<void> {
  const messages = simulation.fleet[Symbol.iterator]();
  let next = messages.next();
  while (clock.now() < until) {
    const now = clock.now() + HOUR;
    await letPass(service, clock, HOUR);
    for (; !next.done && next.value.at <= now; next = messages.next())
      service.loop.receive(inbound(next.value, now));
    await service.loop.drained();
    await team.round(now);
  }
  await service.loop.drained();
}

const inbound = ({ topic, payload }: FleetMessage, receivedAt: number) => ({
  message: { receivedAt, topic, payload: Buffer.from(JSON.stringify(payload)) },
  qos: 1 as const,
  done: () => undefined,
});

async function casesIn({ service: { service } }: Demo): Promise<NumberedCase[]> {
  const cases: NumberedCase[] = [];
  for await (const one of casesOf(service.records, { paths: [''] })) cases.push(one);
  return cases;
}

describe('in a demo with simulated staff', () => {
  const STORY = [
    ['fall', 4],
    ['collapse', 5],
    ['away', 3],
    ['sos', 6],
    ['meter-dead', 2],
  ] as const;
  const DAYS = 3;
  let shown: Demo;
  let cases: readonly NumberedCase[];

  beforeAll(async () => {
    shown = await demo({ asked: STORY, leftHome: 3, days: DAYS });
    await live(shown, START + DAYS * DAY);
    cases = await casesIn(shown);
  }, 120_000);

  const of = (story: number, kind = 'safety') =>
    cases.filter((each) => each.home === shown.homes[story] && each.kind === kind).at(-1);

  test('who fell is helped, and the outcome is what whoever was at the door saw', () => {
    expect(of(0)).toMatchObject({ outcome: 'true-need', contact: 'seen', onSiteAt: expect.any(Number) });
  });

  test('who collapsed is taken to hospital, and the home counts as away', async () => {
    expect(of(1)).toMatchObject({ outcome: 'true-emergency', contact: 'seen' });
    const home = shown.service.core.registry.home(shown.homes[1]!);
    expect(home?.awayLog).toContainEqual(expect.objectContaining({ kind: 'hospital', change: 'registered' }));
  });

  test('where somebody was away it was a false alarm, and nobody was seen', () => {
    expect(of(2)).toMatchObject({ outcome: 'away', contact: 'spoken' });
  });

  test('what is left to whoever looks is touched by nobody, until it has waited long enough', async () => {
    const left = of(3);
    expect(left?.acknowledgedAt).toBeGreaterThanOrEqual((left?.openedAt ?? 0) + DAY);
  });

  test('whoever comes for a device finds the device, and waits until it is repaired', () => {
    const meter = of(4, 'technical');
    expect(meter).toMatchObject({ acknowledgedBy: expect.any(String), onSiteAt: expect.any(Number) });
    const { to } = shown.simulation.planned.find(({ kind }) => kind === 'meter-dead')!;
    if (meter?.outcome === 'repaired') expect(meter.resolvedAt).toBeGreaterThanOrEqual(to);
    else expect([undefined, 'device']).toContain(meter?.outcome);
  });

  test('the loop is closed: called back by another than who resolved it, and struck off', () => {
    const closed = cases.filter(({ status, calledBackAt }) => status === 'struck-off' && calledBackAt);
    expect(closed.length).toBeGreaterThan(2);
    for (const { calledBackBy, resolvedBy } of closed) expect(calledBackBy).not.toBe(resolvedBy);
  });

  test('residents ask for things, and these are done', () => {
    const requests = cases.filter(({ kind }) => kind === 'request');
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.some(({ outcome }) => outcome === 'done')).toBe(true);
  });

  test('homes are visited, and visits are in the log', async () => {
    const { items } = await shown.service.service.records.visits({ paths: [''] }, { limit: 100 });
    expect(items.filter(({ source }) => source === 'api').length).toBeGreaterThan(3);
  });

  test('the ledger reads neither that all was in time nor that nothing was', async () => {
    const figures = await ledgerFigures(
      casesOf(shown.service.service.records, { paths: [''] }),
      shown.clock.now(),
    );
    const sums = [...Object.values(figures.targets), ...Object.values(figures.requestTargets)]
      .flatMap((of) => Object.values(of))
      .reduce((sum, { owed, within }) => ({ owed: sum.owed + owed, within: sum.within + within }), {
        owed: 0,
        within: 0,
      });
    expect(sums.within / sums.owed).toBeGreaterThan(0.4);
    expect(sums.within).toBeLessThan(sums.owed);
  });

  test('what the service refuses them is counted by its name, and is little', () => {
    const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    const { deeds, refused } = shown.team.counts;
    expect(sum(deeds)).toBeGreaterThan(40);
    expect({ refused: [...refused.keys()] }).toEqual({ refused: [] });
  });
});

describe('simulated staff never act on real cases', () => {
  const recorded = (api: StaffApi, asked: string[]): StaffApi => {
    return (one) => {
      asked.push(`${one.method} ${one.path}`);
      return api(one);
    };
  };

  test('a service that does not say that it is a demo is asked for nothing more', async () => {
    const real = await demo({ days: 1, isDemo: false });
    const asked: string[] = [];
    const tokens = await demoAccounts(real.service.service.records, real.team.people, START);
    const { community, planned } = real.simulation;
    const api = recorded(staffApi(real.service.api, tokens), asked);
    const team = new Team({ community, planned, incidents, seed: 7, api });
    await expect(team.round(START + DAY)).rejects.toThrow(NotADemoError);
    expect(asked).toEqual(['GET /session']);
  });

  test('a home whose people are not the simulated ones is left to whoever entered them', async () => {
    const shown = await demo({ days: 1 });
    const [home = '', other = ''] = shown.homes;
    const { service } = shown.service;
    const mine = service.registry.residents(home)[0]!;
    await service.submit(
      { type: 'registry.apply', put: [{ ...mine, name: '真有其人' }], remove: [] },
      '管理员',
    );
    const note = '打不通电话';
    for (const each of [home, other])
      await service.submit({ type: 'home.help', home: each, priority: 'P2', from: '', note }, '管理员');
    for (let hours = 0; hours < 40; hours++) {
      await letPass(shown.service, shown.clock, HOUR);
      await shown.team.round(shown.clock.now());
    }
    const cases = await casesIn(shown);
    const statusOf = (id: string) => cases.find((each) => each.home === id && each.kind === 'safety')?.status;
    expect(statusOf(home)).toBe('open');
    expect(statusOf(other)).not.toBe('open');
    const { items } = await service.records.visits({ paths: [''], home }, { limit: 10 });
    expect(items).toEqual([]);
  }, 60_000);

  test('whose account is barred by the visitor does nothing any more, and the others go on', async () => {
    const shown = await demo({ days: 1 });
    const { records } = shown.service.service;
    const [barred] = shown.team.people;
    const user = await records.user(barred!.id);
    await records.saveUser({ ...user!, disabled: true });
    await shown.team.round(START + DAY);
    await shown.team.round(START + 2 * DAY);
    expect(shown.team.counts.deeds.get('visit')).toBeGreaterThan(0);
  });

  test('nothing in their folder can reach a service by itself', async () => {
    const { readSources } = await import('./sources.ts');
    const theirs = readSources().filter(({ path }) => path.startsWith('simulators/staff/'));
    expect(theirs.length).toBeGreaterThan(5);
    for (const { path, code } of theirs)
      expect(/\bfetch\(|node:(?:http|https|net|tls|child_process)|mqtt|import\(/.test(code), path).toBe(
        false,
      );
  });
});
