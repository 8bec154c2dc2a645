import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { DecodedMessage } from '../../src/app/decode.ts';
import { Decoder } from '../../src/app/decode.ts';
import { Strangers } from '../../src/app/strangers.ts';
import { type Call, isCall } from '../../src/model/call-for-help.ts';
import type { Message } from '../../src/model/message.ts';
import { community, coreOf, envelopes, models, T0 } from '../core.ts';

/**
 * Ordinary messages of products, as their makers and bridges publish them, one a line: of what (`of`), the message (`say`, or
 * `hex`) with its topic where that matters, and whether somebody calls for help in it, as somebody reads it who knows the product (`is`).
 */
interface Line {
  readonly of: string;
  readonly is: Call | 'none';
  /** The model that such a device is enrolled with; without it, nobody knows the device. */
  readonly by?: string;
  /** What is heard where no model reads it, if that is another thing: why is said in `why`. */
  readonly unread?: Call | 'none';
  readonly why?: string;
  readonly topic?: string;
  readonly say?: unknown;
  readonly hex?: string;
}

const lines = readFileSync(new URL('messages.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const bytesOf = ({ say, hex }: Line): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof say === 'string' ? say : JSON.stringify(say))
    : Buffer.from(hex, 'hex');

const kinds = [...new Set(lines.flatMap(({ by }) => by ?? []))];
const core = coreOf(
  community(Object.fromEntries(kinds.map((model) => [`of-${model}`, [{ id: `a-${model}`, model }]])), [
    'gw1',
  ]),
  [],
);
const decoder = new Decoder(models, envelopes);
const strangers = new Strangers({
  models,
  envelopes,
  logger: pino({ level: 'silent' }),
  submit: async () => ({ ok: false, failure: { code: 'NOT_READY' } }),
});

/** What the service hears in it: taken by its model, in words, or of somebody whom nobody enrolled. */
function heardIn(message: Message, { report, refusals }: DecodedMessage): Call | undefined {
  const taken = report?.kind === 'report' ? report.events.map(({ event }) => event).find(isCall) : undefined;
  if (taken) return taken;
  for (const refusal of refusals) {
    const told = refusal.calls?.[0]?.call ?? refusal.strangers?.[0]?.call;
    if (told) return told;
    if (refusal.reason !== 'unknown-device') continue;
    const { payload, topic, receivedAt: at } = message;
    const rejection = { ...refusal, at, topic, from: 'gw1', payload, payloadBytes: payload.length };
    const { call } = strangers.note(rejection, `a ${refusal.detail}`);
    if (call) return call;
  }
  return undefined;
}

const readByItsModel = (line: Line): Call | 'none' => {
  const device = core.deviceOf(`a-${line.by}`);
  if (!device) throw new Error(`${line.by} is no model`);
  const message = { topic: 'x', payload: bytesOf(line), receivedAt: T0, client: device.id };
  return heardIn(message, decoder.saidBy(device, message)) ?? 'none';
};

const readByNobody = (line: Line): Call | 'none' => {
  const message = { topic: line.topic ?? 'gw1/up', payload: bytesOf(line), receivedAt: T0, client: 'gw1' };
  let heard: Call | undefined;
  decoder.decode(core, message, (decoded) => {
    heard ??= heardIn(message, decoded);
  });
  return heard ?? 'none';
};

/** Missed, false, and other than it is, each by product: an empty table is what is wanted. */
function confusion(all: readonly { line: Line; due: string; heard: string }[]): string[] {
  const wrong = all.filter(({ due, heard }) => due !== heard);
  const kindOf = (due: string, heard: string): string =>
    heard === 'none' ? `MISSED ${due}` : due === 'none' ? `FALSE ${heard}` : `${due} AS ${heard}`;
  return wrong
    .map(
      ({ line, due, heard }) =>
        `${kindOf(due, heard)}, ${line.of}: ${line.topic ?? ''} ${line.hex ?? JSON.stringify(line.say)}`,
    )
    .sort();
}

describe('of ordinary messages of real products', () => {
  test('those call for help in which somebody does, and no others, as the models of their devices read them', () => {
    const read = lines.filter(({ by }) => by !== undefined);
    expect(read.length).toBeGreaterThan(150);
    expect(confusion(read.map((line) => ({ line, due: line.is, heard: readByItsModel(line) })))).toEqual([]);
  });

  test('the same is heard where nobody has enrolled them', () => {
    const all = lines.map((line) => ({ line, due: line.unread ?? line.is, heard: readByNobody(line) }));
    expect(confusion(all)).toEqual([]);
  });
});
