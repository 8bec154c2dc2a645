import { useComputed } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { dueTarget } from '../cases/next-step.ts';
import { clockTime, countdown, dayTime, fullTime, roughly } from '../format/time.ts';
import { now, serviceNow } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { t } from '../text/translate.ts';

/** How long ago, kept up to date. Only this text is redrawn. */
export function Age({ at }: { at: number }) {
  const text = useComputed(() => {
    const age = now.value - at;
    return age < 5_000 ? t('time.justNow') : t('list.ago', { time: roughly(age) });
  });
  return <>{text}</>;
}

/** A moment in the community's zone; the full date and the zone stand in its title. */
export function Moment({ at, path, zone }: { at: number; path?: string; zone?: string }) {
  const where = zone ?? zoneOf(path);
  return (
    <time dateTime={new Date(at).toISOString()} title={`${fullTime(at, where)} ${where}`}>
      {dayTime(at, serviceNow(), where)}
    </time>
  );
}

/**
 * Until when somebody must act; in other words when it is over, and red, unless what it was about is over as well (`quiet`).
 * Nothing for a case that is struck off.
 */
export function Due({
  of,
  words = false,
  quiet = false,
}: {
  of: NumberedCase;
  words?: boolean;
  quiet?: boolean;
}) {
  const left = now.value === 0 ? 0 : of.dueAt - now.value;
  if (of.status === 'struck-off') return null;
  const what = t(`target.${dueTarget(of)}`);
  const over = left < 0;
  const time = countdown(left);
  const short = over ? t('list.due.over', { time }) : t('list.due.left', { time });
  const long = over ? t('case.due.over', { what, time }) : t('case.due.left', { what, time });
  return (
    <span
      class={`due ${quiet ? '' : over ? 'due-over' : left < 5 * 60_000 ? 'due-soon' : ''}`}
      title={words ? undefined : what}
    >
      {words ? long : short}
    </span>
  );
}

/** The wall's own time, for what happens to this page and not in the homes. */
export const wallTime = (at: number): string => clockTime(at, zoneOf());

/** Above a chart: what is not there is with a store that does not answer; it is not silence. */
export function MissingBefore({ instant, zone }: { instant: number | undefined; zone: string }) {
  if (instant === undefined) return null;
  return <p class="warning-text">{t('chart.away', { time: fullTime(instant, zone) })}</p>;
}

/** What a device measured in the home before is nobody's business here; that it is left out is said. */
export function ElsewhereBefore({ instant, zone }: { instant: number | undefined; zone: string }) {
  if (instant === undefined) return null;
  return <p class="quiet-text">{t('chart.elsewhere', { time: fullTime(instant, zone) })}</p>;
}
