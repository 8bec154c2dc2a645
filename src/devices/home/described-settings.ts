import { z } from 'zod';
import { METRICS } from '../../model/metrics.ts';
import { DESCRIBED_METRICS } from './described.ts';

const path = (metric: (typeof DESCRIBED_METRICS)[number]) =>
  z.string().min(1).max(200).optional().meta({
    title: METRICS[metric].title.en,
    description:
      'the property of the device that measures this, as it calls it; its names decide if all are absent',
  });

/** Which property of a self-describing device is which metric. One that is named here makes all others ignored. */
export const describedSettings = z.object(
  Object.fromEntries(DESCRIBED_METRICS.map((metric) => [metric, path(metric)])),
);
