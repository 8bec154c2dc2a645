import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';

// What reads a whole file answers nobody meanwhile: it has a thread and a connection of its own. See side-work.ts.
// JavaScript, because a thread that has to read TypeScript first takes twice as long to begin.

parentPort?.on('message', (/** @type {import('./side-work.ts').SideWork} */ work) => {
  parentPort?.postMessage(work.do === 'copy' ? copy(work.file, work.to) : work.files.flatMap(check));
});

/**
 * Reads one snapshot; who writes to the file meanwhile writes behind it.
 *
 * @param {string} file
 * @param {string} to
 * @returns {string[]}
 */
function copy(file, to) {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    // An empty file it takes as it is, with its mode; one that it makes anybody could read.
    if (!existsSync(to)) closeSync(openSync(to, 'wx', 0o600));
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

/**
 * Not read only: that would leave the files beside it that a reader of a log makes.
 *
 * @param {string} file
 * @returns {string[]}
 */
function check(file) {
  const db = new DatabaseSync(file);
  try {
    const rows = db.prepare('PRAGMA integrity_check(20)').all();
    const problems = rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    return problems.map((problem) => `${file}: ${problem}`);
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    db.close();
  }
}
