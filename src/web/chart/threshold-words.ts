import type { MetricName } from '../../model/metrics.ts';
import { measure } from '../format/measure.ts';
import { type PlainKey, t } from '../text/translate.ts';
import type { Drawing } from './plot.ts';
import type { Subject } from './subjects.ts';

/** Where two lines are drawn, each is said to be of which; shortly, for a phone has no more room. */
const WORDS: Partial<Record<MetricName, PlainKey>> = {
  systolic_mmhg: 'chart.thresholdSystolic',
  diastolic_mmhg: 'chart.thresholdDiastolic',
};

export const inWords = (thresholds: Subject['thresholds']): Drawing['thresholds'] =>
  thresholds.map(({ metric, value }) => ({
    value,
    label: `${t(WORDS[metric] ?? 'chart.threshold')} ${measure(metric, value)}`,
  }));
