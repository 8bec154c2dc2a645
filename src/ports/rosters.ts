import type { HandOverNote, Leave, RosterDefinition, RosterFault, RosterGap, Swap } from '../model/roster.ts';
import type { GapReason } from '../model/roster-words.ts';
import type { Text } from '../model/text.ts';

/** What was found when somebody looked through the rosters. */
export interface RosterReport {
  readonly at: number;
  /** How far it was looked ahead. */
  readonly until: number;
  readonly gaps: readonly RosterGap[];
  readonly faults: readonly RosterFault[];
}

/** Somebody who is on duty, or who would be. */
export interface DutyPerson {
  readonly id: string;
  readonly name: string;
  readonly phone?: string;
}

/** One place in a shift for as long as nothing about it changes. */
export interface DutyPost {
  readonly planned: DutyPerson;
  /** Who is called; absent: nobody can be. */
  readonly person?: DutyPerson;
  /** Why it is not the one who was planned. */
  readonly because?: GapReason;
}

/** One shift with everything that people changed about it. */
export interface DutyShift {
  readonly shift: string;
  readonly name: string;
  /** The day on which it begins, and what that day is called where it is not as the week has it. */
  readonly date: string;
  readonly dayName?: Text;
  readonly from: number;
  readonly until: number;
  /** Who would serve by the rotation. */
  readonly rotation: readonly DutyPerson[];
  readonly pieces: readonly {
    readonly from: number;
    readonly until: number;
    readonly posts: readonly DutyPost[];
  }[];
}

/** A place in a shift that somebody would leave with a leave, for as long as nothing about it changes. */
export interface LeftPost {
  readonly roster: string;
  readonly rosterName: string;
  readonly shiftName: string;
  readonly from: number;
  readonly until: number;
  /** Who stands in; absent: nobody. */
  readonly person?: DutyPerson;
  /** Who can be called on that roster then. */
  readonly called: readonly DutyPerson[];
}

/** What a leave would do. */
export interface LeaveOutlook {
  /** In order; not more than `rosterGapsShownMax`. */
  readonly posts: readonly LeftPost[];
  /** Roles by which they are told all the same, for leave changes rosters alone; and where they hold them. */
  readonly roles: readonly { readonly title: Text; readonly place: string }[];
}

/** A roster as it stands at an instant. */
export interface RosterView {
  readonly roster: RosterDefinition;
  readonly timeZone: string;
  readonly at: number;
  readonly shifts: readonly DutyShift[];
  /** Who is called at this instant; where nobody of the shifts can be, the substitutes. */
  readonly called: readonly DutyPerson[];
  readonly members: readonly DutyPerson[];
  readonly gaps: readonly RosterGap[];
  readonly swaps: readonly Swap[];
  /** Of members and substitutes. */
  readonly leave: readonly Leave[];
  /** The newest first. */
  readonly notes: readonly HandOverNote[];
}

/** Who is on duty when. */
export interface RosterReader {
  readonly all: readonly RosterDefinition[];
  readonly report: RosterReport;
  /** As of now; undefined: there is no such roster. */
  view(roster: string): RosterView | undefined;
  /** Times within this period in which nobody could be called of the rosters on which this member of staff stands. */
  gapsWith(staff: string, from: number, until: number): readonly RosterGap[];
  /** What it would do if this member of staff were on leave in this period. */
  leaveOutlook(staff: string, from: number, until: number): LeaveOutlook;
  /** Shifts that touch this period, in order. */
  shifts(roster: string, from: number, until: number): readonly DutyShift[] | undefined;
}
