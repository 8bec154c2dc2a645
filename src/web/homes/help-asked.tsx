import { useSignal } from '@preact/signals';
import {
  HELP_ASKED_PRIORITIES,
  HELP_ASKED_PRIORITY_TITLES,
  type HelpAskedPriority,
} from '../../model/help-asked.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import { type AskedBefore, AskedFields, useAsked } from './asked-fields.tsx';
import { Choice } from './told-fields.tsx';

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
  const found = useSignal(false);
  const { from, note, busy, error, submit } = useAsked(of, {
    path: 'help',
    registered: t('help.registered'),
    more: () => ({ priority: priority.value, ...(found.value ? { found: true } : {}) }),
    before,
  });
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
        <label class="toggle">
          <input
            type="checkbox"
            name="found"
            checked={found.value}
            onChange={({ currentTarget }) => {
              found.value = currentTarget.checked;
            }}
          />
          <span>{t('help.found')}</span>
        </label>
        {found.value && <p class="quiet-text">{t('help.found.lead')}</p>}
        <AskedFields
          note={note}
          from={from}
          error={error}
          fromLabel={t(found.value ? 'help.found.by' : 'help.from')}
        />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
