import type { DeviceDefinition } from '../devices/define.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import type { RuleSet } from '../model/rule-set.ts';
import type { Text } from '../model/text.ts';
import type { AnyRuleKind, RuleKinds } from '../rules/compile.ts';
import type { Signals } from '../rules/define.ts';
import { signsOf } from '../rules/judged.ts';
import type { Sign } from '../rules/sign.ts';
import type { Incident, Reads, SeenIn } from './truth.ts';

/**
 * Why a rule cannot see an incident: it looks for something else than such an incident shows, or nothing in that home
 * measures it. What it cannot see it has not missed.
 */
export const BLIND_REASONS = {
  'other-signs': { zh: '该规则看的不是这类事件的迹象', en: 'the rule looks for other signs than these' },
  'no-device': { zh: '该住户没有相应的设备', en: 'nothing in that home measures it' },
} as const satisfies Record<string, Text>;
export type BlindReason = keyof typeof BLIND_REASONS;

/**
 * @param measured what the devices of its home measure, or the one that it happened to; undefined: nobody knows
 * @param device the model of that one
 */
export type Sight = (
  incident: Pick<Incident, 'seenIn' | 'about'>,
  measured: Reads,
  device?: DeviceDefinition,
) => BlindReason | undefined;

/** What each rule of a set can see. */
export function sightsOf({ rules }: RuleSet, kinds: RuleKinds): ReadonlyMap<string, Sight> {
  const sights = new Map<string, Sight>();
  // What is off finds nothing, and no rule over others can rest on it.
  const on = new Map<string, Sight>();
  const over: [string, Signals][] = [];
  for (const { id, kind: name, params, enabled } of rules) {
    const kind = kinds.get(name);
    const parsed = kind?.params.safeParse(params);
    if (!kind || !parsed?.success) continue;
    const restsOn = kind.restsOn?.(parsed.data);
    if (restsOn) {
      over.push([id, restsOn]);
      continue;
    }
    const sight = sightOf(kind, parsed.data);
    sights.set(id, sight);
    if (enabled) on.set(id, sight);
  }
  for (const [id, signals] of over) sights.set(id, sightOver(signals, on));
  return sights;
}

function sightOf(kind: AnyRuleKind, params: unknown): Sight {
  const { any, metrics = [], events = [] } = kind.reads(params);
  const seeks = new Set<Sign>(signsOf(kind, params));
  const sight = sightFrom(any ? undefined : new Set([...metrics, ...events]), seeks, kind.needs);
  // What looks at many homes at once is not meant for a single device that fails, though it may find it.
  if (kind.scope === 'area')
    return (incident, measured) => (incident.about === 'device' ? 'other-signs' : sight(incident, measured));
  // What looks at no reading of a home (at its visits, or that it has no device) sees nothing happen in it.
  if (!any && metrics.length + events.length === 0) return () => 'other-signs';
  // A rule on the batteries of bands has not missed that of a meter.
  return (incident, measured, device) =>
    device && kind.hears?.({ ...device, bloodPressure: device.bloodPressure }, params) === false
      ? 'other-signs'
      : sight(incident, measured);
}

/** What each rule of a set looks at; of one that looks at everything it cannot be said, nor of a rule over others. */
export function looksAtOf({ rules }: RuleSet, kinds: RuleKinds): (rule: string) => Reads {
  const reads = new Map<string, Reads>();
  for (const { id, kind: name, params } of rules) {
    const kind = kinds.get(name);
    const parsed = kind?.params.safeParse(params);
    if (!kind || !parsed?.success || kind.restsOn) continue;
    const { any, metrics = [], events = [] } = kind.reads(parsed.data);
    if (!any) reads.set(id, new Set([...metrics, ...events]));
  }
  return (rule) => reads.get(rule);
}

/**
 * Without what nothing of a rule can come true: what it needs, or else what it reads. Undefined: of one that looks at everything,
 * at other rules or at no reading it cannot be said.
 */
