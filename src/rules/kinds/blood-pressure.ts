import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { PRIORITIES, type Priority } from '../../model/alert.ts';
import type { Reading, Report } from '../../model/message.ts';
import { PRESSURE, withPressure } from '../../model/pressure-log.ts';
import { type Course, courseOf, type Episode, type Pressure } from '../blood-pressure-course.ts';
import { crisisLetPass, findingOf, SIDE_TITLES } from '../blood-pressure-words.ts';
import { type DeviceView, defineRule, type RuleContext } from '../define.ts';
import { type Heard, isFollowed, passedIn, remembering, type Unheard } from '../passed-episodes.ts';
import { isAnyOver, peopleOf } from '../person-pressures.ts';
import { clearCount } from '../reading-params.ts';
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
    clearCount,
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

/** What is remembered of one person while an episode goes on, or has just ended. The readings lie with the devices that took them. */
interface Person extends Heard {
  /** The beginning of the episode for which a band was asked to measure again; 0: it was not; `NOT_FOLLOWED`: there is none. */
  readonly asked: number;
  /** Only in what was stored when each rule kept readings of its own. */
  readonly readings?: readonly Pressure[];
}
type State = Record<string, Person>;

/**
 * Blood pressure of a person, over all devices of the home: a band hints, a cuff measures. What is so is worked out anew
 * from the last readings whenever one comes, so that their order of arrival makes no difference.
 */
