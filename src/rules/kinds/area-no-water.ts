import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { newestAt, restartedAt } from '../../model/counter-block.ts';
import { baseFlowBefore } from '../../model/counter-history.ts';
import { isDrawn, isRead, lastDrawAt } from '../../model/water-book.ts';
import { type AreaPart, partsOf, placeName } from '../area-units.ts';
import { type AreaView, type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';

const params = z.strictObject({
  metersMin: z.number().int().min(3).max(100).default(3).meta({
    title: 'At least so many meters',
    description: 'that usually see water in these hours',
  }),
  hours: z
    .number()
    .min(1)
    .max(24)
    .default(2)
    .meta({ title: 'Without any draw', unit: 'h', description: 'at least' }),
  daysPerFalseAlarm: z.number().min(1).max(100_000).default(60).meta({
    title: 'Days for one false alarm',
    unit: 'd',
    description:
      'in all buildings and units together: about so many days pass until one of them stands still by chance for as long as it takes to alert. The more there are, the longer each has to stand still',
  }),
  onceInDays: z.number().min(1).max(100_000).default(30).meta({
    title: 'And in one building not more often than once in',
    unit: 'd',
    description: 'where few are watched',
  }),
});
type Params = z.output<typeof params>;
/** Which part has been without water, and since when; undefined while nothing is open. */
interface State {
  readonly unit: string;
  readonly since: number;
}
type Context = RuleContext<Params, State>;

const LOOK_EVERY_MS = HOUR;
const LOOK_BACK_DAYS = 28;
/** With fewer days known at these hours a home says nothing about chance. */
const DAYS_MIN = 7;
/**
 * Who had drawn nothing for so long when the last of the others did is asleep or away: that they go on drawing nothing is
 * no sign of anything.
 */
const QUIET_BEFORE_MS = 6 * HOUR;
/**
 * How much neighbours do the same thing at the same time: they are away on the same weekend, and sleep late on the same
 * holiday. With it the rates that are promised are those of real homes (docs/decisions/0041-area-alarms-by-chance.md).
 */
const ALIKE = 0.06;

/**
 * All meters of a building or unit stand still at hours at which the homes usually draw water: the water is cut, a riser
 * is closed. One alert; rules about missing water in these homes wait for it, for half a day at most, unless a home had
 * been without water long before the others. A single draw anywhere proves that there is water, and ends it.
 */
export default defineRule<Params, State>({
  kind: 'area-no-water',
  title: { zh: '区域停水', en: 'No water in a building' },
  summary: {
    zh: '同一楼栋或单元的全部水表在平时有人用水的钟点同时停走时只报一条区域告警（多为停水），相关住户的“用水过少”类规则最多等候半天；任何一户用水即解除。早已不用水的住户照常单独告警，已有的告警不受影响。',
    en: 'Raises one alert where all water meters of a building or unit stand still at hours at which its homes usually draw water: a cut, most likely. Rules about missing water in these homes wait for it, half a day at most; a home that was without water long before the others is found all the same, and what is open stays open. Any draw ends it.',
  },
  about: 'area',
  priority: 'P3',
  scope: 'area',
  params,
  needs: ['water_index_m3'],
  reads: () => ({}),
  onTimer(context) {
    const { area, state, open } = context;
    if (!area) return;
    context.wakeAt(context.now + LOOK_EVERY_MS);
    if (open && state) {
      const part = partsOf(area, countsWater).find(({ path }) => path === state.unit);
      if (part && !hasDrawSince(part, state.since, context.now)) return;
      context.clear('recovered');
      context.state = undefined;
    }
    for (const part of partsOf(area, countsWater)) {
      const dry = dryPart(context, area, part);
      if (!dry) continue;
      context.state = { unit: part.path, since: dry.since };
      context.raise(finding(context, area, part, dry));
      return;
    }
  },
  milder: 'whole-building',
  examples: [
    {
      name: 'three homes that draw water each hour of the day all stand still from nine on',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: [...ordinaryDays(8), { at: 201, every: 1, until: 210, values: { water_index_m3: 5 } }],
      until: 210,
      expect: [{ raised: 205, since: 205, priority: 'P3' }],
    },
    {
      name: 'one draw anywhere ends it',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: [
        ...ordinaryDays(8),
        { at: 201, every: 1, until: 210, values: { water_index_m3: 5 } },
        { at: 207.5, values: { water_index_m3: 5.01 }, byFirst: 1 },
        { at: 208, every: 1, until: 210, values: { water_index_m3: 5.01 }, byFirst: 1 },
      ],
      until: 209,
      expect: [{ raised: 205, cleared: 208, reason: 'recovered' }],
    },
    {
      name: 'must not fire: the night, in which nobody draws water',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: ordinaryDays(9),
      until: 210,
      expect: [],
    },
    {
      name: 'must not fire: one home goes on',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: [
        ...ordinaryDays(8),
        { at: 201, every: 1, until: 210, values: { water_index_m3: 5 } },
        {
          at: 201.5,
          every: 1,
          until: 210,
          values: { water_index_m3: 5 },
          step: { water_index_m3: 0.01 },
          byFirst: 1,
        },
      ],
      until: 210,
      expect: [],
    },
    {
      name: 'must not fire: two homes are no building',
      homes: 2,
      params: { onceInDays: 300 },
      inputs: [...ordinaryDays(8), { at: 201, every: 1, until: 210, values: { water_index_m3: 5 } }],
      until: 210,
      expect: [],
    },
    {
      name: 'must not fire: what is usual is not known yet',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: [...ordinaryDays(4), { at: 105, every: 1, until: 120, values: { water_index_m3: 5 } }],
      until: 120,
      expect: [],
    },
    {
      name: 'must not fire: registers that all begin anew after a silent day do not say what was drawn in it',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: [...ordinaryDays(8), { at: 225, every: 1, until: 227, values: { water_index_m3: 0 } }],
      until: 227,
      expect: [],
    },
    {
      name: 'must not fire: meters that are silent do not say that there is no water',
      homes: 3,
      params: { onceInDays: 300 },
      inputs: ordinaryDays(8),
      until: 210,
      expect: [],
    },
  ],
});

/** Read each hour; ten litres drawn in each hour from eight to nine at night, none in the night; up to nine on the last day. */
function ordinaryDays(days: number) {
  return Array.from({ length: days }, (_, day) => ({ day })).flatMap(({ day }) => {
    const start = 24 * day;
    const index = 1 + 0.14 * day;
    return [
      { at: start, every: 1, until: start + 8, values: { water_index_m3: index } },
      {
        at: start + 8,
        every: 1,
        until: start + 22,
        values: { water_index_m3: index + 0.01 },
        step: { water_index_m3: 0.01 },
      },
      { at: start + 22, every: 1, until: start + 24, values: { water_index_m3: index + 0.14 } },
    ];
  });
}

const countsWater = ({ metrics, state }: DeviceView): boolean =>
  metrics.includes('water_index_m3') && state.water !== undefined && state.waterBook !== undefined;

/** Only a meter that was read lately says anything about now. */
const isFresh = ({ state, intervalMs }: DeviceView, now: number): boolean =>
  state.water !== undefined && now - newestAt(state.water) <= 2 * intervalMs + 30 * MINUTE;

/**
 * When water was last drawn at this meter, as far as it has been read; 0: never, as far as is known. What was drawn before its
 * register began anew nobody knows.
 */
function lastDrawOf({ state: { water, waterBook } }: DeviceView): number {
  if (!water || !waterBook) return 0;
  const at = newestAt(water);
  const draw = lastDrawAt(waterBook, water, at, baseFlowBefore(water, Math.floor((at - 1) / DAY)));
  return Math.max(draw?.to ?? 0, restartedAt(water));
}

const hasDrawSince = ({ devices }: AreaPart, since: number, now: number): boolean =>
  devices.some((device) => isFresh(device, now) && lastDrawOf(device) > since);

interface Dry {
  /** The last draw anywhere in the part. */
  readonly since: number;
  readonly meters: number;
  readonly onceInDays: number;
}

function dryPart({ now, params: limits }: Context, area: AreaView, { devices }: AreaPart): Dry | undefined {
  if (devices.length < limits.metersMin) return undefined;
  let since = 0;
  const fresh: DeviceView[] = [];
  for (const device of devices) {
    if (!isFresh(device, now)) continue;
    since = Math.max(since, lastDrawOf(device));
    // Nearly always somebody drew water a while ago, and nobody has to look at the others.
    if (now - since < limits.hours * HOUR) return undefined;
    fresh.push(device);
  }
  if (since === 0 || fresh.length < limits.metersMin) return undefined;
  let surprise = 0;
  let likely = 0;
  for (const device of fresh) {
    if (since - lastDrawOf(device) > QUIET_BEFORE_MS) continue;
    const still = chanceOfStandstill(device, since);
    if (still < 0.5) likely++;
    surprise -= Math.log(still);
  }
  if (likely < limits.metersMin) return undefined;
  // As many stretches of such length as a day has may be looked at. Homes that are alike count as fewer.
  const onceInDays = ((now - since) / DAY) * Math.exp(surprise / (1 + ALIKE * (likely - 1)));
  // What an open alert was raised under may be of before there was such a number.
  const { onceInDays: atLeast, daysPerFalseAlarm = 0 } = limits;
  if (onceInDays < Math.max(atLeast, daysPerFalseAlarm * area.groups(limits.metersMin))) return undefined;
  return { since, meters: fresh.length, onceInDays };
}

/** On which share of the last days nothing was drawn at this meter in these hours; 1 where too little is known. */
function chanceOfStandstill({ state: { water, waterBook } }: DeviceView, since: number): number {
  if (!water || !waterBook) return 1;
  const from = Math.floor(since / HOUR) + 1;
  const until = Math.floor((newestAt(water) - 1) / HOUR) + 1;
  if (until <= from) return 1;
  let [days, still] = [0, 0];
  for (let day = 1; day <= LOOK_BACK_DAYS; day++) {
    let [read, drawn] = [0, false];
    for (let hour = from - 24 * day; hour < until - 24 * day; hour++) {
      if (isRead(waterBook, hour)) read++;
      if (isDrawn(waterBook, hour)) drawn = true;
    }
    if (2 * read < until - from) continue;
    days++;
    if (!drawn) still++;
  }
  // Never seen is not impossible.
  return days < DAYS_MIN ? 1 : (still + 0.5) / (days + 1);
}

function finding(
  context: Context,
  area: AreaView,
  part: AreaPart,
  { since, meters, onceInDays }: Dry,
): Finding {
  const hours = Math.floor((context.now - since) / HOUR);
  const when = shortLocal(since, context.timeZone);
  const place = placeName(area, part.path);
  return {
    since: context.now,
    at: context.now,
    evidence: {
      text: {
        zh: `${place.zh}：全部 ${meters} 块水表自 ${when} 起 ${hours} 小时没有走字，平时这个时段多有用水，可能停水。请核实；期间相关住户的用水类告警最多等候半天`,
        en: `${place.en}: none of ${meters} water meters has moved for ${hours} h, since ${when}, at hours at which these homes usually draw water; the water may be cut. Alerts about missing water in these homes wait, half a day at most`,
      },
      readings: [],
      coverage: 'measured',
      values: {
        meters,
        hours,
        unit: part.path,
        from: since,
        onceInDays: Math.round(Math.min(onceInDays, 1e9)),
      },
    },
  };
}
