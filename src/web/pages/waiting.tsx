import { useEffect } from 'preact/hooks';
import { dayTime } from '../format/time.ts';
import { Logo } from '../parts/icons.tsx';
import { get } from '../state/api.ts';
import { lastHeard } from '../state/last-heard.ts';
import { zoneOf } from '../state/places.ts';
import { sessionState } from '../state/session.ts';
import { t } from '../text/translate.ts';

const RETRY_MS = 3_000;

/** Nothing to show before the service has said who we are. */
export function Waiting() {
  const away = sessionState.value === 'unreachable';
  return (
    <main class="login">
      <div class="login-card" aria-busy={!away}>
        <div class="login-head">
          <Logo />
          <div>
            <h1>{t('app.name')}</h1>
            <p role="status">{away ? t('login.unreachable') : t('app.loading')}</p>
          </div>
        </div>
        {away && <Away />}
      </div>
    </main>
  );
}

/** No case is shown here, not even an old one; that none is shown must not be taken for news either. */
function Away() {
  useEffect(() => {
    const timer = setInterval(() => void goOn(), RETRY_MS);
    const online = () => void goOn();
    window.addEventListener('online', online);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', online);
    };
  }, []);
  const since = lastHeard();
  return (
    <>
      <p class="message message-bad">
        {since === undefined
          ? t('away.blind')
          : t('away.blindSince', { time: dayTime(since, Date.now(), zoneOf()) })}
      </p>
      <p class="quiet-text">{t('away.retrying')}</p>
      <button type="button" class="button wide" onClick={() => void goOn()}>
        {t('app.retry')}
      </button>
    </>
  );
}

/** From the beginning: this page may be of before the service was brought up to date. */
async function goOn(): Promise<void> {
  const answer = await get('/session');
  if (answer.ok || answer.problem.status === 401) location.reload();
}
