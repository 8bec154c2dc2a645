import type { MetricName } from './metrics.ts';

/**
 * The National Early Warning Score 2 (Royal College of Physicians, 2017). Made for hospitals; not validated for
 * wristbands, nor for people at home: a reference for somebody who knows the person, never a verdict.
 */
export const NEWS2_METRICS = [
  'respiration_per_min',
  'spo2_pct',
  'systolic_mmhg',
  'pulse_bpm',
  'body_temperature_c',
] as const satisfies readonly MetricName[];
export type News2Metric = (typeof NEWS2_METRICS)[number];

export interface News2Options {
  /** For people whose oxygen is meant to be 88 to 92 % (COPD, by a doctor's word): scale 2. */
  readonly scale2: boolean;
  /** Breathes supplied oxygen. */
  readonly oxygen: boolean;
}

export type News2 =
  | { readonly missing: readonly News2Metric[] }
  | {
      readonly score: number;
      readonly points: Readonly<Record<News2Metric, number>>;
      /** One part alone gives three points. */
      readonly single3: boolean;
    };

/** Upper ends of bands, inclusive, with their points; what is above the last has the points given at the end. */
type Scale = { readonly upTo: readonly (readonly [number, number])[]; readonly above: number };

const SCALES: Readonly<Record<News2Metric, Scale>> = {
  respiration_per_min: {
    upTo: [
      [8, 3],
      [11, 1],
      [20, 0],
      [24, 2],
    ],
    above: 3,
  },
  spo2_pct: {
    upTo: [
      [91, 3],
      [93, 2],
      [95, 1],
    ],
    above: 0,
  },
  systolic_mmhg: {
    upTo: [
      [90, 3],
      [100, 2],
      [110, 1],
      [219, 0],
    ],
    above: 3,
  },
  pulse_bpm: {
    upTo: [
      [40, 3],
      [50, 1],
      [90, 0],
      [110, 1],
      [130, 2],
    ],
    above: 3,
  },
  body_temperature_c: {
    upTo: [
      [35, 3],
      [36, 1],
      [38, 0],
      [39, 1],
    ],
    above: 2,
  },
};

const SPO2_SCALE_2: Scale = {
  upTo: [
    [83, 3],
    [85, 2],
    [87, 1],
    [92, 0],
  ],
  above: 0,
};
const SPO2_SCALE_2_ON_OXYGEN: Scale = {
  upTo: [
    [83, 3],
    [85, 2],
    [87, 1],
    [92, 0],
    [94, 1],
    [96, 2],
  ],
  above: 3,
};

/**
 * The score of values that belong together; which are missing, if not all are there: a sum of some parts is no score.
 * Consciousness cannot be measured by any device here and counts as alert.
 */
export function news2(values: Readonly<Partial<Record<News2Metric, number>>>, options: News2Options): News2 {
  const missing = NEWS2_METRICS.filter((metric) => values[metric] === undefined);
  if (missing.length > 0) return { missing };
  const points = Object.fromEntries(
    NEWS2_METRICS.map((metric) => [
      metric,
      pointsOf(Math.round((values[metric] as number) * 10) / 10, scaleOf(metric, options)),
    ]),
  ) as Record<News2Metric, number>;
  const parts = Object.values(points);
  const score = parts.reduce((sum, part) => sum + part, options.oxygen ? 2 : 0);
  return { score, points, single3: parts.includes(3) };
}

function scaleOf(metric: News2Metric, { scale2, oxygen }: News2Options): Scale {
  if (metric !== 'spo2_pct' || !scale2) return SCALES[metric];
  return oxygen ? SPO2_SCALE_2_ON_OXYGEN : SPO2_SCALE_2;
}

const pointsOf = (value: number, { upTo, above }: Scale): number =>
  upTo.find(([end]) => value <= end)?.[1] ?? above;
