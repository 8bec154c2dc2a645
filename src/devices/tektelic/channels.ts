import type { MetricName } from '../../model/metrics.ts';
import { ByteReader } from '../byte-reader.ts';
import { type ByChannel, byNumber } from '../channel-keys.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

const DATA_PORT = 10;
/** Diagnostics of a reset, answers to commands, configuration. */
const ANSWER_PORTS = new Set([5, 20, 100, 101]);

/** What stands behind two bytes: so many bytes, and the metric that they make, if that has a place here. */
interface Channel {
  readonly bytes: number;
  readonly metric?: MetricName;
  readonly read?: (frame: ByteReader, take: Take) => void;
}

const skip = (bytes: number): Channel => ({ bytes });
const value = (metric: MetricName, bytes: number, of: (frame: ByteReader) => number): Channel => ({
  bytes,
  metric,
  read: (frame, take) => take.reading(metric, of(frame)),
});

const ON = 0xff;
/** A bit as a byte: 00 or FF; anything else says nothing. */
const bit = (metric: MetricName): Channel => ({
  bytes: 1,
  metric,
  read: (frame, take) => {
    const state = frame.u8();
    if (state !== ON && state !== 0) {
      take.reject('not-supported', `${metric}: ${state}`);
      return;
    }
    take.reading(metric, state === ON);
    if (metric === 'water_leak_bool') take.flag('leak', state === ON);
  },
});

const temperature = value('ambient_temperature_c', 2, (frame) => frame.i16be() / 10);
const humidity = value('humidity_pct', 1, (frame) => frame.u8() / 2);

/** Of sensors for rooms: Comfort, Vivid, Aura and the older Smart Room. */
const ROOM: ByChannel<Channel> = {
  '00 ba': value('battery_v', 2, (frame) => frame.u16be() / 1000),
  '00 bd': skip(2),
  '00 d3': value('battery_pct', 1, (frame) => frame.u8()),
  '00 fe': skip(11),
  '00 ff': value('battery_v', 2, (frame) => frame.i16be() / 100),
  // Present or absent is the magnet: absent, it is open.
  '01 00': bit('door_open_bool'),
  '01 04': skip(2),
  '02 00': skip(1),
  '03 67': temperature,
  '04 68': humidity,
  '05 02': skip(2),
  '06 00': skip(1),
  '07 71': skip(6),
  '08 04': skip(2),
  '09 00': bit('water_leak_bool'),
  '09 65': skip(2),
  '0a 00': bit('motion_bool'),
  '0b 67': skip(2),
  '0c 00': skip(1),
  '0d 04': skip(2),
  '0d 73': skip(2),
  '0e 00': skip(1),
  '0f 04': skip(2),
  '10 02': skip(1),
  '11 02': skip(2),
  '12 04': skip(4),
};

/** Of sensors for soil, Kiwi and Clover: other things behind some channels, and a battery in one byte. */
const SOIL: ByChannel<Channel> = {
  '00 ba': value('battery_v', 1, (frame) => (frame.u8() & 0x7f) / 100 + 2.5),
  '00 bd': skip(2),
  '00 d3': value('battery_pct', 1, (frame) => frame.u8()),
  '01 04': skip(2),
  '02 02': skip(2),
  '03 02': skip(2),
  '03 67': skip(2),
  '04 02': skip(2),
  '04 67': skip(2),
  '05 04': skip(2),
  '06 04': skip(2),
  '09 00': skip(1),
  '09 65': skip(2),
  '0a 00': skip(1),
  '0a 71': skip(6),
  '0b 67': temperature,
  '0b 68': humidity,
  '0c 67': skip(2),
  '0d 73': skip(1),
};

/**
 * The frame of Tektelic, on port 10: two bytes that say what follows, its value, again and again. Values of metrics
 * that the model does not have are passed over.
 */
function decoder(channels: ByChannel<Channel>, metrics: readonly MetricName[]): Decode {
  const known = byNumber(channels);
  return decoderOf((payload, take) => {
    if (ANSWER_PORTS.has(take.fPort))
      take.refuse('no-device-data', `port ${take.fPort} carries no measurements`);
    if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    while (frame.left > 0) {
      const key = frame.u16be();
      const channel = known.get(key);
      if (!channel) {
        take.reject('not-supported', `channel ${key.toString(16).padStart(4, '0')}`);
        return;
      }
      if (channel.read && channel.metric && metrics.includes(channel.metric)) channel.read(frame, take);
      else frame.skip(channel.bytes);
    }
  });
}

export const tektelicRoom = (metrics: readonly MetricName[]): Decode => decoder(ROOM, metrics);
export const tektelicSoil = (metrics: readonly MetricName[]): Decode => decoder(SOIL, metrics);
