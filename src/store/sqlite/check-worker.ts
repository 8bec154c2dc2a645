import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteFile } from './file.ts';

// A thread of its own, because SQLite reads the whole file and answers nobody meanwhile: see check.ts.
const db = openSqliteFile(String(workerData));
try {
  const rows = db.prepare('PRAGMA integrity_check(20)').all() as { integrity_check: string }[];
  parentPort?.postMessage(rows.map((row) => row.integrity_check).filter((line) => line !== 'ok'));
} finally {
  db.close();
}
