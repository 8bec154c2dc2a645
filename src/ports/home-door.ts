import type { AwayKind } from '../model/away-kinds.ts';
import type { CaseStatus } from '../model/case.ts';
import type { AwayAnswer, AwayPeriod, Visitor } from '../model/registry.ts';
import type { RequestCategory } from '../model/request-category.ts';
import type { Text } from '../model/text.ts';
import type { LinkRefusal } from './notice-door.ts';

/** What stands behind the personal link of a contact or a resident: little, because a link may be passed on. */
export interface HomeDoorView {
  /** In whose name it acts. */
  readonly visitor: string;
  /** It is the resident who acts: nobody asks them whether they have died. */
  readonly isResident: boolean;
  /** Whom it is about, by the surname alone. */
  readonly resident: Text;
  readonly timeZone: string;
  /** Of the place of the home; absent: that of the site holds. */
  readonly phone?: string;
  readonly now: number;
  /** Until when the link leads here. */
  readonly until: number;
  /** Absences that last or are to come. Why, only where the visitor registered it: others may not want that told. */
  readonly periods: readonly (Pick<AwayPeriod, 'from' | 'until'> & { readonly kind?: AwayKind })[];
  /** It is asked whether somebody is back. */
  readonly asksForReturn: boolean;
  /** What the visitor asked for lately, the newest first, and no more of it than what became of it. */
  readonly requests: readonly SentRequest[];
}

/** A request that was sent over a personal link, as whoever sent it sees it. */
export interface SentRequest {
  readonly at: number;
  readonly category: RequestCategory;
  readonly status: CaseStatus;
}

/** Why what somebody asked for over a personal link is not done. A closed list. */
export const DOOR_REFUSALS = {
  'times-unclear': { zh: '请填写开始和结束时间', en: 'Please say from when until when' },
  'wrong-order': {
    zh: '结束时间须晚于开始时间，且尚未过去',
    en: 'The end must come after the beginning, and lie ahead',
  },
  'too-long': {
    zh: '时间过长，请分段登记，或致电社区',
    en: 'That is too long: register a part of it, or call the community',
  },
  'too-far-ahead': { zh: '开始时间过早或太远', en: 'It would begin too long ago, or too far ahead' },
  'too-often': {
    zh: '今天更改次数过多，请致电社区',
    en: 'Too many changes today: please call the community',
  },
  'not-lasting': { zh: '这段外出已经结束', en: 'That absence has ended already' },
  'not-asked': {
    zh: '现在没有待答复的询问，可能已有人答复',
    en: 'Nothing is asked now: somebody may have answered',
  },
  'what-unsaid': { zh: '请写明是什么事', en: 'Please say what it is about' },
  'requests-too-many': {
    zh: '今天提交的诉求过多，或尚有许多未办结，请致电社区',
    en: 'Too many requests today, or too many that are still open: please call the community',
  },
  'not-ready': { zh: '系统繁忙，请稍后再试', en: 'The service is busy: please try again' },
} as const satisfies Record<string, Text>;
export type DoorRefusal = keyof typeof DOOR_REFUSALS;

export type DoorResult =
  | { readonly ok: true; readonly text: Text }
  | { readonly ok: false; readonly refusal: DoorRefusal };

/** A personal link as staff see it. The link itself is shown when it is made, and never again. */
export interface HomeLink {
  readonly visitor: Visitor;
  readonly name: string;
  readonly relation: string;
  /** Absent: there is none. */
  readonly link?: {
    readonly until: number;
    readonly madeAt: number;
    readonly madeBy: string;
    /** When it was last used to change something. */
    readonly usedAt?: number;
  };
}

/** A link that nobody withdrew, and that opens nothing since the key of links is another: whoever had it needs a new one. */
export interface EndedLink {
  readonly home: string;
  readonly visitor: Visitor;
  readonly name: string;
  readonly relation: string;
  readonly until: number;
  readonly madeAt: number;
  readonly madeBy: string;
}

/** The door of those who live in a home, and of their family: links without an account, for absences and requests and nothing else. */
export interface HomeDoor {
  /** Everybody of the home who may have a link. */
  linksOf(home: string): Promise<readonly HomeLink[]>;
  /** In all homes, in the order of these. */
  endedByKey(): Promise<readonly EndedLink[]>;
  /** A new link; the one before leads nowhere any more. Undefined: there is no such person in the home. */
  make(
    home: string,
    visitor: Visitor,
    days: number,
    by: string,
  ): Promise<{ readonly path: string; readonly url?: string; readonly until: number } | undefined>;
  /** The link of this person, and those in notices that were sent until now, open this door no more. */
  revoke(home: string, visitor: Visitor, by: string): Promise<boolean>;
  /** Looks, and changes nothing. The token is one of a personal link, or that of a notice to a contact or a resident. */
  open(token: string): Promise<HomeDoorView | LinkRefusal>;
  register(
    token: string,
    period: { readonly kind: AwayKind; readonly from: number; readonly until: number },
  ): Promise<DoorResult | LinkRefusal>;
  /** Somebody is back: the period that begins at this instant ends, or is taken back. */
  end(token: string, from: number): Promise<DoorResult | LinkRefusal>;
  /** Asks for something that can wait. The same words with the same `once` are one request, however often they arrive. */
  request(
    token: string,
    asked: { readonly category: RequestCategory; readonly note: string; readonly once: string },
  ): Promise<DoorResult | LinkRefusal>;
  answer(token: string, answer: AwayAnswer): Promise<DoorResult | LinkRefusal>;
  /** What was refused, by reason, since the start. */
  readonly refused: ReadonlyMap<DoorRefusal | LinkRefusal, number>;
}
