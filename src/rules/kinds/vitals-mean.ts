import { z } from 'zod';
import { instantOfLocal, localDay } from '../../lib/local-time.ts';
import { instantsOf, packedInstants } from '../../lib/packed-text.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { personOf } from '../person-of-device.ts';
import { noClaimAt } from '../vital-claim.ts';

const params = z.strictObject({
  systolic: z
    .number()
    .min(80)
    .max(250)
    .default(135)
    .meta({ title: 'Mean systolic at or above', unit: 'mmHg' }),
  diastolic: z
    .number()
    .min(40)
    .max(150)
    .default(85)
    .meta({ title: 'Mean diastolic at or above', unit: 'mmHg' }),
  marginMmhg: z.number().min(0).max(20).default(3).meta({ title: 'Ends so far below', unit: 'mmHg' }),
  days: z.number().int().min(3).max(14).default(7).meta({ title: 'Days' }),
  dropFirstDay: z.boolean().default(true).meta({
    title: 'Leave out the first day',
    description: 'people measure too high while the device is new to them',
  }),
  readings: z.number().int().min(2).max(100).default(12).meta({
    title: 'Readings at least',
    description: 'with fewer nothing is said',
  }),
  daysWithReadings: z.number().int().min(1).max(14).default(3).meta({ title: 'Days with readings at least' }),
  weekday: z
    .number()
    .int()
    .min(1)
    .max(7)
    .default(1)
    .meta({ title: 'Day of the week', description: '1 is Monday' }),
  hour: z.number().int().min(0).max(23).default(9).meta({ title: 'Hour', unit: 'h' }),
  bands: z.boolean().default(false).meta({
    title: 'Count bands as well',
    description: 'their pressure is a hint, not a measurement',
  }),
});
type Params = z.output<typeof params>;

/** What was measured on one local day. */
interface DayOfReadings {
  readonly day: number;
  readonly count: number;
  readonly systolic: number;
  readonly diastolics: number;
  readonly diastolic: number;
  /** When these were taken, packed; the last of them. Absent in what an earlier version stored. */
  readonly taken?: string;
}
interface State {
  people: Record<string, readonly DayOfReadings[]>;
  /** The local day of the last weekly look; 0: none yet. */
  judgedDay: number;
}

const DAYS_KEPT = 24;
/** Some cuffs bring all that they have kept each time: so many readings of a day are known again. */
const KNOWN_AGAIN_MAX = 24;
/** 1 January 1970 was a Thursday. */
const weekdayOf = (day: number): number => ((day + 3) % 7) + 1;

