import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import type { Report } from '../../model/message.ts';
import { defineRule, type Finding, type OpenFinding, type RuleContext } from '../define.ts';
import { isFrontDoor } from '../sensor-log.ts';

const ruleId = z.string().min(1).max(40);
const params = z.strictObject({
  signals: z.array(z.array(ruleId).min(1)).min(1).meta({
    title: 'Signals',
    description:
      'each a list of rules that rest on the same kind of device: it counts once, whichever of them speaks',
    example: '[[W0, W1, W3], [I1], [D1], [E1]]',
  }),
  atLeast: z.number().int().min(1).max(10).default(2).meta({ title: 'So many signals at once' }),
  withinHours: z.number().min(0).max(168).default(4).meta({
    title: 'Beginning within',
    unit: 'h',
    description: 'of one another, by the time of the events; what ended does not count',
  }),
  unless: z.array(ruleId).default([]).meta({ title: 'Not while one of these rules has something open' }),
  exitVeto: z.boolean().default(true).meta({
    title: 'Exit veto',
    description:
      'not while the front door was the last thing that moved: whoever lives here has most likely gone out',
  }),
});
type Params = z.output<typeof params>;

/** When the front door opened last, and when anything moved inside last, as event times. */
interface State {
  doorAt: number;
  insideAt: number;
}

/**
 * Several independent signals that agree are worth more than each by itself: no water drawn, and no movement either.
 * Looks at what other rules of the home have open, whatever they watch.
 */
export default defineRule<Params, State>({
  kind: 'composite',
  title: { zh: '多项异常同时出现', en: 'Several signals agree' },
  summary: {
    zh: '多条相互独立的规则在限定时间内同时告警时，再报一条更高级别的告警；最后动静是入户门开（可能已外出）时不报。',
    en: 'Raises when rules that rest on different devices have something open at once; not while the last thing that moved was the front door.',
  },
  about: 'person',
  priority: 'P1',
  scope: 'home',
  inactivity: true,
  params,
  restsOn: ({ signals, atLeast }) => ({ lists: signals, atLeast }),
  refersTo: ({ signals, unless }) => [...signals.flat(), ...unless],
  reads: ({ exitVeto }) => (exitVeto ? { metrics: ['door_open_bool', 'motion_bool'] } : {}),
  onReport(context, report) {
    remember(context, report);
    judge(context);
  },
  onFindings: judge,
  milder: 'about-others',
  examples: [
    {
      name: 'two signals that begin within the hours raise it, and it ends with either of them',
      model: 'wristband',
      params: { signals: [['A'], ['B']], withinHours: 4, exitVeto: false },
      beside: [
        { id: 'A', kind: 'reading-limit', params: { limits: [{ metric: 'pulse_bpm', above: 120 }] } },
        { id: 'B', kind: 'reading-limit', params: { limits: [{ metric: 'spo2_pct', below: 90 }] } },
      ],
      inputs: [
        { at: 1, every: 0.25, until: 1.5, values: { pulse_bpm: 130 } },
        { at: 2, every: 0.25, until: 2.5, values: { spo2_pct: 85 } },
        { at: 5, every: 0.25, until: 5.5, values: { pulse_bpm: 80 } },
      ],
      until: 8,
      expect: [{ raised: 2.25, since: 2, cleared: 5.25, reason: 'recovered', priority: 'P1' }],
    },
    {
      name: 'must not fire: one signal, though two of its rules speak',
      model: 'wristband',
      params: { signals: [['A', 'B'], ['C']], exitVeto: false },
      beside: [
        { id: 'C', kind: 'reading-limit', params: { limits: [{ metric: 'spo2_pct', below: 90 }] } },
        { id: 'A', kind: 'reading-limit', params: { limits: [{ metric: 'pulse_bpm', above: 120 }] } },
        { id: 'B', kind: 'reading-limit', params: { limits: [{ metric: 'pulse_bpm', above: 110 }] } },
      ],
      inputs: [{ at: 1, every: 0.25, until: 2, values: { pulse_bpm: 130 } }],
      until: 4,
      expect: [],
    },
    {
      name: 'must not fire: the second signal begins too late',
      model: 'wristband',
      params: { signals: [['A'], ['B']], withinHours: 2, exitVeto: false },
      beside: [
        { id: 'A', kind: 'reading-limit', params: { limits: [{ metric: 'pulse_bpm', above: 120 }] } },
        { id: 'B', kind: 'reading-limit', params: { limits: [{ metric: 'spo2_pct', below: 90 }] } },
      ],
      inputs: [
        { at: 1, every: 0.25, until: 1.5, values: { pulse_bpm: 130 } },
        { at: 6, every: 0.25, until: 6.5, values: { spo2_pct: 85 } },
      ],
      until: 8,
      expect: [],
    },
    {
      name: 'must not fire: a rule that speaks against it is open',
      model: 'wristband',
      params: { signals: [['A']], atLeast: 1, unless: ['B'], exitVeto: false },
      beside: [
        { id: 'A', kind: 'reading-limit', params: { limits: [{ metric: 'pulse_bpm', above: 120 }] } },
        { id: 'B', kind: 'reading-limit', params: { limits: [{ metric: 'spo2_pct', below: 90 }] } },
      ],
      inputs: [
        { at: 1, every: 0.25, until: 1.5, values: { spo2_pct: 85 } },
        { at: 2, every: 0.25, until: 2.5, values: { pulse_bpm: 130 } },
      ],
      until: 4,
      expect: [],
    },
  ],
});

