import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { newestAt } from '../../model/counter-block.ts';
import { baseFlowBefore } from '../../model/counter-history.ts';
import type { Text } from '../../model/text.ts';
import { lastDrawAt } from '../../model/water-book.ts';
import { timeWithin } from '../daily-hours.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { lengthInTheEnd } from '../milder.ts';
import {
  anySilent,
  doorsOf,
  isFrontDoor,
  lastHeard,
  latest,
  listen,
  measuredSince,
  type SensorState,
  seesMotion,
} from '../sensor-log.ts';
import { countsWater } from '../water-meters.ts';

const hour = z.number().int().min(0).max(23);
const params = z.strictObject({
  wakingHours: z.number().min(1).max(50).default(12).meta({ title: 'Without movement by day', unit: 'h' }),
  nightHours: z.number().min(1).max(50).default(14).meta({
    title: 'Without movement, night included',
    unit: 'h',
    description: 'where the time touches the night',
  }),
  wakingHoursDry: z.number().min(1).max(50).optional().meta({
    title: 'By day, where no water is drawn either',
    unit: 'h',
    description:
      'in a home with a water meter that is read and a front door that is heard: two signals that agree need less time; absent: as without',
  }),
  nightHoursDry: z.number().min(1).max(50).optional().meta({
    title: 'Night included, where no water is drawn either',
    unit: 'h',
  }),
  nightFromHour: hour.default(22).meta({ title: 'Night from', unit: 'h', description: 'local time' }),
  nightToHour: hour.default(6).meta({ title: 'Night to', unit: 'h' }),
  exitSlackMinutes: z.number().min(0).max(30).default(1).meta({
    title: 'Movement at the door',
    unit: 'min',
    description: 'after the door has moved, so much movement still belongs to going out: clocks differ',
  }),
});
type Params = z.output<typeof params>;
interface State extends SensorState {
  /** The last movement that any sensor saw. */
  moved: number;
}
type Context = RuleContext<Params, State>;

/** One of them is what a finding waited for. */
const LIMITS_OF_TIME = [
  ['wakingHours', { zh: '白天多久没有活动', en: 'Without movement by day' }],
  ['nightHours', { zh: '夜间多久没有活动', en: 'Without movement, night included' }],
  ['wakingHoursDry', { zh: '白天多久没有活动也没有用水', en: 'By day, where no water is drawn either' }],
  [
    'nightHoursDry',
    { zh: '夜间多久没有活动也没有用水', en: 'Night included, where no water is drawn either' },
  ],
] as const satisfies readonly (readonly [keyof Params, Text])[];
type LimitOfTime = (typeof LIMITS_OF_TIME)[number][0];

/**
 * Nobody moves in the home, and nobody has left it: a front door that moved after the last movement means that the
 * person went out, and nothing is claimed until somebody moves again. All motion sensors of the home must be heard.
 */
