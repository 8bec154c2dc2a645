import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const KIND = 5;
const DATA_PORT = 10;
const STATUS_PORT = 9;
/** Firmware, settings, thresholds. */
const ANSWER_PORTS = new Set([8, 12, 13]);
const LEAK = 0x04;
const CABLE_BREAK = 0x08;

export default defineDevice({
  model: 'arwin-technology-lrs20310',
  maker: 'Arwin Technology',
  title: { zh: 'Arwin LRS20310 水浸传感器', en: 'Arwin LRS20310 leak sensor' },
  summary: {
    zh: '遇水或断线立即上报；心跳只带水浸程度，不作干湿结论，程度为零除外。',
    en: 'Says at once when it gets wet or its cable breaks; a heartbeat tells how wet, from which only zero is taken for dry.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/arwin-technology'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_pct'],
  events: [...flagEvents('leak', 'fault')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    if (ANSWER_PORTS.has(take.fPort)) take.refuse('no-device-data', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    if (take.fPort === STATUS_PORT) {
      frame.skip(6);
      take.reading('battery_pct', frame.u8());
      return;
    }
    if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    const kind = frame.u8();
    if (kind !== KIND) take.refuse('malformed-payload', `sensor type ${kind}`);
    const events = frame.u8();
    take.reading('battery_pct', frame.u8());
    const level = frame.u8();
    const alarm = (events & LEAK) !== 0;
    if (alarm || level === 0) {
      take.reading('water_leak_bool', alarm);
      take.flag('leak', alarm);
    }
    take.flag('fault', (events & CABLE_BREAK) !== 0);
  }),
  examples: [
    {
      name: 'wet',
      fPort: 10,
      hex: '050450460000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/arwin-technology',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'a heartbeat, dry',
      fPort: 10,
      hex: '050150000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a heartbeat, somewhat wet: nobody knows',
      fPort: 10,
      hex: '050150140000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'the cable is broken',
      fPort: 10,
      hex: '050850000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['fault'],
      },
    },
    {
      name: 'its firmware',
      fPort: 8,
      hex: '01000001',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/arwin-technology',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'its settings',
      fPort: 12,
      hex: '05000a00030101',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/arwin-technology',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame of another sensor',
      fPort: 10,
      hex: '0b0450460000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 10,
      hex: '0504',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
