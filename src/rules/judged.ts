import { METRICS, type MetricName } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';
import type { AnyRuleKind, CompiledRule, CompiledRules, Variant } from './compile.ts';
import type { DeviceModel } from './define.ts';
import { looksAt } from './hearers.ts';
import { variantFor } from './instance.ts';
import type { Sign } from './sign.ts';

/** What devices measure for no other purpose than that somebody in need is found by it, and by which sign. */
interface Sense {
  /** What is found by it. */
  readonly title: Text;
  readonly metric: MetricName;
  readonly sign: Sign;
  /** Does a device of this model measure it? */
  readonly isOf: (device: DeviceModel) => boolean;
  /** Of so many devices. */
  readonly unjudged: (devices: number) => Text;
}

const counted = (devices: number, verb: string): string =>
  devices === 1 ? `1 enrolled device ${verb}s` : `${devices} enrolled devices ${verb}`;

export const SENSES: readonly Sense[] = [
  {
    title: { zh: '用水过少', en: 'water that is not used' },
    metric: 'water_index_m3',
    sign: 'missing',
    isOf: ({ metrics }) => metrics.includes('water_index_m3'),
    unjudged: (devices) => ({
      zh: `没有启用的规则从用水过少发现老人可能需要帮助，而已登记 ${devices} 台水表：有人倒下而不再用水时无人知晓`,
      en: `no enabled rule finds a person in need by water that is not used, and ${counted(devices, 'count')} water: somebody may lie there, and nobody is told`,
    }),
  },
  {
    title: { zh: '血压过高', en: 'blood pressure that is too high' },
    metric: 'systolic_mmhg',
    sign: 'high',
    isOf: ({ bloodPressure }) => bloodPressure !== undefined,
    unjudged: (devices) => ({
      zh: `没有启用的规则判断血压是否过高，而已登记 ${devices} 台测血压的设备：血压危象不会通知任何人`,
      en: `no enabled rule looks for a blood pressure that is too high, and ${counted(devices, 'measure')} it: of a crisis nobody is told`,
    }),
  },
];

/** Signs that a kind looks for which does not say; a change over days only where one does. */
export const OTHER_SIGNS: readonly Sign[] = ['more', 'high', 'low', 'told'];

/** The signs by which a rule with these parameters finds something. */
export const signsOf = (kind: AnyRuleKind, params: unknown): readonly Sign[] =>
  kind.seeks?.(params) ?? (kind.inactivity ? ['missing'] : OTHER_SIGNS);

/** Is it judged in that home; absent: in homes in general? */
export const isJudged = (
  { rules }: CompiledRules,
  device: DeviceModel,
  sense: Sense,
  home?: string,
): boolean =>
  rules.some((rule) => judges(rule, home === undefined ? rule.base : variantFor(rule, home), device, sense));

/** The rules by which it is judged in homes in general. */
export const judgesOf = (
  { rules }: CompiledRules,
  device: DeviceModel,
  sense: Sense,
): { readonly rule: CompiledRule; readonly variant: Variant }[] =>
  rules.flatMap((rule) =>
    rule.base && judges(rule, rule.base, device, sense) ? [{ rule, variant: rule.base }] : [],
  );

/**
 * Devices of a home of which no rule judges what they measure, neither here nor in homes in general. What is off in this
 * home alone is not meant: that somebody decided for it, and it is said as such.
 */
export function unjudgedIn<D extends DeviceModel>(
  rules: CompiledRules,
  home: string,
  devices: readonly D[],
): readonly D[] {
  return devices.filter((device) =>
    SENSES.some(
      (sense) =>
        sense.isOf(device) && !isJudged(rules, device, sense) && !isJudged(rules, device, sense, home),
    ),
  );
}

/** Does the rule find somebody in need by that? Leaks and tampering are about the home and the meter; one in shadow tells nobody. */
function judges(
  { kind, shadow }: CompiledRule,
  variant: Variant | undefined,
  device: DeviceModel,
  { metric, sign }: Sense,
): boolean {
  // Most rules read something else: asked first, for it costs next to nothing, and homes are looked at by the thousand.
  if (shadow || variant === undefined || !variant.metrics.has(METRICS[metric].id)) return false;
  const { params } = variant;
  const needed = kind.needs ?? kind.reads(params).metrics ?? [];
  return (
    (kind.aboutFor?.(params) ?? kind.about) === 'person' &&
    needed.includes(metric) &&
    signsOf(kind, params).includes(sign) &&
    looksAt(kind, device, params)
  );
}
