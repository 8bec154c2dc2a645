import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { heldSince } from '../../model/held-word.ts';
import { deafUntilNow } from '../after-absence.ts';
import { type AreaPart, partsOf, placeName } from '../area-units.ts';
import { type AreaView, type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';

const params = z.strictObject({
  sharePct: z.number().min(5).max(100).default(30).meta({ title: 'Share of the meters', unit: '%' }),
  metersMin: z.number().int().min(2).max(100).default(3).meta({ title: 'And at least so many meters' }),
  minutes: z.number().min(0).max(60).default(5).meta({ title: 'Without power', unit: 'min' }),
  togetherMinutes: z.number().min(1).max(120).default(15).meta({
    title: 'Beginning within',
    unit: 'min',
    description: 'of one another: a home that was dark before is a finding of its own',
  }),
});
type Params = z.output<typeof params>;
/** Which part was dark together the last time, and since when. */
interface State {
  readonly unit: string;
  readonly since: number;
  /** It is told, and over: who is dark since then still has a reason of their own. */
  readonly over?: true;
}
type Context = RuleContext<Params, State>;

/** Sooner than a single home is told of. */
const LOOK_EVERY_MS = 10 * MINUTE;
/** Where no meter ever spoke of its supply. */
const LOOK_SELDOM_MS = HOUR;

/**
 * The supply of several homes of a building went off together: an outage of the street or the house. One alert, and the
 * single homes wait for it: theirs is not a breaker that tripped.
 */
export default defineRule<Params, State>({
  kind: 'area-power-loss',
  title: { zh: '区域停电', en: 'Power cut in a building' },
  summary: {
    zh: '同一楼栋或单元多户电表几乎同时报告停电时只报一条区域告警，相关住户不再逐户报“住户停电”；此前已停电的住户照常单独告警。半数恢复供电即解除。',
    en: 'Raises one alert where the electricity meters of several homes of a building say at about the same time that their supply is off; the single homes wait for it. A home that was dark before is found all the same. Ends when half of them have power again.',
  },
  about: 'area',
  priority: 'P3',
  scope: 'area',
  params,
  needs: ['mains_power_bool'],
  reads: () => ({}),
  onTimer(context) {
    const { area, state, open, now } = context;
    if (!area) return;
    const parts = partsOf(area, speaksOfSupply);
    context.wakeAt(now + (parts.some(({ devices }) => devices.length > 0) ? LOOK_EVERY_MS : LOOK_SELDOM_MS));
    if (open && state) {
      const part = parts.find(({ path }) => path === state.unit);
      if (part && !isOver(part, state.since, context)) return;
      context.clear('recovered');
      context.state = { ...state, over: true };
    }
    for (const part of parts) {
      const dark = darkTogether(part, context);
      if (!dark) continue;
      context.state = { unit: part.path, since: dark.since };
      context.raise(finding(context, area, part, dark));
      return;
    }
  },
  milder: 'whole-building',
  examples: [
    {
      name: 'four of five homes go dark together, and it ends when the power is back',
      model: 'electricity-meter',
      homes: 5,
      inputs: [
        { at: 1, values: { mains_power_bool: 1 } },
        { at: 2.05, values: { mains_power_bool: 0 }, byFirst: 4 },
        { at: 5.05, values: { mains_power_bool: 1 }, byFirst: 4 },
      ],
      until: 8,
      expect: [{ raised: 2.1667, since: 2.1333, cleared: 5.1667, reason: 'recovered' }],
    },
    {
      name: 'must not fire: two homes are dark, each for reasons of its own',
      model: 'electricity-meter',
      homes: 5,
      inputs: [
        { at: 1, values: { mains_power_bool: 1 } },
        { at: 2, values: { mains_power_bool: 0 }, byFirst: 2 },
      ],
      until: 8,
      expect: [],
    },
    {
      name: 'must not fire: meters that are silent do not say that the power is off',
      model: 'electricity-meter',
      homes: 5,
      inputs: [{ at: 1, values: { mains_power_bool: 1 } }],
      until: 12,
      expect: [],
    },
  ],
});

const speaksOfSupply = ({ state }: DeviceView): boolean => state.mains !== undefined;

/** Since when a home has been dark; undefined where it is not, as far as its meter has said. */
const darkSince = ({ state: { mains } }: DeviceView): number | undefined =>
  mains?.value === 0 ? heldSince(mains) : undefined;

interface Dark {
  readonly since: number;
  readonly meters: number;
  readonly of: number;
}

function darkTogether({ devices }: AreaPart, { now, state, params: limits }: Context): Dark | undefined {
  const toldTo = state?.over ? state.since + limits.togetherMinutes * MINUTE : 0;
  const since = devices
    .flatMap((device) => darkSince(device) ?? [])
    .filter((at) => at > toldTo && at + limits.minutes * MINUTE <= now);
  if (since.length === 0) return undefined;
  const newest = Math.max(...since);
  const together = since.filter((at) => newest - at <= limits.togetherMinutes * MINUTE);
  const needed = Math.max(limits.metersMin, Math.ceil((limits.sharePct / 100) * devices.length));
  if (together.length < needed) return undefined;
  return { since: Math.min(...together), meters: together.length, of: devices.length };
}

/** Half of those that went dark together have power again. */
function isOver({ devices }: AreaPart, since: number, { params: limits }: Context): boolean {
  const latest = since + limits.togetherMinutes * MINUTE;
  const went = devices.filter(({ state: { mains } }) =>
    mains?.changes?.some(({ value, at }) => value === 0 && at >= since && at <= latest),
  );
  const back = went.filter((device) => darkSince(device) === undefined);
  return went.length === 0 || 2 * back.length >= went.length;
}

function finding(context: Context, area: AreaView, part: AreaPart, dark: Dark): Finding {
  const { params: limits, timeZone } = context;
  const { since, meters, of } = dark;
  const when = shortLocal(since, timeZone);
  const place = placeName(area, part.path);
  // Words without a time of their own may have waited for us.
  const mayBeBefore = deafUntilNow(context, since) !== undefined;
  const [zhOr, enOr] = mayBeBefore
    ? ['或更早（此前服务中断）', ', or before, for the service was away']
    : ['', ''];
  return {
    since: since + limits.minutes * MINUTE,
    at: since + limits.minutes * MINUTE,
    evidence: {
      text: {
        zh: `${place.zh}：${of} 块电表中有 ${meters} 块自 ${when} 前后${zhOr}同时报告停电，可能是区域停电；请留意使用呼吸机、制氧机的老人`,
        en: `${place.en}: ${meters} of ${of} electricity meters say that their supply has been off since about ${when}${enOr}: a power cut. Think of those who depend on a device`,
      },
      readings: [],
      values: { meters, of, unit: part.path, from: since },
    },
  };
}
