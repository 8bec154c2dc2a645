import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { HISTORY_MS } from '../../model/counter-history.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { hoursInTheEnd } from '../milder.ts';
import {
  baseLitresPerHour,
  freshReadingAt,
  lastDraw,
  NOT_DRAWN,
  NOT_MEASURED,
  readingsAt,
  round,
} from '../water-flow.ts';

const params = z.strictObject({
  gapHours: z
    .number()
    .min(1)
    .max(48)
    .default(16)
    .meta({ title: 'Alert after so long without a draw', unit: 'h' }),
  drawLitres: z.number().min(0.1).max(100).default(1).meta({
    title: 'A draw is at least',
    unit: 'L',
    description: 'above what leaks, between two readings: a cup of water, a flush',
  }),
});
type Params = z.output<typeof params>;

/**
 * Hours since somebody drew water for the last time. Sees an empty home sooner than litres in a window do, and a leak
 * does not blind it: only what passes above the base flow is a draw. It cannot tell an absence from a fall.
 */
export default defineRule<Params, never>({
  kind: 'no-draw',
  title: { zh: '久未用水', en: 'No water drawn' },
  summary: {
    zh: '距上一次真正用水（扣除漏水底流后至少 1 升）超过设定小时数时告警；再次用水即解除。没有计量到的时间不作判断。',
    en: 'Raises when so many hours have passed since water was really drawn (at least 1 L above what leaks); the next draw ends it. Time that was not measured claims nothing.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  supply: 'water',
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  onReport(context) {
    const { params: limits, open } = context;
    const gapMs = limits.gapHours * HOUR;
    if (context.late && open) {
      const then = lastDraw(context.waterMeters, open.at, open.at - gapMs, limits.drawLitres);
      if (then > 0) context.clear('late-data');
    }
    const at = freshReadingAt(context);
    if (at === 0) return;
    const drawn = lastDraw(context.waterMeters, at, at - gapMs, limits.drawLitres);
    if (drawn === NOT_MEASURED) return;
    if (drawn > 0) context.clear('recovered');
    else if (!context.open) context.raise(finding(context, at));
  },
  milder: [
    {
      param: 'gapHours',
      title: { zh: '多久没有用水', en: 'Alert after so long without a draw' },
      toward: 'up',
      step: 1,
      measured: (alert) => hoursInTheEnd(alert, 'hoursWithoutDraw'),
    },
  ],
  examples: [
    {
      name: 'sixteen hours after the last draw it raises, and the next draw ends it',
      inputs: [
        { at: 0, every: 1, until: 8, values: { water_index_m3: 5 } },
        { at: 8, every: 1, until: 20, values: { water_index_m3: 5.004 }, step: { water_index_m3: 0.004 } },
        { at: 20, every: 1, until: 40, values: { water_index_m3: 5.048 } },
        { at: 40, values: { water_index_m3: 5.05 } },
      ],
      until: 41,
      expect: [{ raised: 35, since: 35, cleared: 40, reason: 'recovered' }],
    },
    {
      name: 'a leak of one litre and a bit does not blind it',
      inputs: [
        { at: 0, every: 1, until: 20, values: { water_index_m3: 5 }, step: { water_index_m3: 0.0012 } },
        { at: 20, values: { water_index_m3: 5.034 } },
        { at: 21, every: 1, until: 40, values: { water_index_m3: 5.0352 }, step: { water_index_m3: 0.0012 } },
      ],
      until: 40,
      // Before the draw at hour 20 there was none either: 16 hours from the beginning, and again from it.
      expect: [
        { raised: 16, cleared: 20, reason: 'recovered' },
        { raised: 36, since: 36 },
      ],
    },
    {
      name: 'must not fire: a draw of a litre every fifteen hours',
      inputs: [
        { at: 0, every: 15, until: 120, values: { water_index_m3: 5 }, step: { water_index_m3: 0.001 } },
      ],
      until: 120,
      expect: [],
    },
    {
      name: 'must not fire: a meter that is silent says nothing',
      inputs: [{ at: 0, every: 1, until: 14, values: { water_index_m3: 5 } }],
      until: 72,
      expect: [],
    },
    {
      name: 'must not fire: the day of values came late, and the newest of them is old',
      inputs: [
        { at: 0, every: 1, until: 24, receivedAt: 40, values: { water_index_m3: 5 } },
        { at: 41, values: { water_index_m3: 5.03 } },
      ],
      until: 42,
      expect: [],
    },
    {
      name: 'a reading that is corrected upwards shows a draw, and withdraws it',
      inputs: [
        { at: 0, every: 1, until: 17, values: { water_index_m3: 5 } },
        { at: 16, receivedAt: 16.2, values: { water_index_m3: 5.002 } },
      ],
      until: 17,
      expect: [{ raised: 16, since: 16, cleared: 16.2, reason: 'late-data' }],
    },
    {
      name: 'a day of values that comes at once says what it measured, and no more',
      inputs: [
        { at: 0, every: 1, until: 25, receivedAt: 24.5, values: { water_index_m3: 5 } },
        {
          at: 25,
          every: 1,
          until: 49,
          receivedAt: 48.5,
          values: { water_index_m3: 5.03 },
          step: { water_index_m3: 0 },
        },
        {
          at: 49,
          every: 1,
          until: 73,
          receivedAt: 72.5,
          values: { water_index_m3: 5.031 },
          step: { water_index_m3: 0.001 },
        },
      ],
      until: 73,
      expect: [{ raised: 24.5, cleared: 72.5, reason: 'recovered' }],
    },
  ],
});

function finding(context: RuleContext<Params, never>, at: number): Finding {
  const { params: limits, timeZone, devices } = context;
  const drawn = lastDraw(context.waterMeters, at, at - HISTORY_MS, limits.drawLitres);
  const known = drawn > NOT_DRAWN;
  const hours = known ? Math.floor((at - drawn) / HOUR) : limits.gapHours;
  const last = known ? shortLocal(drawn, timeZone) : '';
  const leak = devices.reduce(
    (sum, { state }) => sum + (state.water ? baseLitresPerHour(state.water) : 0),
    0,
  );
  const leakZh = leak > 0 ? `（约每小时 ${round(leak)} 升的持续漏水不算用水）` : '';
  const leakEn = leak > 0 ? ` (a steady leak of about ${round(leak)} L/h does not count as use)` : '';
  return {
    since: known ? drawn + limits.gapHours * HOUR : at,
    at,
    from: known ? drawn : at - limits.gapHours * HOUR,
    evidence: {
      text: known
        ? {
            zh: `已 ${hours} 小时没有用水（最后一次不晚于 ${last}），超过 ${limits.gapHours} 小时${leakZh}`,
            en: `No water was drawn for ${hours} h (the last time was by ${last}); the limit is ${limits.gapHours} h${leakEn}`,
          }
        : {
            zh: `至少 ${hours} 小时没有用水（更早的没有计量），超过 ${limits.gapHours} 小时${leakZh}`,
            en: `No water was drawn for at least ${hours} h (nothing was measured before); the limit is ${limits.gapHours} h${leakEn}`,
          },
      readings: devices.flatMap((device) => readingsAt(device, known ? [drawn, at] : [at])),
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: {
        gapHours: limits.gapHours,
        hoursWithoutDraw: hours,
        drawLitres: limits.drawLitres,
        leakLitresPerHour: round(leak, 2),
        ...lastSign(context, drawn),
      },
    },
  };
}
