import { ByteReader } from '../src/devices/byte-reader.ts';
import { doorContactSettings, takeDoorContact } from '../src/devices/contacts.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const DATA = 0x40;
const KEEP_ALIVE = 0x30;
const LOW_BATTERY = 0x02;
const COUNTER_BYTES = 8;

export default defineDevice({
  model: 'adeunis-dry-contacts',
  maker: 'Adeunis',
  title: { zh: 'Adeunis Dry Contacts 干接点', en: 'Adeunis Dry Contacts' },
  summary: {
    zh: '四路干接点，取接门磁的一路；登记中可选哪一路、何值为开。',
    en: 'Four dry contacts, of which the one at the door is taken; which, and what it says while open, is set in the registry.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/adeunis/dryContact'],
  topics: [],
  metrics: ['door_open_bool'],
  events: [...flagEvents('low_battery')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: doorContactSettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const code = frame.u8();
    if (code !== DATA && code !== KEEP_ALIVE)
      take.refuse('no-device-data', `frame ${code.toString(16)}: no states`);
    take.flag('low_battery', (frame.u8() & LOW_BATTERY) !== 0);
    frame.skip(COUNTER_BYTES);
    // Two bits each: what it is, and what it was.
    const states = frame.u8();
    takeDoorContact(take, (input) => (states >> ((input - 1) * 2)) & 1);
  }),
  examples: [
    {
      name: 'the first contact is 1, which says closed',
      fPort: 1,
      hex: '4040000100000005000201',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/adeunis/dryContact',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'which says open, as it is set',
      fPort: 1,
      hex: '4040000100000005000201',
      settings: { open_is: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'the third contact, the battery low',
      fPort: 1,
      hex: '4042000100000005000210',
      settings: { input: 3 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'its configuration',
      fPort: 1,
      hex: '1040000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '404000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
