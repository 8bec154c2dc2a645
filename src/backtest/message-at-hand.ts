import type { MessageBlock } from '../../simulators/message-block.ts';
import type { KnownTopic } from '../../simulators/topic-cache.ts';
import type { Message, PayloadPlace } from '../model/message.ts';

/** The message that is being taken: one object for all, which says where the message lies. Nobody keeps it. */
export class MessageAtHand implements Message, PayloadPlace {
  receivedAt = 0;
  topic = '';
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;

  pointTo(block: MessageBlock, place: number): void {
    this.receivedAt = block.receivedAt[place] as number;
    this.topic = (block.topic[place] as KnownTopic).text;
    this.bytes = block.bytes[place] as Buffer;
    this.from = block.from[place] as number;
    this.to = block.to[place] as number;
  }

  get payload(): Uint8Array {
    return this.bytes.subarray(this.from, this.to);
  }

  get within(): PayloadPlace {
    return this;
  }
}
