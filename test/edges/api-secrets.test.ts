import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  equalSecrets,
  generateSecret,
  hashPassword,
  hashSecret,
  hashToken,
  setPasswordCost,
  verifyPassword,
  verifySecret,
} from '../../src/lib/secrets.ts';
import { atLength, runs } from '../runs.ts';
import { CHEAP_PASSWORD_COST } from '../setup.ts';

atLength('a password is hashed as dearly as we say, and known again', async () => {
  setPasswordCost();
  onTestFinished(() => setPasswordCost(CHEAP_PASSWORD_COST));
  const stored = await hashPassword('海棠社区-2026');
  expect(stored).toMatch(/^scrypt\$32768\$8\$1\$/);
  expect(await verifyPassword('海棠社区-2026', stored)).toBe(true);
});

test('a password is known again from its hash, and no other password is', async () => {
  const stored = await hashPassword('海棠社区-2026');
  expect(stored).not.toContain('海棠');
  expect(await verifyPassword('海棠社区-2026', stored)).toBe(true);
  expect(await verifyPassword('海棠社区-2027', stored)).toBe(false);
  expect(await hashPassword('海棠社区-2026')).not.toBe(stored);
});

test('a password typed with composed or decomposed characters is the same password', async () => {
  const stored = await hashPassword('café-long-enough');
  expect(await verifyPassword('cafe\u0301-long-enough', stored)).toBe(true);
});

test('a generated secret carries at least 160 bits and verifies at once, without a promise', () => {
  const secret = generateSecret();
  expect(Buffer.from(secret, 'base64url').length * 8).toBeGreaterThanOrEqual(160);
  expect(encodeURIComponent(secret)).toBe(secret);
  const stored = hashSecret(secret);
  expect(verifySecret(secret, stored)).toBe(true);
  expect(verifySecret(Buffer.from(secret), stored)).toBe(true);
  expect(verifySecret(generateSecret(), stored)).toBe(false);
  expect(hashSecret(secret)).not.toBe(stored);
});

test('a device secret that a person chose is verified through scrypt', async () => {
  const stored = await hashPassword('meter-on-the-wall');
  const answer = verifySecret('meter-on-the-wall', stored);
  expect(answer).toBeInstanceOf(Promise);
  expect(await answer).toBe(true);
  expect(await verifySecret('meter', stored)).toBe(false);
});

test('a stored string of any other form verifies nothing and throws nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string(),
      fc.constantFrom('', 'sha256$', 'scrypt$8192$8$1$', 'md5$'),
      async (s, prefix) => {
        expect(await verifySecret('secret', prefix + s)).toBe(false);
        expect(await verifyPassword('secret', prefix + s)).toBe(false);
      },
    ),
    { numRuns: runs(30, 2_000) },
  );
});

test('tokens are looked up by their SHA-256 and compared whole', () => {
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(equalSecrets('abc', 'abc')).toBe(true);
  expect(equalSecrets('abc', 'abd')).toBe(false);
  expect(equalSecrets('abc', 'abcd')).toBe(false);
});
