import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callPassedOver } from '../../src/app/passed-over.ts';
import { callInWords } from '../../src/app/untaken-calls.ts';
import type { DeviceDefinition } from '../../src/devices/define.ts';
import { callInBytes } from '../../src/model/call-words.ts';
import { envelopes, models } from '../core.ts';
import { faultOf } from '../device-faults.ts';
import { worked } from '../work.ts';
import { brokenPayloads } from './broken-payloads.ts';

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 1_000_000);
const parts = models.all().length + envelopes.all().length;
const RUNS = Math.ceil(INPUTS / parts);
const NOW = Date.parse('2026-03-01T00:00:00Z');
/** A decoder takes microseconds: a second of work means that it does not end. */
const HANGS_MS = 1_000;

const bytesOf = ({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
    : Buffer.from(hex, 'hex');

/** What devices of one maker send: a decoder that reads a sibling's words tells what its own device cannot measure. */
const examplesByMaker = Map.groupBy(models.all(), ({ maker }) => maker);
const saidTo = ({ maker, examples }: DeviceDefinition): fc.Arbitrary<Uint8Array> => {
  const own = brokenPayloads(examples.map(bytesOf));
  const siblings = maker === undefined ? [] : (examplesByMaker.get(maker) ?? []);
  const foreign = siblings.flatMap((one) => one.examples);
  return foreign.length > examples.length ? fc.oneof(own, brokenPayloads(foreign.map(bytesOf))) : own;
};

/** Nobody of this maker says in plain words that somebody calls: then no broken payload may either. */
const isWordless = ({ maker, examples }: DeviceDefinition): boolean =>
  [...examples, ...(examplesByMaker.get(maker) ?? []).flatMap((one) => one.examples)].every(
    (example) => callInBytes(bytesOf(example)) === undefined,
  );

describe(`of ${RUNS.toLocaleString('en')} broken payloads each`, () => {
  for (const definition of models.all())
    test(`${definition.model} never throws, never hangs, takes no value that cannot be, and calls for nobody`, () => {
      const { examples, decode } = definition;
      const isSilent = isWordless(definition);
      const ports = [...new Set(examples.map(({ fPort }) => fPort ?? 0)), 1];
      // What its way knew of a message stands beside it, whatever became of the bytes.
      const ways = examples.map(({ settings = {}, topic, announced }) => ({
        settings,
        ...(topic === undefined ? {} : { topic }),
        ...(announced === undefined ? {} : { announced }),
      }));
      fc.assert(
        fc.property(
          saidTo(definition),
          fc.oneof(fc.constantFrom(...ports), fc.integer({ min: 0, max: 255 })),
          fc.constantFrom(...(ways.length > 0 ? ways : [{}])),
          (payload, fPort, way) => {
            const before = worked();
            const decoded = decode(payload, NOW, { fPort, ...way, timeZone: 'Asia/Shanghai' });
            expect(worked() - before).toBeLessThan(HANGS_MS);
            const fault = faultOf(decoded, definition);
            if (fault) throw new Error(fault);
            const read = (one: Uint8Array) => decode(one, NOW, { fPort, ...way, timeZone: 'Asia/Shanghai' });
            const isCalled = callInWords(decoded, { payload }) ?? callPassedOver(payload, {}, read);
            if (isSilent && isCalled) throw new Error('a call for help out of noise');
          },
        ),
        { numRuns: RUNS },
      );
    });

  for (const { envelope, examples, open } of envelopes.all())
    test(`the envelope ${envelope} never throws and never hangs`, () => {
      const topics = fc.constantFrom(...examples.map(({ topic }) => topic));
      fc.assert(
        fc.property(brokenPayloads(examples.map(bytesOf)), topics, (payload, topic) => {
          const before = worked();
          const opened = open({ topic, payload, receivedAt: NOW });
          expect(worked() - before).toBeLessThan(HANGS_MS);
          if (opened.ok && opened.value.length === 0) throw new Error('neither a frame nor a reason');
        }),
        { numRuns: RUNS },
      );
    });
});
