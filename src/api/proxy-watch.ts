import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { type Clock, HOUR } from '../lib/clock.ts';

/** What proxies add, and nobody else has a reason to. */
const MARKS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto', 'x-forwarded-host', 'via'];

/** Did a proxy hand this request on, by what it says? One that adds nothing is not seen. */
export const isHandedOn = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  MARKS.some((name) => headers[name] !== undefined);

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
