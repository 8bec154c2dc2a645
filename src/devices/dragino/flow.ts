import { ByteReader } from '../byte-reader.ts';
import { takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';
import { takeStatus } from './water-contact.ts';

const DATA_PORT = 2;
const LOG_PORT = 3;
const SETTINGS_PORT = 4;
const STATUS_PORT = 5;
const ALARM = 0x02;
const SINCE_LAST = 1;
const ENTRY_BYTES = 11;

const timeOf = (seconds: number): number | undefined =>
  seconds >= 1_420_070_400 ? seconds * 1000 : undefined;

function takeData(frame: ByteReader, take: Take): void {
  const status = frame.u8();
  const pulses = frame.u32be();
  const sinceLast = frame.u8() === SINCE_LAST;
  if (frame.left >= 5) frame.skip(1);
  const own = frame.left >= 4 ? timeOf(frame.u32be()) : undefined;
  const at = own === undefined ? take.at : take.deviceTime(own);
  take.flag('leak', (status & ALARM) !== 0, at);
  if (sinceLast) take.reject('not-supported', 'pulses since the last message: no index');
  else takePulses(take, pulses, at);
}

function takeLog(frame: ByteReader, take: Take): void {
  while (frame.left >= ENTRY_BYTES) {
    frame.skip(1);
    const sinceLast = frame.u8() === SINCE_LAST;
    frame.skip(1);
    const pulses = frame.u32be();
    const at = timeOf(frame.u32be());
    if (at === undefined) take.reject('clock-malformed', 'an entry of the log without a time');
    else if (sinceLast) take.reject('not-supported', 'pulses since the last message: no index');
    else takePulses(take, pulses, take.deviceTime(at));
  }
}

/** SW3L and SW3L-LB: pulses of a flow sensor; a litre is 450, 390, 360, 64, 60 or 12 of them, and documents differ. */
export const flow = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  if (take.fPort === DATA_PORT) takeData(frame, take);
  else if (take.fPort === LOG_PORT) takeLog(frame, take);
  else if (take.fPort === STATUS_PORT) takeStatus(frame, take);
  else if (take.fPort === SETTINGS_PORT) take.refuse('no-device-data', 'the settings of the device');
  else take.refuse('not-supported', `port ${take.fPort}`);
});
