import { z } from 'zod';
import { ABOUTS } from '../../model/alert.ts';
import { isCovered, narrowed, withService } from '../access.ts';
import { refuse } from '../problem.ts';
import { flag, instant, pageRequest, paging, word } from '../query.ts';
import { pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { alertSchema, prioritySchema } from '../schemas.ts';

export default defineRoutes({
  noun: 'alerts',
  summary: "What the rules found, with each finding's evidence",
  routes: [
    route({
      method: 'GET',
      path: '/alerts',
      needs: 'viewer',
      title: 'Alerts, the newest first',
      query: z.strictObject({
        open: flag,
        path: word.meta({ description: 'a node: only what is below it' }),
        home: word,
        rule: word,
        about: z.enum(ABOUTS).exactOptional(),
        priority: prioritySchema.exactOptional(),
        raisedFrom: instant.exactOptional(),
        raisedTo: instant.exactOptional(),
        shadow: flag.meta({ description: 'those of rules in shadow, of which nobody was told' }),
        ...paging,
      }),
      reply: pageOf(alertSchema),
      handle: ({ service, visible, query: { limit: _, cursor: __, path, ...filter }, query }) =>
        service.records.alerts(
          { paths: narrowed(withService(service.registry, visible), path), ...filter },
          pageRequest(query),
        ),
    }),
    route({
      method: 'GET',
      path: '/alerts/:id',
      needs: 'viewer',
      title: 'An alert',
      params: z.object({ id: z.string().min(1).max(200) }),
      reply: alertSchema,
      handle: async ({ service, visible, params }) => {
        const alert = await service.records.alert(params.id);
        return alert && isCovered(visible, alert.path) ? alert : refuse('NOT_FOUND');
      },
    }),
  ],
});
