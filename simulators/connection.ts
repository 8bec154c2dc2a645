import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { errorText } from '../src/model/system-words.ts';
import type { Text } from '../src/model/text.ts';

/** CONNACK codes after which trying again as before is of little use: identifier, password, authorisation. */
const REFUSED_FOR_GOOD = new Set([2, 4, 5, 133, 134, 135]);
const REFUSALS_BEFORE_GIVING_UP = 3;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 30_000;
/** Once refused for good it still asks now and then: somebody may enrol the device. */
const RETRY_REFUSED_MS = 60_000;

export interface ConnectionOptions {
  readonly url: string;
  /** Client id and user name. */
  readonly id: string;
  readonly username?: string;
  readonly password: string;
  /** Announces itself on `shouwang/<id>/status`, and leaves a last will there. */
  readonly presence: boolean;
  /** Seconds of silence, of the wall, after which it says that it is there; a minute if absent. */
  readonly keepAliveS?: number | undefined;
  /** Uniform in [0, 1): spreads attempts to connect. */
  readonly jitter: () => number;
  /** Waits until it may try to connect; what it resolves with is called once the attempt is over. */
  readonly turn: () => Promise<() => void>;
  readonly onAcknowledged: () => void;
  /** Messages that were given up because the service lets this client in no more. */
  readonly onDropped: (count: number) => void;
  readonly onReconnect: () => void;
}

interface Unacknowledged {
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/**
 * One MQTT connection that keeps what was not acknowledged and sends it again after a break: QoS 1, so that a message
 * may come twice and is never lost. Reconnects with back-off and jitter.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #unacknowledged = new Map<number, Unacknowledged>();
  #sequence = 0;
  #client: MqttClient | undefined;
  #session: number;
  #attempts = 0;
  #refusals = 0;
  #up = false;
  #wanted = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  /** Why the last attempt failed; undefined while it is connected, and where the service itself refuses it. */
  trouble: Text | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    // Later connections of the same device have higher numbers, also when the simulator is started again.
    this.#session = Date.now();
  }

  get id(): string {
    return this.#options.id;
  }

  get unacknowledged(): number {
    return this.#unacknowledged.size;
  }

  get up(): boolean {
    return this.#up;
  }

  get refused(): boolean {
    return this.#refusals >= REFUSALS_BEFORE_GIVING_UP;
  }

  /** Connects if it is not connected, and holds the connection from now on. */
  open(): void {
    if (this.#wanted || this.#closed) return;
    this.#wanted = true;
    void this.#connect();
  }

  /** Breaks off without a word, as a device without power does: the last will speaks for it. */
  cut(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    this.#up = false;
    client?.stream.destroy();
  }

  /** Sends at QoS 1; false when the service does not let this client in, and the message was given up. */
  publish(topic: string, payload: string | Uint8Array): boolean {
    this.open();
    if (this.refused && !this.#up) return false;
    const key = this.#sequence++;
    this.#unacknowledged.set(key, { topic, payload });
    if (this.#up) this.#send(key, topic, payload);
    return true;
  }

  /** Says goodbye and closes. What is not acknowledged by then is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    if (this.#up && this.#options.presence) await this.#announce(client, 'offline').catch(() => undefined);
    this.#up = false;
    await client.endAsync(true);
  }

  async #connect(): Promise<void> {
    const done = await this.#options.turn();
    if (!this.#wanted || this.#closed) {
      done();
      return;
    }
    const client = connect(this.#options.url, this.#clientOptions());
    this.#client = client;
    client.once('connect', () => {
      done();
      this.#connected(client);
    });
    client.on('error', (error) => this.#failed(error));
    client.once('close', () => {
      done();
      this.#lost(client);
    });
  }

  #clientOptions(): IClientOptions {
    const { id, username, password, presence, keepAliveS = 60 } = this.#options;
    const session = ++this.#session;
    return {
      clientId: id,
      username: username ?? id,
      password,
      clean: true,
      keepalive: keepAliveS,
      connectTimeout: 10_000,
      // A new client is made for each connection: the will carries its session's number.
      reconnectPeriod: 0,
      ...(presence
        ? {
            will: {
              topic: `shouwang/${id}/status`,
              payload: Buffer.from(`offline ${session}`),
              qos: 1 as const,
              retain: true,
            },
          }
        : {}),
    };
  }

  #connected(client: MqttClient): void {
    if (client !== this.#client) return;
    setNoDelay(client);
    this.#up = true;
    this.trouble = undefined;
    this.#attempts = 0;
    this.#refusals = 0;
    if (this.#options.presence) this.#announce(client, 'online').catch(() => undefined);
    for (const [key, { topic, payload }] of this.#unacknowledged) this.#send(key, topic, payload);
  }

  async #announce(client: MqttClient, word: 'online' | 'offline'): Promise<void> {
    const topic = `shouwang/${this.#options.id}/status`;
    await client.publishAsync(topic, `${word} ${this.#session}`, { qos: 1, retain: true });
  }

  #send(key: number, topic: string, payload: string | Uint8Array): void {
    const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
    this.#client?.publish(topic, bytes, { qos: 1 }, (error) => {
      // An error here means that the connection broke: the message is sent again on the next one.
      if (!error && this.#unacknowledged.delete(key)) this.#options.onAcknowledged();
    });
  }

  #failed(error: Error): void {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'number' || !REFUSED_FOR_GOOD.has(code)) {
      this.trouble = errorText(error);
      return;
    }
    this.#refusals++;
    if (!this.refused) return;
    const dropped = this.#unacknowledged.size;
    this.#unacknowledged.clear();
    if (dropped > 0) this.#options.onDropped(dropped);
  }

  #lost(client: MqttClient): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#up = false;
    if (!this.#wanted || this.#closed) return;
    this.#options.onReconnect();
    const limit = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(10, this.#attempts++));
    const wait = this.refused ? RETRY_REFUSED_MS : limit * (0.5 + this.#options.jitter() / 2);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }
}

/** Small packets leave at once. Other streams (TLS, WebSocket) have no such switch, or carry it below. */
function setNoDelay({ stream }: MqttClient): void {
  if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
}
