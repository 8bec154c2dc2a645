import { BlockList, isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { type Clock, HOUR } from '../lib/clock.ts';

/** What proxies add, and nobody else has a reason to. */
const MARKS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto', 'x-forwarded-host', 'via'];

/** Did a proxy hand this request on, by what it says? nginx adds nothing by itself, but speaks HTTP/1.0. */
const isHandedOn = ({ headers, raw }: FastifyRequest): boolean =>
  raw.httpVersion === '1.0' || MARKS.some((name) => headers[name] !== undefined);

export interface ProxyOptions {
  readonly https?: unknown;
  readonly publicUrl?: string;
  readonly trustProxy?: boolean | readonly string[];
}

/**
 * Whether a request comes from this very machine and is no proxy's. Where one stands on this machine, or may stand there because
 * somebody else serves our address and nobody said who, nothing proves that: a proxy need not say that it is one.
 */
export function localTest(options: ProxyOptions): (request: FastifyRequest) => boolean {
  const proxies = proxiesOf(options);
  const mayBeProxied = proxies
    ? proxies.check('127.0.0.1') || proxies.check('::1', 'ipv6')
    : options.trustProxy === true || (options.publicUrl !== undefined && options.https === undefined);
  return (request) => !mayBeProxied && isLoopback(request.ip) && !isHandedOn(request);
}

const isLoopback = (ip: string): boolean => ip === '::1' || /^(::ffff:)?127\./.test(ip);

function proxiesOf({ trustProxy }: ProxyOptions): BlockList | undefined {
  if (typeof trustProxy !== 'object' || trustProxy.length === 0) return undefined;
  const list = new BlockList();
  for (const [address = '', bits] of trustProxy.map((one) => one.split('/'))) {
    const kind = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(bits), kind);
  }
  return list;
}

/**
 * A proxy that is not named in http.trustedProxies makes one address of all people behind it, and one limit of those of
 * each address. Anybody may write such a header, so it is counted, and said once an hour.
 */
export function watchProxies(app: FastifyInstance, metrics: Registry, clock: Clock): void {
  const name = 'shouwang_http_unnamed_proxy_total';
  const counter =
    (metrics.getSingleMetric(name) as Counter | undefined) ??
    new Counter({
      name,
      help: 'Requests with X-Forwarded-For from an address that http.trustedProxies does not name: its limits are those of all people behind it',
      registers: [metrics],
    });
  let saidAt = Number.NEGATIVE_INFINITY;
  app.addHook('onRequest', async (request) => {
    const from = request.socket.remoteAddress;
    if (request.headers['x-forwarded-for'] === undefined || request.ip !== from) return;
    counter.inc();
    if (clock.now() - saidAt < HOUR) return;
    saidAt = clock.now();
    request.log.warn(
      { proxy: from },
      'requests come over a proxy that http.trustedProxies does not name: all people behind it count as one address',
    );
  });
}
