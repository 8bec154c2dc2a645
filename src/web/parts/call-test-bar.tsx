import { useEffect } from 'preact/hooks';
import { clockTime } from '../format/time.ts';
import type { RunningCallTest } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { onMessage } from '../state/stream.ts';
import { t } from '../text/translate.ts';
import { useLoaded } from './loaded.tsx';

/** Always in sight while the next call of a device would be taken for a test. */
export function CallTestBar() {
  const tests = useLoaded(() => get<{ items: readonly RunningCallTest[] }>('/call-tests'), []);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type === 'device' && message.test) tests.peek().again();
      }),
    [],
  );
  const running = (tests.value.value?.items ?? []).filter(({ until }) => until > now.value);
  if (running.length === 0) return null;
  return (
    <aside class="silence-bar" aria-label={t('callTest.bar')} data-call-tests>
      {running.map(({ id, home, homeName, path, device, until, by }) => (
        <a key={id} href={`/homes/${encodeURIComponent(home)}`}>
          {t('callTest.running', { home: homeName, device, until: clockTime(until, zoneOf(path)), by })}
        </a>
      ))}
    </aside>
  );
}
