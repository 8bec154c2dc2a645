import { SILENCE_TITLES } from '../../model/silence-modes.ts';
import { dayTime } from '../format/time.ts';
import type { SilenceReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { nodeName, zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { useLoaded } from './loaded.tsx';
import { scopeOf } from './silence-list.tsx';

/**
 * Always in sight while somebody is not told of something: a site on trial and what keeps even a P1 still by their names,
 * other silences by their number. Whoever would be told may look at them, and not only who may end them.
 */
export function SilenceBar() {
  const silences = useLoaded(() => get<{ items: readonly SilenceReply[] }>('/silences'), []);
  const active = (silences.value.value?.items ?? []).filter((one) => one.active && one.until > now.value);
  const trials = active.filter(({ mode }) => mode === 'log-only');
  const quiet = active.length - trials.length;
  const deaf = active.filter(({ mode, includesP1 }) => mode === 'silence' && includesP1 !== undefined);
  if (active.length === 0) return null;
  return (
    <aside class="silence-bar" aria-label={t('silence.bar')}>
      {trials.map((one) => (
        <span key={one.id}>
          <b>{pick(SILENCE_TITLES['log-only'])}</b>{' '}
          {t('silence.trial', {
            place: nodeName(one.node ?? ''),
            until: dayTime(one.until, now.value, zoneOf()),
          })}
        </span>
      ))}
      {deaf.map((one) => (
        <span key={one.id} class="silence-deaf">
          {t('silence.deaf', {
            scope: scopeOf(one),
            until: dayTime(one.until, now.value, zoneOf(one.node ?? '')),
          })}
        </span>
      ))}
      {quiet > 0 && <span>{t('silence.count', { n: quiet })}</span>}
      <a href="/status#silences">{t('silence.show')}</a>
    </aside>
  );
}
