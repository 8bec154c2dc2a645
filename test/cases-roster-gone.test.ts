import { expect, test } from 'vitest';
import { caseContext } from '../src/cases/context.ts';
import { Duty, Rosters } from '../src/cases/duty/on-duty.ts';
import type { LadderStep } from '../src/cases/ladder.ts';
import type { Priority } from '../src/model/alert.ts';
import { notifyPolicySchema } from '../src/model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';
import { NOON } from './cases-fixtures.ts';

const worker = (role: string): object => ({
  noun: 'staff',
  id: 'zhou',
  name: '周敏',
  roles: [{ role, node: 'haitang' }],
  channels: [{ channel: 'sms', address: '1' }],
});

/** Whom a step calls that began under a roster which the file has no more. */
function called(priority: Priority, role = 'grid-worker') {
  const entries = [
    { noun: 'node', path: 'haitang', level: 'community', name: '海棠', timeZone: 'Asia/Shanghai' },
    { noun: 'home', id: 'h1', parent: 'haitang', name: '501' },
    worker(role),
  ].map((one): RegistryEntry => registryEntrySchema.parse(one));
  const policy = notifyPolicySchema.parse({
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2', 'P3'], roles: ['grid-worker'] }],
    always: ['terminal'],
    fallback: { channels: ['siren'] },
  });
  const ctx = caseContext(Registry.from(entries), policy, new Set(['sms', 'terminal', 'siren']), 'h1', NOON, {
    duty: new Duty(new Rosters()),
  });
  const step: LadderStep = { afterMs: 0, roles: [], channels: [], rosters: ['night'] };
  return ctx.recipients({ kind: 'safety', priority }, step);
}
const ids = (told: ReturnType<typeof called>) => told.map(({ recipient }) => recipient.id);

test.each(['P1', 'P3'] as const)(
  'a %s whose step names a roster that is no more calls others, and says why',
  (priority) => {
    const told = called(priority);
    expect(ids(told)).toEqual(expect.arrayContaining(['zhou', 'terminal']));
    if (priority === 'P3') expect(told[0]?.instead?.zh).toContain('值班表已不存在');
  },
);

test('where nobody holds the role either whom such a case is told first, everybody above and the fallback are', () => {
  expect(ids(called('P3', 'committee'))).toEqual(['zhou', 'siren', 'terminal']);
});
