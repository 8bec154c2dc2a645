import { duration } from '../format/time.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import type { DrillReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { t } from '../text/translate.ts';

/** Who was told of a drill, who answered, and after how long. */
export function DrillReport({ id, version }: { id: string; version: number }) {
  const report = useLoaded(() => get<DrillReply>(`/cases/${encodeURIComponent(id)}/drill`), [id, version]);
  const { value } = report.value;
  return (
    <section class="card" aria-labelledby="drill">
      <h2 id="drill">{t('drill.report')}</h2>
      <LoadState of={report}>
        {value && (
          <>
            {value.steps.length === 0 && <p class="warning-text">{t('drill.nobody')}</p>}
            <dl class="figures">
              {value.steps.map(({ what, by, afterMs }) => (
                <div key={what}>
                  <dt>
                    {t(`drill.step.${what}`)}
                    {by ? ` · ${by}` : ''}
                  </dt>
                  <dd class="num">{duration(afterMs)}</dd>
                </div>
              ))}
            </dl>
            <ul class="plain-list">
              {value.told.map(({ name, channel, notices, state, seenMs }) => (
                <li key={`${name}.${channel}`}>
                  {name} {name !== channel && <span class="quiet-text">({channel})</span>}{' '}
                  {t(`notice.state.${state}`)}
                  {notices > 1 && ` · ${t('drill.times', { count: notices })}`}
                  {seenMs !== undefined && ` · ${t('drill.seen', { time: duration(seenMs) })}`}
                </li>
              ))}
            </ul>
          </>
        )}
      </LoadState>
    </section>
  );
}
