import type { ComponentChildren } from 'preact';
import type { Alert } from '../../model/alert.ts';
import { CONNECTION_REFUSALS, type RefusedLately } from '../../model/connection-refusal.ts';
import type { DeviceTrouble } from '../../model/device-trouble.ts';
import { isMetric } from '../../model/metrics.ts';
import type { Contact, Resident } from '../../model/registry.ts';
import { REJECTION_REASONS } from '../../model/rejection.ts';
import { measure, titleOf } from '../format/measure.ts';
import { fullTime } from '../format/time.ts';
import { CallTests } from '../homes/call-tests.tsx';
import { DeviceChange } from '../onboarding/device-change.tsx';
import { byTrouble, troubleOf } from '../onboarding/device-order.ts';
import { PriorityBadge } from '../parts/badges.tsx';
import { Icon } from '../parts/icons.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { HomeDetail, HomeDevice } from '../state/answers.ts';
import { serviceNow } from '../state/clock.ts';
import { locale, pick, t } from '../text/translate.ts';
import { Since } from './why.tsx';

/** The person, how to reach them, who else may be called, and how to get in. */
export function People({ of: { home, residents, contacts, withheld = [] } }: { of: HomeDetail }) {
  return (
    <section class="card people" aria-labelledby="people">
      <h2 id="people">{t('case.resident')}</h2>
      {residents.map((one) => (
        <ResidentCard key={one.id} of={one} />
      ))}
      {withheld.map((note) => (
        <p key={note} class="quiet-text">
          {t(`case.withheld.${note}`)}
        </p>
      ))}
      <dl class="facts">
        {home.address && (
          <div>
            <dt>
              <Icon name="pin" />
              {t('case.address')}
            </dt>
            <dd>{home.address}</dd>
          </div>
        )}
        {home.entryNote && (
          <div>
            <dt>
              <Icon name="door" />
              {t('case.entry')}
            </dt>
            <dd class="entry-note">{home.entryNote}</dd>
          </div>
        )}
      </dl>
      <h3>{t('case.contacts')}</h3>
      {contacts.length === 0 ? (
        <p class="warning-text">{t('case.contacts.none')}</p>
      ) : (
        <ol class="contacts">
          {[...contacts]
            .sort((a, b) => a.order - b.order)
            .map((one) => (
              <ContactRow key={one.id} of={one} isHidden={withheld.includes('phone')} />
            ))}
        </ol>
      )}
    </section>
  );
}

function ResidentCard({ of: one }: { of: Resident }) {
  const year = new Date(serviceNow()).getUTCFullYear();
  const facts = [
    one.birthYear === undefined ? undefined : t('case.age', { n: year - one.birthYear }),
    one.sex ? t(`case.sex.${one.sex}`) : undefined,
    one.livesAlone ? t('case.livesAlone') : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <div class="resident">
      <p class="resident-name">
        <b>{one.name}</b>
        <span class="quiet-text">{facts.join(' · ')}</span>
      </p>
      {one.medicalNote && (
        <p class="medical">
          <Icon name="heart" />
          <span>
            <span class="hidden">
              {t('case.medical')}
              {t('app.colon')}
            </span>
            {one.medicalNote}
          </span>
        </p>
      )}
      {one.phone && <Call name={one.name} phone={one.phone} text={t('case.callResident')} strong />}
    </div>
  );
}

function ContactRow({ of: one, isHidden }: { of: Contact; isHidden: boolean }) {
  return (
    <li>
      <span class="contact-name">
        <b>{one.name}</b>
        {one.relation && <span class="quiet-text">{one.relation}</span>}
      </span>
      {one.phone ? (
        <Call name={one.name} phone={one.phone} />
      ) : (
        // Who is not shown a number is not told that there is none.
        !isHidden && <span class="quiet-text">{t('case.noPhone')}</span>
      )}
    </li>
  );
}

/** One tap calls. Only digits and the plus go into the address. */
function Call({
  name,
  phone,
  text,
  strong = false,
}: {
  name: string;
  phone: string;
  text?: string;
  strong?: boolean;
}) {
  return (
    <a
      class={`button call ${strong ? 'call-strong' : ''}`}
      href={`tel:${phone.replace(/[^\d+]/g, '')}`}
      aria-label={text ? undefined : t('case.call', { name, phone })}
    >
      <Icon name="phone" />
      {text && <span>{text}</span>}
      <span class="num">{phone}</span>
    </a>
  );
}

