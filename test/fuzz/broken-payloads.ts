import fc from 'fast-check';

/** What may come in place of these payloads: cut short, bits turned, bytes put in or left out, or nothing like them. */
export function brokenPayloads(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const sample = fc.constantFrom(...(samples.length > 0 ? samples : [new Uint8Array([0])]));
  const place = fc.nat({ max: 0xffff });
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(sample, place).map(([bytes, at]) => bytes.subarray(0, at % (bytes.length + 1))),
    },
    { weight: 4, arbitrary: fc.tuple(sample, fc.array(place, { minLength: 1, maxLength: 4 })).map(turned) },
    { weight: 2, arbitrary: fc.tuple(sample, place, fc.uint8Array({ maxLength: 6 })).map(stuffed) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 80 }) },
    { weight: 1, arbitrary: sample.map((bytes) => Uint8Array.from([...bytes, ...bytes])) },
  );
}

/** The bits at these places, counted over the whole payload, are turned. */
function turned([bytes, places]: [Uint8Array, readonly number[]]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const place of places) {
    const bit = place % Math.max(1, copy.length * 8);
    if (copy.length > 0) copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  }
  return copy;
}

function stuffed([bytes, place, more]: [Uint8Array, number, Uint8Array]): Uint8Array {
  const at = place % (bytes.length + 1);
  return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
}
