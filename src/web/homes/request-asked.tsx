import { useSignal } from '@preact/signals';
import {
  REQUEST_CATEGORIES,
  REQUEST_CATEGORY_DEFINITIONS,
  type RequestCategory,
} from '../../model/request-category.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import { type AskedBefore, AskedFields, useAsked } from './asked-fields.tsx';
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
  const { from, note, busy, error, submit } = useAsked(of, {
    path: 'requests',
    registered: t('request.registered'),
    more: () => ({ category: category.value }),
  });
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
