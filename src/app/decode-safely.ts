import type { Decoded, DeviceDefinition } from '../devices/define.ts';
import type { EnvelopeDefinition } from '../devices/envelope.ts';
import type { Frame, FrameContext } from '../devices/frame.ts';
import { fail } from '../lib/result.ts';
import { isCall } from '../model/call-for-help.ts';
import type { Look } from '../model/call-words.ts';
import type { Message } from '../model/message.ts';
import type { RuntimeDevice } from './runtime.ts';

const contextOf = (
  { device, subject, state }: RuntimeDevice,
  { topic, retained }: Message,
): FrameContext => ({
  topic,
  ...(state.announced === undefined ? {} : { announced: state.announced }),
  ...(retained ? { retained } : {}),
  ...(device.settings ? { settings: device.settings } : {}),
  timeZone: subject.timeZone,
});

export function decodeSafely(
  known: RuntimeDevice,
  { decode, model }: DeviceDefinition,
  message: Message,
  frame?: FrameContext,
): Decoded {
  const { within, receivedAt } = message;
  try {
    // Our own format says all by itself, and is most of what comes: nothing is put together for it.
    if (decode.within)
      return within ? decode.within(within, receivedAt) : decode(message.payload, receivedAt);
    return decode(message.payload, receivedAt, { ...contextOf(known, message), ...frame });
  } catch (error) {
    return { ok: false, ...failed(`the decoder of ${model}`, error) };
  }
}

/**
 * A decoder may have been written for one device by somebody far away. One payload that it did not expect must not stop
 * the service, to be sent again to the next one and stop that as well.
 */
const failed = (what: string, error: unknown) => ({
  reason: 'malformed-payload' as const,
  detail: `${what} failed: ${(error as Error).message}`,
});

export function openSafely(
  envelope: EnvelopeDefinition,
  message: Message,
): ReturnType<EnvelopeDefinition['open']> {
  try {
    return envelope.open(message);
  } catch (error) {
    return fail(failed(`the envelope ${envelope.envelope}`, error));
  }
}

/** By what a call of this device is known in words. */
export const lookOf = ({ definition }: RuntimeDevice, { receivedAt }: Message): Look => ({
  isWorn: definition.events.some(isCall),
  at: receivedAt,
});

/** A network's clock that is off by more than this is no better than our own. */
const NETWORK_AHEAD_MS_MAX = 5 * 60_000;
/** Networks keep messages for us while we are away. */
const NETWORK_BEHIND_MS_MAX = 7 * 86_400_000;

/** What a network says around a message, as far as it can be true. */
export function believable(frame: Frame, { receivedAt }: Message): FrameContext {
  const { sentAt, fPort, object, characteristic, address } = frame;
  const believed =
    sentAt !== undefined &&
    sentAt <= receivedAt + NETWORK_AHEAD_MS_MAX &&
    sentAt >= receivedAt - NETWORK_BEHIND_MS_MAX;
  return {
    address,
    ...(believed ? { sentAt: Math.min(sentAt, receivedAt) } : {}),
    ...(fPort === undefined ? {} : { fPort }),
    ...(object === undefined ? {} : { object }),
    ...(characteristic === undefined ? {} : { characteristic }),
  };
}
