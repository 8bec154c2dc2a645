import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { Coverage } from '../../model/alert.ts';
import { TOGETHER_INTERVALS } from '../chance-of-silence.ts';
import {
  type AreaView,
  type DeviceView,
  defineRule,
  type Finding,
  type GatewayView,
  type RuleContext,
} from '../define.ts';
import { figureOf, hoursBeyond } from '../milder.ts';

const params = z.strictObject({
  intervals: z.number().min(1).max(10).default(1.5).meta({ title: 'Expected intervals without a report' }),
  graceMinutes: z
    .number()
    .min(0)
    .max(14_400)
    .optional()
    .meta({ title: 'Grace', unit: 'min', description: "added to that; the device model's own if absent" }),
  gatewayGraceMinutes: z
    .number()
    .min(0)
    .max(1440)
    .default(75)
    .meta({ title: 'Grace for a gateway', unit: 'min' }),
  models: z
    .array(z.string())
    .default([])
    .meta({ title: 'Only these device models', description: 'all if empty' }),
});
type Params = z.output<typeof params>;

/**
 * The dead man's switch. Who must report comes from the registry, not from what was seen: a device that never spoke is
 * found as well. Where a gateway stopped, that is one finding about the gateway, and its devices wait for it.
 */
export default defineRule<Params, never>({
  kind: 'silence',
  title: { zh: '设备静默', en: 'Device silent' },
  summary: {
    zh: '超过预期上报间隔的 1.5 倍加宽限仍无数据时告警：该住户处于无人看护状态。表计仍有通信、但同样长的时间没有可用表数（只报电量，表数被拒收，或表内时钟落后），同样告警；门磁、人体感应器上报的时间一直早已过去，也告警。网关中断只报一条。',
    en: 'Raises when nothing came for 1.5 times the expected interval and a grace: nobody watches over this home. So it does where a meter is heard for as long, and no index of it was taken: only its battery came, what it counts was refused, or its clock is hours behind; and where a door contact or motion sensor dates all it says long ago. A dead gateway is one alert.',
  },
  about: 'device',
  priority: 'P3',
  scope: 'device-and-gateway',
  seeks: () => ['silence'],
  params,
  reads: () => ({ any: true }),
  deadline(watched, limits, listeningSince) {
    if (!concerns(watched, limits)) return undefined;
    const patience = patienceOf(watched, limits);
    if (patience === undefined) return undefined;
    const last = waitsFrom(watched, patience, listeningSince);
    const mute = lastMute(watched, listeningSince);
    return patience + (mute !== undefined && mute < last ? mute : last);
  },
  onReport(context) {
    const { device } = context;
    // Asked first, since it is asked at each report.
    if (device && device.state.muteSince > 0 && muteDue(context, device) <= context.now) {
      // It speaks again, if it was silent, and says nothing that anybody could watch over the home by.
      if (context.open) context.amend(muteFinding(context, device));
      return;
    }
    // Also where nothing is open: a silence that people resolved has ended, and the next one is a new one.
    context.clear('recovered');
    context.wakeAt(0);
  },
  looksAnew: true,
  onTimer(context) {
    const watched = context.device ?? context.gateway;
    if (!watched) return;
    const patience = patienceOf(watched, context.params);
    if (patience === undefined) return;
    const due = waitsFrom(watched, patience, context.listeningSince) + patience;
    if (due > context.now) {
      const { device } = context;
      if (!device || muteDue(context, device) > context.now) return;
      if (device.gateway?.silent) context.wakeAt(context.now + patience);
      else context.raise(muteFinding(context, device));
      return;
    }
    // The gateway is the finding; once it is back, this device has its patience again.
    if (context.device?.gateway?.silent) context.wakeAt(context.now + patience);
    // So is the building; a device that stays silent when the others are back is found then.
    else if (context.device && isPartOf(context.device, due - patience))
      context.wakeAt(context.now + AREA_RECHECK_MS);
    else context.raise(finding(context, watched, due));
  },
  milder: [
    {
      param: 'intervals',
      title: { zh: '几个上报间隔无数据', en: 'Expected intervals without a report' },
      toward: 'up',
      step: 0.5,
      measured: (alert, { intervals }) => {
        const [minutes, beyond] = [figureOf(alert, 'expectedMinutes'), hoursBeyond(alert)];
        return !minutes || beyond === undefined ? undefined : intervals + (beyond * 60) / minutes;
      },
    },
  ],
  examples: [
    {
      name: 'an hourly meter that stops is found after four hours',
      inputs: [{ at: 0, every: 1, until: 10, values: { water_index_m3: 1 }, step: { water_index_m3: 0.01 } }],
      until: 20,
      expect: [{ raised: 13, since: 13 }],
    },
    {
      name: 'it ends with the next report',
      inputs: [
        { at: 0, every: 1, until: 3, values: { water_index_m3: 1 } },
        { at: 9, values: { water_index_m3: 1 } },
      ],
      until: 10,
      expect: [{ raised: 6, cleared: 9, reason: 'recovered' }],
    },
    {
      name: 'a device that never reports is found as well',
      inputs: [],
      until: 10,
      expect: [{ raised: 4 }],
    },
    {
      name: 'a meter that goes on with its battery alone is found as long after that began',
      inputs: [
        { at: 0, every: 1, until: 10, values: { water_index_m3: 1, battery_pct: 90 } },
        { at: 10, every: 1, until: 30, values: { battery_pct: 90 } },
        { at: 30, values: { water_index_m3: 1.2, battery_pct: 90 } },
      ],
      until: 31,
      expect: [{ raised: 14, since: 14, cleared: 30, reason: 'recovered' }],
    },
    {
      name: 'a meter whose index stepped back for good is found, for none of it is taken any more',
      inputs: [
        { at: 0, every: 1, until: 10, values: { water_index_m3: 5 }, step: { water_index_m3: 0.01 } },
        {
          at: 10,
          every: 1,
          until: 30,
          values: { water_index_m3: 3, battery_pct: 90 },
          step: { water_index_m3: -0.01 },
        },
      ],
      until: 30,
      expect: [{ raised: 14, since: 14 }],
    },
    {
      name: 'a meter that never sent an index is found as well',
      inputs: [{ at: 1, every: 1, until: 12, values: { battery_pct: 90 } }],
      until: 12,
      expect: [{ raised: 5 }],
    },
    {
      name: 'a meter that went silent, and comes back with its battery alone, has its patience anew',
      inputs: [
        { at: 0, every: 1, until: 4, values: { water_index_m3: 1, battery_pct: 90 } },
        { at: 10, every: 1, until: 13, values: { battery_pct: 90 } },
        { at: 13, values: { water_index_m3: 1.1, battery_pct: 90 } },
      ],
      until: 14,
      expect: [{ raised: 7, cleared: 10, reason: 'recovered' }],
    },
    {
      name: 'must not fire: the battery and the index take turns',
      inputs: [
        { at: 0, every: 2, until: 24, values: { water_index_m3: 1 } },
        { at: 1, every: 2, until: 24, values: { battery_pct: 90 } },
      ],
      until: 24,
      expect: [],
    },
    {
      name: 'must not fire: a band measures when it is asked, and may say for long that it is worn and no more',
      model: 'wristband',
      inputs: [
        { at: 0, values: { pulse_bpm: 70 } },
        { at: 1, every: 1, until: 48, values: { worn_bool: 1, battery_pct: 80 } },
      ],
      until: 48,
      expect: [],
    },
    {
      name: 'must not fire: a sensor that could count, and hangs there for its door',
      model: 'elsys-ems-door',
      inputs: [{ at: 0, every: 1, until: 48, values: { door_open_bool: 0 } }],
      until: 48,
      expect: [],
    },
    {
      name: 'must not fire: a few missed uploads',
      inputs: [
        { at: 0, every: 1, until: 5, values: { water_index_m3: 1 } },
        { at: 8, every: 1, until: 12, values: { water_index_m3: 1 } },
      ],
      until: 12,
      expect: [],
    },
    {
      name: 'must not fire: a day of values at once, every day, where the registry says so',
      params: { graceMinutes: 24 * 60 },
      inputs: [{ at: 1, every: 24, until: 100, values: { water_index_m3: 1 } }],
      until: 100,
      expect: [],
    },
  ],
});

