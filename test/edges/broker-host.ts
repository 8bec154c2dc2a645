import type { Message } from '../../src/model/message.ts';
import type {
  BrokerHost,
  Identity,
  InboundMessage,
  PublishRoute,
  RefusedConnection,
} from '../../src/ports/broker.ts';

/** The service's side of the broker port, as small as it can be: an inbox that the test empties, and a notebook. */
export class NotebookHost implements BrokerHost {
  /** What waits in the inbox: taken, and not finished. */
  readonly inbox: InboundMessage[] = [];
  readonly topics: string[] = [];
  readonly presences: string[] = [];
  readonly divertedTopics: string[] = [];
  readonly refusedConnections: RefusedConnection[] = [];
  readonly refusedFrames: { from: string; bytes: number; identity?: Identity }[] = [];
  readonly fights: { id: string; count: number; from: string }[] = [];
  readonly sessions: number[] = [];
  /** Names whose secrets somebody set by hand, and how often such a one was checked. */
  readonly slowNames = new Set<string>();
  slowChecks = 0;
  /** Finishes each message at once. */
  automatic = true;
  capacity = Number.POSITIVE_INFINITY;
  receivedCount = 0;
  #resume: (() => void)[] = [];
  #waiting: { until: () => boolean; resolve: () => void }[] = [];

  now(): number {
    return 1_700_000_000_000;
  }

  /** Every client whose password is `secret of <id>`; names that begin with `service` or `gateway` are such. */
  async authenticate(
    _clientId: string,
    username: string,
    password: Uint8Array,
  ): Promise<Identity | undefined> {
    if (this.slowNames.has(username)) this.slowChecks++;
    if (Buffer.from(password).toString() !== `secret of ${username}`) return undefined;
    const kind = username.startsWith('service')
      ? 'service'
      : username.startsWith('gateway')
        ? 'gateway'
        : 'device';
    return { kind, id: username };
  }

  checksSlowly(username: string): boolean {
    return this.slowNames.has(username);
  }

  route(identity: Identity, topic: string): PublishRoute {
    const [root, id, what] = topic.split('/');
    if (identity.kind === 'service') return what === 'telemetry' ? 'ingest' : 'relay';
    if (root !== 'shouwang' || id !== identity.id) return 'foreign';
    return what === 'status' ? 'status' : what === 'telemetry' ? 'ingest' : 'foreign';
  }

  maySubscribe(identity: Identity, filter: string): boolean {
    return identity.kind === 'service' || filter === `shouwang/${identity.id}/command`;
  }

  receive(inbound: InboundMessage): boolean {
    if (this.inbox.length >= this.capacity) return false;
    this.receivedCount++;
    this.topics.push(inbound.message.topic);
    if (this.automatic) inbound.done();
    else this.inbox.push(inbound);
    this.#look();
    return true;
  }

  onRoom(resume: () => void): void {
    this.#resume.push(resume);
    this.#look();
  }

  /** True while somebody waits for room. */
  get asked(): boolean {
    return this.#resume.length > 0;
  }

  diverted(message: Message, _identity: Identity, done: () => void): void {
    this.divertedTopics.push(message.topic);
    done();
    this.#look();
  }

  refusedConnection(refused: RefusedConnection): void {
    this.refusedConnections.push(refused);
    this.#look();
  }

  refusedFrame(
    from: string,
    bytes: number,
    of?: { identity?: Identity; topic?: string; whole?: Pick<InboundMessage, 'done'> },
  ): void {
    this.refusedFrames.push({ from, bytes, ...(of?.identity && { identity: of.identity }) });
    of?.whole?.done();
    this.#look();
  }

  twoAsOne({ id }: Identity, seen: { count: number; from: string }): void {
    this.fights.push({ id, ...seen });
    this.#look();
  }

  presence(identity: Identity, online: boolean, session: number): void {
    this.presences.push(`${identity.id} ${online ? 'online' : 'offline'}`);
    this.sessions.push(session);
    this.#look();
  }

  /** Finishes what is in the inbox, as a commit does, and announces the room. */
  commit(): InboundMessage[] {
    const batch = this.inbox.splice(0);
    for (const inbound of batch) inbound.done();
    for (const resume of this.#resume.splice(0)) resume();
    return batch;
  }

  /** Resolves as soon as it is true; looked at after everything that the broker tells the host. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ until: condition, resolve }));
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      if (!until()) return true;
      resolve();
      return false;
    });
  }
}
