import type { Text } from './text.ts';

/** Why a connection was refused under the name of a device, and what whoever installs it does about that. */
export const CONNECTION_REFUSALS = {
  'wrong-secret': {
    zh: '密钥不对：在设备上设置新密钥',
    en: 'its secret is wrong: set a new one on the device',
  },
  'client-id': {
    zh: '客户端号（client id）不是设备编号：改为与用户名相同',
    en: 'its client id is not its own: set it to its user name',
  },
  'protocol-version': {
    zh: '协议版本不对：设为 MQTT 3.1.1',
    en: 'its version of the protocol is another: set it to MQTT 3.1.1',
  },
  'keep-alive': {
    zh: '没有 keep-alive：设为 1 秒以上，如 60 秒',
    en: 'it has no keep-alive: set one, of 60 seconds say',
  },
  'too-often': {
    zh: '断开重连过于频繁：每隔几秒只放行一次',
    en: 'it breaks off and comes back too often: one in a few seconds is let in',
  },
} as const satisfies Readonly<Record<string, Text>>;
export type ConnectionRefusal = keyof typeof CONNECTION_REFUSALS;
export const CONNECTION_REFUSAL_NAMES = Object.keys(CONNECTION_REFUSALS) as [
  ConnectionRefusal,
  ...ConnectionRefusal[],
];

/** The last time, how often, and why and from where that time. */
export interface RefusedLately {
  readonly at: number;
  readonly count: number;
  readonly why: ConnectionRefusal;
  /** The address. */
  readonly from: string;
  /** The secret is or was right from there; false: whoever it was may only know the name. */
  readonly known: boolean;
}