/** How often a device that waits for its building is looked at again. */
const AREA_RECHECK_MS = HOUR;

/** Did it fall silent together with its building? One that was silent before, or stopped later, is a finding of its own. */
function isPartOf(device: DeviceView, last: number): boolean {
  const { area, state, intervalMs } = device;
  if (area?.silent === undefined || state.heardAt === 0) return false;
  const { lastFrom, lastTo = last } = area.silent;
  return last >= lastFrom && last <= lastTo + TOGETHER_INTERVALS * intervalMs && isUnder(area, device);
}

function isUnder(area: AreaView, device: DeviceView): boolean {
  if (area.silent?.unit === area.path) return true;
  for (const member of area.members()) if (member.device === device) return member.unit === area.silent?.unit;
  return false;
}

const isGateway = (watched: DeviceView | GatewayView): watched is GatewayView => !('state' in watched);

function concerns(watched: DeviceView | GatewayView, limits: Params): boolean {
  if (limits.models.length === 0) return true;
  return !isGateway(watched) && limits.models.includes(watched.model);
}

/** How long it may say nothing. A gateway speaks for many, so it is missed sooner; one with no device is never missed. */
function patienceOf(watched: DeviceView | GatewayView, limits: Params): number | undefined {
  if (isGateway(watched)) {
    return watched.intervalMs === undefined
      ? undefined
      : limits.intervals * watched.intervalMs + limits.gatewayGraceMinutes * MINUTE;
  }
  const grace = limits.graceMinutes === undefined ? watched.graceMs : limits.graceMinutes * MINUTE;
  return limits.intervals * watched.intervalMs + grace;
}

