import { useDraft } from '../parts/draft.ts';
import { useOnce } from '../parts/form.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { RosterReply } from '../state/answers.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';

const SHOWN = 5;

/** Words for whoever is on duty next; the newest are what the next one has to read. */
export function HandOverNotes({ of, changed }: { of: RosterReply; changed: () => void }) {
  // A P1 leads away from here in the middle of a sentence.
  const text = useDraft(`hand-over.${of.roster.id}`);
  const { busy, error, post } = useOnce();
  const submit = async (event: Event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (busy.value || said === '') return;
    if (!(await post(`/rosters/${encodeURIComponent(of.roster.id)}/notes`, { text: said }))) return;
    text.value = '';
    announce(t('duty.noteSaved'));
    changed();
  };
  const note = (one: RosterReply['notes'][number]) => (
    <li key={`${one.at} ${one.text}`}>
      <p class="duty-note">{one.text}</p>
      <p class="quiet-text">
        {one.by} · <Moment at={one.at} zone={of.timeZone} />
      </p>
    </li>
  );
  return (
    <section class="card" aria-labelledby="duty-notes">
      <h2 id="duty-notes">{t('duty.notes')}</h2>
      {of.notes.length === 0 && <p class="quiet-text">{t('duty.notesNone')}</p>}
      <ul class="duty-notes">{of.notes.slice(0, SHOWN).map(note)}</ul>
      {of.notes.length > SHOWN && (
        <details>
          <summary>{t('duty.notesBefore')}</summary>
          <ul class="duty-notes">{of.notes.slice(SHOWN).map(note)}</ul>
        </details>
      )}
      {may('responder') && (
        <form class="form" onSubmit={submit}>
          <label class="field">
            <span>{t('duty.noteFor')}</span>
            <textarea
              rows={2}
              name="note"
              maxLength={2000}
              value={text.value}
              onInput={({ currentTarget }) => {
                text.value = currentTarget.value;
              }}
            />
          </label>
          <p class="error-text" role="alert">
            {error.value}
          </p>
          <button type="submit" class="button" aria-disabled={busy.value || text.value.trim() === ''}>
            {t('duty.noteSubmit')}
          </button>
        </form>
      )}
    </section>
  );
}
