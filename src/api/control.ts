import { randomUUID } from 'node:crypto';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localeOf, TextError } from '../model/text.ts';
import { type PatientAnswer, requestPatiently } from './patient-request.ts';
import type { Problem } from './problem.ts';

/**
 * How the command line finds the service that runs on a data folder: a file that only the service's own account may
 * read, with the address and a token that has all rights and ends with the process.
 */
export interface Control {
  readonly pid: number;
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly token: string;
}

const controlFile = (dataDir: string): string => join(dataDir, 'control.json');

/** Called by the service when it listens. The file appears whole, and is never readable by others. */
export async function writeControl(dataDir: string, control: Control): Promise<void> {
  const file = controlFile(dataDir);
  const draft = `${file}.${control.pid}`;
  await writeFile(draft, `${JSON.stringify(control)}\n`, { mode: 0o600 });
  // The mode above is only for a new file; a draft that a crash left behind keeps its own.
  await chmod(draft, 0o600);
  await rename(draft, file);
}

export async function removeControl(dataDir: string): Promise<void> {
  await rm(controlFile(dataDir), { force: true });
}

/** The service that runs on this folder; undefined when none does, also where a crash left its file behind. */
export async function runningService(dataDir: string): Promise<Control | undefined> {
  let text: string;
  try {
    text = await readFile(controlFile(dataDir), 'utf8');
  } catch {
    return undefined;
  }
  const control = parseControl(text);
  return control && isAlive(control.pid) ? control : undefined;
}

/**
 * Asks the running service. Every call is a new intent, so that it gets an Idempotency-Key of its own.
 *
 * @param path below /api/v1
 * @throws Error with the service's words when it refuses, and another when it cannot be reached.
 */
export async function askService<T>(
  control: Control,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const asked = requestOf(control, method, body);
  Object.assign(asked.headers, headers);
  const { ok, text } = await askAt(control, `/api/v1${path}`, asked).catch((error: unknown) => {
    throw noAnswer(control, error);
  });
  return replyOf<T>(ok, text);
}

/** As long as `fetch` waits for an answer to begin. */
const ANSWER_MS = 300_000;

/** Asks for any address of the service: `fetch`, where that would accept the certificate of a service on this machine. */
export async function askAt(
  control: Control,
  path: string,
  asked: ReturnType<typeof requestOf>,
  timeoutMs = ANSWER_MS,
): Promise<PatientAnswer> {
  const url = `${control.url}${path}`;
  if (isOurs(control)) return requestPatiently(url, { ...asked, timeoutMs, isOurs: true });
  const response = await fetch(url, { ...asked, signal: AbortSignal.timeout(timeoutMs) });
  return { ok: response.ok, text: await response.text() };
}

/** Of a service elsewhere nobody knows the process. */
const isOurs = ({ pid }: Control): boolean => pid !== 0;

/**
 * Asks for what may take long: for as long as the connection holds.
 *
 * @throws ConnectionLost where it broke: what was asked for may have been done all the same.
 */
export async function askPatiently<T>(
  control: Control,
  method: 'POST',
  path: string,
  body: unknown,
): Promise<T> {
  const asked = requestOf(control, method, body);
  const { ok, text } = await requestPatiently(`${control.url}/api/v1${path}`, {
    ...asked,
    isOurs: isOurs(control),
  }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
      ? noAnswer(control, error)
      : new ConnectionLost(
          {
            zh: `与 ${control.url} 上的服务的连接在其答复之前中断`,
            en: `the connection to the service at ${control.url} broke before it answered`,
          },
          { cause: error },
        );
  });
  return replyOf<T>(ok, text);
}

/** The service was asked, and nobody knows what became of it. */
export class ConnectionLost extends TextError {}

export function requestOf(control: Control, method: string, body?: unknown) {
  return {
    method,
    headers: {
      authorization: `Bearer ${control.token}`,
      'accept-language': localeOf(process.env),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function noAnswer(control: Control, cause: unknown): TextError {
  const [zh, en] = !isOurs(control) ? ['', ''] : [`（进程 ${control.pid}）`, ` (process ${control.pid})`];
  const words = {
    zh: `${control.url} 上的服务${zh}没有应答`,
    en: `the service at ${control.url}${en} does not answer`,
  };
  return new TextError(words, { cause });
}

function replyOf<T>(ok: boolean, text: string): T {
  const reply: unknown = text === '' ? undefined : JSON.parse(text);
  if (ok) return reply as T;
  throw new ServiceRefusal(reply as Problem);
}

/** The running service said no; the problem says why. */
export class ServiceRefusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    const issues = problem.issues?.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
    const details = wordsOf(problem.details);
    super([problem.title, issues, details].filter(Boolean).join(': '));
    this.problem = problem;
  }
}

/** A reason alone is a sentence already. */
function wordsOf(details: Problem['details']): string {
  if (!details) return '';
  const { reason, ...others } = details as Record<string, unknown>;
  return typeof reason === 'string' && Object.keys(others).length === 0 ? reason : JSON.stringify(details);
}

function parseControl(text: string): Control | undefined {
  try {
    const { pid, url, token } = JSON.parse(text) as Partial<Control>;
    return typeof pid === 'number' && typeof url === 'string' && typeof token === 'string'
      ? { pid, url, token }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process: it is alive, and we may not signal it.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
