import { useSignal } from '@preact/signals';
import { type Doer, isSamePerson, ownerOf } from '../../model/case.ts';
import type { StaffRole } from '../../model/registry.ts';
import { STAFF_ROLE_TITLES } from '../../model/staff-roles.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import type { AssigneeChoice } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { send } from '../state/outbox.ts';
import { me } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { ownerName } from './next-step.ts';

const isMe = ({ kind, id, name }: AssigneeChoice, me: Doer): boolean =>
  isSamePerson({ name, [kind === 'staff' ? 'staff' : 'account']: id }, me);

const isOfStaff = (role: string): role is StaffRole => role in STAFF_ROLE_TITLES;
const roleTitle = (role: AssigneeChoice['roles'][number]): string =>
  isOfStaff(role) ? pick(STAFF_ROLE_TITLES[role]) : t(`role.${role}`);

/** Whom to ask. The nearest come first; who cannot be told by any channel is marked, so that somebody tells them. */
export function AssignDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  const choices = useLoaded(
    () => get<{ items: readonly AssigneeChoice[] }>(`/cases/${encodeURIComponent(one.id)}/assignees`),
    [one.id],
  );
  const note = useSignal('');
  const myself = me();
  const others = one.status === 'acknowledged' && !isSamePerson(ownerOf(one), myself);
  const items = (choices.value.value?.items ?? []).filter((choice) => !isMe(choice, myself));
  const ask = ({ kind, id }: AssigneeChoice) => {
    const said = note.value.trim();
    send('assign', one, {
      to: { kind, id },
      ...(others ? { takeOver: true as const } : {}),
      ...(said === '' ? {} : { note: said }),
    });
    onClose();
  };
  return (
    <Dialog title={t('act.assign.title', { number: String(one.number) })} onClose={onClose}>
      <p class="quiet-text">
        {others ? t('act.assign.leadOthers', { name: ownerName(one, myself) }) : t('act.assign.lead')}
      </p>
      <label class="field">
        <span>{t('act.step.note')}</span>
        <input
          name="assign-note"
          maxLength={2000}
          autoComplete="off"
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </label>
      <LoadState of={choices}>
        {items.length === 0 ? (
          <p class="warning-text">{t('act.assign.none')}</p>
        ) : (
          <ul class="choices">
            {items.map((choice) => (
              <li key={`${choice.kind}.${choice.id}`}>
                <button type="button" class="button wide" onClick={() => ask(choice)}>
                  <span>
                    {choice.name}
                    {choice.namesake && ` (${choice.id})`}
                    <span class="quiet-text"> {choice.roles.map(roleTitle).join(t('app.separator'))}</span>
                  </span>
                  {!choice.reachable && <span class="quiet-text">{t('act.assign.unreachable')}</span>}
                </button>
              </li>
            ))}
          </ul>
        )}
      </LoadState>
    </Dialog>
  );
}
