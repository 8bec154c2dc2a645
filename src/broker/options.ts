import { LIMITS } from '../model/limits.ts';

/** The limits as numbers, so that a part may run with others than the defaults. */
export type BrokerLimits = { readonly [K in keyof typeof LIMITS]: number };

export function limitsWith(changes: Partial<BrokerLimits> | undefined): BrokerLimits {
  return { ...LIMITS, ...changes };
}

/** PEM files. They are watched: a renewed certificate is used by the next connection. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /**
   * The authority that signs the clients' certificates. When it is given, a client without one is refused; the
   * password is asked for all the same.
   */
  readonly caFile?: string | undefined;
  /** How often the files are looked at; 5 seconds if absent. */
  readonly watchMs?: number | undefined;
}

/** A port to listen on; 0 takes a free one, false or absent listens on none. */
export type Port = number | false | undefined;

export interface BrokerOptions {
  /** The interface to listen on; every one if absent. */
  readonly host?: string | undefined;
  readonly ports: {
    readonly mqtt?: Port;
    readonly webSocket?: Port;
    /** Needs `tls`. */
    readonly mqtts?: Port;
  };
  readonly tls?: TlsFiles | undefined;
  readonly limits?: Partial<BrokerLimits> | undefined;
}

export const GROUP_SHARINGS = ['turns', 'all'] as const;
export type GroupSharing = (typeof GROUP_SHARINGS)[number];

export interface ExternalBrokerOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Where the password came from: read again before each attempt, since it may be mended while we are away. */
  readonly passwordFile?: string | undefined;
  /** Names the session in which the outside broker keeps messages while we are away: fixed, and used by nobody else. */
  readonly clientId: string;
  /** Topic filters to subscribe to, with QoS 1. */
  readonly filters: readonly string[];
  /**
   * What lies around them, where somebody may call by mistake. Heard as well, unless the broker does not let us: that is
   * said, and is no reason to hear nothing.
   */
  readonly around?: readonly string[] | undefined;
  /** PEM file of the authority that signed the outside broker's certificate; the system's authorities if absent. */
  readonly caFile?: string | undefined;
  readonly keepAliveS?: number | undefined;
  /**
   * Several services share what comes, each message to one of them (MQTT 5, `$share/<group>/…`). Absent: everything
   * comes here, over MQTT 3.1.1.
   */
  readonly sharedGroup?: string | undefined;
  /**
   * How a group shares. `all`, unless said otherwise: each hears everything, and leaves what is another's. `turns`: the
   * broker gives each message to one, who hands it on if it is another's; some brokers forget that when they start again.
   */
  readonly sharing?: GroupSharing | undefined;
  readonly limits?: Partial<BrokerLimits> | undefined;
}
