import type { Priority } from './alert.ts';
import type { CaseStatus } from './case.ts';
import type { Text } from './text.ts';

/**
 * queued → accepted (the provider took it) → delivered (a receipt says so) → seen (a person opened or answered it): three
 * things that no word mixes. Or failed, or withdrawn because nobody needs it any more or another notice says it; both
 * with a reason.
 */
export const NOTICE_STATES = ['queued', 'accepted', 'delivered', 'seen', 'failed', 'withdrawn'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** Why a notice was not sent, or not yet. A closed list. */
export const NOTICE_FAILURES = {
  'channel-unknown': { zh: '渠道未配置', en: 'No channel of this name is configured' },
  'channel-misconfigured': { zh: '渠道配置有误', en: 'The provider refuses our configuration' },
  'recipient-invalid': { zh: '接收人无效', en: 'The provider does not know the recipient' },
  'provider-unreachable': { zh: '无法连接服务商', en: 'The provider could not be reached' },
  'provider-timeout': { zh: '服务商超时', en: 'The provider did not answer in time' },
  'provider-busy': { zh: '服务商限流', en: 'The provider asks us to slow down' },
  'provider-error': { zh: '服务商出错', en: 'The provider answered with an error' },
  'recipient-gone': {
    zh: '接收人已不在登记中，或已不用该号码',
    en: 'The recipient is not registered any more, or not with this address',
  },
  'refused-by-recipient': { zh: '接收方已停用', en: 'The receiver has switched this address off' },
  'address-limit': {
    zh: '该号码已达频次上限',
    en: 'This number has got as many as the provider allows',
  },
  'not-reached': { zh: '未接通或未送达', en: 'It did not reach the person' },
  'attempts-exhausted': { zh: '多次重试失败', en: 'It was tried as often as allowed' },
  'case-resolved': { zh: '事项已处置，无需再发', en: 'The case was resolved before it could be sent' },
  'case-taken': { zh: '已有人接手，无需再发', en: 'Somebody had taken the case before it could be sent' },
  outdated: { zh: '事项已有新进展，无需再说', en: 'The case had moved on before it could be said' },
  'in-digest': { zh: '已并入汇总通知', en: 'A digest tells of it' },
} as const satisfies Record<string, Text>;
export type NoticeFailure = keyof typeof NOTICE_FAILURES;

/** Reasons that are nobody's fault: the notice was withdrawn. */
const WITHDRAWALS = [
  'case-resolved',
  'case-taken',
  'outdated',
  'in-digest',
] as const satisfies NoticeFailure[];
export type Withdrawal = (typeof WITHDRAWALS)[number];
export const isWithdrawal = (failure: NoticeFailure | undefined): failure is Withdrawal =>
  (WITHDRAWALS as readonly (NoticeFailure | undefined)[]).includes(failure);

/**
 * Who is told: a member of staff in a role, a contact of the home, or a channel on its own (a group, a duty room). A
 * resident is asked whether all is well: what they answer is `case.confirm`, never an acknowledgement.
 */
export interface Recipient {
  readonly kind: 'staff' | 'contact' | 'resident' | 'channel';
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** What a notice tells of. `digest`: several of them to one address, because its channel may not send all. */
export const NOTICE_EVENTS = [
  'case-opened',
  'case-raised',
  'case-escalated',
  'case-overdue',
  'case-assigned',
  'case-call-back',
  'case-reopened',
  'case-acknowledged',
  'case-resolved',
  'resident-asked',
  'digest',
  'test',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** What is said. Little, because groups are leaky: details stand behind the login. */
export interface NoticeContent {
  readonly event: NoticeEvent;
  readonly title: Text;
  readonly body: Text;
  readonly priority: Priority;
  /** It is about devices or the service, and no person is in danger by it. Absent in notices of before. */
  readonly ofThings?: true;
  /** It is about what somebody asked for. Absent in notices of before. */
  readonly ofRequest?: true;
  /** How often people had been called anew by then, after somebody had had it; absent: never. */
  readonly anew?: number;
  /** A drill: nobody is in danger. */
  readonly drill?: true;
  /** Absent in notices of before, and in drills. */
  readonly parts?: NoticeParts;
  /** Of the case, as people say it. Only while it is being sent. */
  readonly number?: number;
}

/** What a title is made of, for channels that only fill in the blanks of an approved text: SMS, a voice on the telephone. */
export interface NoticeParts {
  /** Empty where the place lies in none. */
  readonly community: string;
  /** Building, unit and home; what stands in their place for a gateway or an area. */
  readonly place: Text;
  /** The surname, no given name; empty where it is about nobody. */
  readonly person: Text;
  /** What was found. */
  readonly event: Text;
  /** When it was told, on the clocks of the place: `08:30`. */
  readonly time: string;
}

/** What became of a case, for those who were told of it earlier. */
export interface CaseNews {
  readonly what: 'taken' | 'on-the-way' | 'resolved' | 'struck-off';
  readonly status: CaseStatus;
  /** Who has it, or resolved it. */
  readonly by: string;
  readonly at: number;
  /** The same on the clocks of the place: `03-01 08:31`. */
  readonly when: string;
  readonly text: Text;
  /** What the case is called after by then, without the place; absent where that is not known. */
  readonly finding?: Text;
  /** A contact has an emergency, and has not said that they come: somebody near is needed as before. Absent in news of before. */
  readonly wanted?: true;
  /** A contact, who was not enough before, comes, is there or has reached the person: nobody near is needed any more. */
  readonly suffices?: true;
  /** A contact had said that they come, or are there, and takes that back: whoever was told that they are not needed is. */
  readonly takenBack?: true;
}

/** Of a notice that says to whoever was told what became of it. */
export interface FollowUp {
  /** The notice that it answers, or changes. */
  readonly notice: string;
  readonly providerId?: string;
  /** That notice itself is changed where it was sent. */
  readonly edits?: true;
  readonly news: CaseNews;
}

/** One message to one person over one channel. */
export interface Notice {
  readonly id: string;
  readonly case: string;
  readonly alert: string;
  readonly home: string;
  readonly path: string;
  readonly recipient: Recipient;
  /** The name of a channel in config/channels.yaml. */
  readonly channel: string;
  readonly address: string;
  readonly content: NoticeContent;
  readonly createdAt: number;
  readonly state: NoticeState;
  readonly attempts: number;
  /** When it is tried next; only while queued. */
  readonly nextAttemptAt?: number;
  readonly acceptedAt?: number;
  readonly deliveredAt?: number;
  readonly seenAt?: number;
  /** When it failed or was withdrawn. */
  readonly failedAt?: number;
  readonly failure?: NoticeFailure;
  /** What the provider said, shortened: its code and words. */
  readonly providerAnswer?: string;
  readonly providerId?: string;
  /** Of one that stands in a digest: the id of the digest. */
  readonly digest?: string;
  /** Of a digest: the ids of those that it stands for. */
  readonly standsFor?: readonly string[];
  readonly follows?: FollowUp;
}

/** Its place among what waits: nobody waits for a word that somebody else has the case as one waits for help. */
export const urgencyOf = ({ content, follows }: Pick<Notice, 'content' | 'follows'>): Priority =>
  follows ? 'P4' : content.priority;
