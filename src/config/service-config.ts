import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { didYouMean } from '../lib/did-you-mean.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { readSecretFile } from '../lib/secret-file.ts';
import {
  type Environment,
  type Leaf,
  leafName,
  leavesOf,
  type Override,
  readEnvironment,
} from './environment.ts';
import {
  findProblems,
  formatPath,
  isSecret,
  metaOf,
  type Path,
  type ValueProblem,
  valueAt,
} from './schema-words.ts';
import {
  ONENET_KEY,
  ONENET_KEY_FORM,
  PUSH_TOKEN_LENGTH_MIN,
  type ServiceConfig,
  serviceSchema,
} from './service-schema.ts';
import { telemetryStoreProblems, withStoreSecrets } from './telemetry-store.ts';
import { type ConfigProblem, inFileOrder, readText, YamlText } from './yaml-file.ts';

export type { ServiceConfig } from './service-schema.ts';

/** The file in the configuration folder that is read first; the others are named in it. */
const SERVICE_FILE = 'service.yaml';

export interface LoadOptions {
  /** The configuration folder. */
  readonly dir: string;
  readonly env: Environment;
  /** What the command line says, by place (`http.port`); it stands above the environment. Undefined says nothing. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Envelopes that there are; absent: those that accounts name are not looked at. */
  readonly envelopes?: readonly string[];
  /** Where a relative data folder lies; the working folder if absent. */
  readonly cwd?: string;
}

/** One setting as it is in force, and who said so. */
export interface Effective {
  readonly path: string;
  readonly title: string;
  readonly unit?: string;
  /** Its environment variable; lists of objects have none. */
  readonly variable: string | undefined;
  /** Undefined: not set, and without a default. Secrets are masked. */
  readonly value: unknown;
  /** `default`, `config/service.yaml:12`, the name of a variable, or `command line`. */
  readonly source: string;
}

export interface LoadedServiceConfig {
  /** All paths in it are absolute. */
  readonly config: ServiceConfig;
  readonly dir: string;
  /** From SHOUWANG_ADMIN_PASSWORD or the file that SHOUWANG_ADMIN_PASSWORD_FILE names. */
  readonly adminPassword: string | undefined;
  explain(): Effective[];
}

/** Reads service.yaml, the environment above it and the flags above that. Every mistake is reported where it was made. */
export async function loadServiceConfig(
  options: LoadOptions,
): Promise<Result<LoadedServiceConfig, ConfigProblem[]>> {
  const { dir, env } = options;
  if (!isFolder(dir)) return fail([{ file: dir, path: '', message: 'there is no such folder' }]);
  const read = await readServiceFile(join(dir, SERVICE_FILE));
  if (!read.ok) return read;
  const yaml = read.value;
  yaml.keepNumeralsAsText(serviceSchema);

  const environment = readEnvironment(serviceSchema, env);
  const overrides = [...environment.overrides, ...flagOverrides(options.flags ?? {})];
  const merged = withOverrides(yaml.value() ?? {}, overrides);
  const ofVariables = environment.problems.map(({ variable, message }) => ({
    file: variable,
    path: '',
    message,
  }));
  const problems: ConfigProblem[] = [...yaml.doubled, ...ofVariables];
  const locate = ({ path, on, message }: ValueProblem): ConfigProblem => {
    const above = path.slice(0, -1);
    const override =
      overrides.findLast((each) => isPrefix(each.path, path)) ??
      // What is missing beside something that only a variable brought in is missing because of that variable.
      (yaml.has(above)
        ? undefined
        : overrides.findLast((each) => above.length > 0 && isPrefix(above, each.path)));
    return override
      ? { file: override.variable, path: formatPath(path), message }
      : yaml.problem(path, message, on);
  };

  const wrong = findProblems(serviceSchema, merged);
  problems.push(...wrong.map(locate));
  if (problems.length > 0) return fail(problems.sort(inFileOrder));
  const config = resolved(serviceSchema.parse(merged), options);
  problems.push(
    ...contradictions(config, (path) => valueAt(merged, path) !== undefined).map(locate),
    ...unknownEnvelopes(config, options.envelopes).map(locate),
  );
  const admin = adminPassword(env);
  if (admin.problem) problems.push(admin.problem);
  if (problems.length > 0) return fail(problems.sort(inFileOrder));
  const loaded = withSecrets(config);
  return ok({
    config: loaded,
    dir,
    adminPassword: admin.password,
    explain: () => explain(loaded, yaml, overrides),
  });
}

