import type { Socket } from 'node:net';

/** What one read brings at most, as in Node itself. */
const READ_BYTES = 64 * 1024;
const SLAB_BYTES = 256 * 1024;

/** The part of Node's socket that its option `onread` sets; a server offers no way to give that option. */
interface SocketInside {
  _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null;
  [key: symbol]: unknown;
}

/** Into this each read of each connection goes: what came is copied out of it before the next. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Lets this connection read into one buffer that all share. What is read comes out of its stream as before.
 *
 * Otherwise Node makes two buffers for each read: one of 64 KB, and one of what came. For a message of 200 bytes that
 * costs more than to look at it; and while V8 marks a heap that holds much memory outside of it, each new buffer makes it
 * mark for 5 ms at once, so that with 3,300 messages a second nobody was served for half a second (decision 0047).
 *
 * @returns false where Node is not made as we know it: the connection then reads as it always did
 */
export function readIntoSharedBuffer(socket: Socket): boolean {
  const inside = socket as unknown as SocketInside;
  const [buffer, callback] = ['kBuffer', 'kBufferCb'].map((name) => symbolOf(socket, name));
  if (!buffer || !callback || !inside._handle?.useUserBuffer) return false;
  inside[buffer] = shared;
  inside[callback] = take;
  inside._handle.useUserBuffer(shared);
  return true;
}

/** One function for all connections: Node calls it on the socket. */
function take(this: Socket, bytes: number, from: Buffer): boolean {
  return this.push(kept(from, bytes));
}

const symbolOf = (socket: Socket, name: string): symbol | undefined =>
  Object.getOwnPropertySymbols(socket).find(({ description }) => description === name);

let slab = Buffer.alloc(0);
let used = 0;

/** A copy of its first bytes. Many small ones share a buffer; those that wait mostly go together. */
function kept(from: Buffer, bytes: number): Buffer {
  if (bytes > SLAB_BYTES / 32) return Buffer.from(from.subarray(0, bytes));
  if (used + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const copy = slab.subarray(used, used + bytes);
  from.copy(copy, 0, 0, bytes);
  used += bytes;
  return copy;
}
