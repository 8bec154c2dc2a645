import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { CASE_STEP_NAMES, type Case, OUTCOME_NAMES } from '../../src/model/case.ts';
import { type Command, commandSchemas } from '../../src/model/command.ts';
import { REQUEST_CATEGORIES } from '../../src/model/request-category.ts';
import { chosen, type Of, type OwnOf } from './life-happenings.ts';
import type { Story } from './story.ts';

/** Who has to do with the homes of a life, and what they do about cases and rules. */

export const STAFF = [
  staff('zhou', '周敏', 'grid-worker', 'haitang/g1'),
  staff('sun', '吴强', 'committee', 'haitang'),
  staff('duty', '值班', 'sub-district-duty', 'haitang'),
] as const;
const BY = STAFF.map(({ name }) => name);
export const NOTIFY = parse(readFileSync(new URL('../../config/notify.yaml', import.meta.url), 'utf8')) as {
  readonly routes: readonly object[];
};

function staff(id: string, name: string, role: string, node: string) {
  const channels = [{ channel: 'robot', address: id }];
  return { noun: 'staff' as const, id, name, roles: [{ role, node }], channels };
}

/** A command as it comes over the API; what came of it. */
export function commanded(
  story: Story,
  command: Readonly<Record<string, unknown>> & { type: Command['type'] },
  by: string,
): string {
  const { type, ...body } = command;
  const reply = story.command({ type, ...commandSchemas[type].parse(body) } as Command, by);
  return reply.ok ? 'ok' : reply.failure.code;
}

/** Somebody opens a case of a home that no device opens. */
export function asksFor(
  story: Story,
  what: Extract<Of<'home'>, 'drill' | 'help' | 'request'>,
  home: string,
  pick: number,
): string {
  const category = chosen(REQUEST_CATEGORIES, pick);
  const commands = {
    drill: { type: 'drill.begin', home, priority: 'P2' },
    help: { type: 'home.help', home, priority: pick % 2 ? 'P1' : 'P3', note: '没有人应门' },
    request: { type: 'home.request', home, category, note: '请来一趟' },
  } as const;
  return commanded(story, commands[what], '周敏');
}

/** Somebody works on the safety case of a home. */
export function works(
  story: Story,
  what: Exclude<Of<'work'>, 'technical'>,
  home: string,
  pick: number,
): string {
  const by = chosen(BY.slice(0, 2), pick);
  const open = story.openCase(home);
  const done = caseOf(story, home, what === 'reopen' ? ['resolved', 'struck-off'] : ['resolved'], pick);
  if (what === 'callBack' || what === 'strikeOff' || what === 'reopen') {
    if (done === undefined) return 'none';
    const reason = '试一试';
    if (what === 'callBack')
      return story.callBack(done, chosen(['satisfied', 'not-satisfied', 'not-reached'] as const, pick), by);
    return commanded(
      story,
      { type: what === 'reopen' ? 'case.reopen' : 'case.strike-off', case: done, reason },
      by,
    );
  }
  if (open === undefined) return 'none';
  switch (what) {
    case 'take':
      return story.acknowledge(open, by);
    case 'takeOver':
      return story.takeOver(open, by);
    case 'decline':
      return commanded(story, { type: 'case.note', case: open, text: '来不了', declines: true }, by);
    case 'note':
      return story.note(open, '看过');
    case 'assign':
      return story.assign(open, chosen(STAFF, pick).id, by, pick % 2 === 0);
    case 'step': {
      const step = chosen(CASE_STEP_NAMES, pick);
      return story.step(open, step, step.startsWith('call') ? 'resident' : undefined, by);
    }
    case 'withdrawStep':
      return commanded(story, { type: 'case.withdraw-step', case: open }, by);
    case 'giveBack':
      return commanded(story, { type: 'case.give-back', case: open, reason: '来不了' }, by);
    case 'resolve':
      return story.resolve(open, chosen(OUTCOME_NAMES, pick), by, by);
    case 'confirm':
      return story.confirm(open, '王秀英', pick % 2 === 0);
  }
}

