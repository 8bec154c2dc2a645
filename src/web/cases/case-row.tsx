import { useComputed } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { AwayBadge } from '../parts/away-badge.tsx';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { Icon } from '../parts/icons.tsx';
import { MatterAge, MatterWords } from '../parts/matter.tsx';
import { placeOf, residentsOf, sentenceOf } from '../parts/place.tsx';
import type { Rest } from '../parts/rest.ts';
import { Due, Moment } from '../parts/times.tsx';
import { now } from '../state/clock.ts';
import { ofCase, send } from '../state/outbox.ts';
import { backgrounds, zoneOf } from '../state/places.ts';
import { may, me } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { Choice } from './choice.tsx';
import { matterOf } from './matter.ts';
import { ownerName } from './next-step.ts';
import { chosen } from './take-many.ts';
import { tellFate } from './tell-fate.ts';
import { isDone } from './work-list.ts';

interface RowProps {
  readonly of: NumberedCase;
  readonly fresh: boolean;
  readonly gone: boolean;
  readonly rest: Rest;
}

/** One case of the work list. Where several are chosen, a box stands in the place of its button. */
export function CaseRow({ of: one, fresh, gone, rest }: RowProps) {
  const place = placeOf(one);
  const residents = residentsOf(one);
  const unsent = ofCase(one.id)[0];
  const alerts = backgrounds.value.get(one.id)?.alerts ?? [];
  const matter = isDone(one) ? undefined : matterOf(alerts);
  const isQuiet = matter?.ended !== undefined && one.kind === 'technical';
  const isOver = useComputed(() => now.value > one.dueAt);
  const classes = [
    'case',
    `case-${one.priority}`,
    `case-${one.status}`,
    isOver.value && !isDone(one) && !isQuiet ? 'case-over' : '',
    isQuiet ? 'case-quiet' : '',
    fresh ? 'case-fresh' : '',
    gone ? 'case-gone' : '',
  ];
  return (
    <li class={classes.join(' ')} data-case={one.id}>
      <span class="case-priority">
        <PriorityBadge priority={one.priority} kind={one.kind} />
      </span>
      <a class="case-link case-place" href={`/cases/${encodeURIComponent(one.id)}`}>
        <b>{place ?? t('list.case', { number: String(one.number) })}</b>
        {residents && <span class="case-resident">{residents}</span>}
      </a>
      <span class="case-what">
        {!isDone(one) && <AwayBadge home={backgrounds.value.get(one.id)?.home} zone={zoneOf(one.path)} />}{' '}
        {one.silenced && !isDone(one) && (
          <>
            <span class="state state-silent">{t('list.silenced')}</span>{' '}
          </>
        )}
        {matter ? <MatterWords of={matter} path={one.path} /> : sentenceOf(one)}
        {one.kind === 'request' && !isDone(one) && <Asked of={one} />}
      </span>
      <span class="case-due">
        <Due of={one} quiet={isQuiet} />
        {isDone(one) && <StatusBadge status={one.status} />}
        {one.status === 'resolved' && one.unreached !== undefined && (
          <span class="state state-silent">{t('list.unreached', { n: one.unreached })}</span>
        )}
      </span>
      <span class="case-age">
        <span class="case-number">#{one.number}</span>{' '}
        {isDone(one) ? <Moment at={one.openedAt} path={one.path} /> : <MatterAge of={one} alerts={alerts} />}
      </span>
      <span class="case-owner">
        <Owner of={one} unsent={unsent !== undefined} rest={rest} />
      </span>
    </li>
  );
}

/** A home may have several of one category; what each says is for those alone who open it. */
const Asked = ({ of: one }: { of: NumberedCase }) => (
  <span class="case-before">
    {t('list.askedAt')} <Moment at={one.openedAt} path={one.path} />
  </span>
);

function Owner({ of: one, unsent, rest }: { of: NumberedCase; unsent: boolean; rest: Rest }) {
  if (isDone(one)) return <>{one.resolvedBy}</>;
  if (one.acknowledgedBy !== undefined) {
    return (
      <span class="owner">
        <Icon name="user" />
        {ownerName(one, me())}
        {one.assignedTo !== undefined && ` → ${one.assignedTo}`}
      </span>
    );
  }
  if (unsent) return <UnsentMark of={one} />;
  if (!may('responder', one.path)) return <span class="nobody">{t('list.nobody')}</span>;
  if (chosen.value) return <Choice of={one} />;
  const label = t('list.acknowledgeCase', {
    number: String(one.number),
    place: placeOf(one) ?? pick(one.title),
  });
  const act = ({ currentTarget }: Event) => {
    if (rest.isResting) {
      rest.begin();
      return;
    }
    tellFate(send('acknowledge', one, {}), placeOf(one) ?? pick(one.title));
    // The button goes; the keyboard stays in its row, and does not begin at the top of the page again.
    const row = currentTarget instanceof Element ? currentTarget.closest('[data-case]') : null;
    row?.querySelector<HTMLElement>('.case-link')?.focus({ preventScroll: true });
  };
  return (
    <button
      type="button"
      class="button acknowledge"
      aria-label={label}
      aria-disabled={rest.isResting}
      onClick={act}
    >
      {t('list.acknowledge')}
    </button>
  );
}

/** An action on this case that the service has not confirmed, in few words; the case page has the rest. */
function UnsentMark({ of: one }: { of: NumberedCase }) {
  const [first] = ofCase(one.id);
  if (!first) return null;
  const what = t(`outbox.${first.type}`);
  if (first.state === 'refused')
    return <span class="due-over">{t('outbox.refused', { what, why: first.problem?.text ?? '' })}</span>;
  if (first.state === 'sending') return <span class="quiet-text">{t('outbox.sending', { what })}</span>;
  return <span class="due-over">{t('outbox.waitingNow', { what })}</span>;
}
