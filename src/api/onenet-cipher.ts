import { createDecipheriv } from 'node:crypto';

/** Before the message of the older platform: 16 bytes of chance and its length. */
const HEAD_BYTES = 20;
const BLOCK_BYTES = 16;

/**
 * The message within an encrypted one, both as text; undefined where it is none under this key. AES in the CBC mode, the
 * first bytes of the key as its first vector: the platform's choice, not ours. It says nothing of whose message it is,
 * which is what the signature is for.
 *
 * @param key 43 characters on the older platform, 32 bytes in base64 without its last sign; 16 characters on the present one
 * @see https://open.iot.10086.cn/doc/iot_platform/book/application-develop/push/http_push.html
 */
export function oneNetPlain(encrypted: string, key: string): string | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % BLOCK_BYTES !== 0) return undefined;
  const isOlder = key.length === 43;
  const secret = isOlder ? Buffer.from(`${key}=`, 'base64') : Buffer.from(key, 'latin1');
  const cipher = createDecipheriv(
    isOlder ? 'aes-256-cbc' : 'aes-128-cbc',
    secret,
    secret.subarray(0, BLOCK_BYTES),
  ).setAutoPadding(false);
  const plain = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const message = isOlder ? withoutHead(plain) : withoutPadding(plain);
  const text = message?.toString('utf8');
  // Under a wrong key come bytes without sense, and seldom ones whose padding looks right.
  return text !== undefined && isJson(text) ? text : undefined;
}

function withoutHead(plain: Buffer): Buffer | undefined {
  if (plain.length < HEAD_BYTES) return undefined;
  const length = plain.readUInt32BE(HEAD_BYTES - 4);
  return HEAD_BYTES + length <= plain.length ? plain.subarray(HEAD_BYTES, HEAD_BYTES + length) : undefined;
}

function withoutPadding(plain: Buffer): Buffer | undefined {
  const padding = plain[plain.length - 1] ?? 0;
  return padding >= 1 && padding <= BLOCK_BYTES ? plain.subarray(0, plain.length - padding) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
