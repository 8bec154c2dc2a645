import type { Priority } from './alert.ts';
import type { Text } from './text.ts';

/** What the broker finds wrong with a device or gateway that has shown its credential. Each opens a technical case. */
export const DEVICE_FAULTS = ['frame-too-large', 'two-as-one', 'flooding'] as const;
export type DeviceFault = (typeof DEVICE_FAULTS)[number];
/** Named figures: how large, how often, from where. */
export type DeviceFaultValues = Readonly<Record<string, number | string>>;

/** In the state of its home, or of the gateway. */
export const deviceFaultKey = (device: string, fault: DeviceFault): `fault:${string}` =>
  `fault:${fault}:${device}`;
export const isDeviceFault = (key: string): boolean => key.startsWith('fault:');

export const DEVICE_FAULT_TITLES: Readonly<Record<DeviceFault, Text>> = {
  'frame-too-large': {
    zh: '报文过大，收不到',
    en: 'Its messages are too large to be taken',
  },
  'two-as-one': {
    zh: '同一凭据有两处在用',
    en: 'Two connections fight for one credential',
  },
  flooding: {
    zh: '上报过多，已限速',
    en: 'It floods the service, and is slowed down',
  },
};

/** @param mayCall whether somebody calls for help through it: that may not be heard while it is so, or late */
export const deviceFaultPriority = (mayCall: boolean): Priority => (mayCall ? 'P2' : 'P3');

/** Some sentences for whoever mends it. */
export function deviceFaultText(
  device: string,
  fault: DeviceFault,
  values: DeviceFaultValues,
  mayCall: boolean,
): Text {
  if (fault === 'frame-too-large') {
    const [kB, maxKb] = [kilobytes(values['bytes']), kilobytes(values['bytesMax'])];
    return {
      zh: `${device} 发来一帧 ${kB} kB 的报文，超过 ${maxKb} kB：未收下。直连的设备随即被断开，多半会一再重发。其中若有呼救，无人听到。请先联系住户，再让设备把补传分成较小的报文`,
      en: `${device} sent a frame of ${kB} kB, more than ${maxKb} kB: it was not taken. A device that connects here is put out for it, and most likely sends it again and again. If there is a call for help in it, nobody hears it. Reach the resident first; then have the device send what it has kept in smaller messages`,
    };
  }
  if (fault === 'flooding') {
    const [messages, kB] = [values['messages'], kilobytes(values['bytes'])];
    return {
      zh: `${device} 一分钟内发来 ${messages} 条报文、${kB} kB（来自 ${values['from']}），超过一台设备的限额：余下的留在它那一侧，下一分钟再收。其间若有呼救，可能迟到。多半是程序失控，或密钥被人盗用。请先联系住户，再更换密钥；仍不停的，停用并检修`,
      en: `${device} sent ${messages} messages, ${kB} kB, within a minute (from ${values['from']}): more than a device may. The rest waits on its own side until the next minute. A call for help meanwhile may come late. Most likely its program runs away, or somebody has its secret. Reach the resident first, then give it a new secret; if it goes on, switch it off and have it looked at`,
    };
  }
  const { count, from } = values;
  if (mayCall)
    return {
      zh: `${device} 的连接接连 ${count} 次被同一凭据的另一个连接顶替（来自 ${from}）：其间的呼救可能迟到，甚至无人听到。多半是两台设备用了同一编号和密钥（复制的卡、发重的标签）、其程序重连前不断开，或密钥被人盗用。请先联系住户，再更换密钥，并核对现场的设备`,
      en: `The connection of ${device} was displaced ${count} times in a row by another one with its credential (from ${from}): a call for help meanwhile may come late, or may not be heard at all. Most likely two devices have one id and secret (a copied card, a label given out twice), its program connects anew without closing what it had, or somebody has its secret. Reach the resident first, then give it a new secret, and look at the devices there`,
    };
  return {
    zh: `${device} 的连接接连 ${count} 次被同一凭据的另一个连接顶替（来自 ${from}）：多半是两台设备用了同一编号和密钥（复制的卡、发重的标签），或其程序重连前不断开。两处的读数混在一户。请核对现场的设备，给其中一台另立编号与密钥`,
    en: `The connection of ${device} was displaced ${count} times in a row by another one with its credential (from ${from}): most likely two devices have one id and secret (a copied card, a label given out twice), or its program connects anew without closing what it had. Readings of both stand in one home. Look at the devices there, and give one of them an id and a secret of its own`,
  };
}

const kilobytes = (bytes: number | string | undefined): number => Math.ceil(Number(bytes ?? 0) / 1024);
