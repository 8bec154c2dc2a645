import { z } from 'zod';
import { covers } from '../../model/paths.ts';
import { isSilenceActive, type Silence, silenceSchema } from '../../model/silence.ts';
import { SILENCE_REASON_LENGTH_MIN } from '../../model/silence-modes.ts';
import type { Service } from '../../ports/service.ts';
import { isCovered, isEverywhere } from '../access.ts';
import { commandKey } from '../case-commands.ts';
import { Refusal, refuse } from '../problem.ts';
import { moment } from '../query.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';

export const silenceReplySchema = silenceSchema
  .extend({
    id: z.string(),
    by: z.string(),
    from: instantSchema,
    until: instantSchema,
    endedAt: instantSchema.optional(),
    endedBy: z.string().optional(),
    held: z.number().int().meta({ description: 'messages that it held back' }),
    active: z.boolean(),
  })
  .meta({ id: 'Silence' });
export type SilenceReply = z.output<typeof silenceReplySchema>;

const reason = z.string().trim().min(SILENCE_REASON_LENGTH_MIN).max(300);

export default defineRoutes({
  noun: 'silences',
  summary: 'What people wish not to hear of for a while, with who, why, until when, and what was held back',
  routes: [
    route({
      method: 'GET',
      path: '/silences',
      needs: 'viewer',
      title: 'Silences and trials that hold now, and those of the last weeks, the newest first',
      reply: z.object({ items: z.array(silenceReplySchema).readonly() }),
      handle: async ({ service, visible }) => {
        const now = service.clock.now();
        const seen = service.silences().filter((one) => concerns(service, visible, one));
        return { items: seen.map((one) => shown(one, now)).reverse() };
      },
    }),
    route({
      method: 'POST',
      path: '/silences',
      needs: 'operator',
      idempotent: true,
      title: 'Silence a home, a node, a rule or a channel, or try a site in log-only mode',
      description:
        'Alerts and cases are recorded and marked; nobody is told, and whoever should have been is told at the end. Never for P1, nor for a call for help of any priority, without `includesP1`, which says why. At most 7 days, with `includesP1` 24 hours, a trial 60 days. That it began is told to those who look after the service.',
      body: z.strictObject({ ...silenceSchema.shape, until: moment, reason, includesP1: reason.optional() }),
      reply: z.object({ silence: silenceReplySchema }),
      status: 201,
      handle: async (context) => {
        const { service, nodes, caller, body } = context;
        const path = placeOf(service, body);
        if (path === undefined) return refuse('NOT_FOUND');
        if (!isCovered(nodes, path)) return refuse('NOT_ALLOWED', { role: 'operator', node: path });
        const id = `s-${commandKey(context).slice(0, 24)}`;
        const answer = await service.submit({ type: 'silence.begin', id, ...body }, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const made = service.silences().find((one) => one.id === id);
        return made ? { silence: shown(made, service.clock.now()) } : refuse('SILENCE_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/silences/:id/end',
      needs: 'operator',
      idempotent: true,
      title: 'End a silence before its time: what it held back is told now',
      params: z.object({ id: z.string().min(1).max(64) }),
      reply: z.object({ silence: silenceReplySchema }),
      handle: async ({ service, visible, nodes, caller, params: { id } }) => {
        const find = (): Silence | undefined => service.silences().find((one) => one.id === id);
        const before = find();
        if (!before || !concerns(service, visible, before)) return refuse('SILENCE_NOT_FOUND');
        const path = placeOf(service, before) ?? '';
        if (!isCovered(nodes, path)) return refuse('NOT_ALLOWED', { role: 'operator', node: path });
        const answer = await service.submit({ type: 'silence.end', id }, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        return { silence: shown(find() ?? before, service.clock.now()) };
      },
    }),
  ],
});

type Scope = Pick<Silence, 'node' | 'home'>;

/** The place that it is about; all places where only a rule or a channel is named. Undefined: there is no such place. */
function placeOf({ registry }: Pick<Service, 'registry'>, { node, home }: Scope): string | undefined {
  if (home !== undefined) return registry.homePath(home);
  if (node === undefined) return '';
  return registry.node(node) ? node : undefined;
}

/** Whoever may be missing a message because of it sees it. */
function concerns(service: Service, visible: readonly string[], silence: Silence): boolean {
  const path = placeOf(service, silence);
  if (path === undefined) return isEverywhere(visible);
  return isCovered(visible, path) || visible.some((node) => covers(path, node));
}

const shown = (silence: Silence, now: number): SilenceReply => ({
  ...silence,
  testers: [...silence.testers],
  active: isSilenceActive(silence, now),
});
