import type { RejectionReason } from '../../model/rejection.ts';
import { bytesOfHex } from '../byte-reader.ts';
import type { Take } from '../take.ts';

/** Why a frame of a watch gave nothing. */
export interface Nothing {
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** A frame of the protocol itself: a login, an answer to a command, a question for the time. */
export const onlyProtocol = (detail: string): Nothing => ({ reason: 'no-device-data', detail });
/** A kind of frame that nobody has written down for us: an operator should see it. */
export const unknownKind = (kind: string): Nothing => ({
  reason: 'not-supported',
  detail: `a frame of the kind ${kind.slice(0, 40)}`,
});
export const malformed = (detail: string): Nothing => ({ reason: 'malformed-payload', detail });

/** The bytes of a message: as they are, or told in hex as bridges do. */
export function frameBytes(payload: Uint8Array): Uint8Array {
  const first = payload[0] as number;
  const isHexDigit = (first >= 0x30 && first <= 0x39) || (first | 0x20) >= 0x61;
  if (!isHexDigit || (first | 0x20) > 0x66) return payload;
  return bytesOfHex(Buffer.from(payload).toString('latin1').trim()) ?? payload;
}

/** One character a byte: Wi-Fi names and voice are in any encoding, and nothing is read from them. */
export const frameText = (payload: Uint8Array): string =>
  Buffer.from(frameBytes(payload)).toString('latin1').trim();

/**
 * Reads the frames of one message, each for itself: one that is broken or empty does not hide what stands in the others.
 * A message of which nothing was taken is refused for the reason of its first frame. A frame that was understood and
 * holds no value (no fix, no pulse found) is refused for nothing: whoever sent it is there.
 */
export function takeFrames<Frame>(
  take: Take,
  frames: readonly Frame[],
  readFrame: (frame: Frame) => Nothing | undefined,
): void {
  let reason: Nothing | undefined;
  let understood = false;
  for (const frame of frames) {
    const nothing = readFrame(frame);
    if (nothing === undefined) understood = true;
    else if (nothing.reason === 'malformed-payload') take.reject(nothing.reason, nothing.detail);
    else reason ??= nothing;
  }
  if (!take.holdsNothing) return;
  if (understood) take.spoke();
  else if (reason) take.reject(reason.reason, reason.detail);
}
