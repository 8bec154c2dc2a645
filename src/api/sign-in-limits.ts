import '@fastify/rate-limit';
import type { RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LIMITS } from '../model/limits.ts';

/**
 * Guesses at passwords are bounded for each account and for each address. Only failures count, so that people who
 * know their password do not lock out the office that they share an address with.
 */
export interface SignInLimits {
  /** Seconds to wait, or undefined when a password may be tried now. */
  wait(request: FastifyRequest): Promise<number | undefined>;
  failed(request: FastifyRequest): Promise<void>;
  /** Runs a password check unless too many run already: each takes 32 MB for the time it takes. */
  check(run: () => Promise<boolean>): Promise<boolean | 'busy'>;
}

export function signInLimits(
  app: FastifyInstance,
  maximum: { readonly perAccount: number; readonly perAddress: number } = {
    perAccount: LIMITS.signInsPerAccountMax,
    perAddress: LIMITS.signInsPerAddressMax,
  },
): SignInLimits {
  return guessLimits(app, [
    { max: maximum.perAccount, keyGenerator: (request) => `account:${accountOf(request.body)}` },
    { max: maximum.perAddress },
  ]);
}

/** The same for secrets of programs, apart from people: a program with a wrong secret locks nobody out of the console. */
export const programLimits = (app: FastifyInstance): SignInLimits =>
  guessLimits(app, [
    { max: LIMITS.signInsPerAddressMax, keyGenerator: (request) => `program:${request.ip}` },
  ]);

function guessLimits(app: FastifyInstance, bounds: readonly RateLimitOptions[]): SignInLimits {
  const limiters = bounds.map((bound) =>
    app.createRateLimit({ ...bound, timeWindow: LIMITS.signInWindowMs }),
  );
  let running = 0;
  return {
    async wait(request) {
      for (const limiter of limiters) {
        const answer = await limiter(request, { increment: false });
        if (!answer.isAllowed && answer.remaining === 0) return Math.max(1, answer.ttlInSeconds);
      }
      return undefined;
    },
    async failed(request) {
      for (const limiter of limiters) await limiter(request);
    },
    async check(run) {
      if (running >= LIMITS.passwordChecksMax) return 'busy';
      running++;
      try {
        return await run();
      } finally {
        running--;
      }
    },
  };
}

const accountOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'user' in body ? String(body.user).toLowerCase() : '';
