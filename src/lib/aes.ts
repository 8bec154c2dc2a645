import { createCipheriv, createDecipheriv } from 'node:crypto';

/** What is shown where AES-128 is needed: pure functions of bytes, so that decoders may use them. */
type Bytes = Uint8Array;
const BLOCK = 16;

/** CBC without padding, as EN 13757-7 mode 5 has it. `data` is a multiple of 16 bytes. */
export function openCbc(key: Bytes, iv: Bytes, data: Bytes): Bytes {
  const cipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/**
 * CCM, the authentication code at the end.
 *
 * @returns undefined if the code does not fit: another key, or bytes that somebody changed
 */
export function openCcm(
  key: Bytes,
  nonce: Bytes,
  data: Bytes,
  { tagBytes, also }: { readonly tagBytes: number; readonly also: Bytes },
): Bytes | undefined {
  const sealed = data.subarray(0, data.length - tagBytes);
  const cipher = createDecipheriv('aes-128-ccm', key, nonce, { authTagLength: tagBytes });
  cipher.setAuthTag(data.subarray(data.length - tagBytes));
  cipher.setAAD(also, { plaintextLength: sealed.length });
  try {
    const opened = cipher.update(sealed);
    cipher.final();
    return opened;
  } catch {
    return undefined;
  }
}

/** CMAC of one whole block (RFC 4493), which is all that key derivation needs. */
export function cmacOfBlock(key: Bytes, block: Bytes): Bytes {
  const first = doubled(encrypted(key, Buffer.alloc(BLOCK)));
  return encrypted(
    key,
    block.map((byte, i) => byte ^ (first[i] ?? 0)),
  );
}

function encrypted(key: Bytes, block: Bytes): Bytes {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** Doubling in GF(2^128). */
function doubled(block: Bytes): Bytes {
  const shifted = block.map((byte, i) => ((byte << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff);
  if (((block[0] ?? 0) & 0x80) !== 0) shifted[BLOCK - 1] = (shifted[BLOCK - 1] ?? 0) ^ 0x87;
  return shifted;
}
