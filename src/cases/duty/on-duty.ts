import type { WorkCalendar } from '../../model/holidays.ts';
import { PLAIN_WEEK } from '../../model/holidays.ts';
import type { Contact, Staff } from '../../model/registry.ts';
import {
  type DutyBook,
  EMPTY_DUTY_BOOK,
  type Leave,
  NO_ROSTERS,
  type RosterDefinition,
  type RostersFile,
  type Swap,
} from '../../model/roster.ts';
import type { GapReason } from '../../model/roster-words.ts';
import { type PlannedShift, Rota, RuleYears, serving } from './rota.ts';

/** What is asked of the registry about whoever is on duty. */
export interface DutyRegistry {
  staffMember(id: string): Staff | undefined;
  /** IANA zone of the community above this path. */
  timeZone(path: string): string;
}

/** One place in a shift: who should be there, and who is. */
export interface Post {
  readonly planned: string;
  /** Who is called; absent where nobody can be. */
  readonly person?: Staff;
  /** Why it is not the one who was planned. */
  readonly because?: GapReason;
  readonly shift: PlannedShift;
}

/** Who is on duty at one instant. `posts` is empty where no shift lasts. */
export interface OnDuty {
  readonly roster: RosterDefinition;
  readonly posts: readonly Post[];
  /** Who is called, each once. */
  readonly people: readonly Staff[];
}

/** Can a person be told at all? By the channels that are configured. */
export const isReachable = (
  { channels }: Pick<Staff | Contact, 'channels'>,
  configured: ReadonlySet<string> | undefined,
): boolean => channels.some(({ channel }) => configured?.has(channel) ?? true);

/** The rosters of the file, with what was worked out of them: the same for everybody who asks. */
export class Rosters {
  readonly file: RostersFile;
  readonly calendar: WorkCalendar;
  readonly #rotas = new Map<string, Rota>();
  readonly #ruleYears = new RuleYears();

  constructor(file: RostersFile = NO_ROSTERS, calendar: WorkCalendar = PLAIN_WEEK) {
    this.file = file;
    this.calendar = calendar;
  }

  roster(id: string): RosterDefinition | undefined {
    return this.file.rosters.find((one) => one.id === id);
  }

  rota(roster: RosterDefinition, registry: DutyRegistry): Rota {
    const timeZone = registry.timeZone(roster.node);
    const known = this.#rotas.get(roster.id);
    if (known?.timeZone === timeZone) return known;
    const made = new Rota(roster, timeZone, this.calendar, this.#ruleYears);
    this.#rotas.set(roster.id, made);
    return made;
  }
}

/** What people changed, by roster and by person. */
interface BookIndex {
  readonly book: DutyBook;
  readonly swaps: ReadonlyMap<string, readonly Swap[]>;
  readonly leave: ReadonlyMap<string, readonly Leave[]>;
}
const NO_SWAPS: readonly Swap[] = [];
const NO_LEAVE: readonly Leave[] = [];

/** Everybody whom a roster names, each once. */
export const membersOf = ({ members, shifts, substitutes }: RosterDefinition): string[] => [
  ...new Set([...members, ...shifts.flatMap((shift) => shift.members ?? []), ...substitutes]),
];

/**
 * All rosters with what people changed about them: answers who is on duty at an instant. It is asked with the instant
 * and knows no other; registry and channels are looked up as they are now.
 */
export class Duty {
  readonly rosters: Rosters;
  readonly #book: () => DutyBook;
  #indexed: BookIndex | undefined;

  /** @param book what people changed, as it is whenever it is asked for */
  constructor(rosters: Rosters, book: () => DutyBook = () => EMPTY_DUTY_BOOK) {
    this.rosters = rosters;
    this.#book = book;
  }

  get book(): DutyBook {
    return this.#book();
  }

  get all(): readonly RosterDefinition[] {
    return this.rosters.file.rosters;
  }

  roster(id: string): RosterDefinition | undefined {
    return this.rosters.roster(id);
  }

  rota(roster: RosterDefinition, registry: DutyRegistry): Rota {
    return this.rosters.rota(roster, registry);
  }

  swapsOf(roster: string): readonly Swap[] {
    return this.#index().swaps.get(roster) ?? NO_SWAPS;
  }

  /** Periods in which nobody counts on this person. */
  leaveOf(staff: string): readonly Leave[] {
    return this.#index().leave.get(staff) ?? NO_LEAVE;
  }

  /** What people changed, by what is asked for; made anew when they change something. */
  #index(): BookIndex {
    const { book } = this;
    if (this.#indexed?.book === book) return this.#indexed;
    this.#indexed = {
      book,
      swaps: Map.groupBy(book.swaps, ({ roster }) => roster),
      leave: Map.groupBy(book.leave, ({ staff }) => staff),
    };
    return this.#indexed;
  }

  onDuty(
    roster: RosterDefinition,
    at: number,
    registry: DutyRegistry,
    configured: ReadonlySet<string> | undefined,
  ): OnDuty {
    const shifts = this.rota(roster, registry).between(at, at + 1);
    const swaps = this.swapsOf(roster.id);
    const places = shifts.flatMap((shift) => serving(shift, swaps).map((planned) => ({ planned, shift })));
    const fault = (id: string): GapReason | undefined =>
      faultOf(registry.staffMember(id), at, this.leaveOf(id), configured);
    const taken = new Set(places.map(({ planned }) => planned));
    const posts = places.map(({ planned, shift }): Post => {
      const because = fault(planned);
      if (because === undefined) return { planned, shift, person: registry.staffMember(planned) as Staff };
      const instead = roster.substitutes.find((one) => !taken.has(one) && fault(one) === undefined);
      if (instead === undefined) return { planned, shift, because };
      taken.add(instead);
      return { planned, shift, because, person: registry.staffMember(instead) as Staff };
    });
    const people = posts.flatMap(({ person }) => person ?? []);
    return { roster, posts, people: [...new Set(people)] };
  }

  /** Those substitutes that can be called at this instant, whether or not a shift lasts. */
  substitutes(
    roster: RosterDefinition,
    at: number,
    registry: DutyRegistry,
    configured: ReadonlySet<string> | undefined,
  ): Staff[] {
    return roster.substitutes.flatMap((id) => {
      const person = registry.staffMember(id);
      return person && faultOf(person, at, this.leaveOf(id), configured) === undefined ? person : [];
    });
  }
}

/** Why this person cannot be called at this instant; undefined: they can. */
function faultOf(
  person: Staff | undefined,
  at: number,
  leave: readonly Leave[],
  configured: ReadonlySet<string> | undefined,
): GapReason | undefined {
  if (leave.some(({ from, until }) => from <= at && at < until)) return 'on-leave';
  if (!person) return 'person-unknown';
  return isReachable(person, configured) ? undefined : 'no-channel';
}
