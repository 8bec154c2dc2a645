import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';

/** Types below 0x80 take one byte, others two. Lengths of what has no place here. */
const SKIPPED = new Map([
  ...[0x12, 0x13, 0x30, 0x31, 0x32, 0x40, 0x51, 0x9510].map((type) => [type, 2] as const),
  ...[0x63, 0x9500, 0xc103].map((type) => [type, 1] as const),
]);
/** Configuration: two bytes each. */
const isConfiguration = (type: number): boolean => type >= 0xc000 || type === 0x8413 || type === 0x8414;

function takeValue(type: number, frame: ByteReader, take: Take): boolean {
  if (type === 0x10) take.reading('ambient_temperature_c', frame.i16be() / 10);
  else if (type === 0x11) take.reading('humidity_pct', frame.u8());
  // The lowest bit is the state, above it stands a count.
  else if (type === 0x41) take.reading('motion_bool', frame.u8() & 1);
  else if (type === 0x50) take.reading('door_open_bool', frame.u8() & 1);
  else if (type === 0x54) take.reading('battery_v', frame.u8() / 50);
  else if (type === 0x8540) take.reading('battery_v', frame.u16be() / 1000);
  else {
    const length = SKIPPED.get(type) ?? (isConfiguration(type) ? 2 : undefined);
    if (length === undefined) return false;
    frame.skip(length);
  }
  return true;
}

/** The values of Thermokon: type, value, again and again. */
export const thermokon = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  while (frame.left > 0) {
    const type = (frame.peek() ?? 0) < 0x80 ? frame.u8() : frame.u16be();
    if (!takeValue(type, frame, take)) {
      take.reject('not-supported', `value type ${type.toString(16)}`);
      return;
    }
  }
});