/** The mean home pressure of a week, as guidelines ask for it: a word for the family doctor, never an emergency. */
export default defineRule<Params, State>({
  kind: 'vitals-mean',
  title: { zh: '家庭血压周均值偏高', en: 'Weekly mean blood pressure above target' },
  summary: {
    zh: '每周一次：近 7 天袖带血压（去掉首日，至少 12 次、3 天）平均 ≥135/85 时，提示转告家庭医生。读数不够时不作判断。',
    en: 'Once a week: the mean of a cuff over 7 days (without the first, at least 12 readings on 3 days) at or above 135/85 is a word for the family doctor. With fewer readings nothing is said.',
  },
  about: 'person',
  priority: 'P4',
  scope: 'home',
  vitals: true,
  seeks: () => ['course'],
  params,
  reads: () => ({ metrics: ['systolic_mmhg'] }),
  hears: ({ bloodPressure }, { bands }) => bloodPressure === 'measured' || bands,
  onReport(context, report) {
    const { device, timeZone, params: limits, now } = context;
    if (!device) return;
    const taken = report.readings.filter(
      ({ metric, at }) => metric === 'systolic_mmhg' && !noClaimAt(device.state, at),
    );
    if (taken.length === 0) return;
    const state: State = context.state ?? { people: {}, judgedDay: 0 };
    const name = personOf(device, context.devices);
    let days = state.people[name] ?? [];
    for (const { value, at } of taken) {
      const diastolic = report.readings.find((one) => one.metric === 'diastolic_mmhg' && one.at === at);
      days = withReading(days, localDay(at, timeZone), { at, systolic: value, diastolic: diastolic?.value });
    }
    context.state = { ...state, people: { ...state.people, [name]: days } };
    context.wakeAt(nextLook(now, limits, timeZone));
    const correctsLook = taken.some(({ at }) => localDay(at, timeZone) < state.judgedDay);
    if (correctsLook && context.open) judge(context, state.judgedDay);
  },
  onTimer(context) {
    const { state, timeZone, params: limits, now } = context;
    if (!state) return;
    const day = localDay(now, timeZone);
    context.state = forgetful({ ...state, judgedDay: day });
    if (context.state) {
      context.wakeAt(nextLook(now, limits, timeZone));
      judge(context, day);
    }
  },
  milder: 'clinical',
  examples: [
    {
      name: 'two readings a day above the target are told on Monday at nine',
      model: 'blood-pressure-cuff',
      inputs: [
        { at: 31, every: 24, until: 300, values: { systolic_mmhg: 146, diastolic_mmhg: 84 } },
        { at: 43, every: 24, until: 300, values: { systolic_mmhg: 140, diastolic_mmhg: 82 } },
      ],
      until: 240,
      expect: [{ raised: 24 * 8 + 9, priority: 'P4' }],
    },
    {
      name: 'it ends with a week below the target',
      model: 'blood-pressure-cuff',
      inputs: [
        { at: 31, every: 12, until: 24 * 8, values: { systolic_mmhg: 146, diastolic_mmhg: 84 } },
        { at: 24 * 8 + 7, every: 12, until: 24 * 16, values: { systolic_mmhg: 126, diastolic_mmhg: 76 } },
      ],
      until: 24 * 16,
      expect: [{ raised: 24 * 8 + 9, cleared: 24 * 15 + 9, reason: 'recovered' }],
    },
    {
      name: 'must not fire: one high reading a day is too few',
      model: 'blood-pressure-cuff',
      inputs: [{ at: 31, every: 24, until: 500, values: { systolic_mmhg: 160, diastolic_mmhg: 95 } }],
      until: 500,
      expect: [],
    },
    {
      name: 'must not fire: a mean below the target, single readings above it',
      model: 'blood-pressure-cuff',
      inputs: [
        { at: 31, every: 24, until: 300, values: { systolic_mmhg: 144, diastolic_mmhg: 84 } },
        { at: 43, every: 24, until: 300, values: { systolic_mmhg: 120, diastolic_mmhg: 76 } },
      ],
      until: 300,
      expect: [],
    },
    {
      name: 'must not fire: what only a band has measured',
      model: 'wristband',
      inputs: [{ at: 31, every: 6, until: 500, values: { systolic_mmhg: 160, diastolic_mmhg: 95 } }],
      until: 500,
      expect: [],
    },
  ],
});

interface Taken {
  readonly at: number;
  readonly systolic: number;
  readonly diastolic: number | undefined;
}

function withReading(days: readonly DayOfReadings[], day: number, taken: Taken): readonly DayOfReadings[] {
  const { at, systolic, diastolic } = taken;
  const before = days.find((one) => one.day === day);
  const known = instantsOf(before?.taken ?? '');
  if (known.includes(at)) return days;
  const after: DayOfReadings = {
    day,
    count: (before?.count ?? 0) + 1,
    systolic: (before?.systolic ?? 0) + systolic,
    diastolics: (before?.diastolics ?? 0) + (diastolic === undefined ? 0 : 1),
    diastolic: (before?.diastolic ?? 0) + (diastolic ?? 0),
    taken: packedInstants([...known, at].slice(-KNOWN_AGAIN_MAX)),
  };
  return [...days.filter((one) => one !== before), after].sort((a, b) => a.day - b.day).slice(-DAYS_KEPT);
}

