import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, type FrameSink, type Verdict } from '../../src/broker/frame-reader.ts';
import { encodePubacks, PublishFrame } from '../../src/broker/frames.ts';
import { runs } from '../runs.ts';
import { connectFrame, DISCONNECT, publishFrame, subscribeFrame } from './raw-client.ts';

const LIMITS = { connectFrameBytesMax: 64, frameBytesMax: 1024 };

/** A connection without a network, read as the MQTT library reads it. */
function connection(judge: (topic: string) => Verdict = () => 'taken') {
  const conn = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const published: string[] = [];
  const acknowledged: number[] = [];
  const refused: string[] = [];
  const waiting: Buffer[] = [];
  const sink: FrameSink = {
    onPublish({ topic, payload, qos, retain, packetId }) {
      const verdict = judge(topic);
      if (verdict === 'taken') published.push(`${topic} ${payload} ${qos} ${retain} ${packetId}`);
      return verdict;
    },
    onWaiting: (bytes) => waiting.push(Buffer.from(bytes)),
    onPuback: (id) => acknowledged.push(id),
    onTooLarge: (bytes) => refused.push(`too large: ${bytes}`),
    onMalformed: () => refused.push('malformed'),
  };
  const reader = new FrameReader(conn, sink, LIMITS);
  const passed: Buffer[] = [];
  const read = (): void => {
    const bytes = conn.read(null as unknown as number) as Buffer | null;
    if (bytes) passed.push(bytes);
  };
  conn.on('readable', read);
  const send = (bytes: Buffer): void => {
    conn.push(bytes);
    read();
  };
  const library = (): Buffer => Buffer.concat(passed);
  return { conn, reader, send, read, published, acknowledged, refused, waiting, library };
}

/** A connection whose client was let in. */
function open(judge?: (topic: string) => Verdict) {
  const made = connection(judge);
  made.send(connectFrame('m1'));
  made.reader.open();
  return made;
}

