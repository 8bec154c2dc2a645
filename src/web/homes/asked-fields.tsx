import type { Signal } from '@preact/signals';
import { t } from '../text/translate.ts';

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
