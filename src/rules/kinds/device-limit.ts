import { z } from 'zod';
import { shortLocal } from '../../lib/local-time.ts';
import { METRIC_NAMES, METRICS, type MetricName } from '../../model/metrics.ts';
import { amountOf } from '../../model/unit-words.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { figureOf } from '../milder.ts';
import { limitTitle } from '../reading-words.ts';

const params = z.strictObject({
  metric: z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]).meta({ title: 'Metric' }),
  above: z.number().optional().meta({ title: 'At or above' }),
  below: z.number().optional().meta({ title: 'At or below', description: 'give either above or below' }),
  clear: z
    .number()
    .optional()
    .meta({ title: 'Back to normal at', description: 'hysteresis; the limit itself if absent' }),
  reports: z
    .number()
    .int()
    .min(1)
    .max(48)
    .default(2)
    .meta({ title: 'Readings in a row that confirm it', description: 'one alone may be a slip' }),
  models: z
    .array(z.string())
    .default([])
    .meta({ title: 'Only these device models', description: 'all if empty' }),
});
type Params = z.output<typeof params>;

/** Readings beyond the limit in a row, while there are any. */
interface State {
  readonly since: number;
  readonly count: number;
}

/** A value that says something about the device and its upkeep, not about a person: a flat battery, water that runs backwards. */
export default defineRule<Params, State>({
  kind: 'device-limit',
  title: { zh: '设备读数异常', en: 'Device needs a look' },
  titleFor: limitTitle,
  summary: {
    zh: '设备自身的读数（电量、倒流、超量程流量）连续若干次越限时告警；恢复即解除。与住户健康无关。',
    en: 'Raises when a value of the device itself (battery, reverse flow, flow beyond its range) stays beyond a limit for several readings; ends when it is back. Says nothing about the person.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'device',
  params,
  reads: ({ metric }) => ({ metrics: [metric] }),
  hears: ({ model }, { models }) => models.length === 0 || models.includes(model),
  onReport(context, report) {
    const { params: limits, device } = context;
    if (!device) return;
    for (const { metric, value, at } of report.readings) {
      if (metric !== limits.metric) continue;
      // What is older than the newest says nothing about now.
      if (context.late && at < device.state.measuredAt) continue;
      if (isBeyond(value, limits)) beyond(context, value, at);
      else if (isNormal(value, limits)) {
        context.state = undefined;
        context.clear('recovered');
      } else if (!context.open) context.state = undefined;
    }
  },
  milder: (['below', 'above'] as const).map((param) => ({
    param,
    title: param === 'below' ? { zh: '不高于', en: 'At or below' } : { zh: '不低于', en: 'At or above' },
    toward: param === 'below' ? 'down' : 'up',
    // As fine as the limit itself is given: 20 % in whole numbers, 0.05 m³/h in hundredths.
    step: (limits) => 10 ** Math.floor(Math.log10(Math.abs(limits[param] || 1) / 10)),
    inclusive: true,
    measured: (alert) => figureOf(alert, 'measured'),
  })),
  examples: [
    {
      name: 'a battery that is low twice raises, and a new one ends it',
      params: { metric: 'battery_pct', below: 20, clear: 30 },
      inputs: [
        { at: 0, every: 1, until: 3, values: { battery_pct: 19 } },
        { at: 3, values: { battery_pct: 25 } },
        { at: 4, values: { battery_pct: 100 } },
      ],
      until: 5,
      expect: [{ raised: 1, since: 0, cleared: 4, reason: 'recovered', priority: 'P4' }],
    },
    {
      name: 'water that runs backwards raises at the second reading',
      params: { metric: 'flow_m3_h', below: -0.01, clear: 0 },
      inputs: [{ at: 0, every: 1, until: 3, values: { flow_m3_h: -0.05 } }],
      until: 4,
      expect: [{ raised: 1, since: 0 }],
    },
    {
      name: 'must not fire: one slip among good readings',
      params: { metric: 'battery_pct', below: 20 },
      inputs: [
        { at: 0, values: { battery_pct: 80 } },
        { at: 1, values: { battery_pct: 5 } },
        { at: 2, values: { battery_pct: 80 } },
        { at: 3, values: { battery_pct: 5 } },
      ],
      until: 4,
      expect: [],
    },
    {
      name: 'must not fire: old values that come late',
      params: { metric: 'battery_pct', below: 20 },
      inputs: [
        { at: 10, values: { battery_pct: 100 } },
        { at: 1, every: 1, until: 4, receivedAt: 11, values: { battery_pct: 10 } },
      ],
      until: 12,
      expect: [],
    },
    {
      name: 'must not fire: a model that the rule does not watch',
      params: { metric: 'battery_pct', below: 20, models: ['water-meter'] },
      model: 'wristband',
      inputs: [{ at: 0, every: 1, until: 4, values: { battery_pct: 10 } }],
      until: 5,
      expect: [],
    },
  ],
});

const isBeyond = (value: number, { above, below }: Params): boolean =>
  (above !== undefined && value >= above) || (below !== undefined && value <= below);

const isNormal = (value: number, { above, below, clear }: Params): boolean =>
  above !== undefined ? value <= (clear ?? above) : value >= (clear ?? below ?? value);

function beyond(context: RuleContext<Params, State>, value: number, at: number): void {
  const { state, params: limits } = context;
  const { since, count } = state ?? { since: at, count: 0 };
  if (context.open) return;
  context.state = { since, count: Math.min(count + 1, limits.reports) };
  if (count + 1 >= limits.reports) context.raise(finding(context, since, at, value));
}

function finding(context: RuleContext<Params, State>, since: number, at: number, value: number): Finding {
  const { params: limits, device, timeZone } = context;
  const { title } = METRICS[limits.metric];
  const amount = amountOf(limits.metric, value);
  const high = limits.above !== undefined;
  const bound = (limits.above ?? limits.below) as number;
  const id = device?.state.id ?? '';
  const when = shortLocal(at, timeZone);
  const [zhSide, enSide] = high ? ['≥', 'at or above'] : ['≤', 'at or below'];
  return {
    since,
    at,
    title: limitTitle(limits),
    evidence: {
      text: {
        zh: `设备 ${id}：${title.zh} ${amount}（阈值 ${zhSide} ${bound}），${when}，连续 ${limits.reports} 次`,
        en: `Device ${id}: ${title.en} ${amount} (limit: ${enSide} ${bound}) at ${when}, ${limits.reports} readings in a row`,
      },
      readings: [{ device: id, metric: limits.metric, value, at, receivedAt: context.now }],
      freshnessMs: Math.max(0, context.now - at),
      values: { measured: value, limit: bound, readings: limits.reports },
    },
  };
}
