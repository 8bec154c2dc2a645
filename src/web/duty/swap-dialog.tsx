import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { announce } from '../state/announcer.ts';
import type { DutyShift, RosterReply } from '../state/answers.ts';
import { call } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

/** Who should serve a shift by the plan and all swaps, whoever stands in. */
const plannedOf = ({ pieces }: DutyShift) => (pieces[0]?.posts ?? []).map(({ planned }) => planned);
const keyOf = ({ shift, date }: DutyShift): string => `${date} ${shift}`;

/** Somebody else serves this shift, and perhaps one of theirs is served in return. */
export function SwapDialog({
  of,
  shift,
  others,
  onClose,
  onDone,
}: {
  of: RosterReply;
  shift: DutyShift;
  others: readonly DutyShift[];
  onClose: () => void;
  onDone: () => void;
}) {
  const id = useId();
  const serving = plannedOf(shift);
  const from = useSignal(serving[0]?.id ?? '');
  const free = of.members.filter((one) => !serving.some((each) => each.id === one.id));
  const to = useSignal(free[0]?.id ?? '');
  const back = useSignal('');
  const busy = useSignal(false);
  const error = useSignal('');
  // The same key when the answer was lost and the button is pressed again: it is swapped once.
  const key = useSignal(newKey());
  const returns = others.filter(
    (other) =>
      other.until > serviceNow() &&
      keyOf(other) !== keyOf(shift) &&
      plannedOf(other).some((one) => one.id === to.value) &&
      !plannedOf(other).some((one) => one.id === from.value),
  );
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || from.value === '' || to.value === '') return;
    busy.value = true;
    const inReturn = returns.find((one) => keyOf(one) === back.value);
    const replacements = [
      { shift: shift.shift, date: shift.date, from: from.value, to: to.value },
      ...(inReturn ? [{ shift: inReturn.shift, date: inReturn.date, from: to.value, to: from.value }] : []),
    ];
    const path = `/rosters/${encodeURIComponent(of.roster.id)}/swaps`;
    const answer = await call('POST', path, { body: { replacements }, key: key.value });
    busy.value = false;
    if (!answer.ok) {
      error.value = answer.problem.text;
      if (answer.problem.status >= 400 && answer.problem.status < 500) key.value = newKey();
      return;
    }
    announce(t('duty.swapDone'));
    onDone();
  };
  return (
    <Dialog title={t('duty.swapOf', { shift: `${shift.name} ${shift.date}` })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Choice label={t('duty.swapFrom')} name="from" value={from} options={serving} />
        <Choice label={t('duty.swapTo')} name="to" value={to} options={free} />
        <label class="field">
          <span>{t('duty.swapBack')}</span>
          <select
            name="back"
            value={back.value}
            onChange={({ currentTarget: { value } }) => {
              back.value = value;
            }}
          >
            <option value="">{t('duty.swapBackNone')}</option>
            {returns.map((one) => (
              <option key={keyOf(one)} value={keyOf(one)}>
                {one.date} {one.name}
              </option>
            ))}
          </select>
        </label>
        <p class="quiet-text">{t('duty.swapMeans')}</p>
        <p id={`${id}-error`} class="error-text" role="alert">
          {error.value}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary" aria-disabled={busy.value}>
            {t('duty.swapSubmit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** One of some people. */
export function Choice({
  label,
  name,
  value,
  options,
}: {
  label: string;
  name: string;
  value: { value: string };
  options: readonly { readonly id: string; readonly name: string }[];
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        name={name}
        value={value.value}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.value;
        }}
      >
        {options.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
