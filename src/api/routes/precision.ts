import { z } from 'zod';
import { OUTCOME_NAMES } from '../../model/case.ts';
import { NO_MILDER, type NoMilder } from '../../model/no-milder.ts';
import { textSchema } from '../../model/text.ts';
import { narrowed } from '../access.ts';
import { precisionOf, proposalsOf } from '../precision.ts';
import { Refusal, refuse } from '../problem.ts';
import { instant, word } from '../query.ts';
import { defineRoutes, route } from '../route.ts';
import { titled } from '../rule-titles.ts';
import { instantSchema } from '../schemas.ts';
import { homeRefusal } from '../views.ts';

const count = z.number().int();
const share = z.number().min(0).max(1).exactOptional();
const figures = {
  cases: count.meta({ description: 'that have an outcome' }),
  true: count,
  false: count,
  unknown: count.meta({ description: 'nobody learned whether it was right' }),
  byOutcome: z.partialRecord(z.enum(OUTCOME_NAMES), count),
  share: share.meta({ description: 'true, of those of which it is known' }),
  low: share.meta({ description: 'interval of 95 % after Wilson' }),
  high: share,
};
const titleSchema = textSchema.exactOptional().meta({
  description: 'what it finds; of a rule that is gone with its kind, as it was said last',
});
const limitSchema = z.object({
  param: z.string(),
  title: textSchema,
  unit: z.string(),
  from: z.number(),
  to: z.number(),
  measured: z.array(z.number()).readonly().meta({ description: 'of the false ones, the newest first' }),
});
const proposalSchema = z
  .object({
    home: z.string(),
    place: textSchema,
    rule: z.string(),
    title: titleSchema,
    limit: limitSchema.exactOptional().meta({ description: 'absent: none is proposed' }),
    why: z
      .enum(Object.keys(NO_MILDER) as [NoMilder, ...NoMilder[]])
      .exactOptional()
      .meta({ description: 'why none is proposed' }),
    cases: z
      .array(
        z.object({
          id: z.string(),
          number: count,
          openedAt: instantSchema,
          outcome: z.enum(OUTCOME_NAMES),
          false: z.boolean(),
          measured: z.number().exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'RuleProposal' });
const precisionSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    cases: count,
    truncated: z.boolean(),
    people: z.object(figures).meta({ description: 'of safety cases, each once' }),
    rules: z.array(z.object({ rule: z.string(), title: titleSchema, ...figures })).readonly(),
    homes: z.array(z.object({ home: z.string(), place: textSchema, ...figures })).readonly(),
  })
  .meta({ id: 'Precision' });

export type PrecisionReply = z.output<typeof precisionSchema>;
export type ProposalReply = z.output<typeof proposalSchema>;

export default defineRoutes({
  noun: 'precision',
  summary: 'How often rules were right, and limits that would fit a home better',
  routes: [
    route({
      method: 'GET',
      path: '/precision',
      needs: 'viewer',
      title: 'Per rule and per home: how many findings were true, false, or never known',
      query: z.strictObject({
        from: instant.meta({ description: 'cases that were opened from here' }),
        to: instant.meta({ description: 'and before here' }),
        path: word.meta({ description: 'a node: only what is below it' }),
      }),
      reply: precisionSchema,
      handle: async ({ service, visible, query: { from, to, path } }) => {
        const filter = { paths: narrowed(visible, path), openedFrom: from, openedTo: to };
        const { homes, rules, ...rest } = await precisionOf(service.records, filter);
        return {
          from,
          to,
          ...rest,
          rules: rules.map(titled(service)),
          homes: homes.map((one) => ({ ...one, place: service.placeOf(one.home) })),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/precision/proposals',
      needs: 'viewer',
      title: 'Rules that keep crying wolf in a home, with a limit that would fit it better',
      description:
        'At least three of the last four cases within 60 days were false. Nothing changes until somebody accepts it.',
      reply: z.object({ items: z.array(proposalSchema).readonly() }),
      handle: async ({ service, visible }) => {
        const found = await proposalsOf(service, { paths: [...visible] }, service.clock.now());
        return {
          items: found.map(titled(service)).map((one) => ({ ...one, place: service.placeOf(one.home) })),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/precision/proposals/accept',
      needs: 'operator',
      idempotent: true,
      title: 'Give a home a limit of its own: an override in the rule file, with author and reason',
      body: z.strictObject({
        home: z.string().min(1).max(64),
        rule: z.string().min(1).max(40),
        param: z.string().min(1).max(60),
        to: z.number(),
        reason: z.string().trim().min(1).max(300),
      }),
      reply: z.object({ version: z.string() }),
      handle: async (context) => {
        const { service, visible, caller, body } = context;
        const refused = homeRefusal(context, body.home, 'operator');
        if (refused) return refused;
        const { param, to, ...rest } = body;
        const asked = { paths: [...visible], home: body.home };
        const open = await proposalsOf(service, asked, service.clock.now());
        const limit = open.find((one) => one.rule === body.rule)?.limit;
        if (limit?.param !== param || limit.to !== to) return refuse('PROPOSAL_GONE');
        const answer = await service.overrideRule({ ...rest, params: { [param]: to }, author: caller.name });
        return answer.ok ? { version: answer.version } : new Refusal(answer.failure);
      },
    }),
  ],
});
