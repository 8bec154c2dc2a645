import type { ClockSource } from '../model/message.ts';
import type { Decoded } from './define.ts';
import type { Frame, FrameContext } from './frame.ts';

/**
 * What a frame says, with the battery that the network asked the device for: a reading of any model, whatever its own
 * bytes are. What the device says of its battery itself counts for more.
 */
export function withNetworkBattery(
  { battery, payload }: Pick<Frame, 'battery' | 'payload'>,
  receivedAt: number,
  { sentAt }: Pick<FrameContext, 'sentAt'>,
  decode: () => Decoded,
): Decoded {
  if (battery === undefined || !(battery >= 0 && battery <= 100)) return decode();
  const reading = { metric: 'battery_pct', value: battery, at: sentAt ?? receivedAt } as const;
  const clock: ClockSource = sentAt === undefined ? 'received' : 'network';
  if (payload.length === 0) return { ok: true, clock, readings: [reading], events: [], rejections: [] };
  const decoded = decode();
  if (!decoded.ok || decoded.readings.some(({ metric }) => metric === 'battery_pct')) return decoded;
  const beside = decoded.clock === clock ? reading : { ...reading, clock };
  return { ...decoded, readings: [...decoded.readings, beside] };
}
