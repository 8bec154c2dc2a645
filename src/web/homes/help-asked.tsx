import { useSignal } from '@preact/signals';
import {
  HELP_ASKED_PRIORITIES,
  HELP_ASKED_PRIORITY_TITLES,
  type HelpAskedPriority,
} from '../../model/help-asked.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import { AskedFields } from './asked-fields.tsx';
import { Choice } from './told-fields.tsx';

/** What was typed before it turned out that it cannot wait. */
export interface AskedBefore {
  readonly from: string;
  readonly note: string;
}

/** Somebody telephones, or stands at the desk: no device will say it. */
export function HelpDialog({
  of,
  before,
  onClose,
}: {
  of: HomeDetail;
  before?: AskedBefore | undefined;
  onClose: () => void;
}) {
  const priority = useSignal<HelpAskedPriority>('P2');
  const from = useSignal(before?.from ?? '');
  const note = useSignal(before?.note ?? '');
  const { busy, error, post } = useOnce<{ readonly case: NumberedCase }>();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const said = note.value.trim();
    if (said === '') {
      error.value = t('help.whatMissing');
      return;
    }
    const body = { priority: priority.value, from: from.value.trim(), note: said };
    const answer = await post(`/homes/${encodeURIComponent(of.home.id)}/help`, body);
    if (!answer) return;
    announce(t('help.registered'));
    location.assign(`/cases/${encodeURIComponent(answer.case.id)}`);
  };
  return (
    <Dialog title={t('help.dialog', { place: shortPlace(of) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <p class="message message-warning">{t('help.means')}</p>
        <Choice
          of={priority}
          names={HELP_ASKED_PRIORITIES}
          titles={HELP_ASKED_PRIORITY_TITLES}
          legend={t('help.howSoon')}
        />
        <AskedFields note={note} from={from} error={error} fromLabel={t('help.from')} />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
