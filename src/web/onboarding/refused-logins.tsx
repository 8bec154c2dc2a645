import { CONNECTION_REFUSALS, type RefusedName } from '../../model/connection-refusal.ts';
import { refusedWords } from '../cases/sections.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { GatewayDetail } from '../state/answers.ts';
import { zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';

/** Gateways that are not let in: behind each may stand all meters of a building. */
export function RefusedGateways({ of }: { of: readonly GatewayDetail[] }) {
  if (of.length === 0) return null;
  return (
    <section class="card">
      <h2>{t('gateways.refused')}</h2>
      <p class="quiet-text">{t('gateways.refusedLead')}</p>
      <ul class="knocks">
        {of.map((one) => (
          <Gateway key={one.gateway.id} of={one} />
        ))}
      </ul>
    </section>
  );
}

function Gateway({ of: { gateway, status } }: { of: GatewayDetail }) {
  const { refused } = status;
  if (!refused) return null;
  return (
    <li data-gateway={gateway.id}>
      <p>
        {gateway.name !== undefined && <b>{gateway.name} </b>}
        <code>{gateway.id}</code>{' '}
        <span class="quiet-text">{t('gateways.behind', { n: status.devices })}</span>
      </p>
      <p class="warning-text">
        {t(
          refused.known ? 'gateways.since' : 'gateways.sinceElsewhere',
          refusedWords(refused, zoneOf(gateway.parent)),
        )}
      </p>
      {status.connected && <p>{t('gateways.connected')}</p>}
    </li>
  );
}

/** Who connects under names that nobody enrolled. */
export function RefusedNames({ of }: { of: readonly RefusedName[] }) {
  if (of.length === 0) return null;
  return (
    <section class="card">
      <h2>{t('onboard.refused')}</h2>
      <p class="quiet-text">{t('onboard.refusedLead')}</p>
      <ul class="knocks">
        {of.map((one) => (
          <li key={one.name} data-refused-name={one.name}>
            <p>
              <b>
                <code>{one.name}</code>
              </b>{' '}
              {one.account && <span class="state state-off">{t('onboard.refusedAccount')}</span>}
            </p>
            <p class="warning-text">{pick(CONNECTION_REFUSALS[one.why])}</p>
            <p class="quiet-text">
              {t('onboard.refusedTimes', { n: one.count })} <code>{one.from}</code> · <Age at={one.lastAt} />{' '}
              · <Moment at={one.firstAt} zone={zoneOf()} />
              {one.clientId !== one.name && (
                <>
                  {' '}
                  · {t('onboard.refusedClient')} <code>{one.clientId}</code>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
