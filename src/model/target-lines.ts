import { z } from 'zod';
import { PRIORITIES, type Priority } from './alert.ts';
import { BY_DAY_WORDS } from './by-day.ts';
import { CASE_KINDS, type CaseKind, definitionOf } from './case-kind.ts';
import type { CaseTargets } from './case-targets.ts';
import { durationSchema } from './escalation.ts';
import { isOfRequests, linesFor, NOT_OF_REQUESTS, ofCategories } from './policy-lines.ts';
import { type RequestCategory, requestCategory } from './request-category.ts';

const durationOrNone = z.union([z.literal('none'), durationSchema]);

/** One line of `targets` in config/notify.yaml: what a community wants otherwise than the kind of case says. */
export const targetLineSchema = z
  .strictObject({
    kinds: z.array(z.enum(CASE_KINDS)).min(1).meta({ title: 'Kinds of case' }),
    priorities: z.array(z.enum(PRIORITIES)).min(1).meta({ title: 'Priorities' }),
    categories: ofCategories,
    acknowledge: durationSchema
      .optional()
      .meta({ title: 'Until somebody has it', description: 'from the opening' }),
    contact: durationOrNone
      .optional()
      .meta({ title: 'Until the person was reached', description: 'from when somebody took it; or `none`' }),
    onSite: durationOrNone
      .optional()
      .meta({ title: 'Until somebody was there', description: 'from when somebody took it; or `none`' }),
    resolve: durationSchema
      .optional()
      .meta({ title: 'Until it is resolved', description: 'from when somebody took it' }),
    callBack: durationOrNone.optional().meta({
      title: 'Until the call-back',
      description: `from the resolving; by day (${BY_DAY_WORDS.day} on the clocks of the home), what falls into the night is due at ${BY_DAY_WORDS.morning}; \`none\`: struck off when it is resolved`,
    }),
  })
  .refine(isOfRequests, NOT_OF_REQUESTS);
export type TargetLine = z.output<typeof targetLineSchema>;

/** The targets of such a case: of the lines that fit the first counts, and what it leaves out is as the category or the kind has it. */
export function targetsFor(
  lines: readonly TargetLine[],
  of: { readonly priority: Priority; readonly kind: CaseKind; readonly category?: RequestCategory },
): CaseTargets {
  const { priority, kind, category } = of;
  const resolve = category && requestCategory(category).resolve;
  const ofKind = definitionOf(kind).targets[priority];
  const own = resolve === undefined ? ofKind : { ...ofKind, resolve };
  const [line] = linesFor(lines, of);
  if (!line) return own;
  const { kinds: _, priorities: __, categories: ___, ...wanted } = line;
  const merged = Object.entries({ ...own, ...wanted }).filter(
    ([, value]) => value !== 'none' && value !== undefined,
  );
  return Object.fromEntries(merged) as unknown as CaseTargets;
}
