import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { visitorSchema } from '../../model/registry.ts';
import { isCovered } from '../access.ts';
import { type Refusal, refuse } from '../problem.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';
import { visibleHome } from '../views.ts';

const homeId = z.object({ id: z.string().min(1).max(200) });

const linkSchema = z.object({
  visitor: visitorSchema,
  name: z.string(),
  relation: z.string(),
  link: z
    .object({
      until: instantSchema,
      madeAt: instantSchema,
      madeBy: z.string(),
      usedAt: instantSchema.exactOptional().meta({ description: 'when it last changed something' }),
    })
    .exactOptional()
    .meta({ description: 'absent: there is none that is good' }),
});
const endedSchema = z.object({
  home: z.string(),
  path: z.string().meta({ description: 'where the home is' }),
  visitor: visitorSchema,
  name: z.string(),
  relation: z.string(),
  until: instantSchema.meta({ description: 'how long it would have been good' }),
  madeAt: instantSchema,
  madeBy: z.string(),
});
export type HomeLinkReply = z.output<typeof linkSchema>;
export type EndedLinkReply = z.output<typeof endedSchema>;

export default defineRoutes({
  noun: 'home-links',
  summary: 'Personal links over which residents and their family register absences',
  routes: [
    route({
      method: 'GET',
      path: '/homes/:id/links',
      needs: 'responder',
      title: 'Who of a home may have a personal link, and who has one',
      params: homeId,
      reply: z.object({ items: z.array(linkSchema).readonly() }),
      handle: async (context) => {
        const refusal = refusalOf(context);
        return refusal ?? { items: await context.service.homeDoor.linksOf(context.params.id) };
      },
    }),
    route({
      method: 'GET',
      path: '/home-links/ended',
      needs: 'responder',
      title:
        'Whose personal link opens nothing since the key of links is another, as after an upgrade or a restore',
      reply: z.object({ items: z.array(endedSchema).readonly() }),
      handle: async ({ service, nodes }) => {
        const ended = await service.homeDoor.endedByKey();
        const items = ended.flatMap((link) => {
          const path = service.registry.homePath(link.home);
          return path !== undefined && isCovered(nodes, path) ? [{ ...link, path }] : [];
        });
        return { items };
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/links',
      needs: 'responder',
      idempotent: true,
      secretAnswer: true,
      title: 'Make a personal link for a resident or a contact; it is shown once, and the one before ends',
      params: homeId,
      body: z.strictObject({
        visitor: visitorSchema,
        days: z.int().min(1).max(LIMITS.homeLinkDaysMax).default(LIMITS.homeLinkDays),
      }),
      reply: z.object({
        path: z.string(),
        url: z.string().exactOptional().meta({ description: 'where http.publicUrl is configured' }),
        until: instantSchema,
      }),
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const refusal = refusalOf(context);
        if (refusal) return refusal;
        const made = await service.homeDoor.make(params.id, body.visitor, body.days, caller.name);
        return made ?? refuse('VISITOR_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/links/revoke',
      needs: 'responder',
      idempotent: true,
      title: 'Withdraw the personal link of a resident or a contact',
      params: homeId,
      body: z.strictObject({ visitor: visitorSchema }),
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const refusal = refusalOf(context);
        if (refusal) return refusal;
        const done = await service.homeDoor.revoke(params.id, body.visitor, caller.name);
        return done ? undefined : refuse('VISITOR_NOT_FOUND');
      },
    }),
  ],
});

function refusalOf({
  service,
  visible,
  nodes,
  params: { id },
}: RouteContext<{ id: string }, unknown, unknown>): Refusal | undefined {
  const home = visibleHome(service.registry, visible, id);
  if (!home) return refuse('HOME_NOT_FOUND');
  return isCovered(nodes, home.path)
    ? undefined
    : refuse('NOT_ALLOWED', { role: 'responder', node: home.path });
}
