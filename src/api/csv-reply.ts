import type { FastifyReply } from 'fastify';
import { DAY } from '../lib/clock.ts';
import { localDay } from '../lib/local-time.ts';
import { TAKEN_OVER } from './route.ts';

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
export function fileOfDays(
  name: string,
  { from, to }: { from: number; to: number },
  timeZone: string,
): string {
  const day = (at: number): string => new Date(localDay(at, timeZone) * DAY).toISOString().slice(0, 10);
  return `${name}-${day(from)}-${day(to - 1)}.csv`;
}
