import { shortLocal } from '../lib/local-time.ts';
import type { EvidenceReading } from '../model/alert.ts';
import { METRICS } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';
import { amountOf } from '../model/unit-words.ts';
import type { Finding, RuleContext } from './define.ts';
import { beyond, type Limit, type Sample, timesOfAll } from './reading-samples.ts';

/** Readings beyond a limit as people read them. */
export function findingOf(
  context: RuleContext<{ readonly limits: readonly Limit[] }, unknown>,
  overs: readonly Sample[],
  priority: Finding['priority'],
): Finding {
  const last = overs[overs.length - 1] as Sample;
  const first = overs[0] as Sample;
  const { title } = METRICS[last.metric];
  const rule = context.params.limits.find((l) => l.metric === last.metric && beyond(last.value, l)) as Limit;
  const bound = rule.above ?? rule.below;
  const amount = last.metric === 'pulse_bpm' ? `${last.value} bpm` : amountOf(last.metric, last.value);
  const [zhSide, enSide] = rule.above !== undefined ? ['≥', 'at or above'] : ['≤', 'at or below'];
  const when = shortLocal(last.at, context.timeZone);
  const count = timesOfAll(overs);
  const [zhTimes, enTimes] =
    count > 1
      ? [`，共 ${count} 次`, `, ${count} readings`]
      : ['，尚未复测确认', ', not confirmed by a second reading'];
  return {
    since: first.at,
    at: last.at,
    ...(priority ? { priority } : {}),
    title: limitTitle(rule),
    evidence: {
      text: {
        zh: `${title.zh} ${amount}（阈值 ${zhSide} ${bound}），${when}${zhTimes}`,
        en: `${title.en} ${amount} (limit: ${enSide} ${bound}) at ${when}${enTimes}`,
      },
      readings: overs.slice(-5).map(({ metric, value, at, receivedAt }): EvidenceReading => {
        return { device: context.device?.state.id ?? '', metric, value, at, receivedAt };
      }),
      freshnessMs: Math.max(0, context.now - last.at),
      values: { limit: bound as number, measured: last.value, count },
    },
  };
}

/** What a reading beyond this limit is called. */
export function limitTitle({ metric, above }: Pick<Limit, 'metric' | 'above'>): Text {
  const { zh, en } = METRICS[metric].title;
  return above === undefined
    ? { zh: `${zh}过低`, en: `${en} too low` }
    : { zh: `${zh}过高`, en: `${en} too high` };
}
