import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../lib/result.ts';
import type { ImportReport, ImportWork } from './import-beside.ts';
import { placed, type SaidAt, shortened } from './import-reader.ts';
import { parseToImport } from './registry-import.ts';

// Reads one registry file in a thread of its own: see import-beside.ts.

/** What the service's thread takes in one piece. */
const BATCH = 200;

assert(parentPort, 'a registry file is read in a thread');
const port = parentPort;
const { format, text, options } = workerData as ImportWork;
const tell = (report: ImportReport): void => port.postMessage(report);

const parsed = parseToImport(format, text, '', options);
if (parsed.ok) {
  const entries = placed(parsed.value);
  const next = (): void => tell({ entries: someOf(entries) });
  // Only when it is asked for: what waits in the port is taken in one piece, however much it is.
  port.on('message', next);
  next();
} else tell({ refused: shortened(parsed.error) });

function someOf(entries: Iterator<SaidAt>): SaidAt[] {
  const some: SaidAt[] = [];
  while (some.length < BATCH) {
    const { done, value } = entries.next();
    if (done) break;
    some.push(value);
  }
  return some;
}
