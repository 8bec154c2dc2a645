import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { Report } from '../../model/message.ts';
import { isWithin } from '../daily-hours.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import { lengthInTheEnd } from '../milder.ts';
import {
  anySilent,
  doorsOf,
  latest,
  listen,
  measuredSince,
  noteWord,
  onlyOf,
  type SensorState,
  type SwitchLog,
  seesMotion,
} from '../sensor-log.ts';

const hour = z.number().int().min(0).max(23);
const params = z.strictObject({
  dayMinutes: z.number().min(10).max(240).default(60).meta({ title: 'Longest stay by day', unit: 'min' }),
  nightMinutes: z.number().min(10).max(240).default(45).meta({
    title: 'Longest stay at night',
    unit: 'min',
    description: 'for a stay that begins at night',
  }),
  nightFromHour: hour.default(22).meta({ title: 'Night from', unit: 'h', description: 'local time' }),
  nightToHour: hour.default(6).meta({ title: 'Night to', unit: 'h' }),
});
type Params = z.output<typeof params>;
interface State extends SensorState {
  /** Movements in the bathroom since the last one elsewhere, ascending. */
  inside: number[];
  /** The last movement elsewhere, or of any door. */
  elsewhere: number;
  /** What the motion sensors said. */
  motion: Record<string, SwitchLog>;
}
type Context = RuleContext<Params, State>;

const INSIDE_MAX = 24;
/** No sensor holds on to a movement for longer. */
const HOLD_MAX_MS = 15 * MINUTE;

/**
 * Somebody went into the bathroom and nothing else in the home has moved since. That they came out must be visible: by
 * a sensor that they have to pass (not only one in the bathroom), or by a contact on the bathroom's door; else no claim.
 */
