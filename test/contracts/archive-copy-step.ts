import { fstatSync, openSync } from 'node:fs';
import { copyStep, lifeOf } from '../../src/store/archive/wal.ts';

/** Copies the beginning of a log, and says how far it believes to have come and how far it is; or what the disk said. */
const [log = '', segment = ''] = process.argv.slice(2);
const [from, to] = [openSync(log, 'r'), openSync(segment, 'w')];
const life = lifeOf(from);
if (!life) throw new Error('there is no log');
try {
  const end = copyStep(from, life, to, 0);
  console.log(end === fstatSync(to).size ? 'whole' : `${end} bytes, and ${fstatSync(to).size} are there`);
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code);
}
