import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SharedParser } from '../../src/broker/shared-parser.ts';
import { readIntoSharedBuffer } from '../../src/broker/shared-read.ts';
import { atLength } from '../runs.ts';

const open: { destroy(): unknown }[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** A connection to a server of ours: its two ends, and whether the server's reads into the shared buffer. */
async function connection() {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  open.push(client, socket);
  return { client, socket, isShared: readIntoSharedBuffer(socket) };
}

/** What has come, when it is so much. */
async function bytesOf(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes < count; ) {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) await once(socket, 'readable');
    else {
      chunks.push(chunk);
      bytes += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

describe('a buffer that all connections read into', () => {
  test('Node is made as it must be for that', async () => {
    expect((await connection()).isShared).toBe(true);
  });

  test('what one connection said stays as it was when another speaks', async () => {
    const [first, second] = [await connection(), await connection()];
    first.client.write('the first');
    await once(first.socket, 'readable');
    const said = first.socket.read() as Buffer;
    second.client.write('another one');
    expect((await bytesOf(second.socket, 11)).toString()).toBe('another one');
    expect(said.toString()).toBe('the first');
  });

  test('what is longer than a read comes whole and in order', async () => {
    const { client, socket } = await connection();
    const sent = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${i},`).join(''));
    client.write(sent);
    expect((await bytesOf(socket, sent.length)).equals(sent)).toBe(true);
  });

  atLength('who is not read is not read on, until somebody reads', async () => {
    const { client, socket } = await connection();
    const sent = Buffer.alloc(32 * 1024 * 1024, 'x');
    client.write(sent);
    await once(socket, 'readable');
    // The answer to the next connection comes later than all that this one would have been read meanwhile.
    await connection();
    expect(socket.readableLength).toBeLessThan(1024 * 1024);
    expect((await bytesOf(socket, sent.length)).equals(sent)).toBe(true);
  });
});

test('a client that is gone when it is told that it is let in leaves no parser behind, and harms nobody', () => {
  // As aedes leaves it: nothing listens to its parser any more.
  const own = new EventEmitter();
  const gone = { closed: true, _parser: own };
  new SharedParser().adopt(gone as never);
  expect(gone._parser).toBe(own);
});
