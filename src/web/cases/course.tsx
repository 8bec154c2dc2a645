import type { CaseTarget } from '../../model/case-targets.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Icon } from '../parts/icons.tsx';
import { Moment } from '../parts/times.tsx';
import { now } from '../state/clock.ts';
import { t } from '../text/translate.ts';

interface Station {
  readonly target: CaseTarget | 'struckOff';
  readonly metAt: number | undefined;
  readonly dueAt: number | undefined;
}

/** How far a case has come: what was done and when, what is due and until when. What is not asked for is left out. */
export function Course({ of: one, zone }: { of: NumberedCase; zone: string }) {
  // Of a case that was reopened: what was done since.
  const done = one.round ?? one;
  const calledBackAt = (one.calledBackAt ?? 0) < (one.round?.from ?? 0) ? undefined : one.calledBackAt;
  // One that was given back waits for somebody again.
  const takenAt = one.status === 'open' ? undefined : (done.takenAt ?? one.acknowledgedAt);
  const stations: readonly Station[] = [
    { target: 'acknowledge', metAt: takenAt, dueAt: one.due?.acknowledge },
    { target: 'contact', metAt: done.contactAt, dueAt: one.due?.contact },
    { target: 'onSite', metAt: done.onSiteAt, dueAt: one.due?.onSite },
    { target: 'resolve', metAt: one.resolvedAt, dueAt: one.due?.resolve },
    { target: 'callBack', metAt: calledBackAt, dueAt: one.due?.callBack },
    { target: 'struckOff', metAt: one.struckOffAt, dueAt: undefined },
  ];
  const shown = stations.filter(({ metAt, dueAt }) => metAt !== undefined || dueAt !== undefined);
  return (
    <ol class="course" aria-label={t('case.course')}>
      {shown.map(({ target, metAt, dueAt }) => (
        <li key={target} class={`course-stop ${stateOf(metAt, dueAt)}`}>
          <span class="course-name">
            {metAt !== undefined && <Icon name="check" />}
            {t(`course.${target}`)}
          </span>
          <span class="quiet-text">
            {metAt === undefined && dueAt !== undefined ? `${t('course.until')} ` : ''}
            <Moment at={metAt ?? dueAt ?? 0} zone={zone} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function stateOf(metAt: number | undefined, dueAt: number | undefined): string {
  if (metAt !== undefined) return 'course-met';
  return now.value > 0 && dueAt !== undefined && dueAt < now.value ? 'course-late' : 'course-due';
}
