import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { verifySecret } from '../../src/lib/secrets.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('a secret for a service account comes with a hash that fits it and no other', async () => {
  const run = async (): Promise<{ secret: string; secretHash: string }> =>
    JSON.parse((await promisify(execFile)(process.execPath, [MAIN, 'secret', '--json'])).stdout);
  const [one, two] = await Promise.all([run(), run()]);
  expect(await verifySecret(one.secret, one.secretHash)).toBe(true);
  expect(await verifySecret(one.secret, two.secretHash)).toBe(false);
});
