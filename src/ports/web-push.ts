/** Where a browser lets us reach it, as it says itself (Push API). */
export interface PushSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** When the browser last told us of it: it does at each start. */
  readonly at: number;
  /** How its person knows the browser. */
  readonly label: string;
  /** The session in which it was told last, by the hash of its token; absent in those of before. */
  readonly session?: string;
}

/** Why a subscription was dropped. A closed list. */
export type SubscriptionEnd =
  /** The push service does not know it any more (404, 410). */
  | 'gone'
  /** The person switched it off. */
  | 'switched-off'
  /** Somebody else signed in there and switched it on. */
  | 'another-person'
  /** The session in which it was switched on was signed out, or ended with a new password. */
  | 'signed-out'
  /** There is no such account any more. */
  | 'account-gone'
  /** A newer one took its place: more than one person needs. */
  | 'too-many';

/** The browsers of each account of the console that notices may be pushed to. */
export interface PushSubscriptions {
  /** The pair under which push services know us (RFC 8292), base64url; made at the first start. */
  keys(): Promise<{ readonly publicKey: string; readonly privateKey: string }>;
  /** None, where the account is barred or gone. */
  of(user: string): Promise<readonly PushSubscription[]>;
  /** Takes a new one, or one that is told again. */
  add(user: string, subscription: PushSubscription): Promise<void>;
  drop(user: string, endpoint: string, why: SubscriptionEnd): Promise<void>;
  /** Those for which `isOver` holds. */
  dropWhere(user: string, isOver: (one: PushSubscription) => boolean, why: SubscriptionEnd): Promise<void>;
  /** Dropped ones by reason, since the start. */
  readonly ended: ReadonlyMap<SubscriptionEnd, number>;
}
