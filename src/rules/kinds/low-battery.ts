import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { Text } from '../../model/text.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { figureOf } from '../milder.ts';

const params = z
  .strictObject({
    belowPct: z.number().min(1).max(90).default(20).meta({ title: 'At or below', unit: '%' }),
    clearPct: z.number().min(2).max(100).default(30).meta({ title: 'Well again at', unit: '%' }),
    volts: z
      .array(z.strictObject({ upTo: z.number().positive(), low: z.number().positive() }))
      .min(1)
      .default([
        { upTo: 1.75, low: 1.1 },
        { upTo: 3.4, low: 2.5 },
        { upTo: 3.9, low: 3.1 },
        { upTo: 4.6, low: 3.5 },
      ])
      .meta({
        title: 'Where only volts are reported',
        description:
          'low at or below `low`, where the device never showed more than `upTo`: what it once showed tells which cell it has (one alkaline; lithium 3 V or two alkaline; lithium 3.6 V; lithium-ion). Above the last of them four fifths of the highest that it showed',
      }),
    holdHours: z.number().min(0).max(720).default(24).meta({
      title: 'For at least',
      unit: 'h',
      description: 'a cold night and a band before its evening on the charger need nobody',
    }),
  })
  .refine(({ belowPct, clearPct }) => belowPct < clearPct, {
    message: 'clearPct must be above belowPct',
    path: ['clearPct'],
  });
type Params = z.output<typeof params>;
type Context = RuleContext<Params, State>;

type Source = 'percent' | 'volts' | 'flag';
interface State {
  /** The highest voltage that it ever showed. */
  readonly most?: number;
  /** It reports percent: volts say nothing beyond that. */
  readonly percent?: true;
  /** Its own flag is up, since then. */
  readonly flag?: number;
  /** The last of its values was low, since then. */
  readonly low?: number;
}

/** A value this far above its limit is that of another battery, or of a charged one. */
const VOLTS_BACK = 1.05;
/** Fewer are no battery: devices without one report nought. */
const VOLTS_MIN = 0.5;

/**
 * A device whose battery will soon be empty, whatever it reports of it: percent, volts, or a flag of its own. One task a
 * device. It will fall silent otherwise, and nobody sees the home then.
 */
