import type { FlagName, MetricName } from '../../model/metrics.ts';
import { ByteReader } from '../byte-reader.ts';

/** What an object of BTHome v2 means to us; one that has no meaning here is only stepped over. */
export type Meaning =
  | { readonly metric: MetricName; readonly scale?: number }
  | { readonly flag: FlagName; readonly metric?: MetricName }
  | { readonly is: 'packet' | 'button' | 'time' };

interface ObjectKind {
  readonly name: string;
  /** Bytes; 0: the first byte of the object is its length. */
  readonly bytes: number;
  readonly signed?: boolean;
  readonly means?: Meaning;
}

const u = (bytes: number, name: string, means?: Meaning): ObjectKind => ({
  name,
  bytes,
  ...(means ? { means } : {}),
});
const i = (bytes: number, name: string, means?: Meaning): ObjectKind => ({
  ...u(bytes, name, means),
  signed: true,
});
const bit = (name: string, means?: Meaning): ObjectKind => u(1, name, means);

const temperature = (scale: number): Meaning => ({ metric: 'ambient_temperature_c', scale });
const humidity = (scale: number): Meaning => ({ metric: 'humidity_pct', scale });
const energy: Meaning = { metric: 'energy_index_kwh', scale: 0.001 };
const power: Meaning = { metric: 'power_w', scale: 0.01 };
const door: Meaning = { metric: 'door_open_bool' };
const motion: Meaning = { metric: 'motion_bool' };

/**
 * All objects of the format. Their order in a frame is that of their numbers; the length of an object that is not in
 * this table is not known, so nothing after it can be read.
 *
 * @see https://bthome.io/format/
 */
const OBJECTS: Readonly<Record<number, ObjectKind>> = {
  0: u(1, 'packet id', { is: 'packet' }),
  1: u(1, 'battery', { metric: 'battery_pct' }),
  2: i(2, 'temperature', temperature(0.01)),
  3: u(2, 'humidity', humidity(0.01)),
  4: u(3, 'pressure'),
  5: u(3, 'illuminance'),
  6: u(2, 'mass (kg)'),
  7: u(2, 'mass (lb)'),
  8: i(2, 'dew point'),
  9: u(1, 'count'),
  10: u(3, 'energy', energy),
  11: u(3, 'power', power),
  12: u(2, 'voltage', { metric: 'battery_v', scale: 0.001 }),
  13: u(2, 'pm2.5'),
  14: u(2, 'pm10'),
  15: bit('generic boolean'),
  16: bit('power on'),
  17: bit('opening', door),
  18: u(2, 'co2'),
  19: u(2, 'tvoc'),
  20: u(2, 'moisture (%)'),
  21: bit('battery low', { flag: 'low_battery' }),
  22: bit('battery charging', { metric: 'charging_bool' }),
  23: bit('carbon monoxide', { flag: 'carbon_monoxide' }),
  24: bit('cold'),
  25: bit('connectivity'),
  26: bit('door', door),
  27: bit('garage door', door),
  28: bit('gas', { flag: 'gas' }),
  29: bit('heat'),
  30: bit('light'),
  31: bit('lock'),
  32: bit('moisture', { flag: 'leak', metric: 'water_leak_bool' }),
  33: bit('motion', motion),
  34: bit('moving'),
  35: bit('occupancy', motion),
  36: bit('plug'),
  37: bit('presence', motion),
  38: bit('problem', { flag: 'fault' }),
  39: bit('running'),
  40: bit('safety'),
  41: bit('smoke', { flag: 'smoke' }),
  42: bit('sound'),
  43: bit('tamper', { flag: 'tamper' }),
  44: bit('vibration'),
  45: bit('window', door),
  46: u(1, 'humidity', humidity(1)),
  47: u(1, 'moisture (%)'),
  58: u(1, 'button', { is: 'button' }),
  60: u(2, 'dimmer'),
  61: u(2, 'count'),
  62: u(4, 'count'),
  63: i(2, 'rotation'),
  64: u(2, 'distance (mm)'),
  65: u(2, 'distance (m)'),
  66: u(3, 'duration'),
  67: u(2, 'current'),
  68: u(2, 'speed'),
  69: i(2, 'temperature', temperature(0.1)),
  70: u(1, 'uv index'),
  71: u(2, 'volume (l)'),
  72: u(2, 'volume (ml)'),
  73: u(2, 'volume flow rate', { metric: 'flow_m3_h', scale: 0.001 }),
  // Tenths of a volt reach the mains: this is not the battery.
  74: u(2, 'voltage (0.1 V)'),
  75: u(3, 'gas (m³)'),
  76: u(4, 'gas (m³)'),
  77: u(4, 'energy', energy),
  78: u(4, 'volume (l)'),
  79: u(4, 'water', { metric: 'water_index_m3', scale: 0.000_001 }),
  80: u(4, 'timestamp', { is: 'time' }),
  81: u(2, 'acceleration'),
  82: u(2, 'gyroscope'),
  83: u(0, 'text'),
  84: u(0, 'raw'),
  85: u(4, 'volume storage'),
  86: u(2, 'conductivity'),
  87: i(1, 'temperature', temperature(1)),
  88: i(1, 'temperature', temperature(0.35)),
  89: i(1, 'count'),
  90: i(2, 'count'),
  91: i(4, 'count'),
  92: i(4, 'power', power),
  93: i(2, 'current'),
  94: u(2, 'direction'),
  95: u(2, 'precipitation'),
  96: u(1, 'channel'),
  97: u(2, 'rotational speed'),
  98: i(4, 'speed'),
  99: i(4, 'acceleration'),
  100: u(1, 'light level'),
  240: u(2, 'device type'),
  241: u(4, 'firmware version'),
  242: u(3, 'firmware version'),
};

export interface BthomeObject {
  readonly name: string;
  readonly value: number;
  readonly means: Meaning | undefined;
}

/** What could not be read of a frame, and all that stands behind it. */
export interface Unread {
  readonly reason: 'not-supported' | 'malformed-payload';
  readonly detail: string;
}

/** The objects of a frame, as far as it can be read: a press before a broken object is a press. */
export function objectsOf(bytes: Uint8Array): { readonly objects: BthomeObject[]; readonly unread?: Unread } {
  const frame = new ByteReader(bytes);
  const objects: BthomeObject[] = [];
  while (frame.left > 0) {
    const id = frame.u8();
    const kind = OBJECTS[id];
    if (!kind) {
      const detail = `object 0x${id.toString(16).padStart(2, '0')} is not known`;
      return { objects, unread: { reason: 'not-supported', detail } };
    }
    const length = kind.bytes || (frame.peek() ?? 0) + 1;
    if (frame.left < length) {
      const detail = `the frame ends within an object: ${kind.name}`;
      return { objects, unread: { reason: 'malformed-payload', detail } };
    }
    const value = kind.bytes === 0 ? Number.NaN : integerOf(frame.take(length), kind.signed);
    if (kind.bytes === 0) frame.skip(length);
    objects.push({ name: kind.name, value, means: kind.means });
  }
  return { objects };
}

function integerOf(bytes: Uint8Array, signed = false): number {
  let value = 0;
  for (const [place, byte] of bytes.entries()) value += byte * 2 ** (8 * place);
  const half = 2 ** (8 * bytes.length - 1);
  return signed && value >= half ? value - 2 * half : value;
}