export default defineRule<Params, State>({
  kind: 'blood-pressure',
  title: { zh: '血压异常', en: 'Blood pressure out of range' },
  titleFor: ({ side }) => SIDE_TITLES[side],
  summary: {
    zh: '手环血压只是提示：先请手环复测，两次越限才告警，并请用袖带血压计或电话确认。袖带读数可确认（静坐后取末两次平均）或否定手环的提示。未佩戴、充电时不作判断；可要求佩戴者静止。',
    en: "A band's pressure is a hint: the band is asked to measure again, two readings raise, and the text asks for a cuff or a call. A cuff confirms (after rest, the mean of the last two) or refutes it. No claim while the band is not worn or on its charger, nor (if so set) while its wearer walks.",
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  vitals: true,
  seeks: ({ side }) => [side],
  letsPass: ({ side, limit }) => (side === 'high' ? crisisLetPass(limit) : []),
  params,
  reads: () => ({
    metrics: ['systolic_mmhg', 'diastolic_mmhg', 'worn_bool', 'charging_bool'],
    events: ['removed', 'put_on'],
  }),
  hears: ({ bloodPressure }) => bloodPressure !== undefined,
  onReport(context, report) {
    if (context.late || report.readings.some(isPressure)) judge(context, report);
  },
  onTimer: (context) => judge(context),
  looksAnew: true,
  milder: 'clinical',
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
        { at: 0.35, every: 0.3, until: 1, values: { steps_count: 100 }, step: { steps_count: 300 } },
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

const isPressure = ({ metric }: Reading): boolean =>
  metric === 'systolic_mmhg' || metric === 'diastolic_mmhg';

/** Works out what is so of everybody, and brings the alert in line with it. */
function judge(context: RuleContext<Params, State>, report?: Report): void {
  const { state, params: limits, devices, now, open } = context;
  if (state) takeOver(state, devices);
  // Nearly always all is well with everybody.
  if (!open && !isAnyOver(devices, limits)) {
    context.state = remembering(undefined, state, NOTHING_PASSED);
    context.wakeAt(0);
    settle(context, { found: NOTHING_FOUND, ended: undefined, passed: NOTHING_PASSED, pending: false });
    return;
  }
  let wake = 0;
  let pending = false;
  let next: State | undefined;
  const found: Found[] = [];
  let ended: (NonNullable<Course['ended']> & { readonly person: string }) | undefined;
  for (const [name, all] of peopleOf(devices)) {
    const readings = open || isFollowed(state?.[name]) ? all : stillNeeded(all, limits, now);
    const course = courseOf(worthy(readings, devices, limits), limits);
    if (course.ended && course.ended.at > (ended?.at ?? 0)) ended = { ...course.ended, person: name };
    const { episode } = course;
    const asked = episode ? askAgain(context, Math.max(0, state?.[name]?.asked ?? 0), episode) : 0;
    if (episode || open) next = { ...next, [name]: { asked } };
    if (!episode) continue;
    const due = episode.firstReceivedAt + limits.windowMinutes * MINUTE;
    if (episode.confirmedBy) found.push({ episode, priority: episodePriority(context, episode) });
    else if (limits.ifUnconfirmed && due <= now) found.push({ episode, priority: limits.ifUnconfirmed });
    else {
      pending = true;
      if (limits.ifUnconfirmed) wake = wake === 0 ? due : Math.min(wake, due);
    }
  }
  const passed = report ? passedIn(context, report, (all) => worthy(all, devices, limits)) : NOTHING_PASSED;
  const over =
    open && ended && ended.at >= open.at ? [{ ...open, until: open.at, person: ended.person }] : [];
  context.state = remembering(next, state, [...over, ...passed]);
  context.wakeAt(wake);
  settle(context, { found, ended, passed, pending });
}

/** An episode of which people are to be told. */
interface Found {
  readonly episode: Episode;
  readonly priority: Priority;
}

const NOTHING_FOUND: readonly Found[] = [];
const NOTHING_PASSED: readonly Unheard[] = [];

/** Messages are late by this much, now and then. */
const LATE_MINUTES = 60;

/**
 * While all is well only the last hours can have a part in what comes: a band's reading in the window of the next one, a
 * cuff's while it is trusted. Late word on a band that was worn after all does not bring back what is older.
 */
function stillNeeded(readings: Pressure[], limits: Params, now: number): Pressure[] {
  const newest = readings.reduce(
    (last, { at, receivedAt }) => (receivedAt < now ? Math.max(last, at) : last),
    0,
  );
  const bandsFrom = newest - (limits.windowMinutes + LATE_MINUTES) * MINUTE;
  const cuffsFrom =
    newest -
    (Math.max(limits.windowMinutes, limits.trustCuffMinutes, limits.restMinutes) + LATE_MINUTES) * MINUTE;
  return readings.filter(({ cuff, at }) => at >= (cuff ? cuffsFrom : bandsFrom));
}

/** Gives to the devices what an earlier version kept in the state of the rule. */
function takeOver(state: State, devices: readonly DeviceView[]): void {
  for (const { readings = [] } of Object.values(state))
    for (const { device, at, receivedAt, systolic, diastolic } of readings) {
      const owner = devices.find((one) => one.state.id === device);
      const isKnown = owner?.state.pressures?.some((cell, i) => i % PRESSURE === 0 && cell === at);
      if (owner && !isKnown)
        owner.state.pressures = withPressure(owner.state.pressures, at, receivedAt, systolic, diastolic);
    }
}

/** What everybody's readings come to. */
interface Judged {
  readonly found: readonly Found[];
  readonly ended: Course['ended'];
  readonly passed: readonly Unheard[];
  /** One reading beyond the limit waits for a second. */
  readonly pending: boolean;
}

function settle(context: RuleContext<Params, State>, { found, ended, passed, pending }: Judged): void {
  const { open, late } = context;
  const gravest = gravestOf(found);
  const openEnded = open !== undefined && ended !== undefined && ended.at >= open.at;
  // What was raised has ended, whether or not something new has begun since.
  if (openEnded && (!gravest || gravest.episode.since > ended.at)) context.clear(ended.reason);
  else if (!gravest && !pending) context.clear(late ? 'late-data' : 'recovered');
  for (const { episode, reason } of passed) {
    const isBeside = context.open !== undefined;
    context.raise(findingOf(context, context.params, episode, episodePriority(context, episode)));
    if (!isBeside) context.clear(reason);
  }
  if (gravest && isNews(context, gravest))
    context.raise(findingOf(context, context.params, gravest.episode, gravest.priority));
}

/** The first of the gravest. */
const gravestOf = (found: readonly Found[]): Found | undefined =>
  found.length === 0
    ? undefined
    : [...found].sort((a, b) => rank(a) - rank(b) || a.episode.since - b.episode.since)[0];

const rank = ({ priority }: Found): number => PRIORITIES.indexOf(priority);

/** What is told already needs no words made for it at each reading. */
const isNews = ({ open }: RuleContext<Params, State>, { episode, priority }: Found): boolean =>
  !open || episode.since < open.since || priority < open.priority;

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

/** A band that has hinted at something is asked to measure again, once. Returns for which episode it was asked last. */
function askAgain(context: RuleContext<Params, State>, asked: number, episode: Episode): number {
  const { device } = context;
  if (episode.confirmedBy || device?.bloodPressure !== 'hint') return asked;
  if (episode.last.device !== device.state.id || asked === episode.since) return asked;
  // What was measured long ago cannot be measured again.
  if (context.now - episode.since > HOUR) return asked;
  context.command({ measure: context.params.remeasure });
  return episode.since;
}

function episodePriority(
  { params: limits, priority: usual }: RuleContext<Params, State>,
  episode: Episode,
): Priority {
  if (!limits.grave || !episode.graveByCuff) return usual;
  return limits.gravePriority < usual ? limits.gravePriority : usual;
}
