import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import { SharedParser } from './shared-parser.ts';

type Done = (error?: Error) => void;

/** What aedes 1.2 has and its types do not tell. The version is pinned, and the tests hold each of them. */
interface AedesInside {
  registerClient(client: Client): void;
  readonly persistence: { outgoingStream(client: Client): Iterable<unknown> };
}
interface ClientInside {
  /** Identifiers of QoS 2 publishes that were taken and wait for their PUBREL. */
  readonly _inboundInflight: ReadonlySet<number>;
  /** Ends the watch over the end of the connection. */
  _eos: () => void;
}

const AedesBase = Aedes as unknown as new (options: AedesOptions) => Aedes & AedesInside;

const NOTHING_WAITS: Iterable<never> = [];

/** Takes subscriptions and does nothing: deliveries are the fan-out's. */
const SILENT_EMITTER = {
  current: 0,
  on(_topic: string, _listener: unknown, done?: Done) {
    done?.();
  },
  removeListener(_topic: string, _listener: unknown, done?: Done) {
    done?.();
  },
  emit(_packet: unknown, done?: Done) {
    done?.();
  },
  close(done?: Done) {
    done?.();
  },
};

/**
 * aedes for what it is good at: handshake, subscriptions, pings, QoS 2, wills. Nothing is ever published through its
 * emitter: a long queue there ends the process by a stack overflow, and one subscriber that does not read stops everybody.
 */
export class ServiceAedes extends AedesBase {
  readonly #registers: (client: Client) => void;
  readonly #ofServer: (packet: PublishPacket) => void;

  /**
   * @param registers called before a client takes its place, and before one with the same id is sent away
   * @param ofServer gets the server's own messages ($SYS)
   */
  constructor(
    options: AedesOptions,
    registers: (client: Client) => void,
    ofServer: (packet: PublishPacket) => void,
  ) {
    super({ ...options, mq: SILENT_EMITTER });
    this.#registers = registers;
    this.#ofServer = ofServer;
    const parser = new SharedParser();
    this.on('connackSent', ({ returnCode }, client) => {
      if (returnCode !== 0) return;
      parser.adopt(client);
      watchEndOf(client);
    });
  }

  override async listen(): Promise<void> {
    await super.listen();
    // aedes publishes the wills of brokers that sent no sign of life; ours would count as such without the emitter.
    (this.brokers as Record<string, number>)[this.id] = Number.POSITIVE_INFINITY;
    // What waited for a client while it was away: nothing does. The stream that would say so, with all that hangs on it,
    // was 6 KB for each client that came, which outlived the collection of young objects.
    this.persistence.outgoingStream = () => NOTHING_WAITS;
  }

  override registerClient(client: Client): void {
    // A client that left while it was let in would keep its place for ever.
    if (client.closed) return;
    this.#registers(client);
    super.registerClient(client);
  }

  /** What clients publish was dealt with in `authorizePublish`, in front of the acknowledgement. */
  override publish(packet: PublishPacket, client: Client | null | Done, done?: Done): void {
    const finish = typeof client === 'function' ? client : done;
    if (typeof client === 'function' || !client) this.#ofServer(packet);
    finish?.();
  }
}

/** In place of the library's watch with its seven listeners: a connection that is over always says `close`. */
function watchEndOf(client: Client): void {
  const inside = client as unknown as ClientInside;
  inside._eos();
  inside._eos = () => {};
  client.conn.once('close', () => client.close());
}

/** A QoS 2 publish that was taken already and is sent again because the PUBREC was not seen. */
export function isRepeat(client: Client, packet: PublishPacket): boolean {
  const { _inboundInflight } = client as unknown as ClientInside;
  return packet.qos === 2 && packet.messageId !== undefined && _inboundInflight.has(packet.messageId);
}
