import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { caseReply, commandKey } from '../case-commands.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { homeRefusal } from '../views.ts';

export default defineRoutes({
  noun: 'help',
  summary: 'Help that somebody asks for by word of mouth',
  routes: [
    route({
      method: 'POST',
      path: '/homes/:id/help',
      needs: 'responder',
      idempotent: true,
      title:
        'Enter that somebody asks for help, on the telephone or at the desk: people are called as for a button',
      params: z.object({ id: z.string().min(1).max(200) }),
      body: z.strictObject(commandSchemas['home.help'].omit({ home: true, key: true }).shape),
      reply: caseReply,
      status: 201,
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const refused = homeRefusal(context, params.id, 'responder');
        if (refused) return refused;
        const command = { type: 'home.help', home: params.id, ...body, key: commandKey(context) } as const;
        const answer = await service.submit(command, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const holds = answer.case === undefined ? undefined : await service.records.case(answer.case);
        return holds ? { case: holds } : refuse('CASE_NOT_FOUND');
      },
    }),
  ],
});
