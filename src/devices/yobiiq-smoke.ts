import { ByteReader } from './byte-reader.ts';
import { decoderOf, type Take } from './take.ts';

const DATA_PORT = 8;
const INFO_PORT = 50;

/** What a value is, by its channel; the type after it is always zero. */
function takeValue(channel: number, value: number, take: Take): void {
  if (channel === 1) take.reading('battery_pct', value);
  else if (channel === 2) take.reading('mains_power_bool', value !== 0);
  else if (channel === 3) take.flag('low_battery', value !== 0);
  else if (channel === 4) take.flag('fault', value !== 0);
  // The alarm of a neighbour that it passes on is smoke as well: somewhere in the same home.
  else if (channel === 6 && value !== 0) take.event('smoke');
  else if (channel === 7 && value !== 0) take.event('alarm_test');
  else if (channel > 7) take.reject('not-supported', `channel ${channel}`);
}

/** Smoke detector of Yobiiq: channel, type, value, again and again; a single byte is an acknowledgement. */
export const yobiiqSmoke = decoderOf((payload, take) => {
  if (take.fPort === INFO_PORT || payload.length === 1)
    take.refuse('no-device-data', 'what it is, or an acknowledgement');
  if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
  const frame = new ByteReader(payload);
  while (frame.left > 0) {
    const channel = frame.u8();
    frame.skip(1);
    const value = frame.u8();
    if (channel === 5) take.event(value === 0 ? 'alarm_cleared' : 'smoke');
    else takeValue(channel, value, take);
  }
});
