import { dutyBetween, gapsOf } from '../cases/duty/gaps.ts';
import { type Duty, membersOf, type Post } from '../cases/duty/on-duty.ts';
import type { PlannedShift } from '../cases/duty/shift-plan.ts';
import { type Clock, DAY } from '../lib/clock.ts';
import type { RosterDefinition } from '../model/roster.ts';
import type { DutyPerson, DutyPost, DutyShift, RosterReader, RosterView } from '../ports/rosters.ts';
import type { Registry } from '../registry/registry.ts';
import type { RosterWatch } from './roster-watch.ts';

/** What rosters are read from: a core that runs, or the files alone. */
export interface RosterSources {
  readonly duty: Duty;
  readonly registry: Registry;
  readonly channels: ReadonlySet<string>;
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
