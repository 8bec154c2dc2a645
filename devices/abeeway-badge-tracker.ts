import { abeewayExamples } from '../src/devices/abeeway/examples.ts';
import { abeeway } from '../src/devices/abeeway/tracker.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'abeeway-badge-tracker',
  maker: 'Abeeway',
  title: { zh: '艾比威 智能胸卡', en: 'Abeeway smart badge' },
  summary: {
    zh: '呼救键、移动、位置（卫星）与电量；听到的 Wi-Fi 与蓝牙不作定位。',
    en: 'A button for help, movement, position by satellite, battery; the Wi-Fi and Bluetooth that it hears are not turned into a place.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/akenza-io/device-type-library/tree/main/types/abeeway',
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/abeeway',
  ],
  topics: [],
  metrics: [
    'latitude_deg',
    'longitude_deg',
    'motion_bool',
    'charging_bool',
    'ambient_temperature_c',
    'battery_pct',
  ],
  events: ['sos', 'fall'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: abeeway,
  examples: abeewayExamples,
});
