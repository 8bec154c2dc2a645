import { z } from 'zod';
import { DAY } from '../../lib/clock.ts';
import { DESKS, LOAD_ABOUTS } from '../../model/alert-load.ts';
import type { Text } from '../../model/text.ts';
import type { Service } from '../../ports/service.ts';
import { narrowed } from '../access.ts';
import { loadTable } from '../alert-load/csv.ts';
import { type AlertLoad, alertLoad } from '../alert-load/figures.ts';
import { Line } from '../alert-load/line.ts';
import { type AlertLoadReply, alertLoadSchema } from '../alert-load/schema.ts';
import { csvRoute } from '../csv-reply.ts';
import { Refusal, refuse } from '../problem.ts';
import { instant, paging, word } from '../query.ts';
import { defineRoutes, route } from '../route.ts';
import { titled } from '../rule-titles.ts';
import { placesOf } from '../views.ts';

/** As for hours watched: a year, and a month to stand beside it. */
const DAYS_MAX = 400;
/** A table has all of them, up to where nobody reads on. */
const ROWS_MAX = 1000;

const query = z.strictObject({
  from: instant.meta({ description: 'alerts that were raised, and cases that were opened, from here' }),
  to: instant.meta({ description: 'and before here' }),
  path: word.meta({ description: 'a node: only what is below it' }),
  desk: z.enum(DESKS).default('community').meta({
    title: 'Who counts as one operator',
    description: 'whoever, in turns, gets all alerts of a community, of a grid, or of all that is asked for',
  }),
  about: z.enum(LOAD_ABOUTS).default('all').meta({
    title: 'Which alerts',
    description: '`people`: of persons and homes; `things`: of devices, gateways and the service',
  }),
});
type Asked = z.output<typeof query>;

const isWrong = ({ from, to }: Asked): boolean => from >= to || to - from > DAYS_MAX * DAY;

/** Of a large place a count takes seconds and memory: they are made one after the other. */
const lines = new WeakMap<Service['records'], Line>();

function lineOf({ records }: Service): Line {
  const line = lines.get(records) ?? new Line();
  lines.set(records, line);
  return line;
}

async function ask(
  service: Service,
  visible: readonly string[],
  asked: Asked,
  { shown, isWanted }: { readonly shown: number; readonly isWanted: () => boolean },
): Promise<AlertLoadReply | Refusal> {
  const { path, ...rest } = asked;
  const nodes = narrowed(visible, path);
  const found = await lineOf(service).next(isWanted, () =>
    alertLoad(service, { ...rest, now: service.clock.now(), nodes, shown }),
  );
  // Whoever asked has gone: nobody reads this.
  return found === undefined ? refuse('TOO_MANY_REQUESTS') : replyOf(service, rest, found, shown);
}

function replyOf(
  service: Service,
  { from, to, desk, about }: Omit<Asked, 'path'>,
  { desks: total, ofDesks, stale, sources, rules, needs, overdue, ...load }: AlertLoad,
  shown: number,
): AlertLoadReply {
  const titleOf = titled(service);
  const place = (one: { readonly home: string; readonly path: string }): Text =>
    one.home === '' ? words(placesOf(service.registry, one.path), one.path) : service.placeOf(one.home);
  const placed = <T extends { home: string; path: string }>({ path, ...one }: T) => ({
    ...one,
    place: place({ home: one.home, path }),
  });
  const { found } = needs;
  const months = load.perHomeMonth === undefined ? 0 : load.alerts / load.perHomeMonth;
  return {
    ...{ from, to, desk, about },
    ...load,
    total,
    desks: ofDesks.slice(0, shown).map((one) => ({ ...one, places: placesOf(service.registry, one.path) })),
    moreDesks: Math.max(0, ofDesks.length - shown),
    stale: { ...stale, oldest: stale.oldest.map((one) => titleOf(placed(one))) },
    sources: {
      ...sources,
      top: sources.top.map((one) => titleOf(placed(one))),
      restless: sources.restless.map((one) => titleOf(placed(one))),
    },
    rules: rules.map((one) => ({
      ...titleOf(one),
      ...(months > 0 ? { perHomeMonth: one.alerts / months } : {}),
    })),
    needs: {
      ...needs,
      moreFound: Math.max(0, found.length - shown),
      found: found.slice(0, shown).map((one) => ({ ...one, place: service.placeOf(one.home) })),
    },
    overdue: overdue.slice(0, shown),
    moreOverdue: Math.max(0, overdue.length - shown),
  };
}

function words(places: readonly { readonly name: string }[], path: string): Text {
  const names = places.map(({ name }) => name).join(' ') || path;
  return { zh: names, en: names };
}

export default defineRoutes({
  noun: 'alert-load',
  summary: 'Whether people can keep up with their alerts, and what was missed all the same',
  routes: [
    route({
      method: 'GET',
      path: '/alert-load',
      needs: 'viewer',
      title:
        'Alerts an hour of each desk, floods, what stands or repeats, delays, priorities, who answers how soon, and who was found in need',
      description:
        'An alert is what a rule raised and people were to hear of: none of rules in shadow, no drills. Marks of EEMUA 191 and ISA-18.2 stand in docs/operations.md.',
      query: query.extend({ limit: paging.limit }),
      reply: alertLoadSchema,
      handle: async ({ service, visible, query: { limit, ...asked }, reply }) =>
        isWrong(asked)
          ? refuse('PERIOD_TOO_LONG', { maxDays: DAYS_MAX })
          : await ask(service, visible, asked, { shown: limit, isWanted: () => !reply.raw.destroyed }),
    }),
    csvRoute({
      name: 'alert-load',
      title: 'The same as a table: CSV in UTF-8, a figure a row, with its unit and the mark beside it',
      query,
      rows: async ({ service, visible, query: asked, locale, reply, timeZone }) => {
        if (isWrong(asked)) return refuse('PERIOD_TOO_LONG', { maxDays: DAYS_MAX });
        const isWanted = () => !reply.raw.destroyed;
        const load = await ask(service, visible, asked, { shown: ROWS_MAX, isWanted });
        return load instanceof Refusal ? load : loadTable(load, locale, timeZone);
      },
    }),
  ],
});
