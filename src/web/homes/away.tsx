import { AWAY_TITLES } from '../../model/away-kinds.ts';
import type { AwayPeriod } from '../../model/registry.ts';
import { EndButton, PeriodCard, useEnding } from '../parts/period.tsx';
import { Moment } from '../parts/times.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { now } from '../state/clock.ts';
import { may } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { AwayDialog } from './away-dialog.tsx';
import { AwayLog } from './away-log.tsx';

/** Periods that are over are of use for a while only: who was away last week. */
const PAST_SHOWN_MAX = 3;

/** When nobody lives in the home as usual, and the way to say so. */
export function Away({ of, changed }: { of: HomeDetail; changed: () => void }) {
  const at = now.value;
  const { home, path, timeZone } = of;
  const { error, end } = useEnding(t('away.ended'), changed);
  const periods = home.away ?? [];
  const lasting = periods.filter(({ until }) => until > at);
  const past = periods.filter(({ until }) => until <= at).slice(-PAST_SHOWN_MAX);
  const mayChange = may('responder', path);
  const back = `/homes/${encodeURIComponent(home.id)}/back`;
  return (
    <PeriodCard
      id="away"
      title={t('away.title')}
      register={t('away.register')}
      mayRegister={mayChange}
      error={error.value}
      changed={changed}
      dialog={(dialogs) => <AwayDialog of={of} {...dialogs} />}
    >
      {lasting.length === 0 && <p>{t('away.none')}</p>}
      <ul class="away-list">
        {lasting.map((period) => (
          <li key={period.from}>
            <Period of={period} zone={timeZone} />
            {mayChange && (
              <EndButton
                from={period.from}
                ends={t('away.end')}
                takesBack={t('away.takeBack')}
                onEnd={() => void end(back, { from: period.from })}
              />
            )}
          </li>
        ))}
      </ul>
      {past.length > 0 && (
        <details>
          <summary>{t('away.past')}</summary>
          <ul class="away-list">
            {past.map((period) => (
              <li key={period.from}>
                <Period of={period} zone={timeZone} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <AwayLog of={of} changed={changed} />
      <p class="quiet-text">{t('away.help')}</p>
    </PeriodCard>
  );
}

function Period({ of: { from, until, kind, note, by }, zone }: { of: AwayPeriod; zone: string }) {
  return (
    <p class="away-period">
      <b>{pick(AWAY_TITLES[kind])}</b>{' '}
      <span>
        <Moment at={from} zone={zone} /> – <Moment at={until} zone={zone} />
      </span>
      {note && <span class="quiet-text"> {note}</span>}
      {by && <span class="quiet-text"> · {by}</span>}
    </p>
  );
}
