import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { z } from 'zod';
import { isSameToken } from '../lib/secrets.ts';
import type { Locale } from '../model/text.ts';
import type { Health, Service } from '../ports/service.ts';
import type { Caller } from './access.ts';
import { API_PREFIX } from './openapi.ts';
import { localeOf } from './problem.ts';
import type { StreamHub } from './stream.ts';

const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'failing']),
    checks: z.record(
      z.string(),
      z.object({ ok: z.boolean(), warning: z.boolean().exactOptional(), detail: z.string().exactOptional() }),
    ),
  })
  .meta({ id: 'Health' });

/** Monitors that only want the status ask with HEAD, and took a 404 for a service that is gone. */
const ALSO_HEAD = { exposeHeadRoute: true } as const;

/**
 * /healthz (is the process alive: restart it if not), /readyz (does it do its work: send nothing here if not) and
 * /metrics. The first two are open, with the reasons only for who may know them; metrics are open on the machine
 * itself and need a token from anywhere else, because they tell how many people are watched over and when.
 */
export function registerOperations(
  app: FastifyInstance,
  service: Service,
  {
    callerOf,
    isLocal,
    metricsToken,
  }: {
    readonly callerOf: (request: FastifyRequest) => Promise<Caller | undefined>;
    readonly isLocal: (request: FastifyRequest) => boolean;
    readonly metricsToken: string | undefined;
  },
  refuseMetrics: (request: FastifyRequest) => { status: number; body: string },
): void {
  const mayKnow = async (request: FastifyRequest): Promise<boolean> =>
    isLocal(request) || hasToken(request, metricsToken) || (await callerOf(request)) !== undefined;

  for (const [url, title, passed] of [
    ['/healthz', 'Is the process alive?', (health: Health) => health.live],
    ['/readyz', 'Does the service do its work?', (health: Health) => health.ready],
  ] as const)
    app.get(
      url,
      { schema: operation(url, title, healthSchema, 'application/json'), ...ALSO_HEAD },
      async (request, reply) => {
        const health = service.health();
        const ok = passed(health);
        const locale = localeOf(request.headers['accept-language']);
        const knows = await mayKnow(request).catch(() => false);
        const body = healthBody(health, ok, knows ? locale : undefined);
        return reply
          .code(ok ? 200 : 503)
          .header('cache-control', 'no-store')
          .header('content-language', locale)
          .header('vary', 'accept-language')
          .type('application/json')
          .send(JSON.stringify(body));
      },
    );

  const text = z.string().meta({ description: 'Prometheus text format' });
  app.get(
    '/metrics',
    { schema: operation('/metrics', 'Metrics of the service', text, 'text/plain'), ...ALSO_HEAD },
    async (request, reply) => {
      if (await mayKnow(request))
        return reply.type(service.metrics.contentType).send(await service.metrics.metrics());
      const { status, body } = refuseMetrics(request);
      return reply.code(status).type('application/problem+json').send(body);
    },
  );
}

/** Adds what the API itself measures to the service's registry. */
export function measureRequests(app: FastifyInstance, metrics: Registry, stream: StreamHub): void {
  const durations = reuse(metrics, 'shouwang_http_request_seconds', (name) => {
    const help = 'Time from the arrival of a request to the end of its answer';
    const buckets = [0.002, 0.01, 0.05, 0.2, 1, 5];
    return new Histogram({
      name,
      help,
      buckets,
      labelNames: ['method', 'route', 'status'],
      registers: [metrics],
    });
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    // A stream is as long as its reader stays.
    if (route === `${API_PREFIX}/stream` && reply.raw.statusCode === 200) return;
    durations.observe(
      { method: request.method, route, status: reply.raw.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  reuse(metrics, 'shouwang_stream_readers', (name) => {
    const help = 'Readers of the live stream at this moment';
    return new Gauge({ name, help, registers: [metrics], collect: gaugeOf(() => stream.readers) });
  });
}

/** Counts readers that the service sent away, by reason. */
export function dropCounter(metrics: Registry): (reason: string) => void {
  const counter = reuse(metrics, 'shouwang_stream_readers_dropped_total', (name) => {
    const help = 'Readers of the live stream that were sent away';
    return new Counter({ name, help, labelNames: ['reason'], registers: [metrics] });
  });
  return (reason) => counter.inc({ reason });
}

/** Shows how many connections there are, and counts those that were closed for others, by reason. */
export function connectionCounter(metrics: Registry, open: () => number): (reason: string) => void {
  reuse(metrics, 'shouwang_http_connections', (name) => {
    const help = 'Connections to console and API at this moment';
    return new Gauge({ name, help, registers: [metrics], collect: gaugeOf(open) });
  });
  const counter = reuse(metrics, 'shouwang_http_connections_dropped_total', (name) => {
    const help =
      'Connections closed for newer ones, of their address (of-address) or of all (of-all), and those for which there was no place (full)';
    return new Counter({ name, help, labelNames: ['reason'], registers: [metrics] });
  });
  return (reason) => counter.inc({ reason });
}

/** Counts pushes that were not taken, by envelope and reason. */
export function pushCounter(metrics: Registry): Counter<'envelope' | 'reason'> {
  return reuse(metrics, 'shouwang_push_refused_total', (name) => {
    const help =
      'Messages pushed by HTTP that were not taken: credentials, too-old (signed more than a day ago), full (no room), late (no commit in time)';
    return new Counter({ name, help, labelNames: ['envelope', 'reason'] as const, registers: [metrics] });
  });
}

function gaugeOf(value: () => number): (this: Gauge) => void {
  return function () {
    this.set(value());
  };
}

/** A second API on the same registry (in tests, or after a restart in the same process) goes on with the first's. */
function reuse<M>(metrics: Registry, name: string, make: (name: string) => M): M {
  return (metrics.getSingleMetric(name) as M | undefined) ?? make(name);
}

/** @param locale in which the reasons are told; undefined: to nobody who may know them */
function healthBody(health: Health, ok: boolean, locale: Locale | undefined): z.output<typeof healthSchema> {
  const checks = Object.entries(health.checks).map(
    ([name, { ok: well, warning, detail }]) =>
      [
        name,
        locale ? { ok: well, ...(warning && { warning }), detail: detail[locale] } : { ok: well },
      ] as const,
  );
  const isWell = Object.values(health.checks).every((check) => check.ok);
  const status = !ok ? 'failing' : isWell ? 'ok' : 'degraded';
  return { status, checks: Object.fromEntries(checks) };
}

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && given !== undefined && isSameToken(given, token);
}

function operation(url: string, summary: string, schema: z.ZodType, mediaType: string): FastifySchema {
  const content = { [mediaType]: { schema } };
  return {
    tags: ['operations'],
    operationId: `get${url.charAt(1).toUpperCase()}${url.slice(2)}`,
    summary,
    security: [],
    response: { 200: { description: 'Yes', content }, 503: { description: 'No', content } },
  } as unknown as FastifySchema;
}