const isFolder = (dir: string): boolean => statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** A folder without a service.yaml is a service with all defaults. */
async function readServiceFile(file: string): Promise<Result<YamlText, ConfigProblem[]>> {
  if (!existsSync(file)) return YamlText.read('', file);
  const text = await readText(file);
  return text.ok ? YamlText.read(text.value, file) : text;
}

function flagOverrides(flags: Readonly<Record<string, unknown>>): Override[] {
  return Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => ({ path: path.split('.'), variable: 'command line', value }));
}

/** A copy of the value in which the overrides stand. What is no mapping on the way is left for the schema to refuse. */
function withOverrides(value: unknown, overrides: readonly Override[]): unknown {
  if (!isMapping(value)) return value;
  const copy = structuredClone(value);
  for (const { path, value: set } of overrides) {
    let at: unknown = copy;
    for (const part of path.slice(0, -1)) {
      if (!isMapping(at)) break;
      at[part] ??= {};
      at = at[part];
    }
    if (isMapping(at)) at[String(path.at(-1))] = set;
  }
  return copy;
}

const isMapping = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPrefix = (short: Path, long: Path): boolean =>
  short.every((part, i) => String(part) === String(long[i]));

/** Files stand beside the configuration, data beside where the service runs. */
function resolved(config: ServiceConfig, { dir, cwd = process.cwd() }: LoadOptions): ServiceConfig {
  const here = (file: string) => resolve(cwd, dir, file);
  const files = <T extends object>(section: T): T =>
    Object.fromEntries(
      Object.entries(section).map(([key, value]) => [
        key,
        /File$/.test(key) && typeof value === 'string' ? here(value) : value,
      ]),
    ) as T;
  const { mqtt, http, store } = config;
  return {
    ...config,
    dataDir: resolve(cwd, config.dataDir),
    ...(config.archive && {
      archive: { ...config.archive, folder: resolve(cwd, config.archive.folder) },
    }),
    store: {
      ...store,
      ...(store.postgres && { postgres: files(store.postgres) }),
      ...(store.influx1 && { influx1: files(store.influx1) }),
      ...(store.influx2 && { influx2: files(store.influx2) }),
    },
    mqtt: {
      ...mqtt,
      ...(mqtt.tls && { tls: files(mqtt.tls) }),
      ...(mqtt.external && { external: files(mqtt.external) }),
    },
    http: { ...http, ...(http.tls && { tls: files(http.tls) }) },
    push: { accounts: config.push.accounts.map(files) },
    files: {
      registry: config.files.registry.map(here),
      rules: here(config.files.rules),
      channels: here(config.files.channels),
      notify: here(config.files.notify),
      rosters: here(config.files.rosters),
      models: here(config.files.models),
    },
  };
}

/** What no single key can be blamed for, and files that are not there. */
function contradictions(config: ServiceConfig, stated: (path: Path) => boolean): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const { mqtt, http, store } = config;
  if (mqtt.mode === 'external' && !mqtt.external)
    problems.push({
      path: ['mqtt', 'mode'],
      on: 'value',
      message: 'found "external", but mqtt.external does not say where that broker is',
    });
  return [
    ...problems,
    ...twoPasswords(mqtt.external, ['mqtt', 'external']),
    ...telemetryStoreProblems(store),
    ...postgresProblems(store),
    ...archiveProblems(config),
    ...config.push.accounts.flatMap(pushProblems),
    ...portClashes(config, stated),
    ...missingFiles({ mqtt, http, store }),
  ];
}

