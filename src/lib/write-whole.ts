import { writeSync } from 'node:fs';

/** Writes all of it. A disk that is nearly full takes a part and says so by its number alone; the next part is refused. @throws what the disk says */
export function writeWhole(handle: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(handle, bytes, done, bytes.length - done, at + done);
}
