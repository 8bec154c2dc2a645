import { expect, test } from 'vitest';
import { ClockWitness } from '../src/app/clock-witness.ts';
import { Dating } from '../src/app/dating.ts';
import { InboundPublish } from '../src/broker/inbound-publish.ts';
import type { Session } from '../src/broker/session.ts';
import type { SpokenTopic } from '../src/broker/topics.ts';
import { type Leap, MINUTE } from '../src/lib/clock.ts';
import type { Refusal } from '../src/model/effect.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { Message, Report } from '../src/model/message.ts';
import { T0 } from './core.ts';

const REPORT: Report = {
  kind: 'report',
  receivedAt: T0,
  device: 'b',
  clock: 'device',
  readings: [],
  events: [],
};
const OF_ITS_CLOCK: Refusal[] = [{ reason: 'clock-future', detail: '' }];

/** A clock that somebody puts right. */
class Clock {
  leap: Leap | undefined;
  now = (): number => T0;
  lastLeap = (): Leap | undefined => this.leap;
}

/** As a broker gives it: its bytes lie among those of others, and `payload` looks them up when it is asked. */
function published(text: string): InboundPublish {
  const bytes = Buffer.from(`…${text}…`);
  const payloadAt = Buffer.byteLength('…');
  const session = { client: { id: 'band' }, inNeed: false } as unknown as Session;
  const found = { bytes, payloadAt, end: payloadAt + Buffer.byteLength(text), qos: 1, packetId: 7 } as const;
  return new InboundPublish(session, { text: 'shouwang/band/telemetry' } as SpokenTopic, T0, found as never);
}

function handedBack(dating: Dating, clock: Clock): Message[] {
  clock.leap = { from: T0 - MINUTE, until: T0 };
  dating.look();
  const back: Message[] = [];
  dating.handBack((message) => back.push(message) > 0);
  return back;
}

test('a message that is held for its clock is given back as it came, whatever was read into its bytes since', () => {
  const clock = new Clock();
  const dating = new Dating(new ClockWitness(), clock);
  const message = published('{"pulse_bpm":71}');
  dating.hold(message, REPORT, OF_ITS_CLOCK);
  message.bytes.fill(0);
  const [back, ...more] = handedBack(dating, clock);
  expect(more).toEqual([]);
  expect(Buffer.from(back?.payload ?? []).toString()).toBe('{"pulse_bpm":71}');
  expect(back).toMatchObject({ receivedAt: T0, topic: 'shouwang/band/telemetry', client: 'band' });
  // What is held keeps nothing of the connection alive, nor the bytes of others.
  expect(back?.payload.buffer).not.toBe(message.bytes.buffer);
  expect(Object.keys(back ?? {}).sort()).toEqual(['client', 'payload', 'receivedAt', 'topic']);
});

test('what was refused for something else is not held, nor where something happened in it; the oldest gives way', () => {
  const clock = new Clock();
  const dating = new Dating(new ClockWitness(), clock);
  dating.hold(published('a'), REPORT, [{ reason: 'unknown-metric', detail: '' }]);
  dating.hold(published('b'), { ...REPORT, events: [{ event: 'sos', at: T0 }] }, OF_ITS_CLOCK);
  for (let n = 0; n <= LIMITS.clockHeldMessagesMax; n++) dating.hold(published(`${n}`), REPORT, OF_ITS_CLOCK);
  const back = handedBack(dating, clock).map(({ payload }) => Buffer.from(payload).toString());
  expect(back).toHaveLength(LIMITS.clockHeldMessagesMax);
  expect(back[0]).toBe('1');
});
