import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { keptText, pressedTime } from '../cases/fate.tsx';
import { dayTime } from '../format/time.ts';
import { Logo } from '../parts/icons.tsx';
import { get } from '../state/api.ts';
import { lastHeard } from '../state/last-heard.ts';
import { heldIfLate } from '../state/late-deeds.ts';
import { actions, deedName, discard, isUnsent, showStored } from '../state/outbox.ts';
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
      <Left />
      <p class="quiet-text">{t('away.retrying')}</p>
      <button type="button" class="button wide" onClick={() => void goOn()}>
        {t('app.retry')}
      </button>
    </>
  );
}

/**
 * What somebody did here and nobody heard of: whoever pressed believes that others know. Only what was done, of which
 * number and when; no names and no words, as nobody knows here who holds the phone.
 */
function Left() {
  const at = useSignal(Date.now());
  useEffect(() => {
    showStored();
    const timer = setInterval(() => {
      at.value = Date.now();
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  const left = actions.value.filter(isUnsent).map((one) => heldIfLate(one, at.value));
  if (left.length === 0) return null;
  return (
    <section class="fate fate-waiting left">
      <p>{t('outbox.left', { n: left.length })}</p>
      <ul>
        {left.map((one) => {
          const what = deedName(one);
          const number = String(one.number);
          return (
            <li key={one.key}>
              <p>
                <b>{t('outbox.leftOne', { what, number, time: pressedTime(one) })}</b>
              </p>
              <p class="quiet-text">{t(keptText(one))}</p>
              <button
                type="button"
                class="button"
                aria-label={t('outbox.discardOf', { what, number })}
                onClick={() => discard(one.key)}
              >
                {t('outbox.discard')}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** From the beginning: this page may be of before the service was brought up to date. */
async function goOn(): Promise<void> {
  const answer = await get('/session');
  if (answer.ok || answer.problem.status === 401) location.reload();
}
