import { z } from 'zod';
import { localDay } from '../../lib/local-time.ts';
import { CASE_KINDS } from '../../model/case-kind.ts';
import type { CaseFilter, NumberedCase } from '../../ports/records.ts';
import type { RegistryView } from '../../ports/service.ts';
import { narrowed } from '../access.ts';
import { casesOf, ledgerFigures } from '../ledger.ts';
import { csvHead, csvRows } from '../ledger-csv.ts';
import { type Refusal, refuse } from '../problem.ts';
import { instant, word } from '../query.ts';
import { ledgerSchema } from '../replies.ts';
import { defineRoutes, route, TAKEN_OVER } from '../route.ts';
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
    route({
      method: 'GET',
      path: '/ledger.csv',
      needs: 'viewer',
      title:
        'The cases of a period as a table: CSV in UTF-8, the newest case first; one row a case, and one more for each time that it was reopened',
      query,
      answers: ['text/csv'],
      handle: async ({
        service,
        visible,
        query: asked,
        locale,
        reply,
      }): Promise<typeof TAKEN_OVER | Refusal> => {
        if (asked.from >= asked.to) return refuse('PERIOD_TOO_LONG');
        const now = service.clock.now();
        // Spreadsheets take a file without this mark for one of another encoding.
        const rows = ['\uFEFF', csvHead(locale)];
        for await (const one of casesOf(service.records, filterOf(visible, asked)))
          rows.push(
            csvRows(one, {
              locale,
              now,
              place: placeWords(service.registry, one),
              timeZone: service.registry.timeZone(one.path),
            }),
          );
        await reply
          .type('text/csv; charset=utf-8')
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="${fileOf(service.registry, asked)}"`)
          .send(rows.join(''));
        return TAKEN_OVER;
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

/** Of two months two names. */
function fileOf(registry: RegistryView, { from, to, path }: z.output<typeof query>): string {
  const zone = registry.timeZone(path ?? '');
  return `ledger-${dayOf(from, zone)}-${dayOf(to - 1, zone)}.csv`;
}

const dayOf = (at: number, zone: string): string =>
  new Date(localDay(at, zone) * 86_400_000).toISOString().slice(0, 10);

/** Where a case is, from the community to the door. */
const placeWords = (registry: RegistryView, { path, home }: NumberedCase): string =>
  [...placesOf(registry, path), registry.home(home)].flatMap((one) => (one ? [one.name] : [])).join(' ');
