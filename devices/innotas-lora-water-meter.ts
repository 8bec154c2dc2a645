import { z } from 'zod';
import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE =
  'https://github.com/actility/device-catalog/tree/main/vendors/innotas/drivers/lora-wireless-water-meter';

/** The maker's examples call the count cubic metres. */
const LITRES_PER_COUNT = 1000;

function takeCount(frame: ByteReader, take: Take): void {
  const weight = take.context.settings?.['litres_per_count'];
  const litres = frame.u32be() * (typeof weight === 'number' ? weight : LITRES_PER_COUNT);
  take.reading('water_index_m3', litres / 1000);
}

function takeErrors(take: Take, errors: number): void {
  take.flag('low_battery', (errors & 0x04) !== 0);
  take.flag('tamper', (errors & 0x02) !== 0);
  // The sensor, the program memory.
  take.flag('fault', (errors & 0x09) !== 0);
}

export default defineDevice({
  model: 'innotas-lora-water-meter',
  maker: 'Innotas',
  title: { zh: 'Innotas Modularis LoRa 水表模块', en: 'Innotas LoRa wireless water meter' },
  summary: {
    zh: '装在 Modularis 机械水表上的 LoRaWAN 感应模块；按端口发送读数、结算值、统计或状态。',
    en: 'Inductive LoRaWAN module on Modularis water meters; its port says whether a count, a due-date value, statistics or a status comes.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '公开例子把计数称为立方米；若您的表以升计数，请设 litres_per_count 为 1。',
      en: 'The public examples call its count cubic metres; where yours counts litres, set litres_per_count to 1.',
    },
  ],
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3'],
  events: flagEvents('low_battery', 'tamper', 'fault', 'leak'),
  expectedIntervalMs: 4 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 10_000_000, resolution: 1 } },
  settings: z.object({
    litres_per_count: z
      .number()
      .positive()
      .optional()
      .meta({ title: '每计数升数', description: 'Litres that one count stands for; 1000 if absent' }),
  }),
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    switch (take.fPort) {
      // A count; with the statistics of a day; with the flow of four hours.
      case 1:
      case 3:
      case 4:
        takeCount(frame, take);
        return;
      case 2:
        takeCount(frame, take);
        // The value of the due date, of whose month alone something is said.
        frame.skip(4);
        takeErrors(take, frame.u8());
        take.flag('leak', (frame.u8() & 0x80) !== 0);
        return;
      case 10:
        frame.skip(2);
        takeErrors(take, frame.u8());
        return;
      default:
        take.refuse('not-supported', `port ${take.fPort}`);
    }
  }),
  examples: [
    {
      name: 'a count',
      fPort: 1,
      hex: '00000003',
      source: SOURCE,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 3, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'a module that counts litres',
      fPort: 1,
      hex: '00000bb9',
      settings: { litres_per_count: 1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 3.001, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'count, due date and status; the due date is not the index',
      fPort: 2,
      hex: '000000050000000306800c',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 5, at: '2026-03-01T08:00:00Z' }],
        flags: ['low_battery', 'tamper', 'leak'],
      },
    },
    {
      name: 'statistics of its radio',
      fPort: 9,
      hex: '000000050000000300000000000000000000000000000000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that was cut',
      fPort: 1,
      hex: '000000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
