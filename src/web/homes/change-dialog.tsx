import { useSignal } from '@preact/signals';
import { MAJOR_CHANGE_TITLES, MAJOR_CHANGES, type MajorChange } from '../../model/visit-words.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import { Choice, MomentField, NoteField, useMoment } from './told-fields.tsx';

/** What has changed in somebody's life, and when: they are to be visited soon. */
export function ChangeDialog({
  of,
  onClose,
  onDone,
}: {
  of: HomeDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const change = useSignal<MajorChange>('discharge');
  const note = useSignal('');
  const { busy, error, post } = useOnce();
  const moment = useMoment(of.timeZone, error);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const at = moment.read();
    if (at === undefined) return;
    const body = { change: change.value, note: note.value.trim(), ...(at === 'now' ? {} : { at }) };
    if (!(await post(`/homes/${encodeURIComponent(of.home.id)}/changes`, body))) return;
    announce(t('visits.changeRegistered'));
    onDone();
  };
  return (
    <Dialog title={t('visits.changeDialog', { place: shortPlace(of) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Choice of={change} names={MAJOR_CHANGES} titles={MAJOR_CHANGE_TITLES} legend={t('visits.what')} />
        <MomentField of={moment} error={error} />
        <NoteField of={note} label={t('visits.note')} />
        <p class="message message-warning">{t('visits.changeMeans')}</p>
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
