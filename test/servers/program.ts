import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** Debian puts servers where only root looks. */
const PLACES = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/sbin',
];

/** Where a program is installed, if it is. */
export function findProgram(name: string): string | undefined {
  return PLACES.map((place) => join(place, name)).find((file) => existsSync(file));
}

/**
 * Why the tests against a server cannot run here; undefined: they can. Where everything must be there (`CI`), its
 * absence is a failure.
 * @throws if the program is missing and `CI` is set
 */
export function whyNo(program: string, debian = program): string | undefined {
  if (findProgram(program)) return undefined;
  const reason = `${program} is not installed (Debian: apt-get install ${debian})`;
  if (process.env['CI']) throw new Error(reason);
  return reason;
}

/** A server of our own, which answers on a port when this resolves. @throws with its words if it does not start */
export async function startProgram(
  name: string,
  args: readonly string[],
  port: number,
): Promise<ChildProcess> {
  const child = spawn(findProgram(name) ?? name, args, { stdio: 'pipe' });
  let words = '';
  const hear = (chunk: Buffer): void => {
    words = (words + chunk).slice(-4_000);
  };
  child.stderr.on('data', hear);
  child.stdout.on('data', hear);
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${name} does not start: ${words}`);
}

export async function endProgram(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
