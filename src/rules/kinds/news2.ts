import { z } from 'zod';
import { MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { METRICS } from '../../model/metrics.ts';
import { NEWS2_METRICS, type News2, type News2Metric, news2 } from '../../model/news2.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { personOf } from '../person-of-device.ts';
import { noClaimAt } from '../vital-claim.ts';

const params = z.strictObject({
  atLeast: z.number().int().min(1).max(20).default(5).meta({
    title: 'Noted from a score of',
    description: 'or where one part alone gives three points',
  }),
  freshMinutes: z.number().min(5).max(720).default(60).meta({
    title: 'All parts measured within',
    unit: 'min',
    description: 'with one part missing or older there is no score',
  }),
  scale2: z
    .boolean()
    .default(false)
    .meta({ title: 'Oxygen scale 2', description: "COPD with a target of 88 to 92 %, on a doctor's word" }),
  oxygen: z.boolean().default(false).meta({ title: 'Breathes supplied oxygen' }),
});
type Params = z.output<typeof params>;

interface Part {
  readonly value: number;
  readonly at: number;
  readonly receivedAt: number;
  readonly device: string;
}
/** The newest value of each part, by person. */
type State = Record<string, Partial<Record<News2Metric, Part>>>;

const isPart = (metric: string): metric is News2Metric =>
  (NEWS2_METRICS as readonly string[]).includes(metric);

/** The early warning score as a note for people who know the person. It never wakes anybody. */
export default defineRule<Params, State>({
  kind: 'news2',
  title: { zh: '早期预警评分（参考）', en: 'Early warning score (reference)' },
  summary: {
    zh: '呼吸、血氧、收缩压、脉搏、体温都在一小时内测得时计算 NEWS2；缺任何一项都不计算。该评分为医院设计，未经手环与居家验证，仅作四级提示供参考。意识无法测量，按清醒计。',
    en: 'Computes NEWS2 where respiration, oxygen, systolic pressure, pulse and temperature were all measured within an hour; with one missing there is no score. Made for hospitals and not validated for wristbands at home: a P4 note, for reference. Consciousness cannot be measured and counts as alert.',
  },
  about: 'person',
  priority: 'P4',
  scope: 'home',
  vitals: true,
  params,
  reads: () => ({ metrics: NEWS2_METRICS }),
  lacks: ({ devices }) =>
    NEWS2_METRICS.every((part) => devices.some(({ metrics }) => metrics.includes(part)))
      ? undefined
      : 'no-device',
  onReport(context, report) {
    const { device } = context;
    if (!device) return;
    const name = personOf(device, context.devices);
    let parts = context.state?.[name];
    for (const { metric, value, at } of report.readings) {
      if (!isPart(metric) || noClaimAt(device.state, at) || at < (parts?.[metric]?.at ?? 0)) continue;
      parts = { ...parts, [metric]: { value, at, receivedAt: report.receivedAt, device: device.state.id } };
    }
    if (!parts || parts === context.state?.[name]) return;
    context.state = { ...context.state, [name]: parts };
    judge(context);
  },
  milder: 'clinical',
  examples: [
    {
      name: 'all parts fresh and far from normal are a note, and no more than that',
      model: 'wristband',
      inputs: [
        { at: 1, values: { respiration_per_min: 22, spo2_pct: 93, pulse_bpm: 115 } },
        { at: 1.2, values: { systolic_mmhg: 120, body_temperature_c: 38.4 } },
      ],
      until: 2,
      expect: [{ raised: 1.2, since: 1.2, priority: 'P4' }],
    },
    {
      name: 'it ends when the score is low again',
      model: 'wristband',
      inputs: [
        { at: 1, values: { respiration_per_min: 26, spo2_pct: 97, pulse_bpm: 80 } },
        { at: 1.2, values: { systolic_mmhg: 120, body_temperature_c: 36.8 } },
        { at: 1.5, values: { respiration_per_min: 16 } },
      ],
      until: 2,
      expect: [{ raised: 1.2, cleared: 1.5, reason: 'recovered' }],
    },
    {
      name: 'must not fire: without the temperature there is no score',
      model: 'wristband',
      inputs: [
        { at: 1, values: { respiration_per_min: 26, spo2_pct: 90, pulse_bpm: 135, systolic_mmhg: 85 } },
      ],
      until: 2,
      expect: [],
    },
    {
      name: 'must not fire: a temperature of two hours ago is no part of it',
      model: 'wristband',
      inputs: [
        { at: 1, values: { body_temperature_c: 39.5 } },
        { at: 3, values: { respiration_per_min: 26, spo2_pct: 90, pulse_bpm: 135, systolic_mmhg: 85 } },
      ],
      until: 4,
      expect: [],
    },
  ],
});

/** Where no score can be told, an open note stays as it is: nobody knows. */
function judge(context: RuleContext<Params, State>): void {
  const { params: limits } = context;
  const people = Object.values(context.state ?? {}).map((parts) => ({
    parts,
    result: scoreOf(parts, limits),
  }));
  const scored = people.filter(({ result }) => 'score' in result) as {
    parts: Partial<Record<News2Metric, Part>>;
    result: Extract<News2, { score: number }>;
  }[];
  const [worst] = [...scored].sort((a, b) => b.result.score - a.result.score);
  if (!worst) return;
  const { score, single3 } = worst.result;
  if (score >= limits.atLeast || single3) context.raise(finding(context, worst.parts, worst.result));
  else context.clear(context.late ? 'late-data' : 'recovered');
}

function scoreOf(parts: Partial<Record<News2Metric, Part>>, limits: Params): News2 {
  const newest = newestOf(parts);
  const fresh = NEWS2_METRICS.flatMap((metric) => {
    const part = parts[metric];
    return part && newest - part.at <= limits.freshMinutes * MINUTE ? [[metric, part.value] as const] : [];
  });
  return news2(Object.fromEntries(fresh), limits);
}

const newestOf = (parts: Partial<Record<News2Metric, Part>>): number =>
  Math.max(...Object.values(parts).map(({ at }) => at));

function finding(
  context: RuleContext<Params, State>,
  parts: Partial<Record<News2Metric, Part>>,
  { score, points }: Extract<News2, { score: number }>,
): Finding {
  const at = newestOf(parts);
  const when = shortLocal(at, context.timeZone);
  const named = (language: 'zh' | 'en', open: string, close: string): string[] =>
    NEWS2_METRICS.map(
      (metric) =>
        `${METRICS[metric].title[language]} ${parts[metric]?.value}${open}${points[metric]}${close}`,
    );
  return {
    since: at,
    at,
    evidence: {
      text: {
        zh: `${when} NEWS2 参考评分 ${score}：${named('zh', '（', '）').join('，')}；意识按清醒计。仅供参考，请结合老人情况判断`,
        en: `NEWS2 ${score} for reference at ${when}: ${named('en', ' (', ')').join(', ')}; consciousness taken as alert. Judge it together with what you know of the person`,
      },
      readings: NEWS2_METRICS.flatMap((metric) => {
        const part = parts[metric];
        return part
          ? [{ metric, device: part.device, value: part.value, at: part.at, receivedAt: part.receivedAt }]
          : [];
      }),
      freshnessMs: Math.max(0, context.now - at),
      values: { score, ...points },
    },
  };
}
