import { useSignal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { send } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

export function NoteDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  const text = useDraft(`note.${one.id}`);
  const error = useSignal('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.value.trim() === '') {
      error.value = t('act.noteMissing');
      return;
    }
    send('note', one, { text: text.value.trim() });
    text.value = '';
    onClose();
  };
  return (
    <Dialog title={t('act.note')} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <label class="field">
          <span>{t('act.note.label')}</span>
          <textarea
            rows={4}
            maxLength={2000}
            autofocus
            placeholder={t('act.note.hint')}
            value={text.value}
            aria-invalid={error.value !== ''}
            aria-describedby="note-error"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <p id="note-error" class="error-text" role="alert">
          {error.value}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary">
            {t('act.note.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
