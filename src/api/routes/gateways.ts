import { z } from 'zod';
import type { Gateway } from '../../model/registry.ts';
import type { Service } from '../../ports/service.ts';
import { isCovered } from '../access.ts';
import { Refusal, refuse } from '../problem.ts';
import { flag, pageInMemory, paging } from '../query.ts';
import { pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { type GatewayDetail, gatewayDetailSchema } from '../schemas.ts';

const params = z.object({ id: z.string().min(1).max(200) });

function detailOf(service: Service, { secretHash: _, ...gateway }: Gateway): GatewayDetail {
  const status = service.gatewayStatus(gateway.id) ?? { gateway: gateway.id, silent: false, devices: 0 };
  return { gateway, status };
}

export default defineRoutes({
  noun: 'gateways',
  summary: 'What devices speak through, and how it stands with it; changed under /registry/gateway',
  routes: [
    route({
      method: 'GET',
      path: '/gateways',
      needs: 'viewer',
      title: 'Gateways with their state, by id',
      query: z.strictObject({
        refused: flag.meta({ description: 'whether its logins were refused since it was last connected' }),
        ...paging,
      }),
      reply: pageOf(gatewayDetailSchema),
      handle: async ({ service, visible, query }) => {
        const page = await pageInMemory(
          service.registry.gateways(),
          ({ id }) => id,
          query,
          ({ id, parent }) =>
            isCovered(visible, parent) &&
            (query.refused === undefined ||
              (service.gatewayStatus(id)?.refused !== undefined) === query.refused),
        );
        return { ...page, items: page.items.map((gateway) => detailOf(service, gateway)) };
      },
    }),
    route({
      method: 'GET',
      path: '/gateways/:id',
      needs: 'viewer',
      title: 'A gateway with its state',
      params,
      reply: gatewayDetailSchema,
      handle: async ({ service, visible, params: { id } }) => {
        const gateway = service.registry.gateway(id);
        if (!gateway || !isCovered(visible, gateway.parent)) return refuse('NOT_FOUND');
        return detailOf(service, gateway);
      },
    }),
    route({
      method: 'POST',
      path: '/gateways/:id/secret',
      needs: 'operator',
      idempotent: true,
      secretAnswer: true,
      title: 'Make a new secret for the gateway; it is shown once and the old one ends',
      params,
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
