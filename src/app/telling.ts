import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { outbox as makeOutbox, type Outbox } from '../notify/outbox.ts';
import type { Broker } from '../ports/broker.ts';
import type { ReceiptDoor } from '../ports/channel-reply.ts';
import type { RecordStore } from '../ports/records.ts';
import { ChannelReplies } from './channel-replies.ts';
import type { Core } from './core.ts';
import type { EventFanOut } from './event-fan-out.ts';
import type { Parts } from './load.ts';
import type { Loop } from './loop.ts';
import { receiptDoor } from './receipt-door.ts';

export interface TellingOptions {
  readonly parts: Parts;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the terminal channel writes. */
  readonly print: (line: string) => void;
  readonly loop: Loop;
  readonly core: Core;
  readonly broker: Broker;
  readonly fanOut: EventFanOut;
}

/** The way to people and back. */
export interface Telling {
  readonly outbox: Outbox;
  readonly replies: ChannelReplies;
  /** Where providers push what became of notices. */
  readonly receipts: ReceiptDoor;
}

/** Puts together what tells people, and what takes their answers. */
export function telling(options: TellingOptions): Telling {
  const { parts, records, clock, logger, print, loop, core, broker, fanOut } = options;
  const { publicUrl } = parts.loaded.config.http;
  const outbox = makeOutbox({
    records,
    channels: parts.channels,
    clock,
    logger,
    print,
    publish: (topic, body, { retain }) => broker.publish(topic, body, { retain, qos: 1 }),
    submit: (command) => loop.submit(command, 'system'),
    reply: (reply) => replies.take(reply),
    onEvent: (event) => fanOut.publish([event]),
    link: ({ case: id }) => linkTo(publicUrl, id),
  });
  const replies = new ChannelReplies({
    outbox,
    registry: () => core.registry,
    submit: (command, by) => loop.submit(command, by),
    logger,
  });
  return { outbox, replies, receipts: receiptDoor(parts.channels, replies.take) };
}

/** Where a notice sends people, if it is known under what address they reach the console. */
const linkTo = (publicUrl: string | undefined, id: string): string | undefined =>
  publicUrl ? new URL(`/cases/${encodeURIComponent(id)}`, publicUrl).href : undefined;
