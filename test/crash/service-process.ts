import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The service as a process of its own, which can be killed at any instant and started again on the same data. */
export class ServiceProcess {
  readonly dir: string;
  readonly mqttUrl: string;
  readonly api: string;
  #child: ChildProcess | undefined;
  #words = '';
  #token = '';

  private constructor(dir: string, mqttPort: number, httpPort: number) {
    this.dir = dir;
    this.mqttUrl = `mqtt://127.0.0.1:${mqttPort}`;
    this.api = `http://127.0.0.1:${httpPort}/api/v1`;
  }

  static async make(
    dir: string,
    files: { rules: unknown; channels: unknown; notify: unknown; registryCsv: string },
  ): Promise<ServiceProcess> {
    const [mqttPort, httpPort] = [await freePort(), await freePort()];
    const service = {
      dataDir: join(dir, 'data'),
      mqtt: { host: '127.0.0.1', port: mqttPort, webSocketPort: 'off' },
      http: { host: '127.0.0.1', port: httpPort },
      files: { registry: ['registry.csv'] },
      log: { level: 'error' },
    };
    await writeFile(join(dir, 'service.yaml'), stringify(service));
    await writeFile(join(dir, 'rules.yaml'), stringify(files.rules));
    await writeFile(join(dir, 'channels.yaml'), stringify(files.channels));
    await writeFile(join(dir, 'notify.yaml'), stringify(files.notify));
    await writeFile(join(dir, 'registry.csv'), files.registryCsv);
    return new ServiceProcess(dir, mqttPort, httpPort);
  }

  /** Starts it and resolves when it says that it is ready. @throws with its last words if it ends instead */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, 'start', '--config', this.dir], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, SHOUWANG_ADMIN_PASSWORD: 'correct-horse-battery' },
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString('utf8')).slice(-4_000);
    });
    for (let attempt = 0; ; attempt++) {
      if (child.exitCode !== null || attempt > 600)
        throw new Error(`the service did not start:\n${this.#words}`);
      if (await this.#isReady(child.pid)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #isReady(pid: number | undefined): Promise<boolean> {
    try {
      const control = JSON.parse(await readFile(join(this.dir, 'data/control.json'), 'utf8')) as {
        pid: number;
        token: string;
      };
      if (control.pid !== pid) return false;
      this.#token = control.token;
      return (await fetch(this.api.replace('/api/v1', '/readyz'))).ok;
    } catch {
      return false;
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** What the service logged as errors, last. */
  get words(): string {
    return this.#words;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.api}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** True if it was done: from then on it must stand. */
  async post(path: string, body: unknown, key: string): Promise<boolean> {
    const response = await fetch(`${this.api}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.ok;
  }

  /** All pages of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor = ''; ; ) {
      const page: { items: T[]; next?: string } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      items.push(...page.items);
      if (page.next === undefined) return items;
      cursor = page.next;
    }
  }
}
