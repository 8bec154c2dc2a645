import { useSignal } from '@preact/signals';
import {
  HELP_ASKED_PRIORITIES,
  HELP_ASKED_PRIORITY_TITLES,
  type HelpAskedPriority,
} from '../../model/help-asked.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { Choice } from './told-fields.tsx';

/** Somebody telephones, or stands at the desk: no device will say it. */
export function HelpAsked({ of }: { of: HomeDetail }) {
  const asks = useSignal(false);
  if (!may('responder', of.path)) return null;
  return (
    <p>
      <button
        type="button"
        class="button primary"
        onClick={() => {
          asks.value = true;
        }}
      >
        {t('help.register')}
      </button>
      {asks.value && (
        <HelpDialog
          of={of}
          onClose={() => {
            asks.value = false;
          }}
        />
      )}
    </p>
  );
}

function HelpDialog({ of, onClose }: { of: HomeDetail; onClose: () => void }) {
  const priority = useSignal<HelpAskedPriority>('P2');
  const from = useSignal('');
  const note = useSignal('');
  const { busy, error, post } = useOnce<{ readonly case: NumberedCase }>();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const said = note.value.trim();
    if (said === '') {
      error.value = t('help.whatMissing');
      return;
    }
    const body = { priority: priority.value, from: from.value.trim(), note: said };
    const answer = await post(`/homes/${encodeURIComponent(of.home.id)}/help`, body);
    if (!answer) return;
    announce(t('help.registered'));
    location.assign(`/cases/${encodeURIComponent(answer.case.id)}`);
  };
  return (
    <Dialog title={t('help.dialog', { place: shortPlace(of) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <p class="message message-warning">{t('help.means')}</p>
        <Choice
          of={priority}
          names={HELP_ASKED_PRIORITIES}
          titles={HELP_ASKED_PRIORITY_TITLES}
          legend={t('help.howSoon')}
        />
        <label class="field">
          <span>{t('help.what')}</span>
          <textarea
            name="note"
            rows={3}
            maxLength={1000}
            required
            value={note.value}
            onInput={({ currentTarget }) => {
              note.value = currentTarget.value;
              error.value = '';
            }}
          />
        </label>
        <label class="field">
          <span>{t('help.from')}</span>
          <input
            name="from"
            maxLength={100}
            value={from.value}
            onInput={({ currentTarget }) => {
              from.value = currentTarget.value;
            }}
          />
        </label>
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
