import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const BUTTON_PORT = 40;
const STARTED_PORT = 5;
/** Battery in percent: of a cell, and of a cell that cannot be charged. */
const BATTERY_PORTS = new Set([8, 9]);
/** The counter of downlinks, serial number, firmware, answers. */
const ANSWER_PORTS = new Set([2, 6, 7, 10]);
const PRESSED = 0x01;

const SOURCE = 'https://github.com/akenza-io/device-type-library/tree/main/types/ascoel/PB868LR';

export default defineDevice({
  model: 'ascoel-pb868lr',
  maker: 'Ascoel',
  title: { zh: 'Ascoel PB868LR 按钮', en: 'Ascoel PB868LR button' },
  summary: { zh: '按下即呼救，另报电量。', en: 'A press calls for help; it also tells its battery.' },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE],
  topics: [],
  metrics: ['battery_pct'],
  events: ['sos', 'boot'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (take.fPort === BUTTON_PORT) {
      const pressed = (frame.u8() & PRESSED) !== 0;
      // How often it was pressed since it started.
      frame.skip(2);
      if (pressed) take.event('sos');
      else take.refuse('no-device-data', 'the button was let go');
    } else if (BATTERY_PORTS.has(take.fPort)) take.reading('battery_pct', frame.u8());
    else if (take.fPort === STARTED_PORT) take.event('boot');
    else if (ANSWER_PORTS.has(take.fPort)) take.refuse('no-device-data', `port ${take.fPort}`);
    else take.refuse('not-supported', `port ${take.fPort}`);
  }),
  examples: [
    {
      name: 'pressed',
      fPort: 40,
      hex: '010001',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'let go',
      fPort: 40,
      hex: '000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'its battery',
      fPort: 8,
      hex: '5e',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 94, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'it started',
      fPort: 5,
      hex: '50423836384c5248',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its firmware',
      fPort: 7,
      hex: '010b0a4f04030f42',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that nobody documents',
      fPort: 41,
      hex: '010001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a press that ends too early',
      fPort: 40,
      hex: '0100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
