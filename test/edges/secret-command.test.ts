import { expect, test } from 'vitest';
import addSecret from '../../src/commands/secret.ts';
import { verifySecret } from '../../src/lib/secrets.ts';
import { run } from './command-line.ts';

test('a secret for a service account comes with a hash that fits it and no other', async () => {
  const made = async (): Promise<{ secret: string; secretHash: string }> =>
    JSON.parse((await run(addSecret, 'secret', '--json')).out);
  const [one, two] = [await made(), await made()];
  expect(await verifySecret(one.secret, one.secretHash)).toBe(true);
  expect(await verifySecret(one.secret, two.secretHash)).toBe(false);
});
