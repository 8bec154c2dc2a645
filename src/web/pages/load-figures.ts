import { FEW, LOAD_MARKS, TOP_SHARE_MEANS_FROM } from '../../model/alert-load.ts';
import { duration, inputTime } from '../format/time.ts';
import type { AlertLoadReply } from '../state/answers.ts';
import { zoneOf } from '../state/places.ts';
import { number, t } from '../text/translate.ts';

/** A figure with what it is to be compared with, and what stands behind it. */
export interface LoadFigure {
  readonly name: string;
  readonly value: string;
  readonly mark?: string;
  /** It is beyond the mark. */
  readonly beyond?: boolean;
  readonly note?: string;
}

/** By the clocks of the community, for figures that one reads on paper. */
export const onPaper = (at: number): string => inputTime(at, zoneOf()).replace('T', ' ');
/** A share that is not nothing never stands as 0. */
export const percent = (share: number): string =>
  share > 0 && share < 0.001 ? '<0.1%' : `${number(share * 100, undefined, 1)}%`;

/** What a head of an office is asked about first stands first. */
export function figuresOf(load: AlertLoadReply): LoadFigure[] {
  return [...missedOf(load), ...hoursOf(load), ...unrestOf(load), ...restOf(load)];
}

function missedOf({ needs }: AlertLoadReply): LoadFigure[] {
  const { share, low, high, missed, foundRaised, byDevice, byWord } = needs;
  const known = byDevice + byWord + missed;
  return [
    {
      name: t('load.missed'),
      value: t('load.people', { n: missed }),
      mark: t('load.missed.mark'),
      beyond: missed > 0,
      note: t('load.missed.of', { raised: foundRaised }),
    },
    {
      name: t('load.found'),
      value:
        share === undefined || low === undefined || high === undefined
          ? '–'
          : t('load.found.range', { share: percent(share), low: whole(low), high: whole(high) }),
      note: `${t('load.found.of', { of: known, device: byDevice, word: byWord, missed })}${few(known)}`,
    },
  ];
}

const whole = (share: number): number => Math.round(100 * share);
/** Of a few cases a share says next to nothing. */
const few = (n: number): string => (n > 0 && n < FEW ? `${t('app.comma')}${t('load.few', { n })}` : '');

function hoursOf({ total: { desks, perHour, flood }, hours, alerts }: AlertLoadReply): LoadFigure[] {
  if (!perHour || !flood) return [];
  const { perHourAcceptable: acceptable, perHourMax: max, floodShareMax } = LOAD_MARKS;
  const mark = t('load.perHour.mark', { acceptable, max });
  return [
    {
      name: t('load.perHour'),
      value: number(perHour.mean, undefined, 2),
      mark,
      beyond: perHour.mean > acceptable,
      note: t('load.perHour.of', { desks, hours, alerts }),
    },
    { name: t('load.p95'), value: t('load.alerts', { n: perHour.p95 }), mark, beyond: perHour.p95 > max },
    {
      name: t('load.busiest'),
      value: t('load.alerts', { n: perHour.max }),
      ...(perHour.maxAt === undefined
        ? {}
        : {
            note: t('load.busiest.of', {
              at: onPaper(perHour.maxAt),
              max,
              share: percent(perHour.overMax),
            }),
          }),
    },
    {
      name: t('load.flood'),
      value: percent(flood.share),
      mark: t('load.flood.mark'),
      beyond: flood.share >= floodShareMax,
      note: t('load.flood.of', {
        n: flood.count,
        longest: flood.count === 0 ? '–' : duration(flood.longestMs),
      }),
    },
  ];
}

function unrestOf({ stale, sources, alerts, total }: AlertLoadReply): LoadFigure[] {
  const { staleMax, topShareMax } = LOAD_MARKS;
  const { repeating: repeats, chattering: chatters, topShare } = sources;
  return [
    {
      name: t('load.stale'),
      value: t('load.alerts', { n: stale.now }),
      mark: t('load.stale.mark', { n: staleMax }),
      beyond: stale.now >= staleMax * Math.max(1, total.desks),
      note: t('load.stale.of', { urgent: stale.urgentNow, raised: stale.raised }),
    },
    {
      name: t('load.repeats'),
      value: t('load.sources', { n: sources.unsteady }),
      mark: t('load.repeats.mark'),
      beyond: sources.unsteady > 0,
      note: t('load.repeats.of', { repeats, chatters, all: sources.sources }),
    },
    {
      name: t('load.top'),
      value: topShare === undefined ? '–' : percent(topShare),
      mark: t('load.top.mark'),
      beyond: alerts >= TOP_SHARE_MEANS_FROM && (topShare ?? 0) > topShareMax,
      ...(alerts < TOP_SHARE_MEANS_FROM ? { note: t('load.top.few', { n: TOP_SHARE_MEANS_FROM }) } : {}),
    },
  ];
}

function restOf({
  byPriority,
  alerts,
  calls,
  alone,
  perHomeMonth,
  homes,
  needs,
  away,
}: AlertLoadReply): LoadFigure[] {
  const { P1, P2, P3, P4 } = byPriority;
  const shares = [P1, P2, P3 + P4].map((n) => (alerts === 0 ? '–' : percent(n / alerts)));
  const { onSite: visits, confirmed, unregisteredAway, known } = needs;
  return [
    {
      name: t('load.mix'),
      value: shares.join(' / '),
      mark: t('load.mix.mark'),
      note: `${t('load.mix.of', { calls })}${few(alerts)}`,
    },
    {
      name: t('load.alone'),
      value: alone.of === 0 ? '–' : percent(alone.n / alone.of),
      note: t('load.alone.of', { n: alone.n, of: alone.of }),
    },
    {
      name: t('load.perHome'),
      value: perHomeMonth === undefined ? '–' : number(perHomeMonth, undefined, 2),
      note: t('load.perHome.of', { homes }),
    },
    {
      name: t('load.visits'),
      value: confirmed === 0 ? '–' : number(visits / confirmed, undefined, 1),
      note: `${t('load.visits.of', { visits, needs: confirmed })}${few(confirmed)}`,
    },
    {
      name: t('load.away'),
      value: t('load.cases', { n: unregisteredAway }),
      note: t('load.away.of', {
        n: unregisteredAway,
        known,
        registered: away.registered,
        ended: away.endedByLife,
      }),
    },
  ];
}
