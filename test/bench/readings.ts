import { publishFrame } from './mqtt-frames.ts';
import { bandOf, DEVICE_DIGITS, meterOf } from './names.ts';

/**
 * The messages of the load: half water meters, half wristbands, each a native payload of 206 bytes with real times and
 * values that grow as they should. Encoded once; a message is patched in place.
 */
export const PAYLOAD_BYTES = 206;

/** A field that changes, with what stands there first: its length is fixed. */
interface Place {
  readonly at: number;
  readonly length: number;
}

const TIME = '2026-03-01T08:00:00.000Z';
export const METER_TEXT = `{"at":"${TIME}","water_index_m3":12345.678,"flow_m3_h":0.1234,"battery_pct":88,"signal_dbm":-87}`;
export const BAND_TEXT = `{"at":"${TIME}","systolic_mmhg":132,"diastolic_mmhg":84,"pulse_bpm":71,"spo2_pct":97,"skin_temperature_c":33.4,"steps_count":10321,"worn_bool":1,"battery_pct":88,"signal_dbm":-87}`;

/** Firmware that prints into fields of fixed width pads with blanks; so do we, up to the size. */
function padded(payload: string): string {
  const missing = PAYLOAD_BYTES - payload.length;
  if (missing < 0) throw new Error(`a payload of ${payload.length} bytes`);
  return payload.replace(/}$/, `${' '.repeat(missing)}}`);
}

const METER_PAYLOAD = padded(METER_TEXT);
const BAND_PAYLOAD = padded(BAND_TEXT);

class Template {
  readonly bytes: Buffer;
  readonly #packetId: number;
  readonly #device: Place;
  readonly #time: number;

  constructor(device: string, payload: string, qos: 0 | 1) {
    const { bytes, packetId } = publishFrame(`shouwang/${device}/telemetry`, payload, qos);
    this.bytes = bytes;
    this.#packetId = packetId;
    this.#device = {
      at: bytes.indexOf(device) + device.length - DEVICE_DIGITS,
      length: DEVICE_DIGITS,
    };
    this.#time = bytes.indexOf(TIME);
  }

  /** Where the value of this field stands. */
  place(field: string, length: number): Place {
    return { at: this.bytes.indexOf(`"${field}":`) + field.length + 3, length };
  }

  digits({ at, length }: Place, value: number): void {
    let rest = value;
    for (let i = at + length - 1; i >= at; i--) {
      this.bytes[i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  address(home: number, packetId: number, time: Buffer): void {
    this.digits(this.#device, home);
    time.copy(this.bytes, this.#time);
    if (this.#packetId < 0) return;
    this.bytes[this.#packetId] = packetId >> 8;
    this.bytes[this.#packetId + 1] = packetId & 255;
  }
}

/** All loads of a run share one clock for what grows: a meter never goes back. */
const STARTED_AT = Date.now();

/** What a meter's index stands at when the run begins; five digits before the point, for JSON knows no leading zeros. */
const litresAtStart = (home: number): number => 10_000_000 + (home % 100_000);
/** Drawn in two hours of three: far more than the rule for low consumption asks for, and no drip that never ends. */
const LITRES_AN_HOUR = 12;
export const HISTORY_HOURS = 26;

/** What a meter uploads that was out of reach for a day or so: an index for each hour up to now. */
export function historyOf(home: number, now: number, hours = HISTORY_HOURS): string {
  const entries: string[] = [];
  for (let hour = hours; hour > 0; hour--) {
    const at = new Date(now - hour * 3_600_000).toISOString();
    const index = (litresAtStart(home) - Math.ceil((hour * 2) / 3) * LITRES_AN_HOUR) / 1000;
    entries.push(`{"at":"${at}","water_index_m3":${index.toFixed(3)}}`);
  }
  return `[${entries.join()}]`;
}

/** The load dates by even milliseconds, so that what is said beside it by odd ones is never a second value of one instant. */
export const LOAD_INSTANT_MS = 2;
const evenMs = (instant: number): number => instant - (instant % LOAD_INSTANT_MS);
export const oddMs = (instant: number): number => evenMs(instant) - 1;

/** Litres that a tap gives in a second: far below what a pipe can carry, so that no step is a lie. */
const LITRES_A_SECOND = 0.2;

/** Makes one message after the other. What it returns is valid until the next call. */
export class Readings {
  readonly #meter: Template;
  readonly #band: Template;
  readonly #litres: [Place, Place];
  readonly #places: Readonly<Record<'systolic' | 'diastolic' | 'pulse' | 'spo2' | 'steps', Place>>;
  readonly #time = Buffer.from(TIME);
  #now = 0;
  #minute = 0;
  #number = 0;

  constructor(qos: 0 | 1) {
    this.#meter = new Template(meterOf(0), METER_PAYLOAD, qos);
    this.#band = new Template(bandOf(0), BAND_PAYLOAD, qos);
    const index = this.#meter.place('water_index_m3', 9);
    this.#litres = [
      { at: index.at, length: 5 },
      { at: index.at + 6, length: 3 },
    ];
    this.#places = {
      systolic: this.#band.place('systolic_mmhg', 3),
      diastolic: this.#band.place('diastolic_mmhg', 2),
      pulse: this.#band.place('pulse_bpm', 2),
      spo2: this.#band.place('spo2_pct', 2),
      steps: this.#band.place('steps_count', 5),
    };
  }

  /** A reading of this home's meter or band, measured now, or by a clock that is a little ahead. */
  next(home: number, kind: 'meter' | 'band', packetId: number, aheadMs = 0): Buffer {
    const now = this.#clock(aheadMs);
    const elapsedS = (now - STARTED_AT) / 1000;
    const number = ++this.#number;
    if (kind === 'meter') {
      const litres = litresAtStart(home) + Math.floor(elapsedS * LITRES_A_SECOND);
      this.#meter.digits(this.#litres[0], Math.floor(litres / 1000));
      this.#meter.digits(this.#litres[1], litres % 1000);
      this.#meter.address(home, packetId, this.#time);
      return this.#meter.bytes;
    }
    const { systolic, diastolic, pulse, spo2, steps } = this.#places;
    this.#band.digits(systolic, 110 + (number % 41));
    this.#band.digits(diastolic, 65 + (number % 23));
    this.#band.digits(pulse, 60 + (number % 29));
    this.#band.digits(spo2, 95 + (number % 4));
    this.#band.digits(steps, 10_000 + Math.floor(elapsedS));
    this.#band.address(home, packetId, this.#time);
    return this.#band.bytes;
  }

  /** The present instant as the load dates by, also as text in #time: its minute is written when it changes. */
  #clock(aheadMs: number): number {
    const now = evenMs(Date.now() + aheadMs);
    if (now === this.#now) return now;
    this.#now = now;
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#time.write(new Date(now).toISOString(), 'latin1');
    }
    const ms = now % 60_000;
    const [second, rest] = [Math.floor(ms / 1000), ms % 1000];
    this.#time[17] = 48 + Math.floor(second / 10);
    this.#time[18] = 48 + (second % 10);
    this.#time[20] = 48 + Math.floor(rest / 100);
    this.#time[21] = 48 + (Math.floor(rest / 10) % 10);
    this.#time[22] = 48 + (rest % 10);
    return now;
  }
}
