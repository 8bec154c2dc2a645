import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { caseReply, commandKey } from '../case-commands.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { homeRefusal } from '../views.ts';

export default defineRoutes({
  noun: 'requests',
  summary: 'What residents ask for that can wait: repairs, errands, company',
  routes: [
    route({
      method: 'POST',
      path: '/homes/:id/requests',
      needs: 'responder',
      idempotent: true,
      title: 'Enter what a resident asks for: a case of its own, told by day. What cannot wait is help',
      params: z.object({ id: z.string().min(1).max(200) }),
      body: z.strictObject(commandSchemas['home.request'].omit({ home: true, key: true }).shape),
      reply: caseReply,
      status: 201,
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const refused = homeRefusal(context, params.id, 'responder');
        if (refused) return refused;
        const command = {
          type: 'home.request',
          home: params.id,
          ...body,
          key: commandKey(context),
        } as const;
        const answer = await service.submit(command, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const opened = answer.case === undefined ? undefined : await service.records.case(answer.case);
        return opened ? { case: opened } : refuse('CASE_NOT_FOUND');
      },
    }),
  ],
});
