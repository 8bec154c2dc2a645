import { pushState, switchPushOff, switchPushOn } from '../state/push.ts';
import { t } from '../text/translate.ts';

/** In the menu of a person: whether this browser is pushed to, or why it cannot be. */
export function PushSwitch() {
  const state = pushState.value;
  if (state === 'unknown' || state === 'elsewhere') return null;
  if (state === 'on')
    return (
      <button type="button" class="button wide" onClick={() => void switchPushOff()}>
        {t('push.off')}
      </button>
    );
  if (state === 'off' || state === 'busy')
    return (
      <button
        type="button"
        class="button wide"
        disabled={state === 'busy'}
        onClick={() => void switchPushOn()}
      >
        {t('push.on')}
      </button>
    );
  return <p class="quiet-text">{t(`push.${state}`)}</p>;
}
