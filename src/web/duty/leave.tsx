import { useSignal } from '@preact/signals';
import { GAP_REASONS } from '../../model/roster-words.ts';
import { instantOf } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { useLoaded } from '../parts/loaded.tsx';
import { EndButton, PeriodCard, PeriodFields, useEnding, usePeriod } from '../parts/period.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { LeaveOutlookReply, RosterGap, RosterReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { may } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { Choice } from './swap-dialog.tsx';

const DAY = 86_400_000;

/** Who is on leave, and the way to say so: for all who serve, or for oneself. `me`: who asks, where that is a member. */
export function LeaveCard({
  of,
  me,
  changed,
}: {
  of: RosterReply;
  me: string | undefined;
  changed: () => void;
}) {
  const { roster, leave, members, timeZone } = of;
  const { error, end } = useEnding(t('duty.leaveEnded'), changed);
  const mayChangeAll = may('responder', roster.node);
  const theirs = mayChangeAll ? members : members.filter(({ id }) => id === me && may('responder'));
  const path = `/rosters/${encodeURIComponent(roster.id)}/return`;
  return (
    <PeriodCard
      id="duty-leave"
      title={t('duty.leave')}
      register={t(mayChangeAll ? 'duty.leaveRegister' : 'duty.leaveOwn')}
      mayRegister={theirs.length > 0}
      error={error.value}
      changed={changed}
      dialog={({ onClose, onDone }) => (
        <LeaveDialog of={of} members={theirs} me={me} onClose={onClose} onDone={onDone} changed={changed} />
      )}
    >
      {leave.length === 0 && <p class="quiet-text">{t('duty.leaveNone')}</p>}
      <ul class="duty-list">
        {leave.map(({ staff, from, until, note }) => (
          <li key={`${staff} ${from}`}>
            <span>
              <b>{members.find(({ id }) => id === staff)?.name ?? staff}</b>{' '}
              <Moment at={from} zone={timeZone} /> – <Moment at={until} zone={timeZone} />
              {note !== '' && ` ${note}`}
            </span>
            {theirs.some(({ id }) => id === staff) && (
              <EndButton
                from={from}
                ends={t('duty.leaveEnd')}
                takesBack={t('duty.leaveTakeBack')}
                onEnd={() => void end(path, { staff, from })}
              />
            )}
          </li>
        ))}
      </ul>
    </PeriodCard>
  );
}

interface LeaveAnswer {
  readonly opens: readonly RosterGap[];
}

