import { z } from 'zod';
import { MINUTE } from '../../lib/clock.ts';
import { ByteReader } from '../byte-reader.ts';
import { inputOf, pulseSettings, takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';

const BOTH_INPUTS = 0x46;
const FLOW_ALARM = 0x47;
const FIRST_INPUT = 0x5a;
const SECOND_INPUT = 0x5b;
const KEEP_ALIVE = 0x30;
/** Configuration, network, answers. */
const ANSWERS = new Set([0x10, 0x11, 0x12, 0x1f, 0x20, 0x2f, 0x33, 0x36, 0x37]);
const LOW_BATTERY = 0x02;
const TIMESTAMP = 0x04;
/** Its clock counts seconds from 2013-01-01. */
const CLOCK_FROM = Date.UTC(2013, 0, 1);

export const adeunisPulseSettings = pulseSettings.extend({
  log_minutes: z.number().positive().max(1440).optional().meta({
    title: '历史记录间隔（分钟） Minutes between entries of the log',
    description: '报文不带间隔，不填则不取历史。The frame does not say it; without it the log is left.',
  }),
});

/** Where the status says so, its own time closes the frame. */
function takeTime(payload: Uint8Array, take: Take): { readonly end: number; readonly at: number } {
  const status = payload[1] ?? 0;
  take.flag('low_battery', (status & LOW_BATTERY) !== 0);
  const end = payload.length - 4;
  if ((status & TIMESTAMP) === 0 || end < 6) return { end: payload.length, at: take.at };
  return { end, at: take.deviceTime(CLOCK_FROM + new ByteReader(payload, end).u32be() * 1000) };
}

/** The count now, then how much it grew from each entry of the log to the one after it, the newest first. */
function takeLog(frame: ByteReader, take: Take, at: number): void {
  let count = frame.u32be();
  takePulses(take, count, at);
  const minutes = take.context.settings?.['log_minutes'];
  if (typeof minutes !== 'number' || minutes <= 0) return;
  for (let back = 1; frame.left >= 2; back++) {
    count -= frame.u16be();
    if (count < 0) {
      take.reject('malformed-payload', 'a log that goes below zero');
      return;
    }
    takePulses(take, count, at - back * minutes * MINUTE);
  }
}

/** Pulse of Adeunis: code, status, counters, and its own time at the end where the status says so. */
export const adeunisPulse = decoderOf((payload, take) => {
  const code = new ByteReader(payload).u8();
  if (ANSWERS.has(code)) take.refuse('no-device-data', `frame ${code.toString(16)}: no measurements`);
  const input = inputOf(take);
  if (code === BOTH_INPUTS) {
    if (payload.length < 10) take.refuse('malformed-payload', `${payload.length} bytes`);
    const { end, at } = takeTime(payload, take);
    const frame = new ByteReader(payload, 2, end);
    if (input > 2) take.refuse('not-supported', `input ${input} of 2`);
    frame.skip((input - 1) * 4);
    takePulses(take, frame.u32be(), at);
  } else if (code === FIRST_INPUT || code === SECOND_INPUT) {
    const { end, at } = takeTime(payload, take);
    const frame = new ByteReader(payload, 2, end);
    if (input === code - FIRST_INPUT + 1) takeLog(frame, take, at);
    else take.reject('no-device-data', 'the other input');
  } else if (code === FLOW_ALARM) {
    takeTime(payload, take);
    take.event('general_alarm');
  } else if (code === KEEP_ALIVE) takeTime(payload, take);
  else take.refuse('not-supported', `frame ${code.toString(16)}`);
});
