import { type Signal, useSignal } from '@preact/signals';
import { call, isPassing } from '../state/api.ts';
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
  const before = useSignal('');
  const post = async (path: string, body: object): Promise<T | undefined> => {
    busy.value = true;
    const content = JSON.stringify([path, body]);
    // Put right since its answer was lost: another request, which the service would refuse under the key of the first.
    if (before.value !== content) key.value = newKey();
    before.value = content;
    const answer = await call<T>('POST', path, { body, key: key.value });
    busy.value = false;
    error.value = answer.ok ? '' : answer.problem.text;
    // It was decided: what the same form sends next is another request, even where it says the same.
    if (answer.ok || !isPassing(answer.problem)) key.value = newKey();
    return answer.ok ? (answer.value ?? ({} as T)) : undefined;
  };
  return { busy, error, post };
}
