import { ByteReader, LowBitReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const BASIC_BYTES = 47;
const SHORT_BYTES = 9;
const ENHANCED_BYTES = 51;
const ALARM_PORT = 103;

/** Above the single bits stands an enumeration, and only where the temporary error (bit 4) is set: not flags. */
const TEMPORARY_ERROR = 0x10;
const ERRORS = { dry: 0x10, leak: 0x30, reverse: 0x70, freeze: 0x90, burst: 0xb0 } as const;

function takeStatus(take: Take, status: number, at: number): void {
  take.flag('low_battery', (status & 0x04) !== 0, at);
  take.flag('fault', (status & 0x08) !== 0, at);
  const code = (status & TEMPORARY_ERROR) === 0 ? 0 : status & 0xf0;
  for (const name of ['dry', 'leak', 'reverse', 'freeze', 'burst'] as const)
    take.flag(name, code === ERRORS[name], at);
}

function takeLitres(take: Take, litres: number, at: number): void {
  // All ones: not read yet.
  if (litres !== 0xffff_ffff) take.reading('water_index_m3', litres / 1000, at);
}

/** Time, status, litres now; then, in the long form, a log of hourly increases that runs forward from its own time. */
function takeBasic(frame: ByteReader, take: Take): void {
  const now = take.deviceTime(frame.u32le() * 1000);
  takeStatus(take, frame.u8(), now);
  const litresNow = frame.u32le();
  if (frame.left > 0) {
    const logStart = frame.u32le() * 1000;
    let litres = frame.u32le();
    takeLitres(take, litres, logStart);
    for (let hour = 1; frame.left >= 2; hour++) {
      const delta = frame.u16le();
      // All ones: there is no such entry, and nothing is known after it.
      if (delta === 0xffff || logStart + hour * HOUR > now) break;
      litres += delta;
      takeLitres(take, litres, logStart + hour * HOUR);
    }
  }
  takeLitres(take, litresNow, now);
}

/** Version, time, status, litres at the start of the log, 23 hourly increases of 14 bits; it ends at the last full hour. */
function takeEnhanced(frame: ByteReader, take: Take): void {
  frame.skip(1);
  const now = take.deviceTime(frame.u32le() * 1000);
  takeStatus(take, frame.u8(), now);
  let litres = frame.u32le();
  const deltas = new LowBitReader(frame.rest());
  const lastHour = Math.floor(now / HOUR) * HOUR;
  takeLitres(take, litres, lastHour - 23 * HOUR);
  for (let back = 22; back >= 0; back--) {
    const delta = deltas.bits(14);
    if (delta === 0x3fff) break;
    litres += delta;
    takeLitres(take, litres, lastHour - back * HOUR);
  }
}

export default defineDevice({
  model: 'axioma-qalcosonic-w1',
  maker: 'Axioma Metering',
  title: { zh: '阿克西玛 W1 超声水表', en: 'Axioma Qalcosonic W1 water meter' },
  summary: {
    zh: 'LoRaWAN 超声水表，分辨率 1 升，每次上报带最近 15 或 23 小时的逐时用量。',
    en: 'Ultrasonic LoRaWAN water meter, 1 litre resolution; each message carries the last 15 or 23 hourly values.',
  },
  connect: {
    zh: '经 LoRaWAN 网络服务器（ChirpStack、The Things Stack 等）；address 写 deveui:加 DevEUI。',
    en: 'Through a LoRaWAN network server; its address is deveui: and its DevEUI.',
  },
  faults: [
    {
      zh: '公开的解码器有的把升标成立方米。',
      en: 'Some public codecs label its litres as cubic metres.',
    },
  ],
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/axioma'],
  topics: [],
  metrics: ['water_index_m3'],
  events: [
    'leak',
    'burst',
    'reverse',
    'dry',
    'freeze',
    'low_battery',
    'fault',
    'leak_cleared',
    'burst_cleared',
    'reverse_cleared',
    'dry_cleared',
    'freeze_cleared',
    'low_battery_cleared',
    'fault_cleared',
  ],
  expectedIntervalMs: 12 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 4_294_967.295, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (take.fPort === ALARM_PORT) {
      const now = take.deviceTime(frame.u32le() * 1000);
      takeStatus(take, frame.u8(), now);
    } else if (payload.length === BASIC_BYTES || payload.length === SHORT_BYTES) takeBasic(frame, take);
    else if (payload.length === ENHANCED_BYTES) takeEnhanced(frame, take);
    else take.refuse('not-supported', `${payload.length} bytes on port ${take.fPort}`);
  }),
  examples: [
    {
      name: 'the short form',
      fPort: 100,
      hex: 'aeac986a00a6170000',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 6.054, at: '2026-09-02T23:09:34Z' }],
        flags: [],
      },
    },
    {
      name: 'an alarm: burst, not a mixture of bits',
      fPort: 103,
      hex: 'aeac986ab0',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { readings: [], flags: ['burst'] },
    },
    {
      name: 'a frame that ends too early',
      fPort: 103,
      hex: 'aeac98',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a length that no version of it has',
      fPort: 100,
      hex: 'aeac986a00a6170000ff',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