const expectedEach = ({ intervalMs }: DeviceView | GatewayView): Record<string, number> =>
  intervalMs === undefined ? {} : { expectedMinutes: Math.round(intervalMs / MINUTE) };

/** Since when nothing came. While we were not listening ourselves, silence proves nothing. */
function lastSign(watched: DeviceView | GatewayView, listeningSince: number): number {
  const { heardAt, knownAt } = isGateway(watched) ? watched : watched.state;
  return Math.max(heardAt, knownAt, listeningSince);
}

/** Since when it is waited for: where its gateway was silent, from when that was back, but for what was overdue before. */
function waitsFrom(watched: DeviceView | GatewayView, patience: number, listeningSince: number): number {
  const last = lastSign(watched, listeningSince);
  const gateway = isGateway(watched) ? undefined : watched.gateway;
  if (gateway === undefined || gateway.backAt <= last) return last;
  return last + patience > gateway.gapFrom ? gateway.backAt : last;
}

/** Since when it has been heard without counting. We must have listened all the while. */
function lastMute(watched: DeviceView | GatewayView, listeningSince: number): number | undefined {
  if (isGateway(watched) || watched.state.muteSince === 0) return undefined;
  const { muteSince, knownAt } = watched.state;
  return Math.max(muteSince, knownAt, listeningSince);
}

function muteDue({ params: limits, listeningSince }: RuleContext<Params, never>, device: DeviceView): number {
  const since = lastMute(device, listeningSince);
  const patience = patienceOf(device, limits);
  return since === undefined || patience === undefined ? Number.POSITIVE_INFINITY : since + patience;
}

