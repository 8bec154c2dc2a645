import { MINUTE } from '../../lib/clock.ts';
import type { Priority } from '../../model/alert.ts';
import type { Report } from '../../model/message.ts';
import { joined } from '../../model/text.ts';
import { defineRule, type RuleContext } from '../define.ts';
import { beyondLetPass } from '../let-pass.ts';
import { type ReadingParams, readingParams } from '../reading-params.ts';
import {
  beyond,
  confirmation,
  hasPassed,
  isNormal,
  judgedBy,
  type Limit,
  restedSamples,
  type Sample,
  samplesOf,
  spanOf,
  withSample,
} from '../reading-samples.ts';
import { findingOf, limitTitle } from '../reading-words.ts';
import { isTold, type ToldSpans, toldLast, toldUntil, withTold } from '../told-spans.ts';
import { noClaimAt } from '../vital-claim.ts';

type Params = ReadingParams;

interface State {
  samples: Sample[];
  /** Normal readings in a row, while the alert is open. */
  normal: number;
  /** Between which readings it was beyond its limit when people were told; kept when that is over. */
  told?: ToldSpans;
}

/** A vital sign beyond its limit, believed only when it is repeated. A band that is not worn makes no claim. */
export default defineRule<Params, State>({
  kind: 'reading-limit',
  title: { zh: '读数越限', en: 'Reading beyond its limit' },
  titleFor: ({ limits }) => joined(limits.map(limitTitle)),
  summary: {
    zh: '读数达到阈值，并由重复读数或持续时间确认后告警；恢复正常若干次后解除。未佩戴时不作判断。',
    en: 'Raises when a reading reaches its limit and repeated readings, or the time that it holds, confirm it; ends after readings back to normal. Silent while the device is not worn.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'device',
  vitals: true,
  letsPass: ({ limits }) => beyondLetPass(limits),
  params: readingParams,
  reads: ({ limits }) => ({
    metrics: [...limits.map((l) => l.metric), 'worn_bool', 'charging_bool'],
    events: ['removed'],
  }),
  onReport(context, report) {
    const { device, params: limits, late, open } = context;
    if (!device) return;
    const nothingYet = isAtRest(context.state) && !open && !context.waits;
    if (nothingYet && !reaches(report, limits.limits)) return;
    // Known only now: what was measured then was not measured on anybody.
    if (late && open && noClaimAt(device.state, open.at)) withdraw(context);
    for (const sample of samplesOf(report, limits, device.state)) {
      if (noClaimAt(device.state, sample.at)) continue;
      if (sample.restedMs !== undefined && sample.restedMs < limits.restMinutes * MINUTE) {
        walked(context);
        continue;
      }
      if (isAtRest(context.state) && !context.open && !sample.over && !context.waits) continue;
      if (context.open) whileOpen(context, sample);
      else if (context.waits) whileWaiting(context, sample);
      else if (!isTold(context.state?.told, sample)) consider(context, sample);
    }
  },
  onTimer(context) {
    const { state, params: limits, open } = context;
    if (!state || isAtRest(state) || open) return;
    const samples = claimed(state.samples, context);
    const first = samples.find((sample) => sample.over);
    const normalSince = !samples.at(-1)?.over;
    if (!limits.ifUnconfirmed) {
      outliveFirst(context, state, samples);
      return;
    }
    context.state = atRest(state);
    if (first && !normalSince) tell(context, [first], limits.ifUnconfirmed);
  },
  milder: 'clinical',
  examples: [
    {
      name: 'two high readings within half an hour raise at the second',
      model: 'wristband',
      params: { limits: [{ metric: 'systolic_mmhg', above: 180 }] },
      inputs: [
        { at: 1, values: { systolic_mmhg: 185, diastolic_mmhg: 95 } },
        { at: 1.25, values: { systolic_mmhg: 188, diastolic_mmhg: 96 } },
      ],
      until: 3,
      expect: [{ raised: 1.25, since: 1 }],
    },
    {
      name: 'must not fire: one high reading between normal ones',
      model: 'wristband',
      params: { limits: [{ metric: 'systolic_mmhg', above: 180 }], ifUnconfirmed: 'P3' },
      inputs: [
        { at: 1, values: { systolic_mmhg: 185 } },
        { at: 1.1, values: { systolic_mmhg: 140 } },
        { at: 1.2, values: { systolic_mmhg: 138 } },
      ],
      until: 3,
      expect: [],
    },
    {
      name: 'one high reading and then nothing asks for a look',
      model: 'wristband',
      params: { limits: [{ metric: 'systolic_mmhg', above: 180 }], ifUnconfirmed: 'P3' },
      inputs: [{ at: 1, values: { systolic_mmhg: 185 } }],
      until: 3,
      expect: [{ raised: 1.5, since: 1, priority: 'P3' }],
    },
    {
      name: 'it ends after two normal readings below the lower limit',
      model: 'wristband',
      params: { limits: [{ metric: 'systolic_mmhg', above: 180, clear: 160 }] },
      inputs: [
        { at: 1, every: 0.2, until: 1.5, values: { systolic_mmhg: 190 } },
        { at: 2, values: { systolic_mmhg: 170 } },
        { at: 2.5, values: { systolic_mmhg: 150 } },
        { at: 3, values: { systolic_mmhg: 148 } },
      ],
      until: 4,
      expect: [{ raised: 1.2, since: 1, cleared: 3, reason: 'recovered' }],
    },
    {
      name: 'a fast pulse must hold for ten minutes',
      model: 'wristband',
      params: {
        limits: [{ metric: 'pulse_bpm', above: 120 }],
        holdMinutes: 12,
        confirm: { count: 2, of: 40 },
      },
      inputs: [{ at: 1, every: 0.1, until: 1.5, values: { pulse_bpm: 130 } }],
      until: 2,
      expect: [{ raised: 1.2, since: 1 }],
    },
    {
      name: 'a fast pulse at rest is grave where it holds above the graver limit',
      model: 'wristband',
      params: {
        limits: [{ metric: 'pulse_bpm', above: 121, grave: 131 }],
        holdMinutes: 10,
        restMinutes: 10,
        confirm: { count: 2, of: 40 },
      },
      inputs: [
        { at: 0, every: 0.1, until: 2, values: { steps_count: 500 } },
        { at: 1, every: 0.1, until: 1.35, values: { pulse_bpm: 125 } },
        { at: 1.4, every: 0.1, until: 1.75, values: { pulse_bpm: 140 } },
      ],
      until: 2,
      expect: [{ raised: 1.2, since: 1, priority: 'P1' }],
    },
    {
      name: 'must not fire: somebody who walks',
      model: 'wristband',
      params: {
        limits: [{ metric: 'pulse_bpm', above: 121 }],
        restMinutes: 10,
        confirm: { count: 2, of: 40 },
      },
      inputs: [
        {
          at: 1,
          every: 0.1,
          until: 2,
          values: { steps_count: 500, pulse_bpm: 140 },
          step: { steps_count: 300 },
        },
      ],
      until: 3,
      expect: [],
    },
    {
      name: 'where nobody knows whether the wearer rests it must hold longer',
      model: 'wristband',
      params: {
        limits: [{ metric: 'pulse_bpm', above: 121, grave: 131 }],
        holdMinutes: 10,
        holdMinutesUnknown: 60,
        restMinutes: 10,
        confirm: { count: 2, of: 40 },
      },
      inputs: [{ at: 1, every: 0.1, until: 3, values: { pulse_bpm: 140 } }],
      until: 4,
      expect: [{ raised: 2, since: 1, priority: 'P2' }],
    },
    {
      name: 'must not fire: two readings of the same minute are not two readings',
      model: 'wristband',
      params: { limits: [{ metric: 'spo2_pct', below: 92 }], confirm: { apartMinutes: 5 } },
      inputs: [
        { at: 1, values: { spo2_pct: 88 } },
        { at: 1.01, values: { spo2_pct: 88 } },
        { at: 1.1, every: 0.1, until: 2, values: { spo2_pct: 96 } },
      ],
      until: 3,
      expect: [],
    },
    {
      name: 'a fever that is measured again after a quarter of an hour',
      model: 'thermometer',
      params: {
        limits: [
          { metric: 'body_temperature_c', above: 38.1, grave: 39.1 },
          { metric: 'body_temperature_c', below: 35 },
        ],
        gravePriority: 'P1',
        confirm: { apartMinutes: 15, withinMinutes: 120 },
      },
      inputs: [
        { at: 1, values: { body_temperature_c: 39.3 } },
        { at: 1.1, values: { body_temperature_c: 39.4 } },
        { at: 1.3, values: { body_temperature_c: 39.4 } },
      ],
      until: 3,
      expect: [{ raised: 1.3, since: 1, priority: 'P1' }],
    },
    {
      name: 'late word that the band was not worn withdraws it',
      model: 'wristband',
      params: { limits: [{ metric: 'spo2_pct', below: 92 }] },
      inputs: [
        { at: 1, every: 0.1, until: 1.25, values: { spo2_pct: 85 } },
        { at: 0.9, receivedAt: 2, values: { worn_bool: 0 } },
      ],
      until: 3,
      expect: [{ raised: 1.1, cleared: 2, reason: 'late-data' }],
    },
    {
      name: 'must not fire: a band that is not worn',
      model: 'wristband',
      params: { limits: [{ metric: 'spo2_pct', below: 92 }] },
      inputs: [
        { at: 0.9, values: { worn_bool: 0 } },
        { at: 1, every: 0.1, until: 2, values: { spo2_pct: 85 } },
      ],
      until: 3,
      expect: [],
    },
  ],
});

/** Does any value reach a limit? Nearly none does, and then there is nothing to gather. */
function reaches({ readings }: Report, limits: readonly Limit[]): boolean {
  for (const { metric, value } of readings)
    for (const limit of limits) if (limit.metric === metric && beyond(value, limit)) return true;
  return false;
}

const isAtRest = (state: State | undefined): boolean =>
  state === undefined || (state.samples.length === 0 && state.normal === 0);

/** Nothing is going on: what people were told of is all that is kept. */
const atRest = ({ told }: Partial<State> = {}): State | undefined => told && { samples: [], normal: 0, told };

/** The first of them was long ago. What has begun since goes on: it is not to hold anew for that. */
function outliveFirst(context: RuleContext<Params, State>, state: State, samples: readonly Sample[]): void {
  const spanMs = spanOf(context.params);
  const recent = samples.filter(({ receivedAt }) => context.now - receivedAt < spanMs);
  const run = recent.slice(recent.findIndex(({ over }) => over));
  const [first] = run;
  context.state = first?.over ? { ...state, samples: run } : atRest(state);
  context.wakeAt(first?.over ? first.receivedAt + spanMs : 0);
}

function tell(context: RuleContext<Params, State>, overs: readonly Sample[], priority: Priority): void {
  const { samples = [], normal = 0, told } = context.state ?? {};
  context.raise(findingOf(context, overs, priority));
  if (!context.open) return;
  context.state = { samples, normal, told: withTold(told, overs) };
}

/** Late word shows that nobody wore the device: the alert is taken back. */
function withdraw(context: RuleContext<Params, State>): void {
  context.state = atRest(context.state);
  context.wakeAt(0);
  context.clear('late-data');
}

/** Without what is known by now to have been measured on nobody; and by the limits of now, which may be others since. */
function claimed(samples: Sample[], { device, params }: RuleContext<Params, State>): Sample[] {
  const { state } = device ?? {};
  const known = state
    ? restedSamples(samples, params, state).filter(({ at }) => noClaimAt(state, at) === undefined)
    : samples;
  return known.map((sample) => judgedBy(params.limits, sample));
}

/** The wearer walks: what was measured since the word before that was of somebody who walked as well. */
function walked(context: RuleContext<Params, State>): void {
  const { state } = context;
  if (!state || state.samples.length === 0) return;
  const samples = claimed(state.samples, context);
  if (samples.length === state.samples.length) return;
  if (samples.length > 0 || state.normal > 0) context.state = { ...state, samples };
  else {
    context.state = atRest(state);
    context.wakeAt(0);
  }
}

/** No alert is open: does this sample complete the confirmation? */
function consider(context: RuleContext<Params, State>, sample: Sample): void {
  const { confirm, remeasure } = context.params;
  const state: State = context.state ?? { samples: [], normal: 0 };
  const spanMs = spanOf(context.params);
  state.samples = claimed(withSample(state.samples, sample, spanMs), context);
  const first = state.samples.length === 1;
  const confirmed = confirmation(state.samples, context.params);
  if (confirmed) {
    // What is grave may still turn out so: the readings are kept.
    context.state = { ...state, normal: 0 };
    context.wakeAt(0);
    tell(context, confirmed, gravity(context, state.samples));
  } else if (hasPassed(state.samples, confirm.of)) {
    context.state = atRest(state);
    context.wakeAt(0);
  } else {
    context.state = state;
    if (first) {
      context.wakeAt(context.now + spanMs);
      if (remeasure) context.command({ measure: remeasure });
    }
  }
}

/** The priority that these readings deserve: that of the grave only where it is confirmed as such, at known rest. */
function gravity(
  { params: limits, priority }: RuleContext<Params, State>,
  samples: readonly Sample[],
): Priority {
  if (!hasGrave(limits)) return priority;
  const graver = samples.map((sample) => ({ ...sample, over: sample.grave }));
  const confirmed = graver.at(-1)?.over ? confirmation(graver, limits) : undefined;
  const unknown = limits.restMinutes > 0 && confirmed?.some(({ restedMs }) => restedMs === undefined);
  return confirmed && !unknown && limits.gravePriority < priority ? limits.gravePriority : priority;
}

function whileOpen(context: RuleContext<Params, State>, sample: Sample): void {
  const state: State = context.state ?? { samples: [], normal: 0 };
  context.state = state;
  const { open } = context;
  const isAgain = isTold(state.told, sample);
  const isOld = sample.at < Math.max(open?.at ?? 0, toldLast(state.told));
  // Also while it waits: people know of what is measured then.
  if (sample.over && !isAgain) state.told = toldUntil(state.told, sample);
  if (open && sample.over) {
    if (hasGrave(context.params))
      state.samples = claimed(withSample(state.samples, sample, spanOf(context.params)), context);
    const priority = gravity(context, state.samples);
    // It was raised unconfirmed and another reading beyond the limit confirms it; or it has become grave.
    const isSame = isAgain && priority === context.priority;
    if (priority < open.priority && !isSame)
      context.raise({ ...findingOf(context, [sample], priority), since: open.since });
  }
  // What a device brings of before says nothing of how it is now.
  if (isOld) return;
  state.normal = isNormal(sample, context.params.limits) ? state.normal + 1 : 0;
  if (state.normal >= context.params.clearCount) {
    context.state = atRest(state);
    context.wakeAt(0);
    context.clear('recovered');
  }
}

const hasGrave = ({ limits }: Params): boolean => limits.some(({ grave }) => grave !== undefined);

/**
 * People resolved it while it held. Normal readings end the wait, so that the next crisis is a new one; what is graver
 * than what they were told is raised at once.
 */
function whileWaiting(context: RuleContext<Params, State>, sample: Sample): void {
  whileOpen(context, sample);
  const { state } = context;
  if (!state || !context.waits) return;
  state.samples = claimed(withSample(state.samples, sample, spanOf(context.params)), context);
  const confirmed = sample.over ? confirmation(state.samples, context.params) : undefined;
  if (confirmed) tell(context, confirmed, gravity(context, state.samples));
  if (context.open) context.state = { ...context.state, samples: [], normal: 0 };
}
