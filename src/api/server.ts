import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { z } from 'zod';
import { type Clock, wallClock } from '../lib/clock.ts';
import { loadFolder } from '../lib/folder-loader.ts';
import type { Failure } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { CursorInvalid } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import { Authenticator, type Caller, isEverywhere, isSameOrigin, nodesWith, notKnown } from './access.ts';
import { BodyTooMuch, readBodies } from './bodies.ts';
import { boundConnections, type ConnectionBounds, type Connections } from './connections.ts';
import { registerConsole, wantsPage } from './console.ts';
import { cursorForeign, cursorMark, isPaged, withListCursor, withMarkedNext } from './cursors.ts';
import { codeOf, isTooLarge } from './error-codes.ts';
import { registerHomePage } from './home-page.ts';
import { type Answer, IdempotencyGuard } from './idempotency.ts';
import type { ImportParser } from './import.ts';
import { knownMethods } from './methods.ts';
import { registerNoticePage } from './notice-page.ts';
import { API_PREFIX, registerOpenApi, schemaOf } from './openapi.ts';
import { dropCounter, measureRequests, registerOperations } from './operations.ts';
import { localeOf, problemOf, Refusal, RequestInvalid, refuse } from './problem.ts';
import { localTest, watchProxies } from './proxy-watch.ts';
import { readOn } from './read-on.ts';
import { type ApiContext, type Route, type RouteFile, TAKEN_OVER } from './route.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import { guessTeller, programLimits, signInLimits } from './sign-in-limits.ts';
import { STREAM_DEFAULTS, StreamHub, type StreamOptions } from './stream.ts';

export interface ApiOptions {
  readonly logger?: FastifyBaseLogger;
  /** PEM; absent: plain HTTP, as behind a proxy. */
  readonly https?: { readonly key: string; readonly cert: string };
  /** The address as people know it; https makes cookies secure also behind a proxy. */
  readonly publicUrl?: string;
  /** Addresses of proxies whose X-Forwarded-* headers are believed. */
  readonly trustProxy?: boolean | readonly string[];
  readonly demo?: boolean;
  readonly simulatedStaff?: boolean;
  /** The token of control.json: the command line on this machine, with all rights. */
  readonly controlToken?: string;
  /** Lets a Prometheus on another machine read /metrics without an account. */
  readonly metricsToken?: string;
  readonly parseImport?: ImportParser;
  /** Where `npm run build` puts the console; dist/web of this installation if absent. */
  readonly webRoot?: string;
  readonly wall?: Clock;
  readonly stream?: Partial<StreamOptions>;
  readonly connections?: ConnectionBounds;
  readonly signIns?: { readonly perAccount: number; readonly perAddress: number };
}

const DEFAULT_WEB_ROOT = fileURLToPath(new URL('../../dist/web', import.meta.url));
const ROUTES_FOLDER = fileURLToPath(new URL('./routes', import.meta.url));

/** The HTTP side of a service, ready to listen (or to be asked by `inject`). Closing it ends all streams. */
export async function apiServer(service: Service, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = newServer(options);
  const wall = options.wall ?? wallClock();
  const connections = boundConnections(app, service.metrics, wall, options.connections);
  const countDrop = dropCounter(service.metrics);
  const stream = new StreamHub(service, wall, { ...STREAM_DEFAULTS, ...options.stream }, countDrop);
  app.addHook('preClose', async () => stream.close());
  measureRequests(app, service.metrics, stream);
  watchProxies(app, service.metrics, wall);
  answerErrors(app);
  const methodsAt = knownMethods(app);
  await app.register(cookie);
  await app.register(helmet, helmetOptions(isSecure(options)));
  await app.register(rateLimit, { global: false });

  const files = await routeFiles();
  await registerOpenApi(app, service.version, files);
  const authenticator = new Authenticator(service.records, wall, options.controlToken);
  const callerOf = (request: FastifyRequest) =>
    authenticator.caller({
      authorization: request.headers.authorization,
      cookie: request.cookies[SESSION_COOKIE],
    });
  const api: Api = {
    callerOf,
    guard: new IdempotencyGuard(service.records),
    connections,
    publicHost: options.publicUrl === undefined ? undefined : new URL(options.publicUrl).host,
    context: {
      service,
      wall,
      stream,
      signIns: signInLimits(wall, guessTeller(service.metrics, app.log, 'people', wall), options.signIns),
      programs: programLimits(wall, guessTeller(service.metrics, app.log, 'programs', wall)),
      demo: options.demo ?? false,
      simulatedStaff: options.simulatedStaff ?? false,
      secureCookies: isSecure(options),
      parseImport: options.parseImport,
      callerOf,
    },
  };
  for (const { routes, noun } of files)
    for (const route of routes) if (!route.rawBody) addRoute(app, api, route, noun);
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const { routes, noun } of files)
      for (const route of routes) if (route.rawBody) addRoute(raw, api, route, noun);
  });

  let document: string | undefined;
  app.get(`${API_PREFIX}/openapi.json`, { schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type('application/json').send(document);
  });
  const { metricsToken } = options;
  registerOperations(app, service, { callerOf, isLocal: localTest(options), metricsToken }, (request) =>
    problemAnswer(request, { code: 'NOT_SIGNED_IN' }),
  );
  registerNoticePage(app, service);
  registerHomePage(app, service);
  const sendConsole = await registerConsole(app, options.webRoot ?? DEFAULT_WEB_ROOT);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request.url);
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      return sendProblem(request, reply, { code: 'METHOD_NOT_ALLOWED', details: { allow: methods } });
    }
    return wantsPage(request) ? sendConsole(reply) : sendProblem(request, reply, { code: 'ADDRESS_UNKNOWN' });
  });
  return app;
}

