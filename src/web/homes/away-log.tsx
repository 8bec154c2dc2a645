import { useSignal } from '@preact/signals';
import { AWAY_TITLES } from '../../model/away-kinds.ts';
import type { AwayLine } from '../../model/registry.ts';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { call } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';

/** Who registered and ended absences, the newest first; the last change of each can be undone while it matters. */
export function AwayLog({ of: { home, path, timeZone }, changed }: { of: HomeDetail; changed: () => void }) {
  const error = useSignal('');
  const lines = [...(home.awayLog ?? [])].reverse();
  if (lines.length === 0) return null;
  const isLast = (line: AwayLine, i: number): boolean =>
    line.until > now.value && lines.findIndex(({ from }) => from === line.from) === i;
  const undo = async (line: AwayLine) => {
    const { from, until, kind } = line;
    const [what, body] = line.change === 'registered' ? ['back', { from }] : ['away', { from, until, kind }];
    const address = `/homes/${encodeURIComponent(home.id)}/${what}`;
    const answer = await call('POST', address, { body, key: newKey() });
    error.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) announce(t('away.undone'));
    changed();
  };
  return (
    <details>
      <summary>{t('away.log')}</summary>
      <p class="error-text" role="alert">
        {error.value}
      </p>
      <ul class="away-list">
        {lines.map((line, i) => (
          <li key={`${line.at} ${line.from} ${line.change}`} data-change={line.change}>
            <p class="away-period">
              <Moment at={line.at} zone={timeZone} />{' '}
              <b>{line.by === 'system' ? t('away.system') : line.by}</b> {t(`away.log.${line.change}`)}{' '}
              <span class="quiet-text">
                {pick(AWAY_TITLES[line.kind])} <Moment at={line.from} zone={timeZone} /> –{' '}
                <Moment at={line.until} zone={timeZone} />
              </span>
            </p>
            {may('responder', path) && isLast(line, i) && (
              <button type="button" class="button" onClick={() => void undo(line)}>
                {t('away.undo')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
