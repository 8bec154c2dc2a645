import type { Logger } from 'pino';
import { type Clock, DAY, MINUTE } from '../lib/clock.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Report } from '../model/message.ts';
import type { BrokerHost } from '../ports/broker.ts';
import type { PushAccount, PushDoor, Pushed } from '../ports/push.ts';
import type { Core } from './core.ts';
import type { Decoder } from './decode.ts';
import type { Loop } from './loop.ts';

export interface PushDoorSources {
  readonly core: Core;
  readonly loop: Loop;
  readonly decoder: Decoder;
  readonly clock: Clock;
  /** Who may come in over MQTT may come in here as well, with the same rights. */
  readonly host: Pick<BrokerHost, 'authenticate' | 'route' | 'checksSlowly'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Messages that come by HTTP go the way of those that come over MQTT: the same inbox, the same commit. */
export function pushDoor(
  { core, loop, decoder, clock, host, logger }: PushDoorSources,
  accounts: readonly PushAccount[],
): PushDoor {
  // Without its gateway an account would be nobody, and nobody's place behind a gateway could be checked.
  const isHeard = (account: PushAccount): boolean =>
    core.registry.gateway(account.gateway)?.disabled === false;
  const missed = new Map<string, { readonly since: number; readonly last: number; readonly said: number }>();
  return {
    knows: (envelope) => decoder.envelopeOf(topicOf(envelope)) !== undefined,
    accounts: (envelope) => accounts.filter((one) => one.envelope === envelope && isHeard(one)),
    unheard: (envelope) => accounts.filter((one) => one.envelope === envelope && !isHeard(one)),
    missing: () =>
      accounts.flatMap((account) => {
        const { name, gateway } = account;
        const known = missed.get(name);
        if (!known) return [];
        const { since, last } = known;
        // It is heard again, or the platform has gone: nobody has anything to put right.
        if (!isHeard(account) && clock.now() - last < DAY) return [{ name, gateway, since }];
        missed.delete(name);
        return [];
      }),
    missed({ name: account, gateway }) {
      const now = clock.now();
      const { since = now, said = Number.NEGATIVE_INFINITY } = missed.get(account) ?? {};
      const isNews = now - said >= MINUTE;
      missed.set(account, { since, last: now, said: isNews ? now : said });
      if (!isNews) return;
      logger.warn(
        { account, gateway },
        'what a platform pushes is refused: the gateway of its account is not in the registry, or is switched off',
      );
    },
    checksSlowly: (user) => host.checksSlowly?.(user) ?? false,
    async clientOf(envelope, user, secret) {
      const identity = await host.authenticate(user, user, Buffer.from(secret));
      return identity && host.route(identity, topicOf(envelope)) === 'ingest' ? identity.id : undefined;
    },
    receive: (envelope, payload, client) =>
      new Promise((resolve) => {
        const late = setTimeout(() => resolve('late'), LIMITS.pushWaitMsMax);
        const answer = (outcome: Pushed | 'full'): void => {
          clearTimeout(late);
          resolve(outcome);
        };
        let [readings, events] = [0, 0];
        const refused: Refusal[] = [];
        const heard = (accepted: Report | undefined, refusals: readonly Refusal[]): void => {
          readings += accepted?.readings.length ?? 0;
          events += accepted?.events.length ?? 0;
          refused.push(...refusals.slice(0, LIMITS.pushRefusalsMax - refused.length));
        };
        const message = { receivedAt: clock.now(), topic: topicOf(envelope), payload, client };
        if (
          !loop.receive({
            message,
            qos: 1,
            heard,
            done: () => answer({ readings, events, refusals: refused }),
          })
        )
          answer('full');
      }),
  };
}

const topicOf = (envelope: string): string => `push/${envelope}`;
