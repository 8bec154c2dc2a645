import { z } from 'zod';
import { CALLS_PERHAPS } from '../../model/call-for-help.ts';
import { callTestSchema } from '../../model/call-test.ts';
import { CALL_TEST_LIMITS } from '../../model/call-test-words.ts';
import type { Command } from '../../model/command.ts';
import { isCovered } from '../access.ts';
import { commandKey } from '../case-commands.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { callTestsOf, visibleDevice } from '../views.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const reply = z.object({ callTest: callTestSchema });
const runningSchema = callTestSchema
  .extend({ home: z.string(), homeName: z.string(), path: z.string() })
  .meta({ id: 'RunningCallTest' });
export type RunningCallTest = z.output<typeof runningSchema>;

export default defineRoutes({
  noun: 'call-tests',
  summary: 'Whether the call for help of a device comes: its first call meanwhile answers, and calls nobody',
  routes: [
    route({
      method: 'GET',
      path: '/call-tests',
      needs: 'viewer',
      title: 'Tests that last now, the one that ends first first',
      reply: z.object({ items: z.array(runningSchema).readonly() }),
      handle: async ({ service, visible }) => {
        const { registry } = service;
        const items = service.runningCallTests().flatMap(({ home, test }) => {
          const path = registry.homePath(home);
          if (path === undefined || !isCovered(visible, path)) return [];
          return [{ ...test, home, homeName: registry.home(home)?.name ?? home, path }];
        });
        return { items: items.sort((a, b) => a.until - b.until) };
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/call-test',
      needs: 'responder',
      idempotent: true,
      title:
        'Test the call of a device: the first call of this kind meanwhile is noted, and nobody is called',
      description:
        'Anything else that calls for help in this home is a real call, and ends the test; so is a call that the device dates before its begin, and every call after the first. Refused while a P1 case or a call for help of the home is open, and for some minutes after a call.',
      params,
      body: z.strictObject({
        minutes: z.number().int().min(1).max(CALL_TEST_LIMITS.minutesMax).default(5),
        call: z
          .enum(CALLS_PERHAPS)
          .exactOptional()
          .meta({ description: 'what is to come; the first that its model can say, if absent' }),
      }),
      reply,
      status: 201,
      handle: async (context) => {
        const {
          body,
          params: { id: device },
        } = context;
        const id = `t-${commandKey(context).slice(0, 24)}`;
        const home = context.service.registry.device(device)?.home ?? '';
        return asked(context, { type: 'call-test.begin', device, home, id, ...body });
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/call-test/end',
      needs: 'responder',
      idempotent: true,
      title: 'End the test of a device before its time: from now on each call is a real one',
      params,
      reply,
      handle: (context) => asked(context, { type: 'call-test.end', device: context.params.id }),
    }),
    route({
      method: 'POST',
      path: '/devices/:id/call-test/real',
      needs: 'responder',
      idempotent: true,
      title: 'The call that was taken for the test was real: people are called now',
      description: 'For 30 minutes after it was heard.',
      params,
      reply,
      handle: (context) => asked(context, { type: 'call-test.real', device: context.params.id }),
    }),
  ],
});

type Asked = Extract<Command, { type: `call-test.${string}` }>;

/** The test as it is afterwards. A device that the caller may not see does not exist for them. */
async function asked(
  context: Pick<RouteContext<unknown, unknown, unknown>, 'service' | 'visible' | 'nodes' | 'caller'>,
  command: Asked,
): Promise<z.output<typeof reply> | Refusal> {
  const { service, visible, nodes, caller } = context;
  const found = visibleDevice(service.registry, visible, command.device);
  if (!found) return refuse('DEVICE_NOT_FOUND');
  if (!isCovered(nodes, found.path)) return refuse('NOT_ALLOWED', { role: 'responder', node: found.path });
  const answer = await service.submit(command, caller.name);
  if (!answer.ok) return new Refusal(answer.failure);
  const tests = callTestsOf(service, found.device);
  const made = command.type === 'call-test.real' ? tests.find(({ heard }) => heard) : tests[0];
  return made ? { callTest: made } : refuse('CALL_TEST_NOT_FOUND');
}
