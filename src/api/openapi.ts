import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemSchema } from './problem.ts';
import type { Route, RouteFile } from './route.ts';
import { SESSION_COOKIE } from './session-cookie.ts';

/** What every route of the API stands below. */
export const API_PREFIX = '/api/v1';

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: 'a token of POST /tokens, for programs' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'the cookie of POST /session; writes must come from a page of this site',
  },
} as const;

const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']> = {
  override: ({ zodSchema, jsonSchema }) => {
    const { type } = zodSchema._zod.def;
    // A 204 has no body; the document's builder recognises it by this type.
    if (type === 'undefined') jsonSchema.type = 'null';
    // Marks of the type system that say nothing about what is on the wire.
    delete jsonSchema.readOnly;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    // Replies may gain fields: a client that refuses what it does not know would break with each version.
    if (type === 'object' && !('catchall' in zodSchema._zod.def && zodSchema._zod.def.catchall))
      delete jsonSchema.additionalProperties;
  },
};

/** Must be registered before the routes that it shall list. */
export async function registerOpenApi(app: FastifyInstance, version: string, files: readonly RouteFile[]) {
  const addComponents = createJsonSchemaTransformObject({ zodToJsonConfig });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Shouwang 守望',
        version,
        description:
          'Times are epoch milliseconds; requests take RFC 3339 with an offset as well. Bodies are JSON in UTF-8, of at most 1 MB unless more is said (413 otherwise). Errors are problem+json (RFC 9457) with a stable `code`. Lists are paged: ask again with `cursor` set to `next`, and all else but `limit` as before. Everything is limited to the nodes of the tree on which the caller has a role.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        ...files.map(({ noun, summary }) => ({ name: noun, description: summary })),
        { name: 'operations', description: 'Health, readiness and metrics of the service' },
      ],
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: keepingHeaders(createJsonSchemaTransform({ zodToJsonConfig, skipList: [] })),
    transformObject: (document) => withoutUnused(addComponents(document)),
  });
}

type Transform = ReturnType<typeof createJsonSchemaTransform>;
type Responses = Record<string, { headers?: unknown }> | undefined;

/** The transform forgets the headers of an answer that says its content type. */
const keepingHeaders =
  (transform: Transform): Transform =>
  (input) => {
    const done = transform(input);
    const answers = (done.schema as { response?: Responses } | undefined)?.response;
    for (const [status, { headers }] of Object.entries((input.schema?.response as Responses) ?? {}))
      if (headers && answers?.[status]) answers[status].headers = headers;
    return done;
  };

/** Routes are the same in each server of a process, and what describes them is not changed by any. */
const schemas = new WeakMap<Route, FastifySchema>();

/** The part of Fastify's route options that describes a route, for validation and for the document. */
export function schemaOf(route: Route, noun: string): FastifySchema {
  const known = schemas.get(route) ?? describedBy(route, noun);
  schemas.set(route, known);
  return known;
}

function describedBy(route: Route, noun: string): FastifySchema {
  const described = {
    tags: [noun],
    operationId: operationId(route),
    summary: route.title,
    ...(route.description ? { description: route.description } : {}),
    security: route.needs === 'anyone' ? [] : [{ token: [] }, { session: [] }],
    ...(route.params ? { params: route.params } : {}),
    ...(route.query ? { querystring: route.query } : {}),
    ...(route.body ? { body: route.body } : {}),
    ...headersOf(route),
    response: {
      ...success(route),
      default: {
        description: 'A problem, named by its code',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  };
  return described as unknown as FastifySchema;
}

function success(route: Route): Record<number, unknown> {
  if (route.streams)
    return { 200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } } };
  if (!route.reply && route.answers)
    return { 200: { description: 'Done', content: contentOf(route.answers, z.string()) } };
  const empty = { 204: z.undefined().meta({ description: 'Done' }) };
  if (!route.reply) return empty;
  const content = contentOf(route.answers ?? ['application/json'], route.reply);
  const description = route.status === 201 ? 'Created' : 'Done';
  const headers = route.tagged ? { headers: etagHeader } : {};
  return { ...(route.mayBeEmpty && empty), [route.status ?? 200]: { description, ...headers, content } };
}

const contentOf = (types: readonly string[], schema: z.ZodType): object =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

const etagHeader = {
  etag: { type: 'string', description: 'names what was shown or stored; to be sent back as If-Match' },
};

function headersOf({ headers, idempotent }: Route): { headers?: z.ZodType } {
  const own = idempotent === 'by-itself' ? idempotencyHeader.partial() : idempotencyHeader;
  if (!headers) return idempotent ? { headers: own } : {};
  return { headers: idempotent ? own.extend(headers.shape) : headers };
}

const idempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'up to 200 visible ASCII characters')
    .meta({ description: 'chosen by the client, new for each change; a repeat gets the first answer' }),
});

/** `POST /cases/:id/notes` → `postCasesByIdNotes`. */
const operationId = ({ method, path }: Route): string =>
  method.toLowerCase() +
  path
    .split('/')
    .filter(Boolean)
    .map((part) => (part.startsWith(':') ? `By-${part.slice(1)}` : part))
    .join('-')
    .replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The schemas exist in a form for requests and one for replies; the document keeps those that something refers to. */
function withoutUnused<D extends object>(document: D): D {
  const { components, ...rest } = document as D & { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(rest);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...rest, components: { ...components, schemas: kept } } as unknown as D;
}