/** Somebody ends a case about devices, whatever is still wrong with them. */
export function endsTechnical(story: Story, pick: number): string {
  const isOpen = ({ kind, status }: Case) =>
    kind === 'technical' && (status === 'open' || status === 'acknowledged');
  const one = chosen(story.rawCases().filter(isOpen), pick);
  if (!one) return 'none';
  return `${one.id} ${story.resolve(one.id, chosen(['device', 'outage'] as const, pick), '')}`;
}

function caseOf(
  story: Story,
  home: string,
  statuses: readonly Case['status'][],
  pick: number,
): string | undefined {
  const some = story.rawCases(home).filter(({ status }) => statuses.includes(status));
  return some[pick % some.length]?.id;
}

/** Where it is not the roles that are called first, but whoever is on duty. */
export const NOTIFY_BY_ROSTER = {
  ...NOTIFY,
  routes: [
    { kinds: ['safety'], priorities: ['P1', 'P2', 'P3'], rosters: ['night'] },
    ...NOTIFY.routes.slice(2),
  ],
};
export const ROSTERS = {
  rosters: [
    {
      id: 'night',
      name: '值班表',
      node: 'haitang',
      starts: '2026-01-05',
      members: ['zhou', 'sun'],
      change: 'day',
      shifts: [
        { id: 'early', name: '白班', from: '08:00', to: '18:00' },
        { id: 'late', name: '夜班', from: '18:00', to: '08:00' },
      ],
      otherwise: ['committee', 'sub-district-duty'],
    },
  ],
};

/** People come, go, are away and serve instead of each other. */
export function changesPeople(story: Story, what: OwnOf<'people'>, home: string, pick: number): string {
  const { now } = story;
  const one = chosen(STAFF, pick);
  // One of them always stays: that nobody is there at all is told elsewhere.
  const other = chosen(STAFF.slice(0, 2), pick);
  const date = new Date(now + 8 * HOUR + (pick % 2) * DAY).toISOString().slice(0, 10);
  const shift = { roster: 'night', shift: chosen(['early', 'late'] as const, pick), date };
  switch (what) {
    case 'addStaff':
      return story.register([one]);
    case 'removeStaff':
      return story.register([], [{ noun: 'staff', key: other.id }]);
    case 'leave':
      return story.duty({ type: 'roster.leave', staff: one.id, from: now, until: now + 20 * HOUR, note: '' });
    case 'return': {
      const { from } = story.dutyBook.leave.find(({ staff, until }) => staff === one.id && until > now) ?? {};
      return from === undefined
        ? 'none'
        : story.duty({ type: 'roster.return', staff: one.id, from, at: now });
    }
    case 'swap': {
      const [from = '', to = ''] = pick % 4 < 2 ? ['zhou', 'sun'] : ['sun', 'zhou'];
      const { roster, ...when } = shift;
      return story.duty({ type: 'roster.swap', roster, replacements: [{ ...when, from, to }] });
    }
    case 'undoSwap':
      return story.duty({ type: 'roster.undo-swap', ...shift });
    case 'accountGoes': {
      const of = story.openCase(home);
      const { acknowledgedBy: name } = of === undefined ? {} : story.case(of);
      return of === undefined || name === undefined
        ? 'none'
        : commanded(story, { type: 'case.release', case: of, name }, 'system');
    }
  }
}

/** What became of the notices of the last half hour. */
export function tellsOfNotices(story: Story, fail: boolean, pick: number): string {
  const lately = story.notices.filter(({ createdAt }) => createdAt > story.now - 30 * MINUTE);
  const some = lately.slice(-(1 + (pick % 4)));
  const result = fail ? { state: 'failed', failure: 'attempts-exhausted' } : { state: 'delivered' };
  for (const { id: notice, case: of, recipient, channel } of some) {
    const about = {
      notice,
      case: of,
      subject: of.replace(/\.c\d+$/, ''),
      recipient: recipient.name,
      channel,
    };
    commanded(story, { type: 'notice.result', ...about, ...result }, 'system');
  }
  return String(some.length);
}
