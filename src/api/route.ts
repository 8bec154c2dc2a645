import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Locale } from '../model/text.ts';
import type { PermissionRole } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import type { Caller } from './access.ts';
import type { ImportParser } from './import.ts';
import type { Refusal } from './problem.ts';
import type { GuessLimits } from './sign-in-limits.ts';
import type { StreamHub } from './stream.ts';

/** What every route may use besides its own request. */
export interface ApiContext {
  readonly service: Service;
  /** The clock of people: sessions and tokens live by it, also where the service's clock runs fast. */
  readonly wall: Clock;
  readonly stream: StreamHub;
  readonly signIns: GuessLimits;
  readonly programs: GuessLimits;
  readonly demo: boolean;
  /** Simulated people work on its cases. */
  readonly simulatedStaff: boolean;
  /** Cookies only over TLS. */
  readonly secureCookies: boolean;
  readonly parseImport: ImportParser | undefined;
  /** Who sent this request, as of now: asked again while a stream stays open. */
  readonly callerOf: (request: FastifyRequest) => Promise<Caller | undefined>;
}

export interface RouteContext<P, Q, B> extends ApiContext {
  readonly caller: Caller;
  /** Nodes on which the caller has the role that the route needs. */
  readonly nodes: readonly string[];
  /** Nodes that the caller may read. */
  readonly visible: readonly string[];
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly locale: Locale;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Returned by a handler that answers on the socket by itself. */
export const TAKEN_OVER = Symbol('taken over');

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** Below /api/v1. */
  readonly path: string;
  /** The role that the caller must have on some node, `anyone` without signing in, `signed-in` with any account. */
  readonly needs: PermissionRole | 'signed-in' | 'anyone';
  /** The role must be held on the empty node: the route is about the whole service. */
  readonly everywhere?: boolean;
  readonly title: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Headers that mean something to the handler, which reads them from the request: a loose object. */
  readonly headers?: z.ZodObject;
  /** Absent: the answer is 204, or a stream. */
  readonly reply?: z.ZodType;
  /** There may be nothing to say: an outcome that is undefined is 204 all the same. */
  readonly mayBeEmpty?: true;
  /** The body is handed over as the bytes that came, of whatever type: a signature is one over bytes. */
  readonly rawBody?: boolean;
  /** Media types of the answer, where it is not JSON; without a `reply` the handler sends it by itself. */
  readonly answers?: readonly string[];
  /** The handler takes the socket over and sends events. */
  readonly streams?: boolean;
  /** The answer has the ETag of what it shows or changed. */
  readonly tagged?: boolean;
  /** 200 when absent. */
  readonly status?: 200 | 201;
  /** The Idempotency-Key header is required, and a repeat gets the first answer. `by-itself`: told twice, it changes nothing anyway, and may bear a key. */
  readonly idempotent?: true | 'by-itself';
  /** The answer is shown once: it is not kept, and a repeat is told so. */
  readonly secretAnswer?: boolean;
  /** The body holds a password: its fingerprint is a slow hash. */
  readonly secretBody?: boolean;
  /** Absent: `apiBodyBytesMax`, or `openBodyBytesMax` where anyone may ask. */
  readonly bodyBytesMax?: number;
  /** Absent: `apiBodyValuesMax`. */
  readonly bodyValuesMax?: number;
  readonly handle: (context: RouteContext<unknown, unknown, unknown>) => Promise<unknown>;
}

type Parsed<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

type EmptyOf<E> = E extends true ? undefined : never;

/** One route, typed by its schemas. Erased to `Route`, because a list holds routes of all types. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
  E extends true | undefined = undefined,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'reply' | 'mayBeEmpty' | 'handle'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly reply?: R;
    readonly mayBeEmpty?: E;
    readonly handle: (
      context: RouteContext<Parsed<P>, Parsed<Q>, Parsed<B>>,
    ) => Promise<(R extends z.ZodType ? z.output<R> : typeof TAKEN_OVER | undefined) | EmptyOf<E> | Refusal>;
  },
): Route {
  return definition as unknown as Route;
}

/** One resource of the API is one file in `src/api/routes/`: its default export is made by `defineRoutes`. */
export interface RouteFile {
  /** The tag under which the OpenAPI document lists the routes. */
  readonly noun: string;
  readonly summary: string;
  readonly routes: readonly Route[];
}

export function defineRoutes(file: RouteFile): RouteFile {
  return file;
}
