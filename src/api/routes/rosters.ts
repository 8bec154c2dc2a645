import { z } from 'zod';
import { dayOf } from '../../lib/recurrence.ts';
import { type Command, type CommandBody, commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { covers } from '../../model/paths.ts';
import type { RosterDefinition, RosterGap } from '../../model/roster.ts';
import type { Service } from '../../ports/service.ts';
import { isCovered, isEverywhere } from '../access.ts';
import { doerOf } from '../people.ts';
import { Refusal, refuse } from '../problem.ts';
import { instant, moment } from '../query.ts';
import {
  dutyShiftSchema,
  leaveOutlookSchema,
  rosterFaultSchema,
  rosterGapSchema,
  rosterSummarySchema,
  rosterViewSchema,
} from '../roster-schemas.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';

const rosterId = z.object({ id: z.string().min(1).max(64) });
const viewReply = z.object({
  roster: rosterViewSchema,
  me: z.string().exactOptional().meta({
    description:
      'the member whom whoever asks is: of one account and one member of this name, where the account reaches all places of the member',
  }),
});
const leaveReply = viewReply.extend({
  opens: z
    .array(rosterGapSchema)
    .meta({ description: 'times in which nobody could be called because of it' }),
});
const { roster: _, ...swapBody } = commandSchemas['roster.swap'].shape;
const { roster: __, ...undoBody } = commandSchemas['roster.undo-swap'].shape;
const { staff: ___, ...leaveBody } = commandSchemas['roster.leave'].shape;
const { roster: ____, ...noteBody } = commandSchemas['roster.note'].shape;
const member = commandSchemas['roster.leave'].shape.staff.meta({
  description: 'id of a member or substitute of the roster',
});

type Context = RouteContext<{ id: string }, unknown, unknown>;

export default defineRoutes({
  noun: 'rosters',
  summary: 'Who is on duty when, and what people change about it',
  routes: [
    route({
      method: 'GET',
      path: '/rosters',
      needs: 'viewer',
      title: 'Rosters with who is on duty now, and the gaps that were found in advance',
      reply: z.object({
        items: z.array(rosterSummarySchema),
        lookedAt: instantSchema.meta({ description: 'when gaps were last looked for' }),
        lookedUntil: instantSchema.meta({ description: 'how far ahead' }),
        gaps: z.array(rosterGapSchema),
        faults: z.array(rosterFaultSchema),
      }),
      handle: async ({ service, visible }) => {
        const { all, report } = service.rosters;
        const seen = all.filter((roster) => maySee(visible, roster));
        const ids = new Set(seen.map(({ id }) => id));
        return {
          items: seen.flatMap(({ id }) => summaryOf(service, id) ?? []),
          lookedAt: report.at,
          lookedUntil: report.until,
          gaps: report.gaps.filter(({ roster }) => ids.has(roster)),
          faults: report.faults.filter(({ where }) => isEverywhere(visible) || ids.has(where)),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/rosters/:id',
      needs: 'viewer',
      title: 'A roster with who is on duty now, swaps, leave, hand-over notes and gaps',
      params: rosterId,
      reply: viewReply,
      handle: async (context) => {
        const { service, visible, params } = context;
        const { id } = params;
        if (!visibleRoster(service, visible, id)) return refuse('ROSTER_NOT_FOUND');
        return (await viewOf(context)) ?? refuse('ROSTER_NOT_FOUND');
      },
    }),
    route({
      method: 'GET',
      path: '/rosters/:id/shifts',
      needs: 'viewer',
      title: 'The shifts of a roster that touch a period, with who serves them',
      params: rosterId,
      query: z.strictObject({ from: instant, to: instant }),
      reply: z.object({ items: z.array(dutyShiftSchema) }),
      handle: async ({ service, visible, params: { id }, query: { from, to } }) => {
        if (!visibleRoster(service, visible, id)) return refuse('ROSTER_NOT_FOUND');
        if (to <= from || to - from > LIMITS.rosterPeriodMsMax)
          return refuse('PERIOD_TOO_LONG', { maxDays: LIMITS.rosterPeriodMsMax / 86_400_000 });
        return { items: [...(service.rosters.shifts(id, from, to) ?? [])] };
      },
    }),
    route({
      method: 'POST',
      path: '/rosters/:id/swaps',
      needs: 'responder',
      idempotent: true,
      title: 'Let others serve shifts: one replacement, or two for an exchange; all of them, or none',
      params: rosterId,
      body: z.strictObject(swapBody),
      reply: viewReply,
      handle: (context) =>
        change(context, { type: 'roster.swap', roster: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/rosters/:id/swaps/undo',
      needs: 'responder',
      idempotent: true,
      title: 'Take back every swap of one shift',
      params: rosterId,
      body: z.strictObject({
        ...undoBody,
        date: undoBody.date.refine((date) => dayOf(date) !== undefined, 'a day that there is, as 2026-03-01'),
      }),
      reply: viewReply,
      handle: (context) =>
        change(context, { type: 'roster.undo-swap', roster: context.params.id, ...context.body }),
    }),
    route({
      method: 'GET',
      path: '/rosters/:id/leave',
      needs: 'responder',
      title: 'What a leave would do, before it is registered: who stands in when, and where nobody does',
      params: rosterId,
      query: z.strictObject({ staff: member, from: instant, until: instant }),
      reply: leaveOutlookSchema,
      handle: outlookOn,
    }),
    route({
      method: 'POST',
      path: '/rosters/:id/leave',
      needs: 'responder',
      idempotent: true,
      title:
        'Register leave of a member: substitutes stand in. One that begins at the same instant is replaced',
      description:
        'Their own leave anybody may register and end who sees the roster: who has the name of the member, alone among accounts and staff, and rights wherever the member stands. The answer says at once which gaps it opens.',
      params: rosterId,
      body: z.strictObject({ ...leaveBody, staff: member, from: moment, until: moment }),
      reply: leaveReply,
      handle: takeLeave,
    }),
    route({
      method: 'POST',
      path: '/rosters/:id/return',
      needs: 'responder',
      idempotent: true,
      title: 'End a leave now, or take back one that has not begun',
      params: rosterId,
      body: z.strictObject({
        staff: member,
        from: moment.meta({ description: 'when that leave begins' }),
      }),
      reply: viewReply,
      handle: (context) => {
        const at = context.service.clock.now();
        return change(context, { type: 'roster.return', at, ...context.body }, context.body.staff);
      },
    }),
    route({
      method: 'POST',
      path: '/rosters/:id/notes',
      needs: 'responder',
      idempotent: true,
      title: 'Leave words for whoever is on duty next',
      params: rosterId,
      body: z.strictObject(noteBody),
      reply: viewReply,
      handle: (context) => note(context, { type: 'roster.note', roster: context.params.id, ...context.body }),
    }),
  ],
});

/** Who is responsible for what the caller sees is seen as well, though the roster's place lies above. */
const maySee = (visible: readonly string[], { node }: RosterDefinition): boolean =>
  isCovered(visible, node) || visible.some((each) => covers(node, each));

function visibleRoster(
  service: Service,
  visible: readonly string[],
  id: string,
): RosterDefinition | undefined {
  const roster = service.rosters.all.find((one) => one.id === id);
  return roster && maySee(visible, roster) ? roster : undefined;
}

function summaryOf(service: Service, id: string): z.output<typeof rosterSummarySchema> | undefined {
  const view = service.rosters.view(id);
  return (
    view && {
      id,
      name: view.roster.name,
      node: view.roster.node,
      timeZone: view.timeZone,
      called: [...view.called],
      shifts: [...view.shifts],
    }
  );
}

/** Swaps and leave are the affair of who answers for the roster's place. */
async function change(context: Context, command: Command, staff?: string) {
  const { service, visible, nodes, params } = context;
  const roster = visibleRoster(service, visible, params.id);
  if (!roster) return refuse('ROSTER_NOT_FOUND');
  const isOwn = staff !== undefined && staff === (await memberOf(context));
  if (!isOwn && !isCovered(nodes, roster.node))
    return refuse('NOT_ALLOWED', { role: 'responder', node: roster.node });
  const members = service.rosters.view(params.id)?.members ?? [];
  if (staff !== undefined && !members.some(({ id }) => id === staff))
    return refuse('STAFF_NOT_FOUND', { staff });
  return submit(context, command);
}

/**
 * Which member whoever asks is. A name alone is given by whoever makes an account: it is them only where one account and one
 * member of staff bear it, and the account reaches wherever the member stands, so that whoever made it answers for them too.
 */
async function memberOf({ service, caller, visible, params }: Context): Promise<string | undefined> {
  const { staff } = await doerOf(service, caller);
  const members = service.rosters.view(params.id)?.members ?? [];
  if (staff === undefined || !members.some(({ id }) => id === staff)) return undefined;
  const entry = service.registry.entry('staff', staff);
  const places = entry?.noun === 'staff' ? entry.roles : [];
  const isReached = places.length > 0 && places.every(({ node }) => isCovered(visible, node));
  return isReached ? staff : undefined;
}

/** Of rosters that the reader sees: for all others there is nothing that they could arrange. */
async function outlookOn({
  service,
  visible,
  params,
  query,
}: RouteContext<{ id: string }, { staff: string; from: number; until: number }, unknown>) {
  const members = service.rosters.view(params.id)?.members ?? [];
  if (!visibleRoster(service, visible, params.id)) return refuse('ROSTER_NOT_FOUND');
  if (!members.some(({ id }) => id === query.staff)) return refuse('STAFF_NOT_FOUND', { staff: query.staff });
  const from = Math.max(query.from, service.clock.now());
  const until = Math.min(query.until, from + LIMITS.leaveGapsMsMax);
  const { posts, roles } = service.rosters.leaveOutlook(query.staff, from, until);
  return { posts: posts.filter(({ roster }) => visibleRoster(service, visible, roster)), roles };
}

type LeaveBody = CommandBody<'roster.leave'>;

/** Whoever takes leave learns at once where nobody would be left, in whatever roster, while it can still be arranged. */
async function takeLeave(context: RouteContext<{ id: string }, undefined, LeaveBody>) {
  const { service, visible, body } = context;
  const from = Math.max(body.from, service.clock.now());
  const until = Math.min(body.until, from + LIMITS.leaveGapsMsMax);
  const gaps = (): readonly RosterGap[] =>
    until > from ? service.rosters.gapsWith(body.staff, from, until) : [];
  const before = new Set(gaps().map(gapKey));
  const answer = await change(context, { type: 'roster.leave', ...body }, body.staff);
  if (answer instanceof Refusal) return answer;
  const seen = new Set(service.rosters.all.filter((one) => maySee(visible, one)).map(({ id }) => id));
  const opens = gaps().filter((gap) => !before.has(gapKey(gap)) && seen.has(gap.roster));
  return { ...answer, opens };
}

const gapKey = ({ roster, from, until, reason }: RosterGap): string => `${roster} ${from} ${until} ${reason}`;

/** Whoever sees the roster may leave words. */
async function note(context: Context, command: Command) {
  const { service, visible, params } = context;
  return visibleRoster(service, visible, params.id) ? submit(context, command) : refuse('ROSTER_NOT_FOUND');
}

async function submit(context: Context, command: Command) {
  const { service, caller } = context;
  const answer = await service.submit(command, caller.name);
  if (!answer.ok) return new Refusal(answer.failure);
  return (await viewOf(context)) ?? refuse('ROSTER_NOT_FOUND');
}

async function viewOf(context: Context) {
  const view = context.service.rosters.view(context.params.id);
  const me = await memberOf(context);
  return view && { roster: view, ...(me === undefined ? {} : { me }) };
}