function restsOnOf({ kind: name, params }: RuleSet['rules'][number], kinds: RuleKinds): Reads {
  const kind = kinds.get(name);
  const parsed = kind?.params.safeParse(params);
  if (!kind || !parsed?.success || kind.restsOn) return undefined;
  const { any, metrics = [], events = [] } = kind.reads(parsed.data);
  if (any) return undefined;
  const names = kind.needs ?? [...metrics, ...events];
  return names.length > 0 ? new Set(names) : undefined;
}

/** What one rule rests on: what it reads, and how far its readings may lie apart. */
export interface Foothold {
  readonly reads: Reads;
  readonly readEveryMs: number;
}

/** What has to hang in a home before a rule can find anything there: so many of the lists, of each one of these. */
export interface Footing {
  readonly lists: readonly (readonly Foothold[])[];
  readonly atLeast: number;
}

/** Of a rule over others: what enough of those rest on that are on anywhere. */
export function footingOf(rule: RuleSet['rules'][number], ruleSet: RuleSet, kinds: RuleKinds): Footing {
  const kind = kinds.get(rule.kind);
  const parsed = kind?.params.safeParse(rule.params);
  const signals = parsed?.success ? kind?.restsOn?.(parsed.data) : undefined;
  if (!signals) return { lists: [[footholdOf(rule, kinds)]], atLeast: 1 };
  const isOn = ({ id, enabled }: RuleSet['rules'][number]): boolean =>
    enabled || ruleSet.overrides.some((override) => override.rule === id && override.enabled === true);
  const on = new Map(ruleSet.rules.filter(isOn).map((each) => [each.id, each]));
  const lists = signals.lists.map((ids) =>
    ids.flatMap((id) => {
      const found = on.get(id);
      return found ? [footholdOf(found, kinds)] : [];
    }),
  );
  return { lists, atLeast: signals.atLeast };
}

function footholdOf(rule: RuleSet['rules'][number], kinds: RuleKinds): Foothold {
  const kind = kinds.get(rule.kind);
  const parsed = kind?.params.safeParse(rule.params);
  const readEveryMs = (parsed?.success && kind?.readEveryMs?.(parsed.data)) || Number.POSITIVE_INFINITY;
  return { reads: restsOnOf(rule, kinds), readEveryMs };
}

/** @param reads undefined: everything @param needs one of them must hang in the home */
export function sightFrom(
  reads: Reads,
  seeks?: ReadonlySet<Sign>,
  needs?: readonly (MetricName | EventName)[],
): Sight {
  const here = (names: Iterable<MetricName | EventName>, measured: Reads): boolean => {
    if (!measured) return true;
    for (const name of names) if (measured.has(name)) return true;
    return false;
  };
  return ({ seenIn }, measured) => {
    // Nobody knows how a kind of somebody's own shows: in anything that the rule reads.
    const named = seenIn ? shownIn(seenIn, reads, seeks) : [...(reads ?? [])];
    if (named === 'silence') return undefined;
    if (seenIn && named.length === 0) return 'other-signs';
    if (needs && !here(needs, measured)) return 'no-device';
    return named.length === 0 || here(named, measured) ? undefined : 'no-device';
  };
}

/** In what of all this it shows that the rule reads, and looks at for such a sign. */
function shownIn(
  seenIn: SeenIn,
  reads: Reads,
  seeks: ReadonlySet<Sign> | undefined,
): 'silence' | (MetricName | EventName)[] {
  const named: (MetricName | EventName)[] = [];
  for (const [name, sign] of seenIn) {
    if (seeks && !seeks.has(sign)) continue;
    if (name !== 'any') {
      if (!reads || reads.has(name)) named.push(name);
    } else if (seeks || !reads) return 'silence';
  }
  return named;
}

/** A rule over other rules sees what enough of them see. */
function sightOver({ lists, atLeast }: Signals, sights: ReadonlyMap<string, Sight>): Sight {
  return (incident, measured) => {
    let [seen, elsewhere] = [0, 0];
    for (const list of lists) {
      const found = list.flatMap((id) => {
        const sight = sights.get(id);
        return sight ? [sight(incident, measured) ?? 'sees'] : [];
      });
      if (found.includes('sees')) seen++;
      else if (found.includes('no-device')) elsewhere++;
    }
    if (seen >= atLeast) return undefined;
    return seen + elsewhere >= atLeast ? 'no-device' : 'other-signs';
  };
}