export default defineRule<Params, State>({
  kind: 'long-bathroom-stay',
  title: { zh: '卫生间停留过久', en: 'Long stay in the bathroom' },
  summary: {
    zh: '感应到进入卫生间后，别处没有活动、门也没有动过，超过时限即告警；别处有活动即解除。须有人走出卫生间必经之处的感应器或卫生间门磁；任一感应器静默则不作判断。',
    en: 'Raises when somebody is in the bathroom for longer than the limit with no movement elsewhere and no door moving; ends with movement elsewhere. Wants a sensor that whoever leaves must pass, or a contact on the bathroom door; any sensor that is silent: no claim.',
  },
  about: 'person',
  priority: 'P1',
  scope: 'home',
  params,
  needs: ['motion_bool'],
  reads: () => ({ metrics: ['motion_bool', 'door_open_bool', 'battery_pct'] }),
  hears: ({ metrics }) => metrics.includes('motion_bool') || metrics.includes('door_open_bool'),
  lacks({ devices, now }) {
    if (!canSee(devices)) return 'no-device';
    return anySilent(devices.filter(seesMotion), now) ? 'device-silent' : undefined;
  },
  onReport(context, report) {
    const { device } = context;
    if (!device || !(seesMotion(device) || isDoor(device)) || !canSee(context.devices)) return;
    const state = context.state ?? { inside: [], elsewhere: 0, motion: {}, heard: {}, doors: {} };
    listen(state, device, report, context.devices);
    takeMotion(state, device, report, context.devices);
    leave(state);
    context.state = state;
    judge(context, state);
  },
  onTimer(context) {
    if (context.state) judge(context, context.state);
  },
  milder: (['day', 'night'] as const).map((part) => ({
    param: `${part}Minutes`,
    title:
      part === 'day'
        ? { zh: '白天最长停留', en: 'Longest stay by day' }
        : { zh: '夜间最长停留', en: 'Longest stay at night' },
    toward: 'up',
    step: 5,
    measured: (alert) =>
      alert.evidence.values['part'] === part ? lengthInTheEnd(alert, 'minutes', MINUTE) : undefined,
  })),
  examples: [
    {
      name: 'an hour in the bathroom by day',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 8, every: 0.5, until: 12, values: { motion_bool: 0 } },
        { at: 8.9, values: { motion_bool: 1 } },
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.05, every: 0.5, until: 12, values: { motion_bool: 0 } },
      ],
      until: 12,
      expect: [{ raised: 10, since: 10, priority: 'P1' }],
    },
    {
      name: 'at night 45 minutes, whatever moves in the bathroom itself',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 0, every: 0.5, until: 5, values: { motion_bool: 0 } },
        { device: 'bath', at: 2, every: 0.1, until: 4, values: { motion_bool: 1 } },
      ],
      until: 5,
      expect: [{ raised: 2.75, since: 2.75 }],
    },
    {
      name: 'comes out after all, and it ends',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 8, every: 1, until: 12, values: { motion_bool: 0 } },
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { at: 10.5, values: { motion_bool: 1 } },
      ],
      until: 12,
      expect: [{ raised: 10, cleared: 10.5, reason: 'recovered' }],
    },
    {
      name: 'must not fire: movement elsewhere within the hour',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 8, every: 0.5, until: 12, values: { motion_bool: 0 } },
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { at: 9.4, values: { motion_bool: 1 } },
      ],
      until: 12,
      expect: [],
    },
    {
      name: 'must not fire: nothing but the bathroom is watched, so that nobody sees who comes out',
      model: 'door-contact',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.5, every: 0.5, until: 12, values: { motion_bool: 0 } },
      ],
      until: 12,
      expect: [],
    },
    {
      name: 'a contact on the bathroom door shows who comes out as well',
      model: 'motion-sensor',
      devices: {
        bath: { model: 'motion-sensor', place: 'bathroom' },
        door: { model: 'door-contact', place: 'bathroom' },
      },
      inputs: [
        { at: 8, every: 0.5, until: 16, values: { motion_bool: 0 } },
        { device: 'bath', at: 8, every: 0.5, until: 16, values: { motion_bool: 0 } },
        { device: 'door', at: 8, values: { door_open_bool: 0 } },
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { device: 'door', at: 9.3, values: { door_open_bool: 1 } },
        { device: 'door', at: 12, values: { door_open_bool: 0 } },
        { device: 'bath', at: 12.01, values: { motion_bool: 1 } },
      ],
      until: 16,
      expect: [{ raised: 13.01 }],
    },
    {
      name: 'must not fire: the sensor outside is silent',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 2, values: { motion_bool: 0 } },
        { device: 'bath', at: 9, every: 0.1, until: 12, values: { motion_bool: 1 } },
      ],
      until: 12,
      expect: [],
    },
    {
      name: 'must not fire: comes out while the sensor outside still sees the way in',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 9, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.01, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.05, values: { motion_bool: 0 } },
        { at: 9.06, values: { motion_bool: 0 } },
        { at: 10, every: 1, until: 14, values: { motion_bool: 0 } },
      ],
      until: 14,
      expect: [],
    },
    {
      name: 'must not fire: nor after a whole night of heartbeats',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 9, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.01, values: { motion_bool: 1 } },
        { device: 'bath', at: 9.05, values: { motion_bool: 0 } },
        { at: 9.06, values: { motion_bool: 0 } },
        { at: 9.2, every: 0.5, until: 30, values: { motion_bool: 0 } },
        { device: 'bath', at: 9.5, every: 1, until: 30, values: { motion_bool: 0 } },
      ],
      until: 30,
      expect: [],
    },
    {
      name: 'movement elsewhere that is told late withdraws it',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 8, every: 1, until: 12, values: { motion_bool: 0 } },
        { device: 'bath', at: 9, values: { motion_bool: 1 } },
        { at: 9.2, receivedAt: 10.2, values: { motion_bool: 1 } },
      ],
      until: 12,
      expect: [{ raised: 10, cleared: 10.2, reason: 'late-data' }],
    },
    {
      name: 'a stay that is told late is raised when it is told',
      model: 'motion-sensor',
      devices: { bath: { model: 'motion-sensor', place: 'bathroom' } },
      inputs: [
        { at: 8, every: 1, until: 14, values: { motion_bool: 0 } },
        { device: 'bath', at: 9, receivedAt: 11.5, values: { motion_bool: 1 } },
        { device: 'bath', at: 11.5, every: 1, until: 14, values: { motion_bool: 0 } },
      ],
      until: 14,
      expect: [{ raised: 11.5, since: 10 }],
    },
  ],
});

const isDoor = ({ metrics }: DeviceView): boolean => metrics.includes('door_open_bool');
const inBathroom = ({ place }: DeviceView): boolean => place === 'bathroom';

/** Is there something that sees who goes in, and something that sees who comes out? */
function canSee(devices: readonly DeviceView[]): boolean {
  return (
    devices.some((device) => seesMotion(device) && inBathroom(device)) &&
    devices.some((device) =>
      seesMotion(device) ? !inBathroom(device) : isDoor(device) && inBathroom(device),
    )
  );
}

