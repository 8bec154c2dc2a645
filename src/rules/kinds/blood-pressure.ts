import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { PRIORITIES, type Priority } from '../../model/alert.ts';
import type { Report } from '../../model/message.ts';
import { type Course, courseOf, type Episode, type Pressure } from '../blood-pressure-course.ts';
import { findingOf } from '../blood-pressure-words.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import { personOf } from '../person-of-device.ts';
import { noClaimAt, walkedBefore } from '../vital-claim.ts';

const bound = z.strictObject({
  systolic: z.number().min(40).max(300).optional().meta({ unit: 'mmHg' }),
  diastolic: z.number().min(20).max(200).optional().meta({ unit: 'mmHg' }),
});
const priority = z.enum(PRIORITIES);

const params = z
  .strictObject({
    side: z.enum(['high', 'low']).default('high').meta({ title: 'Which side is watched' }),
    limit: bound.meta({ title: 'Limit', description: 'reached by either of the two' }),
    clear: bound.optional().meta({ title: 'Back to normal at', description: 'the limit itself if absent' }),
    grave: bound.optional().meta({ title: 'Grave at', description: 'measured by a cuff, after rest' }),
    gravePriority: priority.default('P1').meta({ title: 'Priority of a grave one' }),
    windowMinutes: z
      .number()
      .min(5)
      .max(240)
      .default(30)
      .meta({ title: 'Time for a second reading', unit: 'min' }),
    restMinutes: z
      .number()
      .min(0)
      .max(60)
      .default(5)
      .meta({ title: 'Rest before a cuff confirms the grave', unit: 'min' }),
    trustCuffMinutes: z.number().min(0).max(1440).default(30).meta({
      title: 'A normal cuff reading outweighs a band for',
      unit: 'min',
    }),
    stillMinutes: z.number().min(0).max(120).default(0).meta({
      title: 'The wearer has not walked for',
      unit: 'min',
      description:
        'a reading of a band whose wearer walks says nothing; where a band counts no steps, all of its readings count',
    }),
    clearCount: z
      .number()
      .int()
      .min(1)
      .max(10)
      .default(2)
      .meta({ title: 'Normal readings in a row that end it' }),
    remeasure: z
      .string()
      .max(40)
      .default('blood_pressure')
      .meta({ title: 'What a band is asked to measure again' }),
    ifUnconfirmed: priority.optional().meta({
      title: 'Priority if no second reading comes',
      description: 'absent: a single reading that nothing confirms raises nothing',
    }),
  })
  .refine(({ limit }) => limit.systolic !== undefined || limit.diastolic !== undefined, {
    message: 'give a limit for systolic, diastolic, or both',
    path: ['limit'],
  });
export type Params = z.output<typeof params>;

/** What is remembered of one person, whichever devices measured it. */
interface Person {
  /** The last readings, in the order in which they were taken. */
  readings: Pressure[];
  /** The beginning of the episode for which a band was asked to measure again. */
  asked: number;
}
type State = Record<string, Person>;

/** Of bands, and of cuffs: a band that measures every ten minutes must not push out what a cuff has said. */
const READINGS_MAX = 8;

/**
 * Blood pressure of a person, over all devices of the home: a band hints, a cuff measures. What is so is worked out anew
 * from the last readings whenever one comes, so that their order of arrival makes no difference.
 */
