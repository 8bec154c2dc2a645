import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { type CaseEntry, OUTCOME_NAMES, OUTCOMES } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { Moment } from '../parts/times.tsx';
import { send } from '../state/outbox.ts';
import { user } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';

/**
 * Closing a case: what was found, and for grave ones who spoke to or saw the person. Nobody's name is filled in
 * beforehand: it has to be a statement. News that come while the form is open are shown before it can be sent.
 */
export function ResolveDialog({
  of: one,
  entries,
  zone,
  onClose,
}: {
  of: NumberedCase;
  entries: readonly CaseEntry[];
  zone: string;
  onClose: () => void;
}) {
  const seen = useSignal(Math.max(0, ...entries.map((entry) => entry.n)));
  const outcome = useDraft(`outcome.${one.id}`);
  const contact = useDraft(`contact.${one.id}`);
  const note = useDraft(`resolve.${one.id}`);
  const error = useSignal<'outcome' | 'contact' | undefined>(undefined);
  const id = useId();
  const grave = one.kind === 'safety' && (one.priority === 'P1' || one.priority === 'P2');
  const news = entries.filter((entry) => entry.n > seen.value);
  const chosen = OUTCOME_NAMES.find((name) => name === outcome.value);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (chosen === undefined) {
      error.value = 'outcome';
      form.querySelector<HTMLInputElement>('input[type=radio]')?.focus();
      return;
    }
    if (grave && contact.value.trim() === '') {
      error.value = 'contact';
      form.querySelector<HTMLInputElement>('input[name=contact]')?.focus();
      return;
    }
    const said = note.value.trim();
    const who = contact.value.trim();
    send('resolve', one, {
      outcome: chosen,
      expectedVersion: one.version,
      ...(said === '' ? {} : { note: said }),
      ...(who === '' ? {} : { contactMadeBy: who }),
    });
    outcome.value = '';
    contact.value = '';
    note.value = '';
    onClose();
  };

  return (
    <Dialog title={t('act.resolve.title', { number: String(one.number) })} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <fieldset class="outcomes" aria-describedby={`${id}-outcome`}>
          <legend>{t('act.resolve.outcome')}</legend>
          {OUTCOME_NAMES.map((name) => (
            <label key={name} class="radio">
              <input
                type="radio"
                name="outcome"
                value={name}
                checked={outcome.value === name}
                onChange={() => {
                  outcome.value = name;
                  if (error.value === 'outcome') error.value = undefined;
                }}
              />
              <span>{pick(OUTCOMES[name])}</span>
            </label>
          ))}
        </fieldset>
        <p id={`${id}-outcome`} class="error-text" role="alert">
          {error.value === 'outcome' ? t('act.resolve.outcomeMissing') : ''}
        </p>
        {grave && (
          <div class="field">
            <label for={`${id}-contact-field`}>{t('act.resolve.contact')}</label>
            <p class="quiet-text" id={`${id}-hint`}>
              {t('act.resolve.contactHint')}
            </p>
            <div class="with-button">
              <input
                id={`${id}-contact-field`}
                name="contact"
                maxLength={100}
                autoComplete="off"
                required
                value={contact.value}
                aria-invalid={error.value === 'contact'}
                aria-describedby={`${id}-hint ${id}-contact`}
                onInput={(event) => {
                  contact.value = event.currentTarget.value;
                  if (error.value === 'contact') error.value = undefined;
                }}
              />
              <button
                type="button"
                class="button quiet"
                onClick={() => {
                  contact.value = user.peek()?.name ?? '';
                  error.value = undefined;
                }}
              >
                {t('act.resolve.myself', { name: user.value?.name ?? '' })}
              </button>
            </div>
            <p id={`${id}-contact`} class="error-text" role="alert">
              {error.value === 'contact' ? t('act.resolve.contactMissing') : ''}
            </p>
          </div>
        )}
        <label class="field">
          <span>{t('act.resolve.note')}</span>
          <textarea
            rows={3}
            maxLength={2000}
            value={note.value}
            onInput={(event) => {
              note.value = event.currentTarget.value;
            }}
          />
        </label>
        {news.length > 0 && (
          <div class="message message-warning" role="alert">
            <p>{t('act.resolve.newer')}</p>
            <ul>
              {news.map((entry) => (
                <li key={entry.n}>
                  <Moment at={entry.at} zone={zone} /> {entry.by === 'system' ? '' : entry.by}{' '}
                  {pick(entry.text)}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary">
            {news.length > 0 ? t('act.resolve.newerConfirm') : t('act.resolve.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
