import { expect, test } from 'vitest';
import { AlertTopics } from '../src/app/alert-topics.ts';
import { ManualClock, SECOND } from '../src/lib/clock.ts';
import { ManualTimers } from '../src/lib/timers.ts';
import { LIMITS } from '../src/model/limits.ts';

/** An outside broker that is away while `away` is set. */
function broker() {
  const there = { away: true, held: undefined as (() => void) | undefined };
  const heard: string[] = [];
  const timers = new ManualTimers(new ManualClock(0));
  const logged: string[] = [];
  const log = (_fields: object, words: string): void => void logged.push(words);
  const alerts = new AlertTopics({
    publish: async (topic, payload) => {
      if (there.away) throw new Error('the outside broker did not take the message in time');
      const { change, n } = JSON.parse(payload) as { change: string; n: number };
      heard.push(`${topic} ${change} ${n}`);
    },
    logger: { warn: log, error: log } as never,
    timers,
  });
  const say = (id: string, change: string, n: number) =>
    alerts.say({ topic: `shouwang/alerts/c/${id}`, id, change, line: { n } });
  const pass = async (seconds: number) => {
    timers.advance(seconds * SECOND);
    await settled();
  };
  return { there, heard, alerts, say, pass, logged };
}
const settled = async () => {
  for (let i = 0; i < 40; i++) await Promise.resolve();
};

test('an alert that an outside broker did not take is said again, in the order of alerts', async () => {
  const { there, heard, alerts, say, pass } = broker();
  say('h1', 'raised', 1);
  say('h2', 'raised', 1);
  await settled();
  await pass(30);
  expect([heard, alerts.waiting]).toEqual([[], 2]);
  there.away = false;
  await pass(5);
  expect(heard).toEqual(['shouwang/alerts/c/h1 raised 1', 'shouwang/alerts/c/h2 raised 1']);
  expect(alerts.waiting).toBe(0);
});

test('of each alert what was last: none that is over is said to be open', async () => {
  const { there, heard, say, pass } = broker();
  say('h1', 'raised', 1);
  say('h2', 'raised', 1);
  await settled();
  say('h1', 'cleared', 2);
  say('h2', 'updated', 2);
  there.away = false;
  say('h3', 'raised', 1);
  await pass(5);
  expect(heard).toEqual([
    'shouwang/alerts/c/h3 raised 1',
    'shouwang/alerts/c/h1 cleared 2',
    'shouwang/alerts/c/h2 raised 2',
  ]);
});

test('an alert that changed while its first word was under way in vain is said to be new', async () => {
  const { there, heard, alerts, say, pass } = broker();
  say('h1', 'raised', 1);
  say('h1', 'updated', 2);
  await settled();
  there.away = false;
  await pass(5);
  expect([heard, alerts.waiting]).toEqual([['shouwang/alerts/c/h1 raised 2'], 0]);
});

test('what failed is not said after something newer that was taken meanwhile', async () => {
  const { there, heard, alerts, say, pass } = broker();
  say('h1', 'raised', 1);
  there.away = false;
  say('h1', 'cleared', 2);
  await settled();
  await pass(10);
  expect([heard, alerts.waiting]).toEqual([['shouwang/alerts/c/h1 cleared 2'], 0]);
});

test('more than can be kept is given up, the oldest first, counted and said', async () => {
  const { there, heard, alerts, say, pass, logged } = broker();
  for (let i = 0; i < LIMITS.alertsUnpublishedMax + 2; i++) say(`h${i}`, 'raised', 1);
  await settled();
  expect([alerts.waiting, alerts.givenUp]).toEqual([LIMITS.alertsUnpublishedMax, 2]);
  expect(logged).toContainEqual(expect.stringContaining('more alerts wait for the broker'));
  there.away = false;
  await pass(5);
  expect(heard[0]).toBe('shouwang/alerts/c/h2 raised 1');
});
