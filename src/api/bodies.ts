import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { beyondBounds } from '../lib/json-shape.ts';
import { LIMITS } from '../model/limits.ts';
import { issuesOf } from './issue-words.ts';
import { RequestInvalid } from './problem.ts';

/** How bodies are read and checked: what is refused costs no more than its bytes did. */
export function readBodies(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => {
    // A request without a body is one with an empty body: what it lacks is then named.
    return (data: unknown) => validate(schema, httpPart === 'body' ? (data ?? {}) : data);
  });
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    // RFC 8259 has no other encoding. GBK read as UTF-8 would be kept as a name of nothing but question marks.
    if (!isUtf8(bytes as Buffer)) return done(new BodyNotUtf8());
    const body = bytes.toString('utf8');
    const { bodyValuesMax: valuesMax = LIMITS.apiBodyValuesMax } = request.routeOptions.config as BodyConfig;
    const broken = beyondBounds(body, { nestingMax: LIMITS.apiBodyNestingMax, valuesMax });
    if (broken)
      done(new BodyTooMuch({ [broken]: broken === 'valuesMax' ? valuesMax : LIMITS.apiBodyNestingMax }));
    else parseJson(request, body, done);
  });
}

/** How many values a body of this route may hold. */
interface BodyConfig {
  readonly bodyValuesMax?: number;
}

export class BodyNotUtf8 extends Error {
  constructor() {
    super('the body is not UTF-8');
  }
}

/** A body of few bytes that would be a lot of work. */
export class BodyTooMuch extends Error {
  readonly bound: Readonly<Record<string, number>>;

  constructor(bound: Readonly<Record<string, number>>) {
    super('the body holds too much');
    this.bound = bound;
  }
}

/** The words come later, for what is told: here none are made, however much is wrong. */
const UNSAID = { error: () => '' };

function validate(schema: z.ZodType, data: unknown): { value: unknown } | { error: RequestInvalid } {
  const parsed = schema.safeParse(data, UNSAID);
  if (parsed.success) return { value: parsed.data };
  const { issues } = parsed.error;
  const issuesIn = (locale: 'zh' | 'en') => issuesOf(issues, schema, data, locale);
  return { error: new RequestInvalid({ zh: issuesIn('zh'), en: issuesIn('en') }, issues.length) };
}
