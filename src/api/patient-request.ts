import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

export interface PatientAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Asks, and waits for as long as the connection holds. `fetch` gives up when no answer has begun after five minutes,
 * however much is being done over there.
 */
export function requestPatiently(
  url: string,
  { method, headers, body }: { method: string; headers: Readonly<Record<string, string>>; body?: string },
): Promise<PatientAnswer> {
  const request = url.startsWith('https:') ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (answer) => {
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
