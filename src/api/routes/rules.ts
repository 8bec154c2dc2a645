import { z } from 'zod';
import { ruleSetSchema } from '../../model/rule-set.ts';
import { RULE_FILE_CHANGES } from '../../ports/rules-in-force.ts';
import { named } from '../mirrors.ts';
import { Refusal } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { ruleKindSchema } from '../schemas.ts';
import { visibleHome } from '../views.ts';

export default defineRoutes({
  noun: 'rules',
  summary: 'The rules in force, and the kinds that there are',
  routes: [
    route({
      method: 'GET',
      path: '/rule-kinds',
      needs: 'viewer',
      title: 'Rule kinds with their parameters',
      reply: z.object({ items: z.array(ruleKindSchema).readonly() }),
      handle: async ({ service }) => ({ items: service.ruleKinds() }),
    }),
    route({
      method: 'GET',
      path: '/rules',
      needs: 'viewer',
      title: 'The rule set in force, with the overrides of homes that the caller may see',
      reply: ruleSetSchema.extend({
        content: z
          .string()
          .meta({ description: 'mark of what the set says; alerts bear it beside the version' }),
        earlierContent: z.string().exactOptional().meta({
          description:
            'mark of the set that went by the same version before: the file was changed without a new version',
        }),
      }),
      handle: async ({ service, visible }) => {
        const { overrides, ...ruleSet } = service.ruleSet();
        const seen = overrides.filter(({ home }) => visibleHome(service.registry, visible, home));
        const [content, earlierContent] = [service.ruleContent(), service.earlierRules()];
        return { ...ruleSet, overrides: seen, content, ...(earlierContent && { earlierContent }) };
      },
    }),
    route({
      method: 'POST',
      path: '/rules/reload',
      needs: 'operator',
      everywhere: true,
      idempotent: true,
      title: 'Read the rule file anew; a wrong one changes nothing',
      reply: z.object({
        version: z.string(),
        content: z.string(),
        change: named(RULE_FILE_CHANGES).meta({
          description:
            'same-version: other rules under the version that was in force before, read by this request or by one before',
        }),
      }),
      handle: async ({ service }) => {
        const answer = await service.reloadRules();
        if (!answer.ok) return new Refusal(answer.failure);
        const { version, content, change } = answer;
        return { version, content, change };
      },
    }),
  ],
});
