/** Payloads of Sparkplug B as an edge node writes them, apart from the code that reads them. */

/** A field of protobuf: a number (wire type 0) or bytes (2). */
export function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}
const DOUBLE = 10;
/** A metric whose value is a double, with its unit as property where it has one. */
export function metric(
  value: number,
  { name, alias, unit }: { name?: string; alias?: number; unit?: string },
): Buffer {
  const double = Buffer.alloc(9);
  double[0] = 13 * 8 + 1;
  double.writeDoubleLE(value, 1);
  const properties = unit && Buffer.concat([field(1, 'engUnit'), field(2, field(8, unit))]);
  return field(
    2,
    Buffer.concat([
      ...(name === undefined ? [] : [field(1, name)]),
      ...(alias === undefined ? [] : [field(2, alias)]),
      field(4, DOUBLE),
      ...(properties ? [field(9, properties)] : []),
      double,
    ]),
  );
}
