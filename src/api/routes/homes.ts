import { z } from 'zod';
import { isLongAbsence } from '../../model/absence.ts';
import { ABOUTS } from '../../model/alert.ts';
import { type Command, commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { covers } from '../../model/paths.ts';
import { awaySchema, type Home, homeSchema } from '../../model/registry.ts';
import { textSchema } from '../../model/text.ts';
import type { RegistryView } from '../../ports/service.ts';
import { isCovered, nodesWith } from '../access.ts';
import { homeSearch } from '../home-search.ts';
import { notesSight } from '../notes-sight.ts';
import { Refusal, refuse } from '../problem.ts';
import { moment, pageInMemory, paging } from '../query.ts';
import { homeDetailSchema, homeSummarySchema, pageOf } from '../replies.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';
import { homeDetail, homeSummary, visibleHome } from '../views.ts';

const watchSchema = z.object({
  rule: z.string(),
  kind: z.string(),
  device: z.string().exactOptional().meta({ description: 'absent: the rule is about the home as a whole' }),
  state: z.string().meta({
    description:
      'watching, open, resolved, no-device, never-reported, gateway-silent, device-silent, not-enrolled-yet, not-measuring, failed, not-worn, charging, away, area-outage, not-armed, too-coarse, too-sparse, too-little-use, exit-unseen, outside-hours, learning, no-visits, switched-off',
  }),
  until: instantSchema.exactOptional().meta({ description: 'when that ends by itself' }),
  learning: z
    .object({ known: z.number(), needed: z.number() })
    .exactOptional()
    .meta({ description: 'of so many days that it needs it knows so many; `until` is the earliest then' }),
  evaluatedAt: instantSchema.exactOptional().meta({ description: 'when it last looked' }),
  nextDue: instantSchema.exactOptional().meta({ description: 'when it looks next even if nothing comes' }),
  usual: textSchema.exactOptional().meta({ description: 'what it has learned to be usual here' }),
  maskedBy: z
    .string()
    .exactOptional()
    .meta({ description: 'the rule that has found what may blind it: a leak, for rules about low use' }),
  fault: z
    .object({
      since: instantSchema,
      at: instantSchema,
      count: z.number(),
      error: z.string(),
      state: z.string().exactOptional().meta({ description: 'what it remembered when it failed first' }),
    })
    .exactOptional()
    .meta({ description: 'a defect of the rule that showed here lately: it has begun anew' }),
  own: z
    .array(
      z.object({
        author: z.string(),
        reason: z.string(),
        plan: z.string().exactOptional().meta({ description: 'the plan that the home was given' }),
      }),
    )
    .readonly()
    .exactOptional()
    .meta({ description: 'overrides of this home that change the rule: who decided so, and why' }),
  shadow: z.boolean(),
  about: z.enum(ABOUTS),
  title: textSchema.meta({ description: 'what the rule is called' }),
});

// Who registers it is whoever asks.
const { by: _, via: __, ...period } = awaySchema.shape;
const awayBody = { ...period, from: moment, until: moment };

const homeId = z.object({ id: z.string().min(1).max(200) });

export default defineRoutes({
  noun: 'homes',
  summary: 'Homes with who lives there, whom to call and what hangs on the wall',
  routes: [
    route({
      method: 'GET',
      path: '/homes',
      needs: 'viewer',
      title: 'Homes, by id',
      query: z.strictObject({
        path: z.string().max(400).exactOptional().meta({ description: 'a node: only what is below it' }),
        q: z.string().trim().max(100).exactOptional().meta({
          description:
            'words, each in the places above and the door (“8号楼1单元402”), the id, the address, the name of a resident, the id of a device, or (four digits and more, by who may see it) a telephone number of a resident or contact',
        }),
        ...paging,
      }),
      reply: pageOf(homeSummarySchema),
      handle: async ({ service, caller, visible, query }) => {
        const { registry } = service;
        const sees = notesSight(caller.roles);
        const isFound = query.q ? homeSearch(registry, query.q, sees) : () => true;
        const page = await pageInMemory(
          registry.homes(),
          ({ id }) => id,
          query,
          (home) => isVisible(registry, visible, query.path, home) && isFound(home),
        );
        return { ...page, items: page.items.map((home) => homeSummary(service, home, sees)) };
      },
    }),
    route({
      method: 'GET',
      path: '/homes/:id',
      needs: 'viewer',
      title: 'A home with residents, contacts, devices and open alerts',
      params: z.object({ id: z.string().min(1).max(200) }),
      reply: homeDetailSchema,
      handle: async ({ service, caller, visible, params }) => {
        const found = visibleHome(service.registry, visible, params.id);
        if (!found) return refuse('HOME_NOT_FOUND');
        return homeDetail(service, found, notesSight(caller.roles)(found.path));
      },
    }),
    route({
      method: 'GET',
      path: '/homes/:id/watch',
      needs: 'viewer',
      title: 'What each rule does about a home at this moment, and why not where it does nothing',
      params: z.object({ id: z.string().min(1).max(200) }),
      reply: z.object({ items: z.array(watchSchema) }),
      handle: async ({ service, visible, params }) => {
        const found = visibleHome(service.registry, visible, params.id);
        const items = found && service.watch(found.home.id);
        return items ? { items: [...items] } : refuse('HOME_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/away',
      needs: 'responder',
      idempotent: true,
      title: 'Register a period of absence; one that begins at the same instant is replaced',
      params: homeId,
      body: z.strictObject(awayBody),
      reply: z.object({ home: homeSchema }),
      description: `Whoever is responsible for the home hears of it. At most ${LIMITS.awayDaysMax} days from now; of an operator, with a note that says why, ${LIMITS.awayLongDaysMax}.`,
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const operator = nodesWith(caller.roles, 'operator');
        const isOperator = isCovered(operator, service.registry.homePath(params.id) ?? '');
        if (isLongAbsence(body, service.clock.now()) && !isOperator) return refuse('AWAY_TOO_LONG');
        return change(context, { type: 'home.away', home: params.id, period: body });
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/away-answer',
      needs: 'responder',
      idempotent: true,
      title: 'Answer the question after a period of absence: back, longer, moved out or deceased',
      params: homeId,
      body: z.strictObject(commandSchemas['home.answer'].omit({ home: true, via: true }).shape),
      reply: z.object({ home: homeSchema }),
      handle: (context) => change(context, { type: 'home.answer', home: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/homes/:id/back',
      needs: 'responder',
      idempotent: true,
      title: 'End a period of absence now, or take back one that has not begun',
      params: homeId,
      body: z.strictObject({ from: moment.meta({ description: 'when that period begins' }) }),
      reply: z.object({ home: homeSchema }),
      handle: (context) => {
        const { service, params, body } = context;
        return change(context, {
          type: 'home.back',
          home: params.id,
          from: body.from,
          at: service.clock.now(),
        });
      },
    }),
  ],
});

async function change(
  { service, visible, nodes, caller, params: { id } }: RouteContext<{ id: string }, unknown, unknown>,
  command: Command,
): Promise<{ home: Home } | Refusal> {
  const before = visibleHome(service.registry, visible, id);
  if (!before) return refuse('HOME_NOT_FOUND');
  if (!isCovered(nodes, before.path)) return refuse('NOT_ALLOWED', { role: 'responder', node: before.path });
  const answer = await service.submit(command, caller.name);
  return answer.ok ? { home: service.registry.home(id) ?? before.home } : new Refusal(answer.failure);
}

function isVisible(
  registry: RegistryView,
  visible: readonly string[],
  below: string | undefined,
  home: Home,
): boolean {
  const path = registry.homePath(home.id);
  return path !== undefined && isCovered(visible, path) && (below === undefined || covers(below, path));
}
