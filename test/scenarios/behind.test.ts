import { describe, expect } from 'vitest';
import { watchSummary } from '../../src/app/watch-summary.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { kinds } from '../core.ts';
import { sensedHome } from './sensed-home.ts';
import { productRules, type Story, tell } from './story.ts';

const rules = productRules
  .filter(({ id }) => ['I1', 'D1', 'M1'].includes(id))
  .map((rule) => ({ ...rule, enabled: true, arming: undefined }));
const SENSORS = sensedHome({ hall: 'motion-sensor', door: 'door-contact' }, rules);

/** Each says every hour that nothing happened, as of so many hours ago. */
function hourly(story: Story, hours: number, behind: Readonly<Record<string, number>>): void {
  for (let hour = 0; hour < hours; hour++) {
    story.after(HOUR);
    const { hall = 0, door = 0 } = behind;
    story.publish('hall', { at: story.now - hall * HOUR, motion_bool: 0 });
    story.publish('door', { at: story.now - door * HOUR, battery_pct: 90 });
  }
}

function watched(story: Story): readonly string[] {
  const subject = story.core.subjects.get('h1');
  if (!subject) throw new Error('no home');
  const watches = watchesOf(story.core.engine, subject, story.now);
  const { level, reasons } = watchSummary(watches, subject.devices, story.now, false, kinds);
  const named = reasons.map(({ state, devices }) => `${state} ${devices.join(' ')}`);
  return [
    level,
    ...named,
    ...watches.filter(({ rule }) => rule !== 'M1').map(({ rule, state }) => `${rule} ${state}`),
  ];
}

describe('a sensor that dates what it says long ago', () => {
  tell('watches over nobody, and that is told until its clock is right', SENSORS, (story) => {
    hourly(story, 10, { hall: 8 });
    expect(story.alerts('h1')).toEqual(['M1 raised day 1 05:00']);
    const [alert] = story.rawAlerts('h1');
    expect(alert?.evidence.coverage).toBe('not-measuring');
    expect(alert?.title.zh).toBe('传感器时间落后');
    expect(watched(story)).toEqual(['partly', 'not-measuring hall', 'D1 watching', 'I1 not-measuring']);
    hourly(story, 15, {});
    expect(story.alerts('h1')).toEqual([
      'M1 raised day 1 05:00, recovered day 1 11:00',
      'I1 raised day 2 01:00',
    ]);
  });

  tell('is told of also where it is the contact on the door', SENSORS, (story) => {
    hourly(story, 24, { door: 12 });
    expect(story.alerts('h1').filter((alert) => alert.startsWith('M1'))).toEqual(['M1 raised day 1 13:00']);
    expect(watched(story)).toContain('not-measuring door');
    expect(watched(story)).toContain('D1 not-measuring');
  });

  tell('and is right the next time was only late', SENSORS, (story) => {
    for (let day = 0; day < 3; day++) {
      hourly(story, 1, { hall: 8 });
      hourly(story, 5, {});
    }
    expect(story.alerts('h1').filter((alert) => alert.startsWith('M1'))).toEqual([]);
  });
});
