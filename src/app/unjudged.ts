import { MINUTE, SECOND } from '../lib/clock.ts';
import { CALLS } from '../model/call-for-help.ts';
import { EVENTS } from '../model/metrics.ts';
import { covers } from '../model/paths.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import { isSilenceActive } from '../model/silence.ts';
import type { Text } from '../model/text.ts';
import { findsSilence, takersOf } from '../rules/calls.ts';
import type { CompiledRules } from '../rules/compile.ts';
import type { DeviceModel } from '../rules/define.ts';
import type { AlertDraft } from '../rules/instance.ts';
import { isJudged, SENSES } from '../rules/judged.ts';
import type { Core } from './core.ts';

/** Something by which it is found that somebody is in need, where a home has a device for it. */
interface Need {
  readonly name: string;
  readonly title: Text;
  readonly isOf: (device: DeviceModel) => boolean;
  /** Does a rule find it, in that home; absent: in homes in general? */
  readonly isFound: (rules: CompiledRules, device: DeviceModel, home?: string) => boolean;
}

const NEEDS: readonly Need[] = [
  ...CALLS.map((call) => ({
    name: call,
    title: EVENTS[call].title,
    isOf: ({ events }: DeviceModel) => events.includes(call),
    isFound: (rules: CompiledRules, device: DeviceModel, home?: string) =>
      takersOf(rules, device, call, home).length > 0,
  })),
  ...SENSES.map((sense) => ({
    name: sense.metric,
    title: sense.title,
    isOf: sense.isOf,
    isFound: (rules: CompiledRules, device: DeviceModel, home?: string) =>
      isJudged(rules, device, sense, home),
  })),
  {
    name: 'silence',
    title: { zh: '设备失联', en: 'a silent device' },
    isOf: () => true,
    isFound: (rules, _device, home) => findsSilence(rules, home),
  },
];

/** What no rule finds, and in how many homes. */
export type Unjudged = ReadonlyMap<Need, number>;

/** A registry that is being imported changes a thousand times, and homes are counted once; in milliseconds of the wall. */
const SETTLES_MS = SECOND;
/** While a registry changes, at most one part in so many of the time is spent on counting. */
const SHARE = 50;

/** People change one rule after the other: what is put right in this time is no case. */
const BEGINS_MS = MINUTE;

interface Looked {
  readonly rules: CompiledRules;
  readonly revision: number;
  readonly trials: string;
  readonly at: number;
  readonly tookMs: number;
  readonly unjudged: Unjudged;
  /** Since when there has been something without a break; undefined: there is nothing. */
  readonly since: number | undefined;
}
const looked = new WeakMap<Core, Looked>();

/**
 * What is measured or pressed in homes, and no rule would find; undefined: all of it is judged. Whoever tries something is not meant:
 * a rule in shadow, a site on trial, or a single home that somebody has made an exception for, with a name and a reason.
 */
export function unjudgedFact(
  core: Core,
  open: AlertDraft | undefined,
  now: number,
  speed = 1,
): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
  const { unjudged, since } = unjudgedNow(core, now, speed);
  if (since === undefined || (!open && now - since < BEGINS_MS)) return undefined;
  const names = [...unjudged.keys()].map(({ name }) => name);
  // What is left of what was told is no news.
  const told = String(open?.evidence.values['key'] ?? '');
  const key = names.every((name) => told.split(' ').includes(name)) ? told : names.join(' ');
  const all = [...unjudged];
  const values = {
    whatZh: all.map(([{ title }, homes]) => `${title.zh}（${homes} 户）`).join('、'),
    whatEn: all.map(([{ title }, homes]) => `${title.en} (${counted(homes)})`).join(', '),
    key,
  };
  return { since, values };
}

const counted = (homes: number): string => (homes === 1 ? '1 home' : `${homes} homes`);

/** It is asked for several times a second: homes are counted when rules, registry or trials have changed. */
function unjudgedNow(core: Core, now: number, speed: number): Looked {
  const { rules, registry } = core;
  const nodes = trialsOf(core, now);
  const trials = nodes.join();
  const before = looked.get(core);
  if (before && before.rules === rules && before.trials === trials) {
    const atLeast = Math.max(SETTLES_MS, before.tookMs * SHARE) * speed;
    const ago = now - before.at;
    if (before.revision === registry.revision || (ago >= 0 && ago < atLeast)) return before;
  }
  const startedAt = performance.now();
  const unjudged = countedIn(core, nodes);
  const tookMs = performance.now() - startedAt;
  const since = unjudged.size === 0 ? undefined : (before?.since ?? now);
  const fresh = { rules, revision: registry.revision, trials, at: now, tookMs, unjudged, since };
  looked.set(core, fresh);
  return fresh;
}

/** The nodes of sites on trial, whose alerts are told to nobody but their testers. */
const trialsOf = ({ service }: Core, now: number): string[] =>
  service.silences.flatMap((one) =>
    one.mode === 'log-only' && one.node !== undefined && isSilenceActive(one, now) ? [one.node] : [],
  );

function countedIn(core: Core, trials: readonly string[]): Unjudged {
  const rules = asIfLive(core.rules);
  const missing = new Map<string, readonly Need[]>();
  const missingOf = (device: DeviceModel): readonly Need[] => {
    let needs = missing.get(device.model);
    if (!needs) {
      needs = NEEDS.filter((need) => need.isOf(device) && !need.isFound(rules, device));
      missing.set(device.model, needs);
    }
    return needs;
  };
  const homes = new Map<Need, number>();
  for (const subject of core.subjects.values()) {
    const here = subject.devices.flatMap((device) =>
      missingOf(device).filter((need) => !need.isFound(rules, device, subject.id)),
    );
    // Most homes miss nothing: their place is not looked up.
    if (here.length === 0 || trials.some((node) => covers(node, subject.path))) continue;
    for (const need of new Set(here)) homes.set(need, (homes.get(need) ?? 0) + 1);
  }
  // In one order, whichever home came first.
  return new Map(NEEDS.flatMap((need) => (homes.has(need) ? [[need, homes.get(need) ?? 0] as const] : [])));
}

/** As if rules in shadow told people: somebody tries them, and knows that they do not. */
const asIfLive = (rules: CompiledRules): CompiledRules => ({
  ...rules,
  rules: rules.rules.map((rule) => (rule.shadow ? { ...rule, shadow: false } : rule)),
});
