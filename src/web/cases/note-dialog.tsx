import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { FormButtons } from '../parts/form.tsx';
import { send } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

export function NoteDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  const text = useDraft(`note.${one.id}`);
  const error = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.value.trim() === '') {
      error.value = t('act.noteMissing');
      field.current?.focus();
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
            ref={field}
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
        <FormButtons submit={t('act.note.submit')} onClose={onClose} />
      </form>
    </Dialog>
  );
}
