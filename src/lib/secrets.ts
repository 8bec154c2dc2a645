import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * What is kept instead of a secret. Two kinds, told apart by their prefix:
 *
 * - `scrypt$N$r$p$salt$hash` for what people choose: slow on purpose, because it can be guessed.
 * - `sha256$salt$hash` for what `generateSecret` made: 192 random bits cannot be guessed, so one fast hash is enough,
 *   and ten thousand devices that reconnect at once do not stop the service.
 *
 * Salt and hash are base64url.
 */
const SCRYPT = { r: 8, p: 1 } as const;
const PASSWORD_COST = 2 ** 15;
let passwordCost = PASSWORD_COST;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SECRET_BYTES = 24;
/** Above this a stored string is not one of ours, and computing it would only cost memory. */
const SCRYPT_N_MAX = 2 ** 18;

/**
 * How slow `hashPassword` is, as scrypt's N; without a number as slow as it has to be. Only for tests of something else:
 * a password that was hashed cheaply is guessed cheaply.
 */
export function setPasswordCost(n: number = PASSWORD_COST): void {
  passwordCost = n;
}

/** Hashes a password that a person chose, with scrypt and a new salt; about 60 ms off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const N = passwordCost;
  const hash = await deriveScrypt(password, salt, { N, ...SCRYPT });
  return `scrypt$${N}$${SCRYPT.r}$${SCRYPT.p}$${text(salt)}$${text(hash)}`;
}

/** Is this the password behind the stored string? False for a string that is not in the form of `hashPassword`. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parseScrypt(stored);
  if (!parsed) return false;
  return timingSafeEqual(await deriveScrypt(password, parsed.salt, parsed), parsed.hash);
}

/** A new secret of 192 random bits, 32 characters that need no escaping in URLs, headers or a shell. */
export function generateSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Hashes a secret from `generateSecret`, with a new salt; microseconds. Never for what a person chose. */
export function hashSecret(secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  return `sha256$${text(salt)}$${text(saltedSha256(secret, salt))}`;
}

/**
 * Is this the secret behind the stored string? The answer is immediate for `sha256$…` and a promise for `scrypt$…`
 * (a secret that a person set by hand), so that a caller may `await` both and pays only for the slow kind.
 */
export function verifySecret(secret: string | Uint8Array, stored: string): boolean | Promise<boolean> {
  if (isSlowHash(stored)) return verifyPassword(asText(secret), stored);
  const [kind, salt, hash, ...rest] = stored.split('$');
  if (kind !== 'sha256' || !salt || !hash || rest.length > 0) return false;
  const expected = Buffer.from(hash, 'base64url');
  if (expected.length !== HASH_BYTES) return false;
  return timingSafeEqual(saltedSha256(secret, Buffer.from(salt, 'base64url')), expected);
}

/** Does it take long to check a secret against this? */
export const isSlowHash = (stored: string): boolean => stored.startsWith('scrypt$');

/** SHA-256 of a token in hex: what is stored of a session or bearer token, and how it is looked up. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Is this the token? In a time that tells nothing of it, its length included. */
export const isSameToken = (given: string, expected: string): boolean =>
  equalSecrets(hashToken(given), hashToken(expected));

/** Compares without telling by its duration where two strings differ; only the lengths show. */
export function equalSecrets(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function deriveScrypt(password: string, salt: Buffer, { N, r, p }: ScryptParameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Two keyboards may compose the same character differently; NFKC makes them the same bytes.
    scrypt(
      password.normalize('NFKC'),
      salt,
      HASH_BYTES,
      { N, r, p, maxmem: 256 * N * r },
      (error, derived) => (error ? reject(error) : resolve(derived)),
    );
  });
}

function parseScrypt(stored: string): (ScryptParameters & { salt: Buffer; hash: Buffer }) | undefined {
  const match = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (!match) return undefined;
  const [N, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const hash = Buffer.from(match[5] ?? '', 'base64url');
  if (N < 2 || N > SCRYPT_N_MAX || (N & (N - 1)) !== 0 || r < 1 || p < 1 || hash.length !== HASH_BYTES)
    return undefined;
  return { N, r, p, salt: Buffer.from(match[4] ?? '', 'base64url'), hash };
}

function saltedSha256(secret: string | Uint8Array, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

const text = (bytes: Buffer): string => bytes.toString('base64url');
const asText = (secret: string | Uint8Array): string =>
  typeof secret === 'string' ? secret : Buffer.from(secret).toString('utf8');
