import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { NOTICE_STATES, type Notice } from '../../model/notice.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { isCovered } from '../access.ts';
import { caseParams, caseReply, commandKey, visibleCase } from '../case-commands.ts';
import { numberedCaseSchema } from '../case-schemas.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';
import { visibleHome } from '../views.ts';

const step = z.object({
  what: z.enum(['taken', 'reached', 'on-site', 'resolved', 'called-back']),
  by: z.string().exactOptional(),
  at: instantSchema,
  afterMs: z.number().int().meta({ description: 'from when the drill was begun' }),
});
const toldSchema = z.object({
  name: z.string(),
  channel: z.string(),
  state: z.enum(NOTICE_STATES),
  at: instantSchema,
  acceptedMs: z.number().int().exactOptional().meta({ description: 'from when it was queued' }),
  deliveredMs: z.number().int().exactOptional(),
  seenMs: z.number().int().exactOptional(),
});
export const drillReportSchema = z
  .object({
    case: numberedCaseSchema,
    over: z.boolean(),
    steps: z.array(step).readonly(),
    told: z.array(toldSchema).readonly(),
  })
  .meta({ id: 'DrillReport' });
export type CaseDrillReport = z.output<typeof drillReportSchema>;

export default defineRoutes({
  noun: 'drills',
  summary: 'Cases that are drills: the whole chain, with real notices',
  routes: [
    route({
      method: 'POST',
      path: '/homes/:id/drill',
      needs: 'operator',
      idempotent: true,
      title: 'Open a drill case: it goes the way of a real one, and every message says that it is a drill',
      params: z.object({ id: z.string().min(1).max(200) }),
      body: z.strictObject(commandSchemas['drill.begin'].omit({ home: true, key: true }).shape),
      reply: caseReply,
      handle: async (context) => {
        const { service, visible, nodes, caller, params, body } = context;
        const home = visibleHome(service.registry, visible, params.id);
        if (!home) return refuse('HOME_NOT_FOUND');
        if (!isCovered(nodes, home.path)) return refuse('NOT_ALLOWED', { role: 'operator', node: home.path });
        const command = { type: 'drill.begin', home: params.id, ...body, key: commandKey(context) } as const;
        const answer = await service.submit(command, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const asked = { paths: [...visible], home: params.id, kind: 'drill', order: 'newest' } as const;
        const [newest] = (await service.records.cases(asked, { limit: 1 })).items;
        return newest ? { case: newest } : refuse('CASE_NOT_FOUND');
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id/drill',
      needs: 'viewer',
      title: 'The report of a drill: who was told, who answered, and after how long',
      params: caseParams,
      reply: drillReportSchema,
      handle: async ({ service, visible, params: { id } }) => {
        const found = await visibleCase(service.records, visible, id);
        if (found?.kind !== 'drill') return refuse('CASE_NOT_FOUND');
        const notices = await service.records.notices(
          { paths: visible, case: id },
          { limit: LIMITS.pageLengthMax },
        );
        return {
          case: found,
          over: found.status === 'struck-off',
          steps: stepsOf(found),
          told: [...notices.items].sort((a, b) => a.createdAt - b.createdAt).map(toldOf),
        };
      },
    }),
  ],
});

function stepsOf(one: NumberedCase): CaseDrillReport['steps'] {
  const all = [
    { what: 'taken', at: one.takenAt, by: one.acknowledgedBy },
    { what: 'reached', at: one.contactAt, by: one.contactMadeBy },
    { what: 'on-site', at: one.onSiteAt, by: undefined },
    { what: 'resolved', at: one.resolvedAt, by: one.resolvedBy },
    { what: 'called-back', at: one.calledBackAt, by: one.calledBackBy },
  ] as const;
  return all.flatMap(({ what, at, by }) =>
    at === undefined ? [] : [{ what, at, afterMs: at - one.openedAt, ...(by ? { by } : {}) }],
  );
}

function toldOf(notice: Notice): CaseDrillReport['told'][number] {
  const { recipient, channel, state, createdAt, acceptedAt, deliveredAt, seenAt } = notice;
  const after = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : at - createdAt;
  const [acceptedMs, deliveredMs, seenMs] = [after(acceptedAt), after(deliveredAt), after(seenAt)];
  return {
    name: recipient.name,
    channel,
    state,
    at: createdAt,
    ...(acceptedMs === undefined ? {} : { acceptedMs }),
    ...(deliveredMs === undefined ? {} : { deliveredMs }),
    ...(seenMs === undefined ? {} : { seenMs }),
  };
}
