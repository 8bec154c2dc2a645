import { CALLS, CALLS_PERHAPS, type Call, type CallPerhaps, isCall } from '../model/call-for-help.ts';
import type { Gate } from '../model/gates.ts';
import type { IdSet } from '../model/id-set.ts';
import { EVENTS, type EventName, eventIdsOf } from '../model/metrics.ts';
import type { CompiledRule, CompiledRules, Variant } from './compile.ts';
import type { DeviceModel, Finding } from './define.ts';
import { closedGate } from './gates.ts';
import { looksAt } from './hearers.ts';
import { type RuleDevice, type RuleSubject, variantFor } from './instance.ts';
import { signsOf } from './judged.ts';

/** A call for help that a rule has found, and that its gate keeps back: the person waits while nobody hears. */
export interface HeldCall {
  readonly device: string;
  readonly call: CallPerhaps;
  /** Id of the rule. */
  readonly rule: string;
  readonly gate: Gate;
}

/** The call for help that a finding tells of; undefined for any other, and where it would alert nobody anyhow. */
export function callIn({ kind, shadow }: CompiledRule, { about, evidence }: Finding): Call | undefined {
  const { event } = evidence.values;
  if (event === undefined || shadow || (about ?? kind.about) === 'device') return undefined;
  return CALLS.find((call) => call === event);
}

const CALL_IDS = eventIdsOf(CALLS_PERHAPS);

const NONE: readonly CallPerhaps[] = [];

/** Whether this event of the device is a call, or may be one: an alarm without a kind is, of something that is worn. */
export const isCallOf = ({ events }: DeviceModel, event: EventName): event is CallPerhaps =>
  isCall(event) || (event === 'general_alarm' && events.some(isCall));

/**
 * The calls of a report that no rule tells anybody of in this home.
 * @param events of the report
 */
export function callsWithoutRule(
  { rules }: CompiledRules,
  home: string,
  device: DeviceModel,
  events: IdSet,
): readonly CallPerhaps[] {
  if (!events.meets(CALL_IDS)) return NONE;
  return CALLS_PERHAPS.filter(
    (call) =>
      events.has(EVENTS[call].id) &&
      isCallOf(device, call) &&
      !rules.some((rule) => takes(rule, variantFor(rule, home), device, call)),
  );
}

/**
 * The calls that nobody hears of because this rule has failed.
 *
 * @param events of the report at hand
 * @param waited what it remembered, where a call waited in it that it cannot tell any more: those that are named there, all that it
 * takes if none is
 */
export function callsLost(
  rule: CompiledRule,
  variant: Variant,
  device: RuleDevice,
  events: IdSet | undefined,
  waited: string | undefined,
): readonly HeldCall[] {
  if (!events && waited === undefined) return [];
  const taken = CALLS_PERHAPS.filter((call) => isCallOf(device, call) && takes(rule, variant, device, call));
  const named = taken.filter((call) => waited?.includes(`"${call}"`));
  const waiting = waited === undefined || named.length > 0 ? named : taken;
  const lost = taken.filter((call) => waiting.includes(call) || events?.has(EVENTS[call].id));
  return lost.map((call) => ({ device: device.id, call, rule: rule.id, gate: 'failed' }));
}

/**
 * Would people hear of this call of the device, came it now: does a rule take it here, and no gate keep it back?
 * @param now by our clock
 * @param without rules that have just failed on it, by their ids
 */
export const isHeardNow = (
  { rules }: CompiledRules,
  subject: RuleSubject,
  device: RuleDevice,
  call: CallPerhaps,
  now: number,
  without: readonly string[] = [],
): boolean =>
  rules.some(
    (rule) =>
      takes(rule, variantFor(rule, subject.home), device, call) &&
      !without.includes(rule.id) &&
      closedGate(rule, subject, [device], { at: now }, now) === undefined,
  );

/** Is there a rule that tells of this call of such a device, in homes in general or in some? */
export const isTakenSomewhere = ({ rules }: CompiledRules, device: DeviceModel, call: CallPerhaps): boolean =>
  rules.some((rule) => variantsOf(rule).some((variant) => takes(rule, variant, device, call)));

/** A rule that tells of a call, and what holds of it there. */
export interface Taker {
  readonly rule: CompiledRule;
  readonly variant: Variant;
}

/** The rules that tell of this call of such a device, in that home; absent: in homes in general. */
export const takersOf = ({ rules }: CompiledRules, device: DeviceModel, call: Call, home?: string): Taker[] =>
  rules.flatMap((rule) => {
    const variant = home === undefined ? rule.base : variantFor(rule, home);
    return variant && takes(rule, variant, device, call) ? [{ rule, variant }] : [];
  });

/** Is there a rule that tells of a device which says nothing, in that home; absent: in homes in general or in some? */
export const findsSilence = ({ rules }: CompiledRules, home?: string): boolean =>
  rules.some(
    (rule) =>
      rule.kind.deadline !== undefined &&
      !rule.shadow &&
      (home === undefined ? variantsOf(rule) : [variantFor(rule, home)]).some(
        (variant) => variant && signsOf(rule.kind, variant.params).includes('silence'),
      ),
  );

const variantsOf = ({ base, overrides }: CompiledRule): (Variant | undefined)[] => [
  base,
  ...overrides.values(),
];

/** A rule that counts falls for whoever looks after the band takes no call, nor does one in shadow. */
function takes(
  { kind, shadow }: CompiledRule,
  variant: Variant | undefined,
  device: DeviceModel,
  call: CallPerhaps,
): boolean {
  if (shadow || variant === undefined || !variant.events.has(EVENTS[call].id)) return false;
  const about = kind.aboutFor?.(variant.params) ?? kind.about;
  return about !== 'device' && looksAt(kind, device, variant.params);
}
