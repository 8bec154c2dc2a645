import { type Signal, useSignal } from '@preact/signals';
import { AWAY_TITLES } from '../../model/away-kinds.ts';
import { VISIT_RESULT_TITLES, VISIT_RESULTS, type VisitResult } from '../../model/visit-words.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { now } from '../state/clock.ts';
import { user } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { awayAt } from './away-now.ts';
import { Choice, MomentField, NoteField, useMoment } from './told-fields.tsx';

/** Who was there, when, and whether the person was met. At the door it is right as it stands: one press more. */
export function VisitDialog({
  of,
  onClose,
  onDone,
}: {
  of: HomeDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const result = useSignal<VisitResult>('seen');
  const by = useSignal(user.value?.name ?? '');
  const note = useSignal('');
  const { busy, error, post } = useOnce();
  const elsewhere = useSignal(false);
  const away = awayAt(of.home.away, now.value);
  // Guests in the house: whoever is seen there is at home all the while.
  const mayEnd = away && away.kind !== 'visitors' && result.value === 'seen';
  const moment = useMoment(of.timeZone, error);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const at = moment.read();
    if (at === undefined) return;
    const who = by.value.trim();
    const body = {
      result: result.value,
      note: note.value.trim(),
      ...(at === 'now' ? {} : { at }),
      ...(who === '' ? {} : { by: who }),
      ...(mayEnd ? { elsewhere: elsewhere.value } : {}),
    };
    if (!(await post(`/homes/${encodeURIComponent(of.home.id)}/visits`, body))) return;
    announce(t('visits.registered'));
    onDone();
  };
  return (
    <Dialog title={t('visits.dialog', { place: shortPlace(of) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Choice of={result} names={VISIT_RESULTS} titles={VISIT_RESULT_TITLES} legend={t('visits.result')} />
        {result.value === 'not-met' && <p class="message message-warning">{t('visits.notMet')}</p>}
        {mayEnd && <WhereSeen of={elsewhere} kind={pick(AWAY_TITLES[away.kind])} />}
        <MomentField of={moment} error={error} />
        <label class="field">
          <span>{t('visits.by')}</span>
          <input
            type="text"
            name="by"
            maxLength={100}
            value={by.value}
            onInput={({ currentTarget }) => {
              by.value = currentTarget.value;
            }}
          />
        </label>
        <NoteField of={note} label={t('visits.note')} />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('visits.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}

/** The home counts as away, and somebody was seen: at home, so that it is watched again, or where they are now. */
function WhereSeen({ of, kind }: { of: Signal<boolean>; kind: string }) {
  return (
    <fieldset class="outcomes">
      <legend>{t('visits.whileAway', { kind })}</legend>
      {([false, true] as const).map((away) => (
        <label key={String(away)} class="radio">
          <input
            type="radio"
            name="elsewhere"
            checked={of.value === away}
            onChange={() => {
              of.value = away;
            }}
          />
          <span>{t(away ? 'visits.seenElsewhere' : 'visits.seenAtHome', { kind })}</span>
        </label>
      ))}
    </fieldset>
  );
}
