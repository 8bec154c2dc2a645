import { HOUR } from '../lib/clock.ts';
import { ABOUTS } from '../model/alert.ts';
import type { Registry } from '../registry/registry.ts';
import { groupBy, round } from './numbers.ts';
import type { Scored } from './report.ts';
import { isNight } from './staff.ts';

/** One home in `homes.csv`. Columns that need truth are absent without it. */
export interface HomeRow {
  readonly home: string;
  readonly days: number;
  readonly measuredShare: number | undefined;
  readonly alerts: number;
  readonly personAlerts: number;
  readonly noticesToPeople: number;
  readonly noticesAtNight: number;
  readonly falseAlerts?: number;
  readonly falsePersonAlerts?: number;
  readonly incidents?: number;
  readonly found?: number;
  readonly openAlready?: number;
  readonly longestDelayHours?: number | undefined;
}

/** All homes with devices, by their ids. */
export function homeRows({ run, scoring }: Scored, registry: Registry): HomeRow[] {
  const alerts = groupBy(
    run.alerts.flatMap((alert) => scoring.homesOf(alert).map((home) => ({ home, alert }))),
    ({ home }) => home,
  );
  const notices = groupBy(
    run.notices.filter(({ recipient }) => recipient.kind !== 'channel'),
    ({ home }) => home,
  );
  const detections = groupBy(scoring.detections(run.alerts, ABOUTS), ({ incident }) => incident.home);
  const homes = [...registry.homes()].filter(({ id }) => registry.devices(id).length > 0);
  return homes
    .map(({ id }): HomeRow => {
      const watched = run.coverage.home(id);
      const own = (alerts.get(id) ?? []).map(({ alert }) => alert);
      const told = notices.get(id) ?? [];
      const row = {
        home: id,
        days: round(watched ? run.coverage.daysOf(watched) : 0, 2),
        measuredShare:
          watched && watched.watchedMs > 0 ? round(watched.measuredMs / watched.watchedMs, 4) : undefined,
        alerts: own.length,
        personAlerts: own.filter(({ about }) => about === 'person').length,
        noticesToPeople: told.length,
        noticesAtNight: told.filter(({ createdAt, path }) => isNight(createdAt, registry.timeZone(path)))
          .length,
      };
      if (!scoring.truth) return row;
      const wrong = own.filter((alert) => !scoring.isExplained(alert));
      const here = detections.get(id) ?? [];
      const found = here.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs]));
      return {
        ...row,
        falseAlerts: wrong.length,
        falsePersonAlerts: wrong.filter(({ about }) => about === 'person').length,
        incidents: here.filter(({ openAlready }) => !openAlready).length,
        found: found.length,
        openAlready: here.filter(({ openAlready }) => openAlready).length,
        longestDelayHours: found.length > 0 ? round(Math.max(...found) / HOUR, 2) : undefined,
      };
    })
    .sort((a, b) => (a.home < b.home ? -1 : 1));
}

const COLUMNS: readonly (keyof HomeRow)[] = [
  'home',
  'days',
  'measuredShare',
  'alerts',
  'personAlerts',
  'noticesToPeople',
  'noticesAtNight',
  'falseAlerts',
  'falsePersonAlerts',
  'incidents',
  'found',
  'openAlready',
  'longestDelayHours',
];

/** `measuredShare` → `measured_share`: columns as spreadsheets like them. */
const titleOf = (column: string): string => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The table as CSV; what is not known stands empty. */
export function homesCsv(rows: readonly HomeRow[]): string {
  const columns = COLUMNS.filter((column) => rows.some((row) => column in row));
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','));
  return `${[columns.map(titleOf).join(','), ...lines].join('\n')}\n`;
}
