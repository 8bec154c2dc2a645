import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { takeYxFrames } from '../src/devices/watches/wristband-yx.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar WristbandProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'wristband-yx',
  title: { zh: '定位手环（YX|V1.0 协议）', en: 'Wristband of the YX|V1.0 protocol' },
  summary: { zh: '电量、定位。', en: 'Battery and position.' },
  connect: {
    zh: '直连守望的手表端口（service.yaml 的 watches）；address 写 imei:加 15 位 IMEI。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is imei: and 15 digits.',
  },
  sources: ['https://github.com/traccar/traccar WristbandProtocolDecoder.java'],
  topics: ['shouwang/{device}/raw'],
  metrics: ['battery_pct', 'latitude_deg', 'longitude_deg'],
  events: [],
  expectedIntervalMs: 30 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  settings: watchSettings,
  decode: decoderOf(takeYxFrames),
  examples: [
    {
      name: 'its battery, with the bytes around it',
      hex: '000102003559583335333435363738393031323334357c56312e307c317c7b4630312339342c312c3130302c302c33313030302c3930307d0d0afffefc',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 94, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'places: longitude first, local time',
      payload:
        'YX353456789012345|V1.0|1|{F02#77.500000,-38.900000,201812291255,0.58|77.500000,-38.900000,201812291256,0.00}',
      timeZone: 'Asia/Shanghai',
      source: TRACCAR,
      receivedAt: '2018-12-29T05:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: -38.9, at: '2018-12-29T04:55:00Z' },
          { metric: 'longitude_deg', value: 77.5, at: '2018-12-29T04:55:00Z' },
          { metric: 'latitude_deg', value: -38.9, at: '2018-12-29T04:56:00Z' },
          { metric: 'longitude_deg', value: 77.5, at: '2018-12-29T04:56:00Z' },
        ],
      },
    },
    {
      name: 'cells are no position; it is there all the same',
      payload: 'YX353456789012345|V1.0|1|{F04#18,07,3,12345,30:18,07,3,12345,30}',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'a login is only protocol',
      hex: '000102004159583335333435363738393031323334357c56312e307c317c7b4639312330317c30307c30307c33475f7065745f323031382f30352f31362031313a30307d0d0afffefc',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'something that is no frame',
      payload: 'YX353456789012345|V1.0',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
