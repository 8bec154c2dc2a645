import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { RegistryRefusal } from '../parts/open-cases.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail, PageReply } from '../state/answers.ts';
import { get, type Problem } from '../state/api.ts';
import { removeEntry } from '../state/registry-entry.ts';
import { pick, t } from '../text/translate.ts';

/** Cases that hinder it which are listed; they are ended one by one. */
const CASES_MAX = 20;

/** A home goes with all that is known of it: what that is, what stays, and what would do as well. */
export function EndHome({ of, onClose }: { of: HomeDetail; onClose: () => void }) {
  const open = useLoaded(
    () =>
      get<PageReply<NumberedCase>>('/cases', {
        home: of.home.id,
        status: ['open', 'acknowledged', 'resolved'],
        limit: CASES_MAX,
      }),
    [of.home.id],
  );
  const cases = open.value.value?.items ?? [];
  return (
    <Dialog title={t('end.title', { place: shortPlace(of) })} onClose={onClose}>
      <p class="message message-warning">{t('end.instead')}</p>
      <Consequences of={of} />
      <LoadState of={open}>
        {cases.length > 0 ? <Hindering of={cases} /> : <Confirm of={of} onClose={onClose} />}
      </LoadState>
    </Dialog>
  );
}

const Consequences = ({ of: { residents, contacts, devices } }: { of: HomeDetail }) => (
  <>
    <p>{t('end.what')}</p>
    <ul class="facts-list">
      <li>{t('end.people', { residents: residents.length, contacts: contacts.length })}</li>
      <li>
        {t('end.devices', { n: devices.length })}
        {devices.length > 0 && (
          <p class="quiet-text">
            {t('end.devicesHint')} {devices.map(({ device }) => device.id).join(' · ')}
          </p>
        )}
      </li>
      <li>{t('end.links')}</li>
    </ul>
    <p class="quiet-text">{t('end.stays')}</p>
  </>
);

const Hindering = ({ of }: { of: readonly NumberedCase[] }) => (
  <div class="message message-bad">
    <p>{t('end.openCases', { n: of.length })}</p>
    <ul class="plain">
      {of.map((one) => (
        <li key={one.id}>
          <a href={`/cases/${encodeURIComponent(one.id)}`}>{pick(one.title)}</a>
        </li>
      ))}
    </ul>
  </div>
);

/** Who has typed the room has looked at which one it is. */
function Confirm({ of: { home }, onClose }: { of: HomeDetail; onClose: () => void }) {
  const typed = useSignal('');
  const wrong = useSignal('');
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const { route } = useLocation();
  const submit = async (event: Event) => {
    event.preventDefault();
    wrong.value = typed.value.trim() === home.name ? '' : t('end.confirmWrong', { name: home.name });
    if (wrong.value !== '' || busy.value) return;
    busy.value = true;
    const answer = await removeEntry('home', home.id, true);
    busy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    announce(t('end.done'));
    route('/watch', true);
  };
  return (
    <form class="form" noValidate onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{t('end.confirm', { name: home.name })}</span>
        <input
          name="room"
          autoComplete="off"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="error-text" role="alert">
        {wrong.value}
      </p>
      <RegistryRefusal of={problem.value} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('app.cancel')}
        </button>
        <button type="submit" class="button danger" aria-disabled={busy.value}>
          {t('end.submit')}
        </button>
      </div>
    </form>
  );
}
