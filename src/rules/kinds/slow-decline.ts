import { z } from 'zod';
import { DAY } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { newestAt, pointAt, pointAtOrBefore } from '../../model/counter-block.ts';
import type { Report } from '../../model/message.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { figureOf } from '../milder.ts';
import { dailyLitres, medianDailyLitres } from '../water-flow.ts';

const params = z.strictObject({
  days: z.number().int().min(7).max(28).default(14).meta({ title: 'The last so many days' }),
  beforeDays: z
    .number()
    .int()
    .min(21)
    .max(54)
    .default(54)
    .meta({ title: 'Compared with so many days before them', description: 'ten weeks are kept' }),
  belowShare: z.number().min(0.1).max(0.95).default(0.6).meta({ title: 'Alert below this share' }),
  clearAboveShare: z.number().min(0.1).max(2).default(0.75).meta({ title: 'Ends at this share' }),
  leastLitres: z.number().min(0).max(1000).default(30).meta({
    title: 'Not judged where less than this was usual',
    unit: 'L a day',
  }),
  repeatDays: z
    .number()
    .int()
    .min(7)
    .max(365)
    .default(28)
    .meta({ title: 'Not raised again before', unit: 'd', description: 'once people have closed it' }),
});
type Params = z.output<typeof params>;

interface State {
  /** UTC day on which it was raised last. */
  readonly raisedOn: number;
}

/** So many of the days of either span must be known. */
const KNOWN_SHARE = 0.65;
/** Days with less say that nobody was there, and nothing about how somebody lives. */
const LIVED_IN_LITRES = 10;

/**
 * Less and less water over weeks: somebody washes less, cooks less, or is away more. Judged once a day by medians, from
 * days on which somebody was at home. A leak that was mended, or a guest who left, look the same: people must ask.
 */
export default defineRule<Params, State>({
  kind: 'slow-decline',
  title: { zh: '用水逐渐减少', en: 'Water use is declining' },
  summary: {
    zh: '近两周日用水量（中位数，只计有人在家的日子）低于此前几周的六成时提示走访；回升即解除。每天判断一次。',
    en: 'Raises when the daily use of the last two weeks (median of days on which somebody was at home) falls below a share of the weeks before; ends when it recovers. Judged once a day.',
  },
  about: 'person',
  priority: 'P4',
  scope: 'home',
  inactivity: true,
  seeks: () => ['course'],
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  learning(home) {
    const { days, beforeDays } = home.params;
    const today = dayOf(home.now);
    const split = today - days;
    const known = (from: number, until: number): number =>
      dailyLitres(home, from, until, LIVED_IN_LITRES).length;
    const recent = known(split, today);
    const older = knownMin(0, beforeDays) - known(split - beforeDays, split);
    // What is recent has to grow old, day by day; days of which nothing is known add nothing when they do.
    const left = Math.max(knownMin(0, days) - recent, older > 0 ? older + days - recent : 0);
    const needed = days + knownMin(0, beforeDays);
    return left > 0 ? { known: Math.max(0, needed - left), needed } : undefined;
  },
  onReport(context, report) {
    const today = dayThatBegan(context, report);
    if (today === 0) return;
    const { params: limits } = context;
    const split = today - limits.days;
    const recent = median(context, split, today);
    const before = median(context, split - limits.beforeDays, split);
    if (recent === undefined || before === undefined) return;
    if (before >= limits.leastLitres && recent < limits.belowShare * before) {
      const again = context.state !== undefined && today - context.state.raisedOn < limits.repeatDays;
      if (context.open || again) return;
      context.raise(finding(context, today, recent, before));
      context.state = { raisedOn: today };
    } else if (recent >= limits.clearAboveShare * before) {
      context.state = undefined;
      context.clear('recovered');
    }
  },
  milder: [
    {
      param: 'belowShare',
      title: { zh: '低于此前的比例', en: 'Alert below this share' },
      toward: 'down',
      step: 0.05,
      measured: (alert) => {
        const [recent, before] = [
          figureOf(alert, 'recentLitresPerDay'),
          figureOf(alert, 'beforeLitresPerDay'),
        ];
        return recent === undefined || !before ? undefined : recent / before;
      },
    },
  ],
  examples: [
    {
      name: 'two weeks at less than half of what was usual raise once',
      inputs: [
        { at: 0, every: 6, until: 1200, values: { water_index_m3: 5 }, step: { water_index_m3: 0.03 } },
        { at: 1200, every: 6, until: 1680, values: { water_index_m3: 11 }, step: { water_index_m3: 0.0125 } },
      ],
      until: 1680,
      // The days are those of UTC, which begin at 8 in the morning of the first day. Once more than half of the last
      // fourteen are low, their median is.
      expect: [{ raised: 1404, priority: 'P4' }],
    },
    {
      name: 'must not fire: two weeks away, without any use',
      inputs: [
        { at: 0, every: 6, until: 1200, values: { water_index_m3: 5 }, step: { water_index_m3: 0.03 } },
        { at: 1200, every: 6, until: 1560, values: { water_index_m3: 11 } },
        {
          at: 1560,
          every: 6,
          until: 1700,
          values: { water_index_m3: 11.03 },
          step: { water_index_m3: 0.03 },
        },
      ],
      until: 1700,
      expect: [],
    },
    {
      name: 'must not fire: only five weeks are known',
      inputs: [
        { at: 0, every: 6, until: 500, values: { water_index_m3: 5 }, step: { water_index_m3: 0.03 } },
        { at: 504, every: 6, until: 840, values: { water_index_m3: 7.52 }, step: { water_index_m3: 0.0125 } },
      ],
      until: 840,
      expect: [],
    },
  ],
});

/** The UTC day that began with this report, by the meter that sent it; 0 if none did. */
function dayThatBegan({ device }: RuleContext<Params, State>, report: Report): number {
  const history = device?.state.water;
  if (!history) return 0;
  const today = dayOf(newestAt(history));
  let first = Number.POSITIVE_INFINITY;
  for (const { at } of report.readings) if (at < first) first = at;
  const before = pointAtOrBefore(history, first - 1);
  return before >= 0 && dayOf(first) <= today && dayOf(pointAt(history, before)) < today ? today : 0;
}

const dayOf = (at: number): number => Math.floor(at / DAY);

const median = (context: RuleContext<Params, State>, from: number, until: number): number | undefined =>
  medianDailyLitres(context, from, until, knownMin(from, until), LIVED_IN_LITRES);

const knownMin = (from: number, until: number): number => Math.ceil((until - from) * KNOWN_SHARE);

function finding(
  context: RuleContext<Params, State>,
  today: number,
  recent: number,
  before: number,
): Finding {
  const { params: limits, timeZone } = context;
  const at = today * DAY;
  const [now, then, share] = [recent, before, (100 * recent) / before].map(Math.round);
  const since = shortLocal((today - limits.days) * DAY, timeZone);
  return {
    since: at,
    at,
    evidence: {
      text: {
        zh: `自 ${since} 起的 ${limits.days} 天平均每天用水约 ${now} 升，此前约 ${then} 升，只有 ${share}%`,
        en: `About ${now} L a day in the ${limits.days} days since ${since}, ${share}% of the ${then} L before`,
      },
      readings: [],
      freshnessMs: context.now - at,
      values: {
        recentLitresPerDay: Math.round(recent),
        beforeLitresPerDay: Math.round(before),
        limitShare: limits.belowShare,
      },
    },
  };
}
