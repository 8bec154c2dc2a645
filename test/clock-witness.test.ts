import { expect, test } from 'vitest';
import { ClockWitness } from '../src/app/clock-witness.ts';
import { step } from '../src/app/pipeline.ts';
import { rejectionOf } from '../src/app/rejected.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { Message, Report } from '../src/model/message.ts';
import { community, coreOf, T0 } from './core.ts';
import { signIn, testService } from './service.ts';
import { soon } from './soon.ts';

const HOMES = community(
  Object.fromEntries(
    ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7'].map((id) => [id, [{ id: `${id}-b`, model: 'wristband' }]]),
  ),
);
/** So many milliseconds each device is ahead of us; what the service makes of it. @returns our time after it */
function tellAll(
  witness: ClockWitness,
  says: readonly (readonly [device: string, aheadMs: number])[],
): number {
  const core = coreOf(HOMES, []);
  let now = T0 + HOUR;
  for (const [device, aheadMs] of says) {
    now += 1_000;
    const readings = [{ metric: 'pulse_bpm' as const, value: 71, at: now + aheadMs }];
    const report: Report = { kind: 'report', receivedAt: now, device, clock: 'device', readings, events: [] };
    const message: Message = { receivedAt: now, topic: '', payload: new Uint8Array() };
    const { accepted, refusals } = step(core, report);
    witness.committed({
      effects: refusals.map((one) => ({ type: 'rejection', rejection: rejectionOf(message, device, one) })),
      reports: accepted ? [{ seq: core.seq, report: accepted }] : [],
    });
  }
  return now;
}

const AHEAD = LIMITS.clockAheadMsMax + 5 * MINUTE;

test('three devices that are ahead of us by a like amount say that our clock is slow', () => {
  const witness = new ClockWitness();
  const now = tellAll(witness, [
    ['h1-b', AHEAD],
    ['h2-b', AHEAD + MINUTE],
    ['h3-b', AHEAD - MINUTE],
  ]);
  expect(witness.slow(now)).toMatchObject({ devices: 3, ms: AHEAD });
});

test('it is no longer said when they agree with us again, or nothing more is heard of them', () => {
  const witness = new ClockWitness();
  const ahead = ['h1-b', 'h2-b', 'h3-b'];
  let now = tellAll(
    witness,
    ahead.map((id) => [id, AHEAD]),
  );
  expect(witness.slow(now + 3 * HOUR)).toBeUndefined();
  now = tellAll(
    witness,
    ahead.map((id) => [id, AHEAD]),
  );
  expect(witness.slow(now)).toBeDefined();
  now = tellAll(
    witness,
    ahead.map((id) => [id, 0]),
  );
  expect(witness.slow(now)).toBeUndefined();
});

test('where more devices agree with us, or those ahead do not agree with each other, theirs are wrong', () => {
  const few = new ClockWitness();
  const now = tellAll(few, [
    ...['h4-b', 'h5-b', 'h6-b', 'h7-b'].map((id) => [id, 0] as const),
    ...['h1-b', 'h2-b', 'h3-b'].map((id) => [id, 8 * HOUR] as const),
  ]);
  expect(few.slow(now)).toBeUndefined();
  const scattered = new ClockWitness();
  const then = tellAll(scattered, [
    ['h1-b', HOUR],
    ['h2-b', 3 * HOUR],
    ['h3-b', 9 * HOUR],
  ]);
  expect(scattered.slow(then)).toBeUndefined();
});

test('fewer have to say so for half an hour, and nobody otherwise', () => {
  const witness = new ClockWitness();
  const now = tellAll(witness, [['h1-b', AHEAD]]);
  expect(witness.slow(now)).toBeUndefined();
  expect(witness.slow(now + 31 * MINUTE)).toMatchObject({ devices: 1 });
  tellAll(witness, [['h2-b', 0]]);
  expect(witness.slow(now + 31 * MINUTE)).toBeUndefined();
});

test('a service whose clock is slow calls technicians as soon as three devices have been refused for it', async () => {
  const service = await testService({ entries: HOMES });
  try {
    for (const home of ['h1', 'h2', 'h3']) {
      const said = { systolic_mmhg: 210, diastolic_mmhg: 130, at: Date.now() + AHEAD };
      const payload = Buffer.from(JSON.stringify(said));
      await service.service.deliver({
        receivedAt: Date.now(),
        topic: `shouwang/${home}-b/telemetry`,
        payload,
      });
    }
    service.look();
    await soon(async () => {
      const { items } = await service.service.records.cases({ paths: [''] }, { limit: 10 });
      expect(items.map(({ priority, kind, title }) => [priority, kind, title.en])).toEqual([
        ['P2', 'technical', 'Shouwang service: Our clock seems to be slow'],
      ]);
    });
    const headers = { cookie: await signIn(service.url), 'accept-language': 'en' };
    const ready = (await (await fetch(`${service.url}/readyz`, { headers })).json()) as {
      status: string;
      checks: object;
    };
    expect(ready).toMatchObject({ status: 'degraded', checks: { clock: { ok: false } } });
  } finally {
    await service.stop();
  }
});
