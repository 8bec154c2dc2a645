import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import {
  daysUntilByChance,
  type SilencesKnown,
  TOGETHER_INTERVALS,
  withoutSilences,
  withSilences,
} from '../chance-of-silence.ts';
import { type AreaView, type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';

const params = z.strictObject({
  sharePct: z.number().min(5).max(100).default(30).meta({ title: 'Share of the devices', unit: '%' }),
  devicesMin: z.number().int().min(2).max(100).default(3).meta({ title: 'And at least so many devices' }),
  daysPerFalseAlarm: z.number().min(1).max(100_000).default(60).meta({
    title: 'Days for one false alarm',
    unit: 'd',
    description:
      'in all buildings and units together: about so many days pass until so many devices of one of them stop at once by chance, each for a reason of its own, as often as it does',
  }),
  intervals: z.number().min(1).max(10).default(1.5).meta({ title: 'Expected intervals without a report' }),
  graceMinutes: z.number().min(0).max(1440).default(90).meta({
    title: 'Grace',
    unit: 'min',
    description:
      'longer than that of a gateway, which is the better explanation, and shorter than that of single devices',
  }),
});
type Params = z.output<typeof params>;
interface State extends SilencesKnown {
  /** When the last of those was heard that were told of as one. */
  readonly toldTo?: number;
  /** While it is open: when each of them was heard last. */
  readonly told?: Readonly<Record<string, number>>;
}
type Context = RuleContext<Params, State>;

/** How often an open finding is looked at: nothing that comes from a device reaches the area itself. */
const RECHECK_MS = 10 * MINUTE;

/**
 * What stops together has one cause: a power cut, a riser, the radio of a street. One alert instead of thirty, and the
 * devices concerned wait for it. Wearables are left out: they stop for reasons of their own.
 */
export default defineRule<Params, State>({
  kind: 'area-silence',
  title: { zh: '区域设备同时中断', en: 'Devices of a building stopped together' },
  summary: {
    zh: '同一楼栋或单元的多台设备几乎同时停止上报时只报一条区域告警；相关设备不再逐一告警，恢复后仍未上报的设备再单独告警。',
    en: 'Raises one alert where several devices of a building or unit stop at about the same time; the single ones wait for it, and who stays silent when the others are back is found then.',
  },
  about: 'area',
  priority: 'P3',
  scope: 'area',
  seeks: () => ['silence'],
  params,
  reads: () => ({}),
  looksAnew: true,
  onTimer(context) {
    const { area, open } = context;
    if (!area) return;
    // Also where people resolved it while it lasts.
    if (open || context.state?.told) {
      if (isOver(context, area)) {
        forgetTold(context);
        context.clear('recovered');
      } else if (open) {
        tellAnew(context, area);
        context.wakeAt(context.now + RECHECK_MS);
        return;
      }
    }
    const { members, overdue, next } = countOverdue(context, area);
    // In a house by itself nothing stops together, and nobody needs to know how often it does.
    const isAlone = members < context.params.devicesMin;
    const silent =
      overdue === 0 || isAlone ? [] : [...membersOf(context, area)].filter(({ due }) => due <= context.now);
    if (silent.length > 0) context.state = { ...knownOf(context), ...withSilences(knownOf(context), silent) };
    const stopped = overdue < context.params.devicesMin ? undefined : stoppedTogether(context, area);
    if (stopped) {
      const { members: told, lastTo } = stopped;
      context.state = {
        ...withoutSilences(knownOf(context), told),
        toldTo: lastTo,
        told: Object.fromEntries(told.map(({ id, last }) => [id, last])),
      };
      context.raise(finding(context, area, stopped));
      context.wakeAt(context.now + RECHECK_MS);
      return;
    }
    // The longer they are silent, the less it is chance. What people resolved is too little by now to be told as one: it is told of each device.
    if (context.state?.told) forgetTold(context);
    context.wakeAt(overdue < context.params.devicesMin ? next : Math.min(next, context.now + HOUR));
  },
  goesOn: (state) => state?.told !== undefined,
  milder: 'whole-building',
  examples: [
    {
      name: 'four meters of a unit that stop are one finding, which ends when they are back',
      homes: 5,
      inputs: [
        { at: 0, every: 1, until: 5, values: { water_index_m3: 1 } },
        { at: 5, every: 1, until: 20, values: { water_index_m3: 1 }, byFirst: 1 },
        { at: 12.5, every: 1, until: 20, values: { water_index_m3: 1 } },
      ],
      until: 20,
      expect: [{ raised: 7, since: 7, cleared: 12.5, reason: 'recovered', priority: 'P3' }],
    },
    {
      name: 'must not fire: one device alone is no area',
      inputs: [{ at: 0, every: 1, until: 5, values: { water_index_m3: 1 } }],
      until: 30,
      expect: [],
    },
  ],
});

/** Counting begins when the area is first looked at. */
const knownOf = ({ state, now }: Context): State => state ?? { since: now, of: {} };

function forgetTold(context: Context): void {
  const { told: _, ...state } = knownOf(context);
  context.state = state;
}

interface Member {
  readonly id: string;
  readonly unit: string;
  readonly last: number;
  /** We were deaf when it stopped: it did at some time since it was heard, and nobody knows when. */
  readonly unseenFrom?: number;
  /** When it gave a sign, or its gateway did, whether or not we listened. */
  readonly spokeAt: number;
  /** When its silence counts here. */
  readonly due: number;
  readonly intervalMs: number;
}

/** Devices that have spoken, hang on a wall, and are not missed together with their gateway already. */
function* membersOf(context: Context, area: AreaView): Generator<Member> {
  for (const { device, unit } of area.members()) {
    if (!isMember(device)) continue;
    const last = lastSign(device, context.listeningSince);
    yield {
      id: device.state.id,
      unit,
      last,
      spokeAt: lastSign(device, 0),
      ...(last === context.listeningSince && { unseenFrom: device.state.heardAt }),
      due: dueOf(device, last, context.params),
      intervalMs: device.intervalMs,
    };
  }
}

const isMember = ({ metrics, gateway, state }: DeviceView): boolean =>
  !metrics.includes('worn_bool') && !gateway?.silent && state.heardAt > 0;

const dueOf = ({ intervalMs }: DeviceView, last: number, { intervals, graceMinutes }: Params): number =>
  last + intervals * intervalMs + graceMinutes * MINUTE;

const lastSign = ({ state, gateway }: DeviceView, listeningSince: number): number =>
  Math.max(state.heardAt, state.knownAt, listeningSince, gateway?.backAt ?? 0);

interface Stopped {
  /** The unit concerned; the path of the area where it is more than one. */
  readonly unit: string;
  readonly members: readonly Member[];
  readonly of: number;
  readonly lastFrom: number;
  readonly lastTo: number;
  readonly since: number;
}

function stoppedTogether(context: Context, area: AreaView): Stopped | undefined {
  const all = [...membersOf(context, area)];
  const overdue = all.filter(({ due }) => due <= context.now);
  const whole = groupOf(context, area, overdue, all);
  if (whole) {
    const units = new Set(whole.map(({ unit }) => unit));
    const [only] = units;
    return stoppedOf(units.size === 1 ? (only as string) : area.path, whole, all);
  }
  for (const unit of [...new Set(overdue.map((member) => member.unit))].sort()) {
    const here = (member: Member): boolean => member.unit === unit;
    const group = groupOf(context, area, overdue.filter(here), all.filter(here));
    if (group) return stoppedOf(unit, group, all);
  }
  return undefined;
}

/** Those of the overdue that stopped with the last of them, if they are more than chance lets stop together. */
function groupOf(
  context: Context,
  area: AreaView,
  silent: readonly Member[],
  all: readonly Member[],
): Member[] | undefined {
  const { params: limits, now } = context;
  const { told, toldTo = 0 } = knownOf(context);
  // Who stays silent when the others are back has a reason of their own.
  const overdue = told ? silent : silent.filter(({ last }) => last > toldTo);
  if (overdue.length === 0) return undefined;
  const newest = Math.max(...overdue.map(({ last }) => last));
  const together = overdue.filter(({ last, intervalMs }) => newest - last <= TOGETHER_INTERVALS * intervalMs);
  const needed = Math.max(limits.devicesMin, Math.ceil((limits.sharePct / 100) * all.length));
  if (together.length < needed) return undefined;
  // While we were deaf each may have stopped at another time.
  const window = Math.max(
    TOGETHER_INTERVALS * Math.max(...together.map(({ intervalMs }) => intervalMs)),
    ...together.map(({ last, unseenFrom = last }) => last - unseenFrom),
  );
  const days = daysUntilByChance(knownOf(context), together, all.length, window, now);
  return days >= limits.daysPerFalseAlarm * area.groups(limits.devicesMin) ? together : undefined;
}

const stoppedOf = (unit: string, group: readonly Member[], all: readonly Member[]): Stopped => ({
  unit,
  members: group,
  of: all.length,
  lastFrom: Math.min(...group.map(({ last }) => last)),
  lastTo: Math.max(...group.map(({ last }) => last)),
  since: Math.min(...group.map(({ due }) => due)),
});

/** Half of those that stopped have been heard again, or hang there no more. */
function isOver(context: Context, area: AreaView): boolean {
  const { told } = knownOf(context);
  if (!told) return isOverByArea(context, area);
  return 2 * stillSilent(context, area, told).length <= Object.keys(told).length;
}

/** Those that were told of and have not been heard since. What people know to be silent has not come back because we were away meanwhile. */
function stillSilent(context: Context, area: AreaView, told: NonNullable<State['told']>): Member[] {
  const isOpen = context.open !== undefined;
  return [...membersOf(context, area)].filter(({ id, last, spokeAt }) => {
    const before = told[id];
    return before !== undefined && (isOpen ? spokeAt <= before : last === before);
  });
}

/**
 * We were away, and those that were silent before have had their patience anew: they are silent since then at the latest, and
 * each of them goes on waiting for their building.
 */
function tellAnew(context: Context, area: AreaView): void {
  const { told } = knownOf(context);
  if (!told) return;
  const still = stillSilent(context, area, told);
  if (still.every(({ id, last }) => last === told[id]) || still.some(({ due }) => due > context.now)) return;
  const units = new Set(still.map(({ unit }) => unit));
  const [only = area.path] = units;
  const stopped = stoppedOf(units.size === 1 ? only : area.path, still, [...membersOf(context, area)]);
  context.state = {
    ...knownOf(context),
    toldTo: stopped.lastTo,
    told: Object.fromEntries(still.map(({ id, last }) => [id, last])),
  };
  context.amend(finding(context, area, stopped));
}

/** Of a finding that a version before raised, which did not remember whom it meant. */
function isOverByArea(context: Context, area: AreaView): boolean {
  const { silent } = area;
  if (!silent) return true;
  let [members, back] = [0, 0];
  for (const { unit, last, due } of membersOf(context, area)) {
    if (silent.unit !== area.path && unit !== silent.unit) continue;
    if (last < silent.lastFrom) continue;
    members++;
    if (due > context.now) back++;
  }
  return members === 0 || 2 * back >= members;
}

/** How many are missed now, and the next instant at which a device that still speaks could be. */
function countOverdue(
  context: Context,
  area: AreaView,
): { readonly members: number; readonly overdue: number; readonly next: number } {
  let members = 0;
  let overdue = 0;
  let next = Number.POSITIVE_INFINITY;
  const { params: limits, listeningSince, now } = context;
  area.eachDevice((device) => {
    if (!isMember(device)) return;
    members++;
    const due = dueOf(device, lastSign(device, listeningSince), limits);
    if (due <= now) overdue++;
    else if (due < next) next = due;
  });
  return { members, overdue, next: Number.isFinite(next) ? next : now + HOUR };
}

function finding(context: Context, area: AreaView, stopped: Stopped): Finding {
  const { members, of, lastFrom, lastTo, since, unit } = stopped;
  const devices = members.length;
  const last = shortLocal(lastTo, context.timeZone);
  const part = unit === area.path ? undefined : unit.slice(area.path.length + 1);
  const zhPlace = part === undefined ? area.name : `${area.name} ${part} 单元`;
  const enPlace = part === undefined ? area.name : `${area.name}, unit ${part}`;
  const isUnseen = members.some(({ unseenFrom }) => unseenFrom !== undefined);
  const unseen = {
    zh: `${zhPlace}：${of} 台设备中有 ${devices} 台自服务中断（至 ${last}）以来一直没有上报，何时停止、是否同时不得而知（可能停电或信号中断），期间住户处于无人看护状态`,
    en: `${enPlace}: ${devices} of ${of} devices have not been heard since the service itself was away (until ${last}); when they stopped, and whether together, is not known (a power cut or the radio?); nobody watches over these homes meanwhile`,
  };
  return {
    since,
    at: since,
    ...(isUnseen && { title: UNSEEN_TITLE }),
    evidence: {
      text: isUnseen
        ? unseen
        : {
            zh: `${zhPlace}：${of} 台设备中有 ${devices} 台在 ${last} 前后同时停止上报（可能停电或信号中断），期间住户处于无人看护状态`,
            en: `${enPlace}: ${devices} of ${of} devices stopped together about ${last} (a power cut or the radio?); nobody watches over these homes meanwhile`,
          },
      readings: [],
      coverage: 'device-silent',
      freshnessMs: context.now - lastTo,
      values: { devices, of, unit, lastFrom, lastTo },
    },
  };
}

const UNSEEN_TITLE = {
  zh: '多台设备在服务中断后没有上报',
  en: 'Devices of a building are not heard since the service was away',
};
