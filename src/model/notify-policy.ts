import { z } from 'zod';
import { PRIORITIES, type Priority } from './alert.ts';
import { CASE_KINDS } from './case-kind.ts';
import {
  atNodes,
  channelIds,
  DEFAULT_CALL_BACK_ESCALATION,
  DEFAULT_ESCALATION,
  escalationSchema,
  furtherPeople,
  TOLD_ROLES,
} from './escalation.ts';
import { covers } from './paths.ts';
import { isOfRequests, NOT_OF_REQUESTS, ofCategories } from './policy-lines.ts';
import { targetLineSchema } from './target-lines.ts';

/** One line of the policy: cases of these kinds and priorities go to these roles and channels. Lines add up. */
const notifyRouteSchema = z
  .strictObject({
    kinds: z.array(z.enum(CASE_KINDS)).min(1).meta({ title: 'Kinds of case' }),
    priorities: z.array(z.enum(PRIORITIES)).min(1).meta({ title: 'Priorities' }),
    categories: ofCategories,
    nodes: atNodes,
    roles: z.array(z.enum(TOLD_ROLES)).default([]).meta({
      title: 'Roles',
      description:
        "staff on a node above the home, nearest first; `contact` is the home's contacts in order, `resident` asks the residents themselves",
    }),
    ...furtherPeople,
    channels: channelIds.default([]).meta({
      title: 'Groups',
      description: 'channels behind which people sit: the robot of a duty room, a group chat',
    }),
  })
  .refine(isOfRequests, NOT_OF_REQUESTS);

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
    description: 'of lines that fit the same case the first counts; absent: as config/notify.yaml has them',
  }),
});

export type NotifyRoute = z.output<typeof notifyRouteSchema>;
export type NotifyPolicy = z.output<typeof notifyPolicySchema>;

/** Where a policy names channels and rosters. */
type NamesInLine = Pick<NotifyRoute, 'channels' | 'by' | 'rosters'>;
type NamesInSteps = readonly { readonly steps: readonly NamesInLine[] }[];
export interface NamesInPolicy {
  readonly routes: readonly NamesInLine[];
  readonly escalation: NamesInSteps;
  readonly callBackEscalation: NamesInSteps;
  readonly always: readonly string[];
  readonly fallback: { readonly channels: readonly string[] };
}

/** Of a policy with mistakes what can be read of it, each name in its place: one mistake must not hide a misspelt channel. */
export function namesIn(value: unknown): NamesInPolicy {
  const { routes, escalation, callBackEscalation, always, fallback } = fieldsOf(value);
  const names = (list: unknown): string[] =>
    listOf(list).map((each) => (typeof each === 'string' ? each : undefined)) as string[];
  const line = (each: unknown): NamesInLine => {
    const { channels, by, rosters } = fieldsOf(each);
    return { channels: names(channels), by: names(by), rosters: names(rosters) };
  };
  const steps = (each: unknown) => ({ steps: listOf(fieldsOf(each)['steps']).map(line) });
  return {
    routes: listOf(routes).map(line),
    escalation: listOf(escalation).map(steps),
    callBackEscalation: listOf(callBackEscalation).map(steps),
    always: names(always),
    fallback: { channels: names(fieldsOf(fallback)['channels']) },
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Channels that the policy names and nobody has configured, with the place where each is named. */
export function unknownChannels(
  policy: NamesInPolicy,
  configured: ReadonlySet<string>,
): { readonly path: readonly (string | number)[]; readonly channel: string }[] {
  const inLine = (line: Pick<NotifyRoute, 'channels' | 'by'>, path: readonly (string | number)[]) => [
    ...line.channels.map((channel, k) => ({ path: [...path, 'channels', k], channel })),
    ...(line.by ?? []).map((channel, k) => ({ path: [...path, 'by', k], channel })),
  ];
  const named = [
    ...policy.routes.flatMap((route, i) => inLine(route, ['routes', i])),
    ...policy.escalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) => inLine(step, ['escalation', i, 'steps', j])),
    ),
    ...policy.callBackEscalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) => inLine(step, ['callBackEscalation', i, 'steps', j])),
    ),
    ...policy.always.map((channel, i) => ({ path: ['always', i], channel })),
    ...policy.fallback.channels.map((channel, i) => ({ path: ['fallback', 'channels', i], channel })),
  ];
  // At the place of what is no name stands nothing.
  return named.filter(({ channel }) => channel !== undefined && !configured.has(channel));
}

/** Does a line hold at this place? */
export const holdsAt = (
  { nodes }: { readonly nodes?: readonly string[] | undefined },
  path: string,
): boolean => nodes === undefined || nodes.some((node) => covers(node, path));

