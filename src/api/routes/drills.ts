import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { caseParams, caseReply, commandKey, visibleCase } from '../case-commands.ts';
import { drillReport, drillReportSchema } from '../drill-report.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { homeRefusal } from '../views.ts';

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
        const { service, visible, caller, params, body } = context;
        const refused = homeRefusal(context, params.id, 'operator');
        if (refused) return refused;
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
      handle: async ({ service, visible, caller, params: { id } }) => {
        const found = await visibleCase(service.records, { visible, caller }, id);
        if (found?.kind !== 'drill') return refuse('CASE_NOT_FOUND');
        const notices = await service.records.notices(
          { paths: visible, case: id },
          { limit: LIMITS.pageLengthMax },
        );
        return drillReport(found, notices.items);
      },
    }),
  ],
});
