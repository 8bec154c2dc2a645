import { cmacOfBlock, openCbc, openCcm } from '../../lib/aes.ts';

/** How a meter is called in its own frames: identification, maker, version and type, as they stand there (8 bytes). */
export type MeterAddress = Uint8Array;

/** What stands before encrypted records (EN 13757-7), long header or short. */
export interface SecuredFrame {
  /** From the CI field on. */
  readonly bytes: Uint8Array;
  readonly address: MeterAddress;
  readonly accessNumber: number;
  readonly configuration: number;
  /** Where the configuration field begins. */
  readonly configurationAt: number;
}

export const securityMode = (configuration: number): number => (configuration >> 8) & 0x1f;

/**
 * The plain records, or undefined if there is no key, it is the wrong one, or the mode is none that we know: 5 (AES-CBC,
 * OMS profile A) and 10 (AES-CCM with derived keys, OMS profile D).
 */
export function decrypted(frame: SecuredFrame, key: Uint8Array | undefined): Uint8Array | undefined {
  if (key?.length !== 16) return undefined;
  const mode = securityMode(frame.configuration);
  if (mode === 5) return openMode5(frame, key);
  return mode === 10 ? openMode10(frame, key) : undefined;
}

/** The first two plain bytes prove the key. */
const PROOF = 0x2f;

function openMode5(
  { bytes, address, accessNumber, configuration, configurationAt }: SecuredFrame,
  key: Uint8Array,
): Uint8Array | undefined {
  const from = configurationAt + 2;
  const end = from + ((configuration >> 4) & 0x0f) * 16;
  if (end === from || end > bytes.length) return undefined;
  const iv = Uint8Array.from([...makerFirst(address), ...new Array<number>(8).fill(accessNumber)]);
  const plain = openCbc(key, iv, bytes.subarray(from, end));
  if (plain[0] !== PROOF || plain[1] !== PROOF) return undefined;
  return Uint8Array.from([...plain, ...bytes.subarray(end)]);
}

const TAG_BYTES = 8;

/** The key of each message comes from the meter's key, the message counter and the identification. */
function openMode10(
  { bytes, address, configurationAt }: SecuredFrame,
  key: Uint8Array,
): Uint8Array | undefined {
  // Behind the configuration stand its extension (2 bytes) and the message counter (4 bytes).
  const counterAt = configurationAt + 4;
  const from = counterAt + 4;
  if (bytes.length < from + TAG_BYTES) return undefined;
  const counter = bytes.subarray(counterAt, from);
  const padding = new Array<number>(7).fill(7);
  const derived = cmacOfBlock(key, Uint8Array.from([0, ...counter, ...address.subarray(0, 4), ...padding]));
  const nonce = Uint8Array.from([...makerFirst(address), 0, ...[...counter].reverse()]);
  const also = Uint8Array.from([bytes[0] ?? 0, ...bytes.subarray(configurationAt - 2, counterAt)]);
  return openCcm(derived, nonce, bytes.subarray(from), { tagBytes: TAG_BYTES, also });
}

const makerFirst = (address: MeterAddress): number[] => [
  ...address.subarray(4, 6),
  ...address.subarray(0, 4),
  ...address.subarray(6, 8),
];
