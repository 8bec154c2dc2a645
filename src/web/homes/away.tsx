import { useSignal } from '@preact/signals';
import { AWAY_TITLES, type AwayPeriod } from '../../model/registry.ts';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { call, type Problem } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { AwayDialog } from './away-dialog.tsx';
import { AwayLog } from './away-log.tsx';

/** Periods that are over are of use for a while only: who was away last week. */
const PAST_SHOWN_MAX = 3;

/** When nobody lives in the home as usual, and the way to say so. */
export function Away({ of, changed }: { of: HomeDetail; changed: () => void }) {
  const asks = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const at = now.value;
  const { home, path, timeZone } = of;
  const periods = home.away ?? [];
  const lasting = periods.filter(({ until }) => until > at);
  const past = periods.filter(({ until }) => until <= at).slice(-PAST_SHOWN_MAX);
  const mayChange = may('responder', path);
  const close = () => {
    asks.value = false;
  };
  const end = async ({ from }: AwayPeriod) => {
    const answer = await call(`POST`, `/homes/${encodeURIComponent(home.id)}/back`, {
      body: { from },
      key: newKey(),
    });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) announce(t('away.ended'));
    changed();
  };
  return (
    <section class="card" aria-labelledby="away">
      <div class="card-head">
        <h2 id="away">{t('away.title')}</h2>
        {mayChange && (
          <button
            type="button"
            class="button"
            onClick={() => {
              asks.value = true;
            }}
          >
            {t('away.register')}
          </button>
        )}
      </div>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      {lasting.length === 0 && <p>{t('away.none')}</p>}
      <ul class="away-list">
        {lasting.map((period) => (
          <li key={period.from}>
            <Period of={period} zone={timeZone} />
            {mayChange && (
              <button type="button" class="button" onClick={() => void end(period)}>
                {t(period.from <= at ? 'away.end' : 'away.takeBack')}
              </button>
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
      {asks.value && (
        <AwayDialog
          of={of}
          onClose={close}
          onDone={() => {
            close();
            changed();
          }}
        />
      )}
    </section>
  );
}

function Period({ of: { from, until, kind, note }, zone }: { of: AwayPeriod; zone: string }) {
  return (
    <p class="away-period">
      <b>{pick(AWAY_TITLES[kind])}</b>{' '}
      <span>
        <Moment at={from} zone={zone} /> – <Moment at={until} zone={zone} />
      </span>
      {note && <span class="quiet-text"> {note}</span>}
    </p>
  );
}