export default defineRule<Params, State>({
  kind: 'blood-pressure',
  title: { zh: '血压异常', en: 'Blood pressure out of range' },
  summary: {
    zh: '手环血压只是提示：先请手环复测，两次越限才告警，并请用袖带血压计或电话确认。袖带读数可确认（静坐后取末两次平均）或否定手环的提示。未佩戴、充电时不作判断；可要求佩戴者静止。',
    en: "A band's pressure is a hint: the band is asked to measure again, two readings raise, and the text asks for a cuff or a call. A cuff confirms (after rest, the mean of the last two) or refutes it. No claim while the band is not worn or on its charger, nor (if so set) while its wearer walks.",
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  vitals: true,
  params,
  reads: () => ({
    metrics: ['systolic_mmhg', 'diastolic_mmhg', 'worn_bool', 'charging_bool'],
    events: ['removed', 'put_on'],
  }),
  hears: ({ bloodPressure }) => bloodPressure !== undefined,
  onReport(context, report) {
    const { device } = context;
    if (!device?.bloodPressure) return;
    const taken = pressuresOf(report, device);
    if (taken.length === 0 && !(context.late && context.state)) return;
    const state: State = { ...context.state };
    if (taken.length > 0) {
      const name = personOf(device, context.devices);
      const before = state[name] ?? { readings: [], asked: 0 };
      state[name] = { ...before, readings: withReadings(before.readings, taken) };
    }
    const names = Object.keys(state);
    context.state = names.length > 1 || taken.length === 0 ? present(state, context.devices) : state;
    judge(context);
  },
  onTimer: (context) => judge(context),
  examples: [
    {
      name: 'two readings of a band within half an hour raise at the second',
      model: 'wristband',
      params: { limit: { systolic: 180, diastolic: 110 } },
      inputs: [
        { at: 1, values: { systolic_mmhg: 185, diastolic_mmhg: 95 } },
        { at: 1.25, values: { systolic_mmhg: 188, diastolic_mmhg: 96 } },
      ],
      until: 3,
      expect: [{ raised: 1.25, since: 1, priority: 'P2' }],
    },
    {
      name: 'must not fire: one high reading of a band between normal ones',
      model: 'wristband',
      params: { limit: { systolic: 180 }, ifUnconfirmed: 'P3' },
      inputs: [
        { at: 1, values: { systolic_mmhg: 185 } },
        { at: 1.1, values: { systolic_mmhg: 140 } },
        { at: 1.2, values: { systolic_mmhg: 138 } },
      ],
      until: 3,
      expect: [],
    },
    {
      name: 'one high reading of a band and then nothing asks for a look',
      model: 'wristband',
      params: { limit: { systolic: 180 }, ifUnconfirmed: 'P3' },
      inputs: [{ at: 1, values: { systolic_mmhg: 185 } }],
      until: 3,
      expect: [{ raised: 1.5, since: 1, priority: 'P3' }],
    },
    {
      name: 'however high, a band alone is never grave',
      model: 'wristband',
      params: { limit: { systolic: 180 }, grave: { systolic: 180, diastolic: 120 } },
      inputs: [{ at: 1, every: 0.2, until: 2, values: { systolic_mmhg: 215, diastolic_mmhg: 130 } }],
      until: 3,
      expect: [{ raised: 1.2, priority: 'P2' }],
    },
    {
      name: 'a cuff after five minutes of rest is believed: the mean of its last two is grave',
      model: 'blood-pressure-cuff',
      params: { limit: { systolic: 180 }, grave: { systolic: 180, diastolic: 120 } },
      inputs: [
        { at: 1, values: { systolic_mmhg: 201, diastolic_mmhg: 110 } },
        { at: 1.1, values: { systolic_mmhg: 190, diastolic_mmhg: 108 } },
      ],
      until: 3,
      expect: [{ raised: 1.1, since: 1, priority: 'P1' }],
    },
    {
      name: 'a second reading without the rest is not grave yet',
      model: 'blood-pressure-cuff',
      params: { limit: { systolic: 180 }, grave: { systolic: 180 } },
      inputs: [
        { at: 1, values: { systolic_mmhg: 201 } },
        { at: 1.02, values: { systolic_mmhg: 199 } },
      ],
      until: 3,
      expect: [{ raised: 1.02, priority: 'P2' }],
    },
    {
      name: 'must not fire: after the rest the mean of the last two is normal',
      model: 'blood-pressure-cuff',
      params: { limit: { systolic: 180 }, clear: { systolic: 170 }, ifUnconfirmed: 'P3' },
      inputs: [
        { at: 1, values: { systolic_mmhg: 186 } },
        { at: 1.1, values: { systolic_mmhg: 172 } },
        { at: 1.12, values: { systolic_mmhg: 164 } },
      ],
      until: 3,
      expect: [],
    },
    {
      name: 'it ends after two normal readings below the lower limit',
      model: 'wristband',
      params: { limit: { systolic: 180 }, clear: { systolic: 170 } },
      inputs: [
        { at: 1, every: 0.2, until: 1.5, values: { systolic_mmhg: 190 } },
        { at: 2, values: { systolic_mmhg: 175 } },
        { at: 2.5, values: { systolic_mmhg: 150 } },
        { at: 3, values: { systolic_mmhg: 148 } },
      ],
      until: 4,
      expect: [{ raised: 1.2, since: 1, cleared: 3, reason: 'recovered' }],
    },
    {
      name: 'a low pressure counts once its wearer is still, not while they walk',
      model: 'wristband',
      params: { side: 'low', limit: { systolic: 90 }, stillMinutes: 10, ifUnconfirmed: 'P3' },
      inputs: [
        { at: 0.3, every: 0.65, until: 1, values: { steps_count: 100 }, step: { steps_count: 300 } },
        { at: 1, every: 0.05, until: 1.3, values: { systolic_mmhg: 85 } },
      ],
      until: 3,
      expect: [{ raised: 1.2, since: 1.15 }],
    },
    {
      name: 'a low pressure, measured twice',
      model: 'wristband',
      params: { side: 'low', limit: { systolic: 90 }, clear: { systolic: 95 } },
      inputs: [
        { at: 1, values: { systolic_mmhg: 88 } },
        { at: 1.2, values: { systolic_mmhg: 86 } },
      ],
      until: 3,
      expect: [{ raised: 1.2, since: 1 }],
    },
    {
      name: 'must not fire: a band that is not worn, or on its charger',
      model: 'wristband',
      params: { limit: { systolic: 180 }, ifUnconfirmed: 'P3' },
      inputs: [
        { at: 0.9, values: { worn_bool: 0 } },
        { at: 1, every: 0.1, until: 2, values: { systolic_mmhg: 200 } },
        { at: 2, values: { worn_bool: 1, charging_bool: 1 } },
        { at: 2.1, every: 0.1, until: 3, values: { systolic_mmhg: 200 } },
      ],
      until: 5,
      expect: [],
    },
    {
      name: 'late word that the band was not worn withdraws it',
      model: 'wristband',
      params: { limit: { systolic: 180 } },
      inputs: [
        { at: 1, every: 0.2, until: 1.5, values: { systolic_mmhg: 200 } },
        { at: 0.9, receivedAt: 2, values: { worn_bool: 0 } },
      ],
      until: 3,
      expect: [{ raised: 1.2, cleared: 2, reason: 'late-data' }],
    },
  ],
});

const NO_PRESSURES: Pressure[] = [];

/** The pressures of one report, one for each instant. */
function pressuresOf(report: Report, device: DeviceView): Pressure[] {
  if (!report.readings.some(({ metric }) => metric === 'systolic_mmhg' || metric === 'diastolic_mmhg'))
    return NO_PRESSURES;
  const byInstant = new Map<number, Pressure>();
  for (const { metric, value, at } of report.readings) {
    if (metric !== 'systolic_mmhg' && metric !== 'diastolic_mmhg') continue;
    const field = metric === 'systolic_mmhg' ? 'systolic' : 'diastolic';
    const sofar = byInstant.get(at) ?? {
      at,
      device: device.state.id,
      cuff: device.bloodPressure === 'measured',
      receivedAt: report.receivedAt,
    };
    byInstant.set(at, { ...sofar, [field]: value });
  }
  return [...byInstant.values()];
}

/** Leaves out people to whom no device belongs any more. */
function present(state: State, devices: readonly DeviceView[]): State {
  const people = new Set(devices.map((device) => personOf(device, devices)));
  return Object.fromEntries(Object.entries(state).filter(([name]) => people.has(name)));
}

/** Puts them where they belong in time. The same instant of the same device again is a correction. */
function withReadings(before: readonly Pressure[], taken: readonly Pressure[]): Pressure[] {
  const [first] = taken;
  const newest = before.at(-1);
  // Nearly always one reading, newer than all before.
  if (first && taken.length === 1 && before.length < READINGS_MAX && (!newest || newest.at < first.at))
    return [...before, first];
  const others = before.filter(
    (old) => !taken.some(({ at, device }) => at === old.at && device === old.device),
  );
  return [...others, ...taken]
    .sort((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1))
    .filter(
      ({ cuff }, index, all) =>
        all.slice(index + 1).filter((later) => later.cuff === cuff).length < READINGS_MAX,
    );
}

/** Works out what is so of everybody, and brings the alert in line with it. */
function judge(context: RuleContext<Params, State>): void {
  const { state, params: limits, now } = context;
  if (!state) return;
  let wake = 0;
  let pending = false;
  const findings: Finding[] = [];
  let ended: Course['ended'];
  for (const person of Object.values(state)) {
    const course = courseOf(worthy(person.readings, context.devices, limits), limits);
    if (course.ended && course.ended.at > (ended?.at ?? 0)) ended = course.ended;
    const { episode } = course;
    if (!episode) {
      if (!context.open) person.readings = stillNeeded(person.readings, limits);
      continue;
    }
    askAgain(context, person, episode);
    const due = episode.firstReceivedAt + limits.windowMinutes * MINUTE;
    if (episode.confirmedBy)
      findings.push(findingOf(context, limits, episode, episodePriority(context, episode)));
    else if (limits.ifUnconfirmed && due <= now)
      findings.push(findingOf(context, limits, episode, limits.ifUnconfirmed));
    else {
      pending = true;
      if (limits.ifUnconfirmed) wake = wake === 0 ? due : Math.min(wake, due);
    }
  }
  context.wakeAt(wake);
  settle(context, findings, ended, pending);
}

/** Messages are late by this much, now and then. */
const LATE_MINUTES = 60;

/**
 * While all is well only the last hours can have a part in what comes: a band's reading in the window of the next one, a
 * cuff's while it is trusted. In most homes that is one reading, and most homes are well.
 */
function stillNeeded(readings: Pressure[], limits: Params): Pressure[] {
  const newest = readings.at(-1)?.at ?? 0;
  const bandsFrom = newest - (limits.windowMinutes + LATE_MINUTES) * MINUTE;
  const cuffsFrom =
    newest -
    (Math.max(limits.windowMinutes, limits.trustCuffMinutes, limits.restMinutes) + LATE_MINUTES) * MINUTE;
  if (readings.every(({ cuff, at }) => at >= (cuff ? cuffsFrom : bandsFrom))) return readings;
  return readings.filter(({ cuff, at }) => at >= (cuff ? cuffsFrom : bandsFrom));
}

function settle(
  context: RuleContext<Params, State>,
  findings: readonly Finding[],
  ended: Course['ended'],
  pending: boolean,
): void {
  const { open, late } = context;
  const [gravest] = [...findings].sort((a, b) => rank(a) - rank(b) || a.since - b.since);
  const openEnded = open !== undefined && ended !== undefined && ended.at >= open.at;
  // What was raised has ended, whether or not something new has begun since.
  if (openEnded && (!gravest || gravest.since > ended.at)) context.clear(ended.reason);
  else if (!gravest && !pending) context.clear(late ? 'late-data' : 'recovered');
  if (gravest) context.raise(gravest);
}

const rank = ({ priority: one }: Finding): number => PRIORITIES.indexOf(one as Priority);

/** Readings that were measured on somebody who was still: a band that lay on the table made no claim. */
function worthy(
  readings: readonly Pressure[],
  devices: readonly DeviceView[],
  { stillMinutes }: Params,
): Pressure[] {
  return readings.filter(({ device, at }) => {
    const state = devices.find((one) => one.state.id === device)?.state;
    if (state === undefined || noClaimAt(state, at) !== undefined) return false;
    return stillMinutes === 0 || !walkedBefore(state, at, stillMinutes * MINUTE);
  });
}

/** A band that has hinted at something is asked to measure again, once. */
function askAgain(context: RuleContext<Params, State>, person: Person, episode: Episode): void {
  const { device } = context;
  if (episode.confirmedBy || device?.bloodPressure !== 'hint') return;
  if (episode.last.device !== device.state.id || person.asked === episode.since) return;
  // What was measured long ago cannot be measured again.
  if (context.now - episode.since > HOUR) return;
  person.asked = episode.since;
  context.command({ measure: context.params.remeasure });
}

function episodePriority(
  { params: limits, priority: usual }: RuleContext<Params, State>,
  episode: Episode,
): Priority {
  if (!limits.grave || !episode.graveByCuff) return usual;
  return limits.gravePriority < usual ? limits.gravePriority : usual;
}
