import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { applicationOf } from '../src/devices/mbus/frame.ts';
import { WITH_KEY_AND_ADDRESS } from '../src/devices/mbus/settings.ts';
import { refuseOtherMedia, takeHeaderStatus, takeWater, WATER_METRICS } from '../src/devices/mbus/water.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/sensus';

export default defineDevice({
  model: 'sensus-iperl',
  maker: 'Sensus',
  title: { zh: 'Sensus iPERL 电磁水表', en: 'Sensus iPERL water meter' },
  summary: {
    zh: '电磁式 LoRaWAN 水表，OMS（M-Bus）记录，每次带最近 12 小时的逐时读数。',
    en: 'Electromagnetic LoRaWAN water meter with OMS (M-Bus) records; each message carries the last twelve hours.',
  },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE, 'EN 13757-3:2018'],
  topics: [],
  metrics: WATER_METRICS,
  events: flagEvents('low_battery', 'fault'),
  expectedIntervalMs: 12 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  settings: WITH_KEY_AND_ADDRESS,
  decode: decoderOf((payload, take) => {
    const application = applicationOf(payload, take);
    if (application.form === 'fixed') return take.refuse('not-supported', 'the fixed data structure');
    refuseOtherMedia(take, application.header);
    takeHeaderStatus(take, application.header, takeWater(application.records, take));
  }),
  examples: [
    {
      name: 'eleven differences that run back from the newest value, and a battery that is low',
      fPort: 20,
      hex: '7a060400008404133a1c7e0184046d2a2d13368d04931318d23c34002e0034002e0039002e0034002e00340033003400',
      source: SOURCE,
      receivedAt: '2024-06-19T13:43:00Z',
      expect: {
        readings: [978, 926, 880, 828, 782, 725, 679, 627, 581, 529, 478, 426].map((litres, hours) => ({
          metric: 'water_index_m3' as const,
          value: (25_041_000 + litres) / 1000,
          at: new Date(Date.UTC(2024, 5, 19, 13 - hours, 42)).toISOString(),
        })),
        flags: ['low_battery'],
      },
    },
    {
      name: 'an encrypted frame without its key',
      fPort: 20,
      hex: '7a0604100500112233445566778899aabbccddeeff',
      receivedAt: '2024-06-19T13:43:00Z',
      expect: { rejection: 'encrypted' },
    },
    {
      name: 'a frame that was cut',
      fPort: 20,
      hex: '7a060400008404133a1c',
      receivedAt: '2024-06-19T13:43:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
