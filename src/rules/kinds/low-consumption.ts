import { z } from 'zod';
import { DAY, HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { pointAt, pointAtOrBefore } from '../../model/counter-block.ts';
import { useInWindow } from '../../model/counter-history.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { drawLetPass } from '../let-pass.ts';
import { figureOf } from '../milder.ts';
import { hasSign } from '../signs-book.ts';
import { drawnAt } from '../signs-of-life.ts';
import { isLearned, type Routine } from '../usual-gaps.ts';
import {
  baseLitresPerHour,
  freshForMs,
  freshReadingAt,
  hoursBetween,
  litresBetween,
  readingsAt,
  round,
} from '../water-flow.ts';
import { isCoarserThan } from '../water-meters.ts';

const params = z
  .strictObject({
    windowHours: z.number().min(1).max(48).default(24).meta({ title: 'Window', unit: 'h' }),
    belowLitres: z.number().min(0.1).max(1000).default(10).meta({ title: 'Alert below', unit: 'L' }),
    clearAboveLitres: z.number().min(0).max(1000).optional().meta({
      title: 'Clear at',
      unit: 'L',
      description:
        'at least belowLitres; the space between keeps a home at the limit from chattering; absent: 15, or belowLitres if that is more',
    }),
    leakCorrected: z.boolean().default(true).meta({
      title: 'Leak-corrected',
      description: 'leaves out what runs even when nobody draws: a drip would blind the rule',
    }),
    asideForRoutine: z.boolean().default(false).meta({
      title: 'Stands aside where a routine is learned',
      description:
        'raises nothing in a home whose personal routine is learned and alerts people: that rule is sooner, and alerts at its cap at the latest',
    }),
    waitAfterDrawHours: z.number().min(0).max(12).default(0).meta({
      title: 'Waits after a draw',
      unit: 'h',
      description:
        'for so long, where a litre or more above what leaks was drawn lately: somebody has come home or got up, and is about to use more. Not longer, because an appliance draws as well; 0: does not wait',
    }),
    measuredOnly: z.boolean().default(false).meta({
      title: 'Ends where the window is not measured',
      description:
        'ends an open alert as soon as the window cannot be told any more, instead of waiting for water to run; for comparison with other implementations, not for service',
    }),
  })
  .refine(({ belowLitres, clearAboveLitres = belowLitres }) => clearAboveLitres >= belowLitres, {
    message: 'lies below belowLitres: the alert would end while it holds',
    path: ['clearAboveLitres'],
  });
type Params = z.output<typeof params>;

/** What the home used in the window; undefined where that was not measured. */
interface Use {
  readonly litres: number;
  readonly baseLitres: number;
  readonly from: number;
  readonly to: number;
}

/** In a longer time even less was drawn. Of a meter that is read once a day a reading may be missing. */
const START_SLACK_MS = 6 * HOUR;
const CLEAR_AT_LITRES = 15;

/**
 * The reference rule: less than 0.01 m³ in 24 hours means that someone should knock. Computed on event time over all
 * water meters of the home, and only where the window is measured: silence is not zero.
 */
export default defineRule<Params, never>({
  kind: 'low-consumption',
  title: { zh: '用水过少', en: 'Very low water use' },
  titleFor: ({ windowHours }) => ({
    zh: `${windowHours} 小时用水过少`,
    en: `Very low water use in ${windowHours} h`,
  }),
  summary: {
    zh: '在时间窗内用水量（扣除漏水底流）低于阈值时告警。只有窗口内有完整计量时才判断；表计静默不等于没有用水。',
    en: 'Raises when the water used within the window, less what leaks, stays below the limit. Only a measured window counts: a silent meter is not a home without use.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  supply: 'water',
  letsPass: ({ belowLitres }) => drawLetPass(belowLitres),
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  onReport(context) {
    const { params: limits, open } = context;
    const meters = context.waterMeters;
    if (context.late && open) {
      const then = homeUse(meters, open.at, limits);
      if (then && corrected(then) >= limits.belowLitres) context.clear('late-data');
    }
    const at = freshReadingAt(context);
    if (at === 0) return;
    const use = homeUse(meters, at, limits);
    if (!use) {
      if (limits.measuredOnly) context.clear('unmeasured');
      return;
    }
    const litres = corrected(use);
    if (litres < limits.belowLitres) {
      if (
        !context.open &&
        !isLeftToRoutine(context, at) &&
        !hasDraw(meters, use, limits) &&
        !mayWait(meters, at, limits)
      )
        context.raise(finding(context, use, at));
    } else if (litres >= (limits.clearAboveLitres ?? Math.max(CLEAR_AT_LITRES, limits.belowLitres)))
      context.clear('recovered');
  },
  milder: [
    {
      param: 'belowLitres',
      title: { zh: '用水低于', en: 'Alert below' },
      toward: 'down',
      step: 0.5,
      measured: (alert) => {
        const used = figureOf(alert, 'usedLitres');
        return used === undefined ? undefined : used - (figureOf(alert, 'leakLitres') ?? 0);
      },
    },
  ],
  examples: [
    {
      name: 'a day without water raises once, when 24 hours are full',
      params: { leakCorrected: false },
      inputs: [
        { at: 0, every: 1, until: 30, values: { water_index_m3: 10 }, step: { water_index_m3: 0.004 } },
        { at: 30, every: 1, until: 60, values: { water_index_m3: 10.116 } },
      ],
      until: 60,
      // The last 10 litres of use fall out of the window with the reading at hour 51.
      expect: [{ raised: 51, since: 51 }],
    },
    {
      name: 'somebody comes home as the day without water is full: it waits for what they use next',
      params: { leakCorrected: false, waitAfterDrawHours: 6 },
      inputs: [
        { at: 0, every: 1, until: 30, values: { water_index_m3: 10 }, step: { water_index_m3: 0.004 } },
        { at: 30, every: 1, until: 50, values: { water_index_m3: 10.116 } },
        { at: 50, every: 1, until: 52, values: { water_index_m3: 10.118 } },
        { at: 52, every: 1, until: 60, values: { water_index_m3: 10.15 } },
      ],
      until: 60,
      expect: [],
    },
    {
      name: 'something draws a little now and then, and nobody else: it waits no longer than that',
      params: { leakCorrected: false, waitAfterDrawHours: 6 },
      inputs: [
        { at: 0, every: 1, until: 8, values: { water_index_m3: 10.036 } },
        { at: 10, every: 1, until: 30, values: { water_index_m3: 10.04 }, step: { water_index_m3: 0.004 } },
        { at: 30, every: 1, until: 36, values: { water_index_m3: 10.116 } },
        { at: 36, every: 1, until: 42, values: { water_index_m3: 10.117 } },
        { at: 42, every: 1, until: 48, values: { water_index_m3: 10.118 } },
        { at: 48, every: 1, until: 54, values: { water_index_m3: 10.119 } },
        { at: 54, every: 1, until: 66, values: { water_index_m3: 10.12 } },
      ],
      until: 60,
      expect: [{ raised: 58, since: 58 }],
    },
    {
      name: 'use above the upper limit clears it',
      inputs: [
        { at: 0, every: 1, until: 26, values: { water_index_m3: 5 } },
        { at: 26, every: 1, until: 30, values: { water_index_m3: 5.02 } },
      ],
      until: 30,
      expect: [{ raised: 24, cleared: 26, reason: 'recovered' }],
    },
    {
      name: 'a drip of half a litre an hour does not blind it',
      inputs: [
        { at: 0, every: 1, until: 40, values: { water_index_m3: 5 }, step: { water_index_m3: 0.0005 } },
      ],
      until: 40,
      expect: [{ raised: 24 }],
    },
    {
      name: 'is not raised again where readings are too far apart to know what leaks, and one of them shows a draw',
      inputs: [
        { at: 0, every: 1, until: 25, values: { water_index_m3: 5 }, step: { water_index_m3: 0.025 } },
        // On the mean as much as seemed to leak, but not evenly.
        { at: 30, values: { water_index_m3: 5.61 } },
        { at: 36, values: { water_index_m3: 5.9 } },
        { at: 42, values: { water_index_m3: 6.06 } },
        { at: 48, values: { water_index_m3: 6.2 } },
      ],
      until: 48,
      expect: [{ raised: 24, cleared: 30, reason: 'recovered' }],
    },
    {
      name: 'a leak that was mended is not taken off the use of the days after',
      inputs: [
        { at: 0, every: 1, until: 49, values: { water_index_m3: 5 }, step: { water_index_m3: 0.05 } },
        // Read too seldom to see what runs when nobody draws.
        { at: 56, every: 8, until: 100, values: { water_index_m3: 7.43 }, step: { water_index_m3: 0.03 } },
      ],
      until: 100,
      expect: [{ raised: 24, since: 24, cleared: 56, reason: 'recovered' }],
    },
    {
      name: 'must not fire: ordinary days',
      inputs: [
        { at: 0, every: 1, until: 72, values: { water_index_m3: 5 }, step: { water_index_m3: 0.003 } },
      ],
      params: { leakCorrected: false },
      until: 72,
      expect: [],
    },
    {
      name: 'must not fire: a meter that is silent is not a home without use',
      inputs: [{ at: 0, every: 1, until: 20, values: { water_index_m3: 5 }, step: { water_index_m3: 0.01 } }],
      until: 72,
      expect: [],
    },
    {
      name: 'must not fire: less than a window of history',
      inputs: [{ at: 0, every: 1, until: 24, values: { water_index_m3: 5 } }],
      until: 24,
      expect: [],
    },
    {
      name: 'must not fire: the meter was exchanged within the window, and what passed meanwhile is not known',
      params: { windowHours: 12 },
      inputs: [
        { at: 0, every: 1, until: 12, values: { water_index_m3: 5 }, step: { water_index_m3: 0.004 } },
        { at: 22, every: 1, until: 30, values: { water_index_m3: 0.001 } },
      ],
      until: 30,
      expect: [],
    },
    {
      name: 'a reading that is corrected upwards withdraws it',
      inputs: [
        { at: 0, every: 1, until: 25, values: { water_index_m3: 5 } },
        { at: 24, receivedAt: 24.2, values: { water_index_m3: 5.03 } },
      ],
      until: 25,
      expect: [{ raised: 24, cleared: 24.2, reason: 'late-data' }],
    },
    {
      name: 'a day of values that comes at once is judged by what it measured',
      inputs: [
        { at: 0, every: 1, until: 25, receivedAt: 24.5, values: { water_index_m3: 5 } },
        {
          at: 25,
          every: 1,
          until: 49,
          receivedAt: 48.5,
          values: { water_index_m3: 5.001 },
          step: { water_index_m3: 0.004 },
        },
      ],
      until: 49,
      expect: [{ raised: 24.5, since: 24, cleared: 48.5, reason: 'recovered' }],
    },
  ],
});

/** The personal routine of the home finds it sooner, but where it sees no draw any more: a meter counts in larger steps. */
function isLeftToRoutine(context: RuleContext<Params, never>, at: number): boolean {
  if (!context.params.asideForRoutine) return false;
  const routine = context.learnedBy('personal-routine') as Routine | undefined;
  if (!isLearned(routine, at) || movesWithoutWater(routine, context.devices, at)) return false;
  return !context.waterMeters.some((meter) => isCoarserThan(meter, routine?.bookLitres ?? 1));
}

/**
 * Somebody moves about all day long, and has not drawn a litre: a cat, or a machine that cleans. The routine counts from
 * their movements, and would wait for ever. Who comes home after days away has not moved all day.
 */
function movesWithoutWater(
  routine: Routine | undefined,
  devices: readonly DeviceView[],
  at: number,
): boolean {
  const book = routine?.sensors?.book;
  if (!book || at - drawnAt(devices, at) < DAY) return false;
  const now = Math.floor((at - 1) / HOUR);
  // In each third of the last 24 hours, counted backwards.
  return [0, 8, 16].every((from) => {
    for (let hour = now - from; hour > now - from - 8; hour--) if (hasSign(book, hour)) return true;
    return false;
  });
}

/** Water was drawn a moment ago, and so long ago the home did not use too little yet. */
function mayWait(meters: readonly DeviceView[], at: number, limits: Params): boolean {
  const waitMs = limits.waitAfterDrawHours * HOUR;
  // Of a meter that is read once a day nobody knows when it was.
  const readOften = meters.filter(({ intervalMs }) => intervalMs <= waitMs);
  if (waitMs === 0 || at - drawnAt(readOften, at) >= waitMs) return false;
  const before = homeUse(meters, at - waitMs, limits);
  return !before || corrected(before) >= limits.belowLitres;
}

function homeUse(meters: readonly DeviceView[], at: number, limits: Params): Use | undefined {
  let litres = 0;
  let baseLitres = 0;
  let from = at;
  let to = 0;
  for (const device of meters) {
    const { state, intervalMs } = device;
    const history = state.water;
    if (!history) return undefined;
    const slackMs = Math.max(START_SLACK_MS, 2 * intervalMs);
    const window = useInWindow(history, at, limits.windowHours * HOUR, slackMs);
    // Every meter of the home must have been read lately: hot water may flow while cold stands still.
    if (!window.covered || at - window.to > freshForMs(device)) return undefined;
    const used = window.amount / 1000;
    litres += used;
    if (limits.leakCorrected)
      baseLitres += leakWithin(used, (baseLitresPerHour(history) * (window.to - window.from)) / HOUR);
    from = Math.min(from, window.from);
    to = Math.max(to, window.to);
  }
  return to === 0 ? undefined : { litres, baseLitres, from, to };
}

/** Steps of the register within the hours that the base flow is taken from: so much may be too much in a day. */
const BASE_ERROR_LITRES = 6;

/**
 * What leaked of what was used. What ran on the days before cannot have run on where less than that passed in all: the
 * leak was mended, or the tap turned off, and the use since is not to be taken off twice.
 */
const leakWithin = (used: number, base: number): number =>
  base > used + BASE_ERROR_LITRES + 0.02 * used ? 0 : base;

/**
 * Was more than the limit drawn between two readings of the window, above what leaks? Then the leak is taken for larger
 * than it is: readings far apart seldom show what runs when nobody draws.
 */
function hasDraw(devices: readonly DeviceView[], { baseLitres, from, to }: Use, limits: Params): boolean {
  if (baseLitres < limits.belowLitres) return false;
  return devices.some(({ state: { water } }) => {
    if (!water) return false;
    const perHour = baseLitresPerHour(water);
    for (let i = pointAtOrBefore(water, to); i > 0 && pointAt(water, i) > from; i--) {
      const above = litresBetween(water, i - 1, i) - perHour * hoursBetween(water, i - 1, i);
      if (above >= limits.belowLitres) return true;
    }
    return false;
  });
}

/** What was drawn, without what leaks; `baseLitres` is 0 where the rule does not correct for leaks. */
const corrected = (use: Use): number => use.litres - use.baseLitres;

function finding(context: RuleContext<Params, never>, use: Use, at: number): Finding {
  const { params: limits, timeZone } = context;
  // From reading to reading: where one is missing, more than the window of the rule.
  const hours = round((use.to - use.from) / HOUR);
  const litres = round(Math.max(0, corrected(use)));
  const leak = use.baseLitres >= 1 ? round(use.baseLitres) : 0;
  const from = shortLocal(use.from, timeZone);
  const to = shortLocal(use.to, timeZone);
  const leakZh = leak > 0 ? `（另有约 ${leak} 升持续漏水未计入）` : '';
  // What a volunteer asks first; the window says when it began and ended, not when somebody last used water.
  const drawn = drawnAt(context.waterMeters, at);
  const lastZh = drawn > 0 ? `。最近一次用水约在 ${shortLocal(drawn, timeZone)}` : '';
  const lastEn = drawn > 0 ? `. Water was last drawn about ${shortLocal(drawn, timeZone)}` : '';
  const leakEn = leak > 0 ? ` (about ${leak} L that leak all the time are left out)` : '';
  return {
    since: at,
    at,
    from: use.from,
    evidence: {
      text: {
        zh: `${hours} 小时（${from} 至 ${to}）只用水 ${litres} 升，低于 ${limits.belowLitres} 升${leakZh}${lastZh}`,
        en: `Only ${litres} L of water in ${hours} h (${from} to ${to}), below ${limits.belowLitres} L${leakEn}${lastEn}`,
      },
      readings: context.devices.flatMap((device) => readingsAt(device, [use.from, use.to])),
      coverage: 'measured',
      freshnessMs: context.now - use.to,
      values: {
        windowHours: limits.windowHours,
        measuredHours: hours,
        belowLitres: limits.belowLitres,
        usedLitres: round(use.litres, 3),
        leakLitres: round(use.baseLitres, 3),
        ...lastSign(context, drawn),
      },
    },
  };
}
