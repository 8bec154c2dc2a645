import type { Frame, FrameContext } from '../devices/frame.ts';
import type { Message } from '../model/message.ts';

/** A network's clock that is off by more than this is no better than our own. */
const NETWORK_AHEAD_MS_MAX = 5 * 60_000;
/** Networks keep messages for us while we are away. */
const NETWORK_BEHIND_MS_MAX = 7 * 86_400_000;

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
