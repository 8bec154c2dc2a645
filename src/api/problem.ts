import { z } from 'zod';
import { ERRORS, type ErrorCode, type Failure } from '../model/errors.ts';
import type { Locale, Text } from '../model/text.ts';

/** One thing that is wrong with a request: where, by which rule, and in words. */
export interface ProblemIssue {
  /** JSON Pointer below the part of the request: `/roles/0/node`. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457. `type` is a name and not an address: nothing is behind it, and it never changes. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'urn:shouwang:problem:<code in lower case>' }),
    title: z.string().meta({ description: 'in the language of the request' }),
    status: z.number().int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    instance: z.string(),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()).exactOptional(),
    in: z
      .enum(['body', 'querystring', 'params', 'headers'])
      .exactOptional()
      .meta({ description: 'which part of the request the issues are about' }),
    issues: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problemSchema>;

export type RequestPart = 'body' | 'querystring' | 'params' | 'headers';

/** What of a request is wrong, where only its handler can see that. */
interface WrongPlace extends Omit<ProblemIssue, 'message'> {
  readonly part: RequestPart;
  readonly message: Text;
}

/** An expected "no" of a route: becomes a problem+json reply with the status of its code. */
export class Refusal {
  readonly failure: Failure;
  readonly #wrong: readonly WrongPlace[];

  constructor(failure: Failure, wrong: readonly WrongPlace[] = []) {
    this.failure = failure;
    this.#wrong = wrong;
  }

  /** Beside the problem itself: the same as where the request does not fit its schema. */
  places(locale: Locale): Pick<Problem, 'in' | 'issues'> {
    const [first] = this.#wrong;
    if (!first) return {};
    const told = this.#wrong.map(({ pointer, code, message }) => ({
      pointer,
      code,
      message: message[locale],
    }));
    return { in: first.part, issues: told };
  }
}

/** A request that fits its schema, and is wrong at this place all the same. */
export const refuseAt = (
  part: RequestPart,
  { pointer, code }: Omit<ProblemIssue, 'message'>,
  message: Text,
): Refusal => new Refusal({ code: 'REQUEST_INVALID' }, [{ part, pointer, code, message }]);

export const refuse = (code: ErrorCode, details?: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal(details ? { code, details } : { code });

/** Asked too often: when it may be asked again. */
export function tooMany(reply: { header(name: string, value: string): unknown }, waitS: number): Refusal {
  reply.header('retry-after', String(waitS));
  return refuse('TOO_MANY_REQUESTS', { retryAfterS: waitS });
}

/** A request that does not fit its schema, with the first of what is wrong and the count of all; the messages in both languages, because the schema does not know the reader. */
export class RequestInvalid extends Error {
  readonly issues: Readonly<Record<Locale, readonly ProblemIssue[]>>;
  readonly count: number;
  /** Set by Fastify: which part of the request was checked. */
  validationContext?: RequestPart;

  constructor(issues: Readonly<Record<Locale, readonly ProblemIssue[]>>, count: number) {
    super('the request does not fit its schema');
    this.issues = issues;
    this.count = count;
  }
}

export function problemOf(
  { code, details }: Failure,
  request: { readonly locale: Locale; readonly instance: string; readonly requestId: string },
): Problem {
  const error = ERRORS[code];
  return {
    type: `urn:shouwang:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: error[request.locale],
    status: error.status,
    code,
    instance: request.instance,
    requestId: request.requestId,
    ...(details ? { details: told(details, request.locale) } : {}),
  };
}

/** What stands there in both languages is told in one. */
function told(details: NonNullable<Failure['details']>, locale: Locale): Record<string, unknown> {
  const one = (value: unknown): unknown => (isText(value) ? value[locale] : value);
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(one) : one(value),
    ]),
  );
}

const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && Object.keys(value).sort().join() === 'en,zh';

/** The first of our languages by the weights of Accept-Language; Chinese when it says nothing that we speak. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((p) => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find(Boolean);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'zh';
}
