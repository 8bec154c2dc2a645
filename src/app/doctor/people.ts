import { askService, type Control } from '../../api/control.ts';
import { allGaps } from '../../cases/duty/gaps.ts';
import { Duty, membersOf } from '../../cases/duty/on-duty.ts';
import { DAY } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { type NotifyPolicy, unnamedRosters } from '../../model/notify-policy.ts';
import { covers } from '../../model/paths.ts';
import { type Device, type RegistryNode, STAFF_ROLES, type Staff } from '../../model/registry.ts';
import type { RosterGap } from '../../model/roster.ts';
import { GAP_REASONS } from '../../model/roster-words.ts';
import { Registry } from '../../registry/registry.ts';
import type { StoredRecords } from '../../store/records-look.ts';
import { blindSpotsOfFiles, listed, NO_BLIND_SPOT } from '../blind-spots.ts';
import type { Parts } from '../load.ts';
import { untoldOfFiles } from '../untold-homes.ts';
import { type Finding, finding } from './finding.ts';

/** Whether those who should be called are there: by the rosters in the days ahead, and by each line of the policy. */

const AHEAD_MS = 7 * DAY;
const NAMED_MAX = 5;

/** As the service that runs knows it, leave and swaps included. */
export async function peopleOfService(control: Control, parts: Parts, now: number): Promise<Finding[]> {
  const staff: Staff[] = [];
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await askService<{ items: Staff[]; next?: string }>(
      control,
      'GET',
      `/registry/staff?limit=100${after}`,
    );
    staff.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  const { gaps, items } = await askService<{
    gaps: RosterGap[];
    items: { id: string; name: string; timeZone: string }[];
  }>(control, 'GET', '/rosters');
  const zoneOf = (id: string): string => items.find((one) => one.id === id)?.timeZone ?? 'UTC';
  return [
    items.length === 0
      ? NO_ROSTER
      : named(
          gapFinding(gaps, now, (id) => items.find((one) => one.id === id)?.name ?? id, zoneOf),
          parts,
        ),
    policyFinding(parts, staff),
  ];
}

/** As the files have it, and the registry of the records, where there is one. */
export function peopleOfFiles(parts: Parts, stored: readonly string[] | undefined, now: number): Finding[] {
  const entries = stored?.map((doc) => JSON.parse(doc) as RegistryNode | Staff) ?? parts.registry;
  const registry = Registry.from(entries.filter(({ noun }) => noun === 'node' || noun === 'staff'));
  const duty = new Duty(parts.rosters);
  const configured = new Set(parts.channels.keys());
  const gaps = allGaps(duty, { from: now, until: now + AHEAD_MS }, registry, configured);
  const roster = (id: string) => duty.roster(id);
  return [
    parts.rosters.file.rosters.length === 0
      ? NO_ROSTER
      : named(
          gapFinding(
            gaps,
            now,
            (id) => roster(id)?.name ?? id,
            (id) => registry.timeZone(roster(id)?.node ?? ''),
          ),
          parts,
        ),
    policyFinding(parts, [...registry.staff()]),
  ];
}

/** The registry as the records have it, as JSON. */
type StoredRegistry = Pick<StoredRecords, 'people' | 'homes' | 'devices'>;

/** Whether somebody who calls for help, or is not heard any more, would be told of. */
export function spotsOfFiles(parts: Parts, stored: StoredRegistry | undefined): Finding[] {
  const untold = untoldOfFiles(parts, stored && [...stored.people, ...stored.homes]);
  const spots = blindSpotsOfFiles(parts, enrolledDevices(parts, stored?.devices), untold);
  if (!spots) return [];
  const { zh, en } = spots.length > 0 ? listed(spots.map(({ text }) => text)) : NO_BLIND_SPOT;
  return [finding('blind-spots', spots.length > 0 ? 'warning' : 'ok', zh, en)];
}

/** Of the records where some stand there: devices are mostly enrolled while the service runs. */
export const enrolledDevices = (
  { registry }: Pick<Parts, 'registry'>,
  stored: readonly string[] = [],
): Device[] =>
  stored.length > 0
    ? stored.map((doc) => JSON.parse(doc) as Device)
    : registry.filter((entry) => entry.noun === 'device');

/** No gap was found because nobody could look for one, which is not the same as well. */
const NO_ROSTER: Finding = finding(
  'rosters',
  'unknown',
  '没有值班表，无从检查空缺：全天都按 notify.yaml 中的角色与人员通知',
  'There are none, so that no gap can be looked for: whom notify.yaml names is called at all hours',
);

