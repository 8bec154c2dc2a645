import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Client } from 'aedes';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { callsForHelp, Inbox } from '../../src/app/inbox.ts';
import { FanOut } from '../../src/broker/fan-out.ts';
import { Intake } from '../../src/broker/intake.ts';
import { limitsWith } from '../../src/broker/options.ts';
import { Refusals } from '../../src/broker/refusals.ts';
import { Session, type SessionOwner } from '../../src/broker/session.ts';
import type { BrokerHost, InboundMessage } from '../../src/ports/broker.ts';
import { runs } from '../runs.ts';
import { connectFrame, publishFrame } from './raw-client.ts';

/** Room for so many messages, and for so many more of those in need. */
const [ROOM, RESERVE] = [8, 4];
const CALL = '{"event":"sos"}';
const READING = '{"pulse_bpm":70}';

/** The way from connections through the broker into the inbox, without network, library and loop. */
class Way {
  readonly inbox = new Inbox(ROOM, RESERVE);
  /** What left the inbox: `client/number`, in order. */
  readonly taken: string[] = [];
  readonly acknowledged = new Map<string, number[]>();
  readonly #intake: Intake;
  readonly #connections = new Map<string, { conn: Duplex; sent: number }>();

  constructor() {
    const logger = pino({ level: 'silent' });
    const limits = limitsWith(undefined);
    const host: BrokerHost = {
      now: () => 0,
      authenticate: async () => undefined,
      route: () => 'ingest',
      maySubscribe: () => false,
      receive: (inbound) => this.inbox.push({ kind: 'message', inbound }),
      onRoom: (resume, ahead) => this.inbox.onRoom(resume, ahead),
      callsForHelp,
      diverted: () => undefined,
      refusedFrame: () => undefined,
      presence: () => undefined,
    };
    this.#intake = new Intake(host, new FanOut(0), new Refusals(logger), limits, logger);
  }

  connect(id: string): void {
    const acknowledged: number[] = [];
    const conn = new Duplex({
      read: () => undefined,
      write(frames: Buffer, _encoding, done) {
        for (let at = 0; at < frames.length; at += 4) acknowledged.push(frames.readUInt16BE(at + 2));
        done();
      },
    });
    const owner: SessionOwner = {
      limits: limitsWith(undefined),
      onPublish: (session, publish) => this.#intake.take(session, publish),
      onFinished: (session, packetId) => this.#intake.acknowledge(session, packetId),
      onWaiting: (session, bytes) => this.#intake.waits(session, bytes),
      onTooLarge: () => undefined,
      onMalformed: () => undefined,
      onSlowReader: () => undefined,
    };
    const session = new Session(conn, id, owner);
    session.client = { id } as Client;
    session.identity = { kind: 'device', id };
    // As the library reads.
    conn.on('readable', () => conn.read(null as unknown as number));
    conn.push(connectFrame(id));
    conn.read(null as unknown as number);
    session.reader.open();
    this.#connections.set(id, { conn, sent: 0 });
    this.acknowledged.set(id, acknowledged);
  }

  /** Messages in pieces of so many bytes. */
  async send(id: string, payloads: readonly string[], pieceBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const connection = this.#connections.get(id)!;
    const frames = Buffer.concat(
      payloads.map((payload) => publishFrame(`${id}/${connection.sent}`, payload, 1, ++connection.sent)),
    );
    for (let at = 0; at < frames.length; at += pieceBytes)
      connection.conn.push(frames.subarray(at, Math.min(frames.length, at + pieceBytes)));
    await turn();
  }

  /** Takes a batch as the loop does, and finishes it. */
  async batch(length: number): Promise<void> {
    this.inbox.letThroughWhoIsInNeed(length);
    const batch: InboundMessage[] = [];
    while (batch.length < length) {
      const item = this.inbox.shift();
      if (item?.kind !== 'message') break;
      batch.push(item.inbound);
      this.taken.push(item.inbound.message.topic);
    }
    this.inbox.tellOfRoom();
    for (const inbound of batch) inbound.done();
    await turn();
    await turn();
  }

