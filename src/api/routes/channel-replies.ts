import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { refuse } from '../problem.ts';
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
        // Guesses at a token are bounded as those at a password are.
        const waitS = await programs.wait(request);
        if (waitS !== undefined) {
          reply.header('retry-after', String(waitS));
          return refuse('TOO_MANY_REQUESTS', { retryAfterS: waitS });
        }
        const outcome = await service.receipts.take({
          channel,
          headers: request.headers,
          query: request.query as Record<string, unknown>,
          body: body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '',
        });
        switch (outcome) {
          case undefined:
            return refuse('NOT_FOUND');
          case 'not-signed':
            await programs.failed(request);
            return refuse('PUSH_NOT_KNOWN');
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