/** Its text holds no hours: it stays the same with each further report of that kind. */
function muteFinding(context: RuleContext<Params, never>, device: DeviceView): Finding {
  const { id, sensedAt } = device.state;
  if (!counts(device)) return behindFinding(context, device);
  const due = muteDue(context, device);
  const last = shortLocal(sensedAt, context.timeZone);
  const text =
    sensedAt === 0
      ? {
          zh: `设备 ${id} 有通信，但从未报来可用的表数（只有电量等，或表数被拒收，或其时间早已过去），没有在看护住户`,
          en: `Device ${id} speaks, but no index of it was ever taken (only its battery came, or what it counts was refused or is dated long ago): it does not watch over the home`,
        }
      : {
          zh: `设备 ${id} 仍有通信，但自 ${last} 起没有可用的表数（只有电量等，或表数被拒收，或其时间早已过去），没有在看护住户`,
          en: `Device ${id} speaks, but no index of it was taken since ${last} (only its battery came, or what it counts was refused or is dated long ago): it does not watch over the home now`,
        };
  return {
    since: due,
    at: due,
    title: MUTE_TITLE,
    evidence: {
      text,
      readings: [],
      coverage: 'not-measuring',
      ...(sensedAt === 0 ? {} : { freshnessMs: context.now - sensedAt }),
      values: expectedEach(device),
    },
  };
}

/** One that need not count is missed for its clock alone. */
const counts = ({ counting, state: { sensedAt } }: DeviceView): boolean =>
  counting === 'always' || (counting === 'once-counted' && sensedAt > 0);

/** A door contact or motion sensor. Its text holds no instant that changes with each report either. */
function behindFinding(context: RuleContext<Params, never>, device: DeviceView): Finding {
  const { id, measuredAt } = device.state;
  const due = muteDue(context, device);
  return {
    since: due,
    at: due,
    title: BEHIND_TITLE,
    evidence: {
      text: {
        zh: `设备 ${id} 有通信，但其上报的时间都早已过去（时钟落后或时区设错），看不出此刻有没有人活动，没有在看护住户；请校准时钟`,
        en: `Device ${id} speaks, but dates all it says long ago (its clock is behind, or in another time zone): whether anybody moves now cannot be told, and it does not watch over the home; set its clock right`,
      },
      readings: [],
      coverage: 'not-measuring',
      freshnessMs: context.now - measuredAt,
      values: expectedEach(device),
    },
  };
}

const BEHIND_TITLE = { zh: '传感器时间落后', en: 'Sensor dates what it says long ago' };
const MUTE_TITLE = { zh: '表计无表数', en: 'Meter speaks without its index' };

function finding(
  context: RuleContext<Params, never>,
  watched: DeviceView | GatewayView,
  due: number,
): Finding {
  const gateway = isGateway(watched);
  const { heardAt } = gateway ? watched : watched.state;
  const never = heardAt === 0;
  const coverage: Coverage = never ? 'never-reported' : gateway ? 'gateway-silent' : 'device-silent';
  const hours = Math.round((context.now - heardAt) / HOUR);
  const last = shortLocal(heardAt, context.timeZone);
  const zhWhat = gateway
    ? `网关 ${watched.id}（其后 ${watched.devices} 台设备）`
    : `设备 ${watched.state.id}`;
  const enWhat = gateway
    ? `Gateway ${watched.id} (${watched.devices} devices behind it)`
    : `Device ${watched.state.id}`;
  return {
    since: due,
    at: due,
    evidence: {
      // No age: the sentence is read for as long as the silence lasts.
      text: never
        ? {
            zh: `${zhWhat}登记后从未上报，没有在看护住户`,
            en: `${enWhat} was enrolled and never reported: it does not watch over the home`,
          }
        : {
            zh: `${zhWhat} 自 ${last} 起没有数据，没有在看护住户`,
            en: `${enWhat} has sent nothing since ${last}: it does not watch over the home now`,
          },
      readings: [],
      coverage,
      ...(never ? {} : { freshnessMs: context.now - heardAt }),
      values: { silentHours: never ? 'never' : hours, ...expectedEach(watched) },
    },
  };
}