function takeMotion(state: State, device: DeviceView, report: Report, devices: readonly DeviceView[]): void {
  const { id } = device.state;
  const log = state.motion[id] ?? { words: [] };
  for (const { metric, value, at } of report.readings) {
    if (metric !== 'motion_bool') continue;
    noteWord(log, at, value);
    if (value !== 1) continue;
    if (inBathroom(device)) noteInside(state, at);
    else state.elsewhere = Math.max(state.elsewhere, at);
  }
  if (log.words.length > 0) state.motion[id] = log;
  state.motion = onlyOf(state.motion, devices);
}

function noteInside({ inside }: State, at: number): void {
  let i = inside.length;
  while (i > 0 && (inside[i - 1] as number) > at) i--;
  if (inside[i - 1] === at) return;
  inside.splice(i, 0, at);
  // The first says when they went in; of the others, the newest matter if late data moves that.
  if (inside.length > INSIDE_MAX) inside.splice(1, 1);
}

/** Forgets what was seen in the bathroom before something moved elsewhere. */
function leave(state: State): void {
  state.elsewhere = Math.max(state.elsewhere, latest(doorsOf(state).map(({ changed }) => changed)));
  while (state.inside.length > 0 && (state.inside[0] as number) <= state.elsewhere) state.inside.shift();
}

/**
 * Where was the last sign of anybody: still in the bathroom, or elsewhere? A sensor that sees movement says nothing of
 * more for a minute or two; that it goes on until it says "none" may be all that tells of who came out.
 */
function cameOut({ motion }: State, devices: readonly DeviceView[]): boolean {
  const lastSeen = (sensors: readonly DeviceView[]): number =>
    latest(sensors.map(({ state: { id } }) => seenUntil(motion[id])));
  return lastSeen(devices.filter((device) => !inBathroom(device))) > lastSeen(devices.filter(inBathroom));
}

/** Until when the sensor saw movement: its "none" ends it, unless that is but a heartbeat long after. */
function seenUntil(log: SwitchLog | undefined): number {
  const { words, before } = log ?? { words: [] };
  let ended = 0;
  for (let i = words.length - 2; i >= 0; i -= 2) {
    const at = words[i] as number;
    if (words[i + 1] === 1) return ended > 0 && ended - at <= HOLD_MAX_MS ? ended : at;
    ended = at;
  }
  // Hours of heartbeats later the movement itself is not kept any more: when it changed still is.
  return before?.value === 1 ? Math.max(before.since, ended) : (before?.changed ?? 0);
}

function judge(context: Context, state: State): void {
  const { open } = context;
  const entered = cameOut(state, context.devices) ? undefined : state.inside[0];
  const due = entered === undefined ? Number.POSITIVE_INFINITY : dueAfter(entered, context);
  if (!open && entered === undefined) context.clear('recovered');
  if (open && due > open.since) context.clear(state.elsewhere > open.since ? 'recovered' : 'late-data');
  if (entered === undefined || !isMeasured(context, state, entered)) {
    context.wakeAt(0);
    return;
  }
  if (due > context.now) {
    context.wakeAt(due);
    return;
  }
  context.raise(finding(context, entered, due));
  // While it holds it is looked at again: people may resolve it, and nothing else wakes this rule then.
  context.wakeAt(context.now + HOUR);
}

function dueAfter(entered: number, context: Context): number {
  const { nightMinutes, dayMinutes } = context.params;
  return entered + (isNight(entered, context) ? nightMinutes : dayMinutes) * MINUTE;
}

const isNight = (entered: number, { params: { nightFromHour: from, nightToHour: to }, timeZone }: Context) =>
  isWithin(entered, { from, to }, timeZone);

/** Was everything that could have seen them come out heard all the time since? */
function isMeasured({ devices, now }: Context, state: State, entered: number): boolean {
  const outside = devices.filter((device) => seesMotion(device) && !inBathroom(device));
  return measuredSince(entered, state, outside, now) === entered;
}

function finding(context: Context, entered: number, due: number): Finding {
  const minutes = Math.round((due - entered) / MINUTE);
  const when = shortLocal(entered, context.timeZone);
  return {
    since: due,
    at: due,
    evidence: {
      text: {
        zh: `${when} 进入卫生间，${minutes} 分钟内别处没有活动，门也没有动过`,
        en: `In the bathroom since ${when}: for ${minutes} min nothing has moved elsewhere, and no door`,
      },
      readings: [],
      coverage: 'measured',
      freshnessMs: context.now - entered,
      values: { minutes, part: isNight(entered, context) ? 'night' : 'day' },
    },
  };
}
