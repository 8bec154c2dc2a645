import { announcedBy } from '../devices/announce/all.ts';
import { splitAddress } from '../model/comparable-address.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { Announced, RegistryView } from '../ports/service.ts';

/**
 * Devices that a bridge says it has (Zigbee2MQTT, Home Assistant, Tasmota, Homie, Sparkplug B), as proposals for an
 * operator: nothing of them is taken before somebody enrols them. In memory only: such messages are retained at the
 * broker of the bridge, or come again when it starts. Of more than can be kept, the oldest are forgotten.
 */
export class AnnouncedDevices {
  readonly #byAddress = new Map<string, Announced>();

  note({ topic, payload, receivedAt, client = '' }: Message): void {
    for (const proposal of announcedBy(topic, payload)) {
      this.#byAddress.delete(proposal.address);
      this.#byAddress.set(proposal.address, { ...proposal, from: client, at: receivedAt });
    }
    while (this.#byAddress.size > LIMITS.knockingKeptMax) {
      const [oldest = ''] = this.#byAddress.keys();
      this.#byAddress.delete(oldest);
    }
  }

  of(address: string): Announced | undefined {
    return this.#byAddress.get(address);
  }

  /** Those that nobody enrolled, the one that was announced last first. */
  open(registry: Pick<RegistryView, 'byAddress'>): readonly Announced[] {
    return [...this.#byAddress.values()]
      .reverse()
      .filter(({ address }) => registry.byAddress(...splitAddress(address)) === undefined);
  }
}
