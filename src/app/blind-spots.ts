import type { DeviceModels } from '../devices/match.ts';
import { CALLS_PERHAPS, isCall } from '../model/call-for-help.ts';
import { neverMissedText } from '../model/expected-interval.ts';
import { EVENTS } from '../model/metrics.ts';
import { type NotifyPolicy, untoldPriorities } from '../model/notify-policy.ts';
import type { Device } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { NONE_UNTOLD, type Untold, untoldText } from '../model/untold.ts';
import { findsSilence, isCallOf, isTakenSomewhere } from '../rules/calls.ts';
import { type CompiledRules, compileRules } from '../rules/compile.ts';
import type { DeviceModel } from '../rules/define.ts';
import { isJudged, SENSES } from '../rules/judged.ts';
import { strayOverrides } from '../rules/stray-overrides.ts';
import { homesLeftOut, weakCallSpots } from './call-spots.ts';
import type { Core } from './core.ts';
import { Enrolled } from './enrolled.ts';
import { lateSpots } from './late-spots.ts';
import type { Parts } from './load.ts';
import { unmodelledIn, unmodelledText } from './unmodelled.ts';
import { weakLimits } from './weak-limits.ts';

/** What a configuration without a mistake leaves undone: somebody calls, lies there, or is not heard any more, and nobody is told. */
export interface BlindSpot {
  readonly of: 'rules' | 'notify' | 'registry' | 'devices';
  readonly text: Text;
}

/**
 * Warnings, and no mistakes: somebody may run a part of a town for trial.
 * @param enrolled the devices that are enrolled
 * @param untold homes of which nobody could be told
 */
export function blindSpots(
  rules: CompiledRules,
  enrolled: Enrolled,
  models: DeviceModels,
  policy: NotifyPolicy,
  untold: Untold = NONE_UNTOLD,
): BlindSpot[] {
  return [
    ...modelSpots(enrolled, models),
    ...intervalSpots(enrolled),
    ...ruleSpots(rules, enrolled, models),
    ...policySpots(policy),
    ...untoldSpots(untold),
  ];
}

function modelSpots(enrolled: Enrolled, models: DeviceModels): BlindSpot[] {
  const missing = [...enrolled.counts].filter(([name]) => !models.get(name));
  const text = unmodelledText(new Map(missing));
  return text ? [{ of: 'devices', text }] : [];
}

/** New ones are refused; these stand there from before, or their model says so. */
const intervalSpots = ({ neverMissed }: Enrolled): BlindSpot[] =>
  neverMissed.length === 0 ? [] : [{ of: 'devices', text: neverMissedText(neverMissed) }];

function ruleSpots(rules: CompiledRules, enrolled: Enrolled, models: DeviceModels): BlindSpot[] {
  const spots: BlindSpot[] = [];
  let devices = 0;
  for (const count of enrolled.counts.values()) devices += count;
  for (const call of CALLS_PERHAPS) {
    let dumb = 0;
    const weak = new Map<string, Text>();
    for (const [name, count] of enrolled.counts) {
      const model = modelIn(models, name);
      if (!model?.events.includes(call) || !isCallOf(model, call)) continue;
      if (!isTakenSomewhere(rules, model, call)) dumb += count;
      if (isCall(call)) for (const text of weakCallSpots(rules, model, call)) weak.set(text.en, text);
    }
    for (const text of weak.values()) spots.push({ of: 'rules', text });
    if (dumb === 0) continue;
    const { zh, en } = EVENTS[call].title;
    const text = {
      zh: `没有启用的规则处理“${zh}”（${call}），而已登记 ${dumb} 台会报此事件的设备：有人求助时只开 P2 事项，不按规则的级别通知`,
      en: `no enabled rule takes ${en} (${call}), which ${dumb} enrolled devices can send: who calls has a P2, and no rule that says more`,
    };
    spots.push({ of: 'rules', text });
  }
  if (devices > 0 && !findsSilence(rules)) {
    const text = {
      zh: `没有启用的静默规则（silence），而已登记 ${devices} 台设备：设备失联时无人知晓`,
      en: `no enabled rule finds a silent device (silence), and ${devices} devices are enrolled: one that fails is not missed`,
    };
    spots.push({ of: 'rules', text });
  }
  spots.push(...unjudgedSpots(rules, enrolled, models));
  for (const text of weakLimits(rules, enrolled, (name) => modelIn(models, name)))
    spots.push({ of: 'rules', text });
  const modelsAt = [...enrolled.modelsAt].map(
    ([home, counts]) => [home, [...counts.keys()].flatMap((name) => modelIn(models, name) ?? [])] as const,
  );
  for (const text of homesLeftOut(rules, new Map(modelsAt))) spots.push({ of: 'rules', text });
  return spots;
}