/** Nobody has measured for so long that there is nothing to say: nothing is kept. */
function forgetful(state: State): State | undefined {
  const oldest = state.judgedDay - DAYS_KEPT;
  const people = Object.fromEntries(
    Object.entries(state.people).flatMap(([name, days]) => {
      const kept = days.filter(({ day }) => day > oldest);
      return kept.length > 0 ? [[name, kept]] : [];
    }),
  );
  return Object.keys(people).length > 0 ? { ...state, people } : undefined;
}

function nextLook(now: number, { weekday, hour }: Params, timeZone: string): number {
  for (let day = localDay(now, timeZone); ; day++) {
    const at = instantOfLocal(day, hour * 60, timeZone);
    if (weekdayOf(day) === weekday && at > now) return at;
  }
}

interface Mean {
  readonly systolic: number;
  readonly diastolic: number | undefined;
  readonly readings: number;
  readonly days: number;
}

/** The mean of the days before this one; undefined: too little was measured. */
function meanBefore(day: number, all: readonly DayOfReadings[], limits: Params): Mean | undefined {
  const week = all.filter((one) => one.day < day && one.day >= day - limits.days);
  const days = limits.dropFirstDay ? week.slice(1) : week;
  const sum = (of: (one: DayOfReadings) => number): number => days.reduce((total, one) => total + of(one), 0);
  const readings = sum(({ count }) => count);
  if (readings < limits.readings || days.length < limits.daysWithReadings) return undefined;
  const diastolics = sum((one) => one.diastolics);
  return {
    systolic: Math.round(sum(({ systolic }) => systolic) / readings),
    diastolic: diastolics === 0 ? undefined : Math.round(sum(({ diastolic }) => diastolic) / diastolics),
    readings,
    days: days.length,
  };
}

/** With too few readings an open finding stays as it is: nobody knows. */
function judge(context: RuleContext<Params, State>, day: number): void {
  const { state, params: limits, open } = context;
  const means = Object.values(state?.people ?? {}).flatMap((days) => meanBefore(day, days, limits) ?? []);
  const [highest] = means.filter((mean) => isAbove(mean, limits, 0)).sort((a, b) => b.systolic - a.systolic);
  if (highest && open && open.at < context.now) context.again(finding(context, highest, day));
  else if (highest) context.raise(finding(context, highest, day));
  else if (means.length > 0 && !means.some((mean) => isAbove(mean, limits, limits.marginMmhg)))
    context.clear(context.late ? 'late-data' : 'recovered');
}

const isAbove = ({ systolic, diastolic = 0 }: Mean, limits: Params, margin: number): boolean =>
  systolic >= limits.systolic - margin || diastolic >= limits.diastolic - margin;

function finding(context: RuleContext<Params, State>, mean: Mean, day: number): Finding {
  const { params: limits, timeZone } = context;
  const what = `${mean.systolic}/${mean.diastolic ?? '–'} mmHg`;
  const target = `${limits.systolic}/${limits.diastolic}`;
  return {
    since: instantOfLocal(day - limits.days, 0, timeZone),
    at: instantOfLocal(day, 0, timeZone),
    evidence: {
      text: {
        zh: `近 ${limits.days} 天家庭血压平均 ${what}（${mean.days} 天 ${mean.readings} 次，目标低于 ${target}）：请转告家庭医生，并了解服药情况`,
        en: `Mean home blood pressure of the last ${limits.days} days ${what} (${mean.readings} readings on ${mean.days} days, target below ${target}): tell the family doctor, and ask about the medicines`,
      },
      readings: [],
      values: {
        systolic: mean.systolic,
        ...(mean.diastolic === undefined ? {} : { diastolic: mean.diastolic }),
        readings: mean.readings,
        days: mean.days,
      },
    },
  };
}
