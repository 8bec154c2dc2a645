import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { DAY } from '../lib/clock.ts';
import { localDay } from '../lib/local-time.ts';
import { Refusal } from './problem.ts';
import { type Route, type RouteContext, route, TAKEN_OVER } from './route.ts';

/** Spreadsheets take a file without this mark for one of another encoding. */
const UTF_8_MARK = '\uFEFF';

/** Answers with a table that is downloaded under this name; it is about people, so nothing on the way may keep it. */
export async function sendCsv(
  reply: FastifyReply,
  file: string,
  rows: readonly string[],
): Promise<typeof TAKEN_OVER> {
  await reply
    .type('text/csv; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${file}"`)
    .send([UTF_8_MARK, ...rows].join(''));
  return TAKEN_OVER;
}

/** A file is named after its days, as the clocks of the place have them: of two months two names. */
function fileOfDays(name: string, { from, to }: { from: number; to: number }, timeZone: string): string {
  const day = (at: number): string => new Date(localDay(at, timeZone) * DAY).toISOString().slice(0, 10);
  return `${name}-${day(from)}-${day(to - 1)}.csv`;
}

interface OfDays {
  readonly from: number;
  readonly to: number;
  readonly path?: string;
}

/** A route that answers with the table of a period, downloaded under its name and its days. */
export const csvRoute = <Q extends z.ZodType<OfDays>>({
  name,
  title,
  query,
  rows,
}: {
  readonly name: string;
  readonly title: string;
  readonly query: Q;
  readonly rows: (
    context: RouteContext<undefined, z.output<Q>, undefined> & { readonly timeZone: string },
  ) => Promise<readonly string[] | Refusal>;
}): Route =>
  route({
    method: 'GET',
    path: `/${name}.csv`,
    needs: 'viewer',
    title,
    query,
    answers: ['text/csv'],
    handle: async (context): Promise<typeof TAKEN_OVER | Refusal> => {
      const asked = context.query as z.output<Q>;
      const timeZone = context.service.registry.timeZone(asked.path ?? '');
      const told = await rows({ ...context, query: asked, timeZone });
      return told instanceof Refusal ? told : sendCsv(context.reply, fileOfDays(name, asked, timeZone), told);
    },
  });
