import type { Clock } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { BrokerHost } from '../ports/broker.ts';
import type { PushAccount, PushDoor } from '../ports/push.ts';
import type { Core } from './core.ts';
import type { Decoder } from './decode.ts';
import type { Loop } from './loop.ts';

export interface PushDoorSources {
  readonly core: Core;
  readonly loop: Loop;
  readonly decoder: Decoder;
  readonly clock: Clock;
  /** Who may come in over MQTT may come in here as well, with the same rights. */
  readonly host: Pick<BrokerHost, 'authenticate' | 'route'>;
}

/** Messages that come by HTTP go the way of those that come over MQTT: the same inbox, the same commit. */
export function pushDoor(
  { core, loop, decoder, clock, host }: PushDoorSources,
  accounts: readonly PushAccount[],
): PushDoor {
  return {
    knows: (envelope) => decoder.envelopeOf(topicOf(envelope)) !== undefined,
    // Without its gateway an account would be nobody, and nobody's place behind a gateway could be checked.
    accounts: (envelope) =>
      accounts.filter((account) => {
        const gateway = core.registry.gateway(account.gateway);
        return account.envelope === envelope && gateway !== undefined && !gateway.disabled;
      }),
    async clientOf(envelope, user, secret) {
      const identity = await host.authenticate(user, user, Buffer.from(secret));
      return identity && host.route(identity, topicOf(envelope)) === 'ingest' ? identity.id : undefined;
    },
    receive: (envelope, payload, client) =>
      new Promise((resolve) => {
        const late = setTimeout(() => resolve('late'), LIMITS.pushWaitMsMax);
        const answer = (outcome: 'taken' | 'full'): void => {
          clearTimeout(late);
          resolve(outcome);
        };
        const message = { receivedAt: clock.now(), topic: topicOf(envelope), payload, client };
        if (!loop.receive({ message, qos: 1, done: () => answer('taken') })) answer('full');
      }),
  };
}

const topicOf = (envelope: string): string => `push/${envelope}`;
