import { ByteReader } from '../byte-reader.ts';
import { inputOf, takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';
import { takeStatus } from './water-contact.ts';

const DATA_PORT = 2;
const LOG_PORT = 3;
const SETTINGS_PORT = 4;
const STATUS_PORT = 5;
/** Where the CPL03 counts on three inputs. */
const INPUTS_PORT = 6;
/** A contact of the CPL03 changed, without a count. */
const CHANGE_PORT = 7;

const ALARM = 0x02;
const THREE_INPUTS = 0x08;
const SINCE_LAST = 0x20;
const ENTRY_BYTES = 11;
/** A clock that was never set begins in 1970. */
const FIRST_SECOND = 1_420_070_400;

/** One input: state, pulses in all, minutes that the contact was last open, and when. */
function takeContact(frame: ByteReader, take: Take, at: number): void {
  const status = frame.u8();
  const pulses = frame.u24be();
  frame.skip(3);
  const seconds = frame.u32be();
  const then = seconds >= FIRST_SECOND ? take.deviceTime(seconds * 1000) : at;
  take.flag('general_alarm', (status & ALARM) !== 0, then);
  takePulses(take, pulses, then);
}

function takeLog(frame: ByteReader, take: Take): void {
  while (frame.left >= ENTRY_BYTES) {
    frame.skip(1);
    const pulses = frame.u24be();
    frame.skip(3);
    const seconds = frame.u32be();
    if (seconds < FIRST_SECOND) take.reject('clock-malformed', 'an entry of the log without a time');
    else takePulses(take, pulses, take.deviceTime(seconds * 1000));
  }
}

/** Three inputs, of which the installation says which the meter is wired to. */
function takeInputs(frame: ByteReader, take: Take): void {
  frame.skip(1);
  const counts = [frame.u24be(), frame.u24be(), frame.u24be()];
  const pulses = counts[inputOf(take) - 1];
  if (pulses === undefined) take.refuse('not-supported', `no input ${inputOf(take)}`);
  takePulses(take, pulses);
}

function takeOwn(frame: ByteReader, take: Take): void {
  if (take.fPort === STATUS_PORT) takeStatus(frame, take);
  else if (take.fPort === SETTINGS_PORT) take.refuse('no-device-data', 'the settings of the device');
  else take.refuse('not-supported', `port ${take.fPort}`);
}

/** CPL01. Its six upper bits are a number that the installer may set: the weight of a pulse is ours. */
export const contactCounter = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  if (take.fPort === DATA_PORT) takeContact(frame, take, take.at);
  else if (take.fPort === LOG_PORT) takeLog(frame, take);
  else takeOwn(frame, take);
});

/** CPL03-LB: as the CPL01, or with three inputs; pulses since the last message, where it is set so, make no index. */
export const contactsCounter = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const mode = payload[0] ?? 0;
  const counts = take.fPort === DATA_PORT || take.fPort === INPUTS_PORT || take.fPort === LOG_PORT;
  if (counts && (mode & SINCE_LAST) !== 0)
    take.refuse('not-supported', 'pulses since the last message: no index');
  if (take.fPort === LOG_PORT) {
    if ((mode & THREE_INPUTS) !== 0) take.refuse('not-supported', 'the log of three inputs');
    takeLog(frame, take);
  } else if (take.fPort === CHANGE_PORT) take.refuse('no-device-data', 'a contact changed: no count');
  else if (take.fPort === INPUTS_PORT || (take.fPort === DATA_PORT && (mode & THREE_INPUTS) !== 0))
    takeInputs(frame, take);
  else if (take.fPort === DATA_PORT) takeContact(frame, take, take.at);
  else takeOwn(frame, take);
});
