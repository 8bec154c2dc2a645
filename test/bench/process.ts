import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
export const childFile = (name: string): string =>
  fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));

/** Options of Node that make a child tell, when it ends, what it used. */
export const tellUsage: readonly string[] = ['--import', childFile('tell-usage')];

export const hasProc = process.platform === 'linux';
const ticksPerSecond = hasProc ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 100;

/** CPU seconds, user and system, of a process with all its threads since it began. */
export const cpuSeconds = (pid: number): number => secondsIn(`/proc/${pid}/stat`);

/** The same of the thread alone that runs the program: collecting garbage and writing files is done beside it. */
export const mainThreadSeconds = (pid: number): number => secondsIn(`/proc/${pid}/task/${pid}/stat`);

function secondsIn(file: string): number {
  const stat = readFileSync(file, 'utf8');
  // The name of the program may hold spaces and brackets; the numbers begin behind its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory now and at its highest, in bytes. */
export function memory(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { rss: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** CPU seconds that all processes of this machine took together. */
export function machineSeconds(): number {
  const [, user, nice, system, , , irq, softirq] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  ).split(/\s+/);
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** What a process took in a stretch of time. */
export interface Usage {
  /** CPU seconds of the process. */
  readonly cpu: number;
  readonly seconds: number;
  /** Cores that others had, on average: neither this process nor the measuring one. */
  readonly othersCores: number;
  /** Cores that the measuring process had. */
  readonly ownCores: number;
}

/** Begins to measure a process; the function that comes back ends it. */
export function measure(pid: number): () => Usage {
  const startedAt = performance.now();
  const [cpu, own, all] = [cpuSeconds(pid), process.cpuUsage(), machineSeconds()];
  return () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const used = cpuSeconds(pid) - cpu;
    const mine = process.cpuUsage(own);
    const ownSeconds = (mine.user + mine.system) / 1e6;
    const others = machineSeconds() - all - used - ownSeconds;
    return { cpu: used, seconds, othersCores: Math.max(0, others / seconds), ownCores: ownSeconds / seconds };
  };
}

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes to stderr, and what the reader of a failure wants to see. */
  readonly log: string;
}

const END_MS_MAX = 60_000;

/** A Node program that runs beside us. What it says comes as IPC messages. */
export class Child {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #log: string;
  readonly #said: unknown[] = [];
  #hear: (() => void) | undefined;
  /** Undefined while it runs; then how it ended. */
  ended: string | undefined;

  constructor(file: string, { args = [], node = [], env = {}, log }: ChildOptions) {
    const fd = openSync(log, 'a');
    const stdio: StdioOptions = ['ignore', 'ignore', fd, 'ipc'];
    this.#process = spawn(process.execPath, [...node, file, ...args], {
      cwd: REPOSITORY,
      stdio,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    closeSync(fd);
    this.#log = log;
    this.pid = this.#process.pid ?? 0;
    this.#process.on('message', (message) => {
      this.#said.push(message);
      this.#hear?.();
    });
    this.#process.once('exit', (code, signal) => {
      this.ended = signal ?? `exit ${code}`;
      this.#hear?.();
    });
  }

  /** The next thing that it says. @throws with its log when it ends first or says nothing in time. */
  async says<T>(withinMs = 120_000): Promise<T> {
    const end = performance.now() + withinMs;
    while (this.#said.length === 0) {
      if (this.ended !== undefined) throw new Error(`child ended (${this.ended}): ${this.logText()}`);
      if (performance.now() > end) throw new Error(`child said nothing in ${withinMs} ms: ${this.logText()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, end - performance.now()));
        this.#hear = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#said.shift() as T;
  }

  tell(message: object): void {
    this.#process.send(message);
  }

  logText(): string {
    return readFileSync(this.#log, 'utf8').slice(-2_000);
  }

  /** Ends it with this signal and waits. @throws when SIGTERM is not heeded within half a minute. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.ended !== undefined) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    const late = setTimeout(() => this.#process.kill('SIGKILL'), END_MS_MAX);
    await exited;
    clearTimeout(late);
    if (signal === 'SIGTERM' && this.ended === 'SIGKILL')
      throw new Error(`process ${this.pid} did not end by itself: ${this.logText()}`);
  }
}
