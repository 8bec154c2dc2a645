import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProgram, freePort, startProgram, whyNo } from './program.ts';

export const whyNoInfluxd = (): string | undefined => whyNo('influxd', 'influxdb');

/** All threads of a process stand still; where the system does not say, it is taken for so. */
function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return true;
  // The name, in brackets, may hold anything; the state is the first word after it.
  return readdirSync(tasks).every((task) =>
    /\) T [^)]*$/.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')),
  );
}

/** An InfluxDB 1 of our own, which keeps its data over restarts. */
export class Influxd {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(folder = mkdtempSync(join(tmpdir(), 'shouwang-influxd-'))): Promise<Influxd> {
    const server = new Influxd(await freePort(), folder);
    const lines = [
      'reporting-disabled = true',
      `bind-address = "127.0.0.1:${await freePort()}"`,
      '[meta]',
      `  dir = "${folder}/meta"`,
      '[data]',
      `  dir = "${folder}/data"`,
      `  wal-dir = "${folder}/wal"`,
      '  index-version = "tsi1"',
      '  query-log-enabled = false',
      '[http]',
      `  bind-address = "127.0.0.1:${server.#port}"`,
      '  log-enabled = false',
      '[logging]',
      '  level = "error"',
    ];
    writeFileSync(join(folder, 'influxdb.conf'), `${lines.join('\n')}\n`);
    await server.resume();
    return server;
  }

  /** Starts again on the same port, with its data as they were. */
  async resume(): Promise<void> {
    this.#process = await startProgram(
      'influxd',
      ['-config', join(this.#folder, 'influxdb.conf')],
      this.#port,
    );
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async pause(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await endProgram(this.#process, signal);
    this.#process = undefined;
  }

  /** Takes connections and answers nothing, until it is told to go on. */
  async freeze(): Promise<void> {
    const { pid } = this;
    this.#process?.kill('SIGSTOP');
    // On a busy machine some of its threads go on for a while, and take a whole request.
    while (!isStopped(pid)) await pause(5);
  }
  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async query(q: string): Promise<unknown> {
    const response = await fetch(`${this.url}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ q, epoch: 'ms' }).toString(),
    });
    const answer = (await response.json()) as { results: { error?: string }[] };
    const error = answer.results[0]?.error;
    if (error) throw new Error(`${q}: ${error}`);
    return answer;
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.pause('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
