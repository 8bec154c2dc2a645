import { z } from 'zod';
import { CASE_KINDS } from '../../model/case-kind.ts';
import type { CaseFilter, NumberedCase } from '../../ports/records.ts';
import type { RegistryView } from '../../ports/service.ts';
import { narrowed } from '../access.ts';
import { csvRoute } from '../csv-reply.ts';
import { casesOf, ledgerFigures } from '../ledger.ts';
import { csvHead, csvRows } from '../ledger-csv.ts';
import { refuse } from '../problem.ts';
import { instant, word } from '../query.ts';
import { ledgerSchema } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { placesOf } from '../views.ts';

const query = z.strictObject({
  from: instant.meta({ description: 'cases that were opened from here' }),
  to: instant.meta({ description: 'and before here' }),
  kind: z.enum(CASE_KINDS).exactOptional(),
  path: word.meta({ description: 'a node: only what is below it' }),
});

export default defineRoutes({
  noun: 'ledger',
  summary: 'All cases of a period, and how well they were attended to',
  routes: [
    route({
      method: 'GET',
      path: '/ledger',
      needs: 'viewer',
      title:
        'Counts by status, priority, kind, category of requests and outcome, and how the targets were kept',
      query,
      reply: ledgerSchema,
      handle: async ({ service, visible, query: asked }) => {
        if (asked.from >= asked.to) return refuse('PERIOD_TOO_LONG');
        const figures = await ledgerFigures(
          casesOf(service.records, filterOf(visible, asked)),
          service.clock.now(),
        );
        return { from: asked.from, to: asked.to, ...figures };
      },
    }),
    csvRoute({
      name: 'ledger',
      title:
        'The cases of a period as a table: CSV in UTF-8, the newest case first; one row a case, and one more for each time that it was reopened',
      query,
      rows: async ({ service, visible, query: asked, locale }) => {
        if (asked.from >= asked.to) return refuse('PERIOD_TOO_LONG');
        const now = service.clock.now();
        const rows = [csvHead(locale)];
        for await (const one of casesOf(service.records, filterOf(visible, asked))) {
          const place = placeWords(service.registry, one);
          rows.push(csvRows(one, { locale, now, place, timeZone: service.registry.timeZone(one.path) }));
        }
        return rows;
      },
    }),
  ],
});

function filterOf(visible: readonly string[], { from, to, kind, path }: z.output<typeof query>): CaseFilter {
  return {
    paths: narrowed(visible, path),
    openedFrom: from,
    openedTo: to,
    ...(kind === undefined ? {} : { kind }),
  };
}

/** Where a case is, from the community to the door. */
const placeWords = (registry: RegistryView, { path, home }: NumberedCase): string =>
  [...placesOf(registry, path), registry.home(home)].flatMap((one) => (one ? [one.name] : [])).join(' ');
