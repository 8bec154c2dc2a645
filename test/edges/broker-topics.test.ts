import { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FanOut } from '../../src/broker/fan-out.ts';
import { Intake } from '../../src/broker/intake.ts';
import { limitsWith } from '../../src/broker/options.ts';
import { Refusals } from '../../src/broker/refusals.ts';
import { Session } from '../../src/broker/session.ts';
import { type SpokenTopic, Topics } from '../../src/broker/topics.ts';
import type { PublishRoute } from '../../src/ports/broker.ts';
import { runs } from '../runs.ts';
import { connectFrame, publishFrame } from './raw-client.ts';

test('a topic is the text that its bytes spell, whoever published what before it', () => {
  // Alike to the last sign, of other scripts, and longer than what is remembered.
  const topic = fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((n) => `shouwang/wm-${n}/telemetry`),
    fc.constantFrom('a', 'b', 'ab', '水表/1', '水表/2', `${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`),
  );
  const publish = fc.record({ client: fc.integer({ min: 0, max: 2 }), topic });
  fc.assert(
    fc.property(fc.array(publish, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (publishes, max) => {
      const topics = new Topics(max);
      const last: (SpokenTopic | undefined)[] = [];
      for (const { client, topic } of publishes) {
        const length = Buffer.byteLength(topic);
        const found = topics.of(Buffer.from(`..${topic}..`), 2, 2 + length, last[client]);
        expect(found.text).toBe(topic);
        last[client] = found;
      }
    }),
    { numRuns: runs(100) },
  );
});

test('where a topic goes is asked once, and again when the registry is another one or another client speaks', () => {
  const asked: string[] = [];
  const taken: string[] = [];
  let revision = 1;
  let route: PublishRoute = 'ingest';
  const logger = pino({ level: 'silent' });
  const limits = limitsWith(undefined);
  const host = {
    now: () => 0,
    authenticate: async () => undefined,
    route: ({ id }: { id: string }) => {
      asked.push(id);
      return route;
    },
    routesAsOf: () => revision,
    maySubscribe: () => false,
    receive: ({ message }: { message: { client?: string; payload: Uint8Array } }) => {
      taken.push(`${message.client} ${Buffer.from(message.payload)}`);
      return true;
    },
    onRoom: () => undefined,
    diverted: () => undefined,
    refusedFrame: () => undefined,
    presence: () => undefined,
  };
  const intake = new Intake(host, new FanOut(0), new Refusals(logger), limits, logger);
  const connect = (id: string): ((payload: string) => void) => {
    const conn = new Duplex({ read: () => undefined, write: (_frames, _encoding, done) => done() });
    const session = new Session(
      conn,
      { address: id, drop: () => undefined, state: 'in' },
      {
        limits,
        onPublish: (of, publish) => intake.take(of, publish),
        onFinished: (of, packetId) => intake.acknowledge(of, packetId),
        onWaiting: () => undefined,
        onTooLarge: () => undefined,
        onMalformed: () => undefined,
        onSlowReader: () => undefined,
      },
    );
    session.client = { id } as Client;
    session.identity = { kind: 'gateway', id };
    conn.push(connectFrame(id));
    conn.read(null as unknown as number);
    session.reader.open();
    return (payload) => conn.push(publishFrame('shouwang/m1/telemetry', payload, 1));
  };
  const [g1, g2] = [connect('g1'), connect('g2')];
  for (const payload of ['1', '2', '3']) g1(payload);
  expect(asked).toEqual(['g1']);
  // Published by another client it may go elsewhere.
  g2('4');
  expect(asked).toEqual(['g1', 'g2']);
  revision = 2;
  route = 'foreign';
  g2('5');
  expect(taken).toEqual(['g1 1', 'g1 2', 'g1 3', 'g2 4']);
});
