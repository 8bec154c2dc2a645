import { existsSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { DAY } from '../lib/clock.ts';
import { readSecretFile } from '../lib/secret-file.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles, spoolFolder } from './data-files.ts';
import type { OutsideStore } from './outside/outside-store.ts';
import { RenewedSecret } from './outside/renewed-secret.ts';
import { sqliteTelemetry } from './telemetry-sqlite.ts';

type Maybe<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What the configuration says about readings, with the secrets in it. */
export interface TelemetryChoice {
  readonly telemetry: 'sqlite' | 'influx1' | 'influx2';
  readonly influx1?:
    | ({ readonly url: string; readonly database: string } & Partial<
        Maybe<Record<'username' | 'password' | 'passwordFile' | 'retentionPolicy' | 'caFile', string>>
      >)
    | undefined;
  readonly influx2?:
    | ({ readonly url: string; readonly org: string; readonly bucket: string } & Partial<
        Maybe<Record<'token' | 'tokenFile' | 'caFile', string>>
      >)
    | undefined;
  readonly outside: {
    readonly keepDays: number;
    readonly spoolMegabytes: number;
    readonly localGigabytes: number;
    readonly diskFreeGigabytes: number;
  };
}

const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000 * MEGABYTE;

/** The store of readings that the configuration names, on the data of this folder. Not opened yet. */
export async function telemetryAt(
  dataDir: string,
  choice: TelemetryChoice,
  logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  archived = false,
): Promise<TelemetryStore> {
  const near = sqliteTelemetry({ file: dataFiles(dataDir).telemetry, archived });
  const outside = await outsideAt(choice);
  if (!outside) return near;
  const { outsideTelemetry } = await import('./telemetry-outside.ts');
  const { keepDays, spoolMegabytes, localGigabytes, diskFreeGigabytes } = choice.outside;
  return outsideTelemetry({
    near,
    outside,
    spoolDir: spoolFolder(dataDir),
    keepMs: keepDays * DAY,
    spoolBytesMax: spoolMegabytes * MEGABYTE,
    nearBytesMax: localGigabytes * GIGABYTE,
    diskFreeBytesMin: diskFreeGigabytes * GIGABYTE,
    logger,
  });
}

/** The server itself; undefined where the configuration names none. Clients are loaded only where they are wanted. */
export async function outsideAt({
  telemetry,
  influx1: one,
  influx2: two,
}: TelemetryChoice): Promise<OutsideStore | undefined> {
  if (telemetry === 'influx1' && one) {
    const { influx1 } = await import('./outside/influx1.ts');
    const { caFile, passwordFile, ...options } = one;
    return kept(passwordFile, options.password, (password) =>
      influx1({ ...given({ ...options, password }), ...authority(caFile) }),
    );
  }
  if (telemetry === 'influx2' && two) {
    const { influx2 } = await import('./outside/influx2.ts');
    const { caFile, tokenFile, token: first, ...options } = two;
    return kept(tokenFile, first, (token = '') => influx2({ ...options, token, ...authority(caFile) }));
  }
  return undefined;
}

/** With a secret that stands in a file: as that file has it from time to time. */
const kept = (
  file: string | undefined,
  secret: string | undefined,
  make: (secret: string | undefined) => OutsideStore,
): OutsideStore =>
  file === undefined ? make(secret) : new RenewedSecret(secret ?? '', () => readSecretFile(file), make);

const authority = (file: string | undefined): { ca?: string } =>
  file !== undefined && existsSync(file) ? { ca: readFileSync(file, 'utf8') } : {};

/** Without the keys that say nothing. */
const given = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
