import { z } from 'zod';
import { CASE_STATUSES } from '../../model/case.ts';
import { CASE_KINDS } from '../../model/case-kind.ts';
import { type Command, commandSchemas } from '../../model/command.ts';
import type { Failure } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import type { NumberedCase, RecordStore } from '../../ports/records.ts';
import { isCovered, narrowed } from '../access.ts';
import { Refusal, refuse } from '../problem.ts';
import { pageRequest, paging, several, word } from '../query.ts';
import { caseDetailSchema, pageOf } from '../replies.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { numberedCaseSchema, prioritySchema } from '../schemas.ts';
import { homeDetail, visibleHome } from '../views.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const caseReply = z.object({ case: numberedCaseSchema });
type Context = RouteContext<{ id: string }, undefined, unknown>;

export default defineRoutes({
  noun: 'cases',
  summary: 'The work items of community staff',
  routes: [
    route({
      method: 'GET',
      path: '/cases',
      needs: 'viewer',
      title: 'Cases, the gravest and oldest first',
      query: z.strictObject({
        status: several(z.enum(CASE_STATUSES)),
        priority: several(prioritySchema),
        kind: z.enum(CASE_KINDS).exactOptional(),
        path: word.meta({ description: 'a node: only what is below it' }),
        home: word,
        owner: word.meta({ description: 'name of the person who acknowledged it' }),
        order: z.enum(['urgency', 'newest']).exactOptional(),
        ...paging,
      }),
      reply: pageOf(numberedCaseSchema),
      handle: ({ service, visible, query: { limit: _, cursor: __, path, ...filter }, query }) =>
        service.records.cases({ paths: narrowed(visible, path), ...filter }, pageRequest(query)),
    }),
    route({
      method: 'GET',
      path: '/cases/:id',
      needs: 'viewer',
      title: 'A case with its time line, alerts, notices and home',
      params,
      reply: caseDetailSchema,
      handle: async ({ service, visible, params: { id } }) => {
        const found = await visibleCase(service.records, visible, id);
        if (!found) return refuse('CASE_NOT_FOUND');
        const home = visibleHome(service.registry, visible, found.home);
        const [entries, alerts, notices] = await Promise.all([
          service.records.caseEntries(id),
          Promise.all(found.alerts.map((alert) => service.records.alert(alert))),
          service.records.notices({ paths: visible, case: id }, { limit: LIMITS.pageLengthMax }),
        ]);
        return {
          case: found,
          entries,
          alerts: alerts.filter((alert) => alert !== undefined),
          notices: notices.items,
          ...(home ? { home: await homeDetail(service, home) } : {}),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/cases/:id/acknowledge',
      needs: 'responder',
      idempotent: true,
      title: 'Take a case: the caller becomes its owner',
      params,
      body: z.strictObject(commandSchemas['case.acknowledge'].omit({ case: true }).shape),
      reply: caseReply,
      handle: (context) =>
        change(context, { type: 'case.acknowledge', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/notes',
      needs: 'responder',
      idempotent: true,
      title: 'Add a note to the time line',
      params,
      body: z.strictObject(commandSchemas['case.note'].omit({ case: true }).shape),
      reply: caseReply,
      handle: (context) => change(context, { type: 'case.note', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/steps',
      needs: 'responder',
      idempotent: true,
      title: 'Say that somebody set out, is there, or made a telephone call',
      description:
        'Takes a case that nobody had. When neither the person nor two contacts answered within 30 minutes, the case grows graver by one step.',
      params,
      body: z.strictObject(commandSchemas['case.step'].omit({ case: true }).shape),
      reply: caseReply,
      handle: (context) => change(context, { type: 'case.step', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/resolve',
      needs: 'responder',
      idempotent: true,
      title: 'Resolve a case with what was found',
      params,
      body: z.strictObject(commandSchemas['case.resolve'].omit({ case: true }).shape),
      reply: caseReply,
      handle: (context) =>
        change(context, { type: 'case.resolve', case: context.params.id, ...context.body }),
    }),
  ],
});

async function visibleCase(
  records: RecordStore,
  visible: readonly string[],
  id: string,
): Promise<NumberedCase | undefined> {
  const found = await records.case(id);
  return found && isCovered(visible, found.path) ? found : undefined;
}

async function change(
  { service, visible, nodes, caller, params: { id } }: Context,
  command: Command,
): Promise<{ case: NumberedCase } | Refusal> {
  const before = await visibleCase(service.records, visible, id);
  if (!before) return refuse('CASE_NOT_FOUND');
  if (!isCovered(nodes, before.path)) return refuse('NOT_ALLOWED', { role: 'responder', node: before.path });
  const answer = await service.submit(command, caller.name);
  const after = (await service.records.case(id)) ?? before;
  return answer.ok ? { case: after } : new Refusal(withWinner(answer.failure, after));
}

/** Two people reached for the same case: the second learns who was first. */
function withWinner(failure: Failure, now: NumberedCase): Failure {
  if (!failure.code.startsWith('CASE_') || failure.code === 'CASE_NOT_FOUND') return failure;
  const { status, version, acknowledgedBy, acknowledgedAt, resolvedBy, resolvedAt } = now;
  const known = { status, version, acknowledgedBy, acknowledgedAt, resolvedBy, resolvedAt };
  return { code: failure.code, details: { ...known, ...failure.details } };
}
