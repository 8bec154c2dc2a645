import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { DEVICE_PLACES, type DevicePlace } from '../../model/device-places.ts';
import type { Report } from '../../model/message.ts';
import { BATHROOM_STAYS } from '../bathroom-examples.ts';
import { isWithin } from '../daily-hours.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { lengthInTheEnd } from '../milder.ts';
import {
  anySilent,
  doorsOf,
  latest,
  listen,
  measuredSince,
  noteWord,
  type SensorLog,
  type SensorState,
  type SwitchLog,
  seenUntil,
  seesMotion,
  sensorLog,
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
  wayOut: z.array(z.enum(DEVICE_PLACES)).max(DEVICE_PLACES.length).default(['hall']).meta({
    title: 'Whoever comes out passes',
    description:
      'a movement sensor in one of these places sees everybody who leaves the bathroom: where it opens into the bedroom alone, or the home has one room, set it for that home. A contact on the bathroom door, or sensors in living room, bedroom and kitchen, serve as well',
  }),
});
type Params = z.output<typeof params>;
interface State extends SensorState {
  /** Movements in the bathroom since the last one elsewhere, ascending. */
  inside: number[];
  /** The last movement elsewhere, or of any door. */
  elsewhere: number;
}
type Context = RuleContext<Params, State>;

const INSIDE_MAX = 24;
/** Who was seen on the way in is seen on the way out: so shortly before they were in the bathroom. */
const WAY_IN_MS = 10 * MINUTE;
/** Where people can go from the bathroom, but for the hall. */
const ROOMS: readonly DevicePlace[] = ['living-room', 'bedroom', 'kitchen'];

/**
 * Somebody went into the bathroom and nothing else in the home has moved since. That they came out must be visible: by
 * a sensor that they have to pass (not only one somewhere else: at night people go to bed in a bedroom that has none), or by
 * a contact on the bathroom's door; and it must have seen them go in. Else no claim.
 */
export default defineRule<Params, State>({
  kind: 'long-bathroom-stay',
  title: { zh: '卫生间停留过久', en: 'Long stay in the bathroom' },
  summary: {
    zh: '感应到进入卫生间后，别处没有活动、门也没有动过，超过时限即告警；别处有活动即解除。须在走出卫生间的必经之处（过道，或按户设定）装有感应器，或装有卫生间门磁，或客厅、卧室、厨房都装有感应器，且进去时被感应到；否则看不到人出来，不启用。任一感应器静默则不作判断。',
    en: 'Raises when somebody is in the bathroom for longer than the limit with no movement elsewhere and no door moving; ends with movement elsewhere. Wants a sensor that whoever leaves must pass (in the hall, or as set for the home), or a contact on the bathroom door, or sensors in living room, bedroom and kitchen, and that it saw them go in: where nobody would be seen to come out it is not armed. Any sensor that is silent: no claim.',
  },
  about: 'person',
  priority: 'P1',
  scope: 'home',
  params,
  needs: ['motion_bool'],
  seeks: () => ['missing'],
  reads: () => ({ metrics: ['motion_bool', 'door_open_bool', 'battery_pct'] }),
  hears: ({ metrics }) => metrics.includes('motion_bool') || metrics.includes('door_open_bool'),
  lacks: ({ devices, now }, params) =>
    unarmed(devices, params) ?? (anySilent(devices.filter(seesMotion), now) ? 'device-silent' : undefined),
  onReport(context, report) {
    const { device } = context;
    if (!device || !(seesMotion(device) || isDoor(device))) return;
    if (!context.state && unarmed(context.devices, context.params)) return;
    const state = context.state ?? { inside: [], elsewhere: 0, logs: [] };
    takeMotion(state, device, report, listen(state, device, report, context.devices));
    leave(state);
    context.state = state;
    judge(context, state);
  },
  looksAnew: true,
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
  examples: BATHROOM_STAYS,
});

const isDoor = ({ metrics }: DeviceView): boolean => metrics.includes('door_open_bool');
const isBathroomDoor = (device: DeviceView): boolean => isDoor(device) && inBathroom(device);
const inBathroom = ({ place }: DeviceView): boolean => place === 'bathroom';

/** Nothing sees who goes in, or nobody would be seen to come out. */
function unarmed(
  devices: readonly DeviceView[],
  { wayOut }: Params,
): 'no-device' | 'exit-unseen' | undefined {
  const moves = (place: DevicePlace): boolean =>
    devices.some((device) => seesMotion(device) && device.place === place);
  if (!moves('bathroom')) return 'no-device';
  const isSeen =
    wayOut.some((place) => place !== 'bathroom' && moves(place)) ||
    devices.some(isBathroomDoor) ||
    ROOMS.every(moves);
  return isSeen ? undefined : 'exit-unseen';
}

function takeMotion(state: State, device: DeviceView, report: Report, log: SensorLog): void {
  for (const { metric, value, at } of report.readings) {
    if (metric !== 'motion_bool') continue;
    log.motion = noteWord(log.motion, at, value);
    if (value !== 1) continue;
    if (inBathroom(device)) noteInside(state, at);
    else state.elsewhere = Math.max(state.elsewhere, at);
  }
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

const motionOf = (state: State, device: DeviceView): SwitchLog | undefined =>
  sensorLog(state, device.state.id)?.motion;

/**
 * Where was the last sign of anybody: still in the bathroom, or elsewhere? A sensor that sees movement says nothing of
 * more for a minute or two; that it goes on until it says "none" may be all that tells of who came out.
 */
function cameOut(state: State, devices: readonly DeviceView[]): boolean {
  const lastSeen = (sensors: readonly DeviceView[]): number =>
    latest(sensors.map((device) => seenUntil(motionOf(state, device))));
  return lastSeen(devices.filter((device) => !inBathroom(device))) > lastSeen(devices.filter(inBathroom));
}

/** Was somebody seen on the way in? Who goes in from where nothing sees them goes out there as well: an en-suite bathroom. */
function cameIn(state: State, devices: readonly DeviceView[], entered: number): boolean {
  const seen = devices.map((device) => (inBathroom(device) ? 0 : seenUntil(motionOf(state, device))));
  return entered - Math.max(state.elsewhere, latest(seen)) <= WAY_IN_MS;
}

function judge(context: Context, state: State): void {
  const { open } = context;
  const entered = cameOut(state, context.devices) ? undefined : state.inside[0];
  const due = entered === undefined ? Number.POSITIVE_INFINITY : dueAfter(entered, context);
  if (!open && entered === undefined) context.clear('recovered');
  if (open && due > open.since) context.clear(state.elsewhere > open.since ? 'recovered' : 'late-data');
  const { devices, params: set } = context;
  if (
    entered === undefined ||
    unarmed(devices, set) ||
    !cameIn(state, devices, entered) ||
    !isMeasured(context, state, entered)
  ) {
    context.wakeAt(0);
    return;
  }
  if (due > context.now) {
    context.wakeAt(due);
    return;
  }
  context.raise(finding(context, state, entered, due));
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
  const outside = devices.filter(
    (device) => isBathroomDoor(device) || (seesMotion(device) && !inBathroom(device)),
  );
  return measuredSince(entered, state, outside, now) === entered;
}

function finding(context: Context, { inside }: State, entered: number, due: number): Finding {
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
      values: {
        minutes,
        part: isNight(entered, context) ? 'night' : 'day',
        ...lastSign(context, latest(inside)),
      },
    },
  };
}