const frames = fc.array(
  fc.oneof(
    fc
      .record({
        topic: fc
          .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
          .filter((topic) => !/[#+\0]/.test(topic)),
        payload: fc.string({ maxLength: 300 }),
        qos: fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>,
        id: fc.integer({ min: 1, max: 65_535 }),
      })
      .map(({ topic, payload, qos, id }) => ({
        bytes: publishFrame(topic, payload, qos, id),
        says: qos < 2 ? `${topic} ${payload} ${qos} false ${qos === 0 ? 0 : id}` : undefined,
        ack: undefined,
      })),
    fc.constantFrom(subscribeFrame('a/b', 1), Buffer.from([0xc0, 0])).map((bytes) => ({
      bytes,
      says: undefined,
      ack: undefined,
    })),
    fc
      .integer({ min: 1, max: 65_535 })
      .map((id) => ({ bytes: encodePubacks([id]), says: undefined, ack: id })),
  ),
  { maxLength: 12 },
);

describe('the frame reader', () => {
  test('finds the same publishes however the bytes are cut, and gives the library all the rest in order', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, cuts) => {
        const made = open();
        const before = made.library().length;
        const all = Buffer.concat(sent.map(({ bytes }) => bytes));
        for (let at = 0, i = 0; at < all.length; i++) {
          const size = cuts[i % cuts.length]!;
          made.send(all.subarray(at, at + size));
          at += size;
        }
        expect(made.published).toEqual(sent.flatMap(({ says }) => says ?? []));
        expect(made.acknowledged).toEqual(sent.flatMap(({ ack }) => ack ?? []));
        const rest = sent.filter(({ says, ack }) => says === undefined && ack === undefined);
        expect(made.library().subarray(before)).toEqual(Buffer.concat(rest.map(({ bytes }) => bytes)));
      }),
      { numRuns: runs(60) },
    );
  });

  test('loses nothing and keeps the order when there is no room again and again', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(3), { minLength: 1 }), (sent, rooms) => {
        let room = 0;
        const made = open(() => (room-- > 0 ? 'taken' : 'waits'));
        made.send(Buffer.concat(sent.map(({ bytes }) => bytes)));
        for (let i = 0; made.reader.held && i < 100; i++) {
          room = Math.max(1, rooms[i % rooms.length]!);
          made.reader.release();
        }
        expect(made.published).toEqual(sent.flatMap(({ says }) => says ?? []));
      }),
      { numRuns: runs(60) },
    );
  });

  test('shows what waits while it is held, once, and nothing of it when it is read on', () => {
    let isRoom = false;
    const { reader, send, published, waiting } = open(() => (isRoom ? 'taken' : 'waits'));
    const [first, second] = [publishFrame('a', 'x', 1, 6), publishFrame('b', 'x', 1, 7)];
    send(Buffer.concat([first, second]));
    expect(waiting).toEqual([Buffer.concat([first, second])]);
    send(publishFrame('c', 'x', 1, 8));
    expect(waiting.slice(1)).toEqual([publishFrame('c', 'x', 1, 8)]);
    isRoom = true;
    reader.release();
    send(publishFrame('d', 'x', 1, 9));
    expect(published.map((line) => line[0])).toEqual(['a', 'b', 'c', 'd']);
    expect(waiting).toHaveLength(2);
  });

  test('gives the library nothing after CONNECT until the client is let in', () => {
    const made = connection();
    made.send(Buffer.concat([connectFrame('m1'), publishFrame('a', 'early'), DISCONNECT]));
    expect(made.library()).toEqual(connectFrame('m1'));
    expect(made.published).toEqual([]);
    made.reader.open();
    made.read();
    expect(made.published).toEqual(['a early 0 false 0']);
    expect(made.library()).toEqual(Buffer.concat([connectFrame('m1'), DISCONNECT]));
    expect(made.reader.saidGoodbye).toBe(true);
  });

  test('refuses a frame by the length it announces, before its body has come', () => {
    const made = open();
    made.send(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x01]));
    expect(made.refused).toEqual([`too large: ${128 ** 3 + 5}`]);
    made.send(publishFrame('a', 'later'));
    expect(made.published).toEqual([]);
  });

  test('allows a client that is not in yet no more than a CONNECT needs', () => {
    const made = connection();
    made.send(Buffer.from([0x10, 0x80, 0x01]));
    expect(made.refused).toEqual(['too large: 131']);
    expect(made.library().length).toBe(0);
  });

  test('refuses a length of more than four bytes', () => {
    const made = open();
    made.send(Buffer.from([0x30, 0xff, 0xff, 0xff]));
    expect(made.refused).toEqual([]);
    made.send(Buffer.from([0xff, 1]));
    expect(made.refused).toEqual(['malformed']);
  });

  test('leaves a publish with a wildcard, without a topic or with QoS 3 to the library, which refuses it', () => {
    const wrong = [publishFrame('a/#', 'x'), publishFrame('', 'x'), Buffer.from([0x36, 3, 0, 1, 97])];
    const made = open();
    const before = made.library().length;
    for (const bytes of wrong) made.send(bytes);
    expect(made.published).toEqual([]);
    expect(made.library().subarray(before)).toEqual(Buffer.concat(wrong));
  });

  test('reads back what the encoder writes', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 900 }),
        fc.constantFrom<0 | 1>(0, 1),
        fc.boolean(),
        (payload, qos, retain) => {
          const made = open();
          const encoded = new PublishFrame('温度/a', Buffer.from(payload), qos, retain);
          const bytes = qos === 0 ? encoded.shared() : encoded.numbered(513);
          fc.pre(bytes.length <= LIMITS.frameBytesMax);
          made.send(bytes);
          expect(made.published).toEqual([`温度/a ${payload} ${qos} ${retain} ${qos * 513}`]);
        },
      ),
      { numRuns: runs(20) },
    );
  });

  test('a publish that found no room is offered again only when there may be some', () => {
    const offered: string[] = [];
    let room = false;
    const made = open((topic) => {
      offered.push(topic);
      return room ? 'taken' : 'waits';
    });
    made.send(publishFrame('t/1', 'x', 1, 1));
    made.send(publishFrame('t/2', 'x', 1, 2));
    expect([offered, made.reader.held]).toEqual([['t/1'], true]);
    expect(Buffer.concat(made.waiting).toString()).toMatch(/t\/1.*t\/2/s);
    room = true;
    made.reader.release();
    expect(offered).toEqual(['t/1', 't/1', 't/2']);
  });
});
