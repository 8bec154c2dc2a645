import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Alert } from '../../model/alert.ts';
import { type CaseEntry, CONTACT_WAY_NAMES, CONTACT_WAYS, OUTCOMES } from '../../model/case.ts';
import { definitionOf } from '../../model/case-kind.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { FormButtons } from '../parts/form.tsx';
import { Moment } from '../parts/times.tsx';
import { send } from '../state/outbox.ts';
import { user } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { outcomesFor } from './outcomes.ts';

/** Where somebody who left this out is led. */
const FIELDS: Readonly<Record<Missing, string>> = {
  outcome: 'input[type=radio]',
  note: 'textarea',
  way: 'input[name=way]',
  contact: 'input[name=contact]',
};

/** The first thing that is left out; who was spoken to or seen is asked only of grave cases. */
function missingIn(form: {
  readonly chosen: string | undefined;
  readonly said: string;
  readonly contactWay?: string | null;
  readonly who?: string;
}): Missing | undefined {
  if (form.chosen === undefined) return 'outcome';
  if (form.chosen === 'other' && form.said === '') return 'note';
  if (form.contactWay === null) return 'way';
  return form.who === '' ? 'contact' : undefined;
}

/**
 * Closing a case: what was found, and for grave ones who spoke to or saw the person. Nobody's name is filled in
 * beforehand: it has to be a statement. News that come while the form is open are shown before it can be sent.
 */
export function ResolveDialog({
  of: one,
  alerts,
  entries,
  zone,
  onClose,
}: {
  of: NumberedCase;
  alerts: readonly Alert[];
  entries: readonly CaseEntry[];
  zone: string;
  onClose: () => void;
}) {
  const seen = useSignal(Math.max(0, ...entries.map((entry) => entry.n)));
  const outcome = useDraft(`outcome.${one.id}`);
  const contact = useDraft(`contact.${one.id}`);
  const way = useDraft(`contact-way.${one.id}`);
  const note = useDraft(`resolve.${one.id}`);
  const error = useSignal<Missing | undefined>(undefined);
  const id = useId();
  const grave = definitionOf(one.kind).contact.includes(one.priority);
  const news = entries.filter((entry) => entry.n > seen.value);
  const outcomes = outcomesFor(one, grave, alerts);
  const chosen = outcomes.find((name) => name === outcome.value);
  const contactWay = CONTACT_WAY_NAMES.find((name) => name === way.value);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [said, who] = [note.value.trim(), contact.value.trim()];
    const missing = missingIn({ chosen, said, ...(grave ? { contactWay: contactWay ?? null, who } : {}) });
    if (missing || chosen === undefined) {
      error.value = missing;
      form.querySelector<HTMLElement>(FIELDS[missing ?? 'outcome'])?.focus();
      return;
    }
    send('resolve', one, {
      outcome: chosen,
      expectedVersion: one.version,
      ...(said === '' ? {} : { note: said }),
      ...(who === '' || contactWay === undefined ? {} : { contactMadeBy: who, contact: contactWay }),
    });
    outcome.value = '';
    contact.value = '';
    way.value = '';
    note.value = '';
    onClose();
  };

  return (
    <Dialog title={t('act.resolve.title', { number: String(one.number) })} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <fieldset class="outcomes" aria-describedby={`${id}-outcome`}>
          <legend>{t('act.resolve.outcome')}</legend>
          {outcomes.map((name) => (
            <label key={name} class="radio">
              <input
                type="radio"
                name="outcome"
                value={name}
                checked={outcome.value === name}
                onChange={() => {
                  outcome.value = name;
                  if (error.value === 'outcome' || error.value === 'note') error.value = undefined;
                }}
              />
              <span>{pick(OUTCOMES[name])}</span>
            </label>
          ))}
        </fieldset>
        <p id={`${id}-outcome`} class="error-text" role="alert">
          {error.value === 'outcome' ? t('act.resolve.outcomeMissing') : ''}
        </p>
        {grave && <WayOfContact id={id} way={way} error={error} />}
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
          <span>{t(chosen === 'other' ? 'act.resolve.noteOfOther' : 'act.resolve.note')}</span>
          <textarea
            rows={3}
            maxLength={2000}
            value={note.value}
            aria-invalid={error.value === 'note'}
            aria-describedby={`${id}-note`}
            onInput={(event) => {
              note.value = event.currentTarget.value;
              if (error.value === 'note') error.value = undefined;
            }}
          />
        </label>
        <p id={`${id}-note`} class="error-text" role="alert">
          {error.value === 'note' ? t('act.resolve.noteMissing') : ''}
        </p>
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
        <FormButtons
          submit={news.length > 0 ? t('act.resolve.newerConfirm') : t('act.resolve.submit')}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

type Missing = 'outcome' | 'contact' | 'way' | 'note';

/** Were they spoken to, or seen? A neighbour's word is neither. */
function WayOfContact({
  id,
  way,
  error,
}: {
  id: string;
  way: Signal<string>;
  error: Signal<Missing | undefined>;
}) {
  return (
    <fieldset class="outcomes" aria-describedby={`${id}-way`}>
      <legend>{t('act.resolve.way')}</legend>
      {CONTACT_WAY_NAMES.map((name) => (
        <label key={name} class="radio">
          <input
            type="radio"
            name="way"
            value={name}
            checked={way.value === name}
            onChange={() => {
              way.value = name;
              if (error.value === 'way') error.value = undefined;
            }}
          />
          <span>{pick(CONTACT_WAYS[name])}</span>
        </label>
      ))}
      <p id={`${id}-way`} class="error-text" role="alert">
        {error.value === 'way' ? t('act.resolve.wayMissing') : ''}
      </p>
    </fieldset>
  );
}
