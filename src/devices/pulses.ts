import { z } from 'zod';
import type { CounterTraits } from './define.ts';
import type { Take } from './take.ts';

/** What an installation says of a counter of pulses. Without the weight a pulse is no volume, and stays a pulse. */
export const pulseSettings = z.object({
  litres_per_pulse: z.number().positive().max(100_000).optional().meta({
    title: '每脉冲升数 Litres per pulse',
    description: '不填则只记脉冲数。Without it pulses stay pulses.',
  }),
  input: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .meta({ title: '水表所接输入 Input of the water meter', description: '从 1 起。Counted from 1.' }),
});

/** The input of a counter with several that the water meter is wired to, from 1. */
export const inputOf = ({ context }: Take): number => {
  const input = context.settings?.['input'];
  return typeof input === 'number' ? input : 1;
};

/** A count of pulses since the counter was new: a volume where its weight is known. */
export function takePulses(take: Take, pulses: number, at = take.at): void {
  const litres = take.context.settings?.['litres_per_pulse'];
  if (typeof litres === 'number' && litres > 0) take.reading('water_index_m3', (pulses * litres) / 1000, at);
  else take.reading('pulse_count', pulses, at);
}

/** How a counter of so many pulses rolls over; the volume at which it does depends on the weight. */
export const pulseCounters = (
  bits: 16 | 24 | 32,
): { pulse_count: CounterTraits; water_index_m3: CounterTraits } => ({
  pulse_count: { max: 2 ** bits, resolution: 1 },
  water_index_m3: { max: 10_000_000, resolution: 0.001 },
});
