import type { Refusal } from '../model/effect.ts';

/** How a platform proves that a push comes from it: `token` in the address or a header, or its own signature. */
export const PUSH_CHECKS = ['token', 'onenet', 'huawei', 'aliyun'] as const;
export type PushCheck = (typeof PUSH_CHECKS)[number];

/** A platform that pushes to us, from config/service.yaml. */
export interface PushAccount {
  readonly name: string;
  readonly envelope: string;
  /** The gateway of the registry in whose name it speaks: for the devices behind it, and for no others. */
  readonly gateway: string;
  readonly check: PushCheck;
  readonly token: string;
  /** What the platform encrypts its messages with, where it does. */
  readonly aesKey?: string;
}

/** Where messages come in by HTTP. */
export interface PushDoor {
  knows(envelope: string): boolean;
  /** Those whose gateway is in the registry and switched on. */
  accounts(envelope: string): readonly PushAccount[];
  /** Those whose gateway is not in the registry, or is switched off: in their name nothing can be taken. */
  unheard(envelope: string): readonly PushAccount[];
  /** Somebody pushed with the right token of such an account: told to the operator, once a minute at most. */
  missed(account: PushAccount): void;
  /** Those that were missed within a day and still are, and since when. */
  missing(): readonly (Pick<PushAccount, 'name' | 'gateway'> & { readonly since: number })[];
  /** Whether to check a secret of this name takes long on purpose, because it may be guessed. */
  checksSlowly?(user: string): boolean;
  /** In whose name this gateway, device or program of the broker may push; undefined: it may not. */
  clientOf(envelope: string, user: string, secret: string): Promise<string | undefined>;
  /** After the commit, what it was good for; `full`: not taken, ask again later; `late`: no commit yet, which may still come. */
  receive(envelope: string, payload: Uint8Array, client: string): Promise<Pushed | 'full' | 'late'>;
}

/** What was made of a message that is on disk: perhaps nothing, and then why. */
export interface Pushed {
  readonly readings: number;
  readonly events: number;
  readonly refusals: readonly Refusal[];
}