export default defineRule<Params, State>({
  kind: 'no-movement',
  title: { zh: '无人活动', en: 'No movement' },
  summary: {
    zh: '家中所有感应器在规定时间内没有感应到活动，且其后入户门没有动过，则告警；有活动即解除。任一感应器静默则不作判断；最后一次活动之后门动过视为已外出（久未归由“久未出门”发现）。',
    en: 'Raises when no sensor of the home has seen movement for so long and the front door has not moved since; ends with movement. Any sensor that is silent: no claim. A door that moved after the last movement means that the person went out; whoever does not come back is found by not-gone-out.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  params,
  needs: ['motion_bool'],
  reads: () => ({ metrics: ['motion_bool', 'door_open_bool', 'battery_pct'] }),
  hears: ({ metrics }) => metrics.includes('motion_bool') || metrics.includes('door_open_bool'),
  lacks: ({ devices, now }) => (anySilent(devices.filter(seesMotion), now) ? 'device-silent' : undefined),
  onReport(context, report) {
    const { device } = context;
    if (!device || !(seesMotion(device) || isFrontDoor(device))) return;
    const state = context.state ?? { moved: 0, logs: [] };
    const before = state.moved;
    listen(state, device, report, context.devices);
    for (const { metric, value, at } of report.readings)
      if (metric === 'motion_bool' && value === 1) state.moved = Math.max(state.moved, at);
    // A home that has only a door contact is not watched for movement, and remembers nothing.
    if (!context.state && !context.devices.some(seesMotion)) return;
    context.state = state;
    if (state.moved > before) moved(context, state.moved);
    judge(context, state);
  },
  looksAnew: true,
  onTimer(context) {
    if (context.state) judge(context, context.state);
  },
  milder: LIMITS_OF_TIME.map(([param, title]) => ({
    param,
    title,
    toward: 'up',
    step: 1,
    measured: (alert) =>
      alert.evidence.values['limit'] === param ? lengthInTheEnd(alert, 'hours', HOUR) : undefined,
  })),
  examples: [
    {
      name: 'nobody moves from nine in the morning: found at nine in the evening',
      model: 'motion-sensor',
      inputs: [
        { at: 6, every: 0.5, until: 9.1, values: { motion_bool: 1 } },
        { at: 9.6, every: 1, until: 24, values: { motion_bool: 0 } },
      ],
      until: 24,
      expect: [{ raised: 21, since: 21, priority: 'P2' }],
    },
    {
      name: 'nobody gets up: found 14 hours after the last movement in the evening',
      model: 'motion-sensor',
      inputs: [
        { at: 18, every: 0.5, until: 22.6, values: { motion_bool: 1 } },
        { at: 23, every: 1, until: 40, values: { motion_bool: 0 } },
      ],
      until: 40,
      expect: [{ raised: 36.5, since: 36.5 }],
    },
    {
      name: 'somebody moves again, and it ends',
      model: 'motion-sensor',
      inputs: [
        { at: 7, values: { motion_bool: 1 } },
        { at: 8, every: 1, until: 21, values: { motion_bool: 0 } },
        { at: 20.5, values: { motion_bool: 1 } },
      ],
      until: 22,
      expect: [{ raised: 19, cleared: 20.5, reason: 'recovered' }],
    },
    {
      name: 'must not fire: the front door opened after the last movement',
      model: 'motion-sensor',
      devices: { door: { model: 'door-contact' } },
      inputs: [
        { device: 'door', at: 0, every: 4, until: 40, values: { door_open_bool: 0 } },
        { at: 7, every: 0.25, until: 9, values: { motion_bool: 1 } },
        { device: 'door', at: 8.8, values: { door_open_bool: 1 } },
        { device: 'door', at: 8.805, values: { door_open_bool: 0 } },
        { at: 9.5, every: 1, until: 40, values: { motion_bool: 0 } },
      ],
      until: 40,
      expect: [],
    },
    {
      name: 'comes home, moves, and then does not any more',
      model: 'motion-sensor',
      devices: { door: { model: 'door-contact', place: 'entrance' } },
      inputs: [
        { device: 'door', at: 0, every: 4, until: 28, values: { door_open_bool: 0 } },
        { device: 'door', at: 9, values: { door_open_bool: 1 } },
        { device: 'door', at: 9.002, values: { door_open_bool: 0 } },
        { at: 8, values: { motion_bool: 1 } },
        { at: 9.05, values: { motion_bool: 1 } },
        { at: 9.5, every: 1, until: 28, values: { motion_bool: 0 } },
      ],
      until: 28,
      expect: [{ raised: 21.05 }],
    },
    {
      name: 'no water is drawn either: found sooner',
      model: 'motion-sensor',
      params: { wakingHoursDry: 8, nightHoursDry: 12 },
      devices: { water: { model: 'water-meter' }, door: { model: 'door-contact' } },
      inputs: [
        { device: 'door', at: 0, every: 4, until: 24, values: { door_open_bool: 0 } },
        { at: 6, every: 0.5, until: 9.1, values: { motion_bool: 1 } },
        { at: 9.6, every: 1, until: 24, values: { motion_bool: 0 } },
        {
          device: 'water',
          at: 0,
          every: 1,
          until: 9,
          values: { water_index_m3: 1 },
          step: { water_index_m3: 0.005 },
        },
        { device: 'water', at: 9, every: 1, until: 24, values: { water_index_m3: 1.04 } },
      ],
      until: 24,
      expect: [{ raised: 17, since: 17 }],
    },
    {
      name: 'no water is drawn either, but nobody can tell whether they went out: not sooner',
      model: 'motion-sensor',
      params: { wakingHoursDry: 8 },
      devices: { water: { model: 'water-meter' } },
      inputs: [
        { at: 6, every: 0.5, until: 9.1, values: { motion_bool: 1 } },
        { at: 9.6, every: 1, until: 24, values: { motion_bool: 0 } },
        { device: 'water', at: 0, every: 1, until: 24, values: { water_index_m3: 1 } },
      ],
      until: 24,
      expect: [{ raised: 21, since: 21 }],
    },
    {
      name: 'water is drawn where nobody is seen to move: not sooner than without a meter',
      model: 'motion-sensor',
      params: { wakingHoursDry: 8, nightHoursDry: 12 },
      devices: { water: { model: 'water-meter' }, door: { model: 'door-contact' } },
      inputs: [
        { device: 'door', at: 0, every: 4, until: 24, values: { door_open_bool: 0 } },
        { at: 6, every: 0.5, until: 9.1, values: { motion_bool: 1 } },
        { at: 9.6, every: 1, until: 24, values: { motion_bool: 0 } },
        { device: 'water', at: 0, every: 1, until: 14, values: { water_index_m3: 1 } },
        { device: 'water', at: 14, every: 1, until: 24, values: { water_index_m3: 1.01 } },
      ],
      until: 24,
      expect: [{ raised: 21, since: 21 }],
    },
    {
      name: 'must not fire: a sensor that is silent makes no claim',
      model: 'motion-sensor',
      inputs: [{ at: 0, every: 1, until: 8, values: { motion_bool: 1 } }],
      until: 48,
      expect: [],
    },
    {
      name: 'must not fire: one of two sensors is silent',
      model: 'motion-sensor',
      devices: { m2: { model: 'motion-sensor', place: 'living-room' } },
      inputs: [
        { at: 6, values: { motion_bool: 1 } },
        { at: 7, every: 1, until: 30, values: { motion_bool: 0 } },
        { device: 'm2', at: 6, every: 1, until: 12, values: { motion_bool: 0 } },
      ],
      until: 30,
      expect: [],
    },
    {
      name: 'a movement that is told late withdraws it',
      model: 'motion-sensor',
      inputs: [
        { at: 7, values: { motion_bool: 1 } },
        { at: 8, every: 1, until: 21, values: { motion_bool: 0 } },
        { at: 12.5, receivedAt: 19.5, values: { motion_bool: 1 } },
      ],
      until: 20,
      expect: [{ raised: 19, cleared: 19.5, reason: 'late-data' }],
    },
    {
      name: 'heartbeats that come late, all at once, still prove the time without movement',
      model: 'motion-sensor',
      inputs: [
        { at: 7, values: { motion_bool: 1 } },
        { at: 8, every: 1, until: 21, receivedAt: 20.5, values: { motion_bool: 0 } },
      ],
      until: 21,
      expect: [{ raised: 20.5, since: 19 }],
    },
    {
      name: 'must not fire: ordinary days',
      model: 'motion-sensor',
      inputs: [
        { at: 0, every: 1, until: 100, values: { motion_bool: 0 } },
        { at: 6.5, every: 8, until: 100, values: { motion_bool: 1 } },
      ],
      until: 100,
      expect: [],
    },
  ],
});

/** What is open was about a time without movement: it is over, or it never was. */
function moved(context: Context, at: number): void {
  const { open } = context;
  if (!open || at > open.since) context.clear('recovered');
  else if (dueAfter(at, context) > open.since) context.clear('late-data');
}

/** When nobody has moved for too long. `dry`: no water was drawn either. */
const dueAfter = (at: number, context: Context, dry = false): number => limitAfter(at, context, dry).due;

/** The same, and by which of the limits. */
function limitAfter(
  at: number,
  { params: limits, timeZone }: Context,
  dry: boolean,
): { readonly due: number; readonly limit: LimitOfTime } {
  const night = { from: limits.nightFromHour, to: limits.nightToHour };
  const after = (byDay: LimitOfTime): number => at + (limits[byDay] as number) * HOUR;
  const named = (wet: 'wakingHours' | 'nightHours'): LimitOfTime => {
    const own = `${wet}Dry` as const;
    return dry && limits[own] !== undefined ? own : wet;
  };
  const byDay = named('wakingHours');
  const limit = timeWithin(at, after(byDay), night, timeZone) > 0 ? named('nightHours') : byDay;
  return { due: after(limit), limit };
}

/**
 * Is there a water meter that is read, and was nothing drawn after this instant? The hour of the movement may have its
 * draw. Only where the front door is heard: in a home that somebody has left neither shows anything, and the two do not
 * agree on more than that.
 */
function isDry(context: Context, state: State, since: number): boolean {
  const { devices, now } = context;
  const doors = devices.filter(isFrontDoor);
  if (doors.length === 0 || measuredSince(0, state, doors, now) === undefined) return false;
  const meters = devices.filter(countsWater);
  return (
    meters.length > 0 &&
    meters.every(({ state: { water, waterBook }, intervalMs }) => {
      if (!water || !waterBook || now - newestAt(water) > 2 * intervalMs + 30 * MINUTE) return false;
      const draw = lastDrawAt(waterBook, water, now, baseFlowBefore(water, Math.floor((now - 1) / DAY)));
      return draw === undefined || draw.from <= since;
    })
  );
}

function judge(context: Context, state: State): void {
  const exit = exitAt(context, state);
  const { open } = context;
  // Told late that somebody had left before it was raised.
  if (open && exit !== undefined && exit <= open.since) context.clear('late-data');
  const still = measuredSince(
    Math.max(state.moved, context.presentSince),
    state,
    context.devices.filter(seesMotion),
    context.now,
  );
  if (exit !== undefined || still === undefined) {
    context.wakeAt(0);
    return;
  }
  const [whenDry, otherwise] = [limitAfter(still, context, true), limitAfter(still, context, false)];
  const [early, late] = [whenDry.due, otherwise.due];
  if (early > context.now) {
    context.wakeAt(early);
    return;
  }
  const dry = early < late && isDry(context, state, still);
  const { due, limit } = dry ? whenDry : otherwise;
  if (due > context.now) {
    // Water is drawn still, or its meter is not read: asked again until it is late by the movement alone.
    context.wakeAt(Math.min(late, context.now + HOUR));
    return;
  }
  context.raise(finding(context, state, still, due, limit));
  // While it holds it is looked at again: people may resolve it, and nothing else wakes this rule then.
  context.wakeAt(context.now + HOUR);
}

/** When somebody went out, if nobody has moved in the home since. */
function exitAt({ params: { exitSlackMinutes } }: Context, state: State): number | undefined {
  const door = latest(doorsOf(state).map(({ changed }) => changed));
  return door > 0 && door >= state.moved - exitSlackMinutes * MINUTE ? door : undefined;
}

function finding(context: Context, state: State, still: number, due: number, limit: LimitOfTime): Finding {
  const hours = Math.round((due - still) / HOUR);
  const when = shortLocal(still, context.timeZone);
  const sensors = context.devices.filter(seesMotion);
  const [zhDoor, enDoor] = doorText(context, state);
  return {
    since: due,
    at: due,
    from: still,
    evidence: {
      text: {
        zh: `自 ${when} 起 ${hours} 小时没有感应到活动（${sensors.length} 个感应器心跳正常）；${zhDoor}`,
        en: `No movement for ${hours} h, since ${when} (${sensors.length} sensors, all heard); ${enDoor}`,
      },
      readings: [],
      coverage: 'measured',
      freshnessMs: context.now - latest(sensors.map(({ state: { id } }) => lastHeard(state, id))),
      values: { hours, limit, sensors: sensors.length, ...lastSign(context, state.moved) },
    },
  };
}

/** Whether the person may have gone out: only a contact that is heard can rule that out. */
function doorText({ devices, now }: Context, state: State): readonly [string, string] {
  const doors = devices.filter(isFrontDoor);
  if (doors.length === 0) return ['没有门磁，无法排除外出', 'no door contact: they may have gone out'];
  return measuredSince(0, state, doors, now) === undefined
    ? ['门磁静默，无法排除外出', 'the door contact is silent: they may have gone out']
    : ['其后入户门没有动过', 'the front door has not moved since'];
}
