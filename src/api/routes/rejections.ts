import { z } from 'zod';
import type { Page, StoredRejection } from '../../ports/records.ts';
import type { RegistryView } from '../../ports/service.ts';
import { isEverywhere } from '../access.ts';
import { pageRequest, paging, word } from '../query.ts';
import { pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema, rejectionCountSchema, rejectionReasonSchema, rejectionSchema } from '../schemas.ts';
import { visibleDevice } from '../views.ts';

/** Pages of the store that are searched for one page of an operator who may see only some of the devices. */
const PAGES_SEARCHED_MAX = 20;

export default defineRoutes({
  noun: 'rejections',
  summary: 'Messages and values that were not taken, each with its reason',
  routes: [
    route({
      method: 'GET',
      path: '/rejections',
      needs: 'operator',
      title: 'Rejections, the newest first, with the payload as it came',
      description:
        'An operator of a part of the tree sees those of known devices in it; a page may then be short though there is a next one.',
      query: z.strictObject({ reason: rejectionReasonSchema.exactOptional(), device: word, ...paging }),
      reply: pageOf(rejectionSchema),
      handle: async ({ service, nodes, query: { limit: _, cursor: __, ...filter }, query }) => {
        let page: Page<StoredRejection> = { items: [], ...startOf(query.cursor) };
        for (let searched = 0; searched < PAGES_SEARCHED_MAX; searched++) {
          const cursor = page.next;
          const request = pageRequest({ limit: query.limit, ...(cursor === undefined ? {} : { cursor }) });
          page = await service.records.rejections(filter, request);
          const items = page.items.filter(maySee(service.registry, nodes));
          page = { ...page, items };
          if (items.length > 0 || page.next === undefined) break;
        }
        return page;
      },
    }),
    route({
      method: 'GET',
      path: '/rejections/counts',
      needs: 'operator',
      title: 'How often each reason was given, in the whole service since its beginning',
      reply: z.object({
        items: z.array(rejectionCountSchema),
        refusedLogins: z
          .object({ count: z.number().int(), lastAt: instantSchema.exactOptional() })
          .meta({ description: 'logins that were refused since the start: of these nothing else came' }),
      }),
      handle: async ({ service }) => {
        const { names: _, ...refusedLogins } = service.refusedLogins();
        return { items: await service.records.rejectionCounts(), refusedLogins };
      },
    }),
  ],
});

const startOf = (cursor: string | undefined): { next?: string } =>
  cursor === undefined ? {} : { next: cursor };

/** What nobody knows belongs to no node, and only who sees everything sees it. */
const maySee =
  (registry: RegistryView, nodes: readonly string[]) =>
  ({ device }: StoredRejection): boolean =>
    isEverywhere(nodes) || (device !== undefined && visibleDevice(registry, nodes, device) !== undefined);
