import { type ChildProcess, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { endProgram, findProgram, freePort, startProgram } from './program.ts';

const SHIPPED = join(import.meta.dirname, '../../config/mosquitto');
const SERVER = findProgram('mosquitto');
const PASSWORDS = findProgram('mosquitto_passwd');

/**
 * Why the tests against mosquitto cannot run here; undefined: they can. Where everything must be there (`CI`), its
 * absence is a failure.
 * @throws if the program is missing and `CI` is set
 */
export function whyNoMosquitto(): string | undefined {
  if (SERVER && PASSWORDS) return undefined;
  const reason = 'mosquitto is not installed (Debian: apt-get install mosquitto)';
  if (process.env['CI']) throw new Error(reason);
  return reason;
}

/** A mosquitto of our own, which keeps its sessions over restarts. */
export class Mosquitto {
  readonly url: string;
  /** Where devices connect, if they have a listener of their own. */
  devicesUrl: string | undefined;
  readonly #port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, scheme = 'mqtt') {
    this.#port = port;
    this.url = `${scheme}://${scheme === 'mqtts' ? 'localhost' : '127.0.0.1'}:${port}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'shouwang-mosquitto-'));
  }

  /** @param accounts passwords by user name @param rules lines of the access file; everybody may do everything if absent */
  static async start(
    accounts: Readonly<Record<string, string>>,
    rules?: readonly string[],
  ): Promise<Mosquitto> {
    const server = new Mosquitto(await freePort());
    server.setPasswords(accounts);
    const file = (name: string): string => join(server.#folder, name);
    if (rules) writeFileSync(file('access'), `${rules.join('\n')}\n`, { mode: 0o600 });
    const lines = [
      `listener ${server.#port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${file('passwords')}`,
      ...(rules ? [`acl_file ${file('access')}`] : []),
      // Started as root it would change its user, and could not read the folder any more.
      `user ${userInfo().username}`,
      'persistence true',
      `persistence_location ${server.#folder}/`,
      'max_queued_messages 10000',
    ];
    writeFileSync(file('mosquitto.conf'), `${lines.join('\n')}\n`);
    await server.resume();
    return server;
  }

  /**
   * As operators run it: config/mosquitto of the repository, with these passwords and a certificate for localhost.
   * @param pem files of the certificate and its key
   */
  static async asShipped(
    accounts: Readonly<Record<string, string>>,
    pem: { readonly certFile: string; readonly keyFile: string },
  ): Promise<Mosquitto> {
    const server = new Mosquitto(await freePort(), 'mqtts');
    const devicesPort = await freePort();
    server.devicesUrl = `mqtts://localhost:${devicesPort}`;
    server.setPasswords(accounts);
    const shipped = (name: string): string => readFileSync(join(SHIPPED, name), 'utf8');
    const conf = shipped('mosquitto.conf')
      .replaceAll(/\/mosquitto\/(config|data)\//g, `${server.#folder}/`)
      .replace('listener 8883', `listener ${devicesPort} localhost`)
      .replace('listener 8884', `listener ${server.#port} localhost`);
    writeFileSync(join(server.#folder, 'mosquitto.conf'), `${conf}\nuser ${userInfo().username}\n`);
    writeFileSync(join(server.#folder, 'access'), shipped('access'), { mode: 0o600 });
    copyFileSync(pem.certFile, join(server.#folder, 'server.crt'));
    copyFileSync(pem.keyFile, join(server.#folder, 'server.key'));
    await server.resume();
    return server;
  }

  /** Takes effect at the next start, or at once for a server that runs. */
  setPasswords(accounts: Readonly<Record<string, string>>): void {
    const file = join(this.#folder, 'passwords');
    const lines = Object.entries(accounts).map(([user, password]) => `${user}:${password}\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    execFileSync(PASSWORDS ?? '', ['-U', file]);
    this.#process?.kill('SIGHUP');
  }

  /** Starts again on the same port, with the sessions as they were. */
  async resume(): Promise<void> {
    this.#process = await startProgram('mosquitto', ['-c', join(this.#folder, 'mosquitto.conf')], this.#port);
  }

  /** Ends it without a word: it forgets the sessions that it has not written down. */
  crash(): Promise<void> {
    return this.pause('SIGKILL');
  }

  /** Stops it politely, so that it writes down its sessions. */
  async pause(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await endProgram(this.#process, signal);
    this.#process = undefined;
  }

  async stop(): Promise<void> {
    await this.pause();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
