import { useSignal } from '@preact/signals';
import type { VisitLine } from '../../model/visit.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { announce } from '../state/announcer.ts';
import { t } from '../text/translate.ts';
import { NoteField } from './told-fields.tsx';

/** A line of the log was a mistake, and why: the wrong home, the wrong day. */
export function WithdrawDialog({
  of: { home, kind, at, by },
  onClose,
  onDone,
}: {
  of: VisitLine;
  onClose: () => void;
  onDone: () => void;
}) {
  const reason = useSignal('');
  const { busy, error, post } = useOnce();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const why = reason.value.trim();
    if (why === '') {
      error.value = t('visits.withdrawWhy');
      return;
    }
    const body = { kind, at, by, reason: why };
    if (!(await post(`/homes/${encodeURIComponent(home)}/visits/withdraw`, body))) return;
    announce(t('visits.isWithdrawn'));
    onDone();
  };
  return (
    <Dialog title={t('visits.withdrawTitle')} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <p>{t('visits.withdrawMeans')}</p>
        <NoteField of={reason} label={t('visits.withdrawReason')} />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.withdrawSubmit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
