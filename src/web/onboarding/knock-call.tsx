import { useSignal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { Age } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { Knock } from '../state/answers.ts';
import { call } from '../state/api.ts';
import { t } from '../text/translate.ts';

/** Does it call for help, and nobody has said that it is nobody of ours? */
export const callsNow = ({ calls, dismissed }: Knock): boolean =>
  calls !== undefined && dismissed === undefined;

/** What a device that nobody enrolled called for and when, and the way to say that it is nobody of ours. */
export function CallOf({ knock, onDismissed }: { knock: Knock; onDismissed: () => void }) {
  const dismissing = useSignal(false);
  const { address, calls, dismissed } = knock;
  if (!calls) return null;
  return (
    <>
      <p class={dismissed ? 'quiet-text' : 'warning-text'}>
        {t(`onboard.calls.${calls.call}`, { n: calls.count })} · <Age at={calls.at} />
        {dismissed && ` · ${t('onboard.dismissed', { by: dismissed.by, reason: dismissed.reason })}`}
      </p>
      {!dismissed && (
        <button
          type="button"
          class="link"
          onClick={() => {
            dismissing.value = true;
          }}
        >
          {t('onboard.dismiss')}
        </button>
      )}
      {dismissing.value && (
        <DismissDialog
          address={address}
          onDone={onDismissed}
          onClose={() => {
            dismissing.value = false;
          }}
        />
      )}
    </>
  );
}

function DismissDialog({
  address,
  onDone,
  onClose,
}: {
  address: string;
  onDone: () => void;
  onClose: () => void;
}) {
  const reason = useSignal('');
  const problem = useSignal('');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const answer = await call('POST', '/knocking/dismiss', { body: { address, reason: reason.value } });
    if (!answer.ok) {
      problem.value = answer.problem.text;
      return;
    }
    announce(t('onboard.dismissDone'));
    onClose();
    onDone();
  };
  return (
    <Dialog title={t('onboard.dismissTitle', { address })} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>{t('onboard.dismissLead')}</p>
        <label class="field">
          <span>{t('onboard.dismissReason')}</span>
          <input
            required
            maxLength={300}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        {problem.value !== '' && <p class="warning-text">{problem.value}</p>}
        <div class="form-actions">
          <button type="button" class="button quiet" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary">
            {t('onboard.dismiss')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