const twoPasswords = (
  section: { readonly password?: string | undefined; readonly passwordFile?: string | undefined } | undefined,
  path: Path,
): ValueProblem[] =>
  section?.password !== undefined && section.passwordFile !== undefined
    ? [
        {
          path: [...path, 'passwordFile'],
          on: 'key',
          message: 'stands beside password; one of them is enough',
        },
      ]
    : [];

/** The archive copies the file of the records; a server has an archive of its own. */
function archiveProblems({ archive, store }: ServiceConfig): ValueProblem[] {
  if (!archive || store.records === 'sqlite') return [];
  const message =
    "has to go: it copies files only, and records on a server are archived by the server's own means";
  return [{ path: ['archive'], on: 'key', message }];
}

function postgresProblems({ records, postgres }: ServiceConfig['store']): ValueProblem[] {
  const path = ['store', 'postgres'];
  if (records === 'postgres' && !postgres) {
    const message = 'found "postgres", but store.postgres does not say where that server is';
    return [{ path: ['store', 'records'], on: 'value', message }];
  }
  const isHalf = (postgres?.certFile === undefined) !== (postgres?.keyFile === undefined);
  return [
    ...twoPasswords(postgres, path),
    ...(isHalf ? [{ path, on: 'value' as const, message: 'certFile and keyFile belong together' }] : []),
  ];
}

/** Lists of objects have no leaves of their own: what `missingFiles` does for all others is done here. */
function pushProblems(entry: PushEntry, i: number): ValueProblem[] {
  return [...tokenProblems(entry, i), ...keyProblems(entry, i)];
}

function keyProblems({ aesKey, aesKeyFile }: PushEntry, i: number): ValueProblem[] {
  if (aesKeyFile === undefined) return [];
  const path = ['push', 'accounts', i, 'aesKeyFile'];
  if (aesKey !== undefined)
    return [{ path, on: 'key', message: 'stands beside aesKey; one of them is enough' }];
  const found = readSecretFile(aesKeyFile);
  if (found === undefined) return [{ path, on: 'value', message: `there is no file ${aesKeyFile}` }];
  return ONENET_KEY.test(found) ? [] : [{ path, on: 'value', message: `does not hold ${ONENET_KEY_FORM}` }];
}

function tokenProblems({ token, tokenFile }: PushEntry, i: number): ValueProblem[] {
  const path = ['push', 'accounts', i];
  if (token === undefined && tokenFile === undefined)
    return [{ path, on: 'value', message: 'says neither token nor tokenFile' }];
  if (tokenFile === undefined) return [];
  const at = [...path, 'tokenFile'];
  if (token !== undefined)
    return [{ path: at, on: 'key', message: 'stands beside token; one of them is enough' }];
  const found = readSecretFile(tokenFile);
  if (found === undefined) return [{ path: at, on: 'value', message: `there is no file ${tokenFile}` }];
  // An empty token would be one that everybody knows.
  return found.length < PUSH_TOKEN_LENGTH_MIN
    ? [{ path: at, on: 'value', message: `holds less than ${PUSH_TOKEN_LENGTH_MIN} characters` }]
    : [];
}
function unknownEnvelopes({ push }: ServiceConfig, envelopes: readonly string[] | undefined): ValueProblem[] {
  return push.accounts.flatMap(({ envelope }, i): ValueProblem[] => {
    if (!envelopes || envelopes.includes(envelope)) return [];
    const close = didYouMean(envelope, envelopes);
    const message = `no envelope "${envelope}"${close ? `; did you mean ${close}?` : ''}`;
    return [{ path: ['push', 'accounts', i, 'envelope'], on: 'value', message }];
  });
}

type PushEntry = ServiceConfig['push']['accounts'][number];

function portClashes({ mqtt, http }: ServiceConfig, stated: (path: Path) => boolean): ValueProblem[] {
  const used: [Path, number | 'off'][] = [[['http', 'port'], http.port]];
  if (mqtt.mode === 'embedded') {
    used.push([['mqtt', 'port'], mqtt.port], [['mqtt', 'webSocketPort'], mqtt.webSocketPort]);
    if (mqtt.tls) used.push([['mqtt', 'tls', 'port'], mqtt.tls.port]);
  }
  return used.flatMap(([path, port], i): ValueProblem[] => {
    const other = used.slice(0, i).find((each) => each[1] === port)?.[0];
    if (port === 0 || port === 'off' || !other) return [];
    // Of two, the one that somebody wrote is to be changed, not the one that is so by default.
    const [blamed, first] = stated(path) ? [path, other] : [other, path];
    return [{ path: blamed, on: 'value', message: `found ${port}, which is already ${formatPath(first)}` }];
  });
}

