import { ByteReader } from './byte-reader.ts';
import type { Decode } from './define.ts';
import { inputOf, takePulses } from './pulses.ts';
import { decoderOf } from './take.ts';

const INPUTS = 3;
/** The leak of the first input; those of the others follow. */
const FIRST_LEAK = 8;

/** Pulse counters of Enless: identity, type, number, firmware, three counters, alarms, states. */
export const enlessPulse = (type: number): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    frame.skip(3);
    const told = frame.u8();
    if (told !== type) take.refuse('malformed-payload', `a frame of type ${told}, not of ${type}`);
    frame.skip(2);
    const counts = [frame.u32be(), frame.u32be(), frame.u32be()];
    const alarms = frame.u16be();
    frame.skip(2);
    const input = inputOf(take);
    const count = counts[input - 1];
    if (count === undefined) take.refuse('not-supported', `input ${input} of ${INPUTS}`);
    else takePulses(take, count);
    take.flag('leak', ((alarms >> (FIRST_LEAK + input - 1)) & 1) === 1);
  });
