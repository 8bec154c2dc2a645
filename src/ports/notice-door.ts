import type { Priority } from '../model/alert.ts';
import type { CareState, CaseStatus } from '../model/case.ts';
import type { CaseMark } from '../model/case-marks.ts';
import type { NoticeContent } from '../model/notice.ts';
import type { AwayAnswer } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { ReplyResult } from './channel-reply.ts';

/** What stands behind the link of a notice: little, because a link may be passed on. */
export interface LinkedNotice {
  readonly content: NoticeContent;
  readonly createdAt: number;
  /** In whose name the button acknowledges. */
  readonly recipient: string;
  /** It asks the person whom it is about whether all is well. */
  readonly asksResident?: true;
  /** It went to a resident or a contact: their link opens the door of the home as well. */
  readonly ofHome?: true;
  readonly timeZone: string;
  /** Of the place of the home; absent: that of the site holds. */
  readonly phone?: string;
  /** Whoever it went to is not among those who may take its case any more, and whom they should tell. */
  readonly notTheirs?: Text;
  /** The page of the console on which it is put right, where that is not the case. */
  readonly page?: string;
  /** Absent for a test, for a digest, and where the case is not kept any more. */
  readonly case?: {
    readonly id: string;
    readonly number: number;
    readonly status: CaseStatus;
    /** Of a case after an absence, while it is open. */
    readonly care?: CareState;
    readonly by?: string;
    readonly at?: number;
    /** Where the case has become another matter since the notice was sent: what it is now. */
    readonly now?: { readonly priority: Priority; readonly title: Text };
    /** Whoever reads this has it. */
    readonly isReaders?: true;
    /** They have not set out. */
    readonly awaitsReader?: true;
    /** They have not said that they are there. */
    readonly mayArrive?: true;
    /** What whoever has it said last of how far they are. */
    readonly mark?: { readonly what: CaseMark; readonly at: number };
    /** What they said last, while it may be taken back here. */
    readonly undo?: CaseMark;
    /** What is due next was not done in time, and people are called again. */
    readonly isLate?: true;
    /** Somebody may be in danger: a P1 or P2 about a person. */
    readonly isEmergency?: true;
    /** How it stands: a form carries it, so that a press is of what was shown. */
    readonly state: string;
    /** A contact has it who has not said that they come, and whoever reads this is staff, and may take it over. */
    readonly mayTake?: true;
    /** The same where whoever reads this is another contact: they may have it by coming. */
    readonly mayCome?: true;
  };
}

/** What somebody who was called says by a button of the page. */
export type NoticePress = 'acknowledge' | 'on-the-way' | 'cannot-come';

/** Why a link leads nowhere. A closed list. */
export type LinkRefusal = 'unknown' | 'expired';

/** Links that notices carry. Each is for one person, signed, and short-lived. */
export interface NoticeDoor {
  /** Looks, and changes nothing. */
  open(token: string): Promise<LinkedNotice | LinkRefusal>;
  /** A person has opened the page. */
  seen(token: string): Promise<void>;
  /**
   * The person of the notice takes the case, has set out (and has thereby taken it), or cannot come: whoever has it gives it back by
   * that. `saw`: the state that their page showed.
   */
  press(token: string, kind: NoticePress, saw?: string): Promise<ReplyResult | LinkRefusal>;
  /** Whoever has it is there. */
  arrived(token: string, saw: string | undefined): Promise<ReplyResult | LinkRefusal>;
  /** Whoever has it takes back what they said last. */
  undo(token: string, saw: string | undefined): Promise<ReplyResult | LinkRefusal>;
  /** A contact has spoken to the person. */
  spoke(token: string, well: boolean): Promise<ReplyResult | LinkRefusal>;
  /** The person whom it is about needs help. */
  needHelp(token: string): Promise<ReplyResult | LinkRefusal>;
  /** The person of the notice answers whether somebody is back, or takes back what was registered. */
  answer(token: string, answer: AwayAnswer): Promise<ReplyResult | LinkRefusal>;
}
