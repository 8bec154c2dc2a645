import { useSignal } from '@preact/signals';
import {
  REQUEST_CATEGORIES,
  REQUEST_CATEGORY_DEFINITIONS,
  type RequestCategory,
} from '../../model/request-category.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import { AskedFields } from './asked-fields.tsx';
import type { AskedBefore } from './help-asked.tsx';
import { Choice } from './told-fields.tsx';

const TITLES = Object.fromEntries(
  REQUEST_CATEGORIES.map((id) => [id, REQUEST_CATEGORY_DEFINITIONS[id].title] as const),
) as Record<RequestCategory, (typeof REQUEST_CATEGORY_DEFINITIONS)[RequestCategory]['title']>;

interface Props {
  readonly of: HomeDetail;
  /** It turns out that it cannot wait. */
  readonly onHelp: (before: AskedBefore) => void;
  readonly onClose: () => void;
}

/** A resident asks for something that can wait. */
export function RequestDialog({ of, onHelp, onClose }: Props) {
  const category = useSignal<RequestCategory>('house-repair');
  const from = useSignal('');
  const note = useSignal('');
  const { busy, error, post } = useOnce<{ readonly case: NumberedCase }>();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const said = note.value.trim();
    if (said === '') {
      error.value = t('help.whatMissing');
      return;
    }
    const body = { category: category.value, from: from.value.trim(), note: said };
    const answer = await post(`/homes/${encodeURIComponent(of.home.id)}/requests`, body);
    if (!answer) return;
    announce(t('request.registered'));
    location.assign(`/cases/${encodeURIComponent(answer.case.id)}`);
  };
  return (
    <Dialog title={t('request.dialog', { place: shortPlace(of) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <p>{t('request.means')}</p>
        <p>
          <button type="button" class="button" onClick={() => onHelp({ from: from.value, note: note.value })}>
            {t('request.isUrgent')}
          </button>
        </p>
        <Choice of={category} names={REQUEST_CATEGORIES} titles={TITLES} legend={t('request.category')} />
        <AskedFields note={note} from={from} error={error} fromLabel={t('request.from')} />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
