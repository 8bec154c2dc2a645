import type { Priority } from './alert.ts';
import type { EventName } from './metrics.ts';
import type { Text } from './text.ts';

/** What a device that nobody enrolled may call for. */
export const STRANGER_CALLS = ['sos', 'fall'] as const satisfies readonly EventName[];
export type StrangerCall = (typeof STRANGER_CALLS)[number];
export const isStrangerCall = (event: EventName): event is StrangerCall =>
  (STRANGER_CALLS as readonly EventName[]).includes(event);

/** Under this name stands the alert; below it, in the state of its gateway, the address of the device. */
export const STRANGER_RULE = 'stranger-calls';
export const strangerKey = (address: string): `stranger:${string}` => `stranger:${address}`;
/** Stands for all that call beside as many as are told one by one: a flood must not fill the state, nor be silent. */
export const STRANGERS_OTHER = '*';

export const STRANGER_PRIORITY: Priority = 'P2';
export const STRANGER_TITLE: Text = {
  zh: '未登记的设备呼救',
  en: 'A device that nobody enrolled calls for help',
};

const CALL_WORDS: Readonly<Record<StrangerCall, Text>> = {
  sos: { zh: '呼救（SOS）', en: 'calls for help (SOS)' },
  fall: { zh: '报告跌倒', en: 'reports a fall' },
};

/** What is known of a stranger who calls. */
export interface StrangerFacts {
  readonly address: string;
  readonly call: StrangerCall;
  /** The gateway that brought it, as people call it, and where it stands; undefined: nobody knows. */
  readonly gateway?: string;
  readonly place?: string;
  /** Who brought it, where that is no gateway of the registry. */
  readonly from: string;
  readonly topic: string;
  /** The beginning of what it sent. */
  readonly sent: string;
}

/** One or two sentences for whoever has to find out whose device this is. */
export function strangerText({ address, call, gateway, place, from, topic, sent }: StrangerFacts): Text {
  const words = CALL_WORDS[call];
  const who =
    address === STRANGERS_OTHER
      ? { zh: '还有其他未登记的设备', en: 'Further devices that nobody enrolled:' }
      : { zh: `未登记的设备 ${address} `, en: `The device ${address}, which nobody enrolled,` };
  const way =
    gateway === undefined
      ? {
          zh: `位置未知，来自 ${from || '未知客户端'}（${topic}）`,
          en: `where it is nobody knows; it came from ${from || 'an unknown client'} (${topic})`,
        }
      : {
          zh: `经网关 ${gateway}${place ? `（${place}）` : ''}收到`,
          en: `heard through the gateway ${gateway}${place ? ` (${place})` : ''}`,
        };
  return {
    zh: `${who.zh}${words.zh}，${way.zh}。请立即查明是谁的设备并联系本人；在“接入设备”中登记，或注明原因后排除。内容：${sent}`,
    en: `${who.en} ${words.en}; ${way.en}. Find out whose it is and reach them; enrol it under Devices, or dismiss it with a reason. It sent: ${sent}`,
  };
}

/** Names under which platforms, bridges and network servers say that somebody calls, where the value is set. */
const CALL_NAMES =
  '(sos|emergency|panic|help|fall[_-]?down|fall|man[_-]?down)(?:[_-]?(?:flag|alarm|alert|status|state|event|button|pressed|detected|detection))?';
const SET = '(?:true|[1-9]\\d{0,2}|"(?:1|true|on|yes|sos|alarm|active|pressed|triggered|detected|fall)")';
const NAMED = new RegExp(`"${CALL_NAMES}"\\s*:\\s*${SET}(?=[\\s,}\\]])`, 'i');
/** Names whose value is the call. */
const VALUED =
  /"(?:event|events|action|alarm|alarm_?type|alarm_?event|type|event_?type|button|button_?event|status|state|message_?type)"\s*:\s*\[?\s*"(sos|emergency|panic|help|fall|fall[ _-]?down|man[ _-]?down|fall[ _-]?detected)"/i;

/**
 * What a text says of a call for help, in the words in which devices, bridges and network servers say it. Bytes are not
 * judged: whose they are nobody knows, and nearly all of them would be a call under some model.
 */
export function callInText(text: string): StrangerCall | undefined {
  const found = VALUED.exec(text) ?? NAMED.exec(text);
  const word = found?.[1]?.toLowerCase().replaceAll(/[ _-]/g, '');
  if (word === undefined) return undefined;
  return word.startsWith('fall') || word === 'mandown' ? 'fall' : 'sos';
}
