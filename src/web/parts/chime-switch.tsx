import { chime, ring, switchChimeOff, switchChimeOn } from '../state/chime.ts';
import { t } from '../text/translate.ts';
import { Icon } from './icons.tsx';

/** In the menu of a person: whether this browser sounds when a P1 comes. */
export function ChimeSwitch() {
  const state = chime.value;
  if (state === 'unsupported') return <p class="quiet-text">{t('chime.unsupported')}</p>;
  if (state === 'off')
    return (
      <button type="button" class="button wide" onClick={() => void switchChimeOn()}>
        {t('chime.on')}
      </button>
    );
  return (
    <div class="chime-switch">
      {state === 'blocked' && <p class="warning-text">{t('chime.blocked')}</p>}
      <button type="button" class="button" onClick={switchChimeOff}>
        {t('chime.off')}
      </button>
      <button type="button" class="button" onClick={ring}>
        {t('chime.try')}
      </button>
    </div>
  );
}

/** Whoever relies on the sound must see that there is none. Any touch of the page lets it sound, this one as well. */
export function ChimeBlocked() {
  if (chime.value !== 'blocked') return null;
  return (
    <button type="button" class="unsent chime-blocked" onClick={() => void switchChimeOn()}>
      <Icon name="muted" />
      <span>{t('chime.blocked')}</span>
    </button>
  );
}