export default defineRule<Params, State>({
  kind: 'low-battery',
  title: { zh: '设备电量低', en: 'Battery of a device is low' },
  summary: {
    zh: '任何型号的设备，只要上报电量百分比、电池电压或低电量标志：持续一天偏低时生成一条更换任务，换电池或充电后解除。手环（上报是否佩戴的设备）的电量由“手环未佩戴或电量低”负责。',
    en: 'For devices of any model that report percent, volts or a flag of their own: one task when the battery was low for a day; ends with a new or charged one. The percent of a band that says whether it is worn belongs to the rule about bands.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'device',
  params,
  reads: () => ({ metrics: ['battery_pct', 'battery_v'], events: ['low_battery', 'low_battery_cleared'] }),
  // Such a band is told by `not-worn`, which knows when it is charged: two tasks for one battery are one too many.
  hears: ({ metrics }) => !(metrics.includes('worn_bool') && metrics.includes('battery_pct')),
  onReport(context, report) {
    const { device } = context;
    if (!device) return;
    for (const { event, at } of report.events) {
      if (event === 'low_battery') context.state = { ...context.state, flag: context.state?.flag ?? at };
      else if (event === 'low_battery_cleared') lowerFlag(context);
    }
    for (const { metric, value, at } of report.readings) {
      // What is older than the newest says nothing about now.
      if (context.late && at < device.state.measuredAt) continue;
      if (metric === 'battery_pct') takePercent(context, value, at);
      else if (metric === 'battery_v' && value >= VOLTS_MIN) takeVolts(context, value, at);
    }
    wait(context);
  },
  looksAnew: true,
  onTimer(context) {
    const { state } = context;
    if (state?.flag === undefined || context.open) return;
    if (context.now - state.flag >= context.params.holdHours * HOUR)
      context.raise(finding(context, 'flag', state.flag, context.now, {}));
    else wait(context);
  },
  milder: [
    {
      param: 'belowPct',
      title: { zh: '电量不高于', en: 'At or below' },
      toward: 'down',
      step: 1,
      inclusive: true,
      measured: (alert) => figureOf(alert, 'percent'),
    },
  ],
  examples: [
    {
      name: 'a battery that is low for a day raises, and a new one ends it',
      inputs: [
        { at: 0, every: 6, until: 48, values: { battery_pct: 19 } },
        { at: 48, values: { battery_pct: 25 } },
        { at: 54, values: { battery_pct: 100 } },
      ],
      until: 60,
      expect: [{ raised: 24, since: 0, cleared: 54, reason: 'recovered', priority: 'P4' }],
    },
    {
      name: 'a door contact on two alkaline cells, which reports volts alone',
      model: 'dragino-lds02',
      inputs: [
        { at: 0, every: 12, until: 24, values: { battery_v: 3.1 } },
        { at: 24, every: 12, until: 72, values: { battery_v: 2.45 } },
        { at: 72, values: { battery_v: 3.2 } },
      ],
      until: 80,
      expect: [{ raised: 48, since: 24, cleared: 72, reason: 'recovered' }],
    },
    {
      name: 'must not fire: 3.2 V of a lithium cell that has 3.6 when it is new',
      model: 'dragino-lds02',
      inputs: [
        { at: 0, values: { battery_v: 3.62 } },
        { at: 12, every: 12, until: 240, values: { battery_v: 3.2 } },
      ],
      until: 240,
      expect: [],
    },
    {
      name: 'the flag of a device that reports no value',
      model: 'netvox-r311cc',
      inputs: [
        { at: 1, event: 'low_battery' },
        { at: 30, event: 'low_battery' },
        { at: 80, event: 'low_battery_cleared' },
      ],
      until: 81,
      expect: [{ raised: 25, since: 1, cleared: 80, reason: 'recovered' }],
    },
    {
      name: 'must not fire: a flag that goes up in cold nights and down again by day',
      model: 'netvox-r311cc',
      inputs: [
        { at: 1, every: 24, until: 240, event: 'low_battery' },
        { at: 9, every: 24, until: 240, event: 'low_battery_cleared' },
      ],
      until: 240,
      expect: [],
    },
    {
      name: 'must not fire: a watch that is charged each evening',
      model: 'watch-3g',
      inputs: [
        { at: 0, every: 24, until: 240, values: { battery_pct: 15 } },
        { at: 8, every: 24, until: 240, values: { battery_pct: 95 } },
      ],
      until: 240,
      expect: [],
    },
    {
      name: 'must not fire: old values that come late',
      inputs: [
        { at: 40, values: { battery_pct: 100 } },
        { at: 1, every: 12, until: 38, receivedAt: 41, values: { battery_pct: 10 } },
      ],
      until: 42,
      expect: [],
    },
    {
      name: 'must not fire: a band, which has a rule of its own',
      model: 'wristband',
      inputs: [{ at: 0, every: 6, until: 72, values: { battery_pct: 10 } }],
      until: 72,
      expect: [],
    },
    {
      name: 'must not fire: no battery in it at all',
      model: 'dragino-lds02',
      inputs: [{ at: 0, every: 6, until: 72, values: { battery_v: 0 } }],
      until: 72,
      expect: [],
    },
  ],
});

function takePercent(context: Context, value: number, at: number): void {
  const { belowPct, clearPct } = context.params;
  if (value <= belowPct) {
    context.state = { ...context.state, percent: true };
    isLow(context, 'percent', at, { percent: value, limit: belowPct });
  } else if (value >= clearPct) isWell(context);
}

function takeVolts(context: Context, value: number, at: number): void {
  const { state } = context;
  if (state?.percent) return;
  const most = Math.max(value, state?.most ?? 0);
  if (most !== state?.most) context.state = { ...state, most };
  const limit = lowVolts(context.params, most);
  if (value <= limit) isLow(context, 'volts', at, { volts: value, limit });
  else if (value >= limit * VOLTS_BACK) isWell(context);
}

function lowVolts({ volts }: Params, most: number): number {
  const cell = volts.find(({ upTo }) => most <= upTo);
  return cell ? cell.low : Math.round(80 * most) / 100;
}

/** A reading alone may be a slip: the next one that is long enough after it confirms. */
function isLow(context: Context, source: Source, at: number, values: Readonly<Record<string, number>>): void {
  const low = context.state?.low ?? at;
  context.state = { ...context.state, low };
  if (!context.open && at > low && at - low >= context.params.holdHours * HOUR)
    context.raise(finding(context, source, low, at, values));
}

/** Another battery, or a charged one: what the flag said was about the one before. */
function isWell(context: Context): void {
  // Nearly always: nothing was remembered, and nothing is.
  if (context.state === undefined) {
    context.clear('recovered');
    return;
  }
  const { low, flag, ...rest } = context.state;
  const wasLow = low !== undefined || context.open !== undefined;
  // A flag stands against a value that never was low: the device knows its cell better than a table does.
  keep(context, flag !== undefined && !wasLow ? { ...rest, flag } : rest);
  if (wasLow || flag === undefined) context.clear('recovered');
}

function lowerFlag(context: Context): void {
  const { flag: _, ...rest } = context.state ?? {};
  keep(context, rest);
  if (rest.low === undefined) context.clear('recovered');
}

function keep(context: Context, { percent, ...state }: State): void {
  const rest = state.low === undefined || !percent ? state : { ...state, percent };
  context.state = Object.keys(rest).length === 0 ? undefined : rest;
}

/** A flag goes up once, and nothing need follow. */
function wait(context: Context): void {
  const { state, open, params: limits } = context;
  context.wakeAt(state?.flag === undefined || open ? 0 : state.flag + limits.holdHours * HOUR);
}

function finding(
  context: Context,
  source: Source,
  since: number,
  at: number,
  values: Readonly<Record<string, number>>,
): Finding {
  const id = context.device?.state.id ?? '';
  const when = shortLocal(since, context.timeZone);
  const said = wordsOf(source, values);
  return {
    since,
    at,
    evidence: {
      text: {
        zh: `设备 ${id} ${said.zh}，自 ${when} 起；请更换电池或充电，否则设备将失联`,
        en: `Device ${id}: ${said.en}, since ${when}; change or charge its battery, or it will fall silent`,
      },
      readings: [],
      freshnessMs: Math.max(0, context.now - at),
      values: { ...values, source },
    },
  };
}

function wordsOf(source: Source, { percent, volts, limit }: Readonly<Record<string, number>>): Text {
  if (source === 'flag') return { zh: '自报电量低', en: 'it says itself that its battery is low' };
  const [value, unit] = source === 'percent' ? [percent, '%'] : [volts, ' V'];
  return {
    zh: `电量 ${value}${unit}（阈值 ≤ ${limit}${unit}）`,
    en: `battery at ${value}${unit} (limit: at or below ${limit}${unit})`,
  };
}
