import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { RefusedName } from '../../model/connection-refusal.ts';
import { AnnouncedList } from '../onboarding/announced-list.tsx';
import { EnrolForm, type Enrolment } from '../onboarding/enrol-form.tsx';
import { FirstMessages } from '../onboarding/first-messages.tsx';
import { KnockList } from '../onboarding/knock-list.tsx';
import { PayloadTrial } from '../onboarding/payload-trial.tsx';
import { RefusedGateways, RefusedNames } from '../onboarding/refused-logins.tsx';
import { enrolmentInPlaceOf } from '../onboarding/replacing.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import type {
  AnnouncedDevice,
  DeviceDetail,
  DeviceModel,
  GatewayDetail,
  Knock,
  PageReply,
} from '../state/answers.ts';
import { type Answer, get } from '../state/api.ts';
import { may } from '../state/session.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, t } from '../text/translate.ts';

/** Refused gateways at once: of more the first are mended first. */
const GATEWAYS_SHOWN = 100;

interface Strangers extends PageReply<Knock> {
  readonly announced: readonly AnnouncedDevice[];
  readonly refused: readonly RefusedName[];
}

/** Taking a device in: who knocks, who is to be let in, what it says first. */
export function OnboardingPage() {
  const { query, route } = useLocation();
  const device = query['device'];
  const replaces = query['replaces'];
  const enrolment = useSignal<Enrolment | undefined>(undefined);
  const replaced = useSignal<{ id: string; old: string } | undefined>(undefined);
  const old = useLoaded(() => deviceOf(replaces), [replaces]);
  const knocks = useLoaded(() => get<Strangers>('/knocking'), [device]);
  const gateways = useLoaded(
    () => get<PageReply<GatewayDetail>>('/gateways', { refused: true, limit: GATEWAYS_SHOWN }),
    [device],
  );
  const models = useLoaded(() => get<PageReply<DeviceModel>>('/models'), []);
  useEffect(() => {
    pageTitle.value = t('onboard.title');
  }, [locale.value]);
  const known = models.value.value?.items ?? [];
  const former = old.value.value?.device;
  const from = former ? enrolmentInPlaceOf(former) : enrolment.value;
  const enrolled = (id: string) => {
    enrolment.value = undefined;
    replaced.value = former ? { id, old: former.id } : undefined;
    route(`/onboarding?device=${encodeURIComponent(id)}`);
  };
  const begin = (what: Enrolment) => {
    enrolment.value = what;
    route('/onboarding');
  };
  return (
    <div class="page onboarding">
      <h1>{t('onboard.title')}</h1>
      <p class="lead">{t('onboard.lead')}</p>
      {may('operator') && (
        <p>
          <a class="button" href="/import">
            {t('import.title')}
          </a>
        </p>
      )}
      {replaced.value && replaced.value.id === device && (
        <p class="message" role="status">
          {t('replace.done', replaced.value)}
        </p>
      )}
      {device !== undefined && <FirstMessages key={device} of={device} />}
      <RefusedGateways of={gateways.value.value?.items ?? []} />
      <section class="card">
        <h2>{former ? t('replace.title', { device: former.id }) : t('onboard.enrol')}</h2>
        {former && <p>{t('replace.lead')}</p>}
        <LoadState of={models}>
          <LoadState of={old}>
            <EnrolForm
              key={former?.id ?? enrolment.value?.address ?? ''}
              models={known}
              from={from}
              onEnrolled={enrolled}
            />
          </LoadState>
        </LoadState>
      </section>
      <section class="card">
        <h2>{t('onboard.knocking')}</h2>
        <p class="quiet-text">{t('onboard.knockingLead')}</p>
        <LoadState of={knocks}>
          <KnockList
            of={knocks.value.value?.items ?? []}
            models={known}
            onTake={begin}
            onDismissed={() => knocks.value.again()}
          />
        </LoadState>
      </section>
      <RefusedNames of={knocks.value.value?.refused ?? []} />
      {(knocks.value.value?.announced ?? []).length > 0 && (
        <section class="card">
          <h2>{t('onboard.announced')}</h2>
          <p class="quiet-text">{t('onboard.announcedLead')}</p>
          <AnnouncedList of={knocks.value.value?.announced ?? []} models={known} onTake={begin} />
        </section>
      )}
      <section class="card">
        <h2>{t('onboard.trial')}</h2>
        <p class="quiet-text">{t('onboard.trialLead')}</p>
        <LoadState of={models}>
          <PayloadTrial models={known} />
        </LoadState>
      </section>
    </div>
  );
}

/** The device in whose place another comes; none where none is asked for. */
async function deviceOf(id: string | undefined): Promise<Answer<{ device?: DeviceDetail['device'] }>> {
  return id === undefined ? { ok: true, value: {} } : get<DeviceDetail>(`/devices/${encodeURIComponent(id)}`);
}