/** Rosters that no line of the policy names: leave, swaps and substitutes of these change nothing about who is called. */
export function unnamedRosters(policy: NamesInPolicy, known: Iterable<string>): readonly string[] {
  const named = new Set(unknownRosters(policy, new Set()).map(({ roster }) => roster));
  return [...known].filter((roster) => !named.has(roster));
}

/** Rosters that the policy names and that no file has, with the place where each is named. */
export function unknownRosters(
  policy: NamesInPolicy,
  known: ReadonlySet<string>,
): { readonly path: readonly (string | number)[]; readonly roster: string }[] {
  const inLine = (
    line: { readonly rosters?: readonly string[] | undefined },
    path: readonly (string | number)[],
  ) => (line.rosters ?? []).map((roster, k) => ({ path: [...path, 'rosters', k], roster }));
  const named = [
    ...policy.routes.flatMap((route, i) => inLine(route, ['routes', i])),
    ...policy.escalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) => inLine(step, ['escalation', i, 'steps', j])),
    ),
    ...policy.callBackEscalation.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) => inLine(step, ['callBackEscalation', i, 'steps', j])),
    ),
  ];
  return named.filter(({ roster }) => roster !== undefined && !known.has(roster));
}

/** Whoever is asked whether all is well is not waited for longer. */
const ASKED_MS_MAX = 5 * 60_000;

/** Lines of the escalation that leave a P1 or P2 with the resident alone for too long. */
export function waitsTooLong({
  routes,
  escalation,
}: NotifyPolicy): readonly (readonly (string | number)[])[] {
  return escalation.flatMap((line, i) => {
    const priorities = line.priorities.filter((priority) => priority === 'P1' || priority === 'P2');
    const isAlone = priorities.some((priority) =>
      routes.some(
        (route) =>
          route.kinds.includes('safety') && route.priorities.includes(priority) && isAskingOnly(route),
      ),
    );
    const first = line.steps[0]?.after ?? 0;
    return line.kinds.includes('safety') && isAlone && first > ASKED_MS_MAX
      ? [['escalation', i, 'steps', 0, 'after']]
      : [];
  });
}

const isAskingOnly = ({ roles, channels, rosters = [], people = [] }: NotifyRoute): boolean =>
  roles.length > 0 &&
  roles.every((role) => role === 'resident') &&
  channels.length + rosters.length + people.length === 0;

/**
 * Priorities of which lines of the escalation speak only for some places: a home elsewhere would wait in silence. With
 * the place of the first such line.
 */
export function placesLeftOut({ escalation }: NotifyPolicy): {
  readonly path: readonly (string | number)[];
  readonly kind: string;
  readonly priority: string;
}[] {
  const found = [];
  for (const kind of CASE_KINDS) {
    for (const priority of PRIORITIES) {
      const lines = escalation.flatMap((line, i) =>
        line.kinds.includes(kind) && line.priorities.includes(priority) && !line.categories
          ? [{ line, i }]
          : [],
      );
      const [first] = lines;
      if (first && lines.every(({ line }) => line.nodes !== undefined))
        found.push({ path: ['escalation', first.i, 'nodes'], kind, priority });
    }
  }
  return found;
}

/** Steps that call nobody: a pause that looks like help, and as the last one repeated for ever. */
export function emptySteps({
  escalation,
  callBackEscalation,
}: NotifyPolicy): readonly (readonly (string | number)[])[] {
  const inLines = (lines: NotifyPolicy['escalation'], key: string) =>
    lines.flatMap(({ steps }, i) =>
      steps.flatMap(({ roles, channels, rosters = [], people = [] }, j) =>
        roles.length + channels.length + rosters.length + people.length > 0 ? [] : [[key, i, 'steps', j]],
      ),
    );
  return [...inLines(escalation, 'escalation'), ...inLines(callBackEscalation, 'callBackEscalation')];
}

/** Priorities of safety for which no route and no step of the escalation names anybody who may come. */
export function untoldPriorities({ routes, escalation }: NotifyPolicy): Priority[] {
  const lines = [
    ...routes,
    ...escalation.flatMap(({ kinds, priorities, steps }) =>
      steps.map((step) => ({ ...step, kinds, priorities })),
    ),
  ];
  return PRIORITIES.filter(
    (priority) =>
      !lines.some(
        (line) => line.kinds.includes('safety') && line.priorities.includes(priority) && namesSomebody(line),
      ),
  );
}

/** Somebody who may come, or a group: the residents are whom it is about. */
export const namesSomebody = ({
  roles,
  channels,
  rosters = [],
  people = [],
}: Pick<NotifyRoute, 'roles' | 'channels' | 'rosters' | 'people'>): boolean =>
  roles.some((role) => role !== 'resident') || channels.length + rosters.length + people.length > 0;
