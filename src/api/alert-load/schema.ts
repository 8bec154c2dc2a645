import { z } from 'zod';
import { PRIORITIES } from '../../model/alert.ts';
import { DESKS, LOAD_ABOUTS, LOAD_MARKS, MISSED_WITHIN_MS } from '../../model/alert-load.ts';
import { OUTCOME_NAMES } from '../../model/case.ts';
import { STAFF_ROLES } from '../../model/registry.ts';
import { textSchema } from '../../model/text.ts';
import { placeSchema } from '../replies.ts';
import { instantSchema } from '../schemas.ts';
import { ANSWERERS } from './answers.ts';

const HOUR = 3_600_000;
const { perHourAcceptable, perHourMax, floodAlerts, floodWithinMs, staleMs, topSources } = LOAD_MARKS;
const count = z.number().int().min(0);
const share = z.number().min(0).max(1);
const ms = z.number().min(0).meta({ title: 'Duration', description: 'milliseconds' });
const list = <T extends z.ZodType>(of: T) => z.array(of).readonly();

const took = z.object({ n: count, p50Ms: ms.exactOptional(), p90Ms: ms.exactOptional() }).meta({
  description: 'half took no longer than `p50Ms`, nine of ten no longer than `p90Ms`; absent where `n` is 0',
});

const perHour = z
  .object({
    mean: z.number().min(0).meta({ title: 'Alerts an hour, on average' }),
    p95: count.meta({ title: 'Alerts of an hour: 95 % of the hours have no more' }),
    max: count.meta({ title: 'Alerts of the hour with most' }),
    maxAt: instantSchema.exactOptional().meta({ title: 'When that hour began' }),
    overAcceptable: share.meta({ title: `Share of hours with more than ${perHourAcceptable}` }),
    overMax: share.meta({ title: `Share of hours with more than ${perHourMax}` }),
  })
  .exactOptional()
  .meta({ description: 'of one desk; absent where no hour is known in which the service ran' });
const flood = z
  .object({
    share: share.meta({ title: 'Share of time in flood' }),
    count,
    longestMs: ms,
  })
  .exactOptional()
  .meta({
    description: `in flood is an instant before which ${floodAlerts} alerts or more came to one desk within ${floodWithinMs / 60_000} min`,
  });

const ruleSchema = {
  rule: z.string(),
  title: textSchema.exactOptional().meta({ description: 'what it finds' }),
};
const placed = {
  home: z.string().meta({ description: 'empty: of a gateway or an area' }),
  place: textSchema,
};
const sourceSchema = z.object({
  ...placed,
  device: z.string().exactOptional(),
  ...ruleSchema,
  alerts: count,
  chatters: z.boolean().meta({ description: 'three changes within a minute' }),
  repeats: z.boolean().meta({ description: 'raised three times within a day' }),
});
const alone = z
  .object({ n: count, of: count })
  .meta({ description: 'ended before anybody took it, of those that were taken or have ended' });

const needsSchema = z.object({
  confirmed: count.meta({ description: 'cases about people whose outcome says that there was need' }),
  byDevice: count.meta({ description: 'of these, a device had raised something first' }),
  byWord: count.meta({ description: 'of these, somebody told of it, and nothing had been raised' }),
  missed: count.meta({
    title: 'Missed',
    description: `found in need, as somebody entered it, and nothing about the person had been raised within the ${MISSED_WITHIN_MS / HOUR} h before`,
  }),
  foundRaised: count.meta({ description: 'found in need though something had been raised' }),
  share: share.exactOptional().meta({
    description: '`byDevice`, of `byDevice`, `byWord` and `missed` together: of all of which it is known',
  }),
  low: share.exactOptional().meta({ description: 'interval of 95 % after Wilson' }),
  high: share.exactOptional(),
  onSite: count.meta({ description: 'times that somebody was on site in a case about a person' }),
  unregisteredAway: count.meta({
    description: 'cases about people that were an absence nobody had registered',
  }),
  known: count.meta({ description: 'cases about people of which it is known whether there was need' }),
  moreFound: count,
  found: list(
    z.object({
      id: z.string(),
      number: count,
      ...placed,
      openedAt: instantSchema,
      outcome: z.enum(OUTCOME_NAMES).exactOptional(),
      raisedBefore: z.boolean(),
    }),
  ),
});

