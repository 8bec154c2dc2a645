import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from './options.ts';

export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

const WATCH_MS = 5_000;

/** @throws if a file cannot be read, or if certificate and key are not a pair. */
export async function loadCertificates(files: TlsFiles): Promise<Certificates> {
  const [cert, key, ca] = await Promise.all([
    readFile(files.certFile, 'utf8'),
    readFile(files.keyFile, 'utf8'),
    files.caFile === undefined ? undefined : readFile(files.caFile, 'utf8'),
  ]);
  const certificates = { cert, key, ...(ca !== undefined && { ca }) };
  createSecureContext(certificates);
  return certificates;
}

/**
 * Tells when one of the files has changed. Files are looked at by name, so that a renewal that replaces them, or moves
 * a link, is seen too. Returns what ends it.
 */
export function watchCertificates(files: TlsFiles, changed: () => void): () => void {
  const names = [files.certFile, files.keyFile, files.caFile].filter((name) => name !== undefined);
  const interval = files.watchMs ?? WATCH_MS;
  const listener = (): void => changed();
  for (const name of names) watchFile(name, { interval, persistent: false }, listener);
  return () => {
    for (const name of names) unwatchFile(name, listener);
  };
}
