import { useSignal } from '@preact/signals';
import { CASE_STEP_NAMES, CASE_STEPS, type CaseStep } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft } from '../parts/draft.ts';
import { send } from '../state/outbox.ts';
import { pick, t } from '../text/translate.ts';
import { canLocate, position } from './position.ts';

const CALLS = CASE_STEP_NAMES.filter((name) => name.startsWith('call-'));
const RESIDENT = '';

/** One tap for what somebody at the door, or on the telephone, has done. */
export function StepDialog({
  of: one,
  contacts,
  onClose,
}: {
  of: NumberedCase;
  contacts: readonly { readonly id: string; readonly name: string }[];
  onClose: () => void;
}) {
  const whom = useSignal(RESIDENT);
  const note = useDraft(`step-note.${one.id}`);
  const located = useSignal(false);
  const busy = useSignal(false);
  const say = async (step: CaseStep) => {
    if (busy.value) return;
    busy.value = true;
    const where = located.value && !step.startsWith('call-') ? await position() : undefined;
    const words = note.value.trim();
    const called =
      whom.value === RESIDENT ? { kind: 'resident' as const } : { kind: 'contact' as const, id: whom.value };
    send('step', one, {
      step,
      ...(step.startsWith('call-') ? { whom: called } : {}),
      ...(words === '' ? {} : { note: words }),
      ...where,
    });
    note.value = '';
    onClose();
  };
  return (
    <Dialog title={t('act.step.title', { number: String(one.number) })} onClose={onClose}>
      <p class="quiet-text">{t('act.step.lead')}</p>
      <label class="field">
        <span>{t('act.step.note')}</span>
        <input
          name="step-note"
          maxLength={2000}
          autoComplete="off"
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      {canLocate() && (
        <label class="toggle">
          <input
            type="checkbox"
            checked={located.value}
            onChange={(event) => {
              located.value = event.currentTarget.checked;
            }}
          />
          <span>{t('act.step.position')}</span>
        </label>
      )}
      <div class="steps">
        {(['on-the-way', 'on-site'] as const).map((step) => (
          <button key={step} type="button" class="button" onClick={() => void say(step)}>
            {pick(CASE_STEPS[step])}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{t('act.step.called')}</span>
        <select
          name="whom"
          value={whom.value}
          onChange={(event) => {
            whom.value = event.currentTarget.value;
          }}
        >
          <option value={RESIDENT}>{t('case.resident')}</option>
          {contacts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <div class="steps">
        {CALLS.map((step) => (
          <button key={step} type="button" class="button" onClick={() => void say(step)}>
            {pick(CASE_STEPS[step])}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
