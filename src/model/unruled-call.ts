import type { Priority } from './alert.ts';
import type { CallPerhaps } from './call-for-help.ts';
import { GATE_TITLES, type Gate } from './gates.ts';
import { EVENTS } from './metrics.ts';
import type { Text } from './text.ts';

/** Under this name stand the alerts: calls for help that were heard and understood, and that no rule tells of. */
export const UNRULED_CALL_RULE = 'calls-no-rule-takes';
/** In the state of its home; one for each device and kind, beside the calls that were not taken. */
export const unruledCallKey = (device: string, call: CallPerhaps): `called:${string}` =>
  `called:no-rule:${call}:${device}`;

/** As of calls in words: whoever wrote the rules may have had a reason to want less than a P1 of it, but not nothing. */
export const UNRULED_CALL_PRIORITY: Priority = 'P2';

/** The rule that takes such calls and kept this one back, and why. */
export interface HeldBy {
  readonly rule: string;
  readonly gate: Gate;
}

/** @param heldBy undefined: no rule takes such calls */
export function unruledCallTitle(call: CallPerhaps, heldBy?: HeldBy): Text {
  const { zh, en } = EVENTS[call].title;
  return heldBy
    ? { zh: `${zh}（规则 ${heldBy.rule} 此刻不告警）`, en: `${en}, which rule ${heldBy.rule} keeps back` }
    : { zh: `${zh}（没有规则处理）`, en: `${en}, which no rule takes` };
}

/** For whoever has to find out whether the resident needs help. Who lives there the title of the case says. */
export function unruledCallText(device: string, call: CallPerhaps, heldBy?: HeldBy): Text {
  const { zh, en } = EVENTS[call].title;
  const why = heldBy
    ? {
        zh: `规则 ${heldBy.rule} 此刻不告警（${GATE_TITLES[heldBy.gate].zh}）`,
        en: `rule ${heldBy.rule} raises nothing now (${GATE_TITLES[heldBy.gate].en})`,
      }
    : { zh: '规则集中没有启用的规则处理它', en: 'no enabled rule takes it' };
  return {
    zh: `设备 ${device} 报来“${zh}”，而${why.zh}。请立即联系老人；之后请管理员核对规则文件。`,
    en: `The device ${device} says ${en}, and ${why.en}. Reach the resident at once; have the rule file looked at afterwards.`,
  };
}
