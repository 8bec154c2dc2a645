import type { Take } from '../take.ts';
import { type Channels, climate } from './channels.ts';

const MAINS_BACK = 1;
const FAILED = 2;
const RECOVERED = 3;
const ENDS_SOON = 4;
const ENDED = 5;

/** Power, failure of the sensor, end of its life. */
function takeState(take: Take, state: number): void {
  if (state === FAILED || state === ENDS_SOON || state === ENDED) take.flag('fault', true);
  else if (state === RECOVERED) take.flag('fault', false);
  else if (state === MAINS_BACK) take.event('boot');
  else take.reject('no-device-data', `state ${state}`);
}

export const gasChannels: Channels = {
  ...climate,
  '05 8e': (frame, take) => {
    const gas = frame.u8();
    if (gas > 1) take.reject('not-supported', `gas state ${gas}`);
    else take.event(gas === 1 ? 'gas' : 'alarm_cleared');
  },
  '06 01': (frame, take) => take.reading('valve_open_bool', frame.u8() === 1),
  '07 01': (frame) => frame.skip(1),
  '08 90': (frame) => frame.skip(4),
  'ff 3f': (frame, take) => takeState(take, frame.u8()),
};
