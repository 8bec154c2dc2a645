import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { WITH_KEY } from '../src/devices/mbus/settings.ts';
import { refuseOtherMedia, takeHeaderStatus, takeWater, WATER_METRICS } from '../src/devices/mbus/water.ts';
import { wirelessContent } from '../src/devices/mbus/wireless.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/akenza-io/device-type-library/tree/main/types/integra/aquastream';

/** Backflow is the same quantity under tariff 1. */
const BACKFLOW_TARIFF = 1;

function takeErrorFlags(take: Take, word: number, at: number): void {
  take.flag('low_battery', (word & 0x0001) !== 0, at);
  take.flag('reverse', (word & 0x0002) !== 0, at);
  take.flag('tamper', (word & 0x0100) !== 0, at);
  take.flag('burst', (word & 0x0400) !== 0, at);
  take.flag('leak', (word & 0x0800) !== 0, at);
  take.flag('no_flow', (word & 0x8000) !== 0, at);
}

export default defineDevice({
  model: 'integra-aquastream',
  maker: 'Integra Metering',
  title: { zh: 'Integra aquastream 超声水表', en: 'Integra aquastream water meter' },
  summary: {
    zh: 'LoRaWAN 超声水表，报文内是一帧无线 M-Bus：累计量、倒流量和告警。',
    en: 'Ultrasonic LoRaWAN water meter; inside is a frame of wireless M-Bus with index, backflow and alarms.',
  },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE, 'EN 13757-3, EN 13757-4'],
  topics: [],
  metrics: WATER_METRICS,
  events: flagEvents('low_battery', 'fault', 'reverse', 'tamper', 'burst', 'leak', 'no_flow'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 4_294_967.295, resolution: 0.001 } },
  settings: WITH_KEY,
  decode: decoderOf((payload, take) => {
    const application = wirelessContent(payload, take);
    if (application.form === 'fixed') return take.refuse('not-supported', 'the fixed data structure');
    refuseOtherMedia(take, application.header);
    const habits = { reverseTariff: BACKFLOW_TARIFF, errorFlags: takeErrorFlags };
    takeHeaderStatus(take, application.header, takeWater(application.records, take, habits));
  }),
  examples: [
    {
      name: 'twelve cubic metres',
      hex: '2d44b42509930310050e7221535104b4250107010000200413e02e00008410130000000002fd17000002fd74cb16',
      source: SOURCE,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 12, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0, at: '2026-03-01T08:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'backflow, and two alarms at once',
      hex: '2d44b42509930310050e7221535104b4250107010000200413e02e00008410130500000002fd17000c02fd74cb16',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 12, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0.005, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['burst', 'leak'],
      },
    },
    {
      name: 'a frame that was cut',
      hex: '2d44b42509930310050e7221535104b42501',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'an encrypted frame without its key',
      hex: '2e44b42509930310050e7221535104b425010701002005000102030405060708090a0b0c0d0e0f00010203040506070809',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'encrypted' },
    },
  ],
});
