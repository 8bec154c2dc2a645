import { z } from 'zod';
import type { ByteReader } from '../byte-reader.ts';
import { pulseSettings, takePulses } from '../pulses.ts';
import type { Take } from '../take.ts';
import { fromUnit, type Unit } from '../units.ts';
import { type Channel, type Channels, climate, logTime, pulses } from './channels.ts';

/** Units that a person may have typed into the device; it counts in them and does not say which. */
const WATER_UNITS = ['mL', 'L', 'm3', 'gal_us', 'gal_imp', 'ft3', 'CCF'] as const satisfies Unit[];

export const waterSettings = pulseSettings.extend({
  water_unit: z.enum(WATER_UNITS).optional().meta({
    title: '设备中设置的水量单位 Unit set in the device',
    description: '报文不带单位，不填则只记脉冲数。The frame does not say it; without it pulses stay pulses.',
  }),
});

/** Water and pulses of one conversion, then the volume that the device made of its count with it. */
function takeWater(frame: ByteReader, take: Take, at: number | undefined): void {
  const [water, perPulses, volume] = [frame.u16le(), frame.u16le(), frame.f32le()];
  if (at === undefined) return;
  const unit = take.context.settings?.['water_unit'];
  if (WATER_UNITS.includes(unit as (typeof WATER_UNITS)[number]))
    take.reading('water_index_m3', fromUnit(volume, unit as Unit), at);
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

const liveWater: Channel = (frame, take) => takeWater(frame, take, take.at);
const alarmedWater: Channel = (frame, take) => {
  takeWater(frame, take, take.at);
  takeAlarm(take, frame.u8());
};

/** The pulse input of EM300-DI; documents name its channel 05 and 06. */
export const waterChannels: Channels = {
  ...climate,
  '05 00': (frame) => frame.skip(1),
  '85 00': (frame) => frame.skip(2),
  '05 c8': pulses,
  '05 e1': liveWater,
  '06 e1': liveWater,
  '85 e1': alarmedWater,
  '86 e1': alarmedWater,
  '20 ce': (frame, take) => {
    const at = takeClimate(frame, take);
    const counts = frame.u8() === COUNTER;
    frame.skip(1);
    const counted = frame.u32le();
    if (at !== undefined && counts) takePulses(take, counted, at);
  },
  '21 ce': (frame, take) => {
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
