import { LowBitReader } from './byte-reader.ts';
import { decoderOf, type Take } from './take.ts';

/** What a frame is about, by its port. */
const POSITION = 1;
const SHORT_POSITION = 4;
const BINARY_POSITION = 33;
const STATISTICS = 31;
/** Acknowledgements, older statistics, why it restarted. */
const ANSWERS = new Set([2, 3, 30]);

const signed = (frame: LowBitReader, bits: number): number => {
  const value = frame.bits(bits);
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
};

interface Fix {
  readonly latitude: number;
  readonly longitude: number;
  readonly failed: boolean;
  readonly inTrip: boolean;
}

/** The numbers where a position would stand are none if the fix failed. */
function takeFix(take: Take, { latitude, longitude, failed, inTrip }: Fix): void {
  take.reading('motion_bool', inTrip);
  if (failed) return;
  take.reading('latitude_deg', latitude);
  take.reading('longitude_deg', longitude);
}

function takePosition(frame: LowBitReader, take: Take): void {
  const [latitude, longitude] = [signed(frame, 32) / 1e7, signed(frame, 32) / 1e7];
  const [inTrip, failed] = [frame.bits(1) === 1, frame.bits(1) === 1];
  frame.bits(14);
  takeFix(take, { latitude, longitude, failed, inTrip });
  take.reading('battery_v', frame.bits(8) * 0.025);
}

function takeShortPosition(frame: LowBitReader, take: Take): void {
  const [latitude, longitude] = [(signed(frame, 24) * 256) / 1e7, (signed(frame, 24) * 256) / 1e7];
  frame.bits(8);
  const battery = frame.bits(8);
  const [inTrip, failed] = [frame.bits(1) === 1, frame.bits(1) === 1];
  // Set to notice that nothing moved for too long.
  if (frame.bits(1) === 1) take.event('general_alarm');
  const fine = frame.bits(1) === 1;
  takeFix(take, { latitude, longitude, failed, inTrip });
  take.reading('battery_v', fine ? 3.5 + 0.032 * battery : 0.025 * battery);
}

function takeBinaryPosition(frame: LowBitReader, take: Take): void {
  const failed = frame.bits(1) === 1;
  const latitude = (180 * signed(frame, 23)) / 2 ** 23;
  const longitude = (360 * signed(frame, 24)) / 2 ** 24;
  const inTrip = frame.bits(1) === 1;
  take.flag('low_battery', frame.bits(1) === 1);
  if (frame.bits(1) === 1) take.event('general_alarm');
  frame.bits(14);
  takeFix(take, { latitude, longitude, failed, inTrip });
  take.reading('battery_v', 3.5 + 0.032 * frame.bits(8));
}

function takeStatistics(frame: LowBitReader, take: Take): void {
  frame.bits(24);
  take.reading('battery_v', 3.5 + 0.032 * frame.bits(8));
  take.flag('low_battery', frame.bits(1) + frame.bits(1) > 0);
}

/** Oyster and Yabby of Digital Matter: fields of bits, the lowest first. */
export const oyster = decoderOf((payload, take) => {
  const frame = new LowBitReader(payload);
  const port = take.fPort;
  if (ANSWERS.has(port)) take.refuse('no-device-data', `port ${port} carries no measurements`);
  if (port === POSITION) takePosition(frame, take);
  else if (port === SHORT_POSITION) takeShortPosition(frame, take);
  else if (port === BINARY_POSITION) takeBinaryPosition(frame, take);
  else if (port === STATISTICS) takeStatistics(frame, take);
  else take.refuse('not-supported', `port ${port}`);
});
