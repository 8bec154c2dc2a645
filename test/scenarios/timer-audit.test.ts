import pino from 'pino';
import { expect, test } from 'vitest';
import { TimerAudit } from '../../src/app/timer-audit.ts';
import { productRules, Story } from './story.ts';

/** Several whole rounds; what they told the log. */
async function audit(story: Story): Promise<{ audit: TimerAudit; told: unknown[] }> {
  const told: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => told.push(JSON.parse(line)) });
  const made = new TimerAudit(story.core, logger);
  for (let wall = 0; wall < 5_000; wall += 250) await made.work(wall);
  return { audit: made, told };
}

const setting = { homes: { h1: ['meter', 'band'], h2: ['meter'] }, rules: productRules } as const;

test('an audit of the timers finds nothing where nothing was forgotten', async () => {
  const story = new Story(setting);
  story.until('day 2 10:30');
  story.home('h1').band.falls();
  story.home('h2').meter.dies();
  const { audit: made, told } = await audit(story);
  expect(made.counts.rounds).toBeGreaterThan(1);
  expect(made.counts.missing).toBe(0);
  expect(told).toEqual([]);
});

test('a timer that was forgotten is found, told once, and fires all the same', async () => {
  const story = new Story(setting);
  story.until('day 2 10:30');
  story.home('h2').meter.dies();
  const home = story.core.subjects.get('h2');
  if (!home) throw new Error('no home h2');
  // As if whoever set it had not filed it.
  home.filedDue = Number.POSITIVE_INFINITY;
  const { audit: made, told } = await audit(story);
  expect(told).toMatchObject([{ homes: ['h2'], count: 1 }]);
  expect(made.counts.missing).toBe(1);
  expect(made.lastFound).toEqual([]);
  story.until('day 2 16:00');
  expect(story.alerts('h2')).toEqual(['M1 raised day 2 14:00']);
});
