import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { inputOf, takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';
import { type BatchForm, takeBatch } from './batch.ts';

const DATA_PORT = 125;
const READ_ANSWER = 0x01;
const REPORT = 0x0a;
const ALARM_REPORT = 0x8a;
/** Answers to a configuration. */
const ANSWERS = new Set([0x05, 0x07, 0x09]);
const ATTRIBUTE = 0x1_0000;

/** Cluster and attribute as one number. */
const PULSE_COUNT = 0x000f * ATTRIBUTE + 0x0402;
const BINARY_STATE = 0x000f * ATTRIBUTE + 0x0055;
const POWER = 0x0050 * ATTRIBUTE + 0x0006;
const TEMPERATURE = 0x0402 * ATTRIBUTE;
const HUMIDITY = 0x0405 * ATTRIBUTE;
const OCCUPANCY = 0x0406 * ATTRIBUTE;

/** Its firmware, light, how messages are sent, the states of all inputs in one. */
const NOT_OF_A_HOME = new Set([0x0002, 0x0400 * ATTRIBUTE, 0x8004 * ATTRIBUTE, 0x8005 * ATTRIBUTE]);

/** Which sources of power it has, a bit each, then their millivolts in that order: mains, rechargeable, battery. */
function takePower(frame: ByteReader, take: Take): void {
  frame.skip(2);
  const sources = frame.u8();
  for (let source = 0; source < 5; source++) {
    if (((sources >> source) & 1) === 0) continue;
    const millivolts = frame.u16be();
    if (source === 1 || source === 2) take.reading('battery_v', millivolts / 1000);
  }
}

/** What a binary input of a model says. */
type State = (raised: boolean, take: Take) => void;

export const wattecoCase: State = (raised, take) => take.flag('tamper', raised);
export const wattecoDoor: State = (raised, take) => take.reading('door_open_bool', raised);

function takeReport(
  key: number,
  frame: ByteReader,
  take: Take,
  input: number,
  states: readonly State[],
): void {
  if (key === PULSE_COUNT) {
    const count = frame.u32be();
    if (input === inputOf(take)) takePulses(take, count);
    else take.reject('no-device-data', `input ${input}`);
  } else if (key === BINARY_STATE) {
    const state = states[input - 1];
    if (state) state(frame.u8() !== 0, take);
    else take.reject('no-device-data', `the state of input ${input}`);
  } else if (key === TEMPERATURE) take.reading('ambient_temperature_c', frame.i16be() / 100);
  else if (key === HUMIDITY) take.reading('humidity_pct', frame.u16be() / 100);
  else if (key === OCCUPANCY) take.reading('motion_bool', frame.u8() !== 0);
  else if (key === POWER) takePower(frame, take);
  else {
    const told = NOT_OF_A_HOME.has(key) ? 'no-device-data' : 'not-supported';
    take.reject(told, `cluster and attribute ${key.toString(16).padStart(8, '0')}`);
  }
}

interface Traits {
  /** What its binary inputs say, in their order; none: nothing of a home. */
  readonly states?: readonly State[];
  /** What its batches hold; none: it sends none. */
  readonly batch?: BatchForm;
}

/** Watteco (formerly nke): frames of the Zigbee Cluster Library, and batches, which begin with an even byte. */
export const watteco = ({ states = [], batch }: Traits = {}): Decode =>
  decoderOf((payload, take) => {
    if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    const control = frame.u8();
    if ((control & 1) === 0) {
      if (!batch) return take.refuse('not-supported', 'a batch');
      return takeBatch(payload, batch, take);
    }
    // The number of the end point is torn in two.
    const input = (((control & 0xe0) >> 5) | ((control & 0x06) << 2)) + 1;
    const command = frame.u8();
    if (ANSWERS.has(command)) take.refuse('no-device-data', `an answer: command ${command}`);
    if (command !== REPORT && command !== ALARM_REPORT && command !== READ_ANSWER)
      take.refuse('not-supported', `command ${command}`);
    const key = frame.u16be() * ATTRIBUTE + frame.u16be();
    if (command === READ_ANSWER && frame.u8() !== 0)
      take.refuse('no-device-data', 'it cannot read that attribute');
    // Its type: known from the attribute.
    frame.skip(1);
    takeReport(key, frame, take, input, states);
  });
