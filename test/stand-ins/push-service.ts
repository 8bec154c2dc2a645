import {
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Push {
  readonly headers: IncomingHttpHeaders;
  /** Decrypted, as the browser would hand it to the worker. */
  readonly text: string;
}

/**
 * A STAND-IN for the push service of a browser, and for the browser behind it. It takes what RFC 8030 says, checks the
 * signature of RFC 8292 against the key that the application gave at subscription, and decrypts RFC 8291 as a browser.
 */
export class PushService {
  readonly pushed: Push[] = [];
  /** Status of the next answers; then 201. */
  answers: number[] = [];
  readonly #server: Server;
  readonly #browsers = new Map<string, { ecdh: ECDH; auth: Buffer; applicationKey: string }>();

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const status = this.answers.shift() ?? 201;
      if (status === 201) {
        const browser = this.#browsers.get(request.url ?? '');
        if (!browser || !isSigned(request.headers, browser.applicationKey, this.origin)) {
          response.writeHead(browser ? 403 : 410).end('not allowed');
          return;
        }
        this.pushed.push({ headers: request.headers, text: decrypted(Buffer.concat(chunks), browser) });
      }
      response.writeHead(status, status === 429 ? { 'retry-after': '30' } : {}).end();
    });
  }

  static async open(): Promise<PushService> {
    const service = new PushService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A browser subscribes with the public key of the application. */
  subscribe(applicationKey: string): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const [ecdh, auth, path] = [
      createECDH('prime256v1'),
      randomBytes(16),
      `/push/${randomBytes(8).toString('hex')}`,
    ];
    ecdh.generateKeys();
    this.#browsers.set(path, { ecdh, auth, applicationKey });
    return {
      endpoint: this.origin + path,
      keys: { p256dh: ecdh.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
    };
  }
}

/** RFC 8292: `vapid t=<JWT>, k=<public key>`, ES256, for this origin, not yet over and for a day at most. */
function isSigned(
  { authorization = '' }: IncomingHttpHeaders,
  applicationKey: string,
  origin: string,
): boolean {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  if (key !== applicationKey) return false;
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const publicKey = createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' },
    format: 'jwk',
  });
  const ok = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const left = Number(exp) - Date.now() / 1000;
  return ok && aud === origin && left > 0 && left <= 86_400 && /^(mailto|https):/.test(String(sub));
}

/** RFC 8188 with the keys of RFC 8291, one record. */
function decrypted(body: Buffer, { ecdh, auth }: { ecdh: ECDH; auth: Buffer }): string {
  const [salt, idLength] = [body.subarray(0, 16), body[20] ?? 0];
  const sender = body.subarray(21, 21 + idLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32));
  const part = (name: string, length: number): Buffer => {
    const extracted = createHmac('sha256', salt).update(ikm).digest();
    return createHmac('sha256', extracted)
      .update(Buffer.concat([Buffer.from(`Content-Encoding: ${name}\0`), Buffer.of(1)]))
      .digest()
      .subarray(0, length);
  };
  const sealed = body.subarray(21 + idLength);
  const decipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
}
