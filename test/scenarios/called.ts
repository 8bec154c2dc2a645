import { MINUTE } from '../../src/lib/clock.ts';
import type { Story } from './story.ts';

/** Members of staff who are told over a robot, and who of them was called when. */

export const person = (id: string, name: string, role: string, node: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'robot', address: id }],
});

/** A relative of the first home, who is told over the same robot. */
export const RELATIVE = {
  noun: 'contact',
  id: 'son',
  home: 'h1',
  name: '王建国',
  channels: [{ channel: 'robot', address: 'son' }],
} as const;

/** Who was called, in minutes after `from`: `0 zhou`. */
export const calls = (story: Story, from: number): string[] =>
  story.notices.map(({ createdAt, recipient }) => `${(createdAt - from) / MINUTE} ${recipient.id}`);

/** The band calls for help at ten; resolves to when that was. */
export function pressed(story: Story): number {
  story.until('10:00');
  story.home('h1').band.presses();
  return story.now;
}
