import type { Signal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import type { NumberedCase } from '../../ports/records.ts';
import { useDraft } from '../parts/draft.ts';
import { useOnce } from '../parts/form.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';

/** What was typed before it turned out that it cannot wait. */
export interface AskedBefore {
  readonly from: string;
  readonly note: string;
}

interface Asking {
  /** Where it is entered. */
  readonly path: 'help' | 'requests';
  /** What is said once it is there. */
  readonly registered: string;
  /** What is sent beside the words and who asks. */
  readonly more: () => Readonly<Record<string, string | boolean>>;
  readonly before?: AskedBefore | undefined;
}

/** What somebody asks for, from the first word to the case that it becomes. */
export function useAsked({ home }: HomeDetail, { path, registered, more, before }: Asking) {
  const { route } = useLocation();
  // Typed while somebody is on the telephone: "back" by mistake must not make them say it twice.
  const from = useDraft(`asked-from.${home.id}`, before?.from);
  const note = useDraft(`asked.${home.id}`, before?.note);
  const { busy, error, post } = useOnce<{ readonly case: NumberedCase }>();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const said = note.value.trim();
    if (said === '') {
      error.value = t('help.whatMissing');
      return;
    }
    const body = { ...more(), from: from.value.trim(), note: said };
    const answer = await post(`/homes/${encodeURIComponent(home.id)}/${path}`, body);
    if (!answer) return;
    from.value = '';
    note.value = '';
    announce(registered);
    // In the place of the dialog: "back" leads to the home.
    route(`/cases/${encodeURIComponent(answer.case.id)}`, true);
  };
  return { from, note, busy, error, submit };
}

interface Fields {
  readonly note: Signal<string>;
  readonly from: Signal<string>;
  readonly error: Signal<string>;
  readonly fromLabel: string;
}

/** What somebody asks for by word of mouth, and who it is. */
export function AskedFields({ note, from, error, fromLabel }: Fields) {
  return (
    <>
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
        <span>{fromLabel}</span>
        <input
          name="from"
          maxLength={100}
          value={from.value}
          onInput={({ currentTarget }) => {
            from.value = currentTarget.value;
          }}
        />
      </label>
    </>
  );
}
