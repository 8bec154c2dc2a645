import type { ISubscriptionMap, MqttClient } from 'mqtt';
import type { Handover } from './handover.ts';
import type { ExternalBrokerOptions } from './options.ts';

/** What a SUBACK says instead of a QoS when the subscription was refused; in MQTT 5 this or something above it. */
const SUBSCRIPTION_REFUSED = 128;

/** What came of asking: the filters that were refused, all of them where nothing was answered. */
interface Asked {
  readonly refused: readonly string[];
  readonly error?: Error | undefined;
}

type Wishes = Pick<ExternalBrokerOptions, 'filters' | 'around'>;

/**
 * What an outside broker is asked for. What lies around the filters stands for those that it covers, because some brokers
 * bring a message once for each filter that it matches. Where it is refused the filters stand for themselves.
 */
export class Subscriptions {
  readonly #wishes: Wishes;
  readonly #group: Handover | undefined;
  /** Of what lies around the filters, what the broker did not let us hear. */
  unheard: readonly string[] = [];

  constructor(wishes: Wishes, group: Handover | undefined) {
    this.#wishes = wishes;
    this.#group = group;
  }

  /** @param isOver the connection has gone meanwhile: then nobody needs an answer */
  async renew(client: MqttClient, isOver: () => boolean): Promise<Asked | undefined> {
    const { filters, around = [] } = this.#wishes;
    const left = [...filters, ...around].flatMap((filter) => this.#group?.wayTo(filter).others ?? []);
    if (left.length > 0) client.unsubscribe(left);
    const { refused: unheard } = await ask(client, this.#ways(around));
    if (isOver()) return undefined;
    this.unheard = unheard;
    const wide = unheard.length > 0 ? [] : around;
    const isWide = (filter: string): boolean => wide.some((one) => one !== filter && covers(one, filter));
    const asked = await ask(client, {
      ...this.#ways(filters.filter((filter) => !isWide(filter))),
      // What we hand on ourselves does not come back.
      ...Object.fromEntries((this.#group?.filters ?? []).map((one) => [one, { qos: 1, nl: true }])),
    });
    if (isOver()) return undefined;
    // The session may remember them from before. Only now, so that nothing is missed in between.
    const covered = Object.keys(this.#ways(filters.filter(isWide)));
    if (asked.refused.length === 0 && covered.length > 0) client.unsubscribe(covered);
    return asked;
  }

  #ways(filters: readonly string[]): ISubscriptionMap {
    return Object.fromEntries(filters.map((one) => [this.#group?.wayTo(one).ours ?? one, { qos: 1 }]));
  }
}

/** Asks for all of these in one packet. */
function ask(client: MqttClient, filters: ISubscriptionMap): Promise<Asked> {
  const names = Object.keys(filters);
  if (names.length === 0) return Promise.resolve({ refused: [] });
  return new Promise((resolve) => {
    client.subscribe(filters, (error, _asked, packet) => {
      const codes = packet?.granted ?? [];
      const refused = names.filter((_, i) => Number(codes[i] ?? 0) >= SUBSCRIPTION_REFUSED);
      if (!error && refused.length === 0) resolve({ refused });
      else resolve({ refused: refused.length > 0 ? refused : names, error: error ?? undefined });
    });
  });
}

/** Does all that comes under `narrow` come under `wide` too? (MQTT 3.1.1, 4.7.1) */
export function covers(wide: string, narrow: string): boolean {
  const [ours, theirs] = [wide.split('/'), narrow.split('/')];
  for (const [i, level] of ours.entries()) {
    if (level === '#') return true;
    const other = theirs[i];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return ours.length === theirs.length;
}
