import { generateKeyPairSync } from 'node:crypto';
import type { Logger } from 'pino';
import { hashToken } from '../lib/secrets.ts';
import { LIMITS } from '../model/limits.ts';
import type { RecordStore } from '../ports/records.ts';
import type { PushSubscription, PushSubscriptions, SubscriptionEnd } from '../ports/web-push.ts';

type Keys = Awaited<ReturnType<PushSubscriptions['keys']>>;

const KEYS = 'web-push.keys';
/** Whose browser it is now: one that changed hands must not go on telling its former person's cases. */
const ownerOf = (endpoint: string): string => `web-push.owner.${hashToken(endpoint)}`;
const ofUser = (user: string): string => `web-push.of.${user}`;

/** Keeps the subscriptions in the records, a few for each account. */
export function pushSubscriptions(
  records: Pick<RecordStore, 'meta' | 'saveMeta' | 'removeMeta' | 'user'>,
  logger: Pick<Logger, 'info'>,
): PushSubscriptions {
  const ended = new Map<SubscriptionEnd, number>();
  let keys: Promise<Keys> | undefined;
  // One change at a time: two browsers of one person may come at the same moment.
  let changing: Promise<unknown> = Promise.resolve();

  const read = async (user: string): Promise<PushSubscription[]> =>
    JSON.parse((await records.meta(ofUser(user))) ?? '[]') as PushSubscription[];
  const count = (why: SubscriptionEnd, user: string): void => {
    ended.set(why, (ended.get(why) ?? 0) + 1);
    logger.info({ user, why }, 'a browser is not pushed to any more');
  };
  const write = (user: string, all: readonly PushSubscription[]): Promise<void> =>
    all.length > 0 ? records.saveMeta(ofUser(user), JSON.stringify(all)) : records.removeMeta(ofUser(user));
  /** A browser that is dropped is nobody's: it would stand there for ever, and browsers change their endpoints. */
  const disown = async (user: string, gone: readonly PushSubscription[]): Promise<void> => {
    for (const { endpoint } of gone)
      if ((await records.meta(ownerOf(endpoint))) === user) await records.removeMeta(ownerOf(endpoint));
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = changing.then(work);
    changing = done.catch(() => undefined);
    return done;
  };
  const removeWhere = async (
    user: string,
    isOver: (one: PushSubscription) => boolean,
    why: SubscriptionEnd,
  ): Promise<void> => {
    const all = await read(user);
    const kept = all.filter((one) => !isOver(one));
    if (kept.length === all.length) return;
    await write(user, kept);
    await disown(
      user,
      all.filter((one) => !kept.includes(one)),
    );
    for (let left = all.length - kept.length; left > 0; left--) count(why, user);
  };
  const remove = (user: string, endpoint: string, why: SubscriptionEnd): Promise<void> =>
    removeWhere(user, (one) => one.endpoint === endpoint, why);
  /** Asked of the account each time: it may have been barred, or removed by a command, while nothing ran. */
  const of = async (user: string): Promise<readonly PushSubscription[]> => {
    const account = await records.user(user);
    return account && !account.disabled ? read(user) : [];
  };
  const add = async (user: string, subscription: PushSubscription): Promise<void> => {
    const { endpoint } = subscription;
    const before = await records.meta(ownerOf(endpoint));
    if (before !== undefined && before !== user) await remove(before, endpoint, 'another-person');
    const others = (await read(user)).filter((one) => one.endpoint !== endpoint);
    const all = [subscription, ...others];
    await write(user, all.slice(0, LIMITS.pushSubscriptionsPerUserMax));
    await records.saveMeta(ownerOf(endpoint), user);
    const tooMany = all.slice(LIMITS.pushSubscriptionsPerUserMax);
    await disown(user, tooMany);
    for (const _ of tooMany) count('too-many', user);
  };

  return {
    ended,
    keys() {
      keys ??= readKeys(records);
      return keys;
    },
    of,
    add: (user, subscription) => inTurn(() => add(user, subscription)),
    drop: (user, endpoint, why) => inTurn(() => remove(user, endpoint, why)),
    dropWhere: (user, isOver, why) => inTurn(() => removeWhere(user, isOver, why)),
  };
}

/** A pair on P-256, as RFC 8292 wants it: the point uncompressed, the number as it is. */
async function readKeys(records: Pick<RecordStore, 'meta' | 'saveMeta'>): Promise<Keys> {
  const known = await records.meta(KEYS);
  if (known !== undefined) return JSON.parse(known) as Keys;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const made = { publicKey: point.toString('base64url'), privateKey: d };
  await records.saveMeta(KEYS, JSON.stringify(made));
  return made;
}