/** Nobody leaves the home by the door of the bathroom, or of the refrigerator. */
function remember(context: RuleContext<Params, State>, report: Report): void {
  const isFront = context.device !== undefined && isFrontDoor(context.device);
  for (const { metric, value, at } of report.readings) {
    const opens = metric === 'door_open_bool' && isFront;
    if (value === 0 || !(opens || metric === 'motion_bool')) continue;
    const { doorAt, insideAt } = context.state ?? { doorAt: 0, insideAt: 0 };
    context.state = opens
      ? { doorAt: Math.max(doorAt, at), insideAt }
      : { doorAt, insideAt: Math.max(insideAt, at) };
  }
}

function judge(context: RuleContext<Params, State>): void {
  const { params: limits, state } = context;
  const open = context.findings();
  const gone = limits.exitVeto && state !== undefined && state.doorAt > state.insideAt;
  const vetoed = open.some(({ rule }) => limits.unless.includes(rule));
  const agreeing = agreeingIn(open, limits);
  if (agreeing.length < limits.atLeast) context.clear('recovered');
  else if (!gone && !vetoed) context.raise(finding(context, agreeing));
}

/** Of each signal its earliest finding; of those the largest group whose beginnings lie within the hours. */
function agreeingIn(open: readonly OpenFinding[], limits: Params): readonly OpenFinding[] {
  const first = limits.signals
    .flatMap((rules) => {
      const of = open.filter(({ rule }) => rules.includes(rule));
      return of.length > 0 ? [of.reduce((a, b) => (b.since < a.since ? b : a))] : [];
    })
    .sort((a, b) => a.since - b.since);
  let best: readonly OpenFinding[] = [];
  for (let i = 0; i < first.length; i++) {
    const from = (first[i] as OpenFinding).since;
    const group = first.slice(i).filter(({ since }) => since - from <= limits.withinHours * HOUR);
    if (group.length > best.length) best = group;
  }
  return best;
}

function finding(context: RuleContext<Params, State>, agreeing: readonly OpenFinding[]): Finding {
  const since = Math.max(...agreeing.map((one) => one.since));
  const list = (language: 'zh' | 'en'): string =>
    agreeing.map(({ text }) => text[language]).join(language === 'zh' ? '；' : '; ');
  return {
    since,
    at: since,
    evidence: {
      text: {
        zh: `${agreeing.length} 项相互独立的异常同时存在：${list('zh')}`,
        en: `${agreeing.length} independent signals agree: ${list('en')}`,
      },
      readings: [],
      values: { signals: agreeing.map(({ rule }) => rule).join(' '), atLeast: context.params.atLeast },
    },
  };
}
