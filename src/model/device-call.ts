import type { Priority } from './alert.ts';
import type { Call } from './call-for-help.ts';
import type { UntakenCall } from './rejection.ts';
import type { Text } from './text.ts';

/** `unenrolled`: nobody knew whose device it is when it called; `tested`: it was taken for the test of the call, and was meant. */
export type DeviceCallWhy = UntakenCall['why'] | 'unenrolled' | 'tested';
type Why = DeviceCallWhy;

/** Under these names stand the alerts. */
export const DEVICE_CALL_RULES: Readonly<Record<Why, string>> = {
  'foreign-way': 'calls-on-a-foreign-way',
  'in-words': 'calls-in-words',
  disabled: 'calls-of-disabled-devices',
  unenrolled: 'calls-before-enrolment',
  tested: 'calls-taken-for-a-test',
};
/** In the state of its home. */
export const deviceCallKey = (device: string, why: Why): `called:${string}` => `called:${why}:${device}`;
export const isDeviceCall = (key: string): boolean => key.startsWith('called:');

/** One below that of a call that was taken: who sent it is in doubt, or what was meant. */
const IN_DOUBT: Priority = 'P2';
export const deviceCallPriority = (why: Why): Priority => (why === 'tested' ? 'P1' : IN_DOUBT);

const TITLES: Readonly<Record<Why, Readonly<Record<Call, Text>>>> = {
  'foreign-way': {
    sos: { zh: '紧急呼叫（途径与登记不符）', en: 'SOS, over a way that is not its own' },
    fall: { zh: '跌倒（途径与登记不符）', en: 'Fall, over a way that is not its own' },
  },
  'in-words': {
    sos: { zh: '紧急呼叫（报文格式不符）', en: 'SOS, in a message that cannot be read' },
    fall: { zh: '跌倒（报文格式不符）', en: 'Fall, in a message that cannot be read' },
  },
  disabled: {
    sos: { zh: '紧急呼叫（已停用的设备）', en: 'SOS, of a disabled device' },
    fall: { zh: '跌倒（已停用的设备）', en: 'Fall, of a disabled device' },
  },
  unenrolled: {
    sos: { zh: '紧急呼叫（登记前）', en: 'SOS, before it was enrolled' },
    fall: { zh: '跌倒（登记前）', en: 'Fall, before it was enrolled' },
  },
  tested: {
    sos: { zh: '紧急呼叫（测试中发出，经确认为真）', en: 'SOS, taken for a test, and real' },
    fall: { zh: '跌倒（测试中发出，经确认为真）', en: 'Fall, taken for a test, and real' },
  },
};
export const deviceCallTitle = (call: Call, why: Why): Text => TITLES[why][call];

/** Who brought it. */
export interface Bringer {
  readonly kind: 'gateway' | 'device' | 'other';
  /** As people call it. */
  readonly name: string;
  /** Where a gateway stands. */
  readonly place?: string;
}

export interface DeviceCallFacts {
  readonly device: string;
  readonly call: Call;
  readonly why: UntakenCall['why'];
  readonly bringer: Bringer;
  /** The gateway that it is registered behind, as people call it; undefined: it speaks for itself. */
  readonly registered?: string;
  /** Its registered address, where it came over its own way and was called otherwise there. */
  readonly address?: string;
  readonly topic: string;
  /** The beginning of what it sent. */
  readonly sent: string;
}

const CALL_WORDS: Readonly<Record<Call, Text>> = {
  sos: { zh: '呼救（SOS）', en: 'calls for help (SOS)' },
  fall: { zh: '报告跌倒', en: 'reports a fall' },
};

/** Some sentences for whoever has to find out whether the resident needs help. Who lives there the title of the case says. */
export function deviceCallText(facts: DeviceCallFacts): Text {
  const { device, call, why, sent } = facts;
  const words = CALL_WORDS[call];
  const said = { 'foreign-way': wayText, 'in-words': () => UNREADABLE, disabled: disabledText }[why](facts);
  return {
    zh: `设备 ${device} ${words.zh}，${said.zh}内容：${sent}`,
    en: `The device ${device} ${words.en}${said.en} It sent: ${sent}`,
  };
}

/** The same of one that called when it was a stranger. */
export const unenrolledText = (device: string, call: Call, when: string): Text => ({
  zh: `设备 ${device} 于 ${when} ${CALL_WORDS[call].zh}，当时尚未登记，无人知道是谁的设备；现已登记在此户。请立即联系老人。`,
  en: `The device ${device} ${CALL_WORDS[call].en} at ${when}, when it was in no registry and nobody knew whose it is. It is enrolled in this home now: reach the resident at once.`,
});

/** The same of one that was taken for the test of the call. */
export const testedText = (device: string, call: Text, when: string, by: string): Text => ({
  zh: `设备 ${device} 于 ${when} 发出“${call.zh}”，当时正在测试，因此没有通知任何人；${by} 确认这是真实呼救。请立即联系老人。`,
  en: `The device ${device} sent "${call.en}" at ${when}, while it was being tested, so nobody was called; ${by} says that it was real. Reach the resident at once.`,
});

const UNREADABLE: Text = {
  zh: '但其报文无法识别。请立即联系老人；之后由设备维护员核对报文格式。',
  en: ' in a message that its model cannot read. Reach the resident at once; have the format of its messages looked at afterwards.',
};

function wayText(facts: DeviceCallFacts): Text {
  const { registered, address } = facts;
  const by = bringerText(facts);
  if (address !== undefined)
    return {
      zh: `${by.zh}，但报文中的名称不是登记的地址（${address}），因此读数未采信。请立即联系老人；之后核对该设备的地址。`,
      en: `. It was brought by ${by.en} under a name that is not its registered address (${address}). So its readings were not taken. Reach the resident at once; look at the address of the device afterwards.`,
    };
  const own =
    registered === undefined
      ? { zh: '登记为直接连接，不经网关', en: 'it is registered as speaking for itself' }
      : { zh: `登记的网关是 ${registered}`, en: `the gateway that it is registered behind is ${registered}` };
  return {
    zh: `${by.zh}；这不是登记的途径：${own.zh}，因此读数未采信。请立即联系老人；之后核对该设备的登记。`,
    en: `. It was brought by ${by.en}, which is not its registered way: ${own.en}. So its readings were not taken. Reach the resident at once; look at the registration of the device afterwards.`,
  };
}

function disabledText(facts: DeviceCallFacts): Text {
  const { bringer, device } = facts;
  const isOwn = bringer.kind === 'device' && bringer.name === device;
  const by = isOwn ? { zh: '', en: '' } : bringerText(facts);
  return {
    zh: `${by.zh}${by.zh && '；'}该设备在登记中已停用，因此读数未采信。请立即联系登记的老人；之后查明设备在谁手中，仍在使用的请重新启用。`,
    en: `${by.en && `. It was brought by ${by.en}`}. It is disabled in the registry, so its readings were not taken. Reach the resident at once; find out afterwards who has the device, and enable it again if it is in use.`,
  };
}

function bringerText({ bringer: { kind, name, place = '' }, topic }: DeviceCallFacts): Text {
  return {
    gateway: {
      zh: `经网关 ${name}${place && `（${place}）`}收到`,
      en: `the gateway ${name}${place && ` (${place})`}`,
    },
    device: { zh: `由设备 ${name} 发布在主题 ${topic}`, en: `the device ${name} under the topic ${topic}` },
    other: {
      zh: `来自 ${name || '未知客户端'}（${topic}）`,
      en: `${name || 'an unknown client'} (${topic})`,
    },
  }[kind];
}
