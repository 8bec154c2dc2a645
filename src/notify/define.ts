import type { z } from 'zod';
import type { Timers } from '../lib/timers.ts';
import type { CaseNews, Notice, NoticeFailure } from '../model/notice.ts';
import type { SessionProblem } from '../model/session-problem.ts';
import type { Locale, Text } from '../model/text.ts';
import type { ReceiptReading, ReceiptRequest, TakeReply } from '../ports/channel-reply.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import type { AddressWindow } from './address-budget.ts';

/** What a channel wants sent. The outbox owns sockets, time-outs, retries and the record of what was sent. */
export type Delivery =
  | {
      readonly transport: 'http';
      readonly url: string;
      readonly method: 'POST';
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** May the address lie in a private network? Refused unless it says so. */
      readonly allowPrivate?: boolean;
    }
  | { readonly transport: 'mqtt'; readonly topic: string; readonly body: string; readonly retain: boolean }
  | { readonly transport: 'terminal'; readonly line: string }
  /** Over the connection that the channel keeps (`open`); the body is what its session understands. */
  | { readonly transport: 'session'; readonly body: unknown };

/** What a provider's answer means. HTTP 200 alone is not success: the code in the body decides. */
export type Answer =
  | { readonly kind: 'accepted'; readonly providerId?: string; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly failure: NoticeFailure;
      readonly detail: string;
      readonly afterMs?: number;
      /** Whom `afterMs` concerns: this address alone; absent, the whole channel. */
      readonly only?: 'address';
    }
  | { readonly kind: 'refused'; readonly failure: NoticeFailure; readonly detail: string };

export interface ChannelContext {
  /** When it is sent, in epoch milliseconds: signatures carry it. */
  readonly now: number;
  readonly locale: Locale;
  /** Where the notice leads, if the service knows its own address: the case, or a page of the one person. */
  readonly link?: string;
}

/** A connection that a channel keeps for as long as the service runs: it sends, and hears what people answer. */
export interface ChannelSession {
  /** One try. The outbox limits its time and tries again. */
  send(body: unknown, signal: AbortSignal): Promise<Answer>;
  state(): SessionState;
  close(): Promise<void>;
}

/** For the status page: connected since when, or what is wrong. */
export interface SessionState {
  readonly connected: boolean;
  readonly since: number;
  /** In the language of the channel. */
  readonly detail: string;
  /** What is wrong now, or was last noticed while connected. */
  readonly problem?: SessionProblem;
  /** How often each went wrong since the start. */
  readonly problems?: Readonly<Partial<Record<SessionProblem, number>>>;
}

/** What a session may use of the service. */
export interface SessionHost {
  /** The name of the channel in config/channels.yaml. */
  readonly channel: string;
  readonly locale: Locale;
  readonly now: () => number;
  readonly timers: Timers;
  /** In [0, 1): spreads reconnects. */
  readonly random: () => number;
  readonly reply: TakeReply;
  /** Browsers that people have switched push on in. */
  readonly push?: PushSubscriptions | undefined;
  readonly warn: (fields: object, message: string) => void;
}

/**
 * How those who were told over a channel hear that somebody took or resolved the case. Absent, where nothing that was sent
 * can be changed either: nothing, because a message costs, or a call wakes.
 */
export interface Words {
  /** One for each address, or one for all who sit behind the channel. */
  readonly to: 'address' | 'channel';
  /**
   * Programs, and screens on which it takes the place of what stood there, hear each of these. Absent: people, who are told
   * once of each who has it.
   */
  readonly each?: readonly ('case-acknowledged' | 'case-resolved')[];
  /** What was called anew, after somebody had had it, stands apart there, and hears by itself. */
  readonly threads?: true;
}

/** One notification channel is one file in `src/notify/channels/`. Pure: its test needs no server. */
export interface ChannelDefinition<C = unknown> {
  readonly channel: string;
  readonly title: Text;
  readonly summary: Text;
  /** What has to be done at the provider before it works, in order: docs/channels.md shows it. */
  readonly setUp?: readonly Text[];
  /** What stands under `config` in config/channels.yaml. Mark secrets with `.meta({ secret: true })`. */
  readonly config: z.ZodType<C>;
  /** Messages a minute that we allow ourselves for one configured channel, below the vendor's limit. */
  readonly perMinuteMax: number;
  /** The same of a second, where the vendor counts seconds too; what waits for the next one is not put together. */
  readonly perSecondMax?: number;
  /** What the vendor allows to one address, and a little less. */
  readonly perAddress?: (config: C) => readonly AddressWindow[];
  /** The same for all ways to write one address. */
  readonly addressKey?: (address: string) => string;
  readonly deliver: (notice: Notice, config: C, context: ChannelContext) => Delivery;
  /** Does what it sends reach nobody but the recipient? Then its link lets them acknowledge without signing in. */
  readonly personal?: (config: C) => boolean;
  /**
   * False: its receiver is a program that wants to hear of each case by itself, or a person whose one key acknowledges one
   * case. Otherwise what waits for one address,
   * while the channel may send no more, becomes one notice with the event `digest`.
   */
  readonly digests?: false;
  /** Reads the provider's answer to an http delivery. Other transports need none. */
  readonly answer?: (status: number, body: string, headers: Readonly<Record<string, string>>) => Answer;
  /**
   * Reads what the provider pushes to /api/v1/channel-replies/<channel>, and says what it wants to hear. It must itself
   * check that the push is the provider's: a signature, or a token of the configuration. `now` is the wall's, in epoch
   * milliseconds: signatures carry the time.
   */
  readonly receipts?: (request: ReceiptRequest, config: C, now: number) => ReceiptReading;
  /** Changes an accepted notice where it was sent, when its case was taken or resolved: a card whose buttons go. */
  readonly update?: (notice: Notice, news: CaseNews, config: C, context: ChannelContext) => Delivery;
  /** A change is a message of its own: of several notices of a case to one address only the newest is changed. */
  readonly updatesNewest?: true;
  readonly words?: Words;
  /** Opens the connection of a channel whose deliveries have the transport `session`. Reconnects by itself. */
  readonly open?: (config: C, host: SessionHost) => ChannelSession;
  readonly examples: readonly ChannelExample<C>[];
}

/** One test plays it with the notice of src/notify/example.ts, changed by `notice`, at its instant. */
export interface ChannelExample<C> {
  readonly name: string;
  /** As it stands in config/channels.yaml; defaults are filled in by the schema. */
  readonly config: Partial<C>;
  readonly notice?: Partial<Notice>;
  readonly expect: {
    readonly delivery?: Partial<Delivery>;
    readonly answers?: readonly {
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly kind: Answer['kind'];
      readonly failure?: NoticeFailure;
      readonly afterMs?: number;
    }[];
  };
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineChannel<C>(definition: ChannelDefinition<C>): ChannelDefinition<C> {
  return definition;
}
