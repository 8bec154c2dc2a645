import type { z } from 'zod';
import type { Notice, NoticeFailure } from '../model/notice.ts';
import type { Locale, Text } from '../model/text.ts';

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
  | { readonly transport: 'terminal'; readonly line: string };

/** What a provider's answer means. HTTP 200 alone is not success: the code in the body decides. */
export type Answer =
  | { readonly kind: 'accepted'; readonly providerId?: string; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly failure: NoticeFailure;
      readonly detail: string;
      readonly afterMs?: number;
    }
  | { readonly kind: 'refused'; readonly failure: NoticeFailure; readonly detail: string };

export interface ChannelContext {
  /** When it is sent, in epoch milliseconds: signatures carry it. */
  readonly now: number;
  readonly locale: Locale;
  /** Where the case can be opened, if the service knows its own address. */
  readonly link?: string;
}

/** One notification channel is one file in `src/notify/channels/`. Pure: its test needs no server. */
export interface ChannelDefinition<C = unknown> {
  readonly channel: string;
  readonly title: Text;
  readonly summary: Text;
  /** What stands under `config` in config/channels.yaml. Mark secrets with `.meta({ secret: true })`. */
  readonly config: z.ZodType<C>;
  /** Messages a minute that we allow ourselves for one configured channel, below the vendor's limit. */
  readonly perMinuteMax: number;
  readonly deliver: (notice: Notice, config: C, context: ChannelContext) => Delivery;
  /** Reads the provider's answer to an http delivery. Other transports need none. */
  readonly answer?: (status: number, body: string, headers: Readonly<Record<string, string>>) => Answer;
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
