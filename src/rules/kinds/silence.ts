import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { Coverage } from '../../model/alert.ts';
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
    zh: '超过预期上报间隔的 1.5 倍加宽限仍无数据时告警：该住户处于无人看护状态。网关中断只报一条。',
    en: 'Raises when nothing came for 1.5 times the expected interval and a grace: nobody watches over this home. A dead gateway is one alert.',
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
    return patience === undefined ? undefined : lastSign(watched, listeningSince) + patience;
  },
  onReport(context) {
    // Also where nothing is open: a silence that people resolved has ended, and the next one is a new one.
    context.clear('recovered');
    context.wakeAt(0);
  },
  onTimer(context) {
    const watched = context.device ?? context.gateway;
    if (!watched) return;
    const patience = patienceOf(watched, context.params);
    if (patience === undefined) return;
    const due = lastSign(watched, context.listeningSince) + patience;
    if (due > context.now) return;
    // The gateway is the finding; once it is back, this device has its patience again.
    if (context.device?.gateway?.silent) context.wakeAt(context.now + patience);
    // So is the building; a device that stays silent when the others are back is found then.
    else if (context.device && isPartOf(context.device, context.listeningSince))
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

/** Did it fall silent together with its building? One that was silent before is a finding of its own. */
function isPartOf(device: DeviceView, listeningSince: number): boolean {
  const { area, state } = device;
  return (
    area?.silent !== undefined &&
    state.heardAt > 0 &&
    lastSign(device, listeningSince) >= area.silent.lastFrom &&
    isUnder(area, device)
  );
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
      text: never
        ? {
            zh: `${zhWhat}登记后从未上报，没有在看护住户`,
            en: `${enWhat} was enrolled and never reported: it does not watch over the home`,
          }
        : {
            zh: `${zhWhat}已 ${hours} 小时没有数据（最后 ${last}），没有在看护住户`,
            en: `${enWhat} has sent nothing for ${hours} h (last ${last}): it does not watch over the home now`,
          },
      readings: [],
      coverage,
      ...(never ? {} : { freshnessMs: context.now - heardAt }),
      values: { silentHours: never ? 'never' : hours, ...expectedEach(watched) },
    },
  };
}
