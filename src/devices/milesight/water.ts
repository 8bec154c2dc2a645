import { z } from 'zod';
import type { ByteReader } from '../byte-reader.ts';
import { pulseSettings, takePulses } from '../pulses.ts';
import type { Take } from '../take.ts';
import { type Channels, logTime, pulses } from './channels.ts';

/** Litres of the units that a person may have typed into the device; it counts in them and does not say which. */
const LITRES = { ml: 0.001, l: 1, m3: 1000, gal: 3.785411784, ft3: 28.316846592 } as const;
type Unit = keyof typeof LITRES;

export const waterSettings = pulseSettings.extend({
  water_unit: z
    .enum(Object.keys(LITRES) as [Unit, ...Unit[]])
    .optional()
    .meta({
      title: '设备中设置的水量单位 Unit set in the device',
      description:
        '报文不带单位，不填则只记脉冲数。The frame does not say it; without it pulses stay pulses.',
    }),
});

/** Water and pulses of one conversion, then the volume that the device made of its count with it. */
function takeWater(frame: ByteReader, take: Take, at: number | undefined): void {
  const [water, perPulses, volume] = [frame.u16le(), frame.u16le(), frame.f32le()];
  if (at === undefined) return;
  const unit = take.context.settings?.['water_unit'];
  if (typeof unit === 'string' && Object.hasOwn(LITRES, unit))
    take.reading('water_index_m3', (volume * LITRES[unit as Unit]) / 1000, at);
  else if (water > 0) takePulses(take, Math.round((volume * perPulses) / water), at);
  else take.reject('malformed-payload', 'a conversion of pulses to no water');
}

/** 1 and 2: no water for long, and over; 3 and 4: water without end, and over. */
function takeAlarm(take: Take, alarm: number): void {
  if (alarm === 1 || alarm === 2) take.flag('no_flow', alarm === 1);
  else if (alarm === 3 || alarm === 4) take.flag('leak', alarm === 3);
  else take.reject('not-supported', `water alarm ${alarm}`);
}

const COUNTER = 2;

/** The pulse input of EM300-DI; documents name its channel 05 and 06. */
export const waterChannels: Channels = {
  1280: (frame) => frame.skip(1),
  34048: (frame) => frame.skip(2),
  1480: pulses,
  ...Object.fromEntries(
    [0x05e1, 0x06e1].map((key) => [key, (frame: ByteReader, take: Take) => takeWater(frame, take, take.at)]),
  ),
  ...Object.fromEntries(
    [0x85e1, 0x86e1].map((key) => [
      key,
      (frame: ByteReader, take: Take) => {
        takeWater(frame, take, take.at);
        takeAlarm(take, frame.u8());
      },
    ]),
  ),
  8398: (frame, take) => {
    const at = takeClimate(frame, take);
    const counts = frame.u8() === COUNTER;
    frame.skip(1);
    const counted = frame.u32le();
    if (at !== undefined && counts) takePulses(take, counted, at);
  },
  8654: (frame, take) => {
    const at = takeClimate(frame, take);
    frame.skip(1);
    const counts = frame.u8() === COUNTER;
    frame.skip(1);
    takeWater(frame, take, counts ? at : undefined);
  },
};

function takeClimate(frame: ByteReader, take: Take): number | undefined {
  const at = logTime(frame, take);
  const [degrees, moisture] = [frame.i16le() / 10, frame.u8()];
  if (at === undefined) return undefined;
  // EM300-DI Hall has no such sensors and leaves the places empty.
  if (degrees !== 0 || moisture !== 0) {
    take.reading('ambient_temperature_c', degrees, at);
    take.reading('humidity_pct', moisture / 2, at);
  }
  return at;
}
