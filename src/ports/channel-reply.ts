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
  /** A person takes the case: a button, a key pressed. `by` is who, as the provider knows them, where it says so. */
  | { readonly kind: 'acknowledge'; readonly by?: { readonly address: string; readonly name?: string } }
);

/** Why a reply changed nothing. A closed list. */
export const REPLY_REFUSALS = {
  'notice-unknown': { zh: '没有对应的通知', en: 'There is no such notice' },
  'person-unknown': { zh: '未登记的人员，不能接手', en: 'Nobody on the roster has this address' },
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
