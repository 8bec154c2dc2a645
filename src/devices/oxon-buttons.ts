import { ByteReader } from './byte-reader.ts';
import type { Decode } from './define.ts';
import { takeKeys } from './presses.ts';
import { decoderOf } from './take.ts';

/** Buttons of Oxon's first generation: type, key (0: a heartbeat), interrupts, picture, battery, degrees, acceleration. */
export const oxonButton = (type: number): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const told = frame.u8();
    if (told !== type) take.refuse('malformed-payload', `frame type ${told}`);
    const key = frame.u8();
    if (key > 0) takeKeys(take, [key]);
    frame.skip(4);
    take.reading('battery_pct', frame.u8());
    take.reading('ambient_temperature_c', frame.i8());
  });
