import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Device } from '../../model/registry.ts';
import { fullTime, instantOfWall, wallInput } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { announce } from '../state/announcer.ts';
import type { DeviceDetail } from '../state/answers.ts';
import { serviceNow } from '../state/clock.ts';
import { locale, number, t } from '../text/translate.ts';

interface Props {
  readonly of: Pick<Device, 'id'>;
  /** Whether it has an index, which begins anew with another meter on the same wall. */
  readonly counts: boolean;
  readonly zone: string;
  readonly children?: ComponentChildren;
}

/** What an operator does with a device: look at its messages, say that the meter was exchanged. */
export function DeviceActions({ of: device, counts, zone, children }: Props) {
  const exchanging = useSignal(false);
  return (
    <span class="row-actions">
      <a
        class="link"
        href={`/onboarding?device=${encodeURIComponent(device.id)}`}
        aria-label={`${t('device.messages')} ${device.id}`}
      >
        {t('device.messages')}
      </a>
      {counts && (
        <button
          type="button"
          class="link"
          aria-label={`${t('device.exchange')} ${device.id}`}
          onClick={() => {
            exchanging.value = true;
          }}
        >
          {t('device.exchange')}
        </button>
      )}
      {children}
      {exchanging.value && (
        <ExchangeDialog
          device={device.id}
          zone={zone}
          onClose={() => {
            exchanging.value = false;
          }}
        />
      )}
    </span>
  );
}

type Exchange = Partial<NonNullable<DeviceDetail['exchange']>>;

/** What the old meter showed last and the new one first, to be held against the sheet. */
function Indexes({ of: { before, after }, zone }: { of: Exchange; zone: string }) {
  const shown = (one: Exchange['before']) =>
    one ? `${number(one.value, locale.value, 3)} · ${fullTime(one.at, zone)}` : t('device.exchangeNotYet');
  return (
    <dl class="pairs">
      <div>
        <dt>{t('device.exchangeOld')}</dt>
        <dd>{shown(before)}</dd>
      </div>
      <div>
        <dt>{t('device.exchangeNew')}</dt>
        <dd>{shown(after)}</dd>
      </div>
    </dl>
  );
}

function ExchangeDialog({ device, zone, onClose }: { device: string; zone: string; onClose: () => void }) {
  const at = useSignal(wallInput(serviceNow(), zone));
  const { busy, error, post } = useOnce<DeviceDetail>();
  const exchanged = useSignal<Exchange | undefined>(undefined);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    const body = { at: instantOfWall(at.value, zone) };
    const said = await post(`/devices/${encodeURIComponent(device)}/exchange`, body);
    if (!said) return;
    announce(t('device.exchangeSubmit'));
    exchanged.value = said.exchange ?? {};
  };
  if (exchanged.value)
    return (
      <Dialog title={t('device.exchangeTitle', { device })} onClose={onClose}>
        <Indexes of={exchanged.value} zone={zone} />
        <div class="dialog-actions">
          <button type="button" class="button primary" onClick={onClose}>
            {t('app.close')}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t('device.exchangeTitle', { device })} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>{t('device.exchangeLead')}</p>
        <label class="field">
          <span>{t('device.exchangeAt')}</span>
          <input
            type="datetime-local"
            required
            value={at.value}
            onInput={(event) => {
              at.value = event.currentTarget.value;
            }}
          />
        </label>
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('device.exchangeSubmit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
