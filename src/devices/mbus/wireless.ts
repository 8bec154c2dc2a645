import { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { type Application, applicationOf } from './frame.ts';

const SEND_NO_REPLY = 0x44;

/** A frame of wireless M-Bus (EN 13757-4) without its CRCs, as some meters send it inside LoRaWAN. */
export function wirelessContent(bytes: Uint8Array, take: Take): Application {
  const reader = new ByteReader(bytes);
  const length = reader.u8();
  if (reader.u8() !== SEND_NO_REPLY) take.refuse('malformed-payload', 'no frame of wireless M-Bus');
  if (bytes.length < length + 1)
    take.refuse('malformed-payload', `${bytes.length} bytes, and the frame says ${length + 1}`);
  const maker = reader.take(2);
  const rest = reader.take(6);
  const address = Uint8Array.from([...rest.subarray(0, 4), ...maker, ...rest.subarray(4)]);
  return applicationOf(bytes.subarray(reader.at, length + 1), take, address);
}
