import type { Alert } from '../../model/alert.ts';
import { troubleOf } from '../onboarding/device-order.ts';
import type { HomeDetail, HomeDevice } from '../state/answers.ts';
import { serviceNow } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';
import { NotHeard } from './sections.tsx';

/**
 * A rule tells what a home has of its device, and that is nothing. That the device speaks all the same, and is refused or
 * not understood, is known beside the rules and only at this moment: it is said below what they found.
 */
export function Speaking({
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
      {speakingOf(alerts, home?.devices ?? []).map(({ device, status, modelTitle }) => (
        <div key={device.id} class="message message-warning" data-speaking={device.id}>
          <b>
            {t(status.gatewayRefused && !status.refused ? 'device.gatewaySpeaks' : 'device.speaks', {
              model: pick(modelTitle),
              device: device.id,
            })}
          </b>
          <NotHeard of={status} zone={zone} />
        </div>
      ))}
    </>
  );
}

function speakingOf(alerts: readonly Alert[], devices: readonly HomeDevice[]): HomeDevice[] {
  const open = alerts.filter(({ clearedAt }) => clearedAt === undefined);
  const silent = new Set(open.flatMap((one) => (one.ruleKind === 'silence' ? one.device : [])));
  const unseen = open.some(({ ruleKind }) => ruleKind === 'unmonitored');
  return devices.filter((one) => {
    const trouble = troubleOf(one, serviceNow());
    const isExplained = trouble === 'refused' || trouble === 'gateway-refused' || trouble === 'untaken';
    return isExplained && (unseen || silent.has(one.device.id));
  });
}
