import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { PostgresOptions } from '../../src/store/postgres/client.ts';
import { freePorts } from '../crash/child.ts';
import { findProgram } from './program.ts';

/** Debian keeps the servers of each version apart, out of the way. */
const VERSIONS = '/usr/lib/postgresql';
const BIN = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(VERSIONS, version, 'bin'))
      .find((dir) => existsSync(join(dir, 'initdb')))
  : undefined;
const program = (name: string): string | undefined => (BIN ? join(BIN, name) : findProgram(name));
const INITDB = program('initdb');
const SERVER = program('postgres');
const BASEBACKUP = program('pg_basebackup');

/**
 * Why the tests against PostgreSQL cannot run here; undefined: they can. Where everything must be there (`CI`), its
 * absence is a failure.
 * @throws if the server is missing and `CI` is set
 */
export function whyNoPostgres(): string | undefined {
  const reason =
    !INITDB || !SERVER
      ? 'PostgreSQL is not installed (Debian: apt-get install postgresql)'
      : process.getuid?.() === 0 && !account()
        ? 'PostgreSQL does not run as root, and there is no account "postgres" to run it as'
        : undefined;
  if (reason !== undefined && process.env['CI']) throw new Error(reason);
  return reason;
}

/** Whom the server runs as: it refuses to be root. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/**
 * In memory where the machine has such a place: what is killed here is a process and not the machine, and a thousand
 * small tables would wait for the disk.
 */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A PostgreSQL of our own, with data that outlive it. */
export class Postgres {
  readonly port: number;
  readonly #folder: string;
  readonly #as = account();
  #process: ChildProcess | undefined;
  #words = '';
  #databases = 0;
  #user = 'postgres';

  private constructor(port: number, parent: string) {
    this.port = port;
    this.#folder = mkdtempSync(join(parent, 'shouwang-postgres-'));
    if (this.#as) chownSync(this.#folder, this.#as.uid, this.#as.gid);
  }

  /** @param parent where its folder is made: on a real disk for whoever measures */
  static async start(parent: string = MEMORY): Promise<Postgres> {
    const [port = 0] = await freePorts(1);
    const server = new Postgres(port, parent);
    const args = [
      '-D',
      server.#data,
      '-A',
      'trust',
      '-U',
      'postgres',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ];
    execFileSync(INITDB ?? '', args, { ...server.#as, stdio: 'pipe', cwd: server.#folder });
    await server.resume();
    return server;
  }

  /**
   * A replica that follows this server from now on, by its log, under the name `replica`: it only reads until it is
   * made the server itself.
   */
  async replica(): Promise<Postgres> {
    const [port = 0] = await freePorts(1);
    const replica = new Postgres(port, dirname(this.#folder));
    const from = `host=127.0.0.1 port=${this.port} user=postgres application_name=replica`;
    const args = ['-D', replica.#data, '-d', from, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    // Not in turn with us: the server may ask this process for something meanwhile.
    await promisify(execFile)(BASEBACKUP ?? '', args, { ...replica.#as, cwd: replica.#folder });
    await replica.resume();
    return replica;
  }

  /** What every commit waits for from now on: that this replica has it on disk. */
  async waitForReplica(): Promise<void> {
    await this.query(`alter system set synchronous_standby_names = 'replica'`);
    await this.query('select pg_reload_conf()');
  }

  /** Makes a replica the server. Resolves when it writes. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 60)');
  }

  /**
   * From now on only over TLS, with a certificate for this name, and with the password `of-the-records`.
   * @returns the file with the authority to trust
   */
  async useTls(name: string): Promise<string> {
    await this.query(`alter role postgres password 'of-the-records'`);
    const [cert, key] = [join(this.#data, 'server.crt'), join(this.#data, 'server.key')];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], {
      ...this.#as,
      stdio: 'pipe',
    });
    // Tests themselves look in from this machine without TLS, as another user.
    await this.query('create role looker superuser login');
    const rules = ['host all looker 127.0.0.1/32 trust', 'hostssl all postgres all scram-sha-256'];
    writeFileSync(join(this.#data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
    await this.query(`alter system set ssl = on`);
    await this.query('select pg_reload_conf()');
    this.#user = 'looker';
    await this.pause();
    await this.resume();
    return cert;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** Where an empty database of its own is for a test to use. */
  async database(): Promise<PostgresOptions> {
    const name = `t${++this.#databases}`;
    await this.query(`create database ${name}`);
    return this.optionsFor(name);
  }

  optionsFor(database: string, port: number = this.port): PostgresOptions {
    const url = `postgres://postgres@127.0.0.1:${port}/${database}`;
    return { url, tls: 'off', partition: 'main', connectionsMax: 4 };
  }

  async query(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new Client({ host: '127.0.0.1', port: this.port, user: this.#user, database });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts again on the same port, with all that was committed; nothing, if it runs. */
  async resume(): Promise<void> {
    if (this.#process) return;
    for (let tries = 0; tries < 100; tries++) {
      if (await this.#tryStart()) return;
      // What a killed server leaves behind takes a moment to go.
      await pause(50);
    }
    throw new Error(`PostgreSQL does not start: ${this.#words}`);
  }

  async #tryStart(): Promise<boolean> {
    const options = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.#folder}`,
      'max_connections=60',
    ];
    const args = ['-D', this.#data, '-p', String(this.port), ...options.flatMap((option) => ['-c', option])];
    const child = spawn(SERVER ?? '', args, { ...this.#as, stdio: 'pipe', cwd: this.#folder });
    this.#process = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk).slice(-4_000);
    });
    while (child.exitCode === null && child.signalCode === null) {
      if (await this.#answers()) return true;
      await pause(25);
    }
    return false;
  }

  async #answers(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }

  /** `kill -9` of the server: what it had not written is gone. */
  async crash(): Promise<void> {
    await this.pause('SIGKILL');
  }

  /** Stops it and lets nobody finish, as at a restart of its machine (SIGINT). Resolves when all of it is gone. */
  async pause(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    // Each of its sessions holds the same stderr: closed is not the first process alone, but the last of them, and
    // until then a session may still commit.
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await gone;
  }

  async stop(): Promise<void> {
    await this.pause('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
