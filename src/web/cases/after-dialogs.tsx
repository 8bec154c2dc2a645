import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { CALL_BACK_RESULT_NAMES, CALL_BACK_RESULTS, CONTACT_WAYS, OUTCOMES } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { FormButtons } from '../parts/form.tsx';
import { send } from '../state/outbox.ts';
import { pick, t } from '../text/translate.ts';

/** What is done with a case after it was resolved: call back, open again, strike off. */

export function CallBackDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  const result = useDraft(`call-back.${one.id}`);
  const note = useDraft(`call-back-note.${one.id}`);
  const error = useSignal<'result' | 'why' | undefined>(undefined);
  const id = useId();
  const chosen = CALL_BACK_RESULT_NAMES.find((name) => name === result.value);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = note.value.trim();
    if (chosen === undefined) {
      error.value = 'result';
      return;
    }
    // Whoever goes there next should know what for.
    if (chosen === 'not-satisfied' && said === '') {
      error.value = 'why';
      form.querySelector('textarea')?.focus();
      return;
    }
    send('call-back', one, {
      result: chosen,
      expectedVersion: one.version,
      ...(said === '' ? {} : { note: said }),
    });
    result.value = '';
    note.value = '';
    onClose();
  };
  return (
    <Dialog title={t('act.callBack.title', { number: String(one.number) })} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <p class="quiet-text">
          {t('act.callBack.lead', {
            name: one.resolvedBy ?? '',
            outcome: one.outcome ? pick(OUTCOMES[one.outcome]) : '',
          })}
          {one.contact && ` ${pick(CONTACT_WAYS[one.contact])}${t('app.colon')}${one.contactMadeBy ?? ''}`}
        </p>
        <fieldset class="outcomes" aria-describedby={`${id}-error`}>
          <legend>{t('act.callBack.result')}</legend>
          {CALL_BACK_RESULT_NAMES.map((name) => (
            <label key={name} class="radio">
              <input
                type="radio"
                name="result"
                value={name}
                checked={result.value === name}
                onChange={() => {
                  result.value = name;
                  error.value = undefined;
                }}
              />
              <span>{pick(CALL_BACK_RESULTS[name])}</span>
            </label>
          ))}
        </fieldset>
        <p id={`${id}-error`} class="error-text" role="alert">
          {error.value === 'result' ? t('act.callBack.missing') : ''}
        </p>
        {chosen && <p class="message">{t(`act.callBack.means.${chosen}`)}</p>}
        <label class="field">
          <span>{t(chosen === 'not-satisfied' ? 'act.callBack.why' : 'act.callBack.note')}</span>
          <textarea
            rows={3}
            maxLength={2000}
            value={note.value}
            required={chosen === 'not-satisfied'}
            aria-invalid={error.value === 'why'}
            aria-describedby={`${id}-why`}
            onInput={(event) => {
              note.value = event.currentTarget.value;
              if (error.value === 'why') error.value = undefined;
            }}
          />
        </label>
        <p id={`${id}-why`} class="error-text" role="alert">
          {error.value === 'why' ? t('act.callBack.whyMissing') : ''}
        </p>
        <FormButtons submit={t('act.callBack.submit')} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** All want a reason, since none is the ordinary way. */
export function ReasonDialog({
  of: one,
  what,
  onClose,
}: {
  of: NumberedCase;
  what: 'give-back' | 'reopen' | 'strike-off';
  onClose: () => void;
}) {
  const reason = useDraft(`${what}.${one.id}`);
  const error = useSignal(false);
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const said = reason.value.trim();
    if (said === '') {
      error.value = true;
      return;
    }
    send(what, one, { reason: said, expectedVersion: one.version });
    reason.value = '';
    onClose();
  };
  return (
    <Dialog title={t(`act.${what}.title`, { number: String(one.number) })} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <p>{t(`act.${what}.lead`)}</p>
        <label class="field">
          <span>{t('act.reason')}</span>
          <textarea
            rows={3}
            maxLength={2000}
            autofocus
            value={reason.value}
            aria-invalid={error.value}
            aria-describedby={`${id}-error`}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
              error.value = false;
            }}
          />
        </label>
        <p id={`${id}-error`} class="error-text" role="alert">
          {error.value ? t('act.reason.missing') : ''}
        </p>
        <FormButtons submit={t(`act.${what}`)} onClose={onClose} />
      </form>
    </Dialog>
  );
}
