import type { NoticeFailure } from '../model/notice.ts';
import type { Text } from '../model/text.ts';

/** What comes back over a channel about a notice: a receipt of the provider, or what a person did with it. */
export type ChannelReply = {
  /** The name of the channel in config/channels.yaml. */
  readonly channel: string;
  /** When it happened, in epoch milliseconds, as far as the provider says; otherwise when we heard of it. */
  readonly at: number;
  /** The notice: by its own id, or by the id that the provider gave when it accepted it. */
  readonly about: { readonly notice: string } | { readonly providerId: string };
} & (
  | { readonly kind: 'delivered' }
  /** Opened, read, or listened to the end. */
  | { readonly kind: 'seen' }
  /** The provider took it and later said that it did not arrive. */
  | { readonly kind: 'undelivered'; readonly failure: NoticeFailure; readonly detail: string }
  /**
   * A button, a key pressed: a person takes the case, is on the way (and has thereby taken it), or cannot come.
   * `by` is who, as the provider knows them, where it says so.
   */
  | {
      readonly kind: 'acknowledge' | 'on-the-way' | 'cannot-come';
      readonly by?: { readonly address: string; readonly name?: string };
      /** It can be said of this notice once, and its provider may report it again: a key pressed in a call. */
      readonly once?: true;
    }
);

/** Why a reply changed nothing. A closed list. */
export const REPLY_REFUSALS = {
  'notice-unknown': { zh: '没有对应的通知', en: 'There is no such notice' },
  'person-unknown': { zh: '未登记的人员，不能接手', en: 'Nobody on the roster has this address' },
  'not-theirs': { zh: '已不是该处的负责人员，未接手', en: 'The home is not theirs any more' },
  'case-refused': { zh: '事项不能接手', en: 'The case cannot be taken' },
  'not-ready': { zh: '系统繁忙，请稍后再试', en: 'The service is busy: try again' },
} as const satisfies Record<string, Text>;
export type ReplyRefusal = keyof typeof REPLY_REFUSALS;

/** What became of a reply, with words for the person who waits on the other side. */
export type ReplyResult =
  | { readonly ok: true; readonly text: Text }
  | { readonly ok: false; readonly refusal: ReplyRefusal; readonly text: Text };

/** Takes replies from channels, whichever way they come: a session of ours, or a push of the provider. */
export type TakeReply = (reply: ChannelReply) => Promise<ReplyResult>;

/** A push of a provider, as it came. */
export interface ReceiptRequest {
  /** The name of the channel in config/channels.yaml. */
  readonly channel: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** UTF-8, unread: signatures are over bytes. */
  readonly body: string;
}

/** Why a push was not taken. A closed list. */
const RECEIPT_REFUSALS = {
  'not-signed': { zh: '签名或令牌不符', en: 'The signature or token is missing or wrong' },
  'not-understood': { zh: '内容无法识别', en: 'The push does not have the form that the provider documents' },
  'too-many': { zh: '推送过于频繁', en: 'The channel pushes too often' },
} as const satisfies Record<string, Text>;
export type ReceiptRefusal = keyof typeof RECEIPT_REFUSALS;

/** What a channel reads in a push, and what its provider wants to hear. */
export type ReceiptReading =
  | {
      readonly ok: true;
      readonly replies: readonly ChannelReply[];
      /** The content type is JSON unless it says otherwise. */
      readonly answer: ReceiptAnswer;
    }
  | { readonly ok: false; readonly refusal: ReceiptRefusal };

export interface ReceiptAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

/** The door for providers that push by HTTP. */
export interface ReceiptDoor {
  /** Undefined: no channel of this name takes pushes. `not-ready`: the provider should push again. */
  take(request: ReceiptRequest): Promise<ReceiptAnswer | ReceiptRefusal | 'not-ready' | undefined>;
  /** Pushes taken, and refused ones by reason, since the start. */
  readonly counts: ReadonlyMap<'taken' | ReceiptRefusal | 'not-ready', number>;
}