  sentOf(id: string): number {
    return this.#connections.get(id)!.sent;
  }
}

const way = (...clients: string[]): Way => {
  const made = new Way();
  for (const client of clients) made.connect(client);
  return made;
};

test('a call for help passes a full inbox and the connections that wait for room in it', async () => {
  const busy = Array.from({ length: 20 }, (_, i) => `busy-${i}`);
  const made = way(...busy, 'band');
  for (const id of busy) await made.send(id, Array(6).fill(READING));
  expect(made.inbox.length).toBe(ROOM);
  await made.send('band', [CALL]);
  expect(made.inbox.length).toBe(ROOM + 1);
  await made.batch(4);
  expect(made.taken[0]).toBe('band/0');
});

test('so does one that stands behind readings of its own connection, and these go first', async () => {
  const made = way('busy', 'gateway');
  await made.send('busy', Array(30).fill(READING));
  await made.send('gateway', [READING, READING]);
  expect(made.inbox.length).toBe(ROOM);
  await made.send('gateway', [CALL, READING]);
  await turn();
  await made.batch(4);
  expect(made.taken).toEqual(['gateway/0', 'gateway/1', 'gateway/2', 'busy/0']);
  expect(made.acknowledged.get('gateway')).toEqual([1, 2, 3]);
});

test('where more call than there is room in reserve, they are served before those who do not call', async () => {
  const callers = Array.from({ length: 3 * RESERVE }, (_, i) => `band-${i}`);
  const made = way('busy', ...callers);
  await made.send('busy', Array(60).fill(READING));
  for (const id of callers) await made.send(id, [CALL]);
  expect(made.inbox.length).toBe(ROOM + RESERVE);
  for (let i = 0; i < 4; i++) await made.batch(4);
  expect(made.taken.filter((topic) => topic.startsWith('band'))).toHaveLength(callers.length);
});

test('who was held is read again a few messages at a time: not for each, and not for thousands in one turn', async () => {
  const inbox = new Inbox(1_000, RESERVE);
  const message = { receivedAt: 0, topic: 't', payload: Buffer.from(READING), client: 'busy' };
  while (inbox.push({ kind: 'message', inbound: { message, qos: 1, done: () => undefined } }));
  let resumed = 0;
  inbox.onRoom(() => resumed++);
  const taken = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) inbox.shift();
    inbox.tellOfRoom();
    await turn();
    return resumed;
  };
  expect(await taken(20)).toBe(0);
  expect(await taken(40)).toBe(1);
});

test('nothing is lost, doubled or reordered within a connection, whoever calls for help meanwhile', async () => {
  const clients = ['a', 'b', 'c', 'd'];
  const acts = fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          client: fc.constantFrom(...clients),
          payloads: fc.array(fc.constantFrom(READING, READING, READING, CALL), {
            minLength: 1,
            maxLength: 12,
          }),
          pieceBytes: fc.integer({ min: 7, max: 200 }),
        }),
      },
      fc.record({ batch: fc.integer({ min: 1, max: 10 }) }),
    ),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (script) => {
      const made = way(...clients);
      for (const act of script)
        if ('batch' in act) await made.batch(act.batch);
        else await made.send(act.client, act.payloads, act.pieceBytes);
      for (let i = 0; i < 200 && made.inbox.length > 0; i++) await made.batch(5);
      for (const id of clients) {
        const numbers = Array.from({ length: made.sentOf(id) }, (_, i) => i);
        expect(made.taken.filter((topic) => topic.startsWith(id))).toEqual(numbers.map((n) => `${id}/${n}`));
        expect(made.acknowledged.get(id)).toEqual(numbers.map((n) => n + 1));
      }
    }),
    { numRuns: runs(15) },
  );
});
