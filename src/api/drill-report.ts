import { z } from 'zod';
import { NOTICE_STATES, type Notice, type NoticeState } from '../model/notice.ts';
import type { NumberedCase } from '../ports/records.ts';
import { numberedCaseSchema } from './case-schemas.ts';
import { instantSchema } from './schemas.ts';

const step = z.object({
  what: z.enum(['taken', 'reached', 'on-the-way', 'on-site', 'resolved', 'called-back']),
  by: z.string().exactOptional(),
  at: instantSchema,
  afterMs: z.number().int().meta({ description: 'from when the drill was begun' }),
});
const toldSchema = z
  .object({
    name: z.string(),
    channel: z.string(),
    notices: z.number().int().meta({ description: 'how often they were called over this channel' }),
    state: z.enum(NOTICE_STATES).meta({ description: 'the furthest that one of these came' }),
    at: instantSchema.meta({ description: 'of the first' }),
    acceptedMs: z
      .number()
      .int()
      .exactOptional()
      .meta({ description: 'the soonest, from when it was queued' }),
    deliveredMs: z.number().int().exactOptional(),
    seenMs: z.number().int().exactOptional(),
  })
  .meta({ description: 'a person or a group over one channel' });
export const drillReportSchema = z
  .object({
    case: numberedCaseSchema,
    over: z.boolean(),
    steps: z.array(step).readonly(),
    told: z.array(toldSchema).readonly(),
  })
  .meta({ id: 'DrillReport' });
export type CaseDrillReport = z.output<typeof drillReportSchema>;

export function drillReport(one: NumberedCase, notices: readonly Notice[]): CaseDrillReport {
  return {
    case: one,
    over: one.status === 'struck-off',
    steps: stepsOf(one),
    told: toldOf(notices),
  };
}

function stepsOf(one: NumberedCase): CaseDrillReport['steps'] {
  const all = [
    { what: 'taken', at: one.takenAt, by: one.acknowledgedBy },
    { what: 'on-the-way', at: one.onTheWayAt, by: undefined },
    { what: 'reached', at: one.contactAt, by: one.contactMadeBy },
    { what: 'on-site', at: one.onSiteAt, by: undefined },
    { what: 'resolved', at: one.resolvedAt, by: one.resolvedBy },
    { what: 'called-back', at: one.calledBackAt, by: one.calledBackBy },
  ] as const;
  return all
    .flatMap(({ what, at, by }) =>
      at === undefined ? [] : [{ what, at, afterMs: at - one.openedAt, ...(by ? { by } : {}) }],
    )
    .sort((a, b) => a.at - b.at);
}

/** How far a notice came; one that went is worth more than one that did not have to go. */
const COURSE: readonly NoticeState[] = ['failed', 'withdrawn', 'queued', 'accepted', 'delivered', 'seen'];

/** Everybody once for each way, however often they were called; that somebody has it is no call. */
function toldOf(notices: readonly Notice[]): CaseDrillReport['told'] {
  const calls = notices.filter(({ follows }) => !follows).sort((a, b) => a.createdAt - b.createdAt);
  const ways = new Map<string, Notice[]>();
  for (const one of calls) {
    const way = `${one.recipient.kind}:${one.recipient.id}\n${one.channel}`;
    ways.set(way, [...(ways.get(way) ?? []), one]);
  }
  return [...ways.values()].map((all) => {
    const [{ recipient, channel, createdAt }] = all as [Notice];
    return {
      name: recipient.name,
      channel,
      notices: all.length,
      state: all.map(({ state }) => state).reduce((a, b) => (COURSE.indexOf(b) > COURSE.indexOf(a) ? b : a)),
      at: createdAt,
      ...soonest('acceptedMs', all, (one) => one.acceptedAt),
      ...soonest('deliveredMs', all, (one) => one.deliveredAt),
      ...soonest('seenMs', all, (one) => one.seenAt),
    };
  });
}

function soonest<K extends string>(
  key: K,
  all: readonly Notice[],
  when: (one: Notice) => number | undefined,
): { [k in K]?: number } {
  const times = all.flatMap((one) => {
    const at = when(one);
    return at === undefined ? [] : [at - one.createdAt];
  });
  return (times.length === 0 ? {} : { [key]: Math.min(...times) }) as { [k in K]?: number };
}
