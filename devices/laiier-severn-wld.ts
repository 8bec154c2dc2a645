import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** Regular, emergency and self-test messages are alike. */
const STATE_PORTS = new Set([1, 99, 102]);
const START_PORT = 100;
const ELECTRODES = 0xf0ff;
const SELF_TEST_FAILED = 0x0200;
const CRITICAL = 0x0100;

export default defineDevice({
  model: 'laiier-severn-wld',
  maker: 'Laiier',
  title: { zh: 'Laiier Severn WLD 水浸带', en: 'Laiier Severn WLD leak tape' },
  summary: {
    zh: '十二段电极，任一段遇水即为有水；紧急报文立即发送。',
    en: 'Twelve electrodes; wet if any of them is. Its emergency message comes at once.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/laiier/severnWLD'],
  topics: [],
  metrics: ['water_leak_bool', 'ambient_temperature_c'],
  events: ['boot', ...flagEvents('leak', 'fault')],
  expectedIntervalMs: 6 * HOUR,
  silenceGraceMs: 9 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (take.fPort === START_PORT) {
      take.event('boot');
      return;
    }
    if (!STATE_PORTS.has(take.fPort)) take.refuse('not-supported', `port ${take.fPort}`);
    const word = frame.u16be();
    const wet = (word & (ELECTRODES | CRITICAL)) !== 0;
    frame.skip(3);
    take.reading('ambient_temperature_c', frame.i8());
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
    take.flag('fault', (word & SELF_TEST_FAILED) !== 0);
  }),
  examples: [
    {
      name: 'dry',
      fPort: 1,
      hex: '0000fd023f18030168',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet at two electrodes',
      fPort: 99,
      hex: '0103fd023f18030168',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'its own test failed',
      fPort: 102,
      hex: '0200fd023f18030168',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['fault'],
      },
    },
    {
      name: 'switched on',
      fPort: 100,
      hex: '0011223344556677010203',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a port that it does not use',
      fPort: 50,
      hex: '0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
