import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { DevicePlace } from '../../model/device-places.ts';
import type { Device, Gateway } from '../../model/registry.ts';
import { HomePicker } from '../homes/home-picker.tsx';
import { useLoaded } from '../parts/loaded.tsx';
import { RegistryRefusal } from '../parts/open-cases.tsx';
import { nearPlace } from '../parts/place.tsx';
import type { HomeSummary, PageReply } from '../state/answers.ts';
import { type Answer, get, type Problem } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { changeDevice } from '../state/registry-entry.ts';
import { covers } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { PlaceField } from './place-field.tsx';

interface Props {
  readonly of: Pick<Device, 'id' | 'home'> & Partial<Pick<Device, 'gateway' | 'place'>>;
  readonly isLast: boolean;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

/** To which home, at which place there, and what follows from it for both homes. */
export function MoveForm({ of: device, isLast, onBack, onDone }: Props) {
  const to = useSignal<HomeSummary | undefined>(undefined);
  const place = useSignal<string>(device.place ?? '');
  const gateway = useSignal(device.gateway ?? '');
  const isTyped = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const unsaid = useSignal('');
  const busy = useSignal(false);
  const gateways = useLoaded(() => get<PageReply<{ id: string }>>('/registry/gateway', { limit: 200 }), []);
  const list = useId();
  const own = useLoaded(() => ownGateway(device.gateway), [device.gateway]);
  const parent = own.value.value?.entry.parent;
  const isElsewhere = isPastReach(device.gateway, parent, to.value);
  // What it spoke through before is not heard where it goes: whoever does not look would take it over.
  useEffect(() => {
    if (!isTyped.peek()) gateway.value = isElsewhere ? '' : (device.gateway ?? '');
  }, [isElsewhere]);
  const submit = async (event: Event) => {
    event.preventDefault();
    unsaid.value = to.value ? '' : t('change.moveMissing');
    if (!to.value || busy.value) return;
    busy.value = true;
    const { home } = to.value;
    const answer = await changeDevice(device, (entry) =>
      movedTo(entry, { home: home.id, place: place.value, gateway: gateway.value.trim(), at: serviceNow() }),
    );
    busy.value = false;
    if (answer.ok) onDone();
    else problem.value = answer.problem;
  };
  return (
    <form class="form" noValidate onSubmit={(event) => void submit(event)}>
      <div class="message message-warning">
        <p>{t('change.moveMeans')}</p>
        <p>{t('change.moveEnds')}</p>
        {isLast && <p>{t('change.moveLast')}</p>}
      </div>
      <HomePicker of={to} not={device.home} />
      {to.value && (
        <p role="status">
          <b>{t('change.moveChosen', { home: nearPlace(to.value) })}</b>
        </p>
      )}
      <PlaceField of={place} />
      <label class="field">
        <span>{t('onboard.gateway')}</span>
        <input
          name="gateway"
          list={list}
          autoComplete="off"
          spellcheck={false}
          value={gateway.value}
          onInput={(event) => {
            gateway.value = event.currentTarget.value;
            isTyped.value = true;
          }}
        />
        <datalist id={list}>
          {(gateways.value.value?.items ?? []).map((one) => (
            <option key={one.id} value={one.id} />
          ))}
        </datalist>
      </label>
      {isElsewhere && gateway.value === '' && (
        <p class="warning-text">{t('change.moveGateway', { gateway: device.gateway ?? '' })}</p>
      )}
      <p class="error-text" role="alert">
        {to.value ? '' : unsaid.value}
      </p>
      <RegistryRefusal of={problem.value} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onBack}>
          {t('change.back')}
        </button>
        <button type="submit" class="button primary" aria-disabled={busy.value}>
          {t('change.moveSubmit')}
        </button>
      </div>
    </form>
  );
}

const ownGateway = async (id: string | undefined): Promise<Answer<{ entry: Gateway } | undefined>> =>
  id === undefined
    ? { ok: true, value: undefined }
    : get<{ entry: Gateway }>(`/registry/gateway/${encodeURIComponent(id)}`);

/** A gateway serves what is below the place where it stands. */
const isPastReach = (
  gateway: string | undefined,
  parent: string | undefined,
  to: HomeSummary | undefined,
): boolean => gateway !== undefined && parent !== undefined && to !== undefined && !covers(parent, to.path);

/**
 * The device in its new home. It is enrolled there now: rules that wait for days of readings must not take those of the
 * home before for it. Whose band it was does not live there.
 */
function movedTo(
  { resident: _, place: __, gateway: ___, ...device }: Device,
  { home, place, gateway, at }: { home: string; place: string; gateway: string; at: number },
): Device {
  return {
    ...device,
    home,
    enrolledAt: at,
    ...(place === '' ? {} : { place: place as DevicePlace }),
    ...(gateway === '' ? {} : { gateway }),
  };
}
