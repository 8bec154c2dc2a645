import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Client } from 'aedes';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { callsForHelp, Inbox } from '../../src/app/inbox.ts';
import { FanOut } from '../../src/broker/fan-out.ts';
import { Intake } from '../../src/broker/intake.ts';
import { type BrokerLimits, limitsWith } from '../../src/broker/options.ts';
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
  readonly inbox: Inbox;
  /** Who was told to flood us. */
  readonly flooding: string[] = [];
  /** What left the inbox: `client/number`, in order. */
  readonly taken: string[] = [];
  readonly acknowledged = new Map<string, number[]>();
  readonly #intake: Intake;
  readonly #connections = new Map<string, { conn: Duplex; sent: number }>();

  constructor(room = ROOM, changes: Partial<BrokerLimits> = {}) {
    this.inbox = new Inbox(room, RESERVE);
    const logger = pino({ level: 'silent' });
    const limits = limitsWith(changes);
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
      flooding: ({ id }) => void this.flooding.push(id),
    };
    this.#intake = new Intake(host, new FanOut(0), new Refusals(logger), limits, logger);
  }

  /** What the broker does once a second. */
  async lookAfter(now: number): Promise<void> {
    this.#intake.lookAfter(now);
    await turn();
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
    const session = new Session(conn, { address: id, drop: () => undefined, state: 'in' }, owner);
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

test('who floods us fills its own share and no more, and nothing of it is lost', async () => {
  const made = new Way(100, { clientWaitingMax: 4 });
  for (const id of ['flood', 'neighbour']) made.connect(id);
  await made.send('flood', Array(30).fill(READING));
  expect(made.inbox.length).toBe(4);
  await made.send('neighbour', [READING]);
  expect(made.inbox.length).toBe(5);
  for (let i = 0; i < 20 && made.inbox.length > 0; i++) await made.batch(3);
  expect(made.taken.indexOf('neighbour/0')).toBe(4);
  expect(made.taken.filter((topic) => topic.startsWith('flood'))).toHaveLength(30);
  expect(made.acknowledged.get('flood')).toHaveLength(30);
  expect(made.flooding).toEqual([]);
});

test('a call for help passes the share of its own connection that is used up', async () => {
  const made = new Way(100, { clientWaitingMax: 4 });
  made.connect('gateway');
  await made.send('gateway', [...Array(6).fill(READING), CALL]);
  await turn();
  expect(made.inbox.length).toBe(7);
});

test('what is more than a minute may bring waits until the next one and is told, but a call for help is heard at once', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(600_000);
  try {
    const made = new Way(100, { deviceMessagesPerMinuteMax: 5 });
    for (const id of ['flood', 'band']) made.connect(id);
    await made.send('flood', Array(8).fill(READING));
    await made.batch(100);
    expect(made.taken).toHaveLength(5);
    expect(made.flooding).toEqual(['flood']);
    await made.lookAfter(659_000);
    await made.send('band', [...Array(7).fill(READING), CALL]);
    await turn();
    await made.batch(100);
    expect(made.taken.at(-1)).toBe('band/7');
    expect(made.taken).toHaveLength(13);
    vi.advanceTimersByTime(60_000);
    await made.lookAfter(660_000);
    await made.batch(100);
    expect(made.acknowledged.get('flood')).toHaveLength(8);
  } finally {
    vi.useRealTimers();
  }
});

test('the inbox is full where what waits is long, and has room left for a call for help', () => {
  const inbox = new Inbox();
  const long = { receivedAt: 0, topic: 't', payload: Buffer.alloc(150_000), client: 'busy' };
  const inboundOf = (payload: Buffer): InboundMessage => ({
    message: { ...long, payload },
    qos: 1,
    done: () => undefined,
  });
  while (inbox.push({ kind: 'message', inbound: inboundOf(long.payload) }));
  expect(inbox.length * long.payload.length).toBeLessThan(34 * 1024 * 1024);
  expect(inbox.filled).toBeGreaterThanOrEqual(1);
  expect(inbox.push({ kind: 'message', inbound: inboundOf(Buffer.from(READING)) })).toBe(false);
  expect(inbox.push({ kind: 'message', inbound: inboundOf(Buffer.from(CALL)) })).toBe(true);
  while (inbox.shift());
  expect(inbox.bytes).toBe(0);
});

test('the word of people on a case does not stand behind thousands of readings, nor does a full inbox refuse it', () => {
  const inbox = new Inbox(100, RESERVE);
  const message = { receivedAt: 0, topic: 't', payload: Buffer.from(READING), client: 'busy' };
  while (inbox.push({ kind: 'message', inbound: { message, qos: 1, done: () => undefined } }));
  const command = { type: 'case.acknowledge', case: 'h1.c1' } as const;
  const input = { kind: 'command', receivedAt: 5, id: '1', by: 'test', command } as const;
  expect(inbox.push({ kind: 'input', input })).toBe(true);
  expect(inbox.letThroughWhoIsInNeed(50)).toEqual({ ahead: 1, until: 0 });
  expect(inbox.shift()).toEqual({ kind: 'input', input });
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
