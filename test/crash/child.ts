import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** The real service as a process of its own: `node src/main.ts start`, on ports that stay the same over restarts. */
export class ServiceProcess {
  readonly url: string;
  readonly mqttPort: number;
  readonly #dir: string;
  #child: ChildProcess | undefined;
  /** What it wrote to stderr in all its lives: the log, and what a person would read. */
  log = '';

  constructor(dir: string, ports: { http: number; mqtt: number }) {
    this.#dir = dir;
    this.mqttPort = ports.mqtt;
    this.url = `http://127.0.0.1:${ports.http}`;
  }

  spawn(): void {
    const args = [MAIN, 'start', '--config', this.#dir, '--data', join(this.#dir, 'data')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    this.#child = child;
  }

  /** Resolves when it answers that it is ready. @throws if it ended by itself, with its last words. */
  async ready(): Promise<void> {
    for (;;) {
      const child = this.#child;
      if (child?.exitCode !== null || child.signalCode !== null)
        throw new Error(`the service ended by itself: ${this.log.slice(-4000)}`);
      const ok = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
      await pause(20);
    }
  }

  /** No warning, no last word. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an operator stops it. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the service had ended by itself: ${this.log.slice(-4000)}`);
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

/** Ports that are free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
}
