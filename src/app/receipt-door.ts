import { MINUTE, wallClock } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { ConfiguredChannel } from '../notify/load.ts';
import type {
  ReceiptDoor,
  ReceiptReading,
  ReceiptRefusal,
  ReceiptRequest,
  TakeReply,
} from '../ports/channel-reply.ts';

type Outcome = Awaited<ReturnType<ReceiptDoor['take']>>;
type Counted = 'taken' | ReceiptRefusal | 'not-ready';

/**
 * What providers push by HTTP: receipts, and keys that people pressed. The channel itself checks the signature or token
 * and reads the push. What it says about notices that we do not know is counted and answered as taken: pushed again it
 * would mean no more.
 */
export function receiptDoor(
  channels: ReadonlyMap<string, ConfiguredChannel>,
  take: TakeReply,
  wall = wallClock(),
): ReceiptDoor {
  const counts = new Map<Counted, number>();
  const windows = new Map<string, { readonly from: number; pushes: number }>();
  const counted = <T extends Outcome>(what: Counted, outcome: T): T => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    return outcome;
  };
  const isTooMany = (channel: string): boolean => {
    const now = wall.now();
    const known = windows.get(channel);
    const window = known && now - known.from < MINUTE ? known : { from: now, pushes: 0 };
    windows.set(channel, window);
    return ++window.pushes > LIMITS.channelPushesPerMinuteMax;
  };
  return {
    counts,
    async take(request) {
      const channel = channels.get(request.channel);
      if (!channel?.definition.receipts) return undefined;
      const reading = readPush(channel, request, wall.now());
      if (!reading.ok) return counted(reading.refusal, reading.refusal);
      // Only of pushes that prove themselves: nobody else can use up the channel's share.
      if (isTooMany(channel.id)) return counted('too-many', 'too-many');
      if (reading.replies.length > LIMITS.channelRepliesPerPushMax)
        return counted('not-understood', 'not-understood');
      for (const reply of reading.replies) {
        const result = await take(reply);
        if (!result.ok && result.refusal === 'not-ready') return counted('not-ready', 'not-ready');
      }
      return counted('taken', reading.answer);
    },
  };
}

/** Whatever a push makes a channel trip over is a push that it does not understand. */
function readPush(
  { definition, config }: ConfiguredChannel,
  request: ReceiptRequest,
  now: number,
): ReceiptReading {
  try {
    return definition.receipts?.(request, config, now) ?? { ok: false, refusal: 'not-understood' };
  } catch {
    return { ok: false, refusal: 'not-understood' };
  }
}
