import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { Rejection } from '../model/rejection.ts';

/** What an operator is shown of a message that was refused, or of what was refused in it. */
export function rejectionOf(
  message: Message,
  device: string | undefined,
  { reason, detail, calls, strangers, callsNot, aheadMs }: Refusal,
): Rejection {
  return {
    at: message.receivedAt,
    reason,
    topic: message.topic.slice(0, 500),
    from: message.client ?? device ?? '',
    ...(device === undefined ? {} : { device }),
    detail: detail.slice(0, 500),
    payload: message.payload.subarray(0, LIMITS.rejectionPayloadBytesMax),
    payloadBytes: message.payload.length,
    ...(calls ? { calls } : {}),
    ...(strangers ? { strangers } : {}),
    ...(callsNot ? { callsNot } : {}),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  };
}