function missingFiles(sections: Pick<ServiceConfig, 'mqtt' | 'http' | 'store'>): ValueProblem[] {
  return leavesOf(serviceSchema).flatMap((leaf): ValueProblem[] => {
    const file = valueAt(sections, leaf.path);
    if (!/File$/.test(leaf.path.at(-1) ?? '') || typeof file !== 'string' || existsSync(file)) return [];
    return [{ path: leaf.path, on: 'value', message: `there is no file ${file}` }];
  });
}

/** The password of the external broker, those of stores and the tokens of platforms, out of their files. */
function withSecrets(config: ServiceConfig): ServiceConfig {
  const { mqtt, store } = config;
  const accounts = config.push.accounts.map((account) => ({
    ...account,
    ...(account.tokenFile === undefined ? {} : { token: readSecretFile(account.tokenFile) }),
    ...(account.aesKeyFile === undefined ? {} : { aesKey: readSecretFile(account.aesKeyFile) }),
  }));
  const secrets = withStoreSecrets(store);
  return {
    ...config,
    push: { accounts },
    mqtt: { ...mqtt, ...(mqtt.external && { external: withPassword(mqtt.external) }) },
    store: { ...secrets, ...(store.postgres && { postgres: withPassword(store.postgres) }) },
  };
}

const withPassword = <
  T extends { readonly password?: string | undefined; readonly passwordFile?: string | undefined },
>(
  section: T,
): T =>
  section.passwordFile === undefined
    ? section
    : { ...section, password: readSecretFile(section.passwordFile) };

function adminPassword(env: Environment): { password: string | undefined; problem?: ConfigProblem } {
  const variable = 'SHOUWANG_ADMIN_PASSWORD_FILE';
  const file = env[variable];
  if (env['SHOUWANG_ADMIN_PASSWORD'] || !file)
    return { password: env['SHOUWANG_ADMIN_PASSWORD'] || undefined };
  const password = readSecretFile(file);
  if (password) return { password };
  return { password, problem: { file: variable, path: '', message: `${file} cannot be read or is empty` } };
}

function explain(config: ServiceConfig, yaml: YamlText, overrides: readonly Override[]): Effective[] {
  const sourceOf = (path: Path): string =>
    overrides.findLast((each) => isPrefix(each.path, path))?.variable ?? sourceInFile(yaml, path);
  return leavesOf(serviceSchema).map((leaf) => {
    const meta = metaOf(leaf.schema);
    const value = valueAt(config, leaf.path);
    return {
      path: leafName(leaf),
      title: String(meta['title'] ?? ''),
      ...(typeof meta['unit'] === 'string' ? { unit: meta['unit'] } : {}),
      variable: leaf.variable,
      value: value === undefined ? undefined : masked(leaf, value),
      source: secretFileOf(config, leaf.path) ?? sourceOf(leaf.path),
    };
  });
}

/** The file that a password or token came out of. */
function secretFileOf(config: ServiceConfig, path: Path): string | undefined {
  const key = String(path.at(-1));
  const file = /^(password|token)$/.test(key)
    ? valueAt(config, [...path.slice(0, -1), `${key}File`])
    : undefined;
  return typeof file === 'string' ? file : undefined;
}

/** Of service accounts the names are shown, of other secrets nothing. */
function masked({ schema }: Leaf, value: unknown): unknown {
  if (isSecret(schema)) return '***';
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'name' in item ? item.name : item,
  );
}

const sourceInFile = (yaml: YamlText, path: Path): string =>
  yaml.has(path) ? `${yaml.file}:${yaml.position(path, 'key').line}` : 'default';
