import type { Decoded, DeviceDefinition } from '../devices/define.ts';
import type { DeviceModels } from '../devices/match.ts';
import type { Refusal } from '../model/effect.ts';
import type { Message, Report } from '../model/message.ts';
import type { Core } from './core.ts';

/** What a message turned out to be: a report for the step, beside values that were refused; or nothing at all. */
export interface DecodedMessage {
  readonly report: Report | undefined;
  readonly device: string | undefined;
  readonly refusals: readonly Refusal[];
}

const NOTHING: readonly Refusal[] = [];
const TOPICS_MAX = 500_000;

/**
 * Topic → device → model → readings. Which device a topic names is remembered, because a fleet publishes under the same
 * topics all day.
 */
export class Decoder {
  readonly #models: DeviceModels;
  readonly #topics = new Map<string, string | undefined>();

  constructor(models: DeviceModels) {
    this.#models = models;
  }

  decode(core: Core, message: Message): DecodedMessage {
    const device = this.deviceOf(message.topic);
    if (device === undefined) return refused(undefined, 'unknown-topic', message.topic.slice(0, 200));
    const known = core.deviceOf(device);
    if (!known) return refused(device, 'unknown-device', device.slice(0, 64));
    const decoded = decodeSafely(known.definition, message);
    if (!decoded.ok) return refused(device, decoded.reason, decoded.detail);
    const { clock, readings, events, rejections } = decoded;
    const report: Report = {
      kind: 'report',
      receivedAt: message.receivedAt,
      device,
      clock,
      readings,
      events,
    };
    return { report, device, refusals: rejections };
  }

  deviceOf(topic: string): string | undefined {
    const device = this.#topics.get(topic);
    if (device !== undefined || this.#topics.has(topic)) return device;
    // Text of its own: one that was cut from a recording would keep all around it in memory.
    const own = Buffer.from(topic).toString();
    const named = this.#models.deviceOf(own);
    // Somebody who invents topics must not fill the memory; starting over costs one look at each.
    if (this.#topics.size >= TOPICS_MAX) this.#topics.clear();
    this.#topics.set(own, named);
    return named;
  }
}

/**
 * A decoder may have been written for one device by somebody far away. One payload that it did not expect must not stop
 * the service, to be sent again to the next one and stop that as well.
 */
function decodeSafely({ decode, model }: DeviceDefinition, message: Message): Decoded {
  try {
    const { text } = message;
    if (text !== undefined && decode.text) return decode.text(text, message.receivedAt);
    return decode(message.payload, message.receivedAt);
  } catch (error) {
    const detail = `the decoder of ${model} failed: ${(error as Error).message}`;
    return { ok: false, reason: 'malformed-payload', detail };
  }
}

function refused(device: string | undefined, reason: Refusal['reason'], detail: string): DecodedMessage {
  return { report: undefined, device, refusals: reason ? [{ reason, detail }] : NOTHING };
}
