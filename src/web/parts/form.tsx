import { type Signal, useSignal } from '@preact/signals';
import { call } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

/** What the forms of dialogs have in common. */

/** The last line of a form: back out of it, or do it. */
export function FormButtons({
  submit,
  onClose,
  busy,
}: {
  submit: string;
  onClose: () => void;
  busy?: boolean;
}) {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onClose}>
        {t('app.cancel')}
      </button>
      <button type="submit" class="button primary" aria-disabled={busy}>
        {submit}
      </button>
    </div>
  );
}

export interface Once<T> {
  readonly busy: Signal<boolean>;
  readonly error: Signal<string>;
  /** Posts it; what the service answers once it has taken it. Otherwise the reason stands in `error`. */
  readonly post: (path: string, body: object) => Promise<T | undefined>;
}

/** A request that counts once, also when its answer was lost and the button is pressed again. */
export function useOnce<T extends object = object>(): Once<T> {
  const busy = useSignal(false);
  const error = useSignal('');
  const key = useSignal(newKey());
  const post = async (path: string, body: object): Promise<T | undefined> => {
    busy.value = true;
    const answer = await call<T>('POST', path, { body, key: key.value });
    busy.value = false;
    if (answer.ok) return answer.value ?? ({} as T);
    error.value = answer.problem.text;
    const { status } = answer.problem;
    // It was heard and refused: what is sent after a correction is another request.
    if (status >= 400 && status < 500) key.value = newKey();
    return undefined;
  };
  return { busy, error, post };
}
