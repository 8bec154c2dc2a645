import type { Priority } from './alert.ts';
import type { Call } from './call-for-help.ts';
import type { Text } from './text.ts';

/** Under this name stands the alert; below it, in the state of its gateway, the address of the device. */
export const STRANGER_RULE = 'stranger-calls';
export const strangerKey = (address: string): `stranger:${string}` => `stranger:${address}`;
/** Stands for all that call beside as many as are told one by one: a flood must not fill the state, nor be silent. */
export const STRANGERS_OTHER = '*';
/** Stands for all enrolled devices for which one sender calls that is not theirs, beyond as many as are told at their homes. */
export const ENROLLED_OTHER = '*enrolled';

export const STRANGER_PRIORITY: Priority = 'P2';
const STRANGER_TITLE: Text = {
  zh: '未登记的设备呼救',
  en: 'A device that nobody enrolled calls for help',
};
const FOREIGN_TITLE: Text = {
  zh: '代许多设备呼救，途径均与登记不符',
  en: 'Calls for help of many devices, over a way that is not theirs',
};
export const strangerTitle = (address: string): Text =>
  address === ENROLLED_OTHER ? FOREIGN_TITLE : STRANGER_TITLE;

const CALL_WORDS: Readonly<Record<Call, Text>> = {
  sos: { zh: '呼救（SOS）', en: 'calls for help (SOS)' },
  fall: { zh: '报告跌倒', en: 'reports a fall' },
};

/** What is known of a stranger who calls. */
export interface StrangerFacts {
  readonly address: string;
  readonly call: Call;
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
  const who = whoOf(address);
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
  if (address === ENROLLED_OTHER)
    return {
      zh: `${who.zh}${words.zh}，${way.zh}。请立即查明：登记有误，或其密钥被盗用。内容：${sent}`,
      en: `${who.en} ${words.en}; ${way.en}. Find out at once whether the registry is wrong or its secret was stolen. It sent: ${sent}`,
    };
  return {
    zh: `${who.zh}${words.zh}，${way.zh}。请立即查明是谁的设备并联系本人；在“接入设备”中登记，或注明原因后排除。内容：${sent}`,
    en: `${who.en} ${words.en}; ${way.en}. Find out whose it is and reach them; enrol it under Devices, or dismiss it with a reason. It sent: ${sent}`,
  };
}

function whoOf(address: string): Text {
  if (address === STRANGERS_OTHER)
    return { zh: '还有其他未登记的设备', en: 'Further devices that nobody enrolled:' };
  if (address === ENROLLED_OTHER)
    return {
      zh: '还有其他已登记、但不在其名下的设备',
      en: 'Further devices that are enrolled, and not behind it:',
    };
  return { zh: `未登记的设备 ${address} `, en: `The device ${address}, which nobody enrolled,` };
}
