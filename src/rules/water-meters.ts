import type { DeviceView } from './define.ts';

/**
 * Does it count the water of its home, so that nobody may say what was used there without it? Many a door contact and
 * pulse counter could count water, and hangs there for something else: what has never given an index, and is not missed
 * for that by the rule about silence either, would keep every rule about water still for ever, and nobody would know.
 */
export const countsWater = ({ metrics, state, counting }: DeviceView): boolean =>
  metrics.includes('water_index_m3') &&
  (state.water !== undefined || (counting === 'always' && state.sensedAt === 0));

/** Does it count in larger steps than so many litres, so that a draw of them cannot be told? */
export const isCoarserThan = ({ counter }: DeviceView, litres: number): boolean =>
  (counter?.resolution ?? 0) * 1_000_000 > 1000 * litres;
