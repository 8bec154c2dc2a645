import { type BigIntStats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
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
 * a link, is seen too. What they were is noted before this returns: `fs.watchFile` notes it some time later, and never
 * tells of a change before that. Returns what ends it.
 */
export function watchCertificates(files: TlsFiles, changed: () => void): () => void {
  const names = [files.certFile, files.keyFile, files.caFile].filter((name) => name !== undefined);
  let seen = names.map((name) => markOf(statSync(name, { bigint: true, throwIfNoEntry: false }))).join();
  const look = async (): Promise<void> => {
    const stats = names.map((name) => stat(name, { bigint: true }).catch(() => undefined));
    const now = (await Promise.all(stats)).map(markOf).join();
    if (now === seen) return;
    seen = now;
    changed();
  };
  const timer = setInterval(() => void look(), files.watchMs ?? WATCH_MS).unref();
  return () => clearInterval(timer);
}

/** Another file, or the same with another content or other rights (a key that we may read by now); one that is gone for a moment has none. */
const markOf = (stats: BigIntStats | undefined): string =>
  stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` : 'gone';
