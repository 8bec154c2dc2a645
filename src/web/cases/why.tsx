import type { Alert, EvidenceReading } from '../../model/alert.ts';
import { evidenceValue, isPartOfText } from '../format/evidence.ts';
import { measure, titleOf } from '../format/measure.ts';
import { duration } from '../format/time.ts';
import { PriorityBadge } from '../parts/badges.tsx';
import { Moment } from '../parts/times.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { pick, t } from '../text/translate.ts';

/** What each alert of the case stands on, in words that a volunteer can check. */
export function Why({ alerts, zone, home }: { alerts: readonly Alert[]; zone: string; home?: HomeDetail }) {
  if (alerts.length === 0) return null;
  const inOrder = [...alerts].sort(
    (a, b) =>
      Number(a.clearedAt !== undefined) - Number(b.clearedAt !== undefined) || b.raisedAt - a.raisedAt,
  );
  return (
    <section class="card" aria-labelledby="why">
      <h2 id="why">{t('case.why')}</h2>
      {inOrder.map((alert) => (
        <AlertBlock key={alert.id} of={alert} zone={zone} {...(home ? { home } : {})} />
      ))}
    </section>
  );
}

function AlertBlock({ of: alert, zone, home }: { of: Alert; zone: string; home?: HomeDetail }) {
  const { evidence } = alert;
  const values = Object.entries(evidence.values).filter(([name]) => !isPartOfText(name));
  return (
    <article class={`alert ${alert.clearedAt === undefined ? '' : 'alert-cleared'}`}>
      <h3>
        <PriorityBadge priority={alert.priority} /> {pick(alert.title)}
        {alert.count > 1 && <span class="quiet-text"> {t('case.evidence.count', { n: alert.count })}</span>}
      </h3>
      <p>{pick(evidence.text)}</p>
      <p class="quiet-text">
        <Since of={alert} zone={zone} /> · <Ended of={alert} zone={zone} />
      </p>
      {evidence.coverage !== undefined && (
        <p class={evidence.coverage === 'measured' ? 'quiet-text' : 'warning-text'}>
          {t(`coverage.${evidence.coverage}`)}
        </p>
      )}
      {evidence.freshnessMs !== undefined && evidence.freshnessMs >= 1000 && (
        <p class="quiet-text">{t('case.evidence.freshness', { time: duration(evidence.freshnessMs) })}</p>
      )}
      {evidence.readings.length > 0 && (
        <Readings readings={evidence.readings} zone={zone} {...(home ? { home } : {})} />
      )}
      {values.length > 0 && (
        <details>
          <summary>{t('case.evidence.values')}</summary>
          <dl class="pairs">
            {values.map(([name, value]) => {
              const shown = evidenceValue(name, value, zone);
              return (
                <div key={name}>
                  <dt>{shown.title}</dt>
                  <dd>{shown.value}</dd>
                </div>
              );
            })}
          </dl>
          <p class="quiet-text">
            {t('case.evidence.rule', {
              rule: `${alert.rule} (${alert.ruleKind})`,
              version: ruleSetOf(alert),
            })}
          </p>
        </details>
      )}
      {alert.history.length > 0 && (
        <details>
          <summary>{t('case.evidence.history')}</summary>
          <ul class="plain">
            {alert.history.map((before) => (
              <li key={before.at}>
                <Moment at={before.at} zone={zone} />
                {t('app.colon')}
                {pick(before.text)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}

/** The version that people gave it, and the mark of what it said: a file is changed without a new version as well. */
const ruleSetOf = ({ ruleSetVersion, ruleSetContent }: Alert): string =>
  ruleSetContent === undefined ? ruleSetVersion : `${ruleSetVersion} (${ruleSetContent})`;

/** A press of a button, a fall: it happened, and nothing of it lasts. */
const isEvent = ({ ruleKind }: Pick<Alert, 'ruleKind'>): boolean => ruleKind === 'event';
const SAME_INSTANT_MS = 60_000;

/**
 * Since when the condition of the rule holds, and when it was found: once where both are one. The words do not say that
 * something began then: what a rule waits for is over when its condition holds.
 */
export function Since({ of: alert, zone }: { of: Alert; zone: string }) {
  const raised = (
    <>
      {t('case.raised')} <Moment at={alert.raisedAt} zone={zone} />
    </>
  );
  if (alert.raisedAt - alert.since < SAME_INSTANT_MS) return raised;
  return (
    <>
      {t(isEvent(alert) ? 'case.happened' : 'case.since')} <Moment at={alert.since} zone={zone} /> · {raised}
    </>
  );
}

function Ended({ of: alert, zone }: { of: Alert; zone: string }) {
  if (alert.clearedAt === undefined) return <b>{t(isEvent(alert) ? 'case.unanswered' : 'case.still')}</b>;
  return (
    <span>
      {t('case.cleared')} <Moment at={alert.clearedAt} zone={zone} />
      {alert.clearReason && ` (${t(`clear.${alert.clearReason}`)})`}
    </span>
  );
}

/** How long after it was measured a reading arrived; of an earlier one that is not kept. */
function Received({ after }: { after: number | undefined }) {
  if (after === undefined) return <>–</>;
  return (
    <>
      {after < 60_000
        ? t('case.evidence.receivedAtOnce')
        : t('case.evidence.receivedAfter', { time: duration(after) })}
    </>
  );
}

function Readings({
  readings,
  zone,
  home,
}: {
  readings: readonly EvidenceReading[];
  zone: string;
  home?: HomeDetail;
}) {
  const nameOf = (id: string) => home?.devices.find(({ device }) => device.id === id)?.modelTitle;
  return (
    <table class="readings">
      <thead>
        <tr>
          <th scope="col">{t('case.evidence.at')}</th>
          <th scope="col">{t('case.evidence.metric')}</th>
          <th scope="col" class="num">
            {t('case.evidence.value')}
          </th>
          <th scope="col">{t('case.evidence.received')}</th>
        </tr>
      </thead>
      <tbody>
        {readings.map((one) => {
          const model = nameOf(one.device);
          return (
            <tr key={`${one.device} ${one.metric} ${one.at}`}>
              <td>
                <Moment at={one.at} zone={zone} />
              </td>
              <td title={one.device}>
                {titleOf(one.metric)}
                {model && <span class="quiet-text"> {pick(model)}</span>}
              </td>
              <td class="num">{measure(one.metric, one.value)}</td>
              <td>
                <Received after={one.receivedAt === undefined ? undefined : one.receivedAt - one.at} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
