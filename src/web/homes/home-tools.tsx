import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import type { Priority } from '../../model/alert.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useOnce } from '../parts/form.tsx';
import { SilenceDialog } from '../parts/silence-dialog.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { EndHome } from './end-home.tsx';

/** What an operator does with a home as a whole: a drill, a silence, its end. */
export function HomeTools({ of }: { of: HomeDetail }) {
  const { home, path } = of;
  const asks = useSignal<'drill' | 'silence' | 'end' | undefined>(undefined);
  // A drill of a P1 calls as many people as a P1: not twice for two taps.
  const { busy, error, post } = useOnce<{ case: NumberedCase }>();
  const { route } = useLocation();
  if (!may('operator', path)) return null;
  const close = () => {
    asks.value = undefined;
    error.value = '';
  };
  const begin = async (priority: Priority) => {
    if (busy.value) return;
    const begun = await post(`/homes/${encodeURIComponent(home.id)}/drill`, { priority });
    if (begun) route(`/cases/${encodeURIComponent(begun.case.id)}`, true);
  };
  return (
    <section class="card" aria-labelledby="home-tools">
      <h2 id="home-tools">{t('tools.title')}</h2>
      <div class="care-answers">
        {(['drill', 'silence'] as const).map((what) => (
          <button
            key={what}
            type="button"
            class="button"
            onClick={() => {
              asks.value = what;
            }}
          >
            {t(`tools.${what}`)}
          </button>
        ))}
      </div>
      <p>
        <button
          type="button"
          class="button quiet danger"
          onClick={() => {
            asks.value = 'end';
          }}
        >
          {t('end.open')}
        </button>
      </p>
      {asks.value === 'end' && <EndHome of={of} onClose={close} />}
      {asks.value === 'silence' && <SilenceDialog home={home.id} onClose={close} />}
      {asks.value === 'drill' && (
        <Dialog title={t('tools.drill')} onClose={close}>
          <p class="message message-warning">{t('drill.means')}</p>
          <p class="error-text" role="alert">
            {error.value}
          </p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={close}>
              {t('app.cancel')}
            </button>
            {(['P2', 'P1'] as const).map((priority) => (
              <button
                key={priority}
                type="button"
                class="button primary"
                aria-disabled={busy.value}
                onClick={() => void begin(priority)}
              >
                {t('drill.begin', { priority })}
              </button>
            ))}
          </div>
        </Dialog>
      )}
    </section>
  );
}
