import { z } from 'zod';
import { PRIORITIES } from './alert.ts';
import { CASE_KINDS } from './case-kind.ts';
import {
  channelIds,
  DEFAULT_CALL_BACK_ESCALATION,
  DEFAULT_ESCALATION,
  escalationSchema,
  TOLD_ROLES,
} from './escalation.ts';
import { targetLineSchema } from './target-lines.ts';

/** One line of the policy: cases of these kinds and priorities go to these roles and channels. Lines add up. */
export const notifyRouteSchema = z.strictObject({
  kinds: z.array(z.enum(CASE_KINDS)).min(1).meta({ title: 'Kinds of case' }),
  priorities: z.array(z.enum(PRIORITIES)).min(1).meta({ title: 'Priorities' }),
  roles: z.array(z.enum(TOLD_ROLES)).default([]).meta({
    title: 'Roles',
    description: "staff on a node above the home, nearest first; `contact` is the home's contacts in order",
  }),
  channels: channelIds.default([]).meta({
    title: 'Groups',
    description: 'channels behind which people sit: the robot of a duty room, a group chat',
  }),
});

/** Who is told of which case: config/notify.yaml. */
export const notifyPolicySchema = z.strictObject({
  routes: z.array(notifyRouteSchema).meta({ title: 'Routes' }),
  always: channelIds.default([]).meta({
    title: 'Always told',
    description: 'screens and programs: terminal, MQTT, webhook. Nobody counts as told by them alone',
  }),
  fallback: z
    .strictObject({
      channels: channelIds
        .min(1)
        .meta({ title: 'Channels told of a P1 or P2 that reaches nobody, or whose notices all fail' }),
    })
    .meta({ title: 'When nobody on the roster can be told' }),
  targets: z.array(targetLineSchema).default([]).meta({
    title: 'Targets',
    description: 'until when what has to be done; of lines that fit the same case the first counts',
  }),
  callBackEscalation: z.array(escalationSchema).default(DEFAULT_CALL_BACK_ESCALATION).meta({
    title: 'Call-backs that nobody makes',
    description: 'as escalation; `after` counts from when the call-back was due',
  }),
  escalation: z.array(escalationSchema).default(DEFAULT_ESCALATION).meta({
    title: 'Escalation',
    description:
      'of lines that fit the same case the first counts; absent: P1 to P3 as config/notify.yaml has them',
  }),
});

export type NotifyRoute = z.output<typeof notifyRouteSchema>;
export type NotifyPolicy = z.output<typeof notifyPolicySchema>;

/** Channels that the policy names and nobody has configured, with the place where each is named. */
export function unknownChannels(
  policy: NotifyPolicy,
  configured: ReadonlySet<string>,
): { readonly path: readonly (string | number)[]; readonly channel: string }[] {
  const named = [
    ...policy.routes.flatMap((route, i) =>
      route.channels.map((channel, j) => ({ path: ['routes', i, 'channels', j], channel })),
    ),
    ...policy.escalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) =>
        step.channels.map((channel, k) => ({ path: ['escalation', i, 'steps', j, 'channels', k], channel })),
      ),
    ),
    ...policy.callBackEscalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) =>
        step.channels.map((channel, k) => ({
          path: ['callBackEscalation', i, 'steps', j, 'channels', k],
          channel,
        })),
      ),
    ),
    ...policy.always.map((channel, i) => ({ path: ['always', i], channel })),
    ...policy.fallback.channels.map((channel, i) => ({ path: ['fallback', 'channels', i], channel })),
  ];
  return named.filter(({ channel }) => !configured.has(channel));
}
