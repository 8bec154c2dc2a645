import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { hashSecret } from '../../src/lib/secrets.ts';
import { type BenchContext, until } from './figure.ts';
import { SECRET, SLEEPER, WATCHER } from './names.ts';
import { Child, childFile, REPOSITORY } from './process.ts';

export interface SiteOptions {
  readonly name: string;
  readonly homes: number;
  readonly gateways: number;
  /** Meters and bands of the first homes that may connect by themselves. */
  readonly directs?: number;
  /** Section `store` of service.yaml; the file in the data folder if absent. */
  readonly store?: Record<string, unknown>;
}

/** True of this community: it has homes and devices, and no people who could be told. */
const NOBODY_THERE = 'somebody may need help and nobody has been reached';

/**
 * A configuration as the product ships it (rules, channels, who is told), on ports of its own, with a community
 * enrolled; and the service on it as a process: `start`, as anybody starts it.
 */
export class Site {
  readonly options: SiteOptions;
  readonly dir: string;
  readonly #context: BenchContext;
  mqttPort = 0;
  #httpPort = 0;
  #child: Child | undefined;
  #token = '';

  private constructor(context: BenchContext, options: SiteOptions) {
    this.#context = context;
    this.options = options;
    this.dir = join(context.dir, options.name);
  }

  static async prepare(context: BenchContext, options: SiteOptions): Promise<Site> {
    const site = new Site(context, options);
    await site.#writeConfig();
    context.say(`enrolling ${options.homes} homes …`);
    const { homes, gateways, directs = 0 } = options;
    const child = new Child(childFile('enrol'), {
      args: [join(site.dir, 'config'), String(homes), String(gateways), String(directs)],
      node: ['--max-old-space-size=4096'],
      log: site.#log('enrol'),
    });
    const { homes: enrolled } = await child.says<{ homes: number }>(300_000);
    if (enrolled !== homes) throw new Error(`${enrolled} homes are enrolled, not ${homes}`);
    await until('the enrolment ends', () => child.ended !== undefined, 30_000);
    return site;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get #running(): Child {
    if (!this.#child || this.#child.ended !== undefined) {
      throw new Error(`the service does not run: ${this.#child?.ended} ${this.#child?.logText() ?? ''}`);
    }
    return this.#child;
  }

  /** Starts the service; resolves when it has written where it is, unless it is not to be waited for. */
  async start({ node = [], wait = true }: { node?: readonly string[]; wait?: boolean } = {}): Promise<void> {
    const { profileDir } = this.#context;
    const profile =
      profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', join(profileDir, this.options.name)];
    this.#child = new Child(join(REPOSITORY, 'src/main.ts'), {
      args: ['start', '--config', join(this.dir, 'config')],
      node: [...(await serviceFlags()), ...node, ...profile],
      log: this.#log('service'),
    });
    if (wait) await this.ready();
  }

  async ready(): Promise<void> {
    const child = this.#running;
    await until(
      'the service runs',
      async () => {
        const text = await readFile(join(this.dir, 'data/control.json'), 'utf8').catch(() => '{}');
        const control = JSON.parse(text) as { pid?: number; token?: string };
        this.#token = control.token ?? '';
        if (child.ended !== undefined) throw new Error(`the service ended: ${child.logText()}`);
        return control.pid === child.pid;
      },
      120_000,
    );
  }

  /** @throws when the service has written an error into its log: a figure with errors in it is none. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#running.end(signal);
    const errors = (await readFile(this.#log('service'), 'utf8'))
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line) && !line.includes(NOBODY_THERE));
    if (errors.length > 0) throw new Error(`the service reported errors: ${errors.slice(0, 3).join('\n')}`);
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.ended === undefined;
  }

  get streamUrl(): string {
    return `http://127.0.0.1:${this.#httpPort}/api/v1/stream`;
  }

  get authorization(): string {
    return `Bearer ${this.#token}`;
  }

  /** What the service tells Prometheus. */
  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#httpPort}/metrics`)).text();
  }

  /** Sums of the service's counters, by name without labels. */
  async counters(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const line of (await this.metrics()).split('\n')) {
      const match = /^(\w+)(?:\{.*\})? ([\d.e+-]+)$/.exec(line);
      if (match?.[1]) sums.set(match[1], (sums.get(match[1]) ?? 0) + Number(match[2]));
    }
    return sums;
  }

  /** Messages that the service has taken since it began. */
  async messagesTaken(): Promise<number> {
    return (await this.counters()).get('shouwang_messages_total') ?? 0;
  }

  /** @throws unless the service took so many messages and refused none. */
  async expectTaken(messages: number): Promise<void> {
    const taken = await this.messagesTaken();
    const refused = (await this.metrics()).match(/^shouwang_rejections_total.*$/gm) ?? [];
    if (taken !== messages || refused.length > 0) {
      throw new Error(`${messages} messages were sent, ${taken} taken; ${refused.join()}`);
    }
  }

  #log(name: string): string {
    return join(this.dir, `${name}.log`);
  }

  async #writeConfig(): Promise<void> {
    const config = join(this.dir, 'config');
    await mkdir(config, { recursive: true });
    for (const file of ['rules.yaml', 'channels.yaml', 'notify.yaml'])
      await cp(join(REPOSITORY, 'config', file), join(config, file));
    this.mqttPort = await freePort();
    this.#httpPort = await freePort();
    const service = {
      dataDir: join(this.dir, 'data'),
      log: { level: 'warn' },
      mqtt: {
        host: '127.0.0.1',
        port: this.mqttPort,
        webSocketPort: 'off',
        serviceAccounts: [WATCHER, SLEEPER].map((name) => ({ name, secretHash: hashSecret(SECRET) })),
      },
      http: { host: '127.0.0.1', port: this.#httpPort },
      files: { registry: [] },
      ...(this.options.store ? { store: this.options.store } : {}),
    };
    await writeFile(join(config, 'service.yaml'), stringify(service));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** What Node is told where it runs the service for good. */
const serviceFlags = async (): Promise<string[]> =>
  JSON.parse(await readFile(join(REPOSITORY, 'src/service-flags.json'), 'utf8')) as string[];