interface Api {
  readonly callerOf: (request: FastifyRequest) => Promise<Caller | undefined>;
  readonly guard: IdempotencyGuard;
  readonly connections: Connections;
  readonly publicHost: string | undefined;
  readonly context: ApiContext;
}

/** With requests that do not come to an end. */
const PATIENCE = {
  headersTimeout: LIMITS.httpHeadersTimeoutMs,
  requestTimeout: LIMITS.httpRequestTimeoutMs,
  connectionsCheckingInterval: 5_000,
};

function newServer(options: ApiOptions): FastifyInstance {
  const app = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    ...(options.https ? { https: { ...options.https, ...PATIENCE } } : { http: PATIENCE }),
    trustProxy: trusted(options),
    // Where no route says more: an address that leads nowhere has its body read as well.
    bodyLimit: LIMITS.openBodyBytesMax,
    requestTimeout: LIMITS.httpRequestTimeoutMs,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (_error, request, reply) =>
      sendProblem(request as FastifyRequest, reply as FastifyReply, { code: 'REQUEST_INVALID' }),
  }) as unknown as FastifyInstance;
  // Answers are made by `respond`, which passes them through their schema; here they are text already.
  app.setSerializerCompiler(() => (data) => (typeof data === 'string' ? data : JSON.stringify(data)));
  readBodies(app);
  return app;
}

/** An empty list trusts nobody; to Fastify it is one that it does not understand. */
const trusted = ({ trustProxy = false }: ApiOptions): boolean | string[] =>
  typeof trustProxy === 'boolean' ? trustProxy : trustProxy.length > 0 && [...trustProxy];

const isSecure = ({ https, publicUrl }: ApiOptions): boolean =>
  https !== undefined || publicUrl?.startsWith('https:') === true;

/** The console runs only its own scripts. Charts and components set style attributes, which cannot run anything. */
function helmetOptions(secure: boolean): Parameters<typeof helmet>[1] {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Both need TLS and only make noise in the browser's log without it.
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
  };
}

/** The folder is the list of resources. @throws if a file in it is not made by `defineRoutes`. */
async function routeFiles(): Promise<RouteFile[]> {
  return (await loadFolder(ROUTES_FOLDER)).map(({ file, definition }) => {
    const routes = definition as RouteFile | undefined;
    if (!Array.isArray(routes?.routes)) throw new Error(`${file} has no routes as its default export`);
    return routes;
  });
}

interface Admitted {
  readonly caller: Caller;
  readonly nodes: readonly string[];
  readonly visible: readonly string[];
}
const NOBODY: Caller = { id: '', name: '', locale: 'zh', roles: [], by: 'session' };

function addRoute(app: FastifyInstance, api: Api, route: Route, noun: string): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  app.route({
    method: route.method,
    url: API_PREFIX + route.path,
    schema: schemaOf(route, noun),
    bodyLimit:
      route.bodyBytesMax ?? (route.needs === 'anyone' ? LIMITS.openBodyBytesMax : LIMITS.apiBodyBytesMax),
    config: { bodyValuesMax: route.bodyValuesMax },
    // Before the body is read: who may not ask has nothing parsed.
    onRequest: async (request, reply) => {
      const answer = await admit(api, route, request);
      if (answer instanceof Refusal) return sendProblem(request, reply, answer.failure);
      if (answer.caller !== NOBODY) api.connections.isKnown(request.raw.socket);
      admitted.set(request, answer);
    },
    errorHandler: async (error, request) => {
      const { caller = NOBODY } = admitted.get(request) ?? {};
      if (isTooLarge(error) && caller !== NOBODY) await readOn(request.raw);
      throw error;
    },
    handler: async (request, reply) => {
      const who = admitted.get(request);
      if (!who) throw new Error('a handler ran for a request that was not admitted');
      return respond(api, route, who, request, reply);
    },
  });
}

