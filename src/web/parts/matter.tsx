import { useComputed } from '@preact/signals';
import type { Alert } from '../../model/alert.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { type Matter, matterOf } from '../cases/matter.ts';
import { duration } from '../format/time.ts';
import { now } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';
import { Age, Moment } from './times.tsx';

/** From when on the opening of a case is another moment than that of what it is about. */
const APART_MS = 60_000;
/** From when on "for 12 hours" is another number of hours. */
const OLD_MS = 60 * 60_000;

/** What is the matter now: whether it is over, what else there is, and for how long it lasts. */
export function MatterWords({ of, path }: { of: Matter; path: string }) {
  const { leading, ended, others, isFurther, heardAt, saidAt } = of;
  const isOld = useComputed(() => saidAt !== undefined && now.value - saidAt > OLD_MS);
  return (
    <>
      {ended && (
        <>
          <span class="state state-ok">
            {t(`clear.${ended.why}`)} <Moment at={ended.at} path={path} />
          </span>{' '}
        </>
      )}
      {isFurther && (
        <>
          <span class="state state-again">{t('matter.again')}</span>{' '}
        </>
      )}
      {pick(leading.evidence.text)}
      {heardAt !== undefined && <Lasting from={heardAt} />}
      {saidAt !== undefined && isOld.value && (
        <span class="quiet-text">
          {t('matter.asOf')} <Moment at={saidAt} path={path} />
        </span>
      )}
      {others.map((one) => (
        <span key={one.id} class="case-before">
          {t(one.raisedAt > leading.raisedAt ? 'matter.since' : 'matter.before', { what: pick(one.title) })}{' '}
          <Moment at={one.raisedAt} path={path} />
        </span>
      ))}
    </>
  );
}

function Lasting({ from }: { from: number }) {
  const text = useComputed(() => t('matter.lasting', { time: duration(now.value - from) }));
  return <span class="case-lasting">{text}</span>;
}

/** Was it opened for something else, well before what it is about now? */
export const isApart = (one: NumberedCase, { leading }: Matter): boolean =>
  leading.raisedAt - one.openedAt > APART_MS;

/** How long ago what it is about was found; and when it was opened, where that was for something else. */
export function MatterAge({ of: one, alerts }: { of: NumberedCase; alerts: readonly Alert[] }) {
  const matter = matterOf(alerts);
  return (
    <>
      <Age at={matter?.leading.raisedAt ?? one.openedAt} />
      {matter && isApart(one, matter) && (
        <span class="case-before">
          {t('case.opened')} <Moment at={one.openedAt} path={one.path} />
        </span>
      )}
    </>
  );
}
