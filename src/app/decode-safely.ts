import type { Decoded, DeviceDefinition } from '../devices/define.ts';
import type { EnvelopeDefinition } from '../devices/envelope.ts';
import type { FrameContext } from '../devices/frame.ts';
import { fail } from '../lib/result.ts';
import type { Look } from '../model/call-words.ts';
import { isForCallsAlone } from '../model/calling-device.ts';
import type { Message } from '../model/message.ts';
import type { RuntimeDevice } from './runtime.ts';
import { withWholeInstants } from './whole-instants.ts';

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
    // Our own format says all by itself but when it was sent, and is most of what comes: nothing is put together for it.
    if (decode.within && within) return decode.within(within, receivedAt);
    if (decode.within && !frame) return decode(message.payload, receivedAt);
    const context = decode.within ? frame : { ...contextOf(known, message), ...frame };
    const decoded = decode(message.payload, receivedAt, context);
    return withWholeInstants(decoded, receivedAt);
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
  isWorn: isForCallsAlone(definition),
  at: receivedAt,
});
