import { type Signal, useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import type { Device } from '../../model/registry.ts';
import { Dialog } from '../parts/dialog.tsx';
import { RegistryRefusal } from '../parts/open-cases.tsx';
import { announce } from '../state/announcer.ts';
import type { Answer, Problem } from '../state/api.ts';
import { changeDevice, removeEntry } from '../state/registry-entry.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { MoveForm } from './move-form.tsx';

type Shown = Pick<Device, 'id' | 'home' | 'disabled'>;
type Deed = 'move' | 'replace' | 'stop' | 'start' | 'remove';

interface Props {
  readonly of: Shown;
  /** Where its home is. */
  readonly path: string;
  /** Nothing else hangs in its home. */
  readonly isLast?: boolean;
  /** It is not what it was. */
  readonly changed: () => void;
}

/** What an operator does with a device that does not stay as it is: each with what follows, before it is done. */
export function DeviceChange({ of: device, path, isLast = false, changed }: Props) {
  const asks = useSignal(false);
  const deed = useSignal<Deed | undefined>(undefined);
  if (!may('operator', path)) return null;
  const close = () => {
    asks.value = false;
    deed.value = undefined;
  };
  const done = (said: string) => {
    announce(said);
    close();
    changed();
  };
  return (
    <>
      <button
        type="button"
        class="link"
        aria-label={`${t('change.open')} ${device.id}`}
        onClick={() => {
          asks.value = true;
        }}
      >
        {t('change.open')}
      </button>
      {asks.value && (
        <Dialog title={t('change.title', { device: device.id })} onClose={close}>
          {deed.value === undefined && <Choices of={device} deed={deed} />}
          {deed.value === 'move' && (
            <MoveForm
              of={device}
              isLast={isLast}
              onBack={backOf(deed)}
              onDone={() => done(t('change.moved'))}
            />
          )}
          {(deed.value === 'stop' || deed.value === 'start' || deed.value === 'remove') && (
            <Confirmation of={device} deed={deed.value} onBack={backOf(deed)} onDone={done} />
          )}
        </Dialog>
      )}
    </>
  );
}

const backOf = (deed: Signal<Deed | undefined>) => () => {
  deed.value = undefined;
};

function Choices({ of: { id, disabled }, deed }: { of: Shown; deed: Signal<Deed | undefined> }) {
  const { route } = useLocation();
  const deeds: readonly Deed[] = disabled
    ? ['start', 'move', 'remove']
    : ['move', 'replace', 'stop', 'remove'];
  return (
    <ul class="deeds">
      {deeds.map((one) => (
        <li key={one}>
          <button
            type="button"
            class="button"
            onClick={() => {
              if (one === 'replace') route(`/onboarding?replaces=${encodeURIComponent(id)}`, true);
              else deed.value = one;
            }}
          >
            {t(`change.${one}`)}
          </button>
          <p class="quiet-text">{t(`change.${one}Means`)}</p>
        </li>
      ))}
    </ul>
  );
}

const DONE = { stop: 'change.stopped', start: 'change.started', remove: 'change.removed' } as const;

function Confirmation({
  of: device,
  deed,
  onBack,
  onDone,
}: {
  of: Shown;
  deed: keyof typeof DONE;
  onBack: () => void;
  onDone: (said: string) => void;
}) {
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async () => {
    if (busy.value) return;
    busy.value = true;
    const answer = await carriedOut(device, deed);
    busy.value = false;
    if (answer.ok) onDone(t(DONE[deed]));
    else problem.value = answer.problem;
  };
  return (
    <>
      <p class={`message ${deed === 'remove' ? 'message-bad' : 'message-warning'}`}>
        {t(`change.${deed}Means`)}
      </p>
      <RegistryRefusal of={problem.value} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onBack}>
          {t('change.back')}
        </button>
        <button
          type="button"
          class={`button ${deed === 'remove' ? 'danger' : 'primary'}`}
          aria-disabled={busy.value}
          onClick={() => void submit()}
        >
          {t(`change.${deed}Submit`)}
        </button>
      </div>
    </>
  );
}

const carriedOut = (device: Shown, deed: keyof typeof DONE): Promise<Answer<unknown>> =>
  deed === 'remove'
    ? removeEntry('device', device.id)
    : changeDevice(device, (entry) => ({ ...entry, disabled: deed === 'stop' }));
