import { inputOf, takePulses } from '../pulses.ts';
import type { BatchForm, BatchSeries } from './batch.ts';

const nothing = (): void => {};

const pulses = (label: number): BatchSeries => ({
  label,
  bits: 32,
  step: 1,
  take: (raw, at, take) => {
    if (inputOf(take) === label + 1) takePulses(take, raw, at);
  },
});

const volts = (label: number): BatchSeries => ({
  label,
  bits: 16,
  step: 100,
  take: (raw, at, take) => take.reading('battery_v', raw / 1000, at),
});

const unused = (label: number, bits: 1 | 16, step: number): BatchSeries => ({
  label,
  bits,
  step,
  take: nothing,
});

export const pulseSensoBatch: BatchForm = {
  labelBits: 4,
  series: [
    pulses(0),
    pulses(1),
    pulses(2),
    // The states of its inputs.
    unused(3, 1, 1),
    unused(4, 1, 1),
    unused(5, 1, 1),
    volts(6),
    unused(7, 16, 1),
  ],
};

export const flashoBatch: BatchForm = { labelBits: 1, series: [pulses(0), volts(1)] };

/** Of Move'O and Vaqa'O. */
export const roomBatch: BatchForm = {
  labelBits: 3,
  series: [
    { label: 0, bits: 8, step: 1, take: (raw, at, take) => take.reading('motion_bool', raw !== 0, at) },
    {
      label: 1,
      bits: 16,
      signed: true,
      step: 10,
      take: (raw, at, take) => take.reading('ambient_temperature_c', raw / 100, at),
    },
    {
      label: 2,
      bits: 16,
      step: 100,
      take: (raw, at, take) => take.reading('humidity_pct', raw / 100, at),
    },
    // Carbon dioxide, quality of the air, light, pressure.
    unused(3, 16, 10),
    unused(4, 16, 10),
    unused(5, 16, 10),
    unused(6, 16, 10),
  ],
};
