import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { EVENTS } from '../../model/metrics.ts';
import { REJECTION_REASONS } from '../../model/rejection.ts';
import { clockWords, refusalDetail } from '../format/detail.ts';
import { measure, titleOf } from '../format/measure.ts';
import { Age, Moment } from '../parts/times.tsx';
import type { CapturedMessage } from '../state/answers.ts';
import { call, get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { DialCheck } from './dial-check.tsx';

const LOOK_EVERY_MS = 3_000;
interface Captured {
  readonly until: number | null;
  readonly items: readonly CapturedMessage[];
}

/** What a device says after it was let in: the payload, what was taken of it, and what not. */
export function FirstMessages({ of: device }: { of: string }) {
  const captured = useSignal<Captured | undefined>(undefined);
  useEffect(() => {
    const path = `/devices/${encodeURIComponent(device)}/messages`;
    const look = async () => {
      const answer = await get<Captured>(path);
      if (answer.ok) captured.value = answer.value;
    };
    void call('POST', path).then(look);
    const timer = setInterval(() => {
      if (!document.hidden) void look();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [device]);
  const items = captured.value?.items ?? [];
  return (
    <section class="card" data-first-messages={device}>
      <h2>{t('onboard.first', { device })}</h2>
      <DialCheck of={items} />
      {items.length === 0 ? (
        <p class="message message-warning" role="status">
          {t('onboard.waiting')}
        </p>
      ) : (
        <ul class="knocks">
          {items.map((one) => (
            <MessageShown key={`${one.at} ${one.payload}`} of={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function MessageShown({ of: one }: { of: CapturedMessage }) {
  const zone = zoneOf();
  return (
    <li>
      <p>
        <Moment at={one.at} zone={zone} /> <span class="quiet-text">{<Age at={one.at} />}</span>
        {one.clock !== undefined && <span class="quiet-text"> · {t(`onboard.clock.${one.clock}`)}</span>}
      </p>
      {one.wrongClock && (
        <p class="warning-text">
          {clockWords(one.wrongClock, zone)}
          {t(one.wrongClock.isCorrected ? 'onboard.clockCorrected' : 'onboard.clockRefused')}
        </p>
      )}
      <Findings of={one} zone={zone} />
      <details open={one.readings.length === 0 && one.events.length === 0}>
        <summary>
          {t('rejections.payload')}{' '}
          <span class="quiet-text">{t('rejections.bytes', { n: one.payloadBytes })}</span>
        </summary>
        <p class="quiet-text">
          <code>{one.topic}</code>
        </p>
        <pre>{one.payload}</pre>
      </details>
    </li>
  );
}

/** Readings, events and refusals, each in a line. */
export function Findings({
  of: { readings, events, refusals },
  zone,
}: {
  of: Pick<CapturedMessage, 'readings' | 'events' | 'refusals'>;
  zone: string;
}) {
  return (
    <ul class="findings">
      {readings.map((one) => (
        <li key={`${one.metric} ${one.at}`}>
          {titleOf(one.metric)} <b>{measure(one.metric, one.value)}</b>{' '}
          <span class="quiet-text">
            <Moment at={one.at} zone={zone} />
          </span>
        </li>
      ))}
      {events.map((one) => (
        <li key={`${one.event} ${one.at}`}>
          <b>{pick(EVENTS[one.event].title)}</b>{' '}
          <span class="quiet-text">
            <Moment at={one.at} zone={zone} />
          </span>
        </li>
      ))}
      {refusals.map((one) => (
        <li key={`${one.reason} ${one.detail}`} class="warning-text">
          {pick(REJECTION_REASONS[one.reason])}
          {t('app.colon')}
          {refusalDetail(one.detail, now.value, zone)}
        </li>
      ))}
    </ul>
  );
}
