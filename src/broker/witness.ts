import { randomBytes } from 'node:crypto';
import mqtt, { type MqttClient } from 'mqtt';
import { readSecretFile } from '../lib/secret-file.ts';
import { clientOptions } from './external-client.ts';
import type { BrokerLimits, ExternalBrokerOptions } from './options.ts';
import { refusalOf } from './refusals.ts';
import type { Witness } from './rivalry.ts';

/** It is opened when a connection has ended soon; after so long without another such end nobody needs it. */
const LIFE_MS = 3 * 60_000;

/**
 * A connection that says nothing and hears nothing, beside that of the service. Its id begins as ours does, because brokers
 * may let in by the beginning of an id. Where the broker does not let it in there is no witness, and nothing is claimed.
 */
export class SecondConnection implements Witness {
  readonly #options: ExternalBrokerOptions;
  readonly #limits: BrokerLimits;
  #client: MqttClient | undefined;
  #opening = false;
  #timer: NodeJS.Timeout | undefined;
  standsSince: number | undefined;

  constructor(options: ExternalBrokerOptions, limits: BrokerLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  open(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), LIFE_MS).unref();
    if (this.#client || this.#opening) return;
    this.#opening = true;
    void this.#connect().catch(() => this.close());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#opening = false;
    this.#client?.end(true);
    this.#client = undefined;
    this.standsSince = undefined;
  }

  async #connect(): Promise<void> {
    const { clientId, url, passwordFile, password } = this.#options;
    const pauseMs = this.#limits.upstreamBackoffMsFirst;
    const options = await clientOptions(this.#options, this.#limits, pauseMs);
    const now = passwordFile === undefined ? password : (readSecretFile(passwordFile) ?? password);
    // It was closed meanwhile.
    if (!this.#opening) return;
    const client = mqtt.connect(url, {
      ...options,
      ...(now !== undefined && { password: now }),
      clientId: `${clientId}-${randomBytes(4).toString('hex')}`,
      clean: true,
      properties: { sessionExpiryInterval: 0 },
    });
    this.#client = client;
    this.#opening = false;
    client.on('connect', () => {
      this.standsSince = performance.now();
    });
    client.on('close', () => {
      this.standsSince = undefined;
    });
    client.on('error', (error) => {
      this.standsSince = undefined;
      // It would ask again each second, and be banned for that.
      if (refusalOf(error)) this.close();
    });
  }
}
