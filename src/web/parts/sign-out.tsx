import type { Signal } from '@preact/signals';
import { forgetDrafts } from '../state/drafts.ts';
import { actions, discardAll, isUnsent } from '../state/outbox.ts';
import { forgetPush } from '../state/push.ts';
import { sessionState, signOut } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { Dialog } from './dialog.tsx';

/** What is said to whoever signs out: that something of theirs would be lost; that the service did not hear it. */
export type Leaving = Signal<'unsent' | 'failed' | undefined>;

/** From the button: asks first where something waits. */
export function leave(leaving: Leaving): void {
  if (actions.peek().some(isUnsent)) leaving.value = 'unsent';
  else void leaveForGood(leaving);
}

/** A browser that somebody signed out of tells nobody of their cases, and shows nobody what they were writing. */
async function leaveForGood(leaving: Leaving): Promise<void> {
  await signOut();
  if (sessionState.peek() !== 'stranger') {
    leaving.value = 'failed';
    return;
  }
  discardAll();
  forgetDrafts();
  await forgetPush().catch(() => undefined);
}

export function LeavingDialog({ of: leaving }: { of: Leaving }) {
  const close = () => {
    leaving.value = undefined;
  };
  if (leaving.value === undefined) return null;
  if (leaving.value === 'failed')
    return (
      <Dialog key="failed" title={t('user.signOutFailed')} onClose={close}>
        <p class="message message-bad" role="alert">
          {t('user.signOutFailed.why')}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={close}>
            {t('app.close')}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog key="unsent" title={t('user.signOut')} onClose={close}>
      <p>{t('user.signOutPending', { n: actions.value.filter(isUnsent).length })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {t('app.cancel')}
        </button>
        <button type="button" class="button danger" onClick={() => void leaveForGood(leaving)}>
          {t('user.signOutAnyway')}
        </button>
      </div>
    </Dialog>
  );
}
