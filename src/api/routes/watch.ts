import { z } from 'zod';
import { covers } from '../../model/paths.ts';
import type { Home } from '../../model/registry.ts';
import type { RegistryView } from '../../ports/service.ts';
import { isCovered } from '../access.ts';
import { notesSight } from '../notes-sight.ts';
import { pageInMemory, paging, several, word } from '../query.ts';
import { homeWatchSchema, pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { homeSummary } from '../views.ts';

const level = z.enum(['unwatched', 'partly', 'away']);

export default defineRoutes({
  noun: 'watch',
  summary: 'Who is not watched, and why',
  routes: [
    route({
      method: 'GET',
      path: '/watch',
      needs: 'viewer',
      title: 'Homes that are not fully watched, by id, with the reasons',
      description:
        'What a home is found to be may be half a minute old. `unwatched`: no rule would find that something happened to the person, or nobody could be told of it (`nobody-to-tell`). `partly`: some would. `away`: a period of absence is under way.',
      query: z.strictObject({
        level: several(level),
        path: word.meta({ description: 'a node: only what is below it' }),
        gateway: word.meta({ description: 'only homes of which a device speaks through this gateway' }),
        ...paging,
      }),
      reply: pageOf(homeWatchSchema),
      handle: async ({ service, caller, visible, query }) => {
        const { registry } = service;
        const wanted = new Set<string>(query.level ?? level.options);
        const behind = query.gateway === undefined ? undefined : homesBehind(registry, query.gateway);
        const page = await pageInMemory(
          behind ?? registry.homes(),
          ({ id }) => id,
          query,
          ({ id }) => {
            const path = registry.homePath(id);
            if (path === undefined || !isCovered(visible, path)) return false;
            if (query.path !== undefined && !covers(query.path, path)) return false;
            return wanted.has(service.watchSummary(id)?.level ?? 'full');
          },
        );
        const sees = notesSight(caller.roles);
        const items = page.items.map((home) => {
          const { level = 'partly', reasons = [] } = service.watchSummary(home.id) ?? {};
          return { ...homeSummary(service, home, sees), level, reasons };
        });
        return { ...page, items };
      },
    }),
  ],
});

/** Each once, however many devices it has there. */
function homesBehind(registry: RegistryView, gateway: string): readonly Home[] {
  const homes = new Set(registry.behind(gateway).map((id) => registry.device(id)?.home));
  return [...homes].flatMap((id) => (id === undefined ? [] : (registry.home(id) ?? [])));
}
