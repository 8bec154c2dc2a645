import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type ClientConfig, DatabaseError, types } from 'pg';
import { readSecretFile } from '../../lib/secret-file.ts';
import { errorText } from '../../model/system-words.ts';
import { TextError } from '../../model/text.ts';
import { RecordsAway } from '../../ports/records.ts';

/** Where the records stand in PostgreSQL. */
export interface PostgresOptions {
  /** `postgres://user@host:5432/database`, without the password. */
  readonly url: string;
  readonly password?: string | undefined;
  /** Where the password came from: read again for each connection, since it may be changed while the service runs. */
  readonly passwordFile?: string | undefined;
  /** `verified`: the server must show a certificate for its name; `unverified`: any will do; `off`: no TLS. */
  readonly tls: 'off' | 'unverified' | 'verified';
  /** PEM files; the authorities that Node knows if `caFile` is absent. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Which partition of homes: lower-case letters, digits, underscores. Its tables stand in the schema `shouwang_<partition>`. */
  readonly partition: string;
  /** Connections beside the one that commits. */
  readonly connectionsMax: number;
  /** No answer of the server may take longer, in milliseconds: what hangs is given up, on both sides. 30 s if absent. */
  readonly statementMsMax?: number;
}

export const schemaOf = (partition: string): string => `shouwang_${partition}`;

export const STATEMENT_MS_MAX = 30_000;
/** Later than the server gives up by itself, so that its word comes first where it can still be heard. */
export const answerMsMax = (statementMsMax: number): number => Math.ceil(statementMsMax * 1.2);
const CONNECT_MS_MAX = 5_000;
/** A server that lost sight of us lets go of what we hold after this time: some 25 s of silence. */
const KEEP_ALIVE = { idle: 10, interval: 5, count: 3 };

/** Int8 as a number: everything counted here stays below 2^53. */
const INT8 = 20;
const parsers = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

/**
 * How every connection is made. The session says for itself what must hold whatever the server's own settings are: a
 * commit is on the server's disk when it answers, and nobody holds a lock while it sleeps.
 */
export function clientConfig(
  options: PostgresOptions,
  further: Readonly<Record<string, string>> = {},
): ClientConfig {
  const { username, hostname: host, port, pathname } = new URL(options.url);
  const { statementMsMax = STATEMENT_MS_MAX } = options;
  const settings = {
    search_path: schemaOf(options.partition),
    synchronous_commit: 'on',
    idle_in_transaction_session_timeout: statementMsMax,
    statement_timeout: statementMsMax,
    lock_timeout: Math.ceil(statementMsMax / 2),
    tcp_keepalives_idle: KEEP_ALIVE.idle,
    tcp_keepalives_interval: KEEP_ALIVE.interval,
    tcp_keepalives_count: KEEP_ALIVE.count,
    client_min_messages: 'warning',
    jit: 'off',
    ...further,
  };
  return {
    host: decodeURIComponent(host).replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 5432 : Number(port),
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)),
    ...passwordOf(options),
    ssl: tlsOf(options),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    application_name: holderName(options.partition),
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: answerMsMax(statementMsMax),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE.idle * 1000,
    types: parsers,
  };
}

function passwordOf({ password, passwordFile }: PostgresOptions): Pick<ClientConfig, 'password'> {
  if (passwordFile !== undefined) return { password: () => readSecretFile(passwordFile) ?? password ?? '' };
  return password === undefined ? {} : { password };
}

function tlsOf({ tls, caFile, certFile, keyFile }: PostgresOptions): ClientConfig['ssl'] {
  if (tls === 'off') return false;
  return {
    rejectUnauthorized: tls === 'verified',
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
    ...(certFile === undefined ? {} : { cert: readFileSync(certFile, 'utf8') }),
    ...(keyFile === undefined ? {} : { key: readFileSync(keyFile, 'utf8') }),
  };
}

/** Who holds the records, as an administrator of the server sees it: at most 63 bytes there. */
export const holderName = (partition: string): string =>
  `shouwang ${partition} ${hostname().slice(0, 24)}:${process.pid}`.slice(0, 63);

/**
 * The server ends the connection with these, or never let it come about. One that only reads (25006) is, after a fail-over, the
 * wrong one: it would go on refusing, while the address has long since led to the one that writes.
 */
const LOSSES = /^(08...|57P0[1-5]|25P03|25006|53300)$/;

/** The connection did not survive: what was under way may have been done or not. Otherwise the server said no, and it was not. */
export const isConnectionLoss = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || LOSSES.test(error.code ?? '');

/** The connection died: nobody knows yet what became of what was under way. */
export const awayFor = (error: Error): RecordsAway =>
  new RecordsAway(`PostgreSQL is away: ${error.message}`, { cause: error });

/** What no waiting changes: certificates that are not accepted, by the code of OpenSSL and Node. One that is not valid yet is not among them, for clocks are set late after a power cut. */
const CERTIFICATE_REFUSED =
  /^(CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** The server is there, and TLS does not come about: whoever waited for that would wait in vain. Undefined for all else. */
export function tlsRefusal(url: string, error: Error & { code?: string }): TextError | undefined {
  const { host } = new URL(url);
  if (error.message === 'The server does not support SSL connections')
    return new TextError(
      {
        zh: `${host} 上的 PostgreSQL 没有开启 TLS，而 store.postgres.tls 要求加密：请在服务器上开启（ssl = on）；仅在可信的内网中可改为 tls: off`,
        en: `PostgreSQL at ${host} has no TLS, and \`store.postgres.tls\` wants it: turn it on at the server (ssl = on), or say \`tls: off\` within a network that you trust`,
      },
      { cause: error },
    );
  if (!CERTIFICATE_REFUSED.test(error.code ?? '')) return undefined;
  const { zh, en } = errorText(error);
  return new TextError(
    {
      zh: `不接受 ${host} 上 PostgreSQL 的证书：${zh}。见 store.postgres.caFile 与 tls`,
      en: `the certificate of PostgreSQL at ${host} is not accepted: ${en}; ${error.message}. See \`store.postgres.caFile\` and \`tls\``,
    },
    { cause: error },
  );
}