/** A roster without a gap that no line names calls nobody. */
function named(gaps: Finding, { policy, rosters }: Pick<Parts, 'policy' | 'rosters'>): Finding {
  const idle = unnamedRosters(
    policy,
    rosters.file.rosters.map(({ id }) => id),
  );
  if (idle.length === 0 || gaps.result !== 'ok') return gaps;
  return finding(
    'rosters',
    'warning',
    `notify.yaml 没有一条写明值班表 ${firstOf(idle)}：请假与替班不影响通知谁`,
    `No line of notify.yaml names the roster ${firstOf(idle)}: leave and substitutes change nothing about who is called`,
  );
}

export function gapFinding(
  all: readonly RosterGap[],
  now: number,
  nameOf: (roster: string) => string,
  zoneOf: (roster: string) => string,
): Finding {
  const gaps = all.filter(({ from, until }) => until > now && from < now + AHEAD_MS);
  const [first] = gaps;
  if (!first) return finding('rosters', 'ok', '7 天内没有空缺', 'No gap within 7 days');
  const { roster, from, until, reason } = first;
  const [begin, end] = [from, until].map((at) => shortLocal(at, zoneOf(roster)));
  const { zh, en } = GAP_REASONS[reason];
  return finding(
    'rosters',
    'problem',
    `7 天内 ${gaps.length} 处空缺，首先是「${nameOf(roster)}」${begin} 至 ${end}：${zh}`,
    `${gaps.length === 1 ? 'A gap' : `${gaps.length} gaps`} within 7 days, the first on "${nameOf(roster)}" from ${begin} to ${end}: ${en}`,
  );
}

type Line = NotifyPolicy['routes'][number] | NotifyPolicy['escalation'][number]['steps'][number];
type People = Pick<Parts, 'policy' | 'rosters' | 'channels'>;

/** Lines that would call nobody, and roles that nobody holds who can be told. */
export function policyFinding({ policy, rosters, channels }: People, staff: readonly Staff[]): Finding {
  const reachable = staff.filter((one) => one.channels.some(({ channel }) => channels.has(channel)));
  const holds = (role: string, nodes: readonly string[] | undefined): boolean =>
    reachable.some(({ roles }) =>
      roles.some(
        (held) =>
          held.role === role &&
          (nodes === undefined || nodes.some((at) => covers(held.node, at) || covers(at, held.node))),
      ),
    );
  const known = (id: string): boolean => reachable.some((one) => one.id === id);
  const onRoster = (id: string): boolean => {
    const roster = rosters.roster(id);
    if (!roster) return false;
    const { node, otherwise } = roster;
    return membersOf(roster).some(known) || otherwise.some((role) => holds(role, [node]));
  };
  // Whether a home has family or a resident who can be asked is of that home, not of the line.
  const ofHome = (role: string): boolean => role === 'contact' || role === 'resident';
  const reaches = (line: Line, nodes: readonly string[] | undefined): boolean =>
    line.roles.some((role) => ofHome(role) || holds(role, nodes)) ||
    (line.rosters ?? []).some(onRoster) ||
    (line.people ?? []).some(known) ||
    line.channels.some((id) => channels.has(id));
  const lines = linesOf(policy);
  const dead = lines.filter(({ line, nodes }) => !reaches(line, nodes)).map(({ where }) => where);
  const named = new Set(lines.flatMap(({ line }) => line.roles.filter((role) => !ofHome(role))));
  const roles = STAFF_ROLES.filter((role) => named.has(role) && !holds(role, undefined));
  if (dead.length > 0)
    return finding(
      'policy',
      'problem',
      `通知不到任何人：${firstOf(dead)}${roles.length > 0 ? `；没有能通知到的人担任：${firstOf(roles)}` : ''}`,
      `Nobody is reached by ${firstOf(dead)}${roles.length > 0 ? `; nobody who can be told holds ${firstOf(roles)}` : ''}`,
    );
  if (roles.length > 0)
    return finding(
      'policy',
      'warning',
      `无人担任且可通知：${firstOf(roles)}`,
      `Nobody who can be told holds ${firstOf(roles)}`,
    );
  return finding(
    'policy',
    'ok',
    `${lines.length} 条策略均有人`,
    `Each of ${lines.length} lines reaches somebody`,
  );
}

interface PlacedLine {
  readonly line: Line;
  readonly where: string;
  readonly nodes: readonly string[] | undefined;
}

function linesOf({ routes, escalation, callBackEscalation }: NotifyPolicy): PlacedLine[] {
  const stepsOf = (name: string, all: NotifyPolicy['escalation']): PlacedLine[] =>
    all.flatMap(({ steps, nodes }, i) =>
      steps.map((line, j) => ({ line, where: `${name}[${i}].steps[${j}]`, nodes })),
    );
  return [
    ...routes.map((line, i) => ({ line, where: `routes[${i}]`, nodes: line.nodes })),
    ...stepsOf('escalation', escalation),
    ...stepsOf('callBackEscalation', callBackEscalation),
  ];
}

const firstOf = (names: readonly string[]): string =>
  names.slice(0, NAMED_MAX).join(', ') + (names.length > NAMED_MAX ? ' …' : '');
