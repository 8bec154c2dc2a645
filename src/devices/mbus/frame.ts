import { ByteReader, bytesOfHex } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { decrypted, type MeterAddress, securityMode } from './decrypt.ts';

/** What a meter says of itself before its records. */
export interface Header {
  /** Absent where only the way of the frame knows it. */
  readonly address?: MeterAddress;
  readonly medium?: number;
  /** EN 13757-3, table 7: battery, permanent and temporary errors; above them bits of the maker. */
  readonly status?: number;
}

/** The part of a frame from its CI field on. */
export type Application =
  | { readonly form: 'records'; readonly header: Header; readonly records: Uint8Array }
  | { readonly form: 'fixed'; readonly header: Header; readonly counters: Uint8Array };

const LONG_HEADER = 0x72;
const SHORT_HEADER = 0x7a;
const NO_HEADER = 0x78;
const FIXED = 0x73;
const ERROR_REPORT = 0x70;

/**
 * Takes the header off, and the encryption. Refuses by name what holds no records.
 *
 * @param link the address of the sender, where the frame that this came in has one
 */
export function applicationOf(bytes: Uint8Array, take: Take, link?: MeterAddress): Application {
  const reader = new ByteReader(bytes);
  const control = reader.u8();
  switch (control) {
    case NO_HEADER:
      return { form: 'records', header: {}, records: reader.rest() };
    case LONG_HEADER: {
      const address = reader.take(8);
      return securedOf(reader, { address, medium: address[7] ?? 0 }, take);
    }
    case SHORT_HEADER: {
      const address = link ?? addressOfSettings(take);
      return securedOf(reader, address ? { address, medium: address[7] ?? 0 } : {}, take);
    }
    case FIXED:
      return fixedOf(reader);
    case ERROR_REPORT:
      return take.refuse(
        'not-supported',
        `an error report of the meter: ${reader.left > 0 ? reader.u8() : 'no code'}`,
      );
    default:
      return take.refuse('not-supported', `the control information 0x${control.toString(16)}`);
  }
}

/** Of a short header, the identity that the meter told when it was installed. */
function addressOfSettings({ context }: Take): MeterAddress | undefined {
  const text = context.settings?.['meter_address'];
  const bytes = typeof text === 'string' ? bytesOfHex(text) : undefined;
  return bytes?.length === 8 ? bytes : undefined;
}

function keyOfSettings({ context }: Take): Uint8Array | undefined {
  const text = context.settings?.['key'];
  return typeof text === 'string' ? bytesOfHex(text) : undefined;
}

function securedOf(reader: ByteReader, header: Header, take: Take): Application {
  const accessNumber = reader.u8();
  const status = reader.u8();
  const configurationAt = reader.at;
  const configuration = reader.u16le();
  const full = { ...header, status };
  if (securityMode(configuration) === 0) return { form: 'records', header: full, records: reader.rest() };
  const { address } = header;
  if (!address) take.refuse('encrypted', 'the meter_address that its short header leaves out is not known');
  const frame = { bytes: reader.bytes, address, accessNumber, configuration, configurationAt };
  const records = decrypted(frame, keyOfSettings(take));
  if (!records) take.refuse('encrypted', `security mode ${securityMode(configuration)}`);
  return { form: 'records', header: full, records };
}

/** The older data structure: two counters without units of their own. */
function fixedOf(reader: ByteReader): Application {
  const identification = reader.take(4);
  reader.skip(1);
  const status = reader.u8();
  const units = reader.take(2);
  const [first = 0, second = 0] = units;
  const medium = (first >> 6) | ((second >> 6) << 2);
  const header = { address: identification, medium, status };
  return { form: 'fixed', header, counters: Uint8Array.from([status, ...units, ...reader.take(8)]) };
}

const LONG_START = 0x68;
const SHORT_START = 0x10;
const STOP = 0x16;
const ACKNOWLEDGEMENT = 0xe5;

/**
 * What is in a frame of the wired bus (EN 13757-2), from its CI field on; undefined for bytes that are no such frame.
 * The length must stand there twice and the sum must be right.
 */
export function wiredContent(bytes: Uint8Array, take: Take): Uint8Array | undefined {
  if (bytes.length === 1 && bytes[0] === ACKNOWLEDGEMENT) take.refuse('no-device-data', 'an acknowledgement');
  if (bytes.length === 5 && bytes[0] === SHORT_START && bytes[4] === STOP)
    take.refuse('no-device-data', 'a frame of the master: it asks, and says nothing');
  const [start, length = 0, again, second] = bytes;
  if (start !== LONG_START) return undefined;
  if (second !== LONG_START || length !== again) take.refuse('malformed-payload', 'the two lengths differ');
  if (length < 3) take.refuse('malformed-payload', `a frame of ${length} bytes has nothing in it`);
  if (bytes.length !== length + 6)
    take.refuse('malformed-payload', `${bytes.length} bytes, and the frame says ${length + 6}`);
  if (bytes.at(-1) !== STOP) take.refuse('malformed-payload', 'the frame does not end in 16');
  const content = bytes.subarray(4, -2);
  const sum = content.reduce((total, byte) => (total + byte) & 0xff, 0);
  if (sum !== bytes.at(-2)) take.refuse('checksum', `the sum is 0x${sum.toString(16)}`);
  return content.subarray(2);
}
