import { z } from 'zod';
import { isCovered } from '../access.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';

export default defineRoutes({
  noun: 'gateways',
  summary: 'What devices speak through; listed and changed under /registry/gateway',
  routes: [
    route({
      method: 'POST',
      path: '/gateways/:id/secret',
      needs: 'operator',
      idempotent: true,
      secretAnswer: true,
      title: 'Make a new secret for the gateway; it is shown once and the old one ends',
      params: z.object({ id: z.string().min(1).max(200) }),
      reply: z.object({ secret: z.string() }),
      handle: async ({ service, visible, nodes, caller, params: { id } }) => {
        const gateway = service.registry.gateway(id);
        if (!gateway || !isCovered(visible, gateway.parent)) return refuse('NOT_FOUND');
        if (!isCovered(nodes, gateway.parent))
          return refuse('NOT_ALLOWED', { role: 'operator', node: gateway.parent });
        const issued = await service.issueSecret({ noun: 'gateway', id }, caller.name);
        return 'failure' in issued ? new Refusal(issued.failure) : issued;
      },
    }),
  ],
});
