import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSecretFile } from '../src/lib/secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-'));
const written = (bytes: string | Buffer) => {
  const file = join(folder, 'secret.txt');
  writeFileSync(file, bytes);
  return readSecretFile(file);
};

test('a secret is the first line of its file, on whatever system it was written', () => {
  expect(written('geheim\n')).toBe('geheim');
  expect(written('geheim\r\nmore')).toBe('geheim');
  expect(written('\uFEFFgeheim\r\n')).toBe('geheim');
  expect(written(Buffer.from('\uFEFFgeheim\r\n', 'utf16le'))).toBe('geheim');
  expect(readSecretFile(join(folder, 'none.txt'))).toBeUndefined();
});
