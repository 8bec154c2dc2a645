import { describe, expect, test } from 'vitest';
import { envelopes, models } from '../core.ts';
import { worked } from '../work.ts';

/** What a value may be filled with, so that an expression which can be read in several ways tries all of them. */
const LENGTH = 60_000;
const FILLED = [
  ...['0', ' ', '(', '{', '_', 'a', '.'].map((sign) => `${sign.repeat(LENGTH)}x`),
  ...['1.', 'a,', 'A-', '求 ', 'sos ', '2026-'].map((word) => word.repeat(LENGTH / word.length)),
];
/** The longest message is four times as long: what grows with the square takes sixteen times as much. */
const LONG_MS = 300;

type Path = readonly (string | number)[];

function* placesIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) yield path;
  else for (const [key, one] of Object.entries(value).slice(0, 30)) yield* placesIn(one, [...path, key]);
}

function filled(value: unknown, [key, ...rest]: Path, by: string): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = filled(copy[key], rest, by);
  return copy;
}

/** The example with each of its values filled, one after the other; of text, what stands between its marks. */
function* filledIn(payload: unknown): Generator<Uint8Array> {
  if (typeof payload === 'string') {
    const parts = payload.split(/([,;:*# ])/);
    for (let i = 0; i < parts.length; i += 2)
      for (const by of FILLED) yield Buffer.from(parts.with(i, by).join(''));
  } else
    for (const place of placesIn(payload))
      for (const by of FILLED) yield Buffer.from(JSON.stringify(filled(payload, place, by)));
}

function isQuick(read: () => unknown): void {
  const before = worked();
  read();
  expect(worked() - before).toBeLessThan(LONG_MS);
}

describe('a value that fills its message is read at once', () => {
  for (const { model, examples, decode } of models.all())
    test(model, () => {
      for (const { payload, receivedAt, settings = {}, topic, fPort } of examples.slice(0, 6))
        for (const bytes of filledIn(payload))
          isQuick(() =>
            decode(bytes, Date.parse(receivedAt), {
              settings,
              ...(topic === undefined ? {} : { topic }),
              ...(fPort === undefined ? {} : { fPort }),
            }),
          );
    });
  for (const { envelope, examples, open } of envelopes.all())
    test(`the envelope ${envelope}`, () => {
      for (const { payload, receivedAt, topic } of examples)
        for (const bytes of filledIn(payload))
          isQuick(() => open({ topic, payload: bytes, receivedAt: Date.parse(receivedAt) }));
    });
});