export function OtherAlerts({ alerts, zone }: { alerts: readonly Alert[]; zone: string }) {
  return (
    <section class="card" aria-labelledby="other-alerts">
      <h2 id="other-alerts">{t('case.otherAlerts')}</h2>
      <ul class="plain">
        {alerts.map((alert) => (
          <li key={alert.id} class="alert">
            <h3>
              <PriorityBadge priority={alert.priority} /> {pick(alert.title)}
            </h3>
            <p>{pick(alert.evidence.text)}</p>
            <p class="quiet-text">
              <Since of={alert} zone={zone} />
              {alert.case !== '' && (
                <>
                  {' · '}
                  <a href={`/cases/${encodeURIComponent(alert.case)}`}>{t('notices.case')}</a>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/**
 * What needs somebody's hand first, for what cannot be seen is not known to be well.
 * @param changed where calls are tested and devices moved: not in a case, where somebody may be in need
 */
export function Devices({
  of: { devices, path },
  zone,
  changed,
}: {
  of: HomeDetail;
  zone: string;
  changed?: () => void;
}) {
  const inOrder = [...devices].sort(byTrouble(serviceNow()));
  return (
    <section class="card" aria-labelledby="devices">
      <h2 id="devices">{t('case.devices')}</h2>
      {devices.length === 0 && <p class="warning-text">{t('case.devices.none')}</p>}
      <ul class="devices">
        {inOrder.map((one) => (
          <DeviceRow key={one.device.id} of={one} zone={zone}>
            {changed && (
              <>
                <CallTests of={one} path={path} zone={zone} />
                <DeviceChange of={one.device} path={path} isLast={devices.length === 1} changed={changed} />
              </>
            )}
          </DeviceRow>
        ))}
      </ul>
    </section>
  );
}

function DeviceRow({ of, zone, children }: { of: HomeDevice; zone: string; children: ComponentChildren }) {
  const { device, status, modelTitle } = of;
  return (
    <li>
      <p>
        <b>{pick(modelTitle)}</b> <DeviceBadge of={of} />
      </p>
      <p class="quiet-text">
        <code>{device.id}</code>
      </p>
      <p class="quiet-text">
        {t('device.heard')}
        {t('app.colon')}
        {status.heardAt === undefined ? (
          t('device.never')
        ) : (
          <>
            <Moment at={status.heardAt} zone={zone} /> · <Age at={status.heardAt} />
          </>
        )}
      </p>
      <p class="quiet-text">
        <Latest last={status.last} />
        <OlderAway since={status.lastSince} zone={zone} />
      </p>
      <NotHeard of={status} zone={zone} />
      {children}
    </li>
  );
}

/** It speaks, and is not let in or not understood: whoever goes there must not look for an empty battery. */
export function NotHeard({
  of: { refused, gatewayRefused, untaken, twoAsOne },
  zone,
}: {
  of: HomeDevice['status'];
  zone: string;
}) {
  return (
    <>
      {twoAsOne && (
        <span class="warning-text block">{t('device.twoAsOne', { time: fullTime(twoAsOne.at, zone) })}</span>
      )}
      {refused && (
        <span class="warning-text block">
          {t(refused.known ? 'device.refused' : 'device.refusedElsewhere', refusedWords(refused, zone))}
        </span>
      )}
      {gatewayRefused && (
        <span class="warning-text block">
          {t(gatewayRefused.known ? 'device.gatewayRefused' : 'device.gatewayRefusedElsewhere', {
            gateway: gatewayRefused.gateway,
            ...refusedWords(gatewayRefused, zone),
          })}
        </span>
      )}
      {untaken && (
        <span class="warning-text block">
          {t('device.untaken', {
            n: untaken.count,
            time: fullTime(untaken.at, zone),
            reason: pick(REJECTION_REASONS[untaken.reason]),
          })}
        </span>
      )}
    </>
  );
}

/** Since when, the last time, how often, why and from where, for the words about it. */
export const refusedWords = (of: RefusedLately, zone: string) => ({
  from: of.from,
  n: of.count,
  since: fullTime(of.since, zone),
  time: fullTime(of.at, zone),
  why: pick(CONNECTION_REFUSALS[of.why]),
});

/** That a value is not shown does not mean that there is none. */
export function OlderAway({ since, zone }: { since: number | undefined; zone: string }) {
  if (since === undefined) return null;
  return <span class="block">{t('device.lastAway', { time: fullTime(since, zone) })}</span>;
}

const TROUBLE_WORDS = {
  'two-as-one': 'device.isTwoAsOne',
  refused: 'device.isRefused',
  'gateway-refused': 'device.isGatewayRefused',
  untaken: 'device.isUntaken',
  never: 'device.never',
  silent: 'device.silent',
  mute: 'device.mute',
} as const;
export const troubleWords = (trouble: DeviceTrouble): string => t(TROUBLE_WORDS[trouble]);

export function DeviceBadge({ of }: { of: Pick<HomeDevice, 'device' | 'status'> }) {
  if (of.device.disabled) return <span class="state state-off">{t('device.disabled')}</span>;
  const trouble = troubleOf(of, serviceNow());
  if (trouble === undefined)
    return of.status.heardAt === undefined ? (
      <span class="state state-off">{t('device.never')}</span>
    ) : of.status.overdue ? (
      // Silent is what people were told of. Nobody has to go there yet; but rules see nothing by it, as the page of its home says.
      <span class="state state-warned">{t('device.overdue')}</span>
    ) : (
      <span class="state state-ok">{t('device.ok')}</span>
    );
  // Not yet missed, but nobody may take it for fine either.
  return (
    <span class={`state ${of.status.silent ? 'state-silent' : 'state-warned'}`}>{troubleWords(trouble)}</span>
  );
}

/** The newest value of each metric, the battery among them. Where somebody is on the map is not for this list. */
export function Latest({ last }: { last: HomeDevice['status']['last'] }) {
  const shown = Object.entries(last).flatMap(([name, value]) =>
    isMetric(name) && name !== 'latitude_deg' && name !== 'longitude_deg' && value
      ? [`${titleOf(name)} ${measure(name, value.value)}`]
      : [],
  );
  return <>{shown.join(locale.value === 'zh' ? '，' : ', ')}</>;
}
