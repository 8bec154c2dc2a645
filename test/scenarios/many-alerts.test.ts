import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { PRIORITIES, type Priority } from '../../src/model/alert.ts';
import type { Notice } from '../../src/model/notice.ts';
import { Bench, wallOfAMorning } from '../edges/notify-bench.ts';
import { atLength, runs } from '../runs.ts';
import { WeComRobot } from '../stand-ins/wecom-robot.ts';

const KEY = '11111111-2222-3333-4444-555555555555';

/** When each of the notices, or the digest that stands for it, was taken by the group. */
async function toldAt(bench: Bench): Promise<Map<string, { waited: number; priority: Priority }>> {
  const told = new Map<string, { waited: number; priority: Priority }>();
  let cursor: string | undefined;
  const all: Notice[] = [];
  do {
    const page = await bench.records.notices({ paths: [''] }, { limit: 500, ...(cursor ? { cursor } : {}) });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  const byId = new Map(all.map((one) => [one.id, one]));
  for (const one of all) {
    if (one.content.event === 'digest') continue;
    const sent = one.digest === undefined ? one : byId.get(one.digest);
    const waited = (sent?.acceptedAt ?? Number.POSITIVE_INFINITY) - one.createdAt;
    told.set(one.id, { waited, priority: one.content.priority });
  }
  return told;
}

/** More than the robot may send in two minutes; in the slow suite, in eleven. */
const MANY = runs(40, 200);

/** Alerts at these instants of ten minutes go to one robot; the figures of how long each of them waited. */
async function flood(alerts: readonly { at: number; priority: Priority }[]) {
  const wall = wallOfAMorning();
  await using group = await WeComRobot.open(wall, [KEY]);
  const robot = {
    id: 'duty',
    channel: 'wecom-robot',
    config: { key: KEY, origin: group.origin, mentionAll: [] },
  };
  await using bench = await Bench.open({ wall, channels: [robot] });
  const start = wall.now();
  bench.outbox.start();
  let n = 0;
  for (const { at, priority } of [...alerts].sort((a, b) => a.at - b.at)) {
    await bench.pass(Math.max(0, start + at - wall.now()));
    await bench.raise(`h${n++}`, ['duty'], priority);
    bench.outbox.wake();
    await bench.outbox.idle();
  }
  await bench.pass(3 * MINUTE);
  return { told: [...(await toldAt(bench)).values()], sent: group.messages.length, answers: group.answers };
}

const alertAt = (atMax: number, priority: fc.Arbitrary<Priority>) =>
  fc.record({ at: fc.integer({ min: 0, max: atMax }), priority });

describe(`${MANY} alerts in ten minutes over a robot that may send 18 messages a minute`, () => {
  atLength(
    'become digests: everybody hears of each, of each P1 within 60 seconds, and the vendor never refuses',
    async () => {
      const any = alertAt(10 * MINUTE, fc.constantFrom(...PRIORITIES));
      await fc.assert(
        fc.asyncProperty(fc.array(any, { minLength: MANY, maxLength: MANY }), async (alerts) => {
          const { told, sent, answers } = await flood(alerts);
          expect(told).toHaveLength(MANY);
          for (const { waited, priority } of told)
            expect(waited, priority).toBeLessThanOrEqual(priority === 'P1' ? 60 * SECOND : 3 * MINUTE);
          expect(sent).toBeLessThan(MANY);
          expect(answers.every((code) => code === 0)).toBe(true);
        }),
        { numRuns: runs(3) },
      );
    },
  );

  it('keep the promise when all of them are P1 and come at once', async () => {
    const alerts = Array.from({ length: MANY }, (_, i) => ({
      at: i < 0.75 * MANY ? i * 20 : (i * 10 * MINUTE) / MANY,
      priority: 'P1' as const,
    }));
    const { told, sent, answers } = await flood(alerts);
    for (const { waited } of told) expect(waited).toBeLessThanOrEqual(60 * SECOND);
    expect(sent).toBeLessThan(MANY);
    expect(answers.every((code) => code === 0)).toBe(true);
  }, 60_000);
});
