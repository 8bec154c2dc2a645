import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

export interface PatientAnswer {
  readonly ok: boolean;
  readonly text: string;
}

interface PatientRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Absent: for as long as the connection holds. */
  readonly timeoutMs?: number;
  /** Of a service on this machine, which `control.json` names: its certificate names the address that people know, not 127.0.0.1. */
  readonly isOurs?: boolean;
}

/**
 * Asks, and waits for as long as the connection holds. `fetch` gives up when no answer has begun after five minutes,
 * however much is being done over there.
 */
export function requestPatiently(
  url: string,
  { method, headers, body, timeoutMs, isOurs = false }: PatientRequest,
): Promise<PatientAnswer> {
  const request = url.startsWith('https:') ? overHttps : overHttp;
  const options = {
    method,
    headers,
    agent: false,
    ...(isOurs && { rejectUnauthorized: false }),
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  } as const;
  return new Promise((resolve, reject) => {
    const asking = request(url, options, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => {
        const { statusCode = 0 } = answer;
        resolve({ ok: statusCode >= 200 && statusCode < 300, text: Buffer.concat(parts).toString('utf8') });
      });
    });
    asking.once('error', reject);
    // A machine that is gone says nothing more: the system then asks whether it is there.
    asking.setSocketKeepAlive(true, 60_000);
    asking.end(body);
  });
}
