import { HOUR } from '../../lib/clock.ts';
import type { DeviceDefinition } from '../define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../lorawan.ts';
import { decoderOf, type Take } from '../take.ts';
import { applicationOf } from './frame.ts';
import { WITH_KEY_AND_ADDRESS } from './settings.ts';
import { refuseOtherMedia, takeHeaderStatus, takeWater, WATER_METRICS } from './water.ts';

/** Kamstrup's own records: FF 25 is the info code; others (acoustic leak detection, configuration) are no readings. */
const INFO_CODE = 0x25;

function takeInfoCode(take: Take, code: number, word: number, at: number): void {
  if (code !== INFO_CODE) return;
  take.flag('dry', (word & 0x01) !== 0, at);
  take.flag('reverse', (word & 0x02) !== 0, at);
  take.flag('leak', (word & 0x04) !== 0, at);
  take.flag('burst', (word & 0x08) !== 0, at);
  take.flag('tamper', (word & 0x10) !== 0, at);
  take.flag('low_battery', (word & 0x20) !== 0, at);
  take.flag('freeze', (word & 0x40) !== 0, at);
}

/** What all flowIQ meters with a LoRaWAN module have in common: M-Bus records, plain or in security profile D. */
export const FLOWIQ = {
  maker: 'Kamstrup',
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '加密的表（安全模式 D）需在设置中填 key；短报头的报文还需 meter_address，即安装报文里的 8 字节表地址。',
      en: 'Encrypted meters (security profile D) need key in their settings; frames with a short header also need meter_address, the 8 bytes of the address in the installation frame.',
    },
    {
      zh: '表钟无效时，读数按收到时间记，历史值不取。',
      en: 'Where the meter says that its clock is not right, the reading counts from its arrival and its log is not taken.',
    },
  ],
  topics: [],
  metrics: WATER_METRICS,
  events: flagEvents('dry', 'reverse', 'leak', 'burst', 'tamper', 'low_battery', 'freeze', 'fault'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  settings: WITH_KEY_AND_ADDRESS,
  decode: decoderOf((payload, take) => {
    const application = applicationOf(payload, take);
    if (application.form === 'fixed') return take.refuse('not-supported', 'the fixed data structure');
    refuseOtherMedia(take, application.header);
    const at = takeWater(application.records, take, { strict: true, maker: takeInfoCode });
    takeHeaderStatus(take, application.header, at);
  }),
} as const satisfies Partial<DeviceDefinition>;