export const alertLoadSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    until: instantSchema.meta({ description: 'so far it goes where the period is not over' }),
    countedFrom: instantSchema
      .exactOptional()
      .meta({ description: 'there are more than are counted: the newest were, from here on' }),
    recordedFrom: instantSchema
      .exactOptional()
      .meta({ description: 'since when it is written down whether the service ran; absent: it never was' }),
    desk: z.enum(DESKS),
    about: z.enum(LOAD_ABOUTS),
    hours: count.meta({ title: 'Hours in which the service ran', description: 'whole hours of the period' }),
    alerts: count,
    byPriority: z.record(z.enum(PRIORITIES), count),
    calls: count.meta({ description: 'calls for help among them' }),
    homes: count.meta({ description: 'as they are now' }),
    perHomeMonth: z.number().min(0).exactOptional().meta({ title: 'Alerts of a home in 30 days' }),
    total: z.object({
      desks: count,
      above: count.meta({
        description: 'alerts of places above all desks; they are in no figure of an hour',
      }),
      alerts: count,
      perHour,
      flood,
    }),
    moreDesks: count,
    desks: list(
      z.object({
        path: z.string().meta({ description: 'empty: all that was asked for' }),
        places: list(placeSchema),
        homes: count,
        partial: z.boolean().meta({ description: 'a part of it alone was asked for, or may be seen' }),
        alerts: count,
        perHour,
        flood,
      }),
    ),
    stale: z.object({
      raised: count.meta({ description: `of the period, and so for more than ${staleMs / HOUR} h` }),
      now: count.meta({ description: 'so for longer than that at this moment, whenever they were raised' }),
      urgentNow: count.meta({ description: 'of these P1 and P2' }),
      oldest: list(
        z.object({
          ...placed,
          ...ruleSchema,
          priority: z.enum(PRIORITIES),
          raisedAt: instantSchema,
          case: z.string(),
        }),
      ),
    }),
    sources: z.object({
      sources: count.meta({ description: 'a rule in one home, at one device or gateway' }),
      topShare: share.exactOptional().meta({ title: `Share of the ${topSources} sources with most alerts` }),
      top: list(sourceSchema),
      chattering: count,
      repeating: count,
      unsteady: count.meta({ description: 'those that chatter or repeat' }),
      restless: list(sourceSchema).meta({ description: 'of these, those with most alerts' }),
    }),
    rules: list(
      z.object({
        ...ruleSchema,
        alerts: count,
        perHomeMonth: z.number().min(0).exactOptional().meta({ title: 'Alerts of a home in 30 days' }),
        delay: took.meta({ title: 'Raised after it became so' }),
        sinceSign: took.meta({
          title: 'Raised after the last sign of life',
          description: 'of rules that write down when it was, to within a reading',
        }),
        alone,
      }),
    ),
    alone,
    needs: needsSchema,
    answers: list(
      z.object({
        by: z.enum(ANSWERERS),
        cases: count.meta({ description: 'each round of a reopened case is one' }),
        owed: count,
        within: count.meta({ description: 'of these, taken in time' }),
        took,
      }),
    ).meta({
      description: 'by the role of whoever took a case; `nobody`: its time is over, and nobody has it',
    }),
    moreOverdue: count,
    overdue: list(
      z.object({
        name: z.string().meta({ description: 'empty: nobody has them' }),
        role: z.enum([...STAFF_ROLES, 'other']).exactOptional(),
        overdue: count,
        open: count,
        dueSince: instantSchema,
      }),
    ).meta({ description: 'who has cases at this moment that are overdue' }),
    away: z.object({
      registered: count,
      endedByLife: count.meta({ description: 'somebody was seen at home before the end that was given' }),
    }),
  })
  .meta({ id: 'AlertLoad' });

export type AlertLoadReply = z.output<typeof alertLoadSchema>;
