import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import {
  accountHolds,
  deedsKept,
  noticesArrived,
  readAll,
  readingsKept,
  stillThere,
  wholeness,
} from './audit.ts';
import { freePorts, ServiceProcess } from './child.ts';
import { rulesText, seed as seedRecords, writeConfig } from './community.ts';
import { Fleet } from './fleet.ts';
import { Staff } from './staff.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** Longer than the patience with a silent device, 10.5 s, and with a silent gateway, 7.5 s. */
const LAST_RUN_MS = 13_000;
const NOTICES_MS_MAX = 120_000;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** What is killed beside the service, and where it keeps its records. */
export interface CrashOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Section `store` of service.yaml; the file in the data folder if absent. */
  readonly store?: Record<string, unknown>;
  /** Runs in the middle of each round, while the service is at work. */
  readonly meanwhile?: (random: Random) => Promise<void>;
  /** Errors in the log that belong to that. */
  readonly expected?: RegExp;
}

/** `kill -9` under load, again and again: what was acknowledged is kept, once, and nobody is forgotten. */
export async function crashRounds(options: CrashOptions): Promise<void> {
  const receiver = new WebhookReceiver();
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-crash-'));
  await receiver.start();
  try {
    await playRounds(dir, receiver, options);
  } finally {
    await receiver.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function playRounds(dir: string, receiver: WebhookReceiver, options: CrashOptions): Promise<void> {
  const { rounds, seed } = options;
  const startedAt = Date.now();
  const random = seededRandom(seed);
  say(`crash test: seed ${seed}, ${rounds} rounds (CRASH_SEED and CRASH_ROUNDS repeat it)`);
  const [http = 0, mqtt = 0] = await freePorts(2);
  await writeConfig(dir, { http, mqtt, webhook: receiver.port }, options.store);
  await seedRecords(dir);
  const service = new ServiceProcess(dir, { http, mqtt });
  service.spawn();
  await service.ready();
  const staff = new Staff(service.url, random.fork('staff'));
  await staff.signIn();
  const fleet = new Fleet(mqtt, random.fork('fleet'));
  expect(fleet.clients).toBeGreaterThanOrEqual(200);
  staff.start();
  let deedsSeen = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      const roundAt = Date.now();
      const durationMs = random.chance(0.1) ? random.between(9_000, 12_000) : random.between(800, 4_500);
      fleet.plan(round, rounds, durationMs);
      receiver.mode = random.pick(['up', 'error', 'drop']);
      await pause(durationMs / 2);
      await options.meanwhile?.(random);
      receiver.mode = random.pick(['up', 'up', receiver.mode]);
      if (random.chance(0.25))
        await writeFile(join(dir, 'rules.yaml'), rulesText(String(round), random.chance(0.5)));
      await pause(durationMs / 2);
      await service.kill();
      const shown = {
        cases: new Map(staff.cases),
        alerts: new Map(staff.alerts),
        notices: new Map(staff.notices),
      };
      const deeds = staff.deeds.slice(deedsSeen);
      deedsSeen = staff.deeds.length;
      service.spawn();
      if (random.chance(0.25)) {
        // Once more, while it is still getting up.
        await pause(random.between(100, 1_500));
        await service.kill();
        service.spawn();
      }
      const spawnedAt = Date.now();
      await service.ready();
      const readyMs = Date.now() - spawnedAt;
      const now = await readAll(staff);
      const wrong = [
        ...stillThere(shown, now),
        ...(await deedsKept(staff, deeds, now)),
        ...(await readingsKept(staff, fleet, roundAt - 2_000)),
      ];
      say(
        `round ${round}: ran ${Math.round(durationMs)} ms, up again in ${readyMs} ms; ${now.alerts.size} alerts, ` +
          `${now.cases.size} cases, ${now.notices.size} notices, ${deeds.length} deeds, ${wrong.length} wrong`,
      );
      expect(wrong).toEqual([]);
    }

    receiver.mode = 'up';
    await pause(LAST_RUN_MS);
    await staff.stop();
    fleet.quiet();
    await until('every message is acknowledged', 30_000, async () => fleet.pending === 0);
    // A cancel window may still be open for the last fall.
    await pause(3_000);
    const queued = async () => (await staff.get<{ items: unknown[] }>('/notices?state=queued&limit=3')).items;
    await until('no notice is queued', NOTICES_MS_MAX, async () => (await queued()).length === 0, queued);
    const now = await readAll(staff);
    // At once: the service goes on, and an escalation that comes while the rest is read is not in these lists.
    const arrived = noticesArrived(receiver, now);
    const sent = [...fleet.readings.values()].reduce((sum, list) => sum + list.length, 0);
    const repeated = [...receiver.accepted.values()].filter((times) => times > 1).length;
    say(
      `${fleet.clients} clients sent ${sent} readings; ${staff.deeds.length} deeds of staff; ` +
        `${receiver.accepted.size} notices received, ${repeated} of them more than once; ${Math.round((Date.now() - startedAt) / 1000)} s`,
    );
    expect([
      ...accountHolds(fleet, now),
      ...(await wholeness(staff, now)),
      ...(await deedsKept(staff, staff.deeds, now)),
      ...(await readingsKept(staff, fleet, 0)),
      ...arrived,
    ]).toEqual([]);

    expect(staff.deeds.length).toBeGreaterThan(rounds);

    expect(await service.stop()).toBe(0);
    service.spawn();
    await service.ready();
    const after = await readAll(staff);
    expect(stillThere(now, after)).toEqual([]);
    // Nothing is raised again. The silence of what speaks no more may only be found by now.
    const raised = [...after.alerts.values()].filter(({ id, rule }) => !now.alerts.has(id) && rule !== 'M1');
    expect(raised).toEqual([]);
    expect(await service.stop()).toBe(0);
    const errors = service.log
      .split('\n')
      // The receiver of the test refuses on purpose: that its channel fails is found, as it must be.
      .filter((line) => /"level":[56]0/.test(line) && !line.includes('channel-failing'))
      .filter((line) => !options.expected?.test(line));
    expect(errors).toEqual([]);
  } finally {
    await staff.stop();
    fleet.close();
    await service.kill().catch(() => undefined);
  }
}

async function until(
  what: string,
  withinMs: number,
  holds: () => Promise<boolean>,
  found: () => Promise<unknown> = async () => '',
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(`not within ${withinMs} ms: ${what} ${JSON.stringify(await found())}`);
    await pause(100);
  }
}
