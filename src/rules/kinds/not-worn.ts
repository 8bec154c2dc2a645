import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { instantOfLocal, localDay, localMinute, shortLocal } from '../../lib/local-time.ts';
import { heldSince } from '../../model/held-word.ts';
import type { Report } from '../../model/message.ts';
import type { Text } from '../../model/text.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { hoursSinceRaised, lengthInTheEnd } from '../milder.ts';

const hour = z.number().min(0).max(24);
const params = z
  .strictObject({
    offHours: z
      .number()
      .min(1)
      .max(168)
      .default(12)
      .meta({ title: 'Not worn for', unit: 'h', description: 'hours of the day; the night does not count' }),
    dayFromHour: hour.default(7).meta({ title: 'The day begins at', unit: 'h' }),
    dayToHour: hour.default(21).meta({ title: 'The day ends at', unit: 'h' }),
    chargingGraceHours: z
      .number()
      .min(0)
      .max(24)
      .default(3)
      .meta({ title: 'Added where it was charged meanwhile', unit: 'h' }),
    batteryBelowPct: z.number().min(0).max(90).default(20).meta({ title: 'Battery low below', unit: '%' }),
    batteryClearPct: z
      .number()
      .min(0)
      .max(100)
      .default(40)
      .meta({ title: 'Battery well again at', unit: '%' }),
    batteryHours: z.number().min(0).max(168).default(12).meta({
      title: 'Low for',
      unit: 'h',
      description: 'a band that is charged in the evening as usual needs nobody',
    }),
  })
  .refine(({ dayFromHour, dayToHour }) => dayFromHour < dayToHour, {
    message: 'the day must begin before it ends',
    path: ['dayToHour'],
  });
type Params = z.output<typeof params>;

/** Since when the battery is low, and what it said last; 0: it is not. */
interface State {
  lowSince: number;
  pct: number;
}