/** Devices that measure for nothing: of what they say no rule finds that somebody is in need. */
function unjudgedSpots(rules: CompiledRules, enrolled: Enrolled, models: DeviceModels): BlindSpot[] {
  return SENSES.flatMap((sense) => {
    let count = 0;
    for (const [name, devices] of enrolled.counts) {
      const model = modelIn(models, name);
      if (!model || !sense.isOf(model) || isJudged(rules, model, sense)) continue;
      count += devices;
      for (const [home, here] of enrolled.modelsAt)
        if (here.has(name) && isJudged(rules, model, sense, home)) count -= here.get(name) ?? 0;
    }
    return count === 0 ? [] : [{ of: 'rules' as const, text: sense.unjudged(count) }];
  });
}

/** What rules see of a model. */
function modelIn(models: DeviceModels, name: string): DeviceModel | undefined {
  const model = models.get(name);
  return model && { ...model, bloodPressure: model.bloodPressure };
}

function policySpots(policy: NotifyPolicy): BlindSpot[] {
  const late = lateSpots(policy).map((text) => ({ of: 'notify', text }) as const);
  const untold = untoldPriorities(policy);
  if (untold.length === 0) return late;
  const grave = untold.filter((priority) => priority === 'P1' || priority === 'P2');
  const milder = untold.filter((priority) => priority !== 'P1' && priority !== 'P2');
  const rest = [
    ...(grave.length > 0
      ? [
          {
            zh: `${grave.join('、')} 只剩后备（fallback）`,
            en: `of ${grave.join(', ')} only the fallback hears`,
          },
        ]
      : []),
    ...(milder.length > 0
      ? [{ zh: `${milder.join('、')} 无人得知`, en: `of ${milder.join(', ')} nobody hears` }]
      : []),
  ];
  const { zh, en } = listed(rest);
  const text = {
    zh: `安全事项在 routes 与 escalation 中都没有写明通知谁：${zh}`,
    en: `neither routes nor escalation name anybody for safety cases: ${en}`,
  };
  return [{ of: 'notify', text }, ...late];
}

const untoldSpots = (untold: Untold): BlindSpot[] =>
  untold.homes === 0 ? [] : [{ of: 'registry', text: untoldText(untold) }];

export const NO_BLIND_SPOT: Text = {
  zh: '呼救、跌倒、用水、血压与静默均有规则处理，各级安全事项与每户均有人可通知',
  en: 'SOS, falls, water, blood pressure and silence have their rules, and of each priority of safety and each home somebody can be told',
};

/** Sentences side by side. */
export const listed = (texts: readonly Text[]): Text => ({
  zh: texts.map(({ zh }) => zh).join('；'),
  en: texts.map(({ en }) => en).join('; '),
});

/** Of the files, for commands that look while nothing runs; undefined where the rule file cannot be read. */
export function blindSpotsOfFiles(
  {
    ruleSet,
    kinds,
    models,
    policy,
  }: Pick<Parts, 'kinds' | 'models' | 'policy'> & Partial<Pick<Parts, 'ruleSet'>>,
  devices: Iterable<Pick<Device, 'id' | 'model' | 'home' | 'disabled' | 'expectedIntervalMs'>>,
  untold: Untold,
): BlindSpot[] | undefined {
  const compiled = ruleSet && compileRules(ruleSet, kinds);
  if (!compiled?.ok) return undefined;
  const enrolled = new Enrolled(compiled.value);
  for (const { id, model, home, disabled, expectedIntervalMs } of devices) {
    if (disabled) continue;
    enrolled.add(model, home);
    enrolled.expect(id, expectedIntervalMs ?? models.get(model)?.expectedIntervalMs);
  }
  return blindSpots(compiled.value, enrolled, models, policy, untold);
}

interface Looked {
  readonly revision: number;
  readonly rules: CompiledRules;
  readonly policy: NotifyPolicy;
  readonly untold: Untold;
  readonly spots: readonly BlindSpot[];
}
const looked = new WeakMap<Core, Looked>();

/** Of the running service. Whoever asks for its health does so every few seconds: homes are counted only after a change. */
export function blindSpotsOf(core: Core, untold: Untold = NONE_UNTOLD): readonly BlindSpot[] {
  const { rules, policy, registry } = core;
  const { revision } = registry;
  const before = looked.get(core);
  const isSame =
    before?.revision === revision &&
    before.rules === rules &&
    before.policy === policy &&
    before.untold === untold;
  if (isSame) return before.spots;
  const enrolled = new Enrolled(rules);
  for (const { id, devices } of core.subjects.values())
    for (const device of devices) {
      enrolled.add(device.model, id);
      enrolled.expect(device.id, device.intervalMs);
    }
  for (const [model, count] of unmodelledIn(core)) enrolled.counts.set(model, count);
  const stray = strayOverrides(core.ruleSet, (home) => registry.home(home) !== undefined);
  const spots = [
    ...blindSpots(rules, enrolled, core.models, policy, untold),
    ...(stray ? [{ of: 'rules', text: stray } as const] : []),
  ];
  looked.set(core, { revision, rules, policy, untold, spots });
  return spots;
}
