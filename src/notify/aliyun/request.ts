import { createHash } from 'node:crypto';

import type { Delivery } from '../define.ts';
import { aliyun } from '../vendor-signing.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';
const EMPTY_SHA256 = createHash('sha256').update('').digest('hex');

/** Who asks, and where. */
export interface AliyunAccount {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly origin: string;
}

/** One operation of an RPC-style API of Alibaba Cloud. */
export interface AliyunCall {
  readonly action: string;
  readonly version: string;
  /** Nested as the vendor documents it; undefined is left out. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Never the same for two requests: the gateway refuses a repeated one. */
  readonly nonce: string;
  /** In epoch milliseconds. */
  readonly now: number;
}

/**
 * The request, signed by the vendor's own function (help.aliyun.com/document_detail/2593177.html). Its SDK would own the
 * socket, the time-out and the retries as well, and these are the outbox's.
 */
export function aliyunRequest(account: AliyunAccount, call: AliyunCall): Delivery {
  const origin = new URL(account.origin);
  const query = aliyun.query({ ...call.parameters });
  const headers = {
    host: origin.host,
    'x-acs-action': call.action,
    'x-acs-version': call.version,
    'x-acs-date': new Date(call.now).toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': createHash('sha256')
      .update(`${call.nonce}\n${call.now}`)
      .digest('hex')
      .slice(0, 32),
    'x-acs-content-sha256': EMPTY_SHA256,
  };
  return {
    transport: 'http',
    method: 'POST',
    url: `${origin.origin}/?${encoded(query)}`,
    headers: { ...headers, accept: 'application/json', authorization: signature(account, headers, query) },
    body: '',
    allowPrivate: true,
  };
}

/** The `Authorization` of a POST with these signed headers and parameters in the query. */
export function signature(
  { accessKeyId, accessKeySecret }: Pick<AliyunAccount, 'accessKeyId' | 'accessKeySecret'>,
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): string {
  const request = { method: 'POST', pathname: '/', headers: { ...headers }, query: { ...query } };
  return aliyun.getAuthorization(
    request as Parameters<typeof aliyun.getAuthorization>[0],
    ALGORITHM,
    EMPTY_SHA256,
    accessKeyId,
    accessKeySecret,
  );
}

const encoded = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