function LeaveDialog({
  of,
  members,
  me,
  onClose,
  onDone,
  changed,
}: {
  of: RosterReply;
  members: RosterReply['members'];
  me: string | undefined;
  onClose: () => void;
  onDone: () => void;
  changed: () => void;
}) {
  const staff = useSignal((members.find(({ id }) => id === me) ?? members[0])?.id ?? '');
  const note = useSignal('');
  const opens = useSignal<readonly RosterGap[]>([]);
  const { busy, error, post } = useOnce<LeaveAnswer>();
  const draft = usePeriod(of.timeZone, DAY, error);
  const submit = async (event: Event) => {
    event.preventDefault();
    const period = busy.value ? undefined : draft.read();
    if (!period) return;
    const body = { staff: staff.value, ...period, note: note.value.trim() };
    const answer = await post(`/rosters/${encodeURIComponent(of.roster.id)}/leave`, body);
    if (!answer) return;
    announce(t('duty.leaveRegistered'));
    if (answer.opens.length === 0) return onDone();
    opens.value = answer.opens;
    changed();
  };
  if (opens.value.length > 0)
    return (
      <Dialog title={t('duty.leaveRegistered')} onClose={onDone}>
        <OpenedGaps of={opens.value} zone={of.timeZone} />
        <div class="dialog-actions">
          <button type="button" class="button primary" onClick={onDone}>
            {t('app.close')}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t('duty.leaveRegister')} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Choice label={t('duty.who')} name="staff" value={staff} options={members} />
        <PeriodFields of={draft} error={error} />
        <label class="field">
          <span>{t('duty.leaveNote')}</span>
          <input
            name="note"
            maxLength={300}
            value={note.value}
            onInput={({ currentTarget }) => {
              note.value = currentTarget.value;
            }}
          />
        </label>
        <Outlook of={of} staff={staff.value} from={draft.from.value} until={draft.until.value} />
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('duty.leaveSubmit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}

const SHOWN = 10;

/** What it would do, before it is saved: who stands in when, where nobody does, and that roles call them all the same. */
function Outlook({
  of: { roster, members, timeZone: zone },
  staff,
  from,
  until,
}: {
  of: RosterReply;
  staff: string;
  from: string;
  until: string;
}) {
  const [first, last] = [instantOf(from, zone), instantOf(until, zone)];
  const isPeriod = first !== undefined && last !== undefined && last > first;
  const loaded = useLoaded<LeaveOutlookReply>(
    () =>
      isPeriod
        ? get(`/rosters/${encodeURIComponent(roster.id)}/leave`, { staff, from: first, until: last })
        : Promise.resolve({ ok: true, value: NOTHING }),
    [staff, from, until],
  );
  const { value, problem } = loaded.value;
  if (!isPeriod) return null;
  if (!value)
    return problem ? <p class="warning-text">{t('duty.outlookUnknown', { why: problem.text })}</p> : null;
  const name = members.find(({ id }) => id === staff)?.name ?? staff;
  const open = value.posts.filter(({ called }) => called.length === 0);
  const others = value.posts.filter(({ called }) => called.length > 0);
  return (
    <>
      {value.roles.length > 0 && (
        <p class="message message-warning">
          {t('duty.outlookRoles', {
            name,
            roles: value.roles
              .map(({ title, place }) => t('duty.outlookRole', { role: pick(title), place }))
              .join(t('app.separator')),
          })}
        </p>
      )}
      {open.length > 0 && (
        <div class="message message-bad" role="status">
          <p>{t('duty.outlookNobody', { name })}</p>
          <LeftPosts of={open} zone={zone} />
        </div>
      )}
      {others.length > 0 && (
        <div class="message">
          <p>{t('duty.outlookOthers')}</p>
          <LeftPosts of={others} zone={zone} />
        </div>
      )}
      {value.posts.length === 0 && <p class="quiet-text">{t('duty.outlookNone', { name })}</p>}
    </>
  );
}

const NOTHING: LeaveOutlookReply = { posts: [], roles: [] };

function LeftPosts({ of, zone }: { of: LeaveOutlookReply['posts']; zone: string }) {
  return (
    <>
      <ul>
        {of.slice(0, SHOWN).map(({ roster, rosterName, shiftName, from, until, person, called }) => (
          <li key={`${roster} ${from}`}>
            <Moment at={from} zone={zone} /> – <Moment at={until} zone={zone} /> {rosterName} {shiftName}
            {called.length > 0 &&
              `${t('app.colon')}${person ? t('duty.outlookStandsIn', { name: person.name }) : namesOf(called)}`}
          </li>
        ))}
      </ul>
      {of.length > SHOWN && <p>{t('duty.gapsMore', { n: of.length - SHOWN })}</p>}
    </>
  );
}

const namesOf = (people: readonly { readonly name: string }[]): string =>
  people.map(({ name }) => name).join(t('app.separator'));

/** Nobody may be called then: it is said while whoever leaves can still find somebody. */
function OpenedGaps({ of, zone }: { of: readonly RosterGap[]; zone: string }) {
  return (
    <div class="message message-bad" role="alert">
      <p>{t('duty.leaveOpens', { n: of.length })}</p>
      <ul>
        {of.slice(0, SHOWN).map(({ roster, from, until, reason }) => (
          <li key={`${roster} ${from}`}>
            <Moment at={from} zone={zone} /> – <Moment at={until} zone={zone} />
            {t('app.colon')}
            {pick(GAP_REASONS[reason])}
          </li>
        ))}
      </ul>
    </div>
  );
}
