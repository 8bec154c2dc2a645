import { fullTime } from '../format/time.ts';
import { Icon } from '../parts/icons.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { CaseDetail } from '../state/answers.ts';
import { pick, t } from '../text/translate.ts';

/**
 * Where the caller's device was last, while a call for help is open. A link of the kind `geo:` opens the map of the
 * telephone, and tells the place to nobody else; at a desk the numbers can be read out or copied.
 */
export function Positions({ of: { positions = [], home }, zone }: { of: CaseDetail; zone: string }) {
  return (
    <>
      {positions.map(({ device, at, latitude_deg: latitude, longitude_deg: longitude }) => {
        const place = `${latitude.toFixed(6)},${longitude.toFixed(6)}`;
        const model = home?.devices.find((one) => one.device.id === device)?.modelTitle;
        return (
          <div key={device} class="message position" data-position={device}>
            <p>
              <Icon name="pin" />
              <b>{t('case.position')}</b>
              <span>
                <Moment at={at} zone={zone} /> · <Age at={at} />
              </span>
            </p>
            <p>
              <a
                class="button"
                href={`geo:${place}?q=${place}`}
                aria-label={t('case.position.open', { place, time: fullTime(at, zone) })}
              >
                <span class="num">{place.replace(',', ', ')}</span>
              </a>
            </p>
            <p class="quiet-text">
              {t('case.position.note', { device: model ? `${pick(model)} ${device}` : device })}
            </p>
          </div>
        );
      })}
    </>
  );
}