async function admit(api: Api, route: Route, request: FastifyRequest): Promise<Admitted | Refusal> {
  if (route.needs === 'anyone') {
    const { origin } = request.headers;
    if (origin !== undefined && !fromHere(api, request)) return refuse('CROSS_ORIGIN');
    return { caller: NOBODY, nodes: [], visible: [] };
  }
  const caller = await api.callerOf(request);
  if (!caller) return refuse(notKnown(request.headers));
  if (caller.by === 'session' && request.method !== 'GET' && !fromHere(api, request))
    return refuse('CROSS_ORIGIN');
  const visible = nodesWith(caller.roles, 'viewer');
  const nodes = route.needs === 'signed-in' ? visible : nodesWith(caller.roles, route.needs);
  if (route.needs !== 'signed-in' && nodes.length === 0) return refuse('NOT_ALLOWED', needed(route));
  if (route.everywhere && !isEverywhere(nodes)) return refuse('NOT_ALLOWED', needed(route));
  if (route.idempotent === true && !request.headers['idempotency-key'])
    return refuse('IDEMPOTENCY_KEY_MISSING');
  return { caller, nodes, visible };
}

const needed = ({ needs, everywhere }: Route): Record<string, unknown> => ({
  role: needs,
  ...(everywhere ? { node: '' } : {}),
});

const fromHere = ({ publicHost }: Api, { headers }: FastifyRequest): boolean =>
  isSameOrigin(headers) ||
  (publicHost !== undefined && isSameOrigin({ origin: headers.origin, host: publicHost }));

async function respond(
  api: Api,
  route: Route,
  who: Admitted,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { params, body } = request;
  const mark = isPaged(route) ? cursorMark(route, params, request.query) : undefined;
  const query = mark === undefined ? request.query : withListCursor(request.query, mark);
  if (query instanceof Refusal) return sendRefusal(request, reply, query);
  const locale = localeOf(request.headers['accept-language']);
  let takenOver = false;
  const perform = async (): Promise<Answer> => {
    const outcome = await route.handle({
      ...api.context,
      ...who,
      params,
      query,
      body,
      locale,
      request,
      reply,
    });
    takenOver = outcome === TAKEN_OVER;
    if (outcome instanceof Refusal) return problemAnswer(request, outcome.failure, outcome.places(locale));
    const isEmpty = route.mayBeEmpty && outcome === undefined;
    if (!route.reply || isEmpty || takenOver) return { status: 204, body: '' };
    const told = z.encode(route.reply, outcome);
    const marked = mark === undefined ? told : withMarkedNext(told, mark);
    return { status: route.status ?? 200, body: JSON.stringify(marked) };
  };
  const answer =
    route.idempotent && request.headers['idempotency-key']
      ? await api.guard.run(
          {
            account: who.caller.id,
            key: String(request.headers['idempotency-key']),
            content: `${request.method} ${request.url}\n${JSON.stringify(body ?? null)}`,
            secretBody: route.secretBody ?? false,
            rights: { nodes: who.nodes, visible: who.visible },
            secretAnswer: route.secretAnswer ?? false,
          },
          api.context.wall.now(),
          perform,
        )
      : await perform();
  if (takenOver) return reply;
  if (answer instanceof Refusal) return sendProblem(request, reply, answer.failure);
  if ('repeated' in answer && answer.repeated) reply.header('idempotent-replayed', 'true');
  return send(request, reply, answer);
}

function send(request: FastifyRequest, reply: FastifyReply, { status, body }: Answer): FastifyReply {
  reply.code(status).header('cache-control', 'no-store');
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="shouwang"');
  if (status < 400)
    return status === 204
      ? reply.send()
      : reply.type(String(reply.getHeader('content-type') ?? 'application/json')).send(body);
  return reply
    .header('content-language', localeOf(request.headers['accept-language']))
    .header('vary', 'accept-language')
    .type('application/problem+json')
    .send(body);
}

function problemAnswer(request: FastifyRequest, failure: Failure, more: object = {}): Answer {
  const problem = problemOf(failure, {
    locale: localeOf(request.headers['accept-language']),
    instance: request.url.split('?')[0] ?? '',
    requestId: String(request.id),
  });
  return { status: problem.status, body: JSON.stringify({ ...problem, ...more }) };
}

const sendProblem = (request: FastifyRequest, reply: FastifyReply, failure: Failure): FastifyReply =>
  send(request, reply, problemAnswer(request, failure));

const sendRefusal = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply =>
  send(
    request,
    reply,
    problemAnswer(request, refusal.failure, refusal.places(localeOf(request.headers['accept-language']))),
  );

/** Nothing of an unexpected error leaves but the id under which it stands in the log. */
function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RequestInvalid) {
      const issues = error.issues[localeOf(request.headers['accept-language'])];
      const more = { ...(error.validationContext ? { in: error.validationContext } : {}), issues };
      const counted = error.count > issues.length ? { details: { issues: error.count } } : {};
      return send(request, reply, problemAnswer(request, { code: 'REQUEST_INVALID', ...counted }, more));
    }
    if (error instanceof BodyTooMuch)
      return sendProblem(request, reply, { code: 'PAYLOAD_TOO_LARGE', details: error.bound });
    if (error instanceof CursorInvalid) return sendRefusal(request, reply, cursorForeign());
    const code = codeOf(error);
    if (code === 'INTERNAL') request.log.error({ err: error }, 'a request failed unexpectedly');
    return sendProblem(request, reply, { code });
  });
}
