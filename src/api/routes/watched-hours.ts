import { z } from 'zod';
import { DAY } from '../../lib/clock.ts';
import { csvLine } from '../../lib/csv-line.ts';
import type { Locale, Text } from '../../model/text.ts';
import type { RegistryView, Service } from '../../ports/service.ts';
import { isCovered, narrowed } from '../access.ts';
import { csvRoute } from '../csv-reply.ts';
import { refuse } from '../problem.ts';
import { instant, paging, word } from '../query.ts';
import { placeSchema } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';
import { placesOf } from '../views.ts';
import { HOUR_KINDS, type HomeHours, type WatchedHours, watchedHours } from '../watched-hours.ts';

/** A year, and a month to stand beside it. */
const DAYS_MAX = 400;
const hour = z.number().min(0);
const figures = {
  hours: z.object({
    watched: hour.meta({ description: 'a rule would have found that something happened to the person' }),
    blind: hour.meta({ description: 'nothing came from the home that a rule could judge' }),
    untold: hour.meta({ description: 'nobody could have been told' }),
    unarmed: hour.meta({ description: 'data came, and no rule about the person looked at them' }),
    away: hour.meta({ description: 'a period of absence was under way; it counts in no share' }),
    unattended: hour.meta({ description: 'the service was stopped, or cut off from its broker' }),
    unknown: hour.meta({ description: 'nothing was written down yet; it counts in no share' }),
  }),
  share: z.number().min(0).max(1).exactOptional().meta({
    description: 'watched, of all hours but `away` and `unknown`; absent where there are none',
  }),
  longestBlind: hour.meta({ description: 'hours in one piece in which nothing came' }),
};
const watchedHoursSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    until: instantSchema.meta({ description: 'so far it goes where the period is not over' }),
    recordedFrom: instantSchema
      .exactOptional()
      .meta({ description: 'since when it is written down; absent: nothing is of this period' }),
    total: z.object({
      homes: z.number().int(),
      blindLong: z
        .number()
        .int()
        .meta({ description: 'homes from which nothing came for more than 25 hours in one piece' }),
      ...figures,
    }),
    more: z.number().int().meta({ description: 'further homes that were not watched for some time' }),
    homes: z
      .array(
        z.object({ home: z.string(), name: z.string(), places: z.array(placeSchema).readonly(), ...figures }),
      )
      .readonly(),
  })
  .meta({ id: 'WatchedHours' });

export type WatchedHoursReply = z.output<typeof watchedHoursSchema>;

const period = {
  from: instant.meta({ description: 'hours from here' }),
  to: instant.meta({ description: 'and before here' }),
  path: word.meta({ description: 'a node: only homes below it' }),
};
interface Asked {
  readonly from: number;
  readonly to: number;
  readonly path?: string;
}

const isWrong = ({ from, to }: Asked): boolean => from >= to || to - from > DAYS_MAX * DAY;

/** Homes that are in the registry now: of others nothing is kept. */
function ask(service: Service, visible: readonly string[], asked: Asked): Promise<WatchedHours> {
  const { registry, records, clock } = service;
  const nodes = narrowed(visible, asked.path);
  const counts = (home: string): boolean => {
    const path = registry.homePath(home);
    return path !== undefined && isCovered(nodes, path);
  };
  return watchedHours(records, { ...asked, now: clock.now(), counts });
}

export default defineRoutes({
  noun: 'watched-hours',
  summary: 'For how much of a past period people were watched',
  routes: [
    route({
      method: 'GET',
      path: '/watched-hours',
      needs: 'viewer',
      title:
        'Hours of homes in a period, by whether they were watched, and the homes that were not, the worst first',
      description:
        'Every quarter of an hour the service looks at each home, and writes down what `GET /watch` would say. Hours are of homes, not of people.',
      query: z.strictObject({ ...period, limit: paging.limit }),
      reply: watchedHoursSchema,
      handle: async ({ service, visible, query: { limit, ...asked } }) => {
        if (isWrong(asked)) return refuse('PERIOD_TOO_LONG', { maxDays: DAYS_MAX });
        const { homes, ...rest } = await ask(service, visible, asked);
        const { from, to } = asked;
        const shown = homes.slice(0, limit).map((one) => ({ ...one, ...placed(service.registry, one) }));
        return { from, to, ...rest, more: homes.length - shown.length, homes: shown };
      },
    }),
    csvRoute({
      name: 'watched-hours',
      title:
        'The same as a table: CSV in UTF-8, all homes that were not watched for some time, the worst first, after a row of the sum',
      query: z.strictObject(period),
      rows: async ({ service, visible, query: asked, locale }) =>
        isWrong(asked)
          ? refuse('PERIOD_TOO_LONG', { maxDays: DAYS_MAX })
          : tableOf(await ask(service, visible, asked), service.registry, locale),
    }),
  ],
});

function placed(registry: RegistryView, { home }: HomeHours) {
  const path = registry.homePath(home) ?? '';
  return { name: registry.home(home)?.name ?? home, places: placesOf(registry, path) };
}

const SUM: Text = { zh: '合计', en: 'all' };
const COLUMNS: readonly Text[] = [
  { zh: '住户', en: 'home' },
  { zh: '编号', en: 'id' },
  { zh: '看护率（%）', en: 'watched (%)' },
  { zh: '看护（小时）', en: 'watched (h)' },
  { zh: '无数据（小时）', en: 'no data (h)' },
  { zh: '无人可通知（小时）', en: 'nobody to tell (h)' },
  { zh: '没有规则在看（小时）', en: 'no rule looked (h)' },
  { zh: '外出（小时）', en: 'away (h)' },
  { zh: '系统未运行（小时）', en: 'service not running (h)' },
  { zh: '无记录（小时）', en: 'not recorded (h)' },
  { zh: '最长连续无数据（小时）', en: 'longest without data (h)' },
];

function tableOf({ total, homes }: WatchedHours, registry: RegistryView, locale: Locale): string[] {
  const row = (name: string, id: string, { hours, share, longestBlind }: Omit<HomeHours, 'home'>): string =>
    csvLine([
      name,
      id,
      share === undefined ? '' : percent(share),
      ...HOUR_KINDS.map((kind) => String(hours[kind])),
      String(longestBlind),
    ]);
  const words = (one: HomeHours): string => {
    const { places, name } = placed(registry, one);
    return [...places.map((each) => each.name), name].join(' ');
  };
  return [
    csvLine(COLUMNS.map((title) => title[locale])),
    row(SUM[locale], '', total),
    ...homes.map((one) => row(words(one), one.home, one)),
  ];
}

/** Rounded down: 100 stands where nothing is missing. */
const percent = (share: number): string => (Math.floor(1000 * share) / 10).toFixed(1);
