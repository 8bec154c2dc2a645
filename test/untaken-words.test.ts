import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callInWords } from '../src/app/untaken-calls.ts';
import { callInText } from '../src/model/call-for-help.ts';
import { models } from './core.ts';
import { runs } from './runs.ts';

const bytesOf = ({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
    : Buffer.from(hex, 'hex');

describe('words that call for help', () => {
  test('stand in no example of any model beside what is taken', () => {
    const calling = models.all().flatMap(({ model, examples, decode }) =>
      examples.flatMap((example) => {
        const { settings, topic, announced, fPort, timeZone = 'Asia/Shanghai' } = example;
        const context = { settings, topic, announced, fPort, timeZone };
        const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
        const payload = bytesOf(example);
        const decoded = decode(payload, Date.parse(example.receivedAt), given);
        return callInWords(decoded, { payload }) === undefined ? [] : [`${model}: ${example.name}`];
      }),
    );
    // Both send the very words, and know no such event.
    expect(calling.sort()).toEqual([
      'gas-detector: an event that it does not have',
      'smoke-detector: an event that it does not have',
    ]);
  });

  test('are not found in noise, nor in values of any form without them', () => {
    const silent = (text: string): boolean => !/sos|help|panic|emergency|fall|man/i.test(text);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(callInText(Buffer.from(bytes).toString())).toBeUndefined();
      }),
      { numRuns: runs(300, 20_000) },
    );
    fc.assert(
      fc.property(fc.json().filter(silent), (text) => {
        expect(callInText(text)).toBeUndefined();
      }),
      { numRuns: runs(300, 20_000) },
    );
  });

  test('are looked for in one pass, however much of something else stands before them', () => {
    // Looked for again from each blank, this would take minutes: the limit of the suite ends what hangs.
    for (const noise of [
      ' '.repeat(250_000),
      '"event":'.repeat(32_000),
      `event:[${' '.repeat(250_000)}sos`,
      'sos '.repeat(60_000),
    ])
      expect(callInText(`{"x":${noise}`)).toBeUndefined();
  });
});
