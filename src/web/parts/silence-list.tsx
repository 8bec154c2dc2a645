import { useSignal } from '@preact/signals';
import { SILENCE_TITLES } from '../../model/silence-modes.ts';
import { dayTime } from '../format/time.ts';
import { announce } from '../state/announcer.ts';
import type { SilenceReply } from '../state/answers.ts';
import { call, get, type Problem } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { nodeName, zoneOf } from '../state/places.ts';
import { isOperator } from '../state/session.ts';
import { number, pick, t } from '../text/translate.ts';
import { LoadState, useLoaded } from './loaded.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

/** What nobody is told of, who wanted it so, until when, and what was held back. */
export function SilenceList() {
  const silences = useLoaded(() => get<{ items: readonly SilenceReply[] }>('/silences'), []);
  const asks = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const { value, again } = silences.value;
  const end = async (id: string) => {
    const answer = await call('POST', `/silences/${encodeURIComponent(id)}/end`, { key: newKey() });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) announce(t('silence.ended'));
    again();
  };
  return (
    <section class="card" id="silences" aria-labelledby="silences-title">
      <div class="card-head">
        <h2 id="silences-title">{t('silence.title')}</h2>
        {isOperator.value && (
          <button
            type="button"
            class="button"
            onClick={() => {
              asks.value = true;
            }}
          >
            {t('silence.new')}
          </button>
        )}
      </div>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      <LoadState of={silences}>
        {value?.items.length === 0 && <p class="quiet-text">{t('silence.none')}</p>}
        <ul class="away-list">
          {value?.items.map((one) => (
            <li key={one.id}>
              <p class={one.active ? '' : 'quiet-text'}>
                <b>{pick(SILENCE_TITLES[one.mode])}</b> {scopeOf(one)}
                {one.includesP1 && ` · ${t('silence.p1', { why: one.includesP1 })}`}
                <br />
                {t('silence.who', {
                  by: one.by,
                  why: one.reason,
                  until: dayTime(one.endedAt ?? one.until, now.value, zoneOf(one.node ?? '')),
                })}{' '}
                · {t('silence.held', { n: number(one.held) })}
              </p>
              {one.active && isOperator.value && (
                <button type="button" class="button" onClick={() => void end(one.id)}>
                  {t('silence.end')}
                </button>
              )}
            </li>
          ))}
        </ul>
      </LoadState>
      {asks.value && (
        <SilenceDialog
          onClose={() => {
            asks.value = false;
            again();
          }}
        />
      )}
    </section>
  );
}

/** What a silence is about, as people call it. */
export const scopeOf = ({ node, home, rule, channel }: SilenceReply): string =>
  [
    node === undefined ? '' : nodeName(node),
    home ?? '',
    rule === undefined ? '' : `${t('silence.rule')} ${rule}`,
    channel === undefined ? '' : `${t('silence.channel')} ${channel}`,
  ]
    .filter((word) => word !== '')
    .join(' · ');
