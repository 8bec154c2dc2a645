import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Whether the service of this container answers at all: the question to which a restart is the answer. Whether it does its
// work (/readyz) is another: while PostgreSQL is away, or the disk is full, a service that is ended and begun again helps
// nobody, and loses what waits in it. Nothing listens while a start brings tables up to date: see the start period.

// The check stays on this machine: that the certificate names another host says nothing here.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
process.removeAllListeners('warning');

try {
  const control = readFileSync(join(process.env['SHOUWANG_DATA_DIR'] ?? '/data', 'control.json'), 'utf8');
  const answer = await fetch(`${JSON.parse(control).url}/healthz`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
