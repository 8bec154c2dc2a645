import { dutyBetween, gapsOf } from '../cases/duty/gaps.ts';
import { Duty, membersOf, type Post } from '../cases/duty/on-duty.ts';
import type { PlannedShift } from '../cases/duty/shift-plan.ts';
import { ROLE_NAMES } from '../cases/texts.ts';
import { type Clock, DAY } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import type { RosterDefinition } from '../model/roster.ts';
import type {
  DutyPerson,
  DutyPost,
  DutyShift,
  LeaveOutlook,
  LeftPost,
  RosterReader,
  RosterView,
} from '../ports/rosters.ts';
import type { Registry } from '../registry/registry.ts';
import type { RosterWatch } from './roster-watch.ts';

/** What rosters are read from: a core that runs, or the files alone. */
export interface RosterSources {
  readonly duty: Duty;
  readonly registry: Registry;
  readonly channels: ReadonlySet<string>;
  readonly policy: Pick<NotifyPolicy, 'routes' | 'escalation' | 'callBackEscalation'>;
}

export function rosterReader(
  sources: RosterSources,
  clock: Pick<Clock, 'now'>,
  watch: Pick<RosterWatch, 'report'>,
): RosterReader {
  const { duty } = sources;
  return {
    get all() {
      return duty.all;
    },
    get report() {
      return watch.report;
    },
    gapsWith: (staff, from, until) =>
      duty.all
        .filter((roster) => membersOf(roster).includes(staff))
        .flatMap((roster) => gapsOf(duty, roster, { from, until }, sources.registry, sources.channels)),
    leaveOutlook: (staff, from, until) => leaveOutlook(sources, staff, from, until),
    view(id) {
      const roster = duty.roster(id);
      return roster && viewOf(sources, roster, clock.now());
    },
    shifts(id, from, until) {
      const roster = duty.roster(id);
      return roster && shiftsOf(sources, roster, from, until);
    },
  };
}

function viewOf(sources: RosterSources, roster: RosterDefinition, now: number): RosterView {
  const { duty, registry, channels } = sources;
  const until = now + duty.rosters.file.lookAheadDays * DAY;
  const onDuty = duty.onDuty(roster, now, registry, channels).people;
  const called = onDuty.length > 0 ? onDuty : duty.substitutes(roster, now, registry, channels);
  const members = membersOf(roster);
  return {
    roster,
    timeZone: registry.timeZone(roster.node),
    at: now,
    shifts: shiftsOf(sources, roster, now, now + 1),
    called: called.map(({ id }) => personOf(registry, id)),
    members: members.map((id) => personOf(registry, id)),
    gaps: gapsOf(duty, roster, { from: now, until }, registry, channels),
    swaps: duty.swapsOf(roster.id),
    leave: duty.book.leave.filter(({ staff, until: end }) => end > now && members.includes(staff)),
    notes: duty.book.notes.filter(({ roster: of }) => of === roster.id).reverse(),
  };
}

/** Rosters as they would be with one more leave: nothing is changed by asking. */
function leaveOutlook(sources: RosterSources, staff: string, from: number, until: number): LeaveOutlook {
  const { duty } = sources;
  const leave = { staff, from, until, note: '', by: '', at: from };
  const book = { ...duty.book, leave: [...duty.book.leave, leave] };
  const onLeave = { ...sources, duty: new Duty(duty.rosters, () => book) };
  // Swaps bring in whoever a roster does not name: all are looked through.
  const posts = until > from ? duty.all.flatMap((one) => leftPosts(onLeave, one, leave)) : [];
  posts.sort((a, b) => a.from - b.from);
  return { posts: posts.slice(0, LIMITS.rosterGapsShownMax), roles: calledRoles(sources, staff) };
}

function leftPosts(
  { duty, registry, channels }: RosterSources,
  roster: RosterDefinition,
  { staff, from, until }: { readonly staff: string; readonly from: number; readonly until: number },
): LeftPost[] {
  const left: LeftPost[] = [];
  for (const piece of dutyBetween(duty, roster, { from, until }, registry, channels)) {
    const post = piece.onDuty.posts.find(({ planned }) => planned === staff);
    if (!post) continue;
    const { people } = piece.onDuty;
    const standIn = people.length > 0 ? people : duty.substitutes(roster, piece.from, registry, channels);
    const next: LeftPost = {
      roster: roster.id,
      rosterName: roster.name,
      shiftName: post.shift.shift.name,
      from: piece.from,
      until: piece.until,
      ...(post.person ? { person: personOf(registry, post.person.id) } : {}),
      called: standIn.map(({ id }) => personOf(registry, id)),
    };
    const last = left.at(-1);
    if (last && isSameBut(last, next)) left[left.length - 1] = { ...last, until: next.until };
    else left.push(next);
    if (left.length >= LIMITS.rosterGapsShownMax) break;
  }
  return left;
}

/** Does it go on as before, and for the same shift? */
const isSameBut = (last: LeftPost, { from, until, ...next }: LeftPost): boolean =>
  last.until === from && JSON.stringify(last) === JSON.stringify({ ...last, ...next });

/** Roles of theirs that the policy calls by: it asks no roster, and so no leave. */
function calledRoles({ registry, policy }: RosterSources, staff: string): LeaveOutlook['roles'] {
  const steps = [...policy.escalation, ...policy.callBackEscalation].flatMap((one) => one.steps);
  const called = new Set([...policy.routes, ...steps].flatMap(({ roles }) => roles));
  return (registry.staffMember(staff)?.roles ?? [])
    .filter(({ role }) => called.has(role))
    .map(({ role, node }) => ({ title: ROLE_NAMES[role], place: registry.node(node)?.name ?? node }));
}

function shiftsOf(
  sources: RosterSources,
  roster: RosterDefinition,
  from: number,
  until: number,
): DutyShift[] {
  return sources.duty
    .planOf(roster, sources.registry)
    .between(from, until)
    .map((planned) => shiftView(sources, roster, planned));
}

function shiftView(sources: RosterSources, roster: RosterDefinition, planned: PlannedShift): DutyShift {
  const { duty, registry, channels } = sources;
  const { shift, date, day, from, until, members } = planned;
  const pieces: { from: number; until: number; posts: DutyPost[] }[] = [];
  for (const piece of dutyBetween(duty, roster, planned, registry, channels)) {
    const posts = piece.onDuty.posts
      .filter((post) => post.shift.shift === shift && post.shift.date === date)
      .map((post) => postView(registry, post));
    const last = pieces.at(-1);
    if (last && JSON.stringify(last.posts) === JSON.stringify(posts)) last.until = piece.until;
    else pieces.push({ from: piece.from, until: piece.until, posts });
  }
  const dayName = duty.rosters.calendar.nameOf(day);
  return {
    shift: shift.id,
    name: shift.name,
    date,
    ...(dayName ? { dayName } : {}),
    from,
    until,
    rotation: members.map((id) => personOf(registry, id)),
    pieces,
  };
}

const postView = (registry: Registry, { planned, person, because }: Post): DutyPost => ({
  planned: personOf(registry, planned),
  ...(person ? { person: personOf(registry, person.id) } : {}),
  ...(because ? { because } : {}),
});

/** A person by id; one who is not in the registry is called by the id. */
export function personOf(registry: Registry, id: string): DutyPerson {
  const person = registry.staffMember(id);
  return { id, name: person?.name ?? id, ...(person?.phone === undefined ? {} : { phone: person.phone }) };
}
