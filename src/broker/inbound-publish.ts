import type { Message, PayloadPlace } from '../model/message.ts';
import type { InboundMessage } from '../ports/broker.ts';
import type { FoundPublish } from './frame-reader.ts';
import type { Session } from './session.ts';
import type { SpokenTopic } from './topics.ts';

/**
 * A publish on its way through the service: the message, where its payload lies, and how it is acknowledged, in one object.
 * What waits for a commit outlives the space of young objects and is copied by the collector, twice; as objects of their own
 * (topic, payload, message, what carries it and what acknowledges it) that was most of what it copied.
 */
export class InboundPublish implements InboundMessage, Message, PayloadPlace {
  // Fields of its own, not accessors: envelopes copy a message to change it.
  readonly receivedAt: number;
  readonly topic: string;
  readonly remembered: SpokenTopic;
  readonly client: string;
  readonly qos: 0 | 1;
  readonly ahead: boolean;
  /** What was read, with other messages in it. */
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly #session: Session;
  readonly #packetId: number;

  constructor(session: Session, topic: SpokenTopic, receivedAt: number, found: FoundPublish) {
    this.receivedAt = receivedAt;
    this.topic = topic.text;
    this.remembered = topic;
    this.client = session.client.id;
    this.qos = found.qos;
    this.ahead = session.inNeed;
    this.bytes = found.bytes;
    this.from = found.payloadAt;
    this.to = found.end;
    this.#session = session;
    this.#packetId = found.packetId;
  }

  get message(): Message {
    return this;
  }

  get within(): PayloadPlace {
    return this;
  }

  get payload(): Buffer {
    return this.bytes.subarray(this.from, this.to);
  }

  done(): void {
    this.#session.share?.finished(this.to - this.from);
    if (this.qos > 0) this.#session.finished(this.#packetId);
  }
}