/** A wearable that lies about, or runs flat: nobody watches over its wearer. Says nothing about the person. */
export default defineRule<Params, State>({
  kind: 'not-worn',
  title: { zh: '手环未佩戴或电量低', en: 'Wearable not worn or running flat' },
  summary: {
    zh: '白天累计超过 12 小时未佩戴（充电另给 3 小时宽限），或电量低于 20% 且 12 小时未充电时，生成设备任务。未佩戴、充电、静默期间体征规则不作任何判断。',
    en: 'A task when it was not worn for 12 hours of the day (three more where it was charged), or when its battery is low for 12 hours. While it is not worn, charged or silent, the rules about vital signs claim nothing.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'device',
  params,
  needs: ['worn_bool'],
  reads: () => ({
    metrics: ['worn_bool', 'charging_bool', 'battery_pct', 'steps_count'],
    events: ['removed', 'put_on'],
  }),
  // The battery of a meter or a door contact is no concern of this rule.
  hears: ({ metrics }) => metrics.includes('worn_bool'),
  onReport(context, report) {
    if (context.device?.state.worn === undefined && !context.state && !hasBattery(report)) return;
    takeBattery(context, report);
    judge(context, true);
  },
  onTimer: (context) => judge(context, false),
  looksAnew: true,
  milder: [
    {
      param: 'batteryHours',
      title: { zh: '电量低多久才提醒', en: 'Battery low for' },
      toward: 'up',
      step: 6,
      measured: (alert) =>
        alert.title.en === TITLES.battery.en ? lengthInTheEnd(alert, 'hours', HOUR) : undefined,
    },
    {
      param: 'offHours',
      title: { zh: '未佩戴多久才提醒', en: 'Not worn for' },
      toward: 'up',
      step: 2,
      // Only hours of the day count: at most so many were added until it was worn again.
      measured: (alert, { offHours, dayFromHour, dayToHour }) => {
        const beyond = hoursSinceRaised(alert);
        if (alert.title.en !== TITLES.off.en || beyond === undefined) return undefined;
        const day = dayToHour - dayFromHour;
        return offHours + Math.floor(beyond / 24) * day + Math.min(beyond % 24, day);
      },
    },
  ],
  examples: [
    {
      name: 'taken off in the morning and left there is a task in the evening',
      model: 'wristband',
      inputs: [{ at: 8, event: 'removed' }],
      until: 30,
      expect: [{ raised: 20, since: 8, priority: 'P4' }],
    },
    {
      name: 'must not fire: taken off for the night',
      model: 'wristband',
      inputs: [
        { at: 21, event: 'removed' },
        { at: 32, event: 'put_on' },
      ],
      until: 60,
      expect: [],
    },
    {
      name: 'must not fire: twelve hours off with charging among them, and worn again within the grace',
      model: 'wristband',
      inputs: [
        { at: 8, values: { worn_bool: 0, charging_bool: 1 } },
        { at: 10, values: { worn_bool: 0, charging_bool: 0 } },
        { at: 20.5, values: { worn_bool: 1 } },
      ],
      until: 60,
      expect: [],
    },
    {
      name: 'it ends when it is put on again',
      model: 'wristband',
      inputs: [
        { at: 7, every: 1, until: 25, values: { worn_bool: 0 } },
        { at: 25, values: { worn_bool: 1 } },
      ],
      until: 30,
      expect: [{ raised: 19, since: 7, cleared: 25, reason: 'recovered' }],
    },
    {
      name: 'late word that it was worn at noon withdraws it',
      model: 'wristband',
      inputs: [
        { at: 8, event: 'removed' },
        { at: 20, values: { worn_bool: 0 } },
        { at: 13, receivedAt: 21, values: { worn_bool: 1 } },
      ],
      until: 24,
      expect: [{ raised: 20, cleared: 21, reason: 'late-data' }],
    },
    {
      name: 'must not fire: off for an hour a day, told by a gateway that delivers two days one after the other',
      model: 'wristband',
      inputs: [
        { at: 7, values: { worn_bool: 1, battery_pct: 60 } },
        { at: 8, receivedAt: 57, values: { worn_bool: 0, battery_pct: 15 } },
        { at: 9, receivedAt: 57.01, values: { worn_bool: 1, battery_pct: 80 } },
        { at: 32, receivedAt: 57.02, values: { worn_bool: 0, battery_pct: 80 } },
        { at: 33, receivedAt: 57.03, values: { worn_bool: 1, battery_pct: 80 } },
      ],
      until: 80,
      expect: [],
    },
    {
      name: 'told two days late that it was taken off, and nothing since: it is waited a little for more, and then it counts',
      model: 'wristband',
      inputs: [{ at: 8, receivedAt: 57, event: 'removed' }],
      until: 80,
      expect: [{ raised: 57.25, since: 8 }],
    },
    {
      name: 'a clock that stands still and a band that goes on speaking put it off no longer',
      model: 'wristband',
      inputs: [
        { at: 8, receivedAt: 57, event: 'removed' },
        ...Array.from({ length: 60 }, (_, n) => ({
          at: 8,
          receivedAt: 57.1 + n / 10,
          values: { battery_pct: 99 - n },
        })),
      ],
      until: 80,
      expect: [{ raised: 57.25, since: 8 }],
    },
    {
      name: 'a battery that stays low for half a day',
      model: 'wristband',
      inputs: [
        { at: 5, every: 1, until: 24, values: { worn_bool: 1, battery_pct: 15 } },
        { at: 25, values: { worn_bool: 1, charging_bool: 1, battery_pct: 22 } },
        { at: 26, values: { worn_bool: 1, battery_pct: 80 } },
      ],
      until: 30,
      expect: [{ raised: 17, since: 5, cleared: 25, reason: 'recovered' }],
    },
    {
      name: 'must not fire: low in the afternoon, charged in the evening',
      model: 'wristband',
      inputs: [
        { at: 14, every: 1, until: 20, values: { worn_bool: 1, battery_pct: 15 } },
        { at: 20, values: { charging_bool: 1, battery_pct: 12 } },
        { at: 22, values: { charging_bool: 0, battery_pct: 100 } },
      ],
      until: 48,
      expect: [],
    },
  ],
});

const hasBattery = ({ readings }: Report): boolean => readings.some(({ metric }) => metric === 'battery_pct');

/** Follows the battery; only words newer than the last one count. */
function takeBattery(context: RuleContext<Params, State>, report: Report): void {
  const { batteryBelowPct, batteryClearPct } = context.params;
  for (const { metric, value, at } of report.readings) {
    const charges = metric === 'charging_bool' && value === 1;
    if (metric !== 'battery_pct' && !charges) continue;
    const { state } = context;
    if (state && (charges || value >= batteryClearPct) && at >= state.lowSince) context.state = undefined;
    else if (metric === 'battery_pct' && value < batteryBelowPct && !isCharging(context)) {
      if (!state || at < state.lowSince) context.state = { lowSince: at, pct: value };
      else if (state.pct !== value) context.state = { ...state, pct: value };
    }
  }
}

const isCharging = ({ device }: RuleContext<Params, State>): boolean => device?.state.charging?.value === 1;

/**
 * What comes late comes one after the other: so long is waited for the words after the last one before it is taken for what
 * still holds.
 */
const MORE_TO_COME_MS = 15 * MINUTE;

function judge(context: RuleContext<Params, State>, told: boolean): void {
  const due = { off: offDue(context), battery: batteryDue(context) };
  if (due.off === undefined && due.battery === undefined) {
    // Worn, and charged: nearly always.
    context.wakeAt(0);
    context.clear('recovered');
    return;
  }
  const { now } = context;
  if (told && !context.open && isOldWord(context, due)) {
    if (!waitsAlready(context)) context.wakeAt(now + MORE_TO_COME_MS);
    return;
  }
  const waiting = [due.off, due.battery].filter((at): at is number => at !== undefined && at > now);
  context.wakeAt(waiting.length > 0 ? Math.min(...waiting) : 0);
  if (due.off !== undefined && due.off <= now) context.raise(offFinding(context, due.off));
  else if (due.battery !== undefined && due.battery <= now) {
    const found = batteryFinding(context, due.battery);
    // It is worn again, and flat: that is another task.
    if (context.open && context.open.since !== found.since) context.clear('recovered');
    context.raise(found);
  } else context.clear(context.late && waiting.length > 0 ? 'late-data' : 'recovered');
}

/** It would be due, and the last word is from before: what the device has said since may be on its way. */
function isOldWord(
  { now, device }: RuleContext<Params, State>,
  { off, battery }: { readonly off: number | undefined; readonly battery: number | undefined },
): boolean {
  const measuredAt = device?.state.measuredAt ?? 0;
  return [off, battery].some((at) => at !== undefined && at <= now && measuredAt < at);
}

/** Only a word that is newer than all before it leads on: of a band whose clock stands still one would come after the other. */
const waitsAlready = ({ late, wakesAt, now }: RuleContext<Params, State>): boolean =>
  late && wakesAt > now && wakesAt <= now + MORE_TO_COME_MS;

/** When it will have been off for too long; undefined: it is worn, or has never said. */
function offDue(context: RuleContext<Params, State>): number | undefined {
  const { device, params: limits } = context;
  const { worn, charging } = device?.state ?? {};
  if (worn?.value !== 0) return undefined;
  const since = heldSince(worn);
  const charged = charging !== undefined && charging.at >= since && hadWord(charging.changes, since);
  const grace = charged ? limits.chargingGraceHours * HOUR : 0;
  return afterDayHours(since, limits.offHours * HOUR + grace, limits, context.timeZone);
}

/** Was it said to be charging at some time since then? */
function hadWord(changes: readonly { value: number; at: number }[] | undefined, since: number): boolean {
  if (!changes) return false;
  return changes.some(({ value, at }, index) => {
    const end = changes[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return value === 1 && (at >= since || end > since);
  });
}

/** The instant at which so much of the daytime will have passed since then. */
function afterDayHours(
  since: number,
  hoursMs: number,
  { dayFromHour, dayToHour }: Params,
  timeZone: string,
): number {
  let day = localDay(since, timeZone);
  let minute = Math.max(localMinute(since, timeZone), dayFromHour * 60);
  let leftMs = hoursMs;
  for (;;) {
    const today = Math.max(0, dayToHour * 60 - minute) * MINUTE;
    if (leftMs <= today) return Math.round(instantOfLocal(day, 0, timeZone) + minute * MINUTE + leftMs);
    leftMs -= today;
    day++;
    minute = dayFromHour * 60;
  }
}

const batteryDue = ({ state, params: limits }: RuleContext<Params, State>): number | undefined =>
  state && state.lowSince + limits.batteryHours * HOUR;

function offFinding(context: RuleContext<Params, State>, due: number): Finding {
  const since = heldSince(context.device?.state.worn ?? { value: 0, at: due });
  const when = shortLocal(since, context.timeZone);
  const id = context.device?.state.id ?? '';
  return finding(context, { since, at: due }, TITLES.off, {
    zh: `设备 ${id} 自 ${when} 起未佩戴：体征规则暂不作判断，请提醒佩戴`,
    en: `Device ${id} is not worn since ${when}: the rules about vital signs claim nothing; ask for it to be put on`,
  });
}

function batteryFinding(context: RuleContext<Params, State>, due: number): Finding {
  const { lowSince, pct } = context.state as State;
  const when = shortLocal(lowSince, context.timeZone);
  const id = context.device?.state.id ?? '';
  return finding(context, { since: lowSince, at: due }, TITLES.battery, {
    zh: `设备 ${id} 电量 ${pct}%，自 ${when} 起偏低且未充电`,
    en: `Battery of device ${id} at ${pct} %, low since ${when} and not charged`,
  });
}

const TITLES = {
  off: { zh: '手环未佩戴', en: 'Not worn' },
  battery: { zh: '设备电量低', en: 'Battery low' },
} as const;

function finding(
  context: RuleContext<Params, State>,
  { since, at }: { since: number; at: number },
  title: Text,
  text: Text,
): Finding {
  const newest = context.device?.state.measuredAt ?? 0;
  return {
    since,
    at,
    title,
    evidence: {
      text,
      readings: [],
      freshnessMs: Math.max(0, context.now - newest),
      values: {
        hours: Math.round((context.now - since) / HOUR),
        ...(context.state ? { batteryPct: context.state.pct } : {}),
      },
    },
  };
}
