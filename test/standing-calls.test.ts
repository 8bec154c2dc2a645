import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../src/app/decode.ts';
import { EnrolledCalls } from '../src/app/enrolled-calls.ts';
import { rejectionOf } from '../src/app/rejected.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { CommandReply } from '../src/model/command.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';

/** A device whose calls people resolve as soon as they are told, and how often they are told. */
function bench(model: string) {
  const core = coreOf(community({ h1: [{ id: 'd1', model }] }), []);
  const decoder = new Decoder(models, envelopes);
  let told = 0;
  let reply: CommandReply = { ok: true, seq: 1, result: {} } as unknown as CommandReply;
  const calls = new EnrolledCalls({
    submit: async () => {
      told++;
      return reply;
    },
    isNew: () => true,
    logger: pino({ level: 'silent' }),
  });
  const says = async (payload: object, at: number): Promise<number> => {
    const device = core.deviceOf('d1');
    if (!device) throw new Error('no such device');
    const message = { topic: 'x', payload: Buffer.from(JSON.stringify(payload)), receivedAt: T0 + at };
    for (const refusal of decoder.saidBy(device, message).refusals)
      for (const call of refusal.calls ?? []) await calls.note(rejectionOf(message, 'd1', refusal), call);
    return told;
  };
  return {
    says,
    whileDown: async (work: () => Promise<unknown>): Promise<void> => {
      const before = reply;
      reply = { ok: false, failure: { code: 'NOT_READY' } } as CommandReply;
      await work();
      reply = before;
    },
  };
}

describe('a state that calls for help and goes on standing', () => {
  const fallen = { presence: true, fall_down_status: 'fall' };

  test('is told again after half a day, though people resolved it', async () => {
    const { says } = bench('zigbee2mqtt');
    expect(await says(fallen, 0)).toBe(1);
    for (let at = MINUTE; at < 12 * HOUR; at += 30 * MINUTE) expect(await says(fallen, at)).toBe(1);
    expect(await says(fallen, 12 * HOUR)).toBe(2);
    expect(await says(fallen, 13 * HOUR)).toBe(2);
  });

  test('is told again where it could not be stored', async () => {
    const { says, whileDown } = bench('zigbee2mqtt');
    await whileDown(() => says(fallen, 0));
    expect(await says(fallen, MINUTE)).toBe(2);
    expect(await says(fallen, 2 * MINUTE)).toBe(2);
  });

  test('is no press: that is told each time', async () => {
    const { says } = bench('zigbee2mqtt');
    for (const [i, press] of [
      { presence: true, alarmType: 'sos' },
      { presence: true, sosAlarm: true },
    ].entries()) {
      expect(await says(press, 10 * i * MINUTE)).toBe(2 * i + 1);
      expect(await says(press, (10 * i + 1) * MINUTE)).toBe(2 * i + 2);
    }
  });
});
