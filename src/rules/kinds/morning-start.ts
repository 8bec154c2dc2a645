import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { instantOfLocal, localDay, localMinute, shortLocal } from '../../lib/local-time.ts';
import { firstDrawnHour, shareRead, type WaterBook } from '../../model/water-book.ts';
import { defineRule, type Finding, type LearningHome, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { hoursBeyond, lengthInTheEnd } from '../milder.ts';
import { drawnAt } from '../signs-of-life.ts';
import { freshReadingAt, lastDraw, NOT_MEASURED, readingsAt } from '../water-flow.ts';

const params = z.strictObject({
  fromHour: z
    .number()
    .min(0)
    .max(12)
    .default(5)
    .meta({ title: 'The morning begins at', unit: 'h', description: 'local time' }),
  byHour: z.number().min(1).max(24).default(12).meta({
    title: 'Water must have been drawn by',
    unit: 'h',
    description: 'local time; where the usual first draw is not known or not asked for',
  }),
  usual: z.boolean().default(false).meta({
    title: 'By what is usual in this home instead',
    description: 'the latest of its first draws on 19 of 20 days, and the margin',
  }),
  marginHours: z.number().min(0.5).max(6).default(2).meta({ title: 'Margin after that', unit: 'h' }),
  usualDays: z.number().int().min(14).max(56).default(28).meta({ title: 'Learned from so many days' }),
  drawLitres: z
    .number()
    .min(0.1)
    .max(100)
    .default(1)
    .meta({ title: 'A draw is at least', unit: 'L', description: 'above what leaks, between two readings' }),
});
type Params = z.output<typeof params>;

/** Fewer days than this with a first draw do not say what is usual. */
const USUAL_DAYS_MIN = 14;
const USUAL_QUANTILE = 0.95;
/** A morning counts as seen if so much of it was read. */
const READ_SHARE_MIN = 0.9;

/**
 * The sign of life of each morning: somebody washes, flushes, fills a kettle. Judged by the wall clock of the home, on
 * the day whose limit passed last; it stays true until water is drawn, also over midnight.
 */
export default defineRule<Params, never>({
  kind: 'morning-start',
  title: { zh: '早晨未用水', en: 'No water this morning' },
  summary: {
    zh: '当地时间早晨开始后，到规定时刻（或该户平时最晚的首次用水时间加余量）仍没有用水时告警；用水即解除。',
    en: 'Raises when no water was drawn from the beginning of the local morning until a time of day, or until the latest usual first draw of this home and a margin; the next draw ends it.',
  },
  about: 'person',
  priority: 'P3',
  scope: 'home',
  inactivity: true,
  supply: 'water',
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  learning(home) {
    if (!home.params.usual) return undefined;
    const known = usualMinutes(home, localDay(home.now, home.timeZone)).length;
    return known < USUAL_DAYS_MIN ? { known, needed: USUAL_DAYS_MIN } : undefined;
  },
  onReport(context) {
    const { open, params: limits } = context;
    if (context.late && open && missedMorning(context, open.at) === DRAWN) context.clear('late-data');
    const at = freshReadingAt(context);
    if (at === 0) return;
    // Nothing to look up while the last draw is younger than any morning.
    const shortest = limits.usual ? limits.marginHours : limits.byHour - limits.fromHour;
    const recent = lastDraw(context.waterMeters, at, at - shortest * HOUR + HOUR, limits.drawLitres);
    const morning = recent > 0 ? DRAWN : missedMorning(context, at);
    if (morning === DRAWN) context.clear('recovered');
    else if (morning !== UNKNOWN && !context.open) context.raise(finding(context, at, morning));
  },
  milder: [
    {
      param: 'marginHours',
      title: { zh: '比平时最晚再等', en: 'Margin after the usual first draw' },
      toward: 'up',
      step: 0.5,
      measured: (alert, { marginHours }) =>
        alert.evidence.values['learned'] === 'yes' ? marginHours + (hoursBeyond(alert) ?? NaN) : undefined,
    },
    {
      param: 'byHour',
      title: { zh: '最晚用水时刻', en: 'Water must have been drawn by' },
      toward: 'up',
      step: 0.5,
      measured: (alert, { fromHour }) =>
        alert.evidence.values['learned'] === 'no'
          ? fromHour + (lengthInTheEnd(alert, 'morningHours', HOUR) ?? NaN)
          : undefined,
    },
  ],
  examples: [
    {
      name: 'no water from five until noon raises, and the first draw ends it',
      inputs: [
        { at: 8, every: 1, until: 23, values: { water_index_m3: 5 } },
        { at: 23, every: 1, until: 38, values: { water_index_m3: 5.01 } },
        { at: 38, values: { water_index_m3: 5.02 } },
      ],
      until: 39,
      expect: [{ raised: 36, since: 36, cleared: 38, reason: 'recovered', priority: 'P3' }],
    },
    {
      name: 'must not fire: a flush at seven',
      inputs: [
        { at: 8, every: 1, until: 31, values: { water_index_m3: 5 } },
        { at: 31, every: 1, until: 48, values: { water_index_m3: 5.006 } },
      ],
      until: 48,
      expect: [],
    },
    {
      name: 'must not fire: the morning is not over',
      inputs: [
        { at: 8, every: 1, until: 22, values: { water_index_m3: 5 } },
        { at: 22, every: 1, until: 36, values: { water_index_m3: 5.01 } },
      ],
      until: 36,
      expect: [],
    },
    {
      name: 'what is usual here is learned: up by seven on all days, so nine is late',
      params: { usual: true },
      inputs: [
        ...Array.from({ length: 20 }, (_, day) => [
          { at: day * 24, every: 1, until: day * 24 + 7, values: { water_index_m3: 5 + day * 0.1 } },
          { at: day * 24 + 7, every: 1, until: day * 24 + 24, values: { water_index_m3: 5.1 + day * 0.1 } },
        ]).flat(),
        { at: 480, every: 1, until: 494, values: { water_index_m3: 7 } },
      ],
      until: 494,
      // The first draw of a day is known by the hour that it ends: 7:00, and two hours more. On the first days, while
      // nothing is usual yet, noon counts.
      expect: [{ raised: 489, since: 489 }],
    },
    {
      name: 'must not fire: a meter that was not heard in the morning',
      inputs: [
        { at: 8, every: 1, until: 28, values: { water_index_m3: 5 } },
        { at: 37, values: { water_index_m3: 5.01 } },
      ],
      until: 38,
      expect: [],
    },
    {
      name: 'must not fire: a day of values comes after midnight, with use in the afternoon',
      inputs: [
        { at: 8, every: 1, until: 25, receivedAt: 24.5, values: { water_index_m3: 5 } },
        { at: 25, every: 1, until: 40, receivedAt: 48.5, values: { water_index_m3: 5 } },
        { at: 40, every: 1, until: 49, receivedAt: 48.5, values: { water_index_m3: 5.02 } },
      ],
      until: 49,
      expect: [],
    },
    {
      name: 'a reading that is corrected upwards shows a draw, and withdraws it',
      inputs: [
        { at: 8, every: 1, until: 23, values: { water_index_m3: 5 } },
        { at: 23, every: 1, until: 37, values: { water_index_m3: 5.01 } },
        { at: 36, receivedAt: 36.2, values: { water_index_m3: 5.02 } },
      ],
      until: 37,
      expect: [{ raised: 36, cleared: 36.2, reason: 'late-data' }],
    },
  ],
});

interface Morning {
  readonly from: number;
  readonly by: number;
  /** Learned from the home, not set. */
  readonly learned: boolean;
}

const DRAWN = 'drawn';
const UNKNOWN = 'unknown';

/** The last morning that was over at `at`, if nothing was drawn since it began. */
function missedMorning(
  context: RuleContext<Params, never>,
  at: number,
): Morning | typeof DRAWN | typeof UNKNOWN {
  const { params: limits, waterMeters, timeZone } = context;
  const today = localDay(at, timeZone);
  for (const day of [today, today - 1]) {
    const from = instantOfLocal(day, limits.fromHour * 60, timeZone);
    if (at <= from) continue;
    const drawn = lastDraw(waterMeters, at, from, limits.drawLitres);
    if (drawn === NOT_MEASURED) return UNKNOWN;
    if (drawn > from) return DRAWN;
    const usual = limits.usual ? usualFirstDraw(context, day) : undefined;
    const byMinute = usual === undefined ? limits.byHour * 60 : usual + limits.marginHours * 60;
    const by = instantOfLocal(day, Math.min(byMinute, 24 * 60), timeZone);
    if (at >= by) return { from, by, learned: usual !== undefined };
  }
  return UNKNOWN;
}

/** The local minute by which water was first drawn on 19 of 20 of the days before; undefined if too few are known. */
function usualFirstDraw(context: RuleContext<Params, never>, day: number): number | undefined {
  const minutes = usualMinutes(context, day);
  if (minutes.length < USUAL_DAYS_MIN) return undefined;
  minutes.sort((a, b) => a - b);
  return minutes[Math.min(minutes.length - 1, Math.floor(minutes.length * USUAL_QUANTILE))];
}

type Home = LearningHome<Params>;

function usualMinutes(home: Home, day: number): number[] {
  const minutes: number[] = [];
  for (let past = day - home.params.usualDays; past < day; past++) {
    const first = firstDrawOf(home, past);
    if (first !== undefined) minutes.push(first);
  }
  return minutes;
}

/** By which local minute of a day water was first drawn, by the hour; undefined: none, or not measured until then. */
function firstDrawOf(context: Home, day: number): number | undefined {
  const { devices, timeZone, params: limits } = context;
  const from = Math.floor(instantOfLocal(day, limits.fromHour * 60, timeZone) / HOUR);
  const until = Math.floor(instantOfLocal(day + 1, 0, timeZone) / HOUR);
  if (context.wasUnusual(from * HOUR, until * HOUR)) return undefined;
  let first: number | undefined;
  let book: WaterBook | undefined;
  for (const { state } of devices) {
    if (!state.waterBook) continue;
    const hour = firstDrawnHour(state.waterBook, from, first ?? until);
    if (hour === undefined) continue;
    first = hour;
    book = state.waterBook;
  }
  if (first === undefined || !book || shareRead(book, from, first + 1) < READ_SHARE_MIN) return undefined;
  const minute = localMinute((first + 1) * HOUR, timeZone);
  return minute === 0 ? 24 * 60 : minute;
}

function finding(context: RuleContext<Params, never>, at: number, { from, by, learned }: Morning): Finding {
  const { timeZone, params: limits } = context;
  const [began, limit, seen] = [from, by, at].map((instant) => shortLocal(instant, timeZone));
  const hours = Math.round((by - from) / (6 * MINUTE)) / 10;
  return {
    since: by,
    at,
    from,
    evidence: {
      text: learned
        ? {
            zh: `${began} 起到 ${seen} 没有用水；近 ${limits.usualDays} 天该户几乎总在 ${limit} 前 ${limits.marginHours} 小时已用过水`,
            en: `No water was drawn from ${began} to ${seen}; on nearly all of the last ${limits.usualDays} days the first draw came ${limits.marginHours} h before ${limit} or earlier`,
          }
        : {
            zh: `${began} 起到 ${seen} 没有用水，已过 ${limit}`,
            en: `No water was drawn from ${began} to ${seen}; it should have been by ${limit}`,
          },
      readings: context.devices.flatMap((device) => readingsAt(device, [at])),
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: {
        morningHours: hours,
        learned: learned ? 'yes' : 'no',
        drawLitres: limits.drawLitres,
        ...lastSign(context, drawnAt(context.waterMeters, at)),
      },
    },
  };
}
