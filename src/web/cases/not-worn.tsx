import type { Alert } from '../../model/alert.ts';
import { Moment } from '../parts/times.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { pick, t } from '../text/translate.ts';
import { unwornOf } from './unworn.ts';

/** Beside what was found, and not below among the figures of devices. */
export function NotWorn({
  alerts,
  home,
  zone,
}: {
  alerts: readonly Alert[];
  home: HomeDetail | undefined;
  zone: string;
}) {
  return (
    <>
      {unwornOf(alerts, home?.devices ?? []).map(({ device: { device, modelTitle }, at }) => (
        <p key={device.id} class="message message-warning" data-not-worn={device.id}>
          <b>
            {t('case.notWorn', { model: pick(modelTitle) })} · <Moment at={at} zone={zone} />
          </b>
          {t('case.notWorn.means')}
        </p>
      ))}
    </>
  );
}
