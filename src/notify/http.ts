import { type LookupAddress, lookup } from 'node:dns';
import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { LIMITS } from '../model/limits.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly allowPrivate: boolean;
  /** Leads through a proxy; none if absent. */
  readonly agent?: Agent | undefined;
  readonly signal: AbortSignal;
}
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As much as the limit allows. */
  readonly body: string;
}
/** Sends one request. @throws AddressRefused, or what the socket threw. Redirects are answers, not followed. */
export type HttpSend = (request: HttpRequest) => Promise<HttpAnswer>;

/** The target lies where this channel must not reach. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Link-local and unspecified: metadata services of clouds live there, receivers of notices never do. */
const NEVER = new BlockList();
NEVER.addSubnet('169.254.0.0', 16);
NEVER.addSubnet('0.0.0.0', 8);
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addAddress('::', 'ipv6');

/** This machine, private networks, carrier networks, multicast and reserved ones. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix);
}
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['ff00::', 8],
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** May a notice go to this IP address? IPv4 written as IPv6 counts as what it is. */
export function mayReach(address: string, allowPrivate: boolean): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return !NEVER.check(address, family) && (allowPrivate || !PRIVATE.check(address, family));
}

/**
 * Sends over node:http with a connection of its own each time: notices are rare, and a stale connection that was kept
 * alive would cost an attempt. The address is checked when the name is resolved, so that a name cannot be pointed
 * elsewhere between check and connection.
 */
export const sendHttp: HttpSend = ({ url, method, headers, body, allowPrivate, agent = false, signal }) =>
  new Promise((resolve, reject) => {
    const target = new URL(url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !mayReach(host, allowPrivate)) {
      reject(new AddressRefused(`${host} is not an address for notices`));
      return;
    }
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = { 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'shouwang' };
    const options = { method, headers: { ...headers, ...length }, agent, signal } as const;
    const request = send(target, { ...options, lookup: guardedLookup(allowPrivate) }, (response) => {
      readAnswer(response).then(resolve, reject);
    });
    request.on('error', reject);
    request.end(body);
  });

const guardedLookup =
  (allowPrivate: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => mayReach(address, allowPrivate));
      const first = allowed[0];
      if (!first) return callback(new AddressRefused(`${hostname} is not an address for notices`), []);
      if (options.all) return callback(null, allowed satisfies LookupAddress[]);
      callback(null, first.address, first.family);
    });
  };

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= LIMITS.noticeAnswerBytesMax) break;
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8', 0, LIMITS.noticeAnswerBytesMax),
  };
}
