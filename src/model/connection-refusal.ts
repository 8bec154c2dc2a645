import type { Text } from './text.ts';

/** Why a connection was refused under the name of a device or gateway, and what whoever installs it does about that. */
export const CONNECTION_REFUSALS = {
  'wrong-secret': {
    zh: '密钥不对：生成新密钥，填到设备或网关里',
    en: 'its secret is wrong: make a new one, and set it there',
  },
  'no-secret': {
    zh: '登记中还没有密钥：生成密钥，填到设备或网关里',
    en: 'the registry has no secret of it: make one, and set it there',
  },
  'user-name': {
    zh: '用户名不是登记的编号：改为与客户端号（client id）相同',
    en: 'its user name is not its own: set it to its client id',
  },
  disabled: { zh: '在登记中已停用', en: 'it is disabled in the registry' },
  'not-enrolled': {
    zh: '没有以此为编号的设备或网关：登记它，或改正用户名',
    en: 'no device or gateway has this id: enrol it, or correct the user name',
  },
  'client-id': {
    zh: '客户端号（client id）不是登记的编号：改为与用户名相同',
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
  'address-full': {
    zh: '同一地址的连接已满，它的呼救现在听不到：请管理员调大 limits.connectionsPerAddressMax（同一 NAT、代理或 Docker 网桥之后的设备都算一个地址）',
    en: 'its address has as many connections as it may, and a call for help of it is not heard: raise limits.connectionsPerAddressMax (all devices behind one NAT, proxy or Docker bridge have one address)',
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
  /** The first time since it was last connected. */
  readonly since: number;
  readonly count: number;
  readonly why: ConnectionRefusal;
  /** The address. */
  readonly from: string;
  /** The secret is or was right from there; false: whoever it was may only know the name. */
  readonly known: boolean;
}

/** The same of the gateway through which a device speaks. */
export interface GatewayRefused extends RefusedLately {
  readonly gateway: string;
}

/** Somebody who connects under a name that is no device and no gateway, or is a service account. All but the address is what they say. */
export interface RefusedName {
  /** The user name; the client id, where there is none. */
  readonly name: string;
  readonly clientId: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** The last time. */
  readonly why: ConnectionRefusal;
  readonly from: string;
  /** There is a service account of this name. */
  readonly account?: true;
}

/** Logins that were refused since the start: all of them, and who it was of whom nobody is shown. */
export interface RefusedLogins {
  readonly count: number;
  readonly lastAt?: number;
  /** Newest first; of more than are kept the ones that were silent longest are forgotten. */
  readonly names: readonly RefusedName[];
}
