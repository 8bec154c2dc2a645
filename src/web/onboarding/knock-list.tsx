import { Age, Moment } from '../parts/times.tsx';
import type { DeviceModel, Knock } from '../state/answers.ts';
import { zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { readDeviceCode } from './device-code.ts';
import type { Enrolment } from './enrol-form.tsx';
import { CallOf, callsNow } from './knock-call.tsx';

/** So many of the models that make something of a payload are named, the likeliest first. */
const HINTS_MAX = 5;

/** Devices that speak and that nobody enrolled, each with what it sent last. */
export function KnockList({
  of,
  models,
  onTake,
  onDismissed,
}: {
  of: readonly Knock[];
  models: readonly DeviceModel[];
  onTake: (what: Enrolment) => void;
  onDismissed: () => void;
}) {
  if (of.length === 0) return <p class="empty">{t('onboard.nobody')}</p>;
  return (
    <ul class="knocks">
      {of.map((knock) => (
        <li key={knock.address} data-knock={knock.address} class={callsNow(knock) ? 'knock-calls' : ''}>
          <div class="knock-head">
            <b>
              {callsNow(knock) && <span class="knock-call">{t('onboard.calls')}</span>}{' '}
              <code>{knock.address}</code>
            </b>
            <button type="button" class="button" onClick={() => onTake(enrolmentOf(knock))}>
              {t('onboard.take')}
            </button>
          </div>
          <CallOf knock={knock} onDismissed={onDismissed} />
          <p class="quiet-text">
            {t('onboard.heard', { n: knock.count })} · <Age at={knock.lastAt} /> ·{' '}
            <Moment at={knock.firstAt} zone={zoneOf()} /> · {t('rejections.from')} <code>{knock.from}</code>
          </p>
          {knock.models.length > 0 && (
            <p>
              {t('onboard.looksLike')}
              {t('app.colon')}
              {knock.models
                .slice(0, HINTS_MAX)
                .map((one) => titleOf(models, one))
                .join(t('app.separator'))}
              {knock.models.length > HINTS_MAX &&
                ` ${t('onboard.looksLikeMore', { n: knock.models.length })}`}
            </p>
          )}
          <details>
            <summary>
              {t('rejections.payload')}{' '}
              <span class="quiet-text">{t('rejections.bytes', { n: knock.payloadBytes })}</span>
            </summary>
            <p class="quiet-text">
              <code>{knock.topic}</code>
            </p>
            <pre>{knock.payload}</pre>
          </details>
        </li>
      ))}
    </ul>
  );
}

export const titleOf = (models: readonly DeviceModel[], name: string): string => {
  const found = models.find(({ model }) => model === name);
  return found ? `${pick(found.title)} (${name})` : name;
};

/** Of several models that fit, none is filled in: the first would be pressed through, and a meter watched as a door. */
function enrolmentOf({ address, from, models }: Knock): Enrolment {
  const [model] = models.length === 1 ? models : [];
  const id = readDeviceCode(address)?.id ?? address;
  return {
    address: address.includes(':') ? address : '',
    id,
    gateway: from,
    ...(model === undefined ? {} : { model }),
  };
}
