import { parentPort } from 'node:worker_threads';
import { assert } from '../lib/result.ts';
import type { ImportReport, ImportWork } from './import-beside.ts';
import { placed, type SaidAt, shortened } from './import-reader.ts';
import { parseToImport } from './registry-import.ts';

// Reads registry files in a thread of its own, one after the other: see import-beside.ts.

/** What the service's thread takes in one piece. */
const BATCH = 200;

assert(parentPort, 'a registry file is read in a thread');
const port = parentPort;
const tell = (report: ImportReport): void => port.postMessage(report);

/** What is read, and not handed over yet. */
let left: Iterator<SaidAt> | undefined;

// Only when it is asked for: what waits in the port is taken in one piece, however much it is.
port.on('message', (said: ImportWork | 'next') => {
  if (said !== 'next') begin(said);
  else if (left) tell({ entries: someOf(left) });
});

function begin({ format, text, options }: ImportWork): void {
  const parsed = parseToImport(format, text, '', options);
  if (parsed.ok) {
    left = placed(parsed.value);
    tell({ entries: someOf(left) });
  } else tell({ refused: shortened(parsed.error) });
}

function someOf(entries: Iterator<SaidAt>): SaidAt[] {
  const some: SaidAt[] = [];
  while (some.length < BATCH) {
    const { done, value } = entries.next();
    if (done) break;
    some.push(value);
  }
  return some;
}
