import { titleOf as metricTitle } from '../format/measure.ts';
import { Age } from '../parts/times.tsx';
import type { AnnouncedDevice, DeviceModel } from '../state/answers.ts';
import { t } from '../text/translate.ts';
import type { Enrolment } from './enrol-form.tsx';
import { titleOf } from './knock-list.tsx';

/** What bridges say that they have: each can be taken into the form, with all that is known of it. */
export function AnnouncedList({
  of,
  models,
  onTake,
}: {
  of: readonly AnnouncedDevice[];
  models: readonly DeviceModel[];
  onTake: (what: Enrolment) => void;
}) {
  return (
    <ul class="knocks">
      {of.map((one) => (
        <li key={one.address} data-announced={one.address}>
          <div class="knock-head">
            <b>{one.name}</b>
            <button type="button" class="button" onClick={() => onTake(enrolmentOf(one))}>
              {t('onboard.take')}
            </button>
          </div>
          <p class="quiet-text">
            <code>{one.address}</code> · <Age at={one.at} /> · {t('rejections.from')} <code>{one.from}</code>
          </p>
          <p>
            {one.model === undefined ? t('onboard.noModel') : titleOf(models, one.model)}
            {one.metrics.length > 0 &&
              `${t('app.colon')}${one.metrics.map(metricTitle).join(t('app.separator'))}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function enrolmentOf({ address, model, from, place, settings }: AnnouncedDevice): Enrolment {
  const id = address
    .slice(address.indexOf(':') + 1)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(-64);
  const pairs = Object.entries(settings ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return {
    address,
    id,
    gateway: from,
    ...(model === undefined ? {} : { model }),
    ...(place === undefined ? {} : { place }),
    ...(pairs.length === 0 ? {} : { settings: pairs.join('; ') }),
  };
}
