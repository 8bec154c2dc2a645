import type { KnownTopic } from '../../simulators/topic-cache.ts';
import type { Core } from '../app/core.ts';
import type { Decoder } from '../app/decode.ts';
import type { RuntimeDevice } from '../app/runtime.ts';
import type { SeenDevice } from './coverage.ts';

/** Who speaks under a topic. */
export interface Speaker {
  /** The id of the device; empty where that is told by what is in the message. */
  id: string;
  /** As this core has it. */
  device: RuntimeDevice | undefined;
  core: Core | undefined;
  /** What was seen of it so far. */
  seen: SeenDevice | undefined;
}

/** What was found out about each topic of a recording: a fleet speaks under the same ones all day. */
export class Speakers {
  readonly #decoder: Decoder;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  of(topic: KnownTopic): Speaker {
    topic.meaning ??= {
      id: this.#decoder.deviceOf(topic.text) ?? '',
      device: undefined,
      core: undefined,
      seen: undefined,
    } satisfies Speaker;
    return topic.meaning as Speaker;
  }

  /** Its device. A recording changes no registry, so that it is looked up once for each core. */
  deviceOf(topic: KnownTopic, core: Core): RuntimeDevice | undefined {
    const speaker = this.of(topic);
    if (speaker.core !== core) {
      speaker.core = core;
      speaker.device = core.devices.get(speaker.id);
      // One text for both: they are compared again and again.
      if (speaker.device) speaker.id = speaker.device.id;
    }
    return speaker.device;
  }
}
