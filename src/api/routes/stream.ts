import { z } from 'zod';
import { nodesWith, withService } from '../access.ts';
import { notesSight } from '../notes-sight.ts';
import { refuse } from '../problem.ts';
import { defineRoutes, route, TAKEN_OVER } from '../route.ts';

/** Events have no such id: whoever says something else has lost his place, and is told to load everything again. */
const NO_ID = Number.MAX_SAFE_INTEGER;

const idOf = (header: string | string[] | undefined): number | undefined =>
  header === undefined || header === ''
    ? undefined
    : /^\d{1,15}$/.test(String(header))
      ? Number(header)
      : NO_ID;

export default defineRoutes({
  noun: 'stream',
  summary: 'What happens, as it happens',
  routes: [
    route({
      method: 'GET',
      path: '/stream',
      needs: 'viewer',
      streams: true,
      title: 'Live stream of server-sent events (text/event-stream)',
      description:
        'Event names are alert, case, notice, registry, rules and device; `data` is JSON. Resumes after the id in the Last-Event-ID header or `after`; without either it begins with `hello`, whose id is the present one. `reset` says that what came after the id is no longer kept, or that it is no id: load everything again. A comment comes every 15 seconds. A reader that does not keep up is sent away and may resume. Behind nginx: `proxy_buffering off`.',
      headers: z.looseObject({
        'last-event-id': z.string().exactOptional().meta({
          description: 'id of the last event seen, as an EventSource sends it; goes before `after`',
        }),
      }),
      query: z.strictObject({
        after: z.coerce
          .number()
          .int()
          .nonnegative()
          .exactOptional()
          .meta({ description: 'id of the last event seen' }),
      }),
      handle: async ({ service, stream, callerOf, caller, visible, query, request, reply }) => {
        const resumed = idOf(request.headers['last-event-id']) ?? query.after;
        if (stream.full) {
          reply.header('retry-after', '5');
          return refuse('TOO_MANY_REQUESTS');
        }
        const rights = JSON.stringify(caller.roles);
        const stillAllowed = async () => {
          const now = await callerOf(request);
          return (
            now !== undefined &&
            nodesWith(now.roles, 'viewer').length > 0 &&
            JSON.stringify(now.roles) === rights
          );
        };
        void stream.serve(reply, {
          account: caller.id,
          paths: withService(service.registry, visible),
          seesNotes: notesSight(caller.roles),
          after: resumed,
          stillAllowed,
        });
        return TAKEN_OVER;
      },
    }),
  ],
});
