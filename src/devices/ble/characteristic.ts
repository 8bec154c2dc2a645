import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

/** Reads the value of one characteristic. */
export type ReadCharacteristic = (frame: ByteReader, take: Take) => void;

/** What a health device sends beside its results; known by name, so that the refusal says what it was. */
const WITHOUT_RESULT: Readonly<Record<string, string>> = {
  '2a36': 'the pressure in the cuff while it measures: no result',
  '2a1e': 'the temperature while it measures: no result',
  '2a9d': 'a weight, which is not watched',
  '2a9c': 'a body composition, which is not watched',
  '2a18': 'a glucose measurement, which is not watched',
  '2a38': 'where the sensor sits',
  '2a49': 'what the device can do',
};

/**
 * A decoder for the characteristics of a Bluetooth health device. Where nobody says which one the bytes are of, they
 * are of `own`, the one that the profile is named after. Battery level (0x2A19) is understood of all.
 *
 * @see https://www.bluetooth.com/specifications/gss/ GATT Specification Supplement
 */
export function characteristicDecoder(
  own: string,
  readers: Readonly<Record<string, ReadCharacteristic>>,
): Decode {
  return decoderOf((payload, take) => {
    const uuid = shortUuid(take.context.characteristic ?? own);
    if (uuid === '2a19') {
      take.reading('battery_pct', new ByteReader(payload).u8());
      return;
    }
    const read = Object.hasOwn(readers, uuid) ? readers[uuid] : undefined;
    if (!read)
      return take.refuse('not-supported', `characteristic 0x${uuid}: ${WITHOUT_RESULT[uuid] ?? 'unknown'}`);
    if (payload.length === 0) return take.refuse('malformed-payload', 'no bytes');
    read(new ByteReader(payload), take);
  });
}

/** `00002a35-0000-1000-8000-00805f9b34fb`, `0x2A35` and `2a35` are the same. */
export function shortUuid(text: string): string {
  const uuid = text.trim().toLowerCase().replace(/^0x/, '');
  return /^0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb$/.exec(uuid)?.[1] ?? uuid;
}

/** Date Time (0x2A08), local time without a zone. Year, month or day 0: not known, so it was measured when it was sent. */
export function dateTime(frame: ByteReader, take: Take): number {
  const year = frame.u16le();
  const [month, day, hour, minute, second] = frame.take(5) as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
  ];
  return year === 0 ? take.at : take.localTime(year, month, day, hour, minute, second);
}

/** Which bits of a status word are set, in words. */
export const bitsSet = (word: number, names: readonly (readonly [number, string])[]): readonly string[] =>
  names.filter(([bit]) => (word & (1 << bit)) !== 0).map(([, name]) => name);
