import type { Priority } from '../model/alert.ts';
import { CALLS, type Call } from '../model/call-for-help.ts';
import { EVENTS } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';
import { findsSilence, type Taker, takersOf } from '../rules/calls.ts';
import type { CompiledRules } from '../rules/compile.ts';
import type { DeviceModel } from '../rules/define.ts';
import { isAlwaysOpen } from '../rules/gates.ts';

/** Beyond this a call for help waits longer than somebody who is well needs to say so, in seconds. */
const WAIT_S_MAX = 120;
const HOMES_NAMED_MAX = 5;

/**
 * Rules that take the calls of a device model in homes in general, and yet let one wait, or keep it to a list. Warnings:
 * two rules may share a day, and who tries a part of a town may want it so.
 */
export function weakCallSpots(rules: CompiledRules, device: DeviceModel, call: Call): Text[] {
  const takers = takersOf(rules, device, call);
  if (takers.length === 0) return [];
  return [heldSpot, mildSpot, waitingSpot].flatMap((look) => look(takers, device, call) ?? []);
}

function heldSpot(takers: readonly Taker[], device: DeviceModel, call: Call): Text | undefined {
  if (isAlwaysOpen(takers, device)) return undefined;
  const { zh, en, ids } = names(takers, call);
  return {
    zh: `规则 ${ids} 的 hours、arming 或 whileAway 会扣下${zh}：届时只开 P2 事项`,
    en: `hours, arming or whileAway of ${ids} keep ${en} back at times: whoever calls then has no more than a P2`,
  };
}

function mildSpot(takers: readonly Taker[], _device: DeviceModel, call: Call): Text | undefined {
  const priorities = takers.map(({ variant }) => variant.priority).sort();
  const [gravest] = priorities as [Priority, ...Priority[]];
  if (gravest === 'P1' || gravest === 'P2') return undefined;
  const { zh, en, ids } = names(takers, call);
  return {
    zh: `规则 ${ids} 把${zh}只列为 ${gravest}：不会立即叫人`,
    en: `${ids} raises ${en} as no more than ${gravest}: nobody is called at once`,
  };
}

function waitingSpot(takers: readonly Taker[], _device: DeviceModel, call: Call): Text | undefined {
  const late = takers.filter(({ rule, variant }) => {
    const { by, withinS = 0 } = rule.kind.cancelled?.(variant.params) ?? {};
    return (by !== undefined && by !== OWN_WORD[call]) || withinS > WAIT_S_MAX;
  });
  const [first] = late;
  if (!first || late.length < takers.length) return undefined;
  const { by, withinS = 0 } = first.rule.kind.cancelled?.(first.variant.params) ?? {};
  const { zh, en, ids } = names(late, call);
  const word = by === undefined ? { zh: '佩戴者', en: 'the wearer' } : { zh: by, en: by };
  return {
    zh: `规则 ${ids} 先等 ${withinS} 秒，且可被 ${word.zh} 取消，才通知${zh}`,
    en: `${ids} waits ${withinS} s before it tells of ${en}, and ${word.en} takes it back`,
  };
}

/** By which the wearer says that all is well. */
const OWN_WORD: Readonly<Record<Call, string | undefined>> = { sos: undefined, fall: 'fall_cancelled' };

function names(takers: readonly Taker[], call: Call): { zh: string; en: string; ids: string } {
  const { zh, en } = EVENTS[call].title;
  return {
    zh: `“${zh}”（${call}）`,
    en: `${en} (${call})`,
    ids: takers.map(({ rule }) => rule.id).join(', '),
  };
}

/**
 * Homes in which an exception or a plan switches off what takes the calls of their devices, or misses their silence,
 * though it is on elsewhere.
 * @param modelsAt the models of the devices of such a home
 */
export function homesLeftOut(
  rules: CompiledRules,
  modelsAt: ReadonlyMap<string, readonly DeviceModel[]>,
): Text[] {
  const left = (call: Call, home: string, models: readonly DeviceModel[]): boolean =>
    models.some(
      (model) =>
        model.events.includes(call) &&
        takersOf(rules, model, call).length > 0 &&
        takersOf(rules, model, call, home).length === 0,
    );
  const homesOf = (isLeft: (home: string, models: readonly DeviceModel[]) => boolean): string[] =>
    [...modelsAt].flatMap(([home, models]) => (isLeft(home, models) ? [home] : []));
  const calls = CALLS.flatMap((call) => {
    const { zh, en } = EVENTS[call].title;
    const homes = homesOf((home, models) => left(call, home, models));
    return leftText(homes, { zh: `处理“${zh}”（${call}）`, en: `takes ${en} (${call})` });
  });
  const unmissed = homesOf(
    (home, models) => models.length > 0 && findsSilence(rules) && !findsSilence(rules, home),
  );
  return [
    ...calls,
    ...leftText(unmissed, { zh: '发现设备静默（silence）', en: 'finds a silent device (silence)' }),
  ];
}

function leftText(homes: readonly string[], what: Text): Text[] {
  if (homes.length === 0) return [];
  const shown = [...homes].sort().slice(0, HOMES_NAMED_MAX);
  const more = homes.length - shown.length;
  return [
    {
      zh: `例外或方案（overrides、plans）使 ${homes.length} 户没有规则${what.zh}：${shown.join('、')}${more > 0 ? ` 等` : ''}`,
      en: `an exception or plan leaves ${homes.length === 1 ? '1 home' : `${homes.length} homes`} without a rule that ${what.en}: ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
    },
  ];
}
