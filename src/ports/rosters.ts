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
  /** Shifts that touch this period, in order. */
  shifts(roster: string, from: number, until: number): readonly DutyShift[] | undefined;
}
