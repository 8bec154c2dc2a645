import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SideWork } from './side-work.ts';

// What reads a whole file answers nobody meanwhile: it has a thread and a connection of its own. See side-work.ts.

const work = workerData as SideWork;
parentPort?.postMessage(work.do === 'copy' ? copy(work.file, work.to) : work.files.flatMap(check));

/** Reads one snapshot; who writes to the file meanwhile writes behind it. */
function copy(file: string, to: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
  // The copy is written without waiting for the disk.
  const written = openSync(to, 'r+');
  fsyncSync(written);
  closeSync(written);
  return [];
}

/** Not read only: that would leave the files beside it that a reader of a log makes. */
function check(file: string): string[] {
  const db = new DatabaseSync(file);
  try {
    const rows = db.prepare('PRAGMA integrity_check(20)').all() as { integrity_check: string }[];
    const problems = rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    return problems.map((problem) => `${file}: ${problem}`);
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    db.close();
  }
}
