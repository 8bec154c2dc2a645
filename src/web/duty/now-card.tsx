import { GAP_REASONS } from '../../model/roster-words.ts';
import type { DutyPost } from '../../ports/rosters.ts';
import { Moment } from '../parts/times.tsx';
import type { RosterReply } from '../state/answers.ts';
import { now } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';
import { PersonLine } from './person.tsx';

/** Who is on duty at this moment, and how to reach them. */
export function NowCard({ of }: { of: RosterReply }) {
  const at = now.value === 0 ? of.at : now.value;
  const lasting = of.shifts.filter(({ from, until }) => from <= at && at < until);
  const isEmpty = of.called.length === 0;
  return (
    <section class={`card duty-now ${isEmpty ? 'duty-empty' : ''}`} aria-labelledby="duty-now">
      <h2 id="duty-now">{t('duty.now')}</h2>
      {lasting.map((shift) => {
        const piece = shift.pieces.find(({ from, until }) => from <= at && at < until);
        return (
          <div key={`${shift.shift} ${shift.date}`} class="duty-shift">
            <p class="quiet-text">
              {shift.name} · {t('duty.until')} <Moment at={shift.until} zone={of.timeZone} />
            </p>
            {(piece?.posts ?? []).map((post) => (
              <Post key={post.planned.id} of={post} call />
            ))}
          </div>
        );
      })}
      {lasting.length === 0 && <p>{t('duty.noShift')}</p>}
      {lasting.length === 0 && of.called.length > 0 && (
        <div class="duty-shift">
          <p class="quiet-text">{t('duty.substitutesCalled')}</p>
          {of.called.map((person) => (
            <PersonLine key={person.id} of={person} call />
          ))}
        </div>
      )}
      {isEmpty && (
        <p class="message message-bad" role="alert">
          {t('duty.nobody')}
        </p>
      )}
    </section>
  );
}

/** One place in a shift: who is called, and whose place that is. */
export function Post({ of, call = false }: { of: DutyPost; call?: boolean }) {
  const { planned, person, because } = of;
  const why = because === undefined ? '' : pick(GAP_REASONS[because]);
  if (!person)
    return (
      <p class="duty-post">
        <PersonLine of={planned} call={call} />
        <span class="bad-text">{t('duty.cannotBeTold', { why })}</span>
      </p>
    );
  return (
    <p class="duty-post">
      <PersonLine of={person} call={call} />
      {person.id !== planned.id && (
        <span class="quiet-text" title={why}>
          {t('duty.standsIn', { name: planned.name })}
        </span>
      )}
    </p>
  );
}
