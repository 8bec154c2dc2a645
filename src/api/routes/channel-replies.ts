import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { refuse, tooMany } from '../problem.ts';
import { defineRoutes, route, TAKEN_OVER } from '../route.ts';

export default defineRoutes({
  noun: 'channel-replies',
  summary: 'Receipts and answers that providers of channels push',
  routes: [
    route({
      method: 'POST',
      path: '/channel-replies/:channel',
      needs: 'anyone',
      title: 'Take what a provider says about notices',
      description:
        'Needs no account of the console: the channel checks the signature or token of its provider. Answered in the words that the provider wants to hear, after what it said is on disk; 503 where it should push again.',
      params: z.object({ channel: z.string().min(1).max(64) }),
      body: z.unknown().meta({ description: 'as the provider sends it' }),
      rawBody: true,
      answers: ['application/json', 'text/plain'],
      get bodyBytesMax() {
        return LIMITS.frameBytesMax;
      },
      handle: async ({ service, programs, request, reply, params: { channel }, body }) => {
        const outcome = await service.receipts.take({
          channel,
          headers: request.headers,
          query: request.query as Record<string, unknown>,
          body: body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '',
        });
        switch (outcome) {
          case undefined:
            return refuse('NOT_FOUND');
          case 'not-signed': {
            // A right signature was looked at before any bound: somebody's guesses hold back nobody's receipts.
            const guessed = await programs.attempt(
              { name: `channel ${channel}`, ip: request.ip },
              async () => false,
            );
            return typeof guessed === 'object' ? tooMany(reply, guessed.waitS) : refuse('PUSH_NOT_KNOWN');
          }
          case 'not-understood':
            return refuse('REQUEST_INVALID');
          case 'too-many':
            return refuse('TOO_MANY_REQUESTS');
          case 'not-ready':
            reply.header('retry-after', String(LIMITS.pushRetryAfterS));
            return refuse('NOT_READY');
        }
        await reply
          .header('cache-control', 'no-store')
          .code(outcome.status)
          .type(outcome.contentType ?? 'application/json')
          .send(outcome.body);
        return TAKEN_OVER;
      },
    }),
  ],
});
