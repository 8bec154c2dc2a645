import type { ClockSource } from '../../model/message.ts';
import type { Point } from '../../ports/telemetry.ts';
import { t } from '../text/translate.ts';
import { clocksOf } from './series.ts';

/** Enough for a reading in each minute of a day. */
export const NEWEST_POINTS = 1_500;

/** Whose clocks the times of the readings are of. Nothing where it was not kept. */
export function Clocks({ points }: { points: readonly Point[] }) {
  const known = clocksOf(points);
  if (known.length === 0) return null;
  return (
    <p class="quiet-text">
      {t('chart.clocks', { clocks: known.map((one) => t(`clock.${one}`)).join(t('app.separator')) })}
    </p>
  );
}

/** Said only where the device did not say the time itself. */
export const otherClock = (clock: ClockSource | undefined): string =>
  clock === undefined || clock === 'device' ? '' : ` · ${t(`clock.${clock}`)}`;
