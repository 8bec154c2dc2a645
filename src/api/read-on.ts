import type { IncomingMessage } from 'node:http';
import { LIMITS } from '../model/limits.ts';

/**
 * Reads the rest of a body that is too large, and throws it away: most clients write all before they read, and where the
 * socket is closed on what they still send they see a broken pipe in the place of an answer that says why. A request that takes
 * too long is ended by the server.
 */
export async function readOn(body: IncomingMessage): Promise<void> {
  const max = LIMITS.refusedBodyBytesMax;
  if (body.complete || Number(body.headers['content-length'] ?? 0) > max) return;
  let bytes = 0;
  await new Promise<void>((done) => {
    body.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > max) done();
    });
    body.once('end', done);
    body.once('close', done);
    body.resume();
  });
}
